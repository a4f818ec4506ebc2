/** How the time of some work grows with its size, as a ratio of processor times in one process. */
import { awaitedComputingMs } from '#test/computing-time.ts';

/** Four times as much takes four times as long, or sixteen times if it takes the square. */
export const FOUR_TIMES = 4;
export const MOST_GROWTH = 8;
/** Shorter times say nothing about growth. */
const LEAST_MS = 20;
const ROUNDS = 3;
const RETRIES = 2;

/**
 * The growth from one to four times as much: the least of three times on both sides, for everything beside the work only
 * adds to it. What seems to take the square is measured twice more; what does not needs no second time of the long work.
 * `prepared` makes the work of a size, untimed.
 */
export async function growthOf(prepared: (times: number) => () => Promise<unknown>): Promise<number> {
  const [once, four] = [prepared(1), prepared(FOUR_TIMES)];
  await once(); // compiled
  let [short, long] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS; round += 1) short = Math.min(short, await awaitedComputingMs(once));
  for (let round = 0; round < ROUNDS * (1 + RETRIES) && long >= MOST_GROWTH * short; round += 1) {
    long = Math.min(long, await awaitedComputingMs(four));
    if (long < LEAST_MS) return 1;
  }
  return long / short;
}
