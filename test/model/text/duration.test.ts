import { expect, test } from 'vitest';
import { durationText } from '#model/text/duration.ts';

test.each([
  [0, '0 µs'],
  [12, '12 µs'],
  [999, '999 µs'],
  [1000, '1 ms'],
  [620_000, '620 ms'],
  [999_499, '999 ms'],
  [999_500, '1 s'],
  [1_850_000, '1.85 s'],
  [59_994_000, '60 s'],
  [60_000_000, '1 min'],
  [125_000_000, '2 min 5 s'],
  [3_599_600_000, '1 h'],
  [5_400_000_000, '1 h 30 min'],
  [-5000, '−5 ms'],
])('%i µs is read as %s', (us, text) => {
  expect(durationText(us)).toBe(text);
});
