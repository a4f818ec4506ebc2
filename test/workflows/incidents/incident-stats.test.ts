import { expect, test } from 'vitest';
import { periodBounds } from '#workflows/incidents/incident-stats.ts';

test('this month begins at its first day in UTC', () => {
  const nowUs = Date.UTC(2026, 2, 1, 0, 30) * 1_000;
  expect(periodBounds({ month: true }, nowUs)).toEqual({ fromUs: Date.UTC(2026, 2, 1) * 1_000, toUs: nowUs });
  expect(periodBounds({ days: 2 }, nowUs).fromUs).toBe(Date.UTC(2026, 1, 27, 0, 30) * 1_000);
});
