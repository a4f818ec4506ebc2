/** Reads the tags of one span, `[{"key":"span.kind","type":"string","value":"client"},…]`, into places in the window. */

import { type JaegerFacts, NO_ROLE } from '#decode/jaeger-facts.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  DAMAGED,
  type JsonCursor,
  OPEN_BRACE,
  OPEN_BRACKET,
} from '#decode/json-cursor.ts';
import { knownHeads, NO_HEAD } from '#decode/known-heads.ts';
import { grown } from '#model/grown.ts';

export type ReadTags = {
  /** Of the tags that columns depend on, `TAG_WIDTH` numbers each: key, role, value from, to (with quotes), has escapes. */
  list: Int32Array;
  end: number;
  /** Holds an escape in a key, or another type than servers send. */
  isOdd: boolean;
};

export const TAG_WIDTH = 5;

export type TagReader = Readonly<{
  tags: Readonly<ReadTags>;
  clear(): void;
  /** From the value of `tags` to behind it. Spans of one context have most often the same tags. */
  read(context: number): void;
}>;

/** Where the tag that was read last has its key, without quotes, and its value, with them; −1 for none. */
type Tag = {
  keyFrom: number;
  keyTo: number;
  from: number;
  to: number;
  escapes: number;
  /** Where the value of its last member begins. */
  lastFrom: number;
};

export function tagReader(json: JsonCursor, facts: JaegerFacts): TagReader {
  const tags: ReadTags = { list: new Int32Array(TAG_WIDTH * 16), end: 0, isOdd: false };
  const tag: Tag = { keyFrom: 0, keyTo: 0, from: 0, to: 0, escapes: 0, lastFrom: 0 };
  const heads = knownHeads();
  const keyOfHead: number[] = [];
  const roleOfHead: number[] = [];
  /** The head of the tag before, where it is known. */
  let before = NO_HEAD;

  const add = (key: number, role: number, from: number, to: number, escapes: number): void => {
    if (role === NO_ROLE || json.isNull(from)) return;
    const byte = json.bytes[from];
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) tags.isOdd = true;
    if (tags.end === tags.list.length) tags.list = grown(tags.list);
    const { list, end } = tags;
    list[end] = key;
    list[end + 1] = role;
    list[end + 2] = from;
    list[end + 3] = to;
    list[end + 4] = escapes;
    tags.end += TAG_WIDTH;
  };
  const readMember = (): void => {
    json.next();
    const nameFrom = json.at + 1;
    const nameTo = json.memberName();
    if (json.hasEscapes) tags.isOdd = true;
    json.hasEscapes = false;
    json.next();
    const from = json.at;
    json.skipValue();
    tag.lastFrom = from;
    if (json.is(nameFrom, nameTo, KEY)) {
      if (!json.isText(from) || json.hasEscapes) tags.isOdd = true;
      tag.keyFrom = from + 1;
      tag.keyTo = json.at - 1;
    } else if (json.is(nameFrom, nameTo, TAG_VALUE)) {
      tag.from = from;
      tag.to = json.at;
      tag.escapes = json.hasEscapes ? 1 : 0;
    }
  };
  /** From the bracket or the comma before a tag to behind the tag. */
  const readTag = (context: number): void => {
    const headFrom = json.at;
    const previous = before;
    before = NO_HEAD;
    json.at += 1;
    if (json.next() !== OPEN_BRACE) {
      json.skipValue();
      return;
    }
    tag.keyFrom = tag.from = tag.lastFrom = -1;
    if (!json.enter(CLOSE_BRACE)) return;
    do readMember();
    while (json.another(CLOSE_BRACE));
    if (tag.from < 0) return;
    if (tag.keyFrom < 0) tags.isOdd = true;
    if (tags.isOdd) return;
    const key = facts.keys.ofBytes(json.bytes, tag.keyFrom, tag.keyTo);
    const role = facts.roleOf(key);
    add(key, role, tag.from, tag.to, tag.escapes);
    if (tag.lastFrom !== tag.from) return;
    before = heads.learn(json.view, headFrom, tag.from, previous, context);
    keyOfHead[before] = key;
    roleOfHead[before] = role;
  };
  /** The same for a tag that has the expected head and ends with its value; false, and nothing taken, for another one. */
  const readExpected = (context: number): boolean => {
    const head = heads.guess(json.view, json.at, before, context);
    if (head === NO_HEAD) return false;
    const headFrom = json.at;
    const from = headFrom + heads.length(head);
    json.at = from;
    json.hasEscapes = false;
    json.skipValue();
    const to = json.at;
    if (json.next() !== CLOSE_BRACE) {
      json.at = headFrom;
      return false;
    }
    json.at += 1;
    const role = roleOfHead[head] ?? NO_ROLE;
    if (role !== NO_ROLE) add(keyOfHead[head] ?? 0, role, from, to, json.hasEscapes ? 1 : 0);
    before = head;
    return true;
  };

  return {
    tags,
    clear() {
      tags.end = 0;
      tags.isOdd = false;
    },
    read(context) {
      tags.end = 0;
      before = NO_HEAD;
      if (!json.isList()) return;
      let byte = COMMA;
      while (byte === COMMA) {
        if (!readExpected(context)) readTag(context);
        byte = json.next();
      }
      if (byte !== CLOSE_BRACKET) throw DAMAGED;
      json.at += 1;
    },
  };
}

const ENCODER = new TextEncoder();
const KEY = ENCODER.encode('key');
const TAG_VALUE = ENCODER.encode('value');
