#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { packedProgram } from './packed.mjs';

enableCompileCache(); // in the system's temporary folder: with it a verb starts 100 ms sooner
const { argv, env } = process;
// Whoever looks for a bug wants to see the lines of the sources.
const { run } =
  (env.SPANHOUND_DEBUG ? undefined : packedProgram(argv[2] === 'analyze' ? optimiseLater : undefined)) ??
  (await import('./sources.mjs'));
process.exitCode = await run(argv.slice(2), env);

/**
 * What V8's last compiler makes of a function pays when it runs for a second or more; ten thousand spans are read before
 * that. After 100,000 calls or turns of a loop in place of 3,000 and 500 it takes a tenth less time for them, and not more
 * for a million. Once all is loaded, for V8 compiles anew what was compiled under other settings.
 */
function optimiseLater() {
  setFlagsFromString('--invocation-count-for-turbofan=100000');
  setFlagsFromString('--invocation-count-for-osr=100000');
}
