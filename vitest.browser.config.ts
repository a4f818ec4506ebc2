import { defineConfig } from 'vitest/config';

/** The pages in a real browser: `npm run test:browser`. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    // A limit ends a test that hangs, and nothing else.
    testTimeout: 180_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 150_000 } },
  },
});
