/** Which service began to fail first, and which services its failures reached. */
import { MINUTE_US } from '#core/time-units.ts';
import type { Failure } from '#detect/signs/failures/failure-paths.ts';
import { medianOf } from '#model/stats/robust.ts';

export type First = Readonly<{
  service: string;
  operation: string;
  /** The time of its third failure, which is compared with other services. */
  sinceUs: number;
  /** The first failure shortly before that. */
  beganUs: number;
  failures: number;
}>;

/** One or two earlier failures may be normal. */
const THIRD = 2;
/** A service where less than a tenth of the failures begin did not start the cascade. */
const LEAST_OF_ALL = 0.1;

/** The first service that began to fail by itself; on a tie, the one with the most own failures. */
export function firstOf(failures: readonly Failure[]): First | undefined {
  const [first] = [...Map.groupBy(failures, ({ origin }) => origin)]
    .filter(([, own]) => own.length > THIRD && own.length >= LEAST_OF_ALL * failures.length)
    .map(([service, own]): First => {
      const times = own.map(({ atUs }) => atUs).sort((a, b) => a - b);
      const sinceUs = times[THIRD] ?? 0;
      const beganUs = times.find((us) => us >= sinceUs - MINUTE_US) ?? sinceUs;
      return { service, operation: mostFrequent(own), sinceUs, beganUs, failures: own.length };
    })
    .sort((a, b) => a.sinceUs - b.sinceUs || b.failures - a.failures || (a.service < b.service ? -1 : 1));
  return first;
}

function mostFrequent(failures: readonly Failure[]): string {
  const [most] = [...Map.groupBy(failures, ({ operation }) => operation)].sort(
    ([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1),
  );
  return most?.[0] ?? '';
}

export type Reached = Readonly<{
  service: string;
  /** Failures of the first service that this one passed on, and the delay. */
  passedOn: number;
  afterUs: number;
  /** Later failures that began in this service. */
  ownFailures: number;
  sinceUs: number;
  step: number;
  example: Failure | undefined;
}>;

/** The services that passed on the first one's failures, in the order of the calls, with their own later failures. */
export function spreadFrom(first: First, failures: readonly Failure[], fewest: number): readonly Reached[] {
  const passing = new Map<string, { steps: number[]; after: number[]; times: number[]; example: Failure }>();
  for (const failure of failures) {
    if (failure.origin !== first.service) continue;
    for (const [step, { service, afterUs }] of failure.passedOn.entries()) {
      const known = passing.get(service) ?? { steps: [], after: [], times: [], example: failure };
      passing.set(service, known);
      known.steps.push(step);
      known.after.push(afterUs);
      known.times.push(failure.atUs + afterUs);
    }
  }
  return [...passing]
    .filter(([, { steps }]) => steps.length >= Math.min(fewest, THIRD + 1))
    .map(([service, { steps, after, times, example }]): Reached => {
      const own = failures.filter(({ origin, atUs }) => origin === service && atUs > first.sinceUs);
      return {
        service,
        passedOn: steps.length,
        afterUs: medianOf(after),
        ownFailures: own.length > THIRD ? own.length : 0,
        sinceUs: Math.min(...times),
        step: medianOf(steps),
        example,
      };
    })
    .sort((a, b) => a.step - b.step || a.sinceUs - b.sinceUs || (a.service < b.service ? -1 : 1));
}
