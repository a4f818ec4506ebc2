/** The command line as its sources are. */
import './own-imports.mjs';
import { enableCompileCache } from 'node:module';

enableCompileCache(); // the second start is faster: the compiled code is kept in the system's temporary folder
export const { run } = await import('../src/cli/main.ts');
