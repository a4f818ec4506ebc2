import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/backends/**', 'test/browser/**', 'test/chaos/**'],
    setupFiles: ['test/support/property-runs.ts'],
    testTimeout: 15_000,
    // Half of the time goes into waiting for programs and servers: more at once than there are cores.
    maxWorkers: availableParallelism() + 1,
  },
});
