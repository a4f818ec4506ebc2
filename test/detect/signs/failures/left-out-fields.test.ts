/** A change that fits the fields behind the message of a failing line. */
import { expect, test } from 'vitest';
import { mechanismOf } from '#detect/signs/suspicion/failure-mechanisms.ts';
import { codeChangeOf } from '#model/changes/code-change.ts';
import { changed } from '#test/changes.ts';

const slots = changed(-60, {
  kind: 'config',
  diff: '-  --ctx-size 16384 --parallel 1\n+  --ctx-size 16384 --parallel 4',
});

test.each([
  [
    '400 {"error":{"message":"the request exceeds the available context size"}}',
    'it changes how many prompts share a context',
  ],
  ['400 {"error":{"message":"unknown model"}}', undefined],
])('%s', (whole, text) => {
  const symptoms = {
    kinds: new Set<never>(),
    complaint: undefined,
    whole,
    ofRequest: 'the failed spans and lines',
  } as const;
  expect(mechanismOf(symptoms, slots, codeChangeOf(slots))?.text).toBe(text);
  const slow = { ...symptoms, ofRequest: 'the slow spans and lines' } as const;
  expect(mechanismOf(slow, slots, codeChangeOf(slots))?.text).toBeUndefined();
});
