/**
 * How fast Slack lets us speak, kept per process: a restart or a second process may be a little too fast, and Slack
 * then says for how long to be quiet.
 */
export type Pace = Readonly<{
  /** One call in this time, on average… */
  everyUs: number;
  /** …after this many at once. */
  burst: number;
}>;

/** Its instants are the clock's `elapsedUs`: a clock that is set back must not stop what is sent. */
export type Pacer = Readonly<{
  /** From when the next call is allowed. */
  freeAtUs(key: string, pace: Pace): number;
  spend(key: string, pace: Pace, nowUs: number): void;
  /** Slack has asked for quiet. */
  holdUntil(key: string, untilUs: number): void;
}>;

/** The generic cell rate algorithm: all that is remembered is when the calls so far would have ended at the exact pace. */
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
