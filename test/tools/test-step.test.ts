/** What the gate makes of a run of tests. */
import { describe, expect, test } from 'vitest';
import type { TestRun } from '../../tools/test-run.ts';
import { filesToRepeat, skippedLines } from '../../tools/test-step.ts';

const UNSTEADY = ['test/a.test.ts', 'test/b.test.ts'];
const FAILED: TestRun = { reason: 'failed', passed: [], failed: ['test/a.test.ts'], errors: 0, skipped: [] };
const repeated = (run: Partial<TestRun> | undefined) =>
  filesToRepeat({ code: 1, run: run && { ...FAILED, ...run } }, UNSTEADY);

describe('a step is tried again', () => {
  test('only with the unsteady files that failed', () => {
    expect(repeated({})).toEqual(['test/a.test.ts']);
    expect(repeated({ failed: UNSTEADY })).toEqual(UNSTEADY);
  });

  test('never where something else went wrong, too', () => {
    expect(repeated({ failed: ['test/a.test.ts', 'test/c.test.ts'] })).toEqual([]);
    expect(repeated({ errors: 1 })).toEqual([]);
    expect(repeated({ failed: [] })).toEqual([]);
    expect(repeated({ reason: 'interrupted' })).toEqual([]);
    expect(repeated(undefined)).toEqual([]);
  });
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
