/** Packs bytes outside of the event loop. The same bytes always give the same result. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const pack = promisify(gzip);

export async function gzipped(bytes: Uint8Array): Promise<Uint8Array> {
  return await pack(bytes);
}
