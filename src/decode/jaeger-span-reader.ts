/**
 * Reads one span of Jaeger's JSON into places in the window: no object and no string. Keys may come in any order; of a key
 * that comes twice the last holds. What no column needs is skipped.
 */
import type { JaegerFacts } from '#decode/jaeger-facts.ts';
import { type ReadReferences, referenceReader } from '#decode/jaeger-reference-reader.ts';
import { type ReadTags, tagReader } from '#decode/jaeger-tag-reader.ts';
import { CLOSE_BRACE, COMMA, DAMAGED, type JsonCursor, OPEN_BRACE, OPEN_BRACKET } from '#decode/json-cursor.ts';
import { numberIn } from '#decode/json-value.ts';
import { knownHeads, NO_HEAD } from '#decode/known-heads.ts';

/** The span that was read last. A place is where a value begins and ends, without its quotes; both 0 for none. */
export type ReadSpan = {
  /** Holds an escape in a name or an id, or another type than servers send: it has to be parsed. */
  isOdd: boolean;
  from: number;
  id: Place;
  traceId: Place;
  parent: Place;
  /** With its quotes and escapes. */
  process: Place;
  /** The operation as it stands in the body, a number of `facts.literals`. */
  operation: number;
  startUs: number;
  durationUs: number;
  hasEvents: number;
  tags: ReadTags;
  references: ReadReferences;
};

export type Place = [from: number, to: number];

/** `read` goes from the span's opening brace to behind its closing one, or throws as the cursor does. */
export type SpanReader = Readonly<{ span: Readonly<ReadSpan>; read(): void }>;

/** Members that are read; every other one is skipped. */
const [
  OTHER,
  TRACE_ID,
  SPAN_ID,
  OPERATION_NAME,
  REFERENCES,
  START_TIME,
  DURATION,
  TAGS,
  LOGS,
  PROCESS_ID,
  PARENT_SPAN_ID,
  PROCESS,
] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

const MEMBERS: readonly (readonly [name: Uint8Array, member: number])[] = (
  [
    ['traceID', TRACE_ID],
    ['spanID', SPAN_ID],
    ['operationName', OPERATION_NAME],
    ['references', REFERENCES],
    ['startTime', START_TIME],
    ['duration', DURATION],
    ['tags', TAGS],
    ['logs', LOGS],
    ['processID', PROCESS_ID],
    ['parentSpanID', PARENT_SPAN_ID],
    ['process', PROCESS],
  ] as const
).map(([name, member]) => [new TextEncoder().encode(name), member]);

export function spanReader(json: JsonCursor, facts: JaegerFacts): SpanReader {
  const tags = tagReader(json, facts);
  const references = referenceReader(json);
  const span: ReadSpan = {
    isOdd: false,
    from: 0,
    id: [0, 0],
    traceId: [0, 0],
    parent: [0, 0],
    process: [0, 0],
    operation: 0,
    startUs: 0,
    durationUs: 0,
    hasEvents: 0,
    tags: tags.tags,
    references: references.references,
  };
  const heads = knownHeads();
  const memberOfHead: number[] = [];
  /** The head of the member before, where it is known. */
  let before = NO_HEAD;

  /** The value as a range; one that is no text and not null is odd. */
  const text = (into: Place): void => {
    const from = json.at;
    json.hasEscapes = false;
    json.skipValue();
    if (json.isText(from) && !json.hasEscapes) {
      into[0] = from + 1;
      into[1] = json.at - 1;
      return;
    }
    into[0] = into[1] = 0;
    if (!json.isNull(from)) span.isOdd = true;
  };
  /** What is neither text, number nor null is odd. */
  const skipLiteral = (): void => {
    const byte = json.next();
    json.skipValue();
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
  const readLogs = (): void => {
    const isList = json.next() === OPEN_BRACKET;
    const from = json.at;
    json.skipValue();
    span.hasEvents = isList && !isEmptyList(json.bytes, from, json.at) ? 1 : 0;
  };
  const readValue = (member: number): void => {
    switch (member) {
      case SPAN_ID:
        text(span.id);
        break;
      case OPERATION_NAME: {
        const from = json.at;
        skipLiteral();
        span.operation = facts.literals.ofBytes(json.bytes, from, json.at);
        break;
      }
      case REFERENCES:
        references.read();
        break;
      case START_TIME:
        span.startUs = number();
        break;
      case DURATION:
        span.durationUs = number();
        break;
      case TAGS:
        tags.read(span.operation);
        break;
      case LOGS:
        readLogs();
        break;
      case TRACE_ID:
        text(span.traceId);
        break;
      case PROCESS_ID:
        span.process[0] = json.at;
        skipLiteral();
        span.process[1] = json.at;
        break;
      case PARENT_SPAN_ID:
        text(span.parent);
        break;
      case PROCESS:
        if (json.next() === OPEN_BRACE) span.isOdd = true;
        json.skipValue();
        break;
      default:
        json.skipValue();
    }
  };
  /** From the brace or the comma before a member to its value; which member it is. */
  const readHead = (): number => {
    const from = json.at;
    json.at += 1;
    json.next();
    const nameFrom = json.at + 1;
    const nameTo = json.memberName();
    json.next();
    if (json.hasEscapes) {
      span.isOdd = true;
      before = NO_HEAD;
      return OTHER;
    }
    const member = MEMBERS.find(([name]) => json.is(nameFrom, nameTo, name))?.[1] ?? OTHER;
    before = heads.learn(json.view, from, json.at, before, 0);
    memberOfHead[before] = member;
    return member;
  };
  const member = (): number => {
    const head = heads.guess(json.view, json.at, before, 0);
    if (head === NO_HEAD) return readHead();
    before = head;
    json.at += heads.length(head);
    return memberOfHead[head] ?? OTHER;
  };
  const clear = (): void => {
    span.isOdd = false;
    span.from = json.at;
    span.operation = span.startUs = span.durationUs = span.hasEvents = 0;
    span.id[0] = span.id[1] = span.traceId[0] = span.traceId[1] = span.parent[0] = span.parent[1] = 0;
    span.process[0] = span.process[1] = 0;
    tags.clear();
    references.clear();
    before = NO_HEAD;
  };

  return {
    span,
    read() {
      clear();
      if (!json.enter(CLOSE_BRACE)) return;
      json.at = span.from;
      let byte = COMMA;
      while (byte === COMMA) {
        readValue(member());
        byte = json.next();
      }
      if (byte !== CLOSE_BRACE) throw DAMAGED;
      json.at += 1;
      if (tags.tags.isOdd || references.references.isOdd) span.isOdd = true;
    },
  };
}

const [SPACE, TAB, NEWLINE, RETURN] = [32, 9, 10, 13];

function isEmptyList(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from + 1; at < to - 1; at += 1) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== NEWLINE && byte !== RETURN && byte !== TAB) return false;
  }
  return true;
}
