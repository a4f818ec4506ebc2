/**
 * Outages that only the requests show: nobody may have recorded them. A run of requests counts in which clearly more
 * fail, or are slow for their operation, than in the rest of the time. What is spread over the time is usual.
 *
 *   ○○●○○○○○○○○○○○○○○●●○●●●○○○○○○○○○○●○○○○○○○○        ● failed or slow
 *                    └─────┘ an outage
 */

import { quantileSorted } from 'simple-statistics';
import type { Counted } from '#diagnose/window/counted.ts';
import { riseInNats } from '#diagnose/window/samples.ts';
import type { Onset } from '#model/finding/onset.ts';
import type { Stretch, TroubleTime } from '#model/incident/trouble-time.ts';
import { failuresAmong, isNoHealth } from '#model/requests/failing-requests.ts';
import { quantileUs, sortedDurations } from '#model/requests/request-durations.ts';
import type { SeenRequest } from '#model/requests/seen-request.ts';

/** Twenty to one, after the correction for the choice among runs. */
const LEAST_NATS = 3;
/** More outages in half an hour are how the service always is. */
const MOST_OUTAGES = 5;
/** Fewer requests around a run do not show what is usual. */
const FEWEST_AROUND = 5;
/** The guide's rule for windows: a p95 of more than twice the usual. */
const SLOW_FACTOR = 2;
/** Checks the p50, p75, p90 and p95 of the requests. */
const PARTS = [0.5, 0.75, 0.9, 0.95];
/** Fewer requests of one operation show no latency. */
const FEWEST_OF_OPERATION = 5;

type Symptom = Readonly<{
  shows(request: SeenRequest): boolean;
  /** Empty where the difference is too small to matter. */
  why(run: readonly SeenRequest[], rest: readonly SeenRequest[]): string;
}>;

/**
 * In order of time, for requests of this time in any order; each reaches from the last healthy request before it to the first one
 * after it, because nothing was read in between.
 */
export function outagesIn(requests: readonly SeenRequest[], time: Stretch): readonly TroubleTime[] {
  const inOrder = requests.toSorted((a, b) => a.startUs - b.startUs || (a.traceId < b.traceId ? -1 : 1));
  const outages: TroubleTime[] = [];
  let rest: readonly SeenRequest[] = inOrder;
  while (outages.length < MOST_OUTAGES) {
    const found = clearestRun(rest);
    if (found === undefined) break;
    const { from, to, doubted, what } = found;
    const [before, after] = [rest[from - 1 - doubted], rest[to + 1 + doubted]];
    outages.push({
      fromUs: before === undefined ? time.fromUs : before.startUs + 1,
      toUs: after === undefined ? time.toUs : after.startUs - 1,
      what,
    });
    rest = rest.filter((_, at) => at < from || at > to);
  }
  return outages.sort((a, b) => a.fromUs - b.fromUs);
}

/**
 * `from` and `to`: the first and the last of its requests. `doubted`: of requests beside it; where a third fail, it may
 * have begun with some that went well.
 */
type Run = Readonly<{ from: number; to: number; doubted: number; nats: number; what: string }>;

function clearestRun(inOrder: readonly SeenRequest[]): Run | undefined {
  const slow = slowLimits(inOrder);
  const symptoms: readonly Symptom[] = [
    { shows: ({ failed }) => failed, why: (run) => (isNoHealth(failuresAmong(run)) ? failText(run) : '') },
    {
      shows: ({ operation, durationUs }) => durationUs > (slow.get(operation) ?? Number.POSITIVE_INFINITY),
      why: (run, rest) => (areSlow(run, rest) ? SLOW : ''),
    },
  ];
  return symptoms
    .flatMap((symptom) => runOf(symptom, inOrder) ?? [])
    .reduce<Run | undefined>((best, run) => (best === undefined || run.nats > best.nats ? run : best), undefined);
}

function runOf({ shows, why }: Symptom, inOrder: readonly SeenRequest[]): Run | undefined {
  const row = inOrder.map(shows);
  const run = steepestRun(row);
  if (run === undefined) return undefined;
  const inside = inOrder.slice(run.from, run.to + 1);
  const around = [...inOrder.slice(0, run.from), ...inOrder.slice(run.to + 1)];
  const what = why(inside, around);
  return what === '' ? undefined : { ...run, what };
}

/** A run that begins and ends with a request that shows the symptom. */
function steepestRun(row: readonly boolean[]): Omit<Run, 'what'> | undefined {
  const showing = row.flatMap((shown, at) => (shown ? [at] : []));
  const of = row.length;
  let best: Readonly<{ from: number; to: number; times: number; gain: number }> | undefined;
  for (const [first, from] of showing.entries()) {
    for (let last = first + 1; last < showing.length; last += 1) {
      const to = showing[last] ?? from;
      const [times, length] = [last - first + 1, to - from + 1];
      if (of - length < FEWEST_AROUND) break;
      const gain = likelihoodGain([times, length], [showing.length - times, of - length]) - choiceNats(length, of);
      if (gain > (best?.gain ?? 0)) best = { from, to, times, gain };
    }
  }
  if (best === undefined) return undefined;
  const { from, to, times } = best;
  const length = to - from + 1;
  const rise = riseInNats([showing.length - times, of - length], [times, length]);
  const nats = rise - choiceNats(length, of);
  return nats < LEAST_NATS ? undefined : { from, to, doubted: doubtedBeside(times / length), nats };
}

/** Seven to one. */
const DOUBT = 1 / 7;

/** So many requests in a row that go well are no chance. */
function doubtedBeside(share: number): number {
  return share === 1 ? 0 : Math.floor(Math.log(DOUBT) / Math.log(1 - share));
}

/** The choice among all places of a run, and among its lengths by factors of two. */
function choiceNats(length: number, of: number): number {
  return Math.log(of / length) + Math.log(Math.max(1, Math.log2(of)));
}

/** How much better two rates explain the counts than one: cheap, to choose among thousands of runs. */
function likelihoodGain(inside: Counted, outside: Counted): number {
  if (inside[0] * outside[1] <= outside[0] * inside[1]) return 0;
  const all: Counted = [inside[0] + outside[0], inside[1] + outside[1]];
  return likelihood(inside) + likelihood(outside) - likelihood(all);
}

function likelihood([times, of]: Counted): number {
  const others = of - times;
  return (times > 0 ? times * Math.log(times / of) : 0) + (others > 0 ? others * Math.log(others / of) : 0);
}

/** By operation, twice its median: where most of the time is an outage, the whole time is compared with another day. */
function slowLimits(requests: readonly SeenRequest[]): ReadonlyMap<string, number> {
  return new Map(
    [...Map.groupBy(requests, ({ operation }) => operation)].map(([operation, own]) => [
      operation,
      SLOW_FACTOR * quantileUs(own, 0.5),
    ]),
  );
}

const SLOW = 'requests take more than twice as long';

/** Requests of an operation take twice as long: not every change is a problem. */
export function areSlow(requests: readonly SeenRequest[], usual: readonly SeenRequest[]): boolean {
  const known = Map.groupBy(usual, ({ operation }) => operation);
  return [...Map.groupBy(requests, ({ operation }) => operation)].some(([operation, own]) => {
    const others = known.get(operation) ?? [];
    if (Math.min(own.length, others.length) < FEWEST_OF_OPERATION) return false;
    const [now, then] = [sortedDurations(own), sortedDurations(others)];
    return PARTS.some((part) => quantileSorted(now, part) >= SLOW_FACTOR * quantileSorted(then, part));
  });
}

export function symptomText(signal: Onset['signal'], ill: readonly SeenRequest[]): string {
  return signal === 'latency' ? SLOW : failText(ill);
}

export function failText(requests: readonly SeenRequest[]): string {
  const { times, of } = failuresAmong(requests);
  return `${times} of ${of} requests fail`;
}
