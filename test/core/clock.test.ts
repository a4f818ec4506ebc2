import { expect, test } from 'vitest';
import { playedClock } from '#core/clock.ts';

const BEGIN_US = 1_736_173_800_000_000;

test('the clock of a story stands still while its machine works', async () => {
  const clock = playedClock(BEGIN_US, 4);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(clock.nowUs()).toBe(BEGIN_US);
  expect(clock.elapsedUs()).toBe(0);
});

test('a wait moves it by what was asked for, however long it took; one that was ended does not', async () => {
  const clock = playedClock(BEGIN_US, 1_000);
  await Promise.all([clock.sleep(2_000), clock.sleep(3_000)]);
  expect(clock.elapsedUs()).toBe(3_000_000);
  await clock.sleep(5_000, AbortSignal.abort());
  expect(clock.elapsedUs()).toBe(3_000_000);
});

test('a jump moves it, and never back', async () => {
  const clock = playedClock(BEGIN_US, 1_000);
  const wait = clock.sleep(2_000);
  clock.jumpTo(BEGIN_US + 60_000_000);
  await wait;
  clock.jumpTo(BEGIN_US);
  expect(clock.nowUs()).toBe(BEGIN_US + 60_000_000);
});
