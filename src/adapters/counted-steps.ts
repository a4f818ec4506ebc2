/** The steps of time in which a store counts its lines: as many as show when a problem began, and whole ones only. */
import type { MetricQuery } from '#gather/sources.ts';

/** Rules usually require minutes. */
const LEAST_STEP_S = 60;
/** A store computes each point anew: a few are enough to see when the problem began. */
const MOST_POINTS = 120;

/** The seconds of a step: whole minutes. */
export function stepOf({ fromUs, toUs }: Pick<MetricQuery, 'fromUs' | 'toUs'>, mostPoints = MOST_POINTS): number {
  return Math.ceil(Math.max(1, (toUs - fromUs) / 1e6 / mostPoints / LEAST_STEP_S)) * LEAST_STEP_S;
}

/** Aligned to whole steps, so that a query always has the same points. Seconds since the epoch. */
export function wholeSteps({
  fromUs,
  toUs,
  stepSeconds,
}: Pick<MetricQuery, 'fromUs' | 'toUs' | 'stepSeconds'>): Readonly<{ start: number; end: number }> {
  const start = Math.floor(fromUs / 1e6 / stepSeconds) * stepSeconds;
  return { start, end: Math.max(start, Math.floor(toUs / 1e6 / stepSeconds) * stepSeconds) };
}
