/**
 * Reads one span of OTLP's JSON into positions in the window, as `jaeger-span-reader.ts` does with Jaeger's: without
 * objects and strings. Its kind and status code are stored among the tags, because the column values follow from all of
 * these together.
 */

import { growArray } from '#core/grow-array.ts';
import { NO_ROLE, TAG, VALUE } from '#decode/assembly/layout.ts';
import type { AttributeFacts } from '#decode/attribute-facts.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, type JsonCursor, OPEN_BRACE, OPEN_BRACKET } from '#decode/json-cursor.ts';
import { noteValue } from '#decode/span-lesson.ts';
import { inBytes, memberReader, type SpanReader } from '#decode/span-reader.ts';
import { ID, OPERATION, PARENT, TAG_INTS, TRACE_ID } from '#decode/span-records.ts';

/** Where the texts of start and end stand, in the room of the two numbers. */
export const [START_TEXT, END_TEXT] = [22, 24];

/** In which form the value of an attribute comes. */
export const VALUE_FORMS = ['stringValue', 'intValue', 'doubleValue', 'boolValue'] as const;

/** Keys of tags that are no attributes. A key of an attribute is its number in `facts.keys`, and its form behind that. */
export type OtlpKeys = Readonly<{ kind: number; status: number }>;

/** In both spellings, which protobuf allows. Of a member that comes twice, in whichever spelling, the parser decides. */
const MEMBERS = inBytes([
  ['traceId', 'trace_id'],
  ['spanId', 'span_id'],
  ['parentSpanId', 'parent_span_id'],
  ['name'],
  ['kind'],
  ['startTimeUnixNano', 'start_time_unix_nano'],
  ['endTimeUnixNano', 'end_time_unix_nano'],
  ['attributes'],
  ['events'],
  ['links'],
  ['status'],
]);
const [TRACE_ID_MEMBER, SPAN_ID_MEMBER, PARENT_MEMBER, NAME_MEMBER, KIND_MEMBER, START_MEMBER, END_MEMBER] = [
  0, 1, 2, 3, 4, 5, 6,
];
const [ATTRIBUTES_MEMBER, EVENTS_MEMBER, LINKS_MEMBER, STATUS_MEMBER] = [7, 8, 9, 10];

const FORM_NAMES = inBytes(VALUE_FORMS.map((name) => [name, name.replace('Value', '_value')]));
/** Members of an attribute, and of a status. */
const KEY = inBytes([['key']]);
const ATTRIBUTE_VALUE = inBytes([['value']]);
const CODE = inBytes([['code']]);

export function otlpSpanReader(json: JsonCursor, facts: AttributeFacts, keys: OtlpKeys): SpanReader {
  const members = memberReader(json, MEMBERS);
  const { span, text, skip } = members;
  const { records, lesson } = span;
  let tags = 0;
  /** Bits of the members that came. */
  let seen = 0;

  const addTag = (key: number, role: number, from: number): void => {
    const at = tags * TAG_INTS;
    if (at === records.tags.length) records.tags = growArray(records.tags);
    const list = records.tags;
    list[at] = key;
    list[at + 1] = role;
    list[at + 2] = from;
    list[at + 3] = json.at;
    list[at + 4] = json.hasEscapes ? 1 : 0;
    list[at + 5] = 0;
    tags += 1;
    noteValue(lesson, TAG, key, role, from, json.at);
  };
  const code = (key: number): void => {
    const from = json.at;
    json.hasEscapes = false;
    json.skipValue();
    addTag(key, VALUE, from);
  };
  /** The parser decides whether links lead to other traces. An empty list is a part of the next head. */
  const links = (): void => {
    if (!json.isList()) return;
    span.isOdd = true;
    json.skipValue();
  };
  const status = (): void => {
    if (json.next() !== OPEN_BRACE) {
      span.isOdd = true;
      json.skipValue();
    } else if (json.enter(CLOSE_BRACE)) {
      do {
        if (members.among(CODE) === 0) code(keys.status);
        else skip();
      } while (json.another(CLOSE_BRACE));
    }
  };
  /** False for another form than these, for none and for several. */
  const readAttributeValue = (key: number, role: number): boolean => {
    if (!json.enter(CLOSE_BRACE)) return false;
    const form = members.among(FORM_NAMES);
    const from = json.at;
    json.hasEscapes = false;
    json.skipValue();
    if (form < 0) return false;
    addTag(key * VALUE_FORMS.length + form, role, from);
    return !json.another(CLOSE_BRACE);
  };
  /** `{"key":"http.request.method","value":{"stringValue":"GET"}}`, as every sender writes it; false for anything else. */
  const readAttribute = (): boolean => {
    if (json.next() !== OPEN_BRACE || !json.enter(CLOSE_BRACE) || members.among(KEY) < 0 || !json.isText(json.at))
      return false;
    const keyFrom = json.at + 1;
    json.hasEscapes = false;
    json.skipText();
    const keyTo = json.at - 1;
    if (
      json.hasEscapes ||
      !json.another(CLOSE_BRACE) ||
      members.among(ATTRIBUTE_VALUE) < 0 ||
      json.next() !== OPEN_BRACE
    )
      return false;
    const key = facts.keys.ofBytes(json.bytes, keyFrom, keyTo);
    const role = facts.roleOf(key);
    if (role === NO_ROLE) skip();
    else if (!readAttributeValue(key, role)) return false;
    return !json.another(CLOSE_BRACE);
  };
  const attributes = (): void => {
    if (json.next() !== OPEN_BRACKET) span.isOdd = true;
    if (!json.isList()) return;
    json.enter(CLOSE_BRACKET);
    do {
      json.next();
      const from = json.at;
      if (readAttribute()) continue;
      span.isOdd = true;
      json.at = from;
      json.skipValue();
    } while (json.another(CLOSE_BRACKET));
  };
  const readValue = (member: number): void => {
    const bit = member < 0 ? 0 : 1 << member;
    if ((seen & bit) !== 0) span.isOdd = true;
    seen |= bit;
    switch (member) {
      case TRACE_ID_MEMBER:
        text(TRACE_ID);
        break;
      case SPAN_ID_MEMBER:
        text(ID);
        break;
      case PARENT_MEMBER:
        text(PARENT);
        break;
      case NAME_MEMBER:
        members.literal(OPERATION);
        break;
      case KIND_MEMBER:
        code(keys.kind);
        break;
      case START_MEMBER:
        text(START_TEXT);
        break;
      case END_MEMBER:
        text(END_TEXT);
        break;
      case ATTRIBUTES_MEMBER:
        attributes();
        break;
      case EVENTS_MEMBER:
        members.events();
        break;
      case LINKS_MEMBER:
        links();
        break;
      case STATUS_MEMBER:
        status();
        break;
      default:
        skip();
    }
  };

  return {
    span,
    read() {
      tags = seen = 0;
      members.readMembers(readValue);
      members.endTags(tags);
    },
  };
}
