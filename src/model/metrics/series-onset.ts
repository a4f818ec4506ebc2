/**
 * When a series changed, from the series itself instead of the alert, which comes later.
 *
 *  step   ________‾‾‾‾‾     it left its past and stayed away: from the first such point
 *  ramp   ______／／|___    it began to grow long before it was too much: from the hinge of a flat line and a rising one,
 *                           fitted up to the peak, because a restart ends a ramp
 */
import type { Series } from '#model/metrics/series.ts';

export type SeriesOnset = Readonly<{
  /** When it left its past. */
  atUs: number;
  /** The usual value, and the point farthest from it. */
  usual: number;
  extreme: number;
}>;

/** Fewer points do not show what is usual. */
const FEWEST_BEFORE = 5;
/** In median absolute deviations from the earlier median. */
const FAR = 5;
/** As a share of the way to the extreme: less still counts as the past. */
const LEFT = 0.1;
/** As a share of the usual value: a smaller change affects nobody. */
const LEAST_CHANGE = 0.2;
/** How many points may return to the past before it counts as over. */
const PAUSE = 2;

/** Undefined where it did not change. `fromUs` is not finite where nobody knows when the problem is. */
export function onsetOf(
  series: Series,
  { fromUs, toUs }: Readonly<{ fromUs: number; toUs: number }>,
): SeriesOnset | undefined {
  const points = pointsUntil(series, toUs);
  const before = points.filter(({ us }) => us < fromUs);
  const isLongEnough = Number.isFinite(fromUs) && before.length >= FEWEST_BEFORE;
  const past = isLongEnough ? before : points.slice(0, points.length >> 1);
  if (past.length < FEWEST_BEFORE) return undefined;
  const usual = middle(past.map(({ value }) => value));
  const spread = middle(past.map(({ value }) => Math.abs(value - usual)));
  const isWithin = ({ us }: Point) => !Number.isFinite(fromUs) || us >= fromUs;
  const extreme = points
    .filter(isWithin)
    .reduce((most, point) => (away(point, usual) > away(most, usual) ? point : most), past[0] ?? NOWHERE);
  const way = away(extreme, usual);
  if (isLongEnough && doesRecur(points.filter(isWithin), past, (point) => away(point, usual) > way / 2))
    return undefined;
  if (way <= FAR * spread || way <= LEAST_CHANGE * Math.abs(usual) || way === 0) return undefined;
  const least = Math.max(FAR * spread, LEFT * way);
  const atUs = leftAt(points, extreme, (point) => away(point, usual) > least);
  return { atUs, usual, extreme: extreme.value };
}

/** So many far points before are no accident. */
const FEWEST_RECURRING = 3;
/** So many times as large a share of far points is another pattern. */
const MORE_OFTEN = 1.5;

/** A batch comes and goes: the series was as far from its middle before, and about as often. */
function doesRecur(now: readonly Point[], past: readonly Point[], isFar: (point: Point) => boolean): boolean {
  const [far, farBefore] = [now.filter(isFar).length, past.filter(isFar).length];
  if (farBefore < FEWEST_RECURRING) return false;
  return far / now.length <= (MORE_OFTEN * farBefore) / past.length;
}

/** A steady growth up to its peak: its start, and the time of the peak. */
export type Growth = Readonly<{ sinceUs: number; peakUs: number }>;

/** Undefined where it does not grow, or grows in one step. */
export function growthOf(series: Series, { toUs }: Readonly<{ toUs: number }>): Growth | undefined {
  const points = pointsUntil(series, toUs);
  const peak = points.reduce((most, point) => (point.value > most.value ? point : most), points[0] ?? NOWHERE);
  const sinceUs = hingeOf(points, peak);
  return sinceUs === undefined ? undefined : { sinceUs, peakUs: peak.us };
}

type Point = Readonly<{ us: number; value: number }>;

const NOWHERE: Point = { us: Number.NaN, value: Number.NaN };
/** One minute: series have a point a minute, and the one after the window still covers its end. */
const AFTER_US = 60_000_000;

function pointsUntil({ atUs, values }: Series, toUs: number): Point[] {
  const points: Point[] = [];
  for (let at = 0; at < atUs.length; at += 1) {
    const us = atUs[at] ?? Number.NaN;
    const value = values[at] ?? Number.NaN;
    if (Number.isFinite(value) && !(us > toUs + AFTER_US)) points.push({ us, value });
  }
  return points;
}

function away({ value }: Point, usual: number): number {
  return Math.abs(value - usual);
}

/** Back from the extreme, as long as it stayed away. */
function leftAt(points: readonly Point[], extreme: Point, isAway: (point: Point) => boolean): number {
  let first = extreme;
  let pause = 0;
  for (let at = points.indexOf(extreme) - 1; at >= 0 && pause <= PAUSE; at -= 1) {
    const point = points[at];
    if (point === undefined || !isAway(point)) pause += 1;
    else {
      first = point;
      pause = 0;
    }
  }
  return first.us;
}

/** A ramp of fewer points is a step. */
const FEWEST_OF_RAMP = 8;
/** The share of the variance that the two lines must explain. */
const GOOD_FIT = 0.9;

/** The start of the rising line; undefined where a step fits as well. Each hinge takes constant time, from sums. */
function hingeOf(all: readonly Point[], peak: Point): number | undefined {
  const points = all.slice(0, all.indexOf(peak) + 1);
  const count = points.length;
  const startUs = points[0]?.us ?? 0;
  const x = (at: number) => ((points[at]?.us ?? 0) - startUs) / AFTER_US;
  const y = (at: number) => points[at]?.value ?? 0;
  const whole = sumsOf(points, x, y);
  const variance = whole.yy - whole.y ** 2 / count;
  if (count < 2 * FEWEST_OF_RAMP || variance <= 0) return undefined;
  let behind = whole;
  let best = { at: -1, left: Number.POSITIVE_INFINITY };
  let bestStep = Number.POSITIVE_INFINITY;
  for (let at = 0; at < count - FEWEST_OF_RAMP; at += 1) {
    behind = without(behind, x(at), y(at));
    const left = leftByHinge(whole, behind, count, x(at));
    if (left < best.left) best = { at, left };
    bestStep = Math.min(bestStep, leftByStep(whole, behind, count));
  }
  for (let at = count - FEWEST_OF_RAMP; at < count - 1; at += 1) {
    behind = without(behind, x(at), y(at));
    bestStep = Math.min(bestStep, leftByStep(whole, behind, count));
  }
  const level = points.slice(0, best.at + 1).reduce((sum, { value }) => sum + value, 0) / (best.at + 1);
  const isMuch = peak.value - level > LEAST_CHANGE * Math.abs(level);
  const isRamp = best.at >= 0 && isMuch && best.left < bestStep && 1 - best.left / variance > GOOD_FIT;
  return isRamp ? points[best.at]?.us : undefined;
}

type Sums = Readonly<{ n: number; x: number; xx: number; xy: number; y: number; yy: number }>;

function sumsOf(points: readonly Point[], x: (at: number) => number, y: (at: number) => number): Sums {
  const sums = { n: points.length, x: 0, xx: 0, xy: 0, y: 0, yy: 0 };
  for (let at = 0; at < points.length; at += 1) {
    sums.x += x(at);
    sums.xx += x(at) ** 2;
    sums.xy += x(at) * y(at);
    sums.y += y(at);
    sums.yy += y(at) ** 2;
  }
  return sums;
}

function without({ n, ...sums }: Sums, x: number, y: number): Sums {
  const { x: sx, xx, xy, y: sy, yy } = sums;
  return { n: n - 1, x: sx - x, xx: xx - x ** 2, xy: xy - x * y, y: sy - y, yy: yy - y ** 2 };
}

/** The squared error of `a + b·max(0, x − hinge)`, by least squares. */
function leftByHinge(whole: Sums, behind: Sums, count: number, hinge: number): number {
  const z = behind.x - hinge * behind.n;
  const zz = behind.xx - 2 * hinge * behind.x + behind.n * hinge ** 2;
  const zy = behind.xy - hinge * behind.y;
  const spread = zz - z ** 2 / count;
  if (spread <= 0) return Number.POSITIVE_INFINITY;
  const together = zy - (z * whole.y) / count;
  return whole.yy - whole.y ** 2 / count - together ** 2 / spread;
}

/** The squared error of one level before and another one after. */
function leftByStep(whole: Sums, behind: Sums, count: number): number {
  const before = count - behind.n;
  const own = before === 0 ? 0 : (whole.y - behind.y) ** 2 / before;
  return whole.yy - own - (behind.n === 0 ? 0 : behind.y ** 2 / behind.n);
}

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
}
