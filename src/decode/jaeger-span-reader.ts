/**
 * Reads one span of Jaeger's JSON into places in the window: no object and no string. Keys may come in any order; of a key
 * that comes twice the last holds. What no column needs is skipped.
 */
import { grown } from '#decode/grown.ts';
import { type JaegerFacts, NO_ROLE } from '#decode/jaeger-facts.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  DAMAGED,
  type JsonCursor,
  OPEN_BRACE,
  OPEN_BRACKET,
} from '#decode/json-cursor.ts';
import { numberIn } from '#decode/json-value.ts';
import { CHILD_OF, OTHER_REFERENCE } from '#decode/span-references.ts';

/** The span that was read last. A place is where a value begins and ends, without its quotes; both 0 for none. */
export type ReadSpan = {
  /** Holds an escape in a name or an id, or another type than servers send: it has to be parsed. */
  isOdd: boolean;
  from: number;
  id: Place;
  traceId: Place;
  parent: Place;
  /** With their quotes and escapes. */
  operation: Place;
  process: Place;
  startUs: number;
  durationUs: number;
  hasEvents: number;
  /** Of the tags that columns depend on, `TAG_WIDTH` numbers each: key, role, value from, to (with quotes), has escapes. */
  tags: Int32Array;
  tagsEnd: number;
  /** `REFERENCE_WIDTH` numbers each: kind, the trace's id from, to, the span's id from, to. */
  references: Int32Array;
  referencesEnd: number;
};

type Place = [from: number, to: number];

export const TAG_WIDTH = 5;
export const REFERENCE_WIDTH = 5;

/** `read` goes from the span's opening brace to behind its closing one, or throws as the cursor does. */
export type SpanReader = Readonly<{ span: Readonly<ReadSpan>; read(): void }>;

export function spanReader(json: JsonCursor, facts: JaegerFacts): SpanReader {
  const span: ReadSpan = {
    isOdd: false,
    from: 0,
    id: [0, 0],
    traceId: [0, 0],
    parent: [0, 0],
    operation: [0, 0],
    process: [0, 0],
    startUs: 0,
    durationUs: 0,
    hasEvents: 0,
    tags: new Int32Array(TAG_WIDTH * 16),
    tagsEnd: 0,
    references: new Int32Array(REFERENCE_WIDTH * 4),
    referencesEnd: 0,
  };
  const reference: Readonly<Record<'type' | 'traceId' | 'id', Place>> = { type: [0, 0], traceId: [0, 0], id: [0, 0] };

  /** From the name's opening quote to behind the colon; returns where the name ends. */
  const memberName = (): number => {
    if (!json.isText(json.at)) throw DAMAGED;
    json.hasEscapes = false;
    json.skipText();
    const to = json.at - 1;
    if (json.hasEscapes) span.isOdd = true;
    json.expect(COLON);
    json.hasEscapes = false;
    return to;
  };
  /** The value as a range; one that is no text and not null is odd. */
  const text = (into: Place): void => {
    json.next();
    const from = json.at;
    json.skipValue();
    if (json.isText(from) && !json.hasEscapes) {
      into[0] = from + 1;
      into[1] = json.at - 1;
      return;
    }
    into[0] = into[1] = 0;
    if (!json.is(from, json.at, NULL)) span.isOdd = true;
  };
  /** The value with its quotes, escapes and all; what is neither text, number nor null is odd. */
  const literal = (into: Place): void => {
    const byte = json.next();
    into[0] = json.at;
    json.skipValue();
    into[1] = json.at;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) span.isOdd = true;
  };
  const number = (): number => {
    const byte = json.next();
    const from = json.at;
    const integer = json.integer();
    if (integer !== undefined) return integer;
    json.skipValue();
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return 0;
    return Math.trunc(numberIn({ value: json.value(from, json.at) }, 'value'));
  };
  const readTag = (): void => {
    let keyFrom = -1;
    let keyTo = 0;
    let valueFrom = -1;
    let valueTo = 0;
    let escapes = 0;
    if (!json.enter(CLOSE_BRACE)) return;
    do {
      json.next();
      const from = json.at + 1;
      const to = memberName();
      json.next();
      const value = json.at;
      json.skipValue();
      if (json.is(from, to, KEY)) {
        if (!json.isText(value) || json.hasEscapes) span.isOdd = true;
        keyFrom = value + 1;
        keyTo = json.at - 1;
      } else if (json.is(from, to, TAG_VALUE)) {
        valueFrom = value;
        valueTo = json.at;
        escapes = json.hasEscapes ? 1 : 0;
      }
    } while (json.another(CLOSE_BRACE));
    if (valueFrom >= 0) addTag(keyFrom, keyTo, valueFrom, valueTo, escapes);
  };
  const addTag = (keyFrom: number, keyTo: number, valueFrom: number, valueTo: number, escapes: number): void => {
    if (keyFrom < 0) span.isOdd = true;
    if (span.isOdd) return;
    const key = facts.keys.ofBytes(json.bytes, keyFrom, keyTo);
    const role = facts.roleOf(key);
    if (role === NO_ROLE || json.is(valueFrom, valueTo, NULL)) return;
    const byte = json.bytes[valueFrom];
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) span.isOdd = true;
    if (span.tagsEnd === span.tags.length) span.tags = grown(span.tags);
    const { tags, tagsEnd } = span;
    tags[tagsEnd] = key;
    tags[tagsEnd + 1] = role;
    tags[tagsEnd + 2] = valueFrom;
    tags[tagsEnd + 3] = valueTo;
    tags[tagsEnd + 4] = escapes;
    span.tagsEnd += TAG_WIDTH;
  };
  const readReference = (): void => {
    const { type, traceId, id } = reference;
    type[0] = type[1] = traceId[0] = traceId[1] = id[0] = id[1] = 0;
    let holdsMembers = json.enter(CLOSE_BRACE);
    while (holdsMembers) {
      json.next();
      const from = json.at + 1;
      const to = memberName();
      if (json.is(from, to, REF_TYPE)) text(type);
      else if (json.is(from, to, TRACE_ID)) text(traceId);
      else if (json.is(from, to, SPAN_ID)) text(id);
      else json.skipValue();
      holdsMembers = json.another(CLOSE_BRACE);
    }
    const kind = json.is(type[0] ?? 0, type[1] ?? 0, CHILD_OF_NAME) ? CHILD_OF : OTHER_REFERENCE;
    if (span.referencesEnd === span.references.length) span.references = grown(span.references);
    const { references, referencesEnd } = span;
    references[referencesEnd] = kind;
    references[referencesEnd + 1] = traceId[0] ?? 0;
    references[referencesEnd + 2] = traceId[1] ?? 0;
    references[referencesEnd + 3] = id[0] ?? 0;
    references[referencesEnd + 4] = id[1] ?? 0;
    span.referencesEnd += REFERENCE_WIDTH;
  };
  const readList = (read: () => void): void => {
    if (json.next() !== OPEN_BRACKET) {
      json.skipValue();
      return;
    }
    if (!json.enter(CLOSE_BRACKET)) return;
    do {
      if (json.next() === OPEN_BRACE) read();
      else json.skipValue();
    } while (json.another(CLOSE_BRACKET));
  };
  const members: readonly (readonly [name: Uint8Array, read: () => void])[] = [
    [TRACE_ID, () => text(span.traceId)],
    [SPAN_ID, () => text(span.id)],
    [OPERATION_NAME, () => literal(span.operation)],
    [
      REFERENCES,
      () => {
        span.referencesEnd = 0;
        readList(readReference);
      },
    ],
    [
      START_TIME,
      () => {
        span.startUs = number();
      },
    ],
    [
      DURATION,
      () => {
        span.durationUs = number();
      },
    ],
    [
      TAGS,
      () => {
        span.tagsEnd = 0;
        readList(readTag);
      },
    ],
    [
      LOGS,
      () => {
        const isList = json.next() === OPEN_BRACKET;
        const from = json.at;
        json.skipValue();
        span.hasEvents = isList && !isEmptyList(json.bytes, from, json.at) ? 1 : 0;
      },
    ],
    [PROCESS_ID, () => literal(span.process)],
    [PARENT_SPAN_ID, () => text(span.parent)],
    [
      PROCESS,
      () => {
        if (json.next() === OPEN_BRACE) span.isOdd = true;
        json.skipValue();
      },
    ],
  ];
  const readMember = (from: number, to: number): void => {
    for (const [name, read] of members) {
      if (!json.is(from, to, name)) continue;
      read();
      return;
    }
    json.skipValue();
  };

  return {
    span,
    read() {
      span.isOdd = false;
      span.from = json.at;
      span.startUs = span.durationUs = span.hasEvents = span.tagsEnd = span.referencesEnd = 0;
      span.id[0] = span.id[1] = span.traceId[0] = span.traceId[1] = span.parent[0] = span.parent[1] = 0;
      span.operation[0] = span.operation[1] = span.process[0] = span.process[1] = 0;
      if (!json.enter(CLOSE_BRACE)) return;
      do {
        json.next();
        const from = json.at + 1;
        readMember(from, memberName());
      } while (json.another(CLOSE_BRACE));
    },
  };
}

const ENCODER = new TextEncoder();
const NULL = ENCODER.encode('null');
const KEY = ENCODER.encode('key');
const TAG_VALUE = ENCODER.encode('value');
const REF_TYPE = ENCODER.encode('refType');
const CHILD_OF_NAME = ENCODER.encode('CHILD_OF');
const TRACE_ID = ENCODER.encode('traceID');
const SPAN_ID = ENCODER.encode('spanID');
const TAGS = ENCODER.encode('tags');
const REFERENCES = ENCODER.encode('references');
const OPERATION_NAME = ENCODER.encode('operationName');
const START_TIME = ENCODER.encode('startTime');
const DURATION = ENCODER.encode('duration');
const PROCESS_ID = ENCODER.encode('processID');
const PARENT_SPAN_ID = ENCODER.encode('parentSpanID');
const LOGS = ENCODER.encode('logs');
const PROCESS = ENCODER.encode('process');

const [SPACE, TAB, NEWLINE, RETURN] = [32, 9, 10, 13];

function isEmptyList(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from + 1; at < to - 1; at += 1) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== NEWLINE && byte !== RETURN && byte !== TAB) return false;
  }
  return true;
}
