/**
 * The values that a reader found in one span, so that the next similar one can be followed.
 *
 *  {"traceID":"4bf9…","duration":12,"tags":[{"key":"span.kind","type":"string","value":"client"}]}
 *             ╰ TEXT ╯           ╰ INTEGER                                           ╰ TAG ─╯
 */
import { growArray } from '#core/grow-array.ts';

export type SpanLesson = {
  /** Whether what is not told here follows from the bytes between the values alone. */
  isPlain: boolean;
  /** `LESSON_WIDTH` numbers each: what it is and the two numbers for that (see `assembly/layout.ts`), from, to, members. */
  values: Int32Array;
  end: number;
  /** Bits of the members since the value before. */
  members: number;
};

export const LESSON_WIDTH = 6;

export function spanLesson(): SpanLesson {
  return { isPlain: true, values: new Int32Array(LESSON_WIDTH * 32), end: 0, members: 0 };
}

export function clearLesson(lesson: SpanLesson): void {
  lesson.isPlain = true;
  lesson.end = lesson.members = 0;
}

export function noteMember(lesson: SpanLesson, member: number): void {
  lesson.members |= 1 << member;
}

export function noteValue(
  lesson: SpanLesson,
  what: number,
  one: number,
  other: number,
  from: number,
  to: number,
): void {
  if (lesson.end === lesson.values.length) lesson.values = growArray(lesson.values);
  const { values, end } = lesson;
  values[end] = what;
  values[end + 1] = one;
  values[end + 2] = other;
  values[end + 3] = from;
  values[end + 4] = to;
  values[end + 5] = lesson.members;
  lesson.end += LESSON_WIDTH;
  lesson.members = 0;
}
