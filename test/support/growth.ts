/** How the time of some work grows with its size, as a ratio of processor times in one process. */
import { awaitedComputingMs } from '#test/computing-time.ts';

/** Four times as much takes four times as long, or sixteen times if it takes the square. */
export const FOUR_TIMES = 4;
export const MOST_GROWTH = 8;
/** Shorter times say nothing about growth: quicker work is done so often that the shorter one takes this. */
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
 * `prepared` makes the work of a size, untimed, which must do the same each time.
 */
export async function growthOf(prepared: (times: number) => () => Promise<unknown>): Promise<number> {
  const [once, four] = [prepared(1), prepared(FOUR_TIMES)];
  await once(); // compiled
  const { often, ms } = await longEnough(once);
  let short = ms;
  let long = await msOf(four, often);
  if (long < SURELY_A_LINE * short) return long / short;
  for (let round = 1; round < ROUNDS; round += 1) short = Math.min(short, await msOf(once, often));
  for (let round = 1; round < ROUNDS * (1 + RETRIES) && long >= MOST_GROWTH * short; round += 1) {
    long = Math.min(long, await msOf(four, often));
  }
  return long / short;
}

/** How often the work is done until that takes long enough, and how long it took. */
async function longEnough(work: () => Promise<unknown>): Promise<{ often: number; ms: number }> {
  for (let often = 1; ; often *= 2) {
    const ms = await msOf(work, often);
    if (ms >= LEAST_MS) return { often, ms };
  }
}

async function msOf(work: () => Promise<unknown>, often: number): Promise<number> {
  return await awaitedComputingMs(async () => {
    for (let time = 0; time < often; time += 1) await work();
  });
}
