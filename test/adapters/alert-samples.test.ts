/** What is read of each sample of an alert. The samples are pinned: `test/support/shared-files.ts`. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EXPECTED, noted, sampleNames, sampleReader } from '#test/alert-samples.ts';

const expected = JSON.parse(readFileSync(EXPECTED, 'utf8')) as Readonly<Record<string, unknown>>;
const read = await sampleReader();

describe('a sample of an alert', () => {
  test.each(Object.keys(expected))('%s is read as expected', (name) => {
    expect(noted(read(name))).toEqual(expected[name]);
  });

  test.each(sampleNames())('%s is never ignored in silence', (name) => {
    expect(read(name).result).not.toBe('silent');
  });

  test('is expected only where there is one', () => {
    expect(Object.keys(expected)).toEqual(sampleNames());
  });
});
