import { expect, test } from 'vitest';
import { typedInstant } from '#workflows/typed-instant.ts';

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
  ['2026-01-06T11:00:00+01:00', '10:00:00'],
])('%s is %s', (text, expected) => {
  expect(new Date(typedInstant('--from', text, NOW_US) / 1_000).toISOString()).toBe(`2026-01-06T${expected}.000Z`);
});

test.each(['', '2h', 'now2h', 'nownow-2h', '176769360', '2026-01-06T10:00', 'soon'])('%j is none', (text) => {
  expect(() => typedInstant('--from', text, NOW_US)).toThrow('--from is not a time');
});
