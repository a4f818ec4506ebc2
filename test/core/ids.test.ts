import { expect, test } from 'vitest';
import { uuidV7 } from '#core/ids.ts';
import { steppedClock } from '#test/stepped-clock.ts';

const MANY = 10_000;

test('ids are UUIDs of version 7 that begin with their millisecond', () => {
  const newId = uuidV7(steppedClock(Date.UTC(2026, 0, 6) * 1_000));

  expect(newId()).toMatch(/^019b909a-7400-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('ids sort by creation, also for more ids in a millisecond than the counter has values', () => {
  const newId = uuidV7(steppedClock());
  const ids = Array.from({ length: MANY }, newId);

  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(MANY);
});

test('ids go on upwards when the clock is set back', async () => {
  const clock = { ...steppedClock(), nowUs: () => nowUs };
  let nowUs = 2_000_000_000_000_000;
  const newId = uuidV7(clock);
  const before = newId();
  nowUs -= 3_600_000_000;

  expect(newId() > before).toBe(true);
});
