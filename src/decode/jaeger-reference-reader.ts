/** Reads the references of one span, `[{"refType":"CHILD_OF","traceID":"…","spanID":"…"}]`, into places in the window. */

import { CLOSE_BRACE, CLOSE_BRACKET, COMMA, DAMAGED, type JsonCursor, OPEN_BRACE } from '#decode/json-cursor.ts';
import { knownHeads, NO_HEAD } from '#decode/known-heads.ts';
import { CHILD_OF, OTHER_REFERENCE } from '#decode/span-references.ts';
import { grown } from '#model/grown.ts';

export type ReadReferences = {
  /** `REFERENCE_WIDTH` numbers each: kind, the trace's id from, to, the span's id from, to; both 0 for none. */
  list: Int32Array;
  end: number;
  /** Holds an escape, or another type than servers send. */
  isOdd: boolean;
};

export const REFERENCE_WIDTH = 5;

export type ReferenceReader = Readonly<{
  references: Readonly<ReadReferences>;
  clear(): void;
  /** From the value of `references` to behind it. */
  read(): void;
}>;

export function referenceReader(json: JsonCursor): ReferenceReader {
  const references: ReadReferences = { list: new Int32Array(REFERENCE_WIDTH * 4), end: 0, isOdd: false };
  /** Of the reference that was read last. */
  const read = { kind: OTHER_REFERENCE, traceFrom: 0, traceTo: 0, idFrom: 0, idTo: 0, lastFrom: 0 };
  /** A head reaches up to the id of the span: it differs from trace to trace. */
  const heads = knownHeads();
  const kindOfHead: number[] = [];
  /** Where in the head the trace's id is. */
  const traceFromOfHead: number[] = [];
  const traceToOfHead: number[] = [];

  const add = (kind: number, traceFrom: number, traceTo: number, idFrom: number, idTo: number): void => {
    if (references.end === references.list.length) references.list = grown(references.list);
    const { list, end } = references;
    list[end] = kind;
    list[end + 1] = traceFrom;
    list[end + 2] = traceTo;
    list[end + 3] = idFrom;
    list[end + 4] = idTo;
    references.end += REFERENCE_WIDTH;
  };
  const readMember = (): void => {
    json.next();
    const nameFrom = json.at + 1;
    const nameTo = json.memberName();
    if (json.hasEscapes) references.isOdd = true;
    json.hasEscapes = false;
    json.next();
    const from = json.at;
    json.skipValue();
    read.lastFrom = from;
    takeMember(nameFrom, nameTo, from, json.at);
  };
  const takeMember = (nameFrom: number, nameTo: number, from: number, to: number): void => {
    const isText = json.isText(from);
    const textFrom = isText ? from + 1 : 0;
    const textTo = isText ? to - 1 : 0;
    if (json.is(nameFrom, nameTo, REF_TYPE)) {
      read.kind = json.is(textFrom, textTo, CHILD_OF_NAME) ? CHILD_OF : OTHER_REFERENCE;
    } else if (json.is(nameFrom, nameTo, TRACE_ID)) {
      read.traceFrom = textFrom;
      read.traceTo = textTo;
    } else if (json.is(nameFrom, nameTo, SPAN_ID)) {
      read.idFrom = textFrom;
      read.idTo = textTo;
    } else return;
    noteOdd(from);
  };
  const noteOdd = (from: number): void => {
    if (json.isText(from) ? json.hasEscapes : !json.isNull(from)) references.isOdd = true;
  };
  /** From the bracket or the comma before a reference to behind it. */
  const readReference = (): void => {
    const headFrom = json.at;
    json.at += 1;
    if (json.next() !== OPEN_BRACE) {
      json.skipValue();
      return;
    }
    read.kind = OTHER_REFERENCE;
    read.traceFrom = read.traceTo = read.idFrom = read.idTo = read.lastFrom = 0;
    if (json.enter(CLOSE_BRACE)) {
      do readMember();
      while (json.another(CLOSE_BRACE));
    }
    const { kind, traceFrom, traceTo, idFrom, idTo } = read;
    add(kind, traceFrom, traceTo, idFrom, idTo);
    const endsWithId = idFrom > 0 && read.lastFrom === idFrom - 1 && traceTo < idFrom;
    if (references.isOdd || !endsWithId) return;
    const head = heads.learn(json.view, headFrom, idFrom - 1, NO_HEAD, 0);
    kindOfHead[head] = kind;
    traceFromOfHead[head] = traceFrom - headFrom;
    traceToOfHead[head] = traceTo - headFrom;
  };
  /** The same for one that is like the last one but for the id; false, and nothing taken, for another one. */
  const readExpected = (): boolean => {
    const headFrom = json.at;
    const head = heads.guess(json.view, headFrom, NO_HEAD, 0);
    if (head === NO_HEAD) return false;
    json.at += heads.length(head);
    const from = json.at;
    json.hasEscapes = false;
    json.skipValue();
    const to = json.at;
    if (!json.isText(from) || json.hasEscapes || json.next() !== CLOSE_BRACE) {
      json.at = headFrom;
      return false;
    }
    json.at += 1;
    const traceFrom = headFrom + (traceFromOfHead[head] ?? 0);
    add(kindOfHead[head] ?? OTHER_REFERENCE, traceFrom, headFrom + (traceToOfHead[head] ?? 0), from + 1, to - 1);
    return true;
  };

  return {
    references,
    clear() {
      references.end = 0;
      references.isOdd = false;
    },
    read() {
      references.end = 0;
      if (!json.isList()) return;
      let byte = COMMA;
      while (byte === COMMA) {
        if (!readExpected()) readReference();
        byte = json.next();
      }
      if (byte !== CLOSE_BRACKET) throw DAMAGED;
      json.at += 1;
    },
  };
}

const ENCODER = new TextEncoder();
const REF_TYPE = ENCODER.encode('refType');
const CHILD_OF_NAME = ENCODER.encode('CHILD_OF');
const TRACE_ID = ENCODER.encode('traceID');
const SPAN_ID = ENCODER.encode('spanID');
