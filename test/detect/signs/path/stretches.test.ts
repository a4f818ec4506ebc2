import { expect, test } from 'vitest';
import { shortened, withoutOverlap } from '#detect/signs/path/stretches.ts';

const stretch = (startUs: number, endUs: number) => ({ span: 0, startUs, endUs });

test('time that two stretches claim counts once', () => {
  expect(withoutOverlap([stretch(50, 120), stretch(0, 100), stretch(60, 90), stretch(120, 130)])).toEqual([
    stretch(0, 100),
    stretch(100, 120),
    stretch(120, 130),
  ]);
});

test('the longest stretches are cut to the time that is left', () => {
  expect(shortened([stretch(0, 10), stretch(20, 120)], 60)).toEqual([stretch(20, 80)]);
  expect(shortened([stretch(0, 10), stretch(20, 120)], 105)).toEqual([stretch(20, 120), stretch(0, 5)]);
});
