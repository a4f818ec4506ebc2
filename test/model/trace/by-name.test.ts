import { expect, test } from 'vitest';
import { numbersIn, onceByName } from '#model/trace/by-name.ts';

const [FEW, MANY] = [10, 100_000];

test.each([FEW, MANY])('is made once for each name, of %i', (names) => {
  const asked: number[] = [];
  const doubled = onceByName(2, names, (name) => {
    asked.push(name);
    return name * 2;
  });
  expect([doubled(3), doubled(0), doubled(3), doubled(0)]).toEqual([6, 0, 6, 0]);
  expect(asked).toEqual([3, 0]);
});

test.each([FEW, MANY])('finds each name once, in order of the spans, of %i', (names) => {
  expect(numbersIn(Int32Array.from([7, 2, 7, 0, 2]), names)).toEqual([7, 2, 0]);
});
