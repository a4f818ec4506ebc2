/** What the gate makes of a run of tests. */
import { describe, expect, test } from 'vitest';
import type { TestRun } from '../../tools/test-run.ts';
import { failedLines, filesToRepeat, skippedLines } from '../../tools/test-step.ts';

const UNSTEADY = ['test/a.test.ts', 'test/b.test.ts'];
const FAILED: TestRun = {
  reason: 'failed',
  passed: [],
  failed: ['test/a.test.ts'],
  failures: [],
  errors: [],
  skipped: [],
};
const repeated = (run: Partial<TestRun> | undefined) =>
  filesToRepeat({ code: 1, run: run && { ...FAILED, ...run } }, UNSTEADY);

describe('a step is tried again', () => {
  test('only with the unsteady files that failed', () => {
    expect(repeated({})).toEqual(['test/a.test.ts']);
    expect(repeated({ failed: UNSTEADY })).toEqual(UNSTEADY);
  });

  test('never where something else went wrong, too', () => {
    expect(repeated({ failed: ['test/a.test.ts', 'test/c.test.ts'] })).toEqual([]);
    expect(repeated({ errors: ['it broke'] })).toEqual([]);
    expect(repeated({ failed: [] })).toEqual([]);
    expect(repeated({ reason: 'interrupted' })).toEqual([]);
    expect(repeated(undefined)).toEqual([]);
  });
});

test('what failed is named with its step, also outside of a test', () => {
  const run = { ...FAILED, failures: ['test/a.test.ts > is posted once: expected 2 to be 1'], errors: ['it broke'] };
  expect(failedLines('test:processes', run)).toEqual([
    'failed: test:processes: test/a.test.ts > is posted once: expected 2 to be 1',
    'failed: test:processes: outside of any test: it broke',
  ]);
});

test('skipped tests are counted by their reason, or by their file', () => {
  const gone = 'conformance: ../shared/conformance is missing';
  const skipped = [
    { file: 'test/a.test.ts', why: gone },
    { file: 'test/b.test.ts', why: gone },
    { file: 'test/b.test.ts', why: '' },
  ];
  expect(skippedLines('test', skipped)).toEqual([
    'skipped: conformance, 2 tests (test: ../shared/conformance is missing)',
    'skipped: test/b.test.ts, 1 test (test: it gives no reason)',
  ]);
});
