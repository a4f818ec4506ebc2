/**
 * A process was started for this request, and the request waits until it is ready.
 *
 *   [ POST /invoke                                      ]  api
 *     [ POST thumbnail                                ]    api→thumbnail
 *       ~~~~ sandbox, runtime ~~~~                         before the callee begins
 *                                  [ thumbnail        ]    thumbnail   ← the service to change: faas.coldstart
 *                                    [ init ][ work ]      what it loads before the work
 *
 * If a span is marked as a cold start, the lost time is the time before it began, what it loaded first, and its own time
 * before its first work. Without a mark, the lost time is the span of initialisation.
 */

import { defineDetector } from '#detect/detector.ts';
import { withoutOverlap } from '#detect/signs/path/stretches.ts';
import { leastTimeUs, requestFacts, SHARE_ABOVE_NOISE, timeOfRequest } from '#detect/signs/request-share.ts';
import {
  begunStarts,
  endedStarts,
  isNamedStart,
  loggedStarts,
  recordedLoads,
  reportedStarts,
  startedService,
  startsOf,
  startsOfPools,
  startsOfStores,
} from '#detect/signs/starts/process-starts.ts';
import type { EvidenceItem, Sighting } from '#model/finding/finding.ts';
import { START_LINES, START_REMARKS } from '#model/instruments/start-words.ts';
import { isCertain } from '#model/logs/log-correlation.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { inWords } from '#model/text/in-words.ts';
import type { Trace } from '#model/trace/trace.ts';
import { lengthOf } from '#model/trace/views/path-within.ts';

export const coldStart = defineDetector({
  id: 'cold-start',
  title: 'Cold start',
  why: 'The first request of every new instance is slow. Scaling up, the remedy for load, makes people wait.',
  runbook: 'runbooks/cold-start.md',
  clear: 'no span is marked as a cold start, and none initialises before the work',
  silent: [
    'A start that nobody recorded, neither as `faas.coldstart` nor as a span of initialisation, is only a gap before the callee.',
    'A log line alone is enough only with the duration of the start, or if the process was ready right before its first work. The request must have waited for that service then.',
    'It ignores a request that its own log line calls a warm-up. A single step of initialisation after other work, or the same step twice, is work.',
    'It does not see an instance that is ready but not yet warm (caches, compiled code).',
  ],
  role: 'mechanism',
  field: 'runtime',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why did an instance have to start for this request?',
      lookAt: 'Scaling to zero, deployments and restarts at that time, and what the start spends its time on.',
    },
  },
  checkQueries: ['log', 'pod'],
  excusedBy: ['reason', 'setting'],
  namesCause: ({ facts }) => facts.isNamed === true,
  saidAs: /\bcold start/i,
  needs: ['trace'],
  uses: ['logs'],
  thresholds: {
    minStartMs: {
      default: 100,
      min: 1,
      unit: 'ms',
      means: 'Time on the critical path until the work begins',
      why: 'AWS reports from under 100 ms to over a second for cold starts of Lambda. People do not notice less than 100 ms.',
    },
    minShare: SHARE_ABOVE_NOISE,
  },

  detect({ trace, logs = [] }, { minStartMs, minShare }) {
    if (isWarmUpInLog(trace, logs)) return [];
    const least = leastTimeUs(trace, minStartMs, minShare);
    const recorded = startsOf(trace).map((start) => ({ ...start, service: startedService(trace, start) }));
    const byService = Map.groupBy(
      [
        ...recorded,
        ...recordedLoads(trace, least),
        ...loggedStarts(trace, logs),
        ...reportedStarts(trace, logs),
        ...begunStarts(trace, logs),
        ...endedStarts(trace, logs),
        ...startsOfPools(trace, logs),
        ...startsOfStores(trace, logs, least),
      ],
      ({ service }) => service,
    );
    return [...byService].flatMap(([service, starts]): Sighting[] => {
      const lost = withoutOverlap(starts.flatMap((start) => start.lost));
      const lostUs = lengthOf(lost);
      const [longest] = starts.toSorted((a, b) => lengthOf(b.lost) - lengthOf(a.lost) || a.span - b.span);
      if (longest === undefined || lostUs < least) return [];
      const logged = logs.find((line) => line.service === service && saysStarted(line.line));
      return [
        {
          service,
          operation: trace.operation(longest.span),
          spans: [...new Set([longest.span, ...longest.init, ...starts.map(({ span }) => span)])],
          wastedUs: lostUs,
          explains: lost,
          facts: {
            lostUs,
            said: longest.item.text,
            loads: longest.init.map((span) => trace.operation(span)).join(', '),
            flagged: longest.flagged,
            // Initialisation without a name may run for each request.
            isNamed: starts.some(isNamedStart) || logged !== undefined,
            ...requestFacts(trace),
          },
          evidence: [
            ...starts.map(({ item }) => item).slice(0, MOST_SHOWN),
            ...(logged && starts.every(({ item }) => item.ref !== logged.timeNs) ? [lineItem(logged)] : []),
          ],
        },
      ];
    });
  },

  say({ service, operation, lostUs, said, loads, flagged, rootUs, rootOperation }) {
    const what = loads === '' ? '' : ` (${loads})`;
    return {
      title: `${service}: a cold start${what} takes ${timeOfRequest(lostUs, { rootUs, rootOperation })} before ${operation} starts its work`,
      headline: { why: `${inWords(service)} had to start before it could work` },
      explanation:
        flagged === true
          ? `The span records that its process was started for this request: “${said}”. The next request to this instance does not wait.`
          : `“${said}” runs first, and only once in each process. The next request to this instance does not wait for it.`,
      remedy: `Keep instances of ${service} warm (provisioned concurrency, a minimum number of instances). Let them take requests only after the warm-up, and load less at the start.`,
      check: `Other requests to the same instance take as long. Then it is no cold start, or ${service} starts anew for each request.`,
    };
  },
});

/** A finding shows the evidence of this many starts at most. */
const MOST_SHOWN = 20;

function saysStarted(line: string): boolean {
  return START_LINES.test(line) || START_REMARKS.test(line);
}

/** `warm-up probe of the new release`: the request exists to start the process, before users come. */
const WARM_UP =
  /\b(?:pre-?)?warm(?:ing)?[ -]?(?:up )?(?:probe|request|call|check|hit|ping|invocation)\b|\bsmoke[ -]?tests?\b|\bno traffic (?:is |was )?(?:shifted|routed|sent)\b/i;
const NO_WARM_UP =
  /\b(?:no|not|without|skip\w{0,5}|miss\w{0,4}|after|since|fail\w{0,4}|disabled?|never|until|before)\b[^.;,\n]{0,30}\bwarm/i;

function isWarmUpInLog(trace: Trace, logs: readonly LogLine[]): boolean {
  return logs.some((line) => {
    if (line.service !== trace.service(trace.root) || !isCertain(line)) return false;
    const said = logMessage(line).slice(0, LONGEST_READ);
    return WARM_UP.test(said) && !NO_WARM_UP.test(said);
  });
}

const LONGEST_READ = 2_000;

function lineItem({ timeNs, line }: LogLine): EvidenceItem {
  return { kind: 'log', ref: timeNs, text: line };
}
