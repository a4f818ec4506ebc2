/**
 * Spans of Jaeger's JSON as their readers leave them: positions in the window, and no strings.
 *
 *  ints        from to │ id │ trace │ parent │ process │ operation │ … │ first tag, after the last one │ …     26 a
 *  span
 *  numbers     the same memory; start and duration are the last two                                            13 a
 *  span
 *  tags        those that columns depend on: key, role, value from, to (with quotes), has escapes, node         6 a tag
 *  references  kind, the trace's id from, to, the span's id from, to; both 0 for none                     5 a reference
 *
 * A text is from, to, without its quotes; a literal is from, to, with them, and its number in `facts.literals`, if
 * known.
 */
import { RECORD_BYTES, REFERENCE_BYTES, STATEMENT, TAG_BYTES, VALUE } from '#decode/assembly/layout.ts';

export type SpanRecords = {
  ints: Int32Array;
  numbers: Float64Array;
  tags: Int32Array;
  references: Int32Array;
};

export const RECORD_INTS = RECORD_BYTES / 4;
export const RECORD_NUMBERS = RECORD_BYTES / 8;
export const TAG_INTS = TAG_BYTES / 4;
export const REFERENCE_INTS = REFERENCE_BYTES / 4;

/** Places in `ints`. */
export const [FROM, TO, ID, TRACE_ID, PARENT, PROCESS, OPERATION] = [0, 1, 2, 4, 6, 8, 11];
export const [HAS_EVENTS, PLACE, FIRST_TAG, LAST_TAG, STATEMENT_TAG, FIRST_REFERENCE, LAST_REFERENCE] = [
  14, 15, 16, 17, 18, 19, 20,
];
/** In `PLACE`: where the tags lead to is to be looked up. */
export const UNKNOWN_PLACE = -1;
/** In `STATEMENT_TAG`. */
export const NO_STATEMENT = -1;
/** Places in `numbers`, microseconds. */
export const [START, DURATION] = [11, 12];

/** Room for one span. */
export function oneRecord(): SpanRecords {
  const ints = new Int32Array(RECORD_INTS);
  return {
    ints,
    numbers: new Float64Array(ints.buffer),
    tags: new Int32Array(TAG_INTS * 16),
    references: new Int32Array(REFERENCE_INTS * 4),
  };
}

/** The most that may be statements of one span: two may contradict each other, as no mask shows. */
export const MOST_STATEMENTS = 1;

/** In the one record that there is room for: the last of its tags that may be a statement. How many may be. */
export function noteStatement({ ints, tags }: SpanRecords, count: number): number {
  let statements = 0;
  ints[STATEMENT_TAG] = NO_STATEMENT;
  for (let tag = 0; tag < count; tag += 1) {
    if ((tags[tag * TAG_INTS + 1] ?? VALUE) < STATEMENT) continue;
    ints[STATEMENT_TAG] = tag;
    statements += 1;
  }
  return statements;
}
