/**
 * What the columns hold of a span's tags, computed once for each combination of tags that comes: spans of one kind differ
 * in ids and times, and their statements in the values.
 *
 *   start ── span.kind="client" ─┬─ db.system="redis" ── …      a step for each tag that a column depends on
 *                                └─ db.system="mysql" ── db.statement=<mask> ──►  the fields
 */
import { HASH_KEYS } from '#core/hash-keys.ts';
import { MAYBE_STATEMENT, NO_ROLE, STATEMENT, VALUE } from '#decode/assembly/layout.ts';
import { type ByteTable, byteTable } from '#decode/byte-table.ts';
import { factsOf } from '#decode/jaeger-span.ts';
import { maskQuery } from '#decode/query-mask.ts';
import { comparedNames, namesOf } from '#model/semconv.ts';
import { MARKING_NAMES } from '#model/span-marks.ts';
import { type AttributeFields, attributeFields } from '#model/span-rows.ts';
import type { TextTable } from '#model/text-table.ts';
import type { Attributes } from '#model/trace.ts';

export type JaegerFacts = Readonly<{
  keys: ByteTable;
  /** Values as they stand in the body, quotes included. */
  literals: ByteTable;
  roleOf(key: number): number;
  /** The place behind one more tag; the first step leads away from 0. `value` is the number of its literal or its mask. */
  step(place: number, key: number, value: number): number;
  /** The same for a tag whose value stands here. */
  stepTo(place: number, key: number, bytes: Uint8Array, from: number, to: number): number;
  /** What stands for a statement in a step: equal for statements of one shape. */
  maskOf(bytes: Uint8Array, from: number, to: number, hasEscapes: boolean): number;
  /** Undefined where no span came to this place. */
  fields(place: number): AttributeFields | undefined;
  /** `attributes` are those of any span that came to this place. */
  learnFields(place: number, attributes: Attributes): AttributeFields;
}>;

export function jaegerFacts(names: TextTable): JaegerFacts {
  const keys = byteTable();
  const literals = byteTable();
  const masks = byteTable();
  const roles: number[] = [];
  const fields: AttributeFields[] = [];
  /** The value that led away from a place the last time. */
  const lastValues = new Int32Array(GUESSES);
  let steps = newSteps(FIRST_STEPS);
  let places = 1;
  let scratch = new Uint8Array();

  const grow = () => {
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
  return {
    keys,
    literals,
    roleOf(key) {
      const known = roles[key];
      if (known !== undefined) return known;
      const role = ROLES.get(keys.text(key)) ?? NO_ROLE;
      roles[key] = role;
      return role;
    },
    step,
    stepTo(place, key, bytes, from, to) {
      const at = (Math.imul(key, 61) + place) & (GUESSES - 1);
      const value = literals.guessed(lastValues[at] ?? 0, bytes, from, to);
      lastValues[at] = value;
      return step(place, key, value);
    },
    maskOf(bytes, from, to, hasEscapes) {
      if (scratch.length < to - from) scratch = new Uint8Array((to - from) * 2);
      const isText = bytes[from] === QUOTE && !hasEscapes;
      const length = isText ? maskQuery(bytes, from + 1, to - 1, scratch) : -1;
      // Odd and even, so that no mask is taken for a literal.
      return length < 0 ? literals.ofBytes(bytes, from, to) * 2 + 1 : masks.ofBytes(scratch, 0, length) * 2;
    },
    fields: (place) => fields[place],
    learnFields(place, attributes) {
      const made = attributeFields({ attributes, ...factsOf(attributes) }, { names });
      fields[place] = made;
      return made;
    },
  };
}

const QUOTE = 34;
/** A power of two, as the hash needs it. */
const FIRST_STEPS = 1_024;
/** A power of two, too. Places and keys that share one only guess wrong. */
const GUESSES = 4_096;

/** The tag that the statement is read from is `STATEMENT`; one that is a statement only beside another tag is not sure to be. */
const ROLES: ReadonlyMap<string, number> = new Map([
  ...[
    'span.kind',
    'error',
    'otel.status_code',
    'otel.scope.name',
    'otel.library.name',
    ...[
      'error',
      'http.response.status_code',
      'rpc.status_code',
      'server.service.name',
      'db.system.name',
      'messaging.system.name',
      'server.address',
      'network.peer.address',
    ].flatMap(namesOf),
    ...MARKING_NAMES,
    ...comparedNames(),
  ].map((name): [string, number] => [name, VALUE]),
  ...namesOf('db.query.text')
    .filter((name) => name !== 'span.type')
    .map((name): [string, number] => [name, name === 'resource.name' ? MAYBE_STATEMENT : STATEMENT]),
]);

type Steps = Readonly<{ from: Int32Array; key: Int32Array; value: Int32Array; place: Int32Array }>;

function newSteps(size: number): Steps {
  return {
    from: new Int32Array(size),
    key: new Int32Array(size),
    value: new Int32Array(size),
    place: new Int32Array(size),
  };
}

/** Odd, so that no two numbers become one; of this process, so that nobody can send tags that all go to one place. */
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
