/**
 * A span has children, but for a long time none of them runs.
 *
 *   [ GET /orders                                        ]  order-service   ← the service to look into
 *     [ SELECT orders ]
 *                       ~~~~~~~~~ nothing, 1.8 s ~~~~~~~~
 *                                                        [ render ]
 *
 * It is work without a span, or a wait for a thread, a lock, a connection, the garbage collector or a queue. Where another
 * finding names the cause, this one is omitted. A span without children is no gap: its name says what it does. The finding
 * quotes what the service logs in that time, such as CPU starvation. Before a callee begins, a warning of the callee in that
 * time makes it the service to look into.
 */

import { defineDetector } from '#detect/detector.ts';
import { isAnnounced, isAskedPause, isSetTime, keepsBudget } from '#detect/signs/attempts/asked-pauses.ts';
import { areAccountedFor, isFileOnLine } from '#detect/signs/lines/log-durations.ts';
import { profileDuring } from '#detect/signs/metrics/profile-during.ts';
import { callName, gapsOf, isCallOf, lengthOf, neighbours } from '#detect/signs/path/free-time.ts';
import { candidatesBetween, gapCandidates, gapCheck, type SilentTime } from '#detect/signs/path/gap-candidates.ts';
import { silent, unrecordedIn } from '#detect/signs/path/unrecorded.ts';
import { leastTimeUs, requestFacts, shareOfRequest } from '#detect/signs/request-share.ts';
import { cpuStarvation } from '#detect/signs/runtime/cpu-starvation.ts';
import { hasNoPools, isWriteQuery, poolLevelAt } from '#detect/signs/waits/pool-gaps.ts';
import type { EvidenceItem, Facts, Sighting, Stretch } from '#model/finding/finding.ts';
import { waitsIn } from '#model/logs/failed-in-line.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { cutText } from '#model/text/cut-text.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { isOfLine } from '#model/trace/views/device.ts';
import { saidMeanwhile } from '#model/trace/views/said-meanwhile.ts';

export const unexplainedGap = defineDetector({
  id: 'unexplained-gap',
  title: 'Unexplained gap',
  why: 'The trace does not record this time, so nobody suspects it.',
  runbook: 'runbooks/unexplained-gap.md',
  clear: 'no span had a long time without a child span',
  silent: [
    'It ignores a span without children, because its name says what it does, and time in which any span below runs.',
    'It is no verdict if a service on the way gives the reason in a harmless line of this request: a plan, a limit, a person, a machine.',
    'It ignores time that another finding explains, because that finding names the cause.',
    'It ignores a gap around a callee whose clock was corrected by about as much: that gap may not exist.',
  ],
  role: 'description',
  field: 'code',
  coverage: 'gap',
  nextWhys: {
    unsaid: {
      ask: 'What happened in the time that no span records?',
      lookAt: 'The log of this service in that time, CPU throttling, threads, and new spans around this code.',
    },
    said: [],
  },
  checkQueries: ['log', 'pod'],
  excusedBy: ['reason', 'work'],
  namesCause: 'never',
  needs: ['trace'],
  uses: ['logs', 'pools', 'profiles'],
  thresholds: {
    minGapMs: {
      default: 100,
      min: 1,
      unit: 'ms',
      means: 'Own time of one span on the critical path without a break, while no span below it runs',
      why: 'People do not notice less than 100 ms, and every service computes a little.',
    },
    minShare: shareOfRequest({
      default: 0.2,
      why: 'Less is normal: parsing, mapping and writing the answer have no spans.',
    }),
  },

  detect({ trace, logs = [], pools = [], profiles = [] }, { minGapMs, minShare }) {
    const least = leastTimeUs(trace, minGapMs, minShare);
    const byOperation = Map.groupBy(
      gapsOf(trace, least),
      ({ span }) => `${trace.service(span)}\n${trace.operation(span)}`,
    );
    return [...byOperation.values()].flatMap((gaps): Sighting[] => {
      const [longest] = gaps.toSorted((a, b) => lengthOf(b) - lengthOf(a) || a.startUs - b.startUs);
      if (longest === undefined) return [];
      const { span } = longest;
      const gapUs = gaps.reduce((sum, gap) => sum + lengthOf(gap), 0);
      const { after, before } = neighbours(trace, longest);
      const { service, evidence, ...said } = calleeSays(trace, longest, logs) ?? saidOf(trace, longest, logs);
      const told = new Set(gaps.flatMap((gap) => saidMeanwhile(trace, gap, logs).map(({ item }) => item.ref)));
      return [
        {
          service,
          operation: trace.operation(span),
          spans: [...new Set([span, ...gaps.map((gap) => gap.span)])],
          wastedUs: gapUs,
          explains: gaps,
          facts: {
            gapUs,
            gaps: gaps.length,
            after: after === undefined ? '' : callName(trace, after),
            // Between caller and callee are the network, proxies, and the callee's queue.
            callee: isCallOf(trace, span) ? trace.peer(span) : '',
            caller: trace.service(span),
            ...said,
            accounted:
              gaps.every((gap) => isMeant(trace, gap, logs)) ||
              areAccountedFor(
                logs.filter(({ timeNs }) => told.has(timeNs)),
                gapUs,
              ),
            before: before === undefined ? '' : callName(trace, before),
            // With free connections, nobody waits for one.
            use: poolLevelAt(trace, longest, pools)?.is === 'free' ? 'other' : useOf(trace, before),
            ...requestFacts(trace),
          },
          // Between caller and callee, no profile of either says anything.
          evidence: isCallOf(trace, span) ? evidence : [...evidence, ...profileDuring(trace, longest, profiles)],
        },
      ];
    });
  },

  say(facts) {
    const { service, operation, gapUs, gaps, after, before, callee, caller } = facts;
    const { reason, rootUs, rootOperation, meanwhile } = facts;
    const of = operation === rootOperation ? String(service) : `${operation} of ${service}`;
    const where =
      callee === '' ? placeIn(of, String(after), String(before)) : placeBetween(facts, String(after), String(before));
    const many = Number(gaps) > 1 ? ` in ${gaps} gaps, the longest` : '';
    const spoken =
      meanwhile === ''
        ? ', and no span shows why'
        : `; no span shows why, ${service} only says “${brief(String(meanwhile))}”`;
    const words = reason === '' ? wordsOfSilence(facts) : wordsOfStarvation(facts);
    return {
      title: `${rootOperation} spends ${durationText(Number(gapUs))}${many} ${where}${reason === '' ? spoken : `, while ${reason}`}`,
      headline:
        callee === ''
          ? unrecordedIn(service, Number(gapUs), facts)
          : {
              what: `${durationText(Number(gapUs))} pass between ${inWords(caller)} and ${inWords(callee)}, and ${silent(meanwhile ?? '')} what happens`,
            },
      ...words,
      explanation: `${words.explanation} The whole request takes ${durationText(Number(rootUs))}.`,
      check: gapCheck(facts),
    };
  },
});

/** A line of the service orders or announces this time, or a device needs it. */
function isMeant(trace: Trace, gap: Stretch, logs: readonly LogLine[]): boolean {
  const lines = saidMeanwhile(trace, gap, logs).map(({ item }) => item.text);
  return (
    isOfLine(trace, gap) ||
    isFileOnLine(trace, gap, logs) ||
    isAskedPause(trace, gap, lines) ||
    isSetTime(gap, lines) ||
    isAnnounced(trace, gap, lengthOf(gap), logs) ||
    keepsBudget(trace, gap, lengthOf(gap), logs)
  );
}

/** What the service logs in that time: CPU starvation first, otherwise anything. */
function saidOf(trace: Trace, gap: Stretch, logs: readonly LogLine[]) {
  const service = trace.service(gap.span);
  const starved = cpuStarvation(trace, gap, logs);
  if (starved !== undefined) {
    const { reason, remedy, items } = starved;
    return { service, reason, reasonRemedy: remedy, said: items[0].text, meanwhile: '', evidence: items };
  }
  const items = saidMeanwhile(trace, gap, logs).map(({ item }) => item);
  return {
    service,
    reason: '',
    reasonRemedy: '',
    said: '',
    meanwhile: items[0]?.text ?? '',
    evidence: items.slice(0, MOST_SHOWN),
  };
}

/** Who warns of nothing is at work: its harmless lines say nothing about the wait before it. */
const WARNS = /^(?:warn(?:ing)?|error|fatal|critical|alert|emerg(?:ency)?|panic|severe)$/i;

/**
 * Before the callee begins, only the network and the callee itself can keep the request. A warning that the callee wrote
 * in that time points to the callee.
 */
function calleeSays(trace: Trace, { span, startUs, endUs }: Stretch, logs: readonly LogLine[]) {
  const callee = isCallOf(trace, span) ? trace.peer(span) : '';
  const first = trace.firstChild(span);
  if (callee === '' || first === undefined || trace.startUs(first) < endUs) return undefined;
  const said = logs.filter((line) => {
    const atUs = epochUsOf(line) - trace.startEpochUs;
    return line.service === callee && WARNS.test(line.level) && atUs >= startUs && atUs <= endUs;
  });
  const items = said.map(({ timeNs, line }): EvidenceItem => ({ kind: 'log', ref: timeNs, text: line }));
  const [item] = items;
  if (item === undefined || callerTells(trace, { span, startUs, endUs }, logs)) return undefined;
  return {
    service: callee,
    reason: '',
    reasonRemedy: '',
    said: '',
    meanwhile: item.text,
    evidence: items.slice(0, MOST_SHOWN),
  };
}

/** Clocks and lines round. */
const ABOUT = 0.1;

/** The caller itself tells of about this time: it looked up a name, or opened a connection. */
function callerTells(trace: Trace, gap: Stretch, logs: readonly LogLine[]): boolean {
  const gapUs = lengthOf(gap);
  return saidMeanwhile(trace, gap, logs).some(({ item }) =>
    waitsIn(item.text).some((us) => Math.abs(us - gapUs) <= ABOUT * gapUs),
  );
}

/** At most this many lines and events of a gap are cited. */
const MOST_SHOWN = 3;

const LONGEST_QUOTE = 120;

function brief(text: string): string {
  return cutText(text, LONGEST_QUOTE);
}

/** The kind of work that a connection may have been needed for. */
function useOf(trace: Trace, before: SpanIndex | undefined): SilentTime['before'] {
  if (before === undefined || !trace.isDatabaseCall(before) || hasNoPools(trace.resource(before))) return 'other';
  return isWriteQuery(trace, before) ? 'write' : 'read';
}

function wordsOfStarvation({ operation, said, reasonRemedy }: Facts) {
  return {
    explanation: `No span shows what ${operation} did then, but the service says: “${said}”.`,
    remedy: `${reasonRemedy}. Then look at another trace of ${operation}.`,
  };
}

function wordsOfSilence({ service, operation, callee, caller, use, meanwhile }: Facts) {
  if (callee !== '')
    return {
      explanation: `The request was on the network, or it waited before ${callee} started to work.`,
      remedy: `Look at the connections, proxies and load balancers between ${caller} and ${callee}, and at the threads and the queue of ${callee}.`,
      couldBe: candidatesBetween(String(caller), String(callee)),
    };
  return {
    explanation:
      meanwhile === ''
        ? `${operation} works or waits there without a span.`
        : `${operation} works or waits there without a span. Its log line or event is the only record.`,
    remedy: `Profile ${service} during this request (wall clock, not only CPU), or add spans to this part of ${operation}. Then look at another trace.`,
    couldBe: gapCandidates({ service: String(service), operation: String(operation), before: beforeOf(use) }),
  };
}

function beforeOf(use: Facts[string] | undefined): SilentTime['before'] {
  return use === 'read' || use === 'write' ? use : 'other';
}

function placeBetween({ caller, operation, callee }: Facts, after: string, before: string): string {
  if (after === '') return `between ${caller} and ${callee}, before ${callee} starts ${operation}`;
  if (before === '') return `between ${callee} and ${caller}, after ${callee} has finished ${operation}`;
  return placeIn(`${operation} of ${caller}`, after, before);
}

function placeIn(where: string, after: string, before: string): string {
  if (after === '') return before === '' ? `in ${where}` : `in ${where} before ${before}`;
  return before === '' ? `in ${where} after ${after}` : `in ${where} between ${after} and ${before}`;
}
