import { expect, test } from 'vitest';
import { drawChanges } from '../../bench/accuracy/changes/draw.ts';
import { changeScore, judgedChanges } from '../../bench/accuracy/changes/score.ts';

test('of drawn stories most name the change that did it, and hardly one a change that did nothing', {
  tags: ['deep'],
}, async () => {
  const judged = [];
  for (const drawn of drawChanges('test', 1)) judged.push(await judgedChanges(drawn));
  const { cases, without, found, blamed } = changeScore(judged);
  expect(without).toBeGreaterThan(0);
  expect(found / (cases - without)).toBeGreaterThanOrEqual(0.8);
  expect(blamed / cases).toBeLessThanOrEqual(0.05);
});

test('a seed draws the same each time, and another seed something else', () => {
  expect(drawChanges('a', 1)).toEqual(drawChanges('a', 1));
  expect(drawChanges('a', 1)).not.toEqual(drawChanges('b', 1));
});
