/** Chance from a seed: the same seed draws the same, on every machine. */
export type Random = Readonly<{
  /** From 0 to below 1. */
  next(): number;
  /** Whole, both ends included. */
  whole(from: number, to: number): number;
  between(from: number, to: number): number;
  chance(share: number): boolean;
  pick<T>(of: readonly T[]): T;
  /** That many different ones, in any order; all of them where there are fewer. */
  some<T>(count: number, of: readonly T[]): T[];
  /** Durations of real operations: half below the median, a long tail above it. At least 10 µs, in milliseconds. */
  ms(medianMs: number, spread?: number): number;
  hex(digits: number): string;
  /** Its own stream: what is drawn from it moves nothing else. */
  fork(name: string): Random;
}>;

/** How wide durations of one operation spread: the standard deviation of their logarithm. */
const USUAL_SPREAD = 0.35;

export function randomOf(seed: string): Random {
  let state = hash(seed);
  /** Mulberry32 of Tommy Ettinger. */
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  const pick = <T>(of: readonly T[]): T => {
    if (of.length === 0) throw new Error('nothing to pick from');
    return of[whole(0, of.length - 1)] as T;
  };
  return {
    next,
    whole,
    pick,
    between: (from, to) => from + next() * (to - from),
    chance: (share) => next() < share,
    some(count, of) {
      const left = [...of];
      const taken: (typeof left)[number][] = [];
      while (taken.length < count && left.length > 0) taken.push(...left.splice(whole(0, left.length - 1), 1));
      return taken;
    },
    ms(medianMs, spread = USUAL_SPREAD) {
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return Math.max(0.01, medianMs * Math.exp(spread * normal));
    },
    hex: (digits) => Array.from({ length: digits }, () => whole(0, 15).toString(16)).join(''),
    fork: (name) => randomOf(`${seed}/${name}`),
  };
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const char of text) value = Math.imul(value ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return value;
}
