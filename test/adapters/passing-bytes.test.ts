import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { passingFileBytes } from '#adapters/files/bytes.ts';

const folder = mkdtempSync(join(tmpdir(), 'spanhound-passing-'));
afterAll(() => rmSync(folder, { recursive: true }));

const body = Buffer.from(Uint8Array.from({ length: 3_500_000 }, (_, i) => (i * 2_654_435_761) >>> 24));
const plain = join(folder, 'plain');
const packed = join(folder, 'packed');
writeFileSync(plain, body);
writeFileSync(packed, gzipSync(body));

test.each([
  ['plain', plain],
  ['compressed', packed],
])(
  'every byte of a %s file passes once and in order, each piece whole until the next is asked for',
  async (_, file) => {
    const copies: Buffer[] = [];
    for await (const piece of passingFileBytes(file)) {
      await new Promise((resolve) => setImmediate(resolve)); // what reads ahead has time to spoil it
      copies.push(Buffer.from(piece));
    }
    expect(Buffer.concat(copies).equals(body)).toBe(true);
  },
);

test('whoever stops early leaves nothing open', async () => {
  for await (const piece of passingFileBytes(plain)) {
    expect(piece.length).toBeGreaterThan(0);
    break;
  }
});

test('a file that is not there is named', async () => {
  await expect(Array.fromAsync(passingFileBytes(join(folder, 'missing')))).rejects.toThrow(
    /missing: there is no such file/,
  );
});
