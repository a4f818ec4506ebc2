/**
 * Slack's rate limit, tracked per process: after a restart, or with a second process, we may be slightly too fast.
 * Slack then says how long to wait.
 */
export type Pace = Readonly<{
  /** One call in this time, on average… */
  everyUs: number;
  /** …after this many at once. */
  burst: number;
}>;

/** Its instants are the clock's `elapsedUs`, because a clock that is set back must not stop the outbox. */
export type Pacer = Readonly<{
  /** When the next call is allowed. */
  freeAtUs(key: string, pace: Pace): number;
  spend(key: string, pace: Pace, nowUs: number): void;
  /** Slack has asked to wait. */
  holdUntil(key: string, untilUs: number): void;
}>;

/** The generic cell rate algorithm: stores only when the calls so far would have ended at the exact rate. */
export function pacer(): Pacer {
  const ends = new Map<string, number>();
  const holds = new Map<string, number>();
  return {
    freeAtUs: (key, { everyUs, burst }) => Math.max((ends.get(key) ?? 0) - (burst - 1) * everyUs, holds.get(key) ?? 0),
    spend(key, { everyUs }, nowUs) {
      ends.set(key, Math.max(ends.get(key) ?? 0, nowUs) + everyUs);
    },
    holdUntil(key, untilUs) {
      holds.set(key, Math.max(holds.get(key) ?? 0, untilUs));
    },
  };
}
