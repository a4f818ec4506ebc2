import { describe, expect, test } from 'vitest';
import { deviations, usualRange } from '#model/stats/usual-range.ts';
import { times } from '#test/trace.ts';

const usual = (values: readonly number[]) => usualRange(values, { traces: values.length, unit: 1 });
/** Of so many equal values, the factor that is three deviations above them. */
const factorOf = (traces: number) => Math.exp(3 * usual(times(traces, () => 1e6)).spread);

test('the order of the values changes nothing', () => {
  const values = times(21, (i) => (i * 37) % 101);
  expect(usual(values.toReversed())).toEqual(usual(values));
});

test('a tenth of the values may be anything: median and limits stay', () => {
  const values = times(20, (i) => 100 + i);
  const spoiled = values.map((value, i) => (i >= 18 ? 1e9 : value));
  expect(usual(spoiled).median).toBe(usual(values).median);
  expect(usual(spoiled).high).toBe(usual(values).high);
  expect(usual(spoiled).spread).toBeCloseTo(usual(values).spread, 2);
});

test('of less than ten values the largest and the least are the limits', () => {
  expect(usual([3, 9, 5])).toMatchObject({ low: 3, median: 5, high: 9 });
  expect(usual([4])).toMatchObject({ low: 4, median: 4, high: 4 });
  expect(usual([4, 8])).toMatchObject({ low: 4, median: 6, high: 8 });
});

test('the fewer the traces, the larger the factor that is unusual', () => {
  expect(factorOf(1)).toBeCloseTo(8.3, 1);
  expect(factorOf(5)).toBeCloseTo(2.6, 1);
  expect(factorOf(10)).toBeCloseTo(2.0, 1);
  expect(factorOf(100)).toBeLessThan(1.3);
});

describe('what differs widely in health', () => {
  test('takes more to be unusual than what does not', () => {
    const steady = usual(times(40, (i) => 100 + (i % 3)));
    const wide = usual(times(40, (i) => 100 * 2 ** (i % 5)));
    expect(deviations(steady, 1000)).toBeGreaterThan(3);
    expect(deviations(wide, 1000)).toBeLessThan(3);
  });

  test('is wide also where more than half of the values are equal', () => {
    // A cache that is hit in seven of ten requests.
    expect(deviations(usual(times(40, (i) => (i % 10 < 7 ? 1 : 200))), 150)).toBeLessThan(3);
  });
});

test('below the median deviations are negative, and no value breaks them', () => {
  const steady = usual(times(20, () => 50));
  expect(deviations(steady, 5)).toBeLessThan(-3);
  expect(deviations(steady, 50)).toBe(0);
  for (const value of [0, 1e15]) expect(Number.isFinite(deviations(steady, value))).toBe(true);
  expect(Number.isFinite(deviations(usual(times(20, () => 0)), 0))).toBe(true);
});
