/** Chance that is the same at each run. */

/** From 0 to below 1. */
export type Random = () => number;

/** Small, and the same for a seed wherever it runs (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bytes that are the same at each run, for ids. Two openings of one store need two seeds, or they make the same ids. */
export function chanceOf(seed: number): (bytes: Buffer) => Buffer {
  const random = randomOf(seed);
  return (bytes) => {
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = Math.floor(random() * 256);
    return bytes;
  };
}
