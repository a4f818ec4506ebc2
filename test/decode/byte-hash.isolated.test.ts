import { beforeEach, describe, expect, test, vi } from 'vitest';
import { quickHash, secretHash } from '#decode/byte-hash.ts';
import { byteTable } from '#decode/byte-table.ts';

const asked = vi.hoisted(() => ({ quick: 0, secret: 0 }));

vi.mock('#decode/byte-hash.ts', async (importOriginal) => {
  const real = await importOriginal<typeof import('#decode/byte-hash.ts')>();
  return {
    quickHash: (...range: Parameters<typeof real.quickHash>) => {
      asked.quick += 1;
      return real.quickHash(...range);
    },
    secretHash: (...range: Parameters<typeof real.secretHash>) => {
      asked.secret += 1;
      return real.secretHash(...range);
    },
  };
});

beforeEach(() => Object.assign(asked, { quick: 0, secret: 0 }));

/**
 * Texts that a multiplying hash of words gives one value, whatever it begins with: in each pair of words either none or
 * both have these bits turned, and the second cancels what the highest bit of the first becomes on its way through a step
 * (`h *= odd; h ^= h >>> 16`).
 */
const TURNED = 0x8000_0000;
const CANCELS = 0x8000_8000;
const PAIRS = 12;

const crafted = Array.from({ length: 2 ** PAIRS }, (_, choice) => {
  const words = new Uint32Array(PAIRS * 2).fill(0x2e2e_2e2e);
  for (let pair = 0; pair < PAIRS; pair += 1) {
    if ((choice & (1 << pair)) === 0) continue;
    words[pair * 2] = (words[pair * 2] ?? 0) ^ TURNED;
    words[pair * 2 + 1] = (words[pair * 2 + 1] ?? 0) ^ CANCELS;
  }
  return new Uint8Array(words.buffer);
});

const HONEST: readonly (readonly [string, (i: number) => string])[] = [
  ['counted ids', (i) => i.toString(16).padStart(16, '0')],
  ['ids that differ in front', (i) => i.toString(16).padStart(4, '0').padEnd(16, '0')],
  ['ids far apart', (i) => (BigInt(i) << 48n).toString(16).padStart(16, '0')],
  ['texts of many lengths', (i) => 'a'.repeat(i)],
  ['literals of numbers', (i) => `${i * 7}`],
];

const textsOf = (text: (i: number) => string) =>
  Array.from({ length: 4_096 }, (_, i) => new TextEncoder().encode(text(i + 1)));

/** How many slots are looked at until all texts have one, by linear probing in a table that is half full in the end. */
function probes(texts: readonly Uint8Array[], hash: typeof quickHash): number {
  const taken = new Uint8Array(texts.length * 2);
  const mask = taken.length - 1;
  let looked = 0;
  for (const text of texts) {
    let slot = hash(text, 0, text.length) & mask;
    looked += 1;
    for (; taken[slot] === 1; slot = (slot + 1) & mask) looked += 1;
    taken[slot] = 1;
  }
  return looked;
}

describe('texts made to collide', () => {
  test('have one quick hash in every process, and take no more probes than others by the secret one', () => {
    expect(new Set(crafted.map((text) => quickHash(text, 0, text.length))).size).toBe(1);
    // Half full 1.5 are expected; keys stray from it by some hundredths.
    expect(probes(crafted, secretHash)).toBeLessThan(crafted.length * 2);
  });

  test('make a table take the secret hash after the first of them, and have the numbers in which they came', () => {
    const table = byteTable();
    const numbers = crafted.map((text) => table.ofBytes(text, 0, text.length));
    expect(asked.quick).toBeLessThan(200);
    expect(numbers).toEqual(crafted.map((_, i) => i + 1));
    expect(crafted.map((text) => table.ofBytes(text, 0, text.length))).toEqual(numbers);
    expect(table.ofBytes(new Uint8Array(), 0, 0)).toBe(0);
  });
});

describe.each(HONEST)('%s', (_, text) => {
  test('take few probes by either hash, and need no secret one', () => {
    const texts = textsOf(text);
    expect(probes(texts, secretHash)).toBeLessThan(texts.length * 2);
    expect(probes(texts, quickHash)).toBeLessThan(texts.length * 2);
    asked.secret = 0;
    const table = byteTable();
    expect(texts.map((bytes) => table.ofBytes(bytes, 0, bytes.length))).toEqual(texts.map((__, i) => i + 1));
    expect(asked.secret).toBe(0);
  });
});

test('both hashes have keys of their own in each process', async () => {
  const bytes = new TextEncoder().encode('4bf92f3577b34da6');
  const hashes = [quickHash(bytes, 0, 16), secretHash(bytes, 0, 16)];
  vi.resetModules();
  const again = await vi.importActual<typeof import('#decode/byte-hash.ts')>('#decode/byte-hash.ts?again');
  expect(again.quickHash(bytes, 0, 16)).not.toBe(hashes[0]);
  expect(again.secretHash(bytes, 0, 16)).not.toBe(hashes[1]);
});

test.each([
  ['quick', quickHash],
  ['secret', secretHash],
])('the %s hash of a text is one wherever it stands, and where it ends matters', (_, hash) => {
  const bytes = new TextEncoder().encode('«GET /»«GET /»\0\0');
  expect(hash(bytes, 2, 7)).toBe(hash(bytes, 11, 16));
  expect(hash(bytes, 2, 7)).not.toBe(hash(bytes, 2, 6));
  expect(hash(bytes, 18, 19)).not.toBe(hash(bytes, 18, 20));
});
