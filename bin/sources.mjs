/** The command line as its sources are. */
import './own-imports.mjs';

export const { run } = await import('../src/cli/main.ts');
