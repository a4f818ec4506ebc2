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
const ROUNDS = 9;

/**
 * The growth from one to four times as much. What is surely a line is measured once. What seems to take the square is
 * measured again, up to nine times, and the least growth counts. Each long work is compared with the quicker of the two
 * short ones beside it: V8 may take back what it has optimized, and both are slower from then on.
 * `prepared` makes the work of a size, untimed, which must do the same each time.
 */
export async function growthOf(prepared: (times: number) => () => Promise<unknown>): Promise<number> {
  const [once, four] = [prepared(1), prepared(FOUR_TIMES)];
  await once(); // compiled
  const { often, ms } = await longEnough(once);
  let before = ms;
  let growth = (await msOf(four, often)) / before;
  if (growth < SURELY_A_LINE) return growth;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const long = await msOf(four, often);
    const after = await msOf(once, often);
    growth = Math.min(growth, long / Math.min(before, after));
    if (growth < MOST_GROWTH) return growth;
    before = after;
  }
  return growth;
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
