import { expect, test } from 'vitest';
import { typedInstant } from '#workflows/times/typed-instant.ts';

const NOW_US = Date.UTC(2026, 0, 6, 12) * 1_000;

test.each([
  ['now', '12:00:00'],
  ['-2h', '10:00:00'],
  ['−2h', '10:00:00'],
  ['2h ago', '10:00:00'],
  ['20 min ago', '11:40:00'],
  ['-1h30m', '10:30:00'],
  ['now-2h', '10:00:00'],
  ['now - 90m', '10:30:00'],
  ['1767693600', '10:00:00'],
  ['1767693600000', '10:00:00'],
  ['1767693600000000', '10:00:00'],
  ['10:00 UTC', '10:00:00'],
  ['06.01.2026 10:00 UTC', '10:00:00'],
  ['6 Jan 2026 2:00 am PST', '10:00:00'],
  ['06/Jan/2026:10:00:00 +0000', '10:00:00'],
  ['Tue, 06 Jan 2026 11:00:00 +0100', '10:00:00'],
  ['2026-01-06T11:00:00+01:00', '10:00:00'],
])('%s is %s', (text, expected) => {
  expect(new Date(typedInstant('--from', text, NOW_US) / 1_000).toISOString()).toBe(`2026-01-06T${expected}.000Z`);
});

test.each([
  ['', 'is empty'],
  ['2h', 'is a duration: write -2h or "2h ago"'],
  ['now2h', 'is not a time'],
  ['nownow-2h', 'is not a time'],
  ['176769360', 'is not a time'],
  ['soon', 'is not a time'],
  ['14:15', 'has no time zone'],
  ['2026-01-06T10:00', 'has no time zone'],
  ['06.01.2026 10:00', 'has no time zone'],
  ['06/Jan/2026:10:00:00', 'has no time zone'],
  ['06.01.2026', 'has no time of day'],
  ['2026-01-06', 'has no time of day'],
  ['6 Jan 2026', 'has no time of day'],
  ['2026-02-30T10:00:00Z', 'names a day that does not exist: 30 February'],
  ['29 Feb 2026 10:00 UTC', 'names a day that does not exist: 29 February 2026'],
  ['31.04.2026 10:00 UTC', 'names a day that does not exist: 31 April'],
  ['2026-13-01T10:00:00Z', 'names a day that does not exist: month 13'],
  ['2026-01-06T25:10:00Z', 'names a time that no clock shows: 25:10:00'],
  ['01/06/2026 10:00 UTC', 'may mean two days: write the date as 2026-01-06'],
])('%j is none, and the message says why', (text, why) => {
  expect(() => typedInstant('--from', text, NOW_US)).toThrow(`--from “${text}” ${why}`);
});
