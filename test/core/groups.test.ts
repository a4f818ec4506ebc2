import { expect, test } from 'vitest';
import { groupsBy } from '#core/groups.ts';

test('groups stand in the order of their first thing', () => {
  expect(groupsBy([31, 12, 11, 32], (number) => Math.floor(number / 10))).toEqual([
    [31, 32],
    [12, 11],
  ]);
  expect(groupsBy([], String)).toEqual([]);
});
