/**
 * Two hashes of bytes, with keys of this process: a fast one, and one that no outsider can predict.
 * The fast one multiplies and shifts. There a difference in the highest bit stays one and the same difference after
 * each step, for any start: texts can be made that collide in every process. The other one looks each byte up
 * (tabulation), which costs a third more; with it linear probing stays constant for any texts (Pătraşcu and Thorup, The
 * Power of Simple Tabulation Hashing, 2012).
 */
import { HASH_KEYS } from '#core/hash-keys.ts';

const START = HASH_KEYS[0] ?? 0;
/** 2^32 divided by the golden ratio, made odd: consecutive numbers come out far apart (Knuth, TAOCP 3, 6.4). */
const FACTOR = 0x9e3779b1;

/** Like FNV-1a, but four bytes a step. Two shifts by one distance in a row, the step's and the last, would undo each other. */
export function quickHash(bytes: Uint8Array, from: number, to: number): number {
  let hash = START ^ (to - from);
  let i = from;
  for (; i + 3 < to; i += 4) {
    hash = Math.imul(hash ^ fourAt(bytes, i), FACTOR);
    hash ^= hash >>> 16;
  }
  for (; i < to; i += 1) hash = Math.imul(hash ^ (bytes[i] ?? 0), FACTOR);
  return hash ^ (hash >>> 15);
}

/**
 *   word   0x 7a 79 78 77
 *              │  │  │  └─ keys[0 + 0x77]
 *              │  │  └──── keys[256 + 0x78]      all four together meet the next word
 *              │  └─────── keys[512 + 0x79]
 *              └────────── keys[768 + 0x7a]
 */
export function secretHash(bytes: Uint8Array, from: number, to: number): number {
  let hash = to - from;
  let i = from;
  for (; i + 3 < to; i += 4) hash = lookedUp(hash ^ fourAt(bytes, i));
  let rest = 0;
  for (; i < to; i += 1) rest = (rest << 8) | (bytes[i] ?? 0);
  return lookedUp(hash ^ rest);
}

function lookedUp(word: number): number {
  return (
    (HASH_KEYS[word & 255] ?? 0) ^
    (HASH_KEYS[256 | ((word >>> 8) & 255)] ?? 0) ^
    (HASH_KEYS[512 | ((word >>> 16) & 255)] ?? 0) ^
    (HASH_KEYS[768 | (word >>> 24)] ?? 0)
  );
}

function fourAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
}
