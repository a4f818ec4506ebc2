/**
 * Texts by number, found by their bytes: a text that occurs a hundred thousand times becomes a string at most once.
 *
 *  slots   [ · 3 · 1 · · 2 ]          hash of the bytes → number; a taken slot leads to the next
 *  arena   GETspan.kindPOST           the bytes of all texts, one after another
 *  starts  0 0 3 12 16                number → where its bytes begin; they end where the next ones begin
 */

import { growArray } from '#core/grow-array.ts';
import { quickHash, secretHash } from '#decode/byte-hash.ts';
import type { TextTable } from '#model/text/text-table.ts';

export type ByteTable = TextTable &
  Readonly<{
    ofBytes(bytes: Uint8Array, from: number, to: number): number;
    /** The same, faster where the guess is right. */
    guessed(guess: number, bytes: Uint8Array, from: number, to: number): number;
  }>;

/**
 * Nothing is allocated before the first text: a body may hold many small traces with tables of their own. Doubled
 * whenever it is full.
 */
const FIRST_TEXTS = 4;
const FIRST_BYTES = 32;
/**
 * Honest texts are never this far from their slot in a table that is half full: of counted ids, one key in fourteen
 * brings some beyond 64 places, and none of hundreds beyond 128. See `byte-hash.ts`.
 */
const MAX_PROBES = 128;

export function byteTable(): ByteTable {
  let arena = NO_BYTES;
  /** The same bytes, once somebody reads them so. */
  let asText: Buffer | undefined;
  let asWords: DataView | undefined;
  /** Where texts are looked up again and again: most often in one window. */
  let looked = arena;
  let lookedWords = NO_WORDS;
  let starts = NO_STARTS;
  let hashes = NO_HASHES;
  let slots = NO_SLOTS;
  /** Number 0 is the empty text, which stands in no slot. */
  let size = 1;
  /** Somebody sends texts that go to one place. */
  let isFlooded = false;

  const wordsOf = (bytes: Uint8Array): DataView => {
    if (bytes !== looked) {
      looked = bytes;
      lookedWords = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    return lookedWords;
  };
  const holds = (number: number, bytes: Uint8Array, from: number, length: number): boolean => {
    const start = starts[number] ?? 0;
    if ((starts[number + 1] ?? 0) - start !== length) return false;
    asWords ??= new DataView(arena.buffer);
    const own = asWords;
    const words = wordsOf(bytes);
    let i = 0;
    for (; i + 3 < length; i += 4) if (own.getInt32(start + i, true) !== words.getInt32(from + i, true)) return false;
    for (; i < length; i += 1) if (arena[start + i] !== bytes[from + i]) return false;
    return true;
  };
  const open = () => {
    starts = new Uint32Array(FIRST_TEXTS + 1);
    hashes = new Int32Array(FIRST_TEXTS);
    slots = new Int32Array(FIRST_TEXTS * 2).fill(-1);
  };
  const grow = () => {
    starts = growArray(starts, size * 2 + 1);
    hashes = growArray(hashes, size * 2);
    slots = new Int32Array(size * 4);
    place();
  };
  const place = () => {
    slots.fill(-1);
    for (let number = 1; number < size; number += 1) {
      let slot = (hashes[number] ?? 0) & (slots.length - 1);
      while ((slots[slot] ?? -1) >= 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = number;
    }
  };
  const withstand = () => {
    isFlooded = true;
    for (let number = 1; number < size; number += 1) {
      hashes[number] = secretHash(arena, starts[number] ?? 0, starts[number + 1] ?? 0);
    }
    place();
  };
  const add = (bytes: Uint8Array, from: number, length: number, hash: number, slot: number): number => {
    if (!isFlooded && ((slot - hash) & (slots.length - 1)) > MAX_PROBES) {
      withstand();
      return ofBytes(bytes, from, from + length);
    }
    const start = starts[size] ?? 0;
    if (start + length > arena.length) {
      arena = growArray(arena, Math.max(FIRST_BYTES, arena.length * 2, start + length));
      asText = undefined;
      asWords = undefined;
    }
    for (let i = 0; i < length; i += 1) arena[start + i] = bytes[from + i] ?? 0;
    slots[slot] = size;
    hashes[size] = hash;
    starts[size + 1] = start + length;
    size += 1;
    if (size === hashes.length) grow();
    return size - 1;
  };
  const ofBytes = (bytes: Uint8Array, from: number, to: number): number => {
    if (from === to) return 0;
    if (slots.length === 0) open();
    const hash = isFlooded ? secretHash(bytes, from, to) : quickHash(bytes, from, to);
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let number = slots[slot] ?? -1; number >= 0; number = slots[slot] ?? -1) {
      if (hashes[number] === hash && holds(number, bytes, from, to - from)) return number;
      slot = (slot + 1) & mask;
    }
    return add(bytes, from, to - from, hash, slot);
  };

  return {
    ofBytes,
    guessed: (guess, bytes, from, to) =>
      guess < size && holds(guess, bytes, from, to - from) ? guess : ofBytes(bytes, from, to),
    number(text) {
      const bytes = ENCODER.encode(text);
      return ofBytes(bytes, 0, bytes.length);
    },
    text(number) {
      asText ??= Buffer.from(arena.buffer);
      return asText.toString('utf8', starts[number] ?? 0, starts[number + 1] ?? 0);
    },
    size: () => size,
  };
}

const NO_BYTES: Uint8Array = new Uint8Array();
const NO_WORDS = new DataView(NO_BYTES.buffer);
const NO_STARTS = new Uint32Array();
const NO_HASHES = new Int32Array();
const NO_SLOTS = new Int32Array();

const ENCODER = new TextEncoder();
