/** Pages about an error are no hosts that failed. */
import { expect, test } from 'vitest';
import { symptomsOf } from '#test/change-stories.ts';

const outsider = (said: string) =>
  symptomsOf({ cause: 'resource-exhausted', title: 'barns: out of memory', said, symptom: 'failed' }).complaint
    ?.outsider;

test.each([
  'Memory limit of 512 MiB exceeded, 503: see https://cloud.google.com/run/docs/configuring/memory-limits',
  'request failed with 503. More info: https://errors.barn-hay.io/E17',
])('%s', (said) => {
  expect(outsider(said)).toBe('');
});

test('a host that failed is one', () => {
  expect(outsider('request failed with 503 of https://errors.barn-hay.io/E17')).toBe('errors.barn-hay.io');
});
