/** The bot, as its sources are. */
import './own-imports.mjs';
import { enableCompileCache } from 'node:module';

enableCompileCache(); // the second start is faster: the compiled code is kept in the system's temporary folder
await import('../src/main.ts');
