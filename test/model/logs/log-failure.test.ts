import { expect, test } from 'vitest';
import { wordedAsFailure } from '#model/logs/log-failure.ts';

test.each(["thread 'main' panicked at src/tides.rs:12:5: index out of bounds", 'handler panics: nil map'])(
  'a failure: %s',
  (line) => {
    expect(wordedAsFailure(line)).toBe(true);
  },
);

test('a longer word is none', () => {
  expect(wordedAsFailure('panickier than usual')).toBe(false);
});
