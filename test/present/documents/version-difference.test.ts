import { expect, test } from 'vitest';
import { knownVersions } from '#present/documents/version-difference.ts';

test.each([
  [0, 'no version'],
  [1, 'version 1 alone'],
  [3, 'the versions 1 to 3'],
])('%i versions are %s', (count, words) => {
  const versions = Array.from({ length: count }, (_, index) => ({ number: index + 1, atUs: 0 }));
  expect(knownVersions(versions)).toBe(words);
});
