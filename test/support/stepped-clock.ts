/** A clock that stands still until the test lets time pass. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '#core/clock.ts';
import { queriesInFlight } from '#test/in-flight.ts';

export type SteppedClock = Clock &
  Readonly<{
    /** Lets that much time pass, waking sleepers at their own instants, and what they set off settles. */
    tick(ms: number): Promise<void>;
    /** Somebody sets the clock: no time passes. */
    correct(ms: number): void;
  }>;

/** `wakeUs` is on the scale of time that has passed. */
type Sleeper = Readonly<{ wakeUs: number; wake: () => void }>;

/** A Tuesday, 14:30 UTC. */
const START_US = Date.UTC(2026, 0, 6, 14, 30, 0) * 1_000;

export function steppedClock(startUs: number = START_US): SteppedClock {
  let elapsedUs = 0;
  let atZeroUs = startUs;
  const sleepers = new Set<Sleeper>();

  return {
    nowUs: () => atZeroUs + elapsedUs,
    elapsedUs: () => elapsedUs,

    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted || ms <= 0) return resolve();
        const wake = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper = { wakeUs: elapsedUs + Math.ceil(ms * 1_000), wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', wake, { once: true });
      }),

    async tick(ms) {
      const untilUs = elapsedUs + Math.ceil(ms * 1_000);
      await settle();
      for (;;) {
        const next = nextOf(sleepers);
        if (next === undefined || next.wakeUs > untilUs) break;
        elapsedUs = Math.max(elapsedUs, next.wakeUs);
        for (const sleeper of sleepers) if (sleeper.wakeUs === next.wakeUs) sleeper.wake();
        await settle();
      }
      elapsedUs = untilUs;
      await settle();
    },

    correct(ms) {
      atZeroUs += Math.round(ms * 1_000);
    },
  };
}

/** Ends a runner whose work may be waiting on this clock. */
export async function stopNow(
  runner: Readonly<{ stop(deadlineMs: number): Promise<void> }>,
  clock: SteppedClock,
): Promise<void> {
  const stopped = runner.stop(0);
  await clock.tick(1_000);
  await stopped;
}

function nextOf(sleepers: ReadonlySet<Sleeper>): Sleeper | undefined {
  let next: Sleeper | undefined;
  for (const sleeper of sleepers) if (next === undefined || sleeper.wakeUs < next.wakeUs) next = sleeper;
  return next;
}

/** Enough turns of the event loop for several steps over the store, each of which takes one or two. */
const TURNS = 30;

/** A database in another process answers after many turns: the quiet ones count. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn = queriesInFlight() > 0 ? 0 : turn + 1) await setImmediate();
}
