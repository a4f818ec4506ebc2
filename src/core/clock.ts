/** The clock is injected, so that tests can control time. */
export type Clock = Readonly<{
  /**
   * Microseconds since the epoch, an integer: the unit of every instant in the store. It jumps when the clock is
   * corrected.
   */
  nowUs(): number;
  /** Microseconds since an arbitrary instant, for durations: it never jumps and never goes back. */
  elapsedUs(): number;
  /** Resolves after that time, or at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}>;

export const systemClock: Clock = {
  // Not from performance.timeOrigin: that is read once, so a corrected system clock would not reach a running process.
  nowUs: () => Date.now() * 1_000,
  elapsedUs: () => Math.round(performance.now() * 1_000),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done, { once: true });
    }),
};

export type PlayedClock = Clock & Readonly<{ jumpTo(us: number): void }>;

/** The clock of a replayed story: it starts at that time, runs faster, and skips idle periods. */
export function playedClock(startUs: number, speed: number): PlayedClock {
  let toldUs = startUs;
  let sinceUs = systemClock.elapsedUs();
  const nowUs = () => Math.round(toldUs + (systemClock.elapsedUs() - sinceUs) * speed);
  return {
    nowUs,
    elapsedUs: () => nowUs() - startUs,
    sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
    jumpTo(us) {
      toldUs = Math.max(us, nowUs()); // never back: ids and the order of rows follow the time
      sinceUs = systemClock.elapsedUs();
    },
  };
}

/** ISO 8601 UTC with milliseconds, the form outside the store. */
export function isoFromUs(us: number): string {
  return new Date(us / 1000).toISOString();
}
