// @module-tag deep
import { expect, test } from 'vitest';
import { bodiesOf, calls, failedCalls, textOf } from '#test/wide-bodies.ts';

/** More than a call can take as arguments. */
const MANY = 150_000;

test.each([
  ['calls', calls],
  ['failed calls', failedCalls],
] as const)('so many %s stop no detector', async (_, draw) => {
  const drawn = draw(MANY);
  expect(await textOf(drawn, bodiesOf(drawn))).not.toContain('stopped with an error');
});
