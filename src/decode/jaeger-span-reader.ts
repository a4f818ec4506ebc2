/**
 * Reads one span of Jaeger's JSON into positions in the window, without objects and strings. Keys may come in any
 * order; of a repeated key the last one counts. Values that no column needs are skipped.
 */
import { INTEGER } from '#decode/assembly/layout.ts';
import type { AttributeFacts } from '#decode/attribute-facts.ts';
import { referenceReader } from '#decode/jaeger-reference-reader.ts';
import { tagReader } from '#decode/jaeger-tag-reader.ts';
import { type JsonCursor, OPEN_BRACE, OPEN_BRACKET } from '#decode/json-cursor.ts';
import { numberIn } from '#decode/json-value.ts';
import { noteValue } from '#decode/span-lesson.ts';
import { inBytes, memberReader, type SpanReader } from '#decode/span-reader.ts';
import { DURATION, ID, LAST_REFERENCE, OPERATION, PARENT, PROCESS, START, TRACE_ID } from '#decode/span-records.ts';

/** Members that are read; every other one is skipped. */
const MEMBERS = inBytes(
  [
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
  ].map((name) => [name]),
);
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

const BYTES_OF_NUMBER = 8;

export function spanReader(json: JsonCursor, facts: AttributeFacts): SpanReader {
  const members = memberReader(json, MEMBERS);
  const { span, text, literal } = members;
  const { records, lesson } = span;
  const { numbers } = records;
  const tags = tagReader(json, facts, lesson);
  const references = referenceReader(json, lesson);

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
        members.events();
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
        members.skip();
    }
  };

  return {
    span,
    read() {
      tags.clear();
      references.clear();
      members.readMembers(readValue);
      records.tags = tags.list();
      records.references = references.list();
      records.ints[LAST_REFERENCE] = references.count();
      members.endTags(tags.count());
      if (tags.isOdd() || references.isOdd()) span.isOdd = true;
    },
  };
}
