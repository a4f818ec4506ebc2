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

/** What the work gives, or undefined if it takes longer than that. Rejects as the work does. */
export async function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T | undefined> {
  const done = new AbortController();
  try {
    return await Promise.race([work, clock.sleep(ms, done.signal).then(() => undefined)]);
  } finally {
    done.abort();
  }
}

export type PlayedClock = Clock & Readonly<{ jumpTo(us: number): void }>;

/**
 * The clock of a replayed story. It starts at that time and stands still while somebody works, so that a slow machine
 * tells the same times. Only a jump, or the end of a wait, moves it; waits take a part of their time.
 */
export function playedClock(startUs: number, speed: number): PlayedClock {
  let toldUs = startUs;
  // Never back: ids and the order of rows follow the time.
  const jumpTo = (us: number) => {
    toldUs = Math.max(us, toldUs);
  };
  return {
    nowUs: () => toldUs,
    elapsedUs: () => toldUs - startUs,
    async sleep(ms, signal) {
      const endUs = toldUs + Math.round(ms * 1_000);
      await systemClock.sleep(ms / speed, signal);
      if (!signal?.aborted) jumpTo(endUs);
    },
    jumpTo,
  };
}

/** ISO 8601 UTC with milliseconds, the form outside the store. */
export function isoFromUs(us: number): string {
  return new Date(us / 1000).toISOString();
}

/** The day in UTC: `2026-01-06`. */
export function dayFromUs(us: number): string {
  return isoFromUs(us).slice(0, 10);
}

const NS_PER_S = 1_000_000_000n;

/** ISO 8601 UTC with nanoseconds, as stores of log lines compare times. */
export function isoFromNs(ns: bigint): string {
  const seconds = new Date(Number(ns / NS_PER_S) * 1_000).toISOString().slice(0, 19);
  return `${seconds}.${`${ns % NS_PER_S}`.padStart(9, '0')}Z`;
}
