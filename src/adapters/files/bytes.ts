/**
 * Reads the bytes of a file or of standard input. Unpacks gzip, which it recognises by the first two bytes, not by the
 * name.
 */
import { closeSync, createReadStream, fstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { asUnreadable, isGzip, uncompressed } from '#adapters/uncompressed.ts';
import { STDIN } from '#core/file-trouble.ts';

/** A file of 1 GB comes in a thousand pieces instead of sixteen thousand. */
const CHUNK_BYTES = 1_048_576;

// Of `node:fs`, which Node has loaded anyway: `node:fs/promises` takes 2 ms more.
const readPiece = promisify(read);

/** Throws UnreadableInputError during reading if there is no such file or its compression is damaged. */
export async function* readFileBytes(path: string): AsyncGenerator<Uint8Array> {
  yield* uncompressed(path, path === STDIN ? process.stdin : createReadStream(path, { highWaterMark: CHUNK_BYTES }));
}

/**
 * The same, for a caller that is done with each piece before it requests the next: a plain file of 1 GB needs two
 * buffers, and leaves none to the garbage collector.
 */
export async function* passingFileBytes(path: string): AsyncGenerator<Uint8Array> {
  const file = path === STDIN ? undefined : openPlain(path);
  if (file === undefined) {
    yield* readFileBytes(path);
    return;
  }
  const buffers = [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)] as const;
  let reading = readPiece(file, buffers[0], 0, CHUNK_BYTES, null);
  try {
    for (let turn = 1; ; turn += 1) {
      const { bytesRead, buffer } = await reading;
      if (bytesRead === 0) return;
      // Reads the next piece while the caller processes this one.
      reading = readPiece(file, turn % 2 === 0 ? buffers[0] : buffers[1], 0, CHUNK_BYTES, null);
      yield buffer.subarray(0, bytesRead);
    }
  } catch (error) {
    throw asUnreadable(path, error);
  } finally {
    await reading.catch(() => undefined); // a caller that stops early abandons it
    closeSync(file);
  }
}

/** Undefined if it is compressed or not a regular file: then it is read as a stream. */
function openPlain(path: string): number | undefined {
  const file = opened(path);
  if (file === undefined) return undefined;
  if (fstatSync(file).isFile() && !isGzip(headOf(file))) return file;
  closeSync(file);
  return undefined;
}

function headOf(file: number): Buffer {
  const head = Buffer.alloc(2);
  readSync(file, head, 0, 2, 0);
  return head;
}

function opened(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}
