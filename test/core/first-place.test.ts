import { expect, test } from 'vitest';
import { firstPlace } from '#core/first-place.ts';

test.each([
  [[], 5, 0],
  [[1, 2, 3], 5, 3],
  [[5, 6, 7], 5, 0],
  [[1, 5, 5, 9], 5, 1],
  [[1, 2, 4, 9], 5, 3],
] as const)('in %j the first from %i is at %i', (numbers, from, place) => {
  expect(firstPlace(numbers.length, (at) => (numbers[at] ?? 0) >= from)).toBe(place);
});
