import { describe, expect, test } from 'vitest';
import { readTraces } from '#adapters/tempo/read-traces.ts';

async function* chunksOf(...sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (const size of sizes) yield new Uint8Array(size).fill(7);
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(10);
  throw new Error('it broke off');
}

async function drained(chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunks) bytes += chunk.length;
  return bytes;
}

describe('traces that were read a moment ago', () => {
  test('are there for half a minute, and hand their bytes on as they come', async () => {
    let nowMs = 0;
    const read = readTraces(() => nowMs);
    expect(await drained(read.keeping('a', chunksOf(10, 20)))).toBe(30);
    nowMs = 29_999;
    expect(read.chunksOf('a')?.map(({ length }) => length)).toEqual([10, 20]);
    nowMs = 30_000;
    expect(read.chunksOf('a')).toBeUndefined();
  });

  test('are not kept where they are large, or broke off', async () => {
    const read = readTraces();
    expect(await drained(read.keeping('large', chunksOf(600_000, 600_000)))).toBe(1_200_000);
    await expect(drained(read.keeping('broken', broken()))).rejects.toThrow('it broke off');
    expect([read.chunksOf('large'), read.chunksOf('broken')]).toEqual([undefined, undefined]);
  });

  test('give way to newer ones where there are many', async () => {
    const read = readTraces(() => 0);
    for (let at = 0; at < 40; at += 1) await drained(read.keeping(`${at}`, chunksOf(1_000_000)));
    expect(read.chunksOf('7')).toBeUndefined();
    expect(read.chunksOf('8')).toHaveLength(1);
    expect(read.chunksOf('39')).toHaveLength(1);
  });

  test('what is taken by another thread is there all the same', async () => {
    const read = readTraces();
    // As a socket gives them, whose slices share their memory.
    const chunk = Buffer.from([7, 7, 7]);
    await drained(
      read.keeping(
        'a',
        (async function* () {
          yield chunk;
        })(),
      ),
    );
    chunk.fill(0);
    expect(Array.from(read.chunksOf('a')?.[0] ?? [])).toEqual([7, 7, 7]);
  });
});
