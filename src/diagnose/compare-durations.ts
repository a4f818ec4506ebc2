/**
 * Calls whose self time grew or shrank. Those with the most time on the critical path come first: together they explain
 * how much longer the request took. A call that only waits longer for its children is not listed.
 */

import { pathGrowth } from '#diagnose/compare-structure.ts';
import { comparedCall, made, type Sides } from '#diagnose/compared-call.ts';
import { differenceOf, middle, rangeOf } from '#diagnose/differs.ts';
import type { CallIndex, CallSample } from '#model/requests/aligned-calls.ts';
import type { DurationChange, Told } from '#model/requests/comparison.ts';

/** Differences below a millisecond are noise. */
const NOISE_US = 1_000;
/** As a share of the longer request: less does not explain its length. */
const LEAST_SHARE = 0.02;

const ROOT = 0;

/** The whole request; undefined where it took as long as in the baseline. */
export function wholeDuration(sides: Sides): DurationChange | undefined {
  const told = differenceOf(rootsUs(sides.healthy), rootsUs(sides.failing), NOISE_US);
  return told && durationChange(sides, ROOT, told, growthOf(sides));
}

export function durationChanges(sides: Sides): DurationChange[] {
  const growthUs = growthOf(sides);
  const found = movedCalls(sides).flatMap(({ call, healthy, failing }) => {
    const told = differenceOf(healthy, failing, NOISE_US);
    return told === undefined ? [] : [durationChange(sides, call, told, growthUs)];
  });
  return found.sort((a, b) => held(b) - held(a) || changeUs(b) - changeUs(a) || a.at.call - b.at.call);
}

/** Among a few numbers one is always larger: only twice as long is worth reporting. */
const LARGE_FACTOR = 2;

/**
 * Calls that take at least twice as long as before in nearly all failing traces. They may be slower, even where there
 * are too few traces to rule out chance.
 */
export function doubtedSlower(sides: Sides): DurationChange[] {
  const growthUs = growthOf(sides);
  return movedCalls(sides)
    .filter(({ healthy, failing }) => rangeOf(failing).low >= LARGE_FACTOR * middle(healthy))
    .map(({ call }) => durationChange(sides, call, 'uncertain', growthUs));
}

type MovedCall = Readonly<{ call: CallIndex; healthy: readonly number[]; failing: readonly number[] }>;

/** Calls that both sides make, with self times that differ by more than noise. */
function movedCalls(sides: Sides): MovedCall[] {
  const { calls } = sides;
  const leastUs = leastOfRequestUs(sides);
  const moved: MovedCall[] = [];
  for (let call = 0; call < calls.count; call += 1) {
    const [healthy, failing] = [ownUs(calls.healthy(call)), ownUs(calls.failing(call))];
    if (healthy.length === 0 || failing.length === 0) continue;
    if (Math.abs(middle(failing) - middle(healthy)) < leastUs) continue;
    moved.push({ call, healthy, failing });
  }
  return moved;
}

/** Less does not explain why the request takes longer. */
export function leastOfRequestUs({ healthy, failing }: Sides): number {
  return Math.max(NOISE_US, LEAST_SHARE * Math.max(middle(rootsUs(healthy)), middle(rootsUs(failing))));
}

/** The self time of one span: the number of calls is another question. */
function ownUs(samples: readonly (CallSample | undefined)[]): number[] {
  return made(samples).map(({ ownUs, count }) => ownUs / count);
}

function rootsUs(traces: Sides['healthy']): number[] {
  return traces.map((trace) => trace.durationOfUs(trace.root));
}

export function growthOf({ healthy, failing }: Sides): number {
  return middle(rootsUs(failing)) - middle(rootsUs(healthy));
}

function durationChange(sides: Sides, call: CallIndex, told: Told, growthUs: number): DurationChange {
  const { calls } = sides;
  const [healthy, failing] = [made(calls.healthy(call)), made(calls.failing(call))];
  const pathUs = pathGrowth(calls, call);
  return {
    at: comparedCall(sides, call),
    told,
    healthyUs: rangeOf(healthy.map(({ durationUs }) => durationUs)),
    failingUs: rangeOf(failing.map(({ durationUs }) => durationUs)),
    healthyOwnUs: middle(healthy.map(({ ownUs }) => ownUs)),
    failingOwnUs: middle(failing.map(({ ownUs }) => ownUs)),
    pathUs,
    share: shareOf(pathUs, growthUs),
  };
}

/** 0 where other calls compensate this growth: then it is no share of the whole. */
export function shareOf(pathUs: number, growthUs: number): number {
  const share = growthUs === 0 ? 0 : pathUs / growthUs;
  return share < 0 || share > 1.1 ? 0 : Math.min(1, share);
}

function held({ pathUs }: DurationChange): number {
  return Math.abs(pathUs);
}

function changeUs({ failingOwnUs, healthyOwnUs }: DurationChange): number {
  return Math.abs(failingOwnUs - healthyOwnUs);
}
