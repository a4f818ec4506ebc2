import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { laggedCorrelation, pearson } from '#detect/signs/metrics/correlation.ts';
import { decomposed, expectationAt } from '#detect/signs/metrics/daily-pattern.ts';
import { memoryGrowth } from '#detect/signs/runtime/memory-growth.ts';
import { deviationOf, medianOf } from '#model/stats/robust.ts';
import { trendOf } from '#model/stats/trend.ts';
import { wobble } from '#test/metrics.ts';

const MINUTE = 60e6;
const DAY = 1_440 * MINUTE;

function points(count: number, value: (at: number) => number, { from = 0, step = MINUTE } = {}) {
  return {
    atUs: Array.from({ length: count }, (_, at) => from + at * step),
    values: Array.from({ length: count }, (_, at) => value(at)),
  };
}

describe('what is usual', () => {
  test('a tenth of wild values changes little', () => {
    const values = Array.from({ length: 100 }, (_, at) => (at % 10 === 0 ? 1e9 : 100 + 10 * wobble(at)));
    expect(medianOf(values)).toBeGreaterThan(98);
    expect(medianOf(values)).toBeLessThan(104);
    expect(deviationOf(values)).toBeLessThan(12);
  });

  test('of nothing there is none, of one it is that one', () => {
    expect(medianOf([])).toBeNaN();
    expect([medianOf([7]), deviationOf([7]), medianOf([1, 3])]).toEqual([7, 0, 2]);
  });
});

describe('a trend', () => {
  test('is the slope of a line, whatever a fifth of the points do', () => {
    const trend = trendOf(points(60, (at) => (at % 5 === 2 ? 1_000 : 10 + 3 * at)));
    expect((trend?.perSecond ?? 0) * 60).toBeCloseTo(3, 0);
    expect(trend?.residual).toBeLessThan(2);
  });

  test('needs three points at more than one time', () => {
    expect(trendOf(points(2, (at) => at))).toBeUndefined();
    expect(trendOf(points(5, (at) => at, { step: 0 }))).toBeUndefined();
  });

  test('of a million points is found at once', () => {
    expect((trendOf(points(100_000, (at) => 2 * at))?.perSecond ?? 0) * 60).toBeCloseTo(2);
  });
});

describe('decomposition', () => {
  const season = (at: number) => 10 * Math.sin((2 * Math.PI * at) / 24);

  test('finds the trend, the season and what is left of a series that was made of them', () => {
    const values = Array.from({ length: 240 }, (_, at) => 100 + at / 10 + season(at) + (at === 200 ? 30 : 0));
    const parts = decomposed(values, 24);
    expect(parts?.trend[120]).toBeCloseTo(112, 0);
    expect(parts?.season[6]).toBeCloseTo(10, 0);
    expect(parts?.residual[200]).toBeGreaterThan(25);
    expect(Math.abs(parts?.residual[100] ?? 99)).toBeLessThan(1);
  });

  test('its parts add up', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 8, maxLength: 60 }),
        fc.integer({ min: 2, max: 4 }),
        (values, period) => {
          const parts = decomposed(values, period);
          for (const [at, value] of values.entries()) {
            const sum = (parts?.trend[at] ?? 0) + (parts?.season[at] ?? 0) + (parts?.residual[at] ?? 0);
            expect(sum).toBeCloseTo(value, 3);
          }
        },
      ),
    );
  });

  test('says nothing of less than two periods', () => {
    expect(decomposed([1, 2, 3], 2)).toBeUndefined();
    expect(decomposed([1, 2, 3, 4], 1)).toBeUndefined();
  });
});

describe('what is expected', () => {
  /** Three days with a peak of 100 at noon, a point each five minutes. */
  const noon = (at: number) => 50 + 50 * Math.max(0, Math.sin((2 * Math.PI * (at - 72)) / 288)) + wobble(at);
  const days = points(288 * 3 + 150, noon, { step: 5 * MINUTE });
  const today = 3 * DAY;

  test('a daily peak is expected, and the level of today under it', () => {
    const at = today + 8 * 60 * MINUTE;
    const later = at + 45 * MINUTE;
    const expected = expectationAt(days, at);
    expect(expected?.isSeasonal).toBe(true);
    expect(expected?.at(later)).toBeCloseTo(noon(later / (5 * MINUTE)), -1);
    const higher = { ...days, values: days.values.map((value, place) => (place > 288 * 3 ? value + 30 : value)) };
    expect(expectationAt(higher, at)?.at(later)).toBeCloseTo(noon(later / (5 * MINUTE)) + 30, -1);
  });

  test('pieces of yesterday and of last week are enough', () => {
    const at = today + 8 * 60 * MINUTE;
    const later = at + 45 * MINUTE;
    const isKept = (us: number) => [0, DAY].some((ago) => us >= at - ago - 60 * MINUTE && us < at - ago + 60 * MINUTE);
    const places = days.atUs.flatMap((us, place) => (isKept(us) ? [place] : []));
    const pieces = {
      atUs: places.map((place) => days.atUs[place] ?? 0),
      values: places.map((place) => days.values[place] ?? 0),
    };
    const expected = expectationAt(pieces, at);
    expect(expected?.isSeasonal).toBe(true);
    expect(expected?.at(later)).toBeCloseTo(noon(later / (5 * MINUTE)), -1);
  });

  test('without earlier days it is the level of the hour before', () => {
    const flat = points(60, (at) => 10 + wobble(at));
    const expected = expectationAt(flat, 60 * MINUTE);
    expect(expected?.isSeasonal).toBe(false);
    expect(expected?.at(90 * MINUTE)).toBeCloseTo(10, 0);
    expect(expected?.deviation).toBeLessThan(1.2);
  });

  test('of two points nothing is', () => {
    expect(
      expectationAt(
        points(2, () => 1),
        10 * MINUTE,
      ),
    ).toBeUndefined();
  });
});

describe('correlation', () => {
  const bump = (at: number) => (at > 30 && at < 45 ? 10 : 0) + wobble(at);

  test('of what moves together is 1, of what moves apart −1, of what does not move 0', () => {
    const up = [1, 2, 3, 4, 5];
    expect(pearson(up, [10, 20, 30, 40, 50])).toBeCloseTo(1);
    expect(pearson(up, [5, 4, 3, 2, 1])).toBeCloseTo(-1);
    expect(pearson(up, [7, 7, 7, 7, 7])).toBe(0);
    expect(pearson([1], [1])).toBe(0);
  });

  test('says which of two is ahead, and by how much', () => {
    const [cause, effect] = [points(60, bump), points(60, (at) => bump(at - 3))];
    expect(laggedCorrelation(cause, effect)).toMatchObject({ leadSeconds: 180 });
    expect(laggedCorrelation(effect, cause)).toMatchObject({ leadSeconds: -180 });
    expect(laggedCorrelation(cause, cause)).toMatchObject({ leadSeconds: 0, coefficient: expect.closeTo(1) });
  });

  test('of too few common times there is none', () => {
    expect(laggedCorrelation(points(60, bump), points(60, bump, { from: 10 * DAY }))).toBeUndefined();
    expect(laggedCorrelation(points(3, bump), points(3, bump))).toBeUndefined();
  });
});

describe('a climb', () => {
  const perHour = (climb: ReturnType<typeof memoryGrowth>) => Math.round((climb?.perSecond ?? 0) * 3_600);

  test('of a line is its slope', () => {
    expect(perHour(memoryGrowth(points(60, (at) => 500 + 2 * at + 3 * wobble(at))))).toBeCloseTo(120, -1);
  });

  test('of teeth whose floor rises is the floor’s', () => {
    expect(perHour(memoryGrowth(points(120, (at) => 300 + 2 * at + 400 * ((at % 5) / 5))))).toBeCloseTo(120, -1);
  });

  test('ends where it was restarted, and says how high it was', () => {
    const climb = memoryGrowth(points(120, (at) => (at < 90 ? 200 + 5 * at : 200 + (at - 90))));
    expect(climb).toMatchObject({ fell: true, toUs: 89 * MINUTE, top: 645 });
    expect(perHour(climb)).toBeCloseTo(300, -1);
  });

  test.each([
    ['teeth whose floor stays', (at: number) => 300 + 500 * ((at % 8) / 8)],
    ['long teeth whose floor stays', (at: number) => 300 + 700 * ((at % 25) / 25)],
    ['a cache that warms up and levels off', (at: number) => 200 + 800 * (1 - Math.exp(-at / 20))],
    ['a step', (at: number) => (at < 60 ? 300 : 600)],
    ['noise', (at: number) => 500 + 50 * wobble(at)],
    ['a fall', (at: number) => 900 - 3 * at],
    ['growth that is nothing beside what is there', (at: number) => 10_000 + at],
  ])('is not %s', (_, value) => {
    expect(memoryGrowth(points(120, value))).toBeUndefined();
  });

  test('needs half an hour', () => {
    expect(memoryGrowth(points(30, (at) => 100 + 10 * at))).toBeUndefined();
    expect(memoryGrowth(points(31, (at) => 100 + 10 * at))).toBeDefined();
  });
});
