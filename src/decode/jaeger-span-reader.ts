/**
 * Reads one span of Jaeger's JSON into places in the window: no object and no string. Keys may come in any order; of a key
 * that comes twice the last holds. What no column needs is skipped.
 */
import { EVENTS, INTEGER, LITERAL, SKIPPED, TEXT } from '#decode/assembly/layout.ts';
import type { AttributeFacts } from '#decode/attribute-facts.ts';
import { referenceReader } from '#decode/jaeger-reference-reader.ts';
import { tagReader } from '#decode/jaeger-tag-reader.ts';
import { CLOSE_BRACE, type JsonCursor, OPEN_BRACE, OPEN_BRACKET } from '#decode/json-cursor.ts';
import { numberIn } from '#decode/json-value.ts';
import { clearLesson, noteMember, noteValue, spanLesson } from '#decode/span-lesson.ts';
import type { ReadSpan, SpanReader } from '#decode/span-reader.ts';
import {
  DURATION,
  FROM,
  HAS_EVENTS,
  ID,
  LAST_REFERENCE,
  LAST_TAG,
  MOST_STATEMENTS,
  noteStatement,
  OPERATION,
  oneRecord,
  PARENT,
  PLACE,
  PROCESS,
  START,
  TO,
  TRACE_ID,
  UNKNOWN_PLACE,
} from '#decode/span-records.ts';

/** Members that are read; every other one is skipped. */
const MEMBERS: readonly Uint8Array[] = [
  'traceID',
  'spanID',
  'operationName',
  'references',
  'startTime',
  'duration',
  'tags',
  'logs',
  'processID',
  'parentSpanID',
  'process',
].map((name) => new TextEncoder().encode(name));
const [
  TRACE_ID_MEMBER,
  SPAN_ID_MEMBER,
  OPERATION_MEMBER,
  REFERENCES_MEMBER,
  START_MEMBER,
  DURATION_MEMBER,
  TAGS_MEMBER,
  LOGS_MEMBER,
  PROCESS_ID_MEMBER,
  PARENT_MEMBER,
  PROCESS_MEMBER,
] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

const [BYTES_OF_INT, BYTES_OF_NUMBER] = [4, 8];

export function spanReader(json: JsonCursor, facts: AttributeFacts): SpanReader {
  const records = oneRecord();
  const { ints, numbers } = records;
  const lesson = spanLesson();
  const tags = tagReader(json, facts, lesson);
  const references = referenceReader(json, lesson);
  const span: ReadSpan = { isOdd: false, records, lesson };

  /** The value as a range; one that is no text and not null is odd. */
  const text = (into: number): void => {
    const from = json.at;
    json.hasEscapes = false;
    json.skipValue();
    if (json.isText(from) && !json.hasEscapes) {
      ints[into] = from + 1;
      ints[into + 1] = json.at - 1;
      noteValue(lesson, TEXT, into * BYTES_OF_INT, 0, from, json.at);
      return;
    }
    ints[into] = ints[into + 1] = 0;
    if (!json.isNull(from)) span.isOdd = true;
  };
  /** What is neither text, number nor null is odd. */
  const literal = (into: number): void => {
    const from = json.at;
    const byte = json.next();
    json.skipValue();
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) span.isOdd = true;
    ints[into] = from;
    ints[into + 1] = json.at;
    noteValue(lesson, LITERAL, into * BYTES_OF_INT, 0, from, json.at);
  };
  const number = (into: number): void => {
    const byte = json.next();
    const from = json.at;
    const integer = json.integer();
    if (integer !== undefined) {
      numbers[into] = integer;
      noteValue(lesson, INTEGER, into * BYTES_OF_NUMBER, 0, from, json.at);
      return;
    }
    lesson.isPlain = false;
    json.skipValue();
    const isNested = byte === OPEN_BRACE || byte === OPEN_BRACKET;
    numbers[into] = isNested ? 0 : Math.trunc(numberIn({ value: json.value(from, json.at) }, 'value'));
  };
  const skip = (): void => {
    const from = json.at;
    json.skipValue();
    noteValue(lesson, SKIPPED, 0, 0, from, json.at);
  };
  const readLogs = (): void => {
    const isList = json.next() === OPEN_BRACKET;
    const from = json.at;
    json.skipValue();
    ints[HAS_EVENTS] = isList && !json.isEmptyList(from) ? 1 : 0;
    noteValue(lesson, EVENTS, 0, 0, from, json.at);
  };
  const readValue = (member: number): void => {
    switch (member) {
      case SPAN_ID_MEMBER:
        text(ID);
        break;
      case OPERATION_MEMBER:
        literal(OPERATION);
        break;
      case REFERENCES_MEMBER:
        references.read();
        break;
      case START_MEMBER:
        number(START);
        break;
      case DURATION_MEMBER:
        number(DURATION);
        break;
      case TAGS_MEMBER:
        tags.read();
        break;
      case LOGS_MEMBER:
        readLogs();
        break;
      case TRACE_ID_MEMBER:
        text(TRACE_ID);
        break;
      case PROCESS_ID_MEMBER:
        literal(PROCESS);
        break;
      case PARENT_MEMBER:
        text(PARENT);
        break;
      case PROCESS_MEMBER:
        if (json.next() === OPEN_BRACE) span.isOdd = true;
        json.skipValue();
        break;
      default:
        skip();
    }
  };
  const readMember = (): void => {
    json.next();
    const nameFrom = json.at + 1;
    const nameTo = json.memberName();
    json.next();
    if (json.hasEscapes) span.isOdd = true;
    const member = MEMBERS.findIndex((name) => json.is(nameFrom, nameTo, name));
    if (member >= 0) noteMember(lesson, member);
    readValue(member);
  };
  return {
    span,
    read() {
      span.isOdd = false;
      ints.fill(0);
      clearLesson(lesson);
      tags.clear();
      references.clear();
      ints[FROM] = json.at;
      if (json.enter(CLOSE_BRACE)) {
        do readMember();
        while (json.another(CLOSE_BRACE));
      }
      ints[TO] = json.at;
      ints[PLACE] = UNKNOWN_PLACE;
      ints[LAST_TAG] = tags.count();
      ints[LAST_REFERENCE] = references.count();
      records.tags = tags.list();
      records.references = references.list();
      const statements = noteStatement(records, tags.count());
      if (tags.isOdd() || references.isOdd() || statements > MOST_STATEMENTS) span.isOdd = true;
    },
  };
}
