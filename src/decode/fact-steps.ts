/**
 * Combinations of attributes: spans of one kind differ in ids and times, and in the values of their statements.
 *
 *  start ── span.kind="client" ─┬─ db.system="redis" ── …      a step for each attribute that a column depends on
 *                               └─ db.system="mysql" ── db.statement=<mask> ──►  the place of the column values
 */
import { HASH_KEYS } from '#core/hash-keys.ts';

export type FactSteps = Readonly<{
  /** The place after one more attribute; the first step starts at 0. `value` is a number that stands for the value. */
  step(place: number, key: number, value: number): number;
}>;

export function factSteps(): FactSteps {
  let steps = newSteps(FIRST_STEPS);
  let places = 1;

  const grow = (): void => {
    const before = steps;
    steps = newSteps(before.place.length * 2);
    for (let slot = 0; slot < before.place.length; slot += 1) {
      const place = before.place[slot] ?? 0;
      if (place === 0) continue;
      const [from, key, value] = [before.from[slot] ?? 0, before.key[slot] ?? 0, before.value[slot] ?? 0];
      put(steps, slotOf(steps, from, key, value), from, key, value, place);
    }
  };
  const step = (from: number, key: number, value: number): number => {
    const slot = slotOf(steps, from, key, value);
    const known = steps.place[slot] ?? 0;
    if (known !== 0) return known;
    const place = places;
    put(steps, slot, from, key, value, place);
    places += 1;
    if (places * 2 > steps.place.length) grow();
    return place;
  };
  return { step };
}

/** A power of two, as the hash needs it. */
const FIRST_STEPS = 1_024;

type Steps = Readonly<{ from: Int32Array; key: Int32Array; value: Int32Array; place: Int32Array }>;

function newSteps(size: number): Steps {
  return {
    from: new Int32Array(size),
    key: new Int32Array(size),
    value: new Int32Array(size),
    place: new Int32Array(size),
  };
}

/**
 * Odd, so that two numbers stay different; specific to this process, so that nobody can send tags that all share one
 * place.
 */
const PLACE_FACTOR = (HASH_KEYS[1] ?? 0) | 1;
const KEY_FACTOR = (HASH_KEYS[2] ?? 0) | 1;
const VALUE_FACTOR = (HASH_KEYS[3] ?? 0) | 1;

/** Where the step is, or the free slot in which it belongs. */
function slotOf(steps: Steps, from: number, key: number, value: number): number {
  const mask = steps.place.length - 1;
  const mixed = Math.imul(Math.imul(from, PLACE_FACTOR) ^ key, KEY_FACTOR) ^ Math.imul(value, VALUE_FACTOR);
  let slot = (mixed ^ (mixed >>> 15)) & mask;
  while (
    steps.place[slot] !== 0 &&
    (steps.from[slot] !== from || steps.key[slot] !== key || steps.value[slot] !== value)
  ) {
    slot = (slot + 1) & mask;
  }
  return slot;
}

function put(steps: Steps, slot: number, from: number, key: number, value: number, place: number): void {
  steps.from[slot] = from;
  steps.key[slot] = key;
  steps.value[slot] = value;
  steps.place[slot] = place;
}
