/**
 * The curve of `src/diagnose/calibration.ts`, fitted on drawn traces: logistic regression by gradient descent, with
 * weights that cannot be negative, so that no signal can speak against what it speaks for.
 */

import { logit, precisionOf, SIGNALS } from '#diagnose/calibration.ts';
import type { Curve } from '#diagnose/curve.ts';
import type { ToldVerdict } from './scores.ts';

/** Of the fit alone; it settles long before. */
const STEPS = 8000;
const RATE = 0.5;
/** Keeps weights small where the traces do not tell: as strong as this many verdicts. */
const HELD_BACK_BY = 1;

export function fittedCurve(told: readonly ToldVerdict[]): Curve {
  const kinds: Record<string, { of: number; right: number }> = {};
  for (const { verdict, isRight } of told) {
    kinds[verdict.kind] ??= { of: 0, right: 0 };
    const count = kinds[verdict.kind] ?? { of: 0, right: 0 };
    count.of += 1;
    if (isRight) count.right += 1;
  }
  const rows = told.map((one) => [
    1,
    logit(precisionWithout(one, kinds)),
    ...SIGNALS.map((name) => one.verdict.signals[name]),
  ]);
  const [bias = 0, kindWeight = 0, ...weights] = descended(
    rows,
    told.map(({ isRight }) => Number(isRight)),
  );
  const named = (name: (typeof SIGNALS)[number]) => rounded(weights[SIGNALS.indexOf(name)] ?? 0);
  return {
    bias: rounded(bias),
    kindWeight: rounded(kindWeight),
    weights: {
      lead: named('lead'),
      said: named('said'),
      seen: named('seen'),
      answered: named('answered'),
      intact: named('intact'),
      shown: named('shown'),
    },
    kinds: Object.fromEntries(Object.entries(kinds).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** As a verdict that the curve had not seen would get it: nobody is a witness in his own case. */
function precisionWithout({ verdict, isRight }: ToldVerdict, kinds: Curve['kinds']): number {
  const { of, right } = kinds[verdict.kind] ?? { of: 1, right: 0 };
  return precisionOf(verdict.kind, { ...kinds, [verdict.kind]: { of: of - 1, right: right - Number(isRight) } });
}

/** The first columns are biases, which alone may be negative. */
export function descended(rows: readonly (readonly number[])[], rights: readonly number[], biases = 1): number[] {
  // Read thousands of times: one block of numbers is several times faster than lists of them.
  const values = Float64Array.from(rows.flat());
  const weights = new Float64Array(rows[0]?.length ?? 0);
  for (let step = 0; step < STEPS; step += 1) {
    const slopes = weights.map((weight, column) => (column < biases ? 0 : HELD_BACK_BY * weight));
    for (let at = 0; at < rows.length; at += 1) addSlopes(slopes, weights, values, at, rights[at] ?? 0);
    for (const [column, slope] of slopes.entries()) {
      const moved = (weights[column] ?? 0) - (RATE * slope) / rows.length;
      weights[column] = column < biases ? moved : Math.max(0, moved);
    }
  }
  return [...weights];
}

/** What one row adds. */
function addSlopes(slopes: Float64Array, weights: Float64Array, values: Float64Array, at: number, right: number): void {
  const from = at * weights.length;
  let odds = 0;
  for (let column = 0; column < weights.length; column += 1)
    odds += (values[from + column] ?? 0) * (weights[column] ?? 0);
  const off = 1 / (1 + Math.exp(-odds)) - right;
  for (let column = 0; column < weights.length; column += 1)
    slopes[column] = (slopes[column] ?? 0) + off * (values[from + column] ?? 0);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
