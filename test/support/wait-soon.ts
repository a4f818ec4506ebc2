/** Waits on the bot's own clock, which the test moves. */
import type { BotAtWork } from '#test/bot-at-work.ts';
import { eventually } from '#test/eventually.ts';
import type { SteppedClock } from '#test/stepped-clock.ts';

/**
 * Looks until it is so. The bot's time passes by `turnMs` at each look that finds it idle: however long the machine takes
 * to compute, the bot's time is the same.
 */
export function waitSoon<T>(
  { clock, work, turnMs }: Readonly<{ clock: SteppedClock; work: BotAtWork; turnMs: number }>,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  return eventually(async () => {
    if (await work.isIdle()) await clock.tick(turnMs);
    return await look();
  });
}
