import { expect, test } from 'vitest';
import { playedClock, within } from '#core/clock.ts';
import { steppedClock } from '#test/stepped-clock.ts';

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

test('work gives what it gives within its time, and nothing after that', async () => {
  const clock = steppedClock();
  const late = within(
    clock,
    1_000,
    clock.sleep(1_001).then(() => 'late'),
  );
  const inTime = within(
    clock,
    1_000,
    clock.sleep(999).then(() => 'in time'),
  );
  await clock.tick(2_000);
  expect([await inTime, await late]).toEqual(['in time', undefined]);
  await expect(within(clock, 1_000, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
});

test('work that is done leaves no wait behind', async () => {
  const { promise: asleep, resolve } = Promise.withResolvers<AbortSignal | undefined>();
  const sleep = (_: number, signal?: AbortSignal) => {
    resolve(signal);
    return new Promise<void>(() => {});
  };
  await within({ ...steppedClock(), sleep }, 1_000, Promise.resolve());
  expect((await asleep)?.aborted).toBe(true);
});
