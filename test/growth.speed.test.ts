/** The measure itself: a line and a square are told apart. */
import { expect, test } from 'vitest';
import { growthOf, MOST_GROWTH } from '#test/growth.ts';

/** Steps of the shorter work. */
const STEPS = 300_000;
/** Less than a millisecond. */
const FEW_STEPS = 4_000;

function steps(count: number): () => Promise<void> {
  return async () => {
    let sum = 0;
    for (let step = 0; step < count; step += 1) sum = (sum * 31 + step) % 1_000_003;
    // An assertion takes as long as some of the steps, and would hide how they grow.
    if (sum < 0) throw new Error('a remainder of positive numbers is positive');
  };
}

test('work that grows in step is no square', async () => {
  expect(await growthOf((times) => steps(times * STEPS))).toBeLessThan(MOST_GROWTH);
});

test('a square is found', async () => {
  expect(await growthOf((times) => steps(times ** 2 * STEPS))).toBeGreaterThan(MOST_GROWTH);
});

test('a square that takes no time to speak of is found, too', async () => {
  expect(await growthOf((times) => steps(times ** 2 * FEW_STEPS))).toBeGreaterThan(MOST_GROWTH);
});
