import { expect, test } from 'vitest';
import { once } from '#core/memoize.ts';

test('makes the value when it is first asked for, and never again, even if there is none', () => {
  const calls: number[] = [];
  const asked = once(() => void calls.push(1));
  expect(calls).toHaveLength(0);
  asked();
  asked();
  expect(calls).toHaveLength(1);
});
