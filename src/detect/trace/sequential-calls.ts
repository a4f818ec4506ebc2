/**
 * Independent calls run one after another instead of in parallel.
 *
 *   [ GET /dashboard                                        ]  api-gateway   ← the service to change
 *     [ GET /profile ]
 *                     [ GET /recent ]
 *                                    [ GET /unread ]
 *
 * It finds three patterns: calls that run at the same time in healthy requests, a loop (the same call repeatedly), and reads
 * of different services in a row. A trace cannot show that a call needs the answer of another. The addresses, or healthy
 * requests, may show that it does not; otherwise the finding stays unsure. It ignores calls that already run in parallel, retries, and a row with a write in it.
 */

import { defineDetector } from '#detect/detector.ts';
import { isPacedOnPurpose, keepsRate, repeatsOnPurpose } from '#detect/signs/attempts/asked-pauses.ts';
import { areBatches, arePages, areParts } from '#detect/signs/calls/batches.ts';
import { areShownIndependent, haveOwnAddresses } from '#detect/signs/calls/call-independence.ts';
import { callRows, callTarget, longestOf, pausesUs, targetsOf } from '#detect/signs/calls/call-rows.ts';
import { noLongerAtOnce } from '#detect/signs/calls/calls-apart.ts';
import { leastTimeUs, requestFacts, shareOfRequest } from '#detect/signs/request-share.ts';
import type { Candidate } from '#model/finding/finding.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callingService } from '#model/trace/views/call-span.ts';
import { pathBelowUs } from '#model/trace/views/critical-path.ts';
import { requestNature } from '#model/trace/views/request-nature.ts';

export const sequentialCalls = defineDetector({
  id: 'sequential-calls',
  title: 'Sequential calls',
  why: 'The request takes as long as all its calls together. In parallel it would take as long as the longest call.',
  runbook: 'runbooks/sequential-calls.md',
  clear: 'no calls ran one after another that could run in parallel',
  silent: [
    'A write, or a call that may be one, ends the row, because later calls may depend on it. Loops over one call are the exception.',
    'It ignores database queries, because the queries of one transaction must run one after another.',
    'It ignores calls that overlap, failed attempts, and calls at a rate that a line says they keep to.',
    'It ignores a row in which one call takes nearly all of the time, because running in parallel would gain little.',
  ],
  role: 'mechanism',
  field: 'code',
  coverage: 'calls',
  nextWhys: {
    unsaid: {
      ask: 'Why does each call wait for the one before?',
      lookAt: 'Whether a call needs the answer of the one before. If not, the code that awaits them one by one.',
    },
  },
  checkQueries: [],
  namesCause: 'never',
  needs: ['trace'],
  uses: ['baseline', 'logs'],
  thresholds: {
    minCalls: {
      default: 3,
      min: 2,
      unit: 'calls',
      means: 'Calls in a row, none overlapping another',
      why: 'Sentry and perf-sentinel start at three, too. With two calls, the second very often needs the first.',
    },
    maxGapMs: {
      default: 500,
      min: 0,
      unit: 'ms',
      means: 'Longest pause between one call and the next',
      why: 'Sentry’s rule for consecutive HTTP. In a longer pause the caller did its own work, which may need the answer.',
    },
    minSavedMs: {
      default: 100,
      min: 1,
      unit: 'ms',
      means: 'Time that running them in parallel would save: their sum minus the longest',
      why: 'Sentry’s rule for consecutive queries. People do not notice less.',
    },
    minSavedShare: shareOfRequest({
      default: 0.1,
      why: 'Sentry uses 10 %, too. Less is within the noise of one request.',
    }),
  },

  detect({ trace, baseline, logs = [] }, { minCalls, maxGapMs, minSavedMs, minSavedShare }) {
    const rootUs = trace.durationOfUs(trace.root);
    const least = leastTimeUs(trace, minSavedMs, minSavedShare);
    const apart = baseline === undefined ? [] : noLongerAtOnce(trace, baseline, least);
    const known = new Set(apart.map(({ caller }) => caller));
    const rows = rowsOf(trace, minCalls, maxGapMs * 1000, least)
      .filter(({ caller }) => !known.has(caller))
      .map((row) => ({ ...row, wasAtOnce: 0 }));
    return [...apart, ...rows].flatMap(({ caller, calls, loop, wasAtOnce }) => {
      const each = calls.map((call) => pathBelowUs(trace, call));
      const savedUs = each.reduce((sum, us) => sum + us, 0) - longestOf(each);
      if (savedUs < least || (wasAtOnce === 0 && isInTurn(trace, calls, loop))) return [];
      if (keepsRate(trace, calls, logs) || repeatsOnPurpose(trace, calls, logs)) return [];
      const first = calls[0] ?? caller;
      // Nobody waits for a job, and its order may be meant.
      const isOfJob = isPlanOfJob(trace, caller);
      const isInferred = isOfJob || (wasAtOnce === 0 && !areShownIndependent(trace, calls, loop));
      return [
        {
          ...(isInferred && { inferred: true }),
          service: callingService(trace, caller, calls),
          operation: trace.operation(caller),
          spans: calls,
          wastedUs: savedUs,
          facts: {
            calls: calls.length,
            loop,
            inferred: isInferred,
            isApart: isOfJob && haveOwnAddresses(trace, calls) && !isPacedOnPurpose(trace, calls, logs),
            wasAtOnce,
            targets: loop ? callTarget(trace, first) : targetsOf(trace, calls),
            togetherUs: rootUs - savedUs - pausesUs(trace, calls),
            sumUs: savedUs + longestOf(each),
            ...requestFacts(trace),
          },
        },
      ];
    });
  },

  say({ service, calls, loop, inferred, wasAtOnce, targets, togetherUs, sumUs, rootUs, rootOperation }) {
    const row = loop === true ? `${calls} calls to ${targets}` : `${calls} calls (${targets})`;
    const together = `${rootOperation} would take about ${durationText(Number(togetherUs))}`;
    return {
      title: `${service} makes ${row} one after another; ${inferred === true ? `if they are independent, ${together} in parallel` : `in parallel, ${together}`}`,
      headline: { why: `${inWords(service)} makes its calls one after another` },
      explanation: `The ${calls} calls do not overlap and take ${durationText(Number(sumUs))} together. ${rootOperation} takes ${durationText(Number(rootUs))} now${inferred === true ? '. Nothing shows whether a call needs the answer of another' : ''}.${Number(wasAtOnce) > 0 ? ' In healthy requests they run at the same time.' : ''}`,
      remedy:
        loop === true
          ? `Ask ${targets} for everything in one call, or run the ${calls} calls in parallel with a limit.`
          : `Start the ${calls} calls of ${service} at once and wait for all of them. They go to ${targets}.`,
      check: 'One of the calls needs the answer of an earlier one, or the callee allows only one call at a time.',
      ...(inferred === true && { couldBe: candidatesOf(loop === true) }),
    };
  },
});

/** A job may pause between elements, and some of its calls may be lost: its rows have pauses of any length. */
function rowsOf(trace: Trace, minCalls: number, maxGapUs: number, leastUs: number): ReturnType<typeof callRows> {
  const rows = callRows(trace, minCalls, maxGapUs, leastUs);
  if (requestNature(trace).kind !== 'job') return rows;
  const ofJob = callRows(trace, minCalls, Number.POSITIVE_INFINITY, leastUs);
  return [
    ...rows.filter(({ caller }) => !isPlanOfJob(trace, caller)),
    ...ofJob.filter(({ caller }) => isPlanOfJob(trace, caller)),
  ];
}

/** The order of the calls is that of a job itself, and of no request that the job makes. */
function isPlanOfJob(trace: Trace, caller: SpanIndex): boolean {
  if (requestNature(trace).kind !== 'job') return false;
  for (
    let above: SpanIndex | undefined = caller;
    above !== undefined && above !== trace.root;
    above = trace.parent(above)
  )
    if (trace.kind(above) === 'server') return false;
  return true;
}

/** Parts of one object, batches of one set, and pages of one list follow each other on purpose. */
function isInTurn(trace: Trace, calls: readonly SpanIndex[], loop: boolean): boolean {
  return areParts(trace, calls) || (loop && (areBatches(trace, calls) || arePages(trace, calls)));
}

function candidatesOf(loop: boolean): Candidate[] {
  return [
    {
      what: 'independent calls that wait for each other without need',
      shownBy: 'no call uses an id or a decision from the answer of another',
    },
    {
      what: 'calls that each need the answer of the one before',
      shownBy: 'the code reads an answer before it makes the next call',
    },
    ...(loop
      ? [
          {
            what: 'polling, or reading page by page',
            shownBy: 'the calls request the same thing, or pages of one list',
          },
        ]
      : []),
    {
      what: 'a callee that allows one call at a time',
      shownBy: 'its limit, or a comment at the call, says so',
    },
  ];
}
