/**
 * The steps in which the tests run. A file belongs to a step by its folder or by the end of its name.
 *
 *   npm test                  unit         everything else; the files of one worker share loaded modules
 *                             isolated     mocks a module or a global, which the other files of a worker must not see
 *   npm run test:processes    processes    starts programs or threads, or waits for the whole bot over HTTP;
 *                                          the files of one worker share loaded modules, too
 *   npm run test:properties   properties   tries thousands of inputs, drawn or recorded
 *   npm run test:speed        speed        measures processor time or how it grows, in at most two workers
 *   npm run test:postgres     postgres     needs a real Postgres or a real S3 server, which it starts
 *
 * Tests with the tag `deep` are skipped there: `npm run test:deep` runs them.
 */
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { DEEP_TAG } from './test/support/deep-tag.ts';
import { LongestFirst } from './test/support/longest-first.ts';

const PROCESSES = ['test/cli/**/*.test.ts', 'test/e2e/**/*.test.ts', 'test/**/*.process.test.ts'];
const ISOLATED = ['test/**/*.isolated.test.ts'];
const PROPERTIES = ['test/**/*.property.test.ts'];
const SPEED = ['test/**/*.speed.test.ts'];
const POSTGRES = ['test/**/*.postgres.test.ts', 'test/**/*.s3.test.ts'];
/** `npm run test:browser` runs the tests of test/browser; the other folder holds programs of its own. */
const ELSEWHERE = ['test/backends/**', 'test/browser/**'];

/**
 * How long one test may take. A limit ends a test that hangs, and nothing else: a slow machine is no fault. A property
 * has thousands of inputs.
 */
const TIMEOUT_MS = {
  unit: 120_000,
  isolated: 120_000,
  processes: 120_000,
  properties: 300_000,
  speed: 300_000,
  postgres: 120_000,
};
/** Some files play their whole story in a hook. */
const HOOK_TIMEOUT_MS = 120_000;
const POLL_TIMEOUT_MS = 15_000;

/** The files of each step. */
export const STEPS = {
  unit: {
    include: ['test/**/*.test.ts'],
    exclude: [...ELSEWHERE, ...ISOLATED, ...PROCESSES, ...PROPERTIES, ...SPEED, ...POSTGRES],
  },
  isolated: { include: ISOLATED, exclude: ELSEWHERE },
  processes: { include: PROCESSES, exclude: [...ELSEWHERE, ...POSTGRES] },
  properties: { include: PROPERTIES, exclude: ELSEWHERE },
  speed: { include: SPEED, exclude: ELSEWHERE },
  postgres: { include: POSTGRES, exclude: ELSEWHERE },
};

export default defineConfig({
  test: {
    tags: [DEEP_TAG],
    setupFiles: [
      'test/support/property-runs.ts',
      'test/support/shared-modules.ts',
      'test/support/coherent-reports.ts',
      'test/support/test-end.ts',
    ],
    sequence: { sequencer: LongestFirst },
    testTimeout: TIMEOUT_MS.unit,
    hookTimeout: HOOK_TIMEOUT_MS,
    expect: { poll: { timeout: POLL_TIMEOUT_MS } },
    projects: (['unit', 'isolated', 'processes', 'properties', 'speed', 'postgres'] as const).map((name) => ({
      extends: true,
      // Without isolation the files of one worker share loaded modules: loading them anew takes half of the time. The
      // properties take longer when they share: V8 optimizes a function for the inputs of one file, and those of the next
      // file are slower.
      test: {
        name,
        ...STEPS[name],
        testTimeout: TIMEOUT_MS[name],
        hookTimeout: HOOK_TIMEOUT_MS,
        expect: { poll: { timeout: POLL_TIMEOUT_MS } },
        isolate: !['unit', 'processes'].includes(name),
        // `unit` and `isolated` compute, and each further worker loads all modules once more: with two in place of four on
        // two cores they take a fifth less processor time. The others wait for programs and servers half of the time, or
        // for a file that takes long.
        ...(['unit', 'isolated'].includes(name)
          ? { maxWorkers: availableParallelism(), sequence: { groupOrder: 0 } }
          : { maxWorkers: availableParallelism() + 2, sequence: { groupOrder: 1 } }),
        ...(name === 'postgres' && { globalSetup: 'test/backends/postgres-for-tests.ts' }),
      },
    })),
  },
});
