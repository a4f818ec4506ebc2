/** The bot, from the pack where there is one. */
import { createRequire, enableCompileCache } from 'node:module';
import './hold-less.mjs';
import { packedBot } from './packed.mjs';

// Whoever looks for a bug wants to see the lines of the sources.
const packed = process.env.SPANHOUND_DEBUG ? undefined : packedBot();
if (packed !== undefined) createRequire(import.meta.url)(packed);
else {
  enableCompileCache(); // the second start is faster: the compiled code is kept in the system's temporary folder
  await import('./bot-sources.mjs');
}
