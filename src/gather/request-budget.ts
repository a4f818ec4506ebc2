/**
 * How many requests a backend gets in an hour. A storm of alerts must not become a load on the systems that have a
 * problem already. What is not asked for lack of budget is a gap of the answer.
 */
import type { Clock } from '#core/clock.ts';
import { SpanhoundError } from '#core/errors.ts';
import { MINUTE_US } from '#core/time-units.ts';

/** Counts a request of this backend, or throws OverBudgetError. */
export type SpendRequest = (backend: string) => void;

/** The backend was not asked. */
class OverBudgetError extends SpanhoundError {
  override readonly name = 'OverBudgetError';
  readonly code = 'SH_OVER_BUDGET';
  readonly advice: string;

  constructor(backend: string, perHour: number) {
    super(`${backend} was not asked: its budget of ${perHour} requests an hour is spent`);
    this.advice = `Try again in a few minutes, or raise gather.requestsPerHour if ${backend} can answer more.`;
  }
}

const MINUTES = 60;

/** For one system, whatever is read through it. Counts by minute, so the hour slides. */
export function requestBudget(perHour: number, clock: Pick<Clock, 'elapsedUs'>): SpendRequest {
  const counts: { minute: number; requests: number }[] = [];
  return (backend) => {
    const minute = Math.floor(clock.elapsedUs() / MINUTE_US);
    while ((counts[0]?.minute ?? minute) <= minute - MINUTES) counts.shift();
    const spent = counts.reduce((sum, { requests }) => sum + requests, 0);
    if (spent >= perHour) throw new OverBudgetError(backend, perHour);
    const last = counts.at(-1);
    if (last?.minute === minute) last.requests += 1;
    else counts.push({ minute, requests: 1 });
  };
}
