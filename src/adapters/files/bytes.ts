/**
 * Reads the bytes of a file or of standard input. Unpacks gzip, which it recognises by the first two bytes, not by the
 * name.
 */
import { closeSync, createReadStream, fstatSync, openSync, read, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { UnreadableInputError } from '#core/errors.ts';

/** A file of 1 GB comes in a thousand pieces instead of sixteen thousand. */
const CHUNK_BYTES = 1_048_576;

/** The name of standard input on a command line. */
const STDIN = '-';

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

/** The same for an open file, which it closes at the end. */
export async function* uncompressed(path: string, file: Readable): AsyncGenerator<Uint8Array> {
  const raw: AsyncIterator<Buffer> = file[Symbol.asyncIterator]();
  try {
    const start = await beginning(raw);
    if (start === undefined) return;
    const whole = joined(start, raw);
    yield* isGzip(start) ? gunzipped(whole) : whole;
  } catch (error) {
    throw asUnreadable(path, error);
  } finally {
    file.destroy();
  }
}

/** The first bytes. If a pipe returns a single byte, reads more, because one byte does not show the format. */
async function beginning(raw: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  const first = await raw.next();
  if (first.done || first.value.length > 1) return first.value;
  const second = await raw.next();
  return second.done ? first.value : Buffer.concat([first.value, second.value]);
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function* joined(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** The maximum size of any unpacked file: the limit for one response of a backend. */
const UNPACKED_BYTES = 256_000_000;
/** Traces and logs shrink to a fifth or a twentieth. A thousandth, which gzip can reach, is one repeated character. */
const MOST_TIMES = 100;

/** The decompressor is loaded with the first compressed file, because most are plain. */
async function* gunzipped(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const [{ pipeline }, { createGunzip }] = await Promise.all([import('node:stream'), import('node:zlib')]);
  let packed = 0;
  let unpacked = 0;
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const piece of bytes) {
      packed += piece.length;
      yield piece;
    }
  }
  // The reader receives the errors.
  for await (const piece of pipeline(counted(), createGunzip(), () => {}) as AsyncIterable<Buffer>) {
    unpacked += piece.length;
    if (unpacked > Math.max(UNPACKED_BYTES, MOST_TIMES * packed)) throw new UnpackedTooLarge();
    yield piece;
  }
}

class UnpackedTooLarge extends Error {
  readonly code = 'UNPACKED_TOO_LARGE';
}

const WHY: Readonly<Record<string, readonly [what: string, advice: string]>> = {
  ENOENT: ['there is no such file', 'Check the path.'],
  ENOTDIR: ['there is no such file', 'Check the path.'],
  EISDIR: ['it is a folder', 'Name the files in it.'],
  EACCES: ['reading it is not allowed', 'Check the permissions of the file.'],
  Z_BUF_ERROR: ['its compressed data is truncated', 'Fetch the file again.'],
  UNPACKED_TOO_LARGE: [
    `it unpacks to more than ${UNPACKED_BYTES / 1e6} MB and ${MOST_TIMES} times its size`,
    'If you trust it, unpack it with gunzip and name the unpacked file.',
  ],
  Z_DATA_ERROR: ['its compressed data is damaged', 'The file is damaged: fetch it again.'],
};

function asUnreadable(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? `${error.code}` : '';
  const why = WHY[code];
  if (!why) return error;
  return new UnreadableInputError(`cannot read ${path === STDIN ? 'standard input' : path}: ${why[0]}`, why[1], {
    cause: error,
  });
}
