/**
 * Reads one span of OTLP's JSON into places in the window, as `jaeger-span-reader.ts` does with Jaeger's: no object and no
 * string. Its kind and the code of its status stand among the tags, for what they say follows from all of these together.
 */
import { EVENTS, LITERAL, NO_ROLE, SKIPPED, TAG, TEXT, VALUE } from '#decode/assembly/layout.ts';
import type { AttributeFacts } from '#decode/attribute-facts.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, type JsonCursor, OPEN_BRACE, OPEN_BRACKET } from '#decode/json-cursor.ts';
import { clearLesson, noteMember, noteValue, spanLesson } from '#decode/span-lesson.ts';
import type { ReadSpan, SpanReader } from '#decode/span-reader.ts';
import {
  FROM,
  HAS_EVENTS,
  ID,
  LAST_TAG,
  MOST_STATEMENTS,
  noteStatement,
  OPERATION,
  oneRecord,
  PARENT,
  PLACE,
  TAG_INTS,
  TO,
  TRACE_ID,
  UNKNOWN_PLACE,
} from '#decode/span-records.ts';
import { grown } from '#model/grown.ts';

/** Where the texts of start and end stand, in the room of the two numbers. */
export const [START_TEXT, END_TEXT] = [22, 24];

/** In which form the value of an attribute comes. */
export const VALUE_FORMS = ['stringValue', 'intValue', 'doubleValue', 'boolValue'] as const;

/** Keys of tags that are no attributes. A key of an attribute is its number in `facts.keys`, and its form behind that. */
export type OtlpKeys = Readonly<{ kind: number; status: number }>;

/** In both spellings, which protobuf allows. Of a member that comes twice, in whichever spelling, the parser decides. */
const MEMBERS = byName([
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

const FORM_NAMES = byName(VALUE_FORMS.map((name) => [name, name.replace('Value', '_value')]));
const [KEY_NAME, VALUE_NAME, CODE_NAME] = byName([['key'], ['value'], ['code']]);

const BYTES_OF_INT = 4;

export function otlpSpanReader(json: JsonCursor, facts: AttributeFacts, keys: OtlpKeys): SpanReader {
  const records = oneRecord();
  const { ints } = records;
  const lesson = spanLesson();
  const span: ReadSpan = { isOdd: false, records, lesson };
  let tags = 0;
  /** Bits of the members that came. */
  let seen = 0;

  /** Whether the name of the member that begins here is the `wanted` one; goes to its value. */
  const isNamed = (wanted: readonly Uint8Array[] | undefined): boolean => {
    json.next();
    const from = json.at + 1;
    const to = json.memberName();
    if (json.hasEscapes) span.isOdd = true;
    json.next();
    return wanted?.some((name) => json.is(from, to, name)) === true;
  };
  const note = (member: number): void => {
    if ((seen & (1 << member)) !== 0) span.isOdd = true;
    seen |= 1 << member;
    noteMember(lesson, member);
  };
  const text = (into: number): void => {
    const from = json.at;
    json.hasEscapes = false;
    json.skipValue();
    if (!json.isText(from) || json.hasEscapes) span.isOdd = true;
    ints[into] = from + 1;
    ints[into + 1] = json.at - 1;
    noteValue(lesson, TEXT, into * BYTES_OF_INT, 0, from, json.at);
  };
  const name = (): void => {
    const from = json.at;
    json.skipValue();
    ints[OPERATION] = from;
    ints[OPERATION + 1] = json.at;
    noteValue(lesson, LITERAL, OPERATION * BYTES_OF_INT, 0, from, json.at);
  };
  const skip = (): void => {
    const from = json.at;
    json.skipValue();
    noteValue(lesson, SKIPPED, 0, 0, from, json.at);
  };
  const addTag = (key: number, role: number, from: number): void => {
    const at = tags * TAG_INTS;
    if (at === records.tags.length) records.tags = grown(records.tags);
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
  const events = (): void => {
    const isList = json.next() === OPEN_BRACKET;
    const from = json.at;
    json.skipValue();
    ints[HAS_EVENTS] = isList && !json.isEmptyList(from) ? 1 : 0;
    noteValue(lesson, EVENTS, 0, 0, from, json.at);
  };
  /** Whether they lead to other traces, the parser tells. That there are none is a part of the head behind them. */
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
        if (isNamed(CODE_NAME)) code(keys.status);
        else skip();
      } while (json.another(CLOSE_BRACE));
    }
  };
  /** False for another form than these, for none and for several. */
  const readValue = (key: number, role: number): boolean => {
    if (!json.enter(CLOSE_BRACE)) return false;
    json.next();
    const nameFrom = json.at + 1;
    const nameTo = json.memberName();
    const form = FORM_NAMES.findIndex((names) => names.some((one) => json.is(nameFrom, nameTo, one)));
    json.next();
    const from = json.at;
    json.hasEscapes = false;
    json.skipValue();
    if (form < 0) return false;
    addTag(key * VALUE_FORMS.length + form, role, from);
    return !json.another(CLOSE_BRACE);
  };
  /** `{"key":"http.request.method","value":{"stringValue":"GET"}}`, as every sender writes it; false for anything else. */
  const readAttribute = (): boolean => {
    if (json.next() !== OPEN_BRACE || !json.enter(CLOSE_BRACE) || !isNamed(KEY_NAME) || !json.isText(json.at))
      return false;
    const keyFrom = json.at + 1;
    json.hasEscapes = false;
    json.skipText();
    const keyTo = json.at - 1;
    if (json.hasEscapes || !json.another(CLOSE_BRACE) || !isNamed(VALUE_NAME) || json.next() !== OPEN_BRACE)
      return false;
    const key = facts.keys.ofBytes(json.bytes, keyFrom, keyTo);
    const role = facts.roleOf(key);
    if (role === NO_ROLE) skip();
    else if (!readValue(key, role)) return false;
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
  const readMemberValue = (member: number): void => {
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
        name();
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
        events();
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
  const readMember = (): void => {
    json.next();
    const from = json.at + 1;
    const to = json.memberName();
    if (json.hasEscapes) span.isOdd = true;
    const member = MEMBERS.findIndex((names) => names.some((one) => json.is(from, to, one)));
    if (member >= 0) note(member);
    json.next();
    readMemberValue(member);
  };

  return {
    span,
    read() {
      span.isOdd = false;
      ints.fill(0);
      clearLesson(lesson);
      tags = seen = 0;
      ints[FROM] = json.at;
      if (json.enter(CLOSE_BRACE)) {
        do readMember();
        while (json.another(CLOSE_BRACE));
      }
      ints[TO] = json.at;
      ints[PLACE] = UNKNOWN_PLACE;
      ints[LAST_TAG] = tags;
      if (noteStatement(records, tags) > MOST_STATEMENTS) span.isOdd = true;
    },
  };
}

/** The names of each, as bytes. */
function byName(names: readonly (readonly string[])[]): readonly (readonly Uint8Array[])[] {
  const encoder = new TextEncoder();
  return names.map((all) => all.map((name) => encoder.encode(name)));
}
