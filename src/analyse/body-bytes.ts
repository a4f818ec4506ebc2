/**
 * Keeps the bytes of a body while details are read from it, with the least memory: a plain file is read again at the
 * offset; of other bodies, only a small one stays in memory. Ids, times and names are already in columns. The details
 * read here are attributes and events of a few spans.
 */
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KeptBytes, keptBytes } from '#decode/kept-bytes.ts';

export type BodyBytes = KeptBytes & Readonly<{ close(): void }>;

/** Larger bodies are kept in a file of the system's temporary folder. */
const MOST_IN_MEMORY = 33_554_432;

/** `file` is the file that the body comes from, if any. */
export function bodyBytes(file: string): BodyBytes {
  const plain = file === '' ? undefined : openPlain(file);
  return plain === undefined ? spooled() : { ...inFile(plain, () => undefined), close: () => closeSync(plain) };
}

/** Undefined for a compressed or special file, because its bytes are not those of the body. */
function openPlain(file: string): number | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const start = new Uint8Array(2);
    readSync(descriptor, start, 0, 2, 0);
    if (fstatSync(descriptor).isFile() && !(start[0] === 0x1f && start[1] === 0x8b)) return descriptor;
  } catch {
    // The reader of the body reports what is wrong with it.
  }
  if (descriptor !== undefined) closeSync(descriptor);
  return undefined;
}

/** The last piece stays in memory, because the decoder looks back at it. */
function inFile(descriptor: number, write: (chunk: Uint8Array) => void): KeptBytes {
  let last: Uint8Array = new Uint8Array();
  let lastFrom = 0;
  let block: Uint8Array = new Uint8Array();
  let blockFrom = 0;
  return {
    push(chunk) {
      if (chunk.length === 0) return;
      write(chunk);
      lastFrom += last.length;
      last = chunk;
    },
    slice(from, to = lastFrom + last.length) {
      if (from >= lastFrom) return last.subarray(from - lastFrom, to - lastFrom);
      if (from < blockFrom || to > blockFrom + block.length) {
        block = blockAt(descriptor, from, Math.max(BLOCK_BYTES, to - from));
        blockFrom = from;
      }
      return block.subarray(from - blockFrom, to - blockFrom);
    },
    keptFrom: () => 0,
  };
}

/** Details of neighbouring spans are read together: about forty of them. Each read of the file costs more than its bytes. */
const BLOCK_BYTES = 32_768;

/** Shorter at the end of the file. */
function blockAt(descriptor: number, from: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < bytes.length) {
    const count = readSync(descriptor, bytes, filled, bytes.length - filled, from + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

function spooled(): BodyBytes {
  let kept: KeptBytes = keptBytes();
  let size = 0;
  let descriptor: number | undefined;
  return {
    push(chunk) {
      // A copy in memory, because a file reader may reuse its buffer.
      kept.push(descriptor === undefined ? chunk.slice() : chunk);
      size += chunk.length;
      if (descriptor !== undefined || size < MOST_IN_MEMORY) return;
      descriptor = openSpool();
      if (descriptor !== undefined) kept = moved(kept, size, descriptor);
    },
    slice: (from, to) => kept.slice(from, to),
    keptFrom: () => kept.keptFrom(),
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
    },
  };
}

/** Without a name, so that it disappears with the process; undefined if there is no space for one. */
function openSpool(): number | undefined {
  try {
    const folder = mkdtempSync(join(tmpdir(), 'spanhound-'));
    const descriptor = openSync(join(folder, 'body'), 'wx+', 0o600);
    rmSync(folder, { recursive: true });
    return descriptor;
  } catch {
    return undefined;
  }
}

function moved(kept: KeptBytes, size: number, descriptor: number): KeptBytes {
  const spool = inFile(descriptor, (chunk) => writeWhole(descriptor, chunk));
  for (let at = 0; at < size; at += PIECE) spool.push(kept.slice(at, Math.min(size, at + PIECE)));
  return spool;
}

const PIECE = 1_048_576;

/** At the end. */
function writeWhole(descriptor: number, chunk: Uint8Array): void {
  for (let at = 0; at < chunk.length; ) at += writeSync(descriptor, chunk, at);
}
