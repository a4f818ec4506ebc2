import { describe, expect, test } from 'vitest';
import { durationsApart, durationText, exactDuration, momentText, partOfTime } from '#model/text/duration.ts';

test.each([
  [0, '0 µs', '0 µs'],
  [12, '12 µs', '12 µs'],
  [999, '1 ms', '999 µs'],
  [142, '140 µs', '142 µs'],
  [1000, '1 ms', '1 ms'],
  [620_000, '620 ms', '620 ms'],
  [628_000, '630 ms', '628 ms'],
  [999_499, '1 s', '999 ms'],
  [999_500, '1 s', '1 s'],
  [1_850_000, '1.9 s', '1.85 s'],
  [59_400_000, '59 s', '59.4 s'],
  [59_994_000, '1 min', '1 min'],
  [60_000_000, '1 min', '1 min'],
  [125_000_000, '2 min 5 s', '2 min 5 s'],
  [3_599_600_000, '1 h', '1 h'],
  [5_400_000_000, '1 h 30 min', '1 h 30 min'],
  [-5000, '−5 ms', '−5 ms'],
])('%i µs is %s in a sentence and %s in a table', (us, sentence, table) => {
  expect(durationText(us)).toBe(sentence);
  expect(exactDuration(us)).toBe(table);
});

test('the beginning of something is 0, without a unit', () => {
  expect([momentText(0), momentText(142_300)]).toEqual(['0', '142 ms']);
});

describe('two durations in one sentence', () => {
  test.each([
    [530_000, 6_752_000, '530 ms of the 6.8 s'],
    [2_278_000, 2_341_000, '2.28 s of the 2.34 s'],
    [2_341_000, 2_344_000, '2.341 s of the 2.344 s'],
    [2_341_000, 2_341_001, '2.3 s of the 2.3 s'],
    [2_341_000, 2_341_000, '2.3 s of the 2.3 s'],
    [59_994_000, 60_000_000, '59.99 s of the 1 min'],
  ])('%i and %i µs are told apart with as few digits as possible', (part, whole, text) => {
    expect(partOfTime(part, whole)).toBe(text);
    expect(durationsApart(part, whole).join(' of the ')).toBe(text);
  });
});
