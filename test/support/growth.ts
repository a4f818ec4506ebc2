/** How the time of some work grows with its size, as a ratio of processor times in one process. */
import { awaitedComputingMs } from '#test/computing-time.ts';

/** Four times as much takes four times as long, or sixteen times if it takes the square. */
export const FOUR_TIMES = 4;
export const MOST_GROWTH = 8;
/** Shorter times say nothing about growth. */
const LEAST_MS = 20;
/**
 * What takes less than this is no square: its short work would have taken three times its processor time, for a reason
 * that the long work did not have.
 */
const SURELY_A_LINE = 5;
const ROUNDS = 3;
const RETRIES = 2;

/**
 * The growth from one to four times as much. What is surely a line is measured once. Else the least of three times counts
 * on both sides, for everything beside the work only adds to it, and what seems to take the square is measured twice more.
 * `prepared` makes the work of a size, untimed.
 */
export async function growthOf(prepared: (times: number) => () => Promise<unknown>): Promise<number> {
  const [once, four] = [prepared(1), prepared(FOUR_TIMES)];
  await once(); // compiled
  let short = await awaitedComputingMs(once);
  let long = await awaitedComputingMs(four);
  if (long < SURELY_A_LINE * short) return long / short;
  for (let round = 1; round < ROUNDS; round += 1) short = Math.min(short, await awaitedComputingMs(once));
  for (let round = 1; round < ROUNDS * (1 + RETRIES) && long >= MOST_GROWTH * short; round += 1) {
    if (long < LEAST_MS) return 1;
    long = Math.min(long, await awaitedComputingMs(four));
  }
  return long < LEAST_MS ? 1 : long / short;
}
