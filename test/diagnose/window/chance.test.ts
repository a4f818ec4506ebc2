import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chanceAmong, chanceBeyond, chanceOfRise, chanceThatLarger, comparisonsOf } from '#diagnose/window/chance.ts';

describe('the exact test of Fisher', () => {
  test('has the known probabilities of the tea that a lady tasted', () => {
    expect(chanceOfRise([0, 4], [4, 4]).chance).toBeCloseTo(1 / 70, 10);
    expect(chanceOfRise([1, 4], [3, 4]).chance).toBeCloseTo(17 / 70, 10);
  });

  test('nothing is learned of what is always or never so, or of nobody', () => {
    expect(chanceOfRise([5, 5], [7, 7])).toEqual({ chance: 1, least: 1 });
    expect(chanceOfRise([0, 5], [0, 7])).toEqual({ chance: 1, least: 1 });
    expect(chanceOfRise([0, 0], [0, 0]).least).toBe(1);
  });

  test('is a probability, and never below the least that the counts allow', () => {
    const counts = fc.tuple(fc.nat(60), fc.nat(60)).map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]);
    fc.assert(
      fc.property(counts, counts, (before, now) => {
        const { chance, least } = chanceOfRise(before, now);
        expect(chance).toBeLessThanOrEqual(1);
        expect(chance).toBeGreaterThanOrEqual(least * (1 - 1e-9));
      }),
    );
  });
});

describe('the rank-sum test', () => {
  const from = (first: number, count: number) => Array.from({ length: count }, (_, place) => first + place);

  test('all larger is surer the more there are, none larger is no news', () => {
    const few = chanceThatLarger(from(0, 5), from(100, 5));
    const many = chanceThatLarger(from(0, 15), from(100, 15));
    expect(few).toBeGreaterThan(0.003);
    expect(few).toBeLessThan(0.006);
    expect(many).toBeLessThan(1e-5);
    expect(chanceThatLarger(from(100, 15), from(0, 15))).toBeGreaterThan(0.999);
  });

  test('values that are all alike show nothing, and those that move together count as fewer', () => {
    expect(chanceThatLarger([1, 1, 1], [1, 1, 1])).toBe(1);
    expect(chanceThatLarger(from(0, 9), from(6, 9), 3)).toBeGreaterThan(chanceThatLarger(from(0, 9), from(6, 9)));
  });
});

test('the tail of the normal distribution is right far out', () => {
  expect(chanceBeyond(0)).toBeCloseTo(0.5, 6);
  expect(chanceBeyond(1.959964)).toBeCloseTo(0.025, 6);
  expect(chanceBeyond(-1.959964)).toBeCloseTo(0.975, 6);
  expect(chanceBeyond(6) / 9.865876e-10).toBeCloseTo(1, 4);
});

describe('among many comparisons', () => {
  test('each counts, but none that could not have shown anything', () => {
    expect(comparisonsOf(Array.from({ length: 20 }, () => ({ least: 0.0001 })))).toBe(20);
    const hopeless = Array.from({ length: 1000 }, () => ({ least: 0.5 }));
    expect(comparisonsOf([...hopeless, { least: 0.0001 }, { least: 0.0001 }])).toBe(2);
    expect(comparisonsOf([])).toBe(1);
  });

  test('chance grows with them, up to certainty', () => {
    expect(chanceAmong(0.01, 3)).toBeCloseTo(0.03);
    expect(chanceAmong(0.5, 3)).toBe(1);
  });
});
