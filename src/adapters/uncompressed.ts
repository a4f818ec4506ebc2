/** Unpacks gzip, which it recognises by the first two bytes and not by the name. Anything else passes as it is. */
import type { Readable } from 'node:stream';
import { UnreadableInputError } from '#core/errors.ts';
import { fileErrorCode, fileTrouble, nameOfInput } from '#core/file-trouble.ts';
import { isIdAlone, lookUpText } from '#model/trace/id-forms.ts';

/** Destroys the stream at the end. Throws UnreadableInputError while it is read. */
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

export function isGzip(bytes: Buffer): boolean {
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

const ADVICE: Readonly<Record<string, string>> = {
  ENOENT: 'Check the path.',
  ENOTDIR: 'Check the path.',
  EISDIR: 'Name the files in it.',
  EACCES: 'Check the permissions of the file.',
};

const WHY: Readonly<Record<string, readonly [what: string, advice: string]>> = {
  Z_BUF_ERROR: ['its compressed data is truncated', 'Fetch the file again.'],
  UNPACKED_TOO_LARGE: [
    `it unpacks to more than ${UNPACKED_BYTES / 1e6} MB and ${MOST_TIMES} times its size`,
    'If you trust it, unpack it with gunzip and name the unpacked file.',
  ],
  Z_DATA_ERROR: ['its compressed data is damaged', 'The file is damaged: fetch it again.'],
};

export function asUnreadable(path: string, error: unknown): unknown {
  const code = fileErrorCode(error);
  const [why, usual] = WHY[code] ?? [fileTrouble(error), ADVICE[code]];
  if (usual === undefined) return error;
  const advice = code === 'ENOENT' && isIdAlone(path) ? lookUpText(path) : usual;
  return new UnreadableInputError(`cannot read ${nameOfInput(path)}: ${why}`, advice, { cause: error });
}
