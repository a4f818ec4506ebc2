/**
 * Reads the references of one span, `[{"refType":"CHILD_OF","traceID":"…","spanID":"…"}]`, into positions in the
 * window.
 */

import { growArray } from '#core/grow-array.ts';
import { LAST, REFERENCE, REFERENCE_SPAN, REFERENCE_TRACE } from '#decode/assembly/layout.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, type JsonCursor, OPEN_BRACE } from '#decode/json-cursor.ts';
import { noteValue, type SpanLesson } from '#decode/span-lesson.ts';
import { REFERENCE_INTS } from '#decode/span-records.ts';
import { CHILD_OF, OTHER_REFERENCE } from '#decode/span-references.ts';

export type ReferenceReader = Readonly<{
  /** See `span-records.ts`. */
  list(): Int32Array;
  count(): number;
  /** Contains an escape, or a type that servers do not send. */
  isOdd(): boolean;
  clear(): void;
  /** From the value of `references` to the position after it. */
  read(): void;
}>;

export function referenceReader(json: JsonCursor, lesson: SpanLesson): ReferenceReader {
  let list = new Int32Array(REFERENCE_INTS * 4);
  let count = 0;
  let isOdd = false;
  /** The current reference; how many of its ids were read, and the kind since the first of them. */
  const read = { kind: OTHER_REFERENCE, traceFrom: 0, traceTo: 0, idFrom: 0, idTo: 0, ids: 0, laterKind: 0 };

  const add = (): void => {
    const at = count * REFERENCE_INTS;
    if (at === list.length) list = growArray(list);
    list[at] = read.kind;
    list[at + 1] = read.traceFrom;
    list[at + 2] = read.traceTo;
    list[at + 3] = read.idFrom;
    list[at + 4] = read.idTo;
    count += 1;
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
    takeMember(nameFrom, nameTo, from, json.at);
  };
  const takeMember = (nameFrom: number, nameTo: number, from: number, to: number): void => {
    if (json.is(nameFrom, nameTo, REF_TYPE)) takeKind(from, to);
    else if (json.is(nameFrom, nameTo, TRACE_ID)) {
      [read.traceFrom, read.traceTo] = textAt(from, to);
      noteId(REFERENCE_TRACE, from, to);
    } else if (json.is(nameFrom, nameTo, SPAN_ID)) {
      [read.idFrom, read.idTo] = textAt(from, to);
      noteId(REFERENCE_SPAN, from, to);
    } else return;
    if (json.isText(from) ? json.hasEscapes : !json.isNull(from)) isOdd = true;
  };
  const takeKind = (from: number, to: number): void => {
    const [textFrom, textTo] = textAt(from, to);
    read.kind = read.laterKind = json.is(textFrom, textTo, CHILD_OF_NAME) ? CHILD_OF : OTHER_REFERENCE;
  };
  /** Without its quotes. */
  const textAt = (from: number, to: number): [number, number] => (json.isText(from) ? [from + 1, to - 1] : [0, 0]);
  /** The first id comes with the kind that is known by then, the last one with what was said in between. */
  const noteId = (which: number, from: number, to: number): void => {
    const isFirst = read.ids === 0;
    noteValue(lesson, REFERENCE, which, isFirst ? read.kind : read.laterKind | LAST, from, to);
    read.ids += 1;
    read.laterKind = 0;
    if (!json.isText(from)) lesson.isPlain = false;
  };
  const readReference = (): void => {
    if (json.next() !== OPEN_BRACE) {
      json.skipValue();
      return;
    }
    read.kind = OTHER_REFERENCE;
    read.traceFrom = read.traceTo = read.idFrom = read.idTo = read.ids = read.laterKind = 0;
    if (json.enter(CLOSE_BRACE)) {
      do readMember();
      while (json.another(CLOSE_BRACE));
    }
    add();
    // Followed are those that name a trace and a span, each once, and no kind behind them.
    const isPlain = read.ids === 2 && read.traceFrom > 0 && read.idFrom > 0 && read.laterKind === 0;
    if (!isPlain) lesson.isPlain = false;
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
      do readReference();
      while (json.another(CLOSE_BRACKET));
    },
  };
}

const ENCODER = new TextEncoder();
const REF_TYPE = ENCODER.encode('refType');
const CHILD_OF_NAME = ENCODER.encode('CHILD_OF');
const TRACE_ID = ENCODER.encode('traceID');
const SPAN_ID = ENCODER.encode('spanID');
