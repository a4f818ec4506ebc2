import { describe, expect, test } from 'vitest';
import { readWholeTime, resolveTime, splitTime } from '#workflows/spoken-time.ts';

const NOW = Date.UTC(2026, 0, 6, 14, 30) * 1_000;
const BERLIN = 3_600;

function resolved(text: string, { nowUs = NOW, offsetSeconds = 0 } = {}) {
  const when = readWholeTime(text);
  if (when === undefined) return undefined;
  const result = resolveTime(when, { nowUs, offsetSeconds });
  return 'us' in result ? new Date(result.us / 1_000).toISOString() : result.problem;
}

describe('a time alone', () => {
  test.each([
    ['14:20', '2026-01-06T14:20:00.000Z'],
    ['14:20:15', '2026-01-06T14:20:15.000Z'],
    ['at 9:05', '2026-01-06T09:05:00.000Z'],
    ['2:20pm', '2026-01-06T14:20:00.000Z'],
    ['12:05 am', '2026-01-06T00:05:00.000Z'],
    ['14:20 UTC', '2026-01-06T14:20:00.000Z'],
    ['2026-01-05T23:59:01Z', '2026-01-05T23:59:01.000Z'],
    ['2026-01-05 23:59', '2026-01-05T23:59:00.000Z'],
    ['2026-01-06T12:00+02:30', '2026-01-06T09:30:00.000Z'],
    ['2026-01-06T12:00-00:30', '2026-01-06T12:30:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(resolved(text)).toBe(expected);
  });

  test.each(['25:00', '14:60', '13:00pm', '2026-02-31T10:00Z', 'half past two', '14', ''])('%s is none', (text) => {
    expect(readWholeTime(text)).toBeUndefined();
  });

  test('is read on the clock of the one who wrote it, unless it names its zone', () => {
    expect(resolved('15:20', { offsetSeconds: BERLIN })).toBe('2026-01-06T14:20:00.000Z');
    expect(resolved('2026-01-06 15:20', { offsetSeconds: BERLIN })).toBe('2026-01-06T14:20:00.000Z');
    expect(resolved('14:20Z', { offsetSeconds: BERLIN })).toBe('2026-01-06T14:20:00.000Z');
  });

  test('that the clock shows only later today was yesterday just after midnight, and is refused otherwise', () => {
    const afterMidnight = Date.UTC(2026, 0, 6, 0, 10) * 1_000;
    expect(resolved('23:55', { nowUs: afterMidnight })).toBe('2026-01-05T23:55:00.000Z');
    expect(resolved('14:35')).toContain('has not come yet');
    expect(resolved('2026-01-06T14:32Z')).toContain('has not come yet');
  });

  test('that is ahead by less than clocks differ is now', () => {
    expect(resolved('14:31')).toBe('2026-01-06T14:30:00.000Z');
  });
});

describe('a time before a text', () => {
  test('is split off', () => {
    expect(splitTime('at 14:20 the pool is full')).toMatchObject({ when: { said: '14:20' }, rest: 'the pool is full' });
    expect(splitTime('at 2026-01-06T14:20Z: rolled back')).toMatchObject({ rest: 'rolled back' });
    expect(splitTime('at 14:20')).toMatchObject({ when: { said: '14:20' }, rest: '' });
  });

  test('is not seen in words that only begin with "at" or hold a number', () => {
    for (const text of ['at peak load it breaks', 'at 3 nodes it breaks', 'attached a graph', 'saw it at 14:20']) {
      expect(splitTime(text)).toEqual({ rest: text });
    }
  });

  test('that cannot be is told and not taken for words', () => {
    expect(splitTime('at 14:75 the pool is full').problem).toContain('14:75');
    expect(splitTime('at 2026-13-01 10:00 x').problem).toContain('2026-13-01');
  });
});
