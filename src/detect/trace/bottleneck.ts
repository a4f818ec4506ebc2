/**
 * Shows where the time goes when no other finding names a reason.
 *
 *   [ POST /render      ░░░░████████████████████████░░░ ]  renderer   own time on the critical path
 *     [ GET /template ]
 *
 * If a callee sent no spans, the finding names the callee. It also reports a large body or message, and quotes what the
 * service logs about CPU starvation.
 */

import { defineDetector } from '#detect/detector.ts';
import { isAnnounced, keepsBudget } from '#detect/signs/attempts/asked-pauses.ts';
import { areBatches, arePages } from '#detect/signs/calls/batches.ts';
import { ownUsOf, silentCallee, spansOnPath, unheardCallee } from '#detect/signs/calls/callees-without-spans.ts';
import { notificationAbove } from '#detect/signs/calls/notifications.ts';
import { isTimeOfEach, isWorkLogged } from '#detect/signs/lines/log-durations.ts';
import { largestBody } from '#detect/signs/messages/message-sizes.ts';
import { profileDuring } from '#detect/signs/metrics/profile-during.ts';
import { gapCandidates } from '#detect/signs/path/gap-candidates.ts';
import { unrecordedIn } from '#detect/signs/path/unrecorded.ts';
import { leastTimeUs, requestFacts, shareOfRequest } from '#detect/signs/request-share.ts';
import { cpuStarvation } from '#detect/signs/runtime/cpu-starvation.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { Candidate, Facts, Sighting, Stretch } from '#model/finding/finding.ts';
import { SKEWED } from '#model/instruments/skew-words.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathByOperation, pathSelfUs } from '#model/trace/views/critical-path.ts';
import { saidUsual } from '#model/trace/views/said-usual.ts';

export const bottleneck = defineDetector({
  id: 'bottleneck',
  title: 'Bottleneck',
  why: 'It shows where to look when the trace does not show what is wrong.',
  runbook: 'runbooks/bottleneck.md',
  clear: 'no single operation takes a large part of the time by itself',
  silent: [
    'It adds up own time by operation: it misses time that is spread over many. It ignores time that another finding explains.',
    'It is no verdict if a service on the way gives the reason in a harmless line of this request: a plan, a limit, a person, a machine.',
    'It names nothing below `minOwnMs`, even if the request is slow for its kind.',
    'It reports large data (1 MB or more) only where spans record sizes of bodies, broker messages or gRPC messages.',
  ],
  role: 'description',
  field: 'code',
  coverage: 'own-time',
  nextWhys: {
    unsaid: {
      ask: 'What does the service do in that time?',
      lookAt: 'A profile of the operation, CPU throttling, and spans around its parts.',
    },
    said: [],
  },
  checkQueries: ['log', 'pod'],
  excusedBy: ['reason', 'work'],
  namesCause: 'never',
  signs: ['own-time'],
  needs: ['trace'],
  uses: ['logs', 'profiles'],
  thresholds: {
    minOwnMs: {
      default: 500,
      min: 1,
      unit: 'ms',
      means: 'Own time of one operation on the critical path',
      why: 'Sentry calls a span slow from 500 ms on. A shorter request is no reason to wake somebody.',
    },
    minShare: shareOfRequest({
      default: 0.4,
      why: 'With less, no single place is the reason, and naming one would mislead people.',
    }),
  },

  detect({ trace, logs = [], profiles = [] }, { minOwnMs, minShare }) {
    const least = leastTimeUs(trace, minOwnMs, minShare);
    return pathByOperation(trace)
      .filter(({ ownUs }) => ownUs >= least)
      .flatMap(({ first }): Sighting[] => {
        const all = spansOnPath(trace, trace.operationKey(first));
        all.sort((a, b) => pathSelfUs(trace, b) - pathSelfUs(trace, a) || a - b);
        const silent = silentCallee(trace, all, least);
        // Calls to several callees without spans are no work of one operation, whatever their name.
        const spans = all.filter((span) => unheardCallee(trace, span) === silent);
        if (ownUsOf(trace, spans) < least) return [];
        const largest = spans[0] ?? trace.root;
        const ownUs = ownUsOf(trace, spans);
        const stretch = { span: largest, startUs: trace.startUs(largest), endUs: trace.endUs(largest) };
        const { starved, evidence } = silent === '' ? saidOf(trace, stretch, { logs, profiles }) : NOTHING_SAID;
        return [
          {
            service: silent === '' ? trace.service(largest) : silent,
            operation: trace.operation(largest),
            spans,
            wastedUs: ownUs,
            facts: {
              ownUs,
              spans: spans.length,
              caller: silent === '' ? '' : trace.service(largest),
              body: largestBody(trace, spans),
              told: notificationAbove(trace, largest),
              reason: starved?.reason ?? '',
              isSkewed: starved?.reason === ONE_PART,
              reasonRemedy: starved?.remedy ?? '',
              said: starved?.items[0].text ?? '',
              batches: areBatches(trace, spans) || arePages(trace, spans),
              accounted: isAccounted(trace, stretch, { ownUs, silent, logs }),
              ...requestFacts(trace),
            },
            evidence,
          },
        ];
      });
  },

  say(facts) {
    const { body, told: notification, rootOperation } = facts;
    const large = body === '' ? '' : `; it handles ${body}`;
    const { title, explanation, remedy, couldBe, headline } =
      facts.caller === '' ? wordsOfOwnTime(facts) : wordsOfSilentCallee(facts);
    const remedies = [
      ...(notification === ''
        ? []
        : [`Answer ${rootOperation} first and do ${notification} afterwards, in a job with retries.`]),
      ...(body === ''
        ? []
        : [`Let ${facts.operation} of ${facts.service} handle less data: pages, fewer fields or compression.`]),
      remedy,
    ];
    return {
      title: `${title}${large}`,
      explanation: `${explanation} The whole request takes ${durationText(Number(facts.rootUs))}.${
        body === '' ? '' : ' Creating, sending and reading this much data takes time.'
      }${notification === '' ? '' : ` The caller of ${rootOperation} also waits for ${notification}, which only notifies somebody else.`}`,
      remedy: remedies.join(' '),
      headline,
      couldBe,
      check:
        notification === ''
          ? 'Other traces of this operation take as long and nobody complains. Then this duration is normal.'
          : `Callers of ${rootOperation} need to know whether ${notification} succeeded.`,
    };
  },
});

/** What the service logs about its CPU, and what its profile shows. */
function saidOf(trace: Trace, stretch: Stretch, { logs, profiles }: Pick<Evidence, 'logs' | 'profiles'>) {
  const starved = cpuStarvation(trace, stretch, logs) ?? skewSaid(trace, stretch, logs);
  return { starved, evidence: [...(starved?.items ?? []), ...profileDuring(trace, stretch, profiles)] };
}

/** The engine splits a job, and its line says that one part holds most of it. */
function skewSaid(trace: Trace, { span, startUs, endUs }: Stretch, logs: readonly LogLine[]) {
  const service = trace.service(span);
  const line = logs.find((one) => {
    const atUs = epochUsOf(one) - trace.startEpochUs;
    return one.service === service && atUs >= startUs && atUs <= endUs && SKEWED.test(one.line);
  });
  if (line === undefined) return undefined;
  return {
    reason: ONE_PART,
    remedy: `Look at the key that the line of ${service} names: leave out rows without one, or split this key (salting)`,
    items: [{ kind: 'log', ref: line.timeNs, text: line.line }] as const,
  };
}

const ONE_PART = 'one part of its work held most of the data';

const NOTHING_SAID = { starved: undefined, evidence: [] } as const;

type Logged = Readonly<{ ownUs: number; silent: string; logs: readonly LogLine[] }>;

/** Lines say what the service worked on, or that it always takes so long. */
function isAccounted(trace: Trace, stretch: Stretch, { ownUs, silent, logs }: Logged): boolean {
  // The caller may say how long a callee without spans will take: a machine that runs a programme.
  if (isAnnounced(trace, stretch, ownUs, logs) || keepsBudget(trace, stretch, ownUs, logs)) return true;
  if (silent !== '' && isTimeOfEach(trace, stretch, ownUs, logs)) return true;
  if (silent === '' && isWorkLogged(trace, stretch, ownUs, logs)) return true;
  return saidUsual(trace, stretch.span, logs)?.is === 'as usual';
}

/** Words for the service's own time. */
function wordsOfOwnTime(facts: Facts) {
  const { service, operation, ownUs, spans, reason, reasonRemedy, said, rootOperation } = facts;
  const many = Number(spans) > 1 ? `${spans} spans of ` : '';
  const where = operation === rootOperation && many === '' ? `${service} itself` : `${many}${operation} of ${service}`;
  const why = reason === '' ? 'and no span shows why' : `while ${reason}`;
  return {
    title: `${rootOperation} spends ${durationText(Number(ownUs))} in ${where}, ${why}`,
    headline: unrecordedIn(service, Number(ownUs), facts),
    explanation:
      reason === ''
        ? 'This is the service’s own time: computing, waiting for something without a span, or calls without instrumentation.'
        : `No span shows what ${operation} did, but the service says: “${said}”.`,
    remedy:
      reason === ''
        ? `Profile ${operation} in ${service}, or add spans to its parts. Then look at another trace of it.`
        : `${reasonRemedy}. Then look at another trace of ${operation}.`,
    couldBe:
      reason === ''
        ? gapCandidates({ service: String(service), operation: String(operation), before: 'other' })
        : NO_CANDIDATES,
  };
}

const NO_CANDIDATES: readonly Candidate[] = [];

/** Words for time in calls whose callee sent no spans. */
function wordsOfSilentCallee({ service, operation, caller, ownUs, spans, rootOperation }: Facts) {
  const answers = Number(spans) > 1 ? `${spans} answers` : 'an answer';
  return {
    title: `${rootOperation} waits ${durationText(Number(ownUs))} for ${service}, which sent no spans that show why`,
    headline: {
      what: `${inWords(rootOperation)} waits ${durationText(Number(ownUs))} for ${inWords(service)}`,
      unrecorded: 'no span shows why',
    },
    explanation: `${caller} waits for ${answers} to ${operation}. The time is spent in ${service} or on the network; ${caller} only waits.`,
    remedy: PUBLIC_HOST.test(String(service))
      ? `Look at the status page of ${service}. Give the call a timeout that ${rootOperation} can afford, and decide how to answer without it.`
      : `Look at the log and the metrics of ${service} at that time, and instrument it so that it sends spans.`,
    couldBe: [
      { what: `the work of ${service}`, shownBy: `its own log or metrics show requests that take as long` },
      { what: 'the network', shownBy: `the log of ${service} shows that it answered much sooner` },
      { what: `a queue before ${service}`, shownBy: 'a proxy or load balancer shows requests waiting for it' },
    ],
  };
}

/** `api.stripe.com`: the name of a third party's host. */
const PUBLIC_HOST =
  /^(?!.*\.(?:svc|local|internal|consul|lan|corp|cluster|home|test|localdomain)\b)[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?::\d+)?$/i;
