import { expect, test } from 'vitest';
import { keptBytes } from '#decode/kept-bytes.ts';

test('a slice is what was pushed, within one chunk and across several', () => {
  const kept = keptBytes();
  const whole = Uint8Array.from({ length: 20 }, (_, at) => at);
  for (const [from, to] of [
    [0, 1],
    [1, 1],
    [1, 8],
    [8, 9],
    [9, 20],
  ] as const)
    kept.push(whole.subarray(from, to));
  for (let from = 0; from <= whole.length; from += 1) {
    for (let to = from; to <= whole.length; to += 1) {
      expect([...kept.slice(from, to)]).toEqual([...whole.subarray(from, to)]);
    }
  }
  expect(kept.slice(0)).toEqual(whole);
});

test('nothing pushed is nothing', () => {
  expect(keptBytes().slice(0)).toEqual(new Uint8Array());
});
