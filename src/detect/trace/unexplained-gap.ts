/**
 * A span that records what it does, and for a long while does nothing that it records.
 *
 *   [ GET /orders                                        ]  order-service   ← the service to look into
 *     [ SELECT orders ]
 *                       ~~~~~~~~~ nothing, 1.8 s ~~~~~~~~
 *                                                        [ render ]
 *
 * Work without a span, or a wait: for a thread, a lock, a connection, the collector, a queue in between. Where another
 * finding says which, this one is left out. A span without children is no gap: it says what it does by its name. What the
 * service itself says in that time is told: that it got no time to work, or what it did.
 */

import { defineDetector } from '#detect/detector.ts';
import { cpuStarvation } from '#detect/signs/cpu-starvation.ts';
import { gapCandidates, type SilentTime } from '#detect/signs/gap-candidates.ts';
import { hasNoPools, isWriteQuery } from '#detect/signs/pool-gaps.ts';
import type { Candidate, Facts, Sighting, Stretch } from '#model/finding/finding.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { cutText } from '#model/text/cut-text.ts';
import { durationText } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSteps } from '#model/trace/views/critical-path.ts';
import { longestFree } from '#model/trace/views/path-within.ts';
import { saidMeanwhile } from '#model/trace/views/said-meanwhile.ts';

export const unexplainedGap = defineDetector({
  id: 'unexplained-gap',
  title: 'Unexplained gap',
  why: 'The time is lost where nobody looks: what the trace does not record nobody suspects.',
  runbook: 'runbooks/unexplained-gap.md',
  clear: 'no span went long without recording what it did',
  silent: [
    'A span without children is none, however long: it says what it does by its name.',
    'Time in which anything below the span runs, even what nobody waits for, is no gap.',
    'What another finding accounts for is left to that one, because it says why.',
    'A gap around a callee whose clock was moved by about as much is a guess, and is left alone.',
  ],
  role: 'description',
  field: 'code',
  coverage: 'gap',
  nextWhys: {
    unsaid: {
      ask: 'What happened in the time of which nothing was recorded?',
      lookAt: 'The log of this service in that time, CPU throttling, threads, and spans around the code in question.',
    },
    said: [],
  },
  checkQueries: ['log', 'pod'],
  namesCause: 'never',
  needs: ['trace'],
  uses: ['logs'],
  thresholds: {
    minGapMs: {
      default: 100,
      min: 1,
      unit: 'ms',
      means: 'One stretch of own time on the critical path in which nothing below runs either',
      why: 'Below a tenth of a second a person notices nothing, and every service computes a little.',
    },
    minShare: {
      default: 0.2,
      min: 0,
      max: 1,
      unit: 'share of the root',
      means: 'The same stretch as a share of the whole request',
      why: 'Less is how requests look: parsing, mapping and writing the answer have no spans.',
    },
  },

  detect({ trace, logs = [] }, { minGapMs, minShare }) {
    const least = Math.max(minGapMs * 1000, minShare * trace.durationOfUs(trace.root));
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
      const { evidence, ...said } = saidOf(trace, longest, logs);
      return [
        {
          service: trace.service(span),
          operation: trace.operation(span),
          spans: [...new Set([span, ...gaps.map((gap) => gap.span)])],
          wastedUs: gapUs,
          explains: gaps,
          facts: {
            gapUs,
            gaps: gaps.length,
            after: after === undefined ? '' : nameOf(trace, after),
            // Between a call and the one who answers it lie the network, proxies, and queues before the callee.
            callee: isCallOf(trace, span) ? trace.peer(span) : '',
            ...said,
            before: before === undefined ? '' : nameOf(trace, before),
            use: useOf(trace, before),
            rootUs: trace.durationOfUs(trace.root),
            rootOperation: trace.operation(trace.root),
          },
          evidence,
        },
      ];
    });
  },

  say(facts) {
    const { service, operation, gapUs, gaps, after, before, callee, reason, rootUs, rootOperation, meanwhile } = facts;
    const where = placeOf(String(operation), String(after), String(before), String(callee));
    const many = Number(gaps) > 1 ? ` in ${gaps} gaps, the longest` : '';
    const spoken =
      meanwhile === ''
        ? ', and nothing records what happens'
        : `; no span shows what happens, it only says “${brief(String(meanwhile))}”`;
    return {
      title: `${service}: ${durationText(Number(gapUs))} of the ${durationText(Number(rootUs))} of ${rootOperation} pass${many} ${where}${reason === '' ? spoken : `, while ${reason}`}`,
      ...(reason === '' ? wordsOfSilence(facts) : wordsOfStarvation(facts)),
      check: `Other traces of ${operation} have the same gap and nobody complains: then it is how the operation works.`,
    };
  },
});

/** What the service says of that time: that it got no time to work, else whatever it says. */
function saidOf(trace: Trace, gap: Stretch, logs: readonly LogLine[]) {
  const starved = cpuStarvation(trace, gap, logs);
  if (starved !== undefined) {
    const { reason, remedy, items } = starved;
    return { reason, reasonRemedy: remedy, said: items[0].text, meanwhile: '', evidence: items };
  }
  const items = saidMeanwhile(trace, gap, logs).map(({ item }) => item);
  return {
    reason: '',
    reasonRemedy: '',
    said: '',
    meanwhile: items[0]?.text ?? '',
    evidence: items.slice(0, MOST_SHOWN),
  };
}

/** What is said in a gap is shown by so many lines and events. */
const MOST_SHOWN = 3;
const LONGEST_QUOTE = 120;

function brief(text: string): string {
  return cutText(text, LONGEST_QUOTE);
}

/** What a connection could have been waited for. */
function useOf(trace: Trace, before: SpanIndex | undefined): SilentTime['before'] {
  if (before === undefined || !trace.isDatabaseCall(before) || hasNoPools(trace.resource(before))) return 'other';
  return isWriteQuery(trace, before) ? 'write' : 'read';
}

function wordsOfStarvation({ operation, said, reasonRemedy }: Facts) {
  return {
    explanation: `No span tells what ${operation} did then, but the service says: “${said}”.`,
    remedy: `${reasonRemedy}. Then look at another trace of ${operation}.`,
  };
}

function wordsOfSilence({ service, operation, callee, use, meanwhile }: Facts) {
  if (callee !== '')
    return {
      explanation: `The request was on its way, or waited before ${callee} could begin.`,
      remedy: `Look at what lies between ${service} and ${callee} (connections, proxy, load balancer) and at the threads and the queue of ${callee}.`,
      couldBe: candidatesBetween(String(service), String(callee)),
    };
  return {
    explanation:
      meanwhile === ''
        ? `${operation} works or waits there without a span.`
        : `${operation} works or waits there without a span. What it says in that time is all that is recorded.`,
    remedy: `Profile ${service} under this request (wall clock, not only CPU), or put spans around what ${operation} does there, then look at another trace.`,
    couldBe: gapCandidates({ service: String(service), operation: String(operation), before: beforeOf(use) }),
  };
}

function beforeOf(use: Facts[string] | undefined): SilentTime['before'] {
  return use === 'read' || use === 'write' ? use : 'other';
}

function candidatesBetween(service: string, callee: string): Candidate[] {
  return [
    {
      what: 'a new connection, or the network',
      shownBy: `the connections of ${service} to ${callee} were new, or lost packets`,
    },
    { what: 'a proxy or load balancer', shownBy: 'its access log has the request, with how long it kept it' },
    {
      what: `a full queue, or no free thread, in ${callee}`,
      shownBy: `the metrics of ${callee} show requests waiting`,
    },
  ];
}

function placeOf(operation: string, after: string, before: string, callee: string): string {
  if (callee !== '' && after === '') return `between the call ${operation} and the begin of the work in ${callee}`;
  if (callee !== '' && before === '')
    return `between the end of the work in ${callee} and the end of the call ${operation}`;
  if (after === '') return before === '' ? `in ${operation}` : `in ${operation} before ${before}`;
  return before === '' ? `in ${operation} after ${after}` : `in ${operation} between ${after} and ${before}`;
}

/** Long steps are few, as each holds a good share of the root. */
function gapsOf(trace: Trace, least: number): Stretch[] {
  const path = pathSteps(trace);
  const gaps: Stretch[] = [];
  for (let step = 0; step < path.count; step += 1) {
    const startUs = path.startUs(step);
    const endUs = path.endUs(step);
    if (endUs - startUs < least) continue;
    const span = path.span(step);
    if (trace.childCount(span) === 0 || trace.hasMark(span, MARK.receives)) continue;
    if (isMovedClock(trace, span, endUs - startUs)) continue;
    const free = longestFree(trace, { span, startUs, endUs });
    if (lengthOf(free) >= least) gaps.push(free);
  }
  return gaps;
}

/** A clock that was set right by about as much leaves a gap that is a guess. */
function isMovedClock(trace: Trace, span: SpanIndex, gapUs: number): boolean {
  if (!isCallOf(trace, span)) return false;
  const shiftUs = trace.shiftUs(span);
  return trace.children(span).some((child) => Math.abs(trace.shiftUs(child) - shiftUs) > MOST_SHIFT * gapUs);
}

const MOST_SHIFT = 0.1;

/** A client span with the callee’s span below it. */
function isCallOf(trace: Trace, span: SpanIndex): boolean {
  const child = trace.firstChild(span);
  return child !== undefined && trace.kind(span) === 'client' && !trace.isOfOneService(span, child);
}

function neighbours(trace: Trace, { span, startUs, endUs }: Stretch) {
  let after: SpanIndex | undefined;
  let before: SpanIndex | undefined;
  for (const child of trace.children(span)) {
    if (trace.endUs(child) <= startUs && (after === undefined || trace.endUs(child) >= trace.endUs(after)))
      after = child;
    if (trace.startUs(child) >= endUs) before ??= child;
  }
  return { after, before };
}

function nameOf(trace: Trace, span: SpanIndex): string {
  if (trace.isDatabaseCall(span)) return databaseCallName(trace, span);
  const whom = trace.peer(span);
  return whom === '' ? trace.operation(span) : `${trace.operation(span)} of ${whom}`;
}

/** `SELECT orders`; `GET of redis`, where a name says nothing by itself. */
function databaseCallName(trace: Trace, span: SpanIndex): string {
  const label = queryLabel(trace.queryShape(span)) || trace.operation(span);
  return /\W/.test(label) ? label : `${label} of ${trace.databaseSystem(span)}`;
}

function lengthOf({ startUs, endUs }: Stretch): number {
  return endUs - startUs;
}
