/**
 * Reads spans that resemble earlier ones, many at a time. The text before a value is usually the same as last time: a
 * server writes the members of all spans, and an SDK the tags of all spans of one kind, in one order.
 *
 *  span ──► readers in TypeScript ── lesson ──► nodes and edges ──► assembly/follow-spans.ts ──► records
 *
 * It knows nothing about the format: anything that it was not taught is left to the readers.
 */

import {
  EDGE_BYTES,
  EDGES,
  END,
  KNOWN_LITERAL,
  KNOWN_TAG,
  LITERAL,
  MOST_EDGES,
  MOST_NODES,
  MOST_TEXT,
  NODE_BYTES,
  NODES,
  RECORDS,
  REFERENCES,
  STEPS,
  TAG,
  TAGS,
  TEXTS,
  VALUE,
  WINDOW,
} from '#decode/assembly/layout.ts';
import type { ByteTable } from '#decode/byte-table.ts';
import { FOLLOW_SPANS } from '#decode/follow-spans-code.ts';
import type { JsonCursor, WindowOwner } from '#decode/json-cursor.ts';
import { LESSON_WIDTH, type SpanLesson } from '#decode/span-lesson.ts';
import type { SpanRecords } from '#decode/span-records.ts';

/** The cursor's window has to lie in its memory. After `release` the next follower may use that. */
export type SpanFollower = WindowOwner &
  Readonly<{
    /** Reads what it knows from the span on that opens at the cursor; how many spans. */
    follow(json: JsonCursor): number;
    /** Behind the last one that was read. */
    stoppedAt(): number;
    /** The most recently read spans. */
    records(): SpanRecords;
    /** The span that stands there was read. */
    teach(bytes: Uint8Array, from: number, to: number, lesson: SpanLesson): void;
    /** The literal of a tag's value that a node stands for. */
    literalOf(node: number): number;
    /** Where such a tag leads to. */
    learnStep(place: number, node: number, to: number): void;
  }>;

/** No longer than what the sentinel of a cursor's window allows to be compared. */
const LONGEST_HEAD = 256;
/** Per value: with more variants it is looked up each time. */
const MOST_VARIANTS = 12;
/** From one node on: where more than that come, they have no order to follow, and trying them all would take long. */
const MOST_WAYS = 64;

/** `literals` has the values of tags and of names. */
export function spanFollower(literals: ByteTable): SpanFollower {
  const own = free.pop() ?? instance();
  const { memory, follow, stoppedAt, next, learnStep } = own;
  let views = viewsOf(memory.buffer);
  let isHere = false;
  let nodes = 1;
  let edges = 1;
  let usedText = 0;
  const nodeOf = new Map<string, number>();
  /** How many values of a head have nodes of their own. */
  const variants = new Map<string, number>();
  const ways = new Uint8Array(MOST_NODES);

  const put = (at: number, numbers: readonly number[]): void => {
    views.memory.set(numbers, at / INT_BYTES);
  };
  const waysFrom = (node: number): number => ways[numberOf(node)] ?? 0;
  const connect = (before: number, node: number): void => {
    const first = before / INT_BYTES + FIRST_EDGE;
    const edge = EDGES + edges * EDGE_BYTES;
    put(edge, [node, views.memory[first] ?? 0]);
    views.memory[first] = edge;
    edges += 1;
    ways[numberOf(before)] = waysFrom(before) + 1;
  };
  const hasRoom = (): boolean =>
    nodes < MOST_NODES && edges < MOST_EDGES && usedText + LONGEST_HEAD + SIMD_BYTES <= MOST_TEXT;

  /** Whether so many bytes before a value, and the value, may be a head of their own. */
  const isVariant = (before: number, value: LessonValue, head: string): boolean => {
    const isLiteral = value.what === LITERAL || (value.what === TAG && value.other === VALUE);
    if (!isLiteral || head.length + value.to - value.from > LONGEST_HEAD) return false;
    const group = `${before} ${head}`;
    const count = variants.get(group) ?? 0;
    variants.set(group, count + 1);
    return count < MOST_VARIANTS;
  };
  /** A new way on from `before`, to a node that may be known from elsewhere; 0 where there cannot be one. */
  const learn = (before: number, bytes: Uint8Array, at: number, value: LessonValue): number => {
    if (value.from - at > LONGEST_HEAD || waysFrom(before) === MOST_WAYS || !hasRoom()) return 0;
    const isKnown = isVariant(before, value, textOf(bytes, at, value.from));
    const end = isKnown ? value.to : value.from;
    const meaning = isKnown
      ? knownOf(value, literals.ofBytes(bytes, value.from, value.to))
      : [value.what, value.one, value.other];
    const key = `${meaning.join(' ')} ${value.members} ${textOf(bytes, at, end)}`;
    let node = nodeOf.get(key);
    if (node === undefined) {
      node = NODES + nodes * NODE_BYTES;
      nodeOf.set(key, node);
      put(node, [TEXTS + usedText, end - at, ...meaning, value.members, 0, end - value.from]);
      views.bytes.set(bytes.subarray(at, end), TEXTS + usedText);
      usedText += end - at;
      nodes += 1;
    }
    connect(before, node);
    return node;
  };
  const teach = (bytes: Uint8Array, from: number, to: number, lesson: SpanLesson): void => {
    let before = NODES;
    let at = from;
    for (let index = 0; index <= lesson.end; index += LESSON_WIDTH) {
      const value = index < lesson.end ? valueAt(lesson, index) : endAt(to, lesson.members);
      before = next(before, at) || learn(before, bytes, at, value);
      if (before === 0) return;
      at = value.to;
    }
  };
  return {
    memory(before, size) {
      const missing = WINDOW + size - memory.buffer.byteLength;
      if (missing > 0) {
        memory.grow(Math.ceil(missing / PAGE_BYTES));
        views = viewsOf(memory.buffer);
      }
      const window = new Uint8Array(memory.buffer, WINDOW, size);
      if (!isHere) window.set(before);
      isHere = true;
      return window;
    },
    release() {
      if (free.length === MOST_FREE || memory.buffer.byteLength > LARGEST_FREE) return;
      views.bytes.fill(0, NODES, EDGES + edges * EDGE_BYTES);
      views.bytes.fill(0, STEPS, RECORDS);
      free.push(own);
    },
    follow: (json) => follow(json.at, json.end),
    stoppedAt,
    records: () => views.records,
    teach,
    literalOf: (node) => views.memory[(NODES + node * NODE_BYTES) / INT_BYTES + LITERAL_OF_NODE] ?? 0,
    learnStep,
  };
}

const INT_BYTES = 4;
/** Among the numbers of a node. */
const [LITERAL_OF_NODE, FIRST_EDGE] = [4, 6];
const PAGE_BYTES = 65_536;
/** SIMD reads this many bytes at once, even beyond the last text. */
const SIMD_BYTES = 16;

/** A value of a lesson. */
type LessonValue = Readonly<{
  what: number;
  one: number;
  other: number;
  from: number;
  to: number;
  members: number;
}>;

function valueAt({ values }: SpanLesson, index: number): LessonValue {
  return {
    what: values[index] ?? END,
    one: values[index + 1] ?? 0,
    other: values[index + 2] ?? 0,
    from: values[index + 3] ?? 0,
    to: values[index + 4] ?? 0,
    members: values[index + 5] ?? 0,
  };
}

function endAt(to: number, members: number): LessonValue {
  return { what: END, one: 0, other: 0, from: to, to, members };
}

function knownOf({ what, one }: LessonValue, literal: number): readonly number[] {
  return [what === TAG ? KNOWN_TAG : KNOWN_LITERAL, one, literal];
}

function numberOf(node: number): number {
  return (node - NODES) / NODE_BYTES;
}

/** A character a byte. */
function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}

function viewsOf(buffer: ArrayBuffer) {
  return {
    memory: new Int32Array(buffer, 0, WINDOW / 4),
    bytes: new Uint8Array(buffer, 0, WINDOW),
    records: {
      ints: new Int32Array(buffer, RECORDS, (TAGS - RECORDS) / 4),
      numbers: new Float64Array(buffer, RECORDS, (TAGS - RECORDS) / 8),
      tags: new Int32Array(buffer, TAGS, (REFERENCES - TAGS) / 4),
      references: new Int32Array(buffer, REFERENCES, (WINDOW - REFERENCES) / 4),
    },
  };
}

/** The exports of `assembly/follow-spans.ts`. */
type Follow = Readonly<{
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): void };
  follow(from: number, end: number): number;
  stoppedAt(): number;
  next(before: number, at: number): number;
  learnStep(place: number, node: number, to: number): void;
}>;

declare const WebAssembly: {
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: Follow };
};

let compiled: object | undefined;

/**
 * Instances of this thread whose body was read. A new one takes a megabyte, which V8 gives back only when it collects
 * old objects: in a storm of alerts a thread held forty of them.
 */
const free: Follow[] = [];
/** As many bodies as a search usually reads at a time. */
const MOST_FREE = 4;
/** Bytes: a window that grew for a large span is not kept. */
const LARGEST_FREE = 4_194_304;

function instance(): Follow {
  compiled ??= new WebAssembly.Module(Buffer.from(FOLLOW_SPANS, 'base64'));
  return new WebAssembly.Instance(compiled).exports;
}
