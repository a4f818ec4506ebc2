import { expect, test } from 'vitest';
import { type Series, seriesUntil, valuesOver } from '#model/metrics/series.ts';

const MINUTE_US = 60_000_000;

/** A point a minute, stamped at the end of it. */
const series: Series = {
  name: 'cpu',
  labels: {},
  atUs: Float64Array.of(1, 2, 3, 4).map((minute) => minute * MINUTE_US),
  values: Float64Array.of(10, 20, 30, 40),
};

test('a point tells of the time before it, and belongs where most of that lies', () => {
  expect(valuesOver(series, MINUTE_US, 3 * MINUTE_US)).toEqual([20, 30]);
  expect(valuesOver(series, 1.4 * MINUTE_US, 3.4 * MINUTE_US)).toEqual([20, 30]);
  expect(valuesOver(series, 1.6 * MINUTE_US, 3.6 * MINUTE_US)).toEqual([30, 40]);
});

test('of less than half of its time no point tells', () => {
  expect(valuesOver(series, 2.1 * MINUTE_US, 2.4 * MINUTE_US)).toEqual([]);
});

test('what is no number is left out', () => {
  expect(valuesOver({ ...series, values: Float64Array.of(1, Number.NaN, 3, 4) }, MINUTE_US, 3 * MINUTE_US)).toEqual([
    3,
  ]);
});

test('what tells more of a later time is left out, and nothing where nobody said when it ends', () => {
  expect([...seriesUntil(series, 2.6 * MINUTE_US).values]).toEqual([10, 20, 30]);
  expect([...seriesUntil(series, 2.4 * MINUTE_US).values]).toEqual([10, 20]);
  expect(seriesUntil(series, Number.NaN)).toBe(series);
});
