import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/backends/**', 'test/browser/**'],
    testTimeout: 15_000,
  },
});
