/** The bot, from the pack where there is one. */
import { createRequire, enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { packedBot } from './packed.mjs';

// V8 lets each heap grow to several times what it holds before it collects, and in a storm there are three heaps: with
// a fifth the bot held 418 MB and not 571 to 591, for a tenth to a quarter more processor time. Threads take it over.
setFlagsFromString('--heap-growing-percent=20');

// Whoever looks for a bug wants to see the lines of the sources.
const packed = process.env.SPANHOUND_DEBUG ? undefined : packedBot();
if (packed !== undefined) createRequire(import.meta.url)(packed);
else {
  enableCompileCache(); // the second start is faster: the compiled code is kept in the system's temporary folder
  await import('./bot-sources.mjs');
}
