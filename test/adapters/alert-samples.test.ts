/** Skipped where `../shared/alerts` is not beside the checkout. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EXPECTED, hasSamples, noted, sampleNames, sampleReader } from '#test/alert-samples.ts';

const expected = JSON.parse(readFileSync(EXPECTED, 'utf8')) as Readonly<Record<string, unknown>>;
const read = await sampleReader();

describe.skipIf(!hasSamples)('a sample of an alert', () => {
  test.each(Object.keys(expected))('%s is read as expected', (name) => {
    expect(noted(read(name))).toEqual(expected[name]);
  });

  test('is never ignored in silence', () => {
    expect(sampleNames().filter((name) => read(name).result === 'silent')).toEqual([]);
  });

  test('is expected only where there is one', () => {
    expect(Object.keys(expected)).toEqual(sampleNames());
  });
});
