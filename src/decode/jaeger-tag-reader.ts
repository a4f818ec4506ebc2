/**
 * Reads the tags of one span, `[{"key":"span.kind","type":"string","value":"client"},…]`, into positions in the window.
 */

import { growArray } from '#core/grow-array.ts';
import { NO_ROLE, SKIPPED, TAG } from '#decode/assembly/layout.ts';
import type { AttributeFacts } from '#decode/attribute-facts.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, type JsonCursor, OPEN_BRACE, OPEN_BRACKET } from '#decode/json-cursor.ts';
import { noteValue, type SpanLesson } from '#decode/span-lesson.ts';
import { TAG_INTS } from '#decode/span-records.ts';

export type TagReader = Readonly<{
  /** The tags that columns depend on; see `span-records.ts`. */
  list(): Int32Array;
  count(): number;
  /** Holds an escape in a key, or another type than servers send. */
  isOdd(): boolean;
  clear(): void;
  /** From the value of `tags` to behind it. */
  read(): void;
}>;

/** Where the tag that was read last has its key, without quotes, and its value, with them; −1 for none. */
type Tag = {
  keyFrom: number;
  keyTo: number;
  from: number;
  to: number;
  escapes: number;
};

export function tagReader(json: JsonCursor, facts: AttributeFacts, lesson: SpanLesson): TagReader {
  let list = new Int32Array(TAG_INTS * 16);
  let count = 0;
  let isOdd = false;
  const tag: Tag = { keyFrom: 0, keyTo: 0, from: 0, to: 0, escapes: 0 };

  const add = (key: number, role: number): void => {
    const byte = json.bytes[tag.from];
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) isOdd = true;
    const at = count * TAG_INTS;
    if (at === list.length) list = growArray(list);
    list[at] = key;
    list[at + 1] = role;
    list[at + 2] = tag.from;
    list[at + 3] = tag.to;
    list[at + 4] = tag.escapes;
    list[at + 5] = 0;
    count += 1;
    noteValue(lesson, TAG, key, role, tag.from, tag.to);
  };
  const readMember = (): void => {
    json.next();
    const nameFrom = json.at + 1;
    const nameTo = json.memberName();
    if (json.hasEscapes) isOdd = true;
    json.hasEscapes = false;
    json.next();
    const from = json.at;
    json.skipValue();
    if (json.is(nameFrom, nameTo, KEY)) {
      if (!json.isText(from) || json.hasEscapes) isOdd = true;
      tag.keyFrom = from + 1;
      tag.keyTo = json.at - 1;
    } else if (json.is(nameFrom, nameTo, TAG_VALUE)) {
      tag.from = from;
      tag.to = json.at;
      tag.escapes = json.hasEscapes ? 1 : 0;
    }
  };
  const readTag = (): void => {
    if (json.next() !== OPEN_BRACE) {
      json.skipValue();
      return;
    }
    tag.keyFrom = tag.from = -1;
    if (!json.enter(CLOSE_BRACE)) return;
    do readMember();
    while (json.another(CLOSE_BRACE));
    if (tag.from < 0) return;
    if (tag.keyFrom < 0) isOdd = true;
    if (!isOdd) takeTag();
  };
  const takeTag = (): void => {
    const key = facts.keys.ofBytes(json.bytes, tag.keyFrom, tag.keyTo);
    const role = facts.roleOf(key);
    // The meaning of a value must be known before it comes, or it cannot be followed.
    if (tag.keyFrom > tag.from) lesson.isPlain = false;
    if (role === NO_ROLE) noteValue(lesson, SKIPPED, 1, 0, tag.from, tag.to);
    else if (!json.isNull(tag.from)) add(key, role);
  };

  return {
    list: () => list,
    count: () => count,
    isOdd: () => isOdd,
    clear() {
      count = 0;
      isOdd = false;
    },
    read() {
      count = 0;
      if (!json.isList()) return;
      json.enter(CLOSE_BRACKET);
      do readTag();
      while (json.another(CLOSE_BRACKET));
    },
  };
}

const ENCODER = new TextEncoder();
const KEY = ENCODER.encode('key');
const TAG_VALUE = ENCODER.encode('value');
