/** The analysis thread of the pack: it starts in a seventh of the processor time that the sources take. */
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const PACKED = new URL('../../bin/packed.mjs', import.meta.url).href;

/** Undefined where nothing was packed since a source changed: then the sources run. */
export async function packedThread(): Promise<URL | undefined> {
  const { packedBot } = await import(PACKED);
  const bot: string | undefined = packedBot();
  return bot === undefined ? undefined : pathToFileURL(join(dirname(bot), 'worker.cjs'));
}
