/** Runs the store's waiting work: finds due work, starts it, and sleeps until the next is due. */
import type { Clock } from '#core/clock.ts';
import type { Log } from '#core/log.ts';

export type Runner = Readonly<{
  /** Check now: something was stored. */
  kick(): void;
  /** Resolves when nothing runs and nothing is due. Work that is due later does not count. */
  idle(): Promise<void>;
  /** Takes nothing new and waits that long for running work; another process takes the rest after its lease expires. */
  stop(deadlineMs: number): Promise<void>;
}>;

/** The result of a check: work to start now, and when to check again. */
export type Taken = Readonly<{ work: readonly (() => Promise<void>)[]; nextUs: number | undefined }>;

export type RunnerOptions = Readonly<{
  name: string;
  /** For sleeping. */
  clock: Clock;
  /** The store's. */
  nowUs(): Promise<number>;
  log: Log;
  concurrency: number;
  /** Takes at most `room` pieces of work, so that no other runner on the same store takes them. */
  take(room: number): Promise<Taken>;
  /** Aborted once `stop` has waited long enough: running work may then stop. */
  cutOff?: AbortController;
}>;

/** Another process may have left work, so it checks regularly. */
const POLL_MS = 5_000;
/** If another runner is just taking the due work, this one checks again after a pause, not in a busy loop. */
const SHORTEST_SLEEP_MS = 1;
/** After this, it checks a store again that could not be read (disk full, locked). */
const AFTER_TROUBLE_MS = 1_000;
/** Cancelled work needs a moment to put its work back. */
const LET_GO_MS = 250;

export function startRunner({ name, clock, nowUs, log, concurrency, take, cutOff }: RunnerOptions): Runner {
  const running = new Set<Promise<void>>();
  let waiting: (() => void)[] = [];
  let stopped = false;
  let alarm = new AbortController();

  const kick = () => alarm.abort();
  const ended = loop();

  return {
    kick,
    idle: () =>
      new Promise((resolve) => {
        if (stopped) return resolve();
        waiting.push(resolve);
        kick();
      }),
    async stop(deadlineMs) {
      stopped = true;
      kick();
      await ended;
      await settledWithin(deadlineMs);
      cutOff?.abort();
      if (cutOff) await settledWithin(LET_GO_MS);
      if (running.size > 0) log.warn({ runner: name, unfinished: running.size }, 'stopped with work unfinished');
    },
  };

  async function loop(): Promise<void> {
    while (!stopped) {
      alarm = new AbortController(); // a kick from here on is not lost: the sleep below returns at once
      const asked = waiting;
      waiting = [];
      const { sleepMs, found } = await look();
      if (running.size === 0 && found === 'nothing') for (const resolve of asked) resolve();
      else waiting.push(...asked);
      await clock.sleep(sleepMs, alarm.signal);
    }
    for (const resolve of waiting) resolve();
  }

  async function look(): Promise<{ sleepMs: number; found: 'work' | 'nothing' | 'trouble' }> {
    const room = concurrency - running.size;
    if (room <= 0) return { sleepMs: POLL_MS, found: 'work' };
    try {
      const { work, nextUs } = await take(room);
      for (const piece of work) start(piece);
      const untilNextMs = nextUs === undefined ? POLL_MS : Math.ceil((nextUs - (await nowUs())) / 1_000);
      return {
        sleepMs: Math.min(Math.max(untilNextMs, SHORTEST_SLEEP_MS), POLL_MS),
        found: work.length > 0 ? 'work' : 'nothing',
      };
    } catch (error) {
      log.error({ runner: name, err: error }, 'could not look for work');
      return { sleepMs: AFTER_TROUBLE_MS, found: 'trouble' };
    }
  }

  async function settledWithin(ms: number): Promise<void> {
    if (running.size === 0) return;
    const settled = new AbortController();
    await Promise.race([Promise.allSettled(running), clock.sleep(ms, settled.signal)]);
    settled.abort();
  }

  function start(piece: () => Promise<void>): void {
    const done = piece()
      .catch((error) => log.error({ runner: name, err: error }, 'work failed; its lease will expire'))
      .finally(() => {
        running.delete(done);
        kick();
      });
    running.add(done);
  }
}
