import { defineConfig } from 'vitest/config';
import { DEEP_TAG } from './test/support/deep-tag.ts';
import { LongestFirst } from './test/support/longest-first.ts';

/** The pages in a real browser: `npm run test:browser`. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    tags: [DEEP_TAG],
    // Each file has a program and a browser of its own, and half of the time is waiting for them.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // A limit ends a test that hangs, and nothing else.
    testTimeout: 180_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 150_000 } },
  },
});
