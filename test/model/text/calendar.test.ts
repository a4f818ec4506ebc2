import { expect, test } from 'vitest';
import { daysSinceEpoch, monthOf } from '#model/text/calendar.ts';

const DAY_MS = 86_400_000;

test('each day from 1600 to 2404 is the next one after the day before, as the clock of the machine counts', () => {
  for (let ms = Date.UTC(1600, 0, 1); ms < Date.UTC(2404, 0, 1); ms += DAY_MS) {
    const date = new Date(ms);
    const days = daysSinceEpoch(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
    if (days !== ms / DAY_MS) expect(`${date.toISOString()}: ${days}`).toBe(`${date.toISOString()}: ${ms / DAY_MS}`);
  }
  expect(daysSinceEpoch(1970, 1, 1)).toBe(0);
});

test('each day from 1600 to 2404 is in the month that the clock of the machine says', () => {
  for (let ms = Date.UTC(1600, 0, 1); ms < Date.UTC(2404, 0, 1); ms += DAY_MS) {
    const month = new Date(ms).toISOString().slice(0, 7);
    if (monthOf(ms * 1_000) !== month) expect(`${ms}: ${monthOf(ms * 1_000)}`).toBe(`${ms}: ${month}`);
  }
  expect(monthOf(Date.UTC(2026, 2, 1) * 1_000 - 1)).toBe('2026-02');
});
