import { expect, test } from 'vitest';
import { Quiet } from '#config/quiet.ts';

test('rules get their times in microseconds and minutes, and none is answered by default', () => {
  const rules = [
    { services: ['payments', 'batch-*'], from: '2026-01-06T10:00:00Z', to: '2026-01-06T15:00:00+01:00' },
    { weekly: { days: ['Sun', 'Sat'], from: '02:00', to: '04:30', zone: 'Europe/Berlin' }, answer: 'line' },
  ];
  expect(Quiet.parse({ rules }).rules).toMatchObject([
    { from: 1_767_693_600_000_000, to: 1_767_708_000_000_000, channels: [], answer: 'none' },
    { weekly: { days: [0, 6], from: 120, to: 270, zone: 'Europe/Berlin' }, answer: 'line' },
  ]);
});

test.each([
  [{ channels: ['#alerts'] }, 'must be the id of a channel'],
  [{ services: ['a*b'] }, 'with * only at its beginning or end'],
  [{ from: '2026-01-06 10:00' }, 'must be a time with its zone'],
  [{ from: '2026-01-06T10:00:00Z', to: '2026-01-06T09:00:00Z' }, 'must end after it begins'],
  [{ weekly: { days: ['Sun'], from: 120, to: '04:00' } }, 'must be a time of the day in quotes'],
  [{ weekly: { days: ['Sunday'], from: '02:00', to: '04:00' } }, 'must be one of Sun, Mon'],
  [{ weekly: { days: ['Sun'], from: '02:00', to: '04:00', zone: 'Mars' } }, 'must be the name of a time zone'],
  [{ weekly: { days: ['Sun'], from: '02:00', to: '04:00' }, to: '2026-01-06T09:00:00Z' }, 'either from and to, or'],
  [{ answer: 'no' }, 'must be full, line or none'],
  [{ service: ['payments'] }, 'Unrecognized key'],
])('%o is refused', (rule, problem) => {
  const { error } = Quiet.safeParse({ rules: [rule] });
  expect(error?.issues.map(({ message }) => message).join()).toContain(problem);
});
