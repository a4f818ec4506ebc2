/** What a run of Vitest leaves behind for the gate: `test-step-reporter.ts` writes it, `test-step.ts` reads it. */

export type TestRun = Readonly<{
  /** `interrupted`: by `--bail`, or from outside. The rest was not run. */
  reason: 'passed' | 'failed' | 'interrupted';
  /** Paths in the repository. */
  passed: readonly string[];
  failed: readonly string[];
  /** What failed in them: `test/e2e/x.test.ts > a verdict is posted once: expected 2 to be 1`. */
  failures: readonly string[];
  /** Errors outside of any test: their first lines. */
  errors: readonly string[];
  skipped: readonly Skip[];
}>;

export type Skip = Readonly<{
  file: string;
  /** `conformance: ../shared/conformance is missing`; empty where the test gives no reason. */
  why: string;
}>;

/** The variable with the path of the file in which the run is written down. */
export const RUN_FILE = 'GATE_TEST_RUN';
