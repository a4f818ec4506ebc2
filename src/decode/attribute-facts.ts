/**
 * The column values of a span's attributes, computed once for each combination (`fact-steps.ts`), and found again by
 * the bytes of keys and values.
 */
import { attributeRole } from '#decode/attribute-roles.ts';
import { type ByteTable, byteTable } from '#decode/byte-table.ts';
import { factSteps } from '#decode/fact-steps.ts';
import { textIn } from '#decode/json-value.ts';
import { maskQuery } from '#decode/query-mask.ts';
import type { TextTable } from '#model/text/text-table.ts';
import { type AttributeFields, attributeFields, type SpanRow } from '#model/trace/build/span-rows.ts';

/** The input of columns beyond the attributes. */
export type Said = Pick<SpanRow, 'attributes' | 'kind' | 'failed' | 'scope' | 'flaws'>;

export type AttributeFacts = Readonly<{
  keys: ByteTable;
  /** Values as in the body, including quotes. */
  literals: ByteTable;
  roleOf(key: number): number;
  /** The number of the name that a literal spells, among the names of columns. */
  nameOf(literal: number): number;
  /** The place after one more tag; the first step starts at 0. `value` is the number of its literal or its mask. */
  step(place: number, key: number, value: number): number;
  /** The same for a tag whose value is at this position. */
  stepTo(place: number, key: number, bytes: Uint8Array, from: number, to: number): number;
  /** The number of a statement's mask in a step: equal for statements of one shape. */
  maskOf(bytes: Uint8Array, from: number, to: number, hasEscapes: boolean): number;
  /** Undefined where no span reached this place. */
  fields(place: number): AttributeFields | undefined;
  /** `said` are the values of any span that reached this place. */
  learnFields(place: number, said: Said): AttributeFields;
}>;

export function attributeFacts(names: TextTable): AttributeFacts {
  const keys = byteTable();
  const literals = byteTable();
  const masks = byteTable();
  const roles: number[] = [];
  const nameOfLiteral: number[] = [];
  const fields: AttributeFields[] = [];
  /** The value that led away from a place the last time. */
  const lastValues = new Int32Array(GUESSES);
  const { step } = factSteps();
  let scratch = new Uint8Array();

  return {
    keys,
    literals,
    roleOf(key) {
      const known = roles[key];
      if (known !== undefined) return known;
      const role = attributeRole(keys.text(key));
      roles[key] = role;
      return role;
    },
    nameOf(literal) {
      const known = nameOfLiteral[literal];
      if (known !== undefined) return known;
      const text = literals.text(literal);
      const name = names.number(text === '' ? '' : textIn({ value: JSON.parse(text) }, 'value'));
      nameOfLiteral[literal] = name;
      return name;
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
    learnFields(place, said) {
      const made = attributeFields(said, { names });
      fields[place] = made;
      return made;
    },
  };
}

const QUOTE = 34;
/** A power of two. Places and keys that share one only guess wrong. */
const GUESSES = 4_096;
