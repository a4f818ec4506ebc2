/** Whether a bot in this process computes, or waits for Slack or a backend. On the clock of a test that takes no time. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { followSteps } from '#core/measures.ts';

/** They wait for nothing on the bot's own clock. Its jobs do: for their turn, or for more evidence. */
const KINDS: ReadonlySet<string> = new Set(['analysis', 'backend', 'slack']);
/** A step follows another after a few turns of the event loop. */
const TURNS = 30;

export type BotAtWork = Readonly<{ isIdle(): Promise<boolean>; [Symbol.dispose](): void }>;

export function followBot(): BotAtWork {
  let underWay = 0;
  const end = followSteps(new AsyncLocalStorage<number>(), {
    begin({ kind }) {
      const counts = KINDS.has(kind) ? 1 : 0;
      underWay += counts;
      return counts;
    },
    end(counts) {
      underWay -= counts;
    },
  });
  return {
    async isIdle() {
      for (let turn = 0; turn < TURNS; turn++) {
        if (underWay > 0) return false;
        await setImmediate();
      }
      return true;
    },
    [Symbol.dispose]: end,
  };
}
