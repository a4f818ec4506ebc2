/** The command line, from the pack where there is one. */
import { packedProgram } from './packed.mjs';

const { argv, env } = process;
// Whoever looks for a bug wants to see the lines of the sources.
const { run } =
  (env.SPANHOUND_DEBUG ? undefined : packedProgram(argv[2] === 'analyze' ? optimiseLater : undefined)) ??
  (await import('./sources.mjs'));
process.exitCode = await run(argv.slice(2), env);

/**
 * What V8's last compiler makes of a function pays when it runs for a second or more, and ten thousand spans are told of
 * before that: they take a fifth less time when it passes every function over at first, and a million spans take a few
 * hundredths more. Called once all is loaded, Node's own modules as well, for V8 compiles anew what was compiled under
 * other settings.
 */
function optimiseLater() {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  setFlagsFromString('--turbo-filter=~');
  setTimeout(() => setFlagsFromString('--turbo-filter=*'), 500).unref();
}
