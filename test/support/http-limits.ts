/**
 * The limits of HTTP requests, on a clock that the test moves. With real time, a stall of the machine looks like a
 * backend that fell silent.
 *
 * undici counts in ticks of half a second. The first tick after data starts the count. So one tick without data exceeds
 * no limit, and the second one exceeds a limit of up to a second.
 */
import { createRequire } from 'node:module';
import { vi } from 'vitest';

/** One millisecond longer than undici's ticks, so that each lets exactly one pass. */
const TICK_MS = 500;

export type HttpLimits = Readonly<{
  /** Within each limit. */
  tick(): void;
  /** Exceeds each limit of up to a second. */
  expire(): void;
  [Symbol.dispose](): void;
}>;

/** The timers of undici, which it exports for tests; one instance for all that load it. */
const timers = createRequire(import.meta.url)('undici/lib/util/timers.js') as Readonly<{ reset(): void }>;

/** Holds `setTimeout` until disposed of: `using limits = stoppedHttpLimits()`. */
export function stoppedHttpLimits(): HttpLimits {
  // undici keeps one timer for good: it must not be of the other clock, neither now nor afterwards.
  timers.reset();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const tick = () => void vi.advanceTimersByTime(TICK_MS);
  return {
    tick,
    expire() {
      tick();
      tick();
    },
    [Symbol.dispose]() {
      timers.reset();
      vi.useRealTimers();
    },
  };
}
