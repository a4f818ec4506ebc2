import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { passingFileBytes } from '#adapters/files/bytes.ts';
import { uncompressed } from '#adapters/uncompressed.ts';

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

test.each([
  ['compressed', gzipSync('a body'), 'a body'],
  ['plain', Buffer.from('a body'), 'a body'],
  ['of one byte', Buffer.from('a'), 'a'],
])('a pipe that gives a single byte at first is read: %s', async (_, bytes, wanted) => {
  const pieces = [bytes.subarray(0, 1), bytes.subarray(1)].filter(({ length }) => length > 0);
  const read: Uint8Array[] = [];
  for await (const piece of uncompressed('-', Readable.from(pieces))) read.push(piece);
  expect(Buffer.concat(read).toString()).toBe(wanted);
});

test('a small file that becomes hundreds of megabytes is refused before it is unpacked', {
  tags: ['deep'],
}, async () => {
  const bomb = join(folder, 'spaces.gz');
  writeFileSync(bomb, gzipSync(Buffer.alloc(300_000_000, ' ')));
  let read = 0;
  const all = async () => {
    for await (const { length } of passingFileBytes(bomb)) read += length;
  };
  await expect(all()).rejects.toMatchObject({
    code: 'SH_UNREADABLE',
    message: expect.stringMatching(/spaces\.gz: it unpacks to more than 256 MB and 100 times its size/),
    advice: expect.stringContaining('gunzip'),
  });
  expect(read).toBeLessThanOrEqual(256_000_000);
});
