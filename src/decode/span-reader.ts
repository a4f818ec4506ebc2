/** Reads the members of one span into positions in the window, for all formats: without objects and strings. */
import { EVENTS, LITERAL, SKIPPED, TEXT } from '#decode/assembly/layout.ts';
import { CLOSE_BRACE, type JsonCursor, OPEN_BRACE, OPEN_BRACKET } from '#decode/json-cursor.ts';
import { clearLesson, noteMember, noteValue, type SpanLesson, spanLesson } from '#decode/span-lesson.ts';
import {
  FROM,
  HAS_EVENTS,
  LAST_TAG,
  MOST_STATEMENTS,
  noteStatement,
  oneRecord,
  PLACE,
  type SpanRecords,
  TO,
  UNKNOWN_PLACE,
} from '#decode/span-records.ts';

/** The most recently read span. */
export type ReadSpan = {
  /** Contains an escape in a name or an id, or a type that servers do not send: it must be parsed. */
  isOdd: boolean;
  /** For this one span. */
  records: SpanRecords;
  lesson: SpanLesson;
};

/** `read` goes from the span's opening brace to the position after its closing one, or throws as the cursor does. */
export type SpanReader = Readonly<{ span: Readonly<ReadSpan>; read(): void }>;

export type MemberReader = Readonly<{
  span: ReadSpan;
  /** Goes through the members; `readValue` is given the number of each among those that have names, −1 for every other one. */
  readMembers(readValue: (member: number) => void): void;
  /** Which of these lists has the name of the member that begins here, −1 for none; goes to its value. */
  among(lists: readonly (readonly Uint8Array[])[]): number;
  /** Behind the last member: so many tags were read. */
  endTags(count: number): void;
  /** The value here, as a range into the record; one that is no text and not null is odd. */
  text(into: number): void;
  /** The same with its quotes; what is neither text, number nor null is odd. */
  literal(into: number): void;
  events(): void;
  skip(): void;
}>;

const BYTES_OF_INT = 4;

/** `members` has the names of each, all in bytes. */
export function memberReader(json: JsonCursor, members: readonly (readonly Uint8Array[])[]): MemberReader {
  const records = oneRecord();
  const { ints } = records;
  const lesson = spanLesson();
  const span: ReadSpan = { isOdd: false, records, lesson };

  const among = (lists: readonly (readonly Uint8Array[])[]): number => {
    json.next();
    const from = json.at + 1;
    const to = json.memberName();
    if (json.hasEscapes) span.isOdd = true;
    json.next();
    return lists.findIndex((names) => names.some((name) => json.is(from, to, name)));
  };
  return {
    span,
    readMembers(readValue) {
      span.isOdd = false;
      ints.fill(0);
      clearLesson(lesson);
      ints[FROM] = json.at;
      if (json.enter(CLOSE_BRACE)) {
        do {
          const member = among(members);
          if (member >= 0) noteMember(lesson, member);
          readValue(member);
        } while (json.another(CLOSE_BRACE));
      }
      ints[TO] = json.at;
      ints[PLACE] = UNKNOWN_PLACE;
    },
    among,
    endTags(count) {
      ints[LAST_TAG] = count;
      if (noteStatement(records, count) > MOST_STATEMENTS) span.isOdd = true;
    },
    text(into) {
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
    },
    literal(into) {
      const from = json.at;
      const byte = json.next();
      json.skipValue();
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) span.isOdd = true;
      ints[into] = from;
      ints[into + 1] = json.at;
      noteValue(lesson, LITERAL, into * BYTES_OF_INT, 0, from, json.at);
    },
    events() {
      const isList = json.next() === OPEN_BRACKET;
      const from = json.at;
      json.skipValue();
      ints[HAS_EVENTS] = isList && !json.isEmptyList(from) ? 1 : 0;
      noteValue(lesson, EVENTS, 0, 0, from, json.at);
    },
    skip() {
      const from = json.at;
      json.skipValue();
      noteValue(lesson, SKIPPED, 0, 0, from, json.at);
    },
  };
}

/** The names of each, as bytes. */
export function inBytes(names: readonly (readonly string[])[]): readonly (readonly Uint8Array[])[] {
  const encoder = new TextEncoder();
  return names.map((all) => all.map((name) => encoder.encode(name)));
}
