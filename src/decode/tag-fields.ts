/** The column values of a record's tags. */

import { STATEMENT } from '#decode/assembly/layout.ts';
import type { AttributeFacts, Said } from '#decode/attribute-facts.ts';
import type { JsonCursor } from '#decode/json-cursor.ts';
import type { SpanFollower } from '#decode/span-follower.ts';
import {
  FIRST_TAG,
  LAST_TAG,
  NO_STATEMENT,
  PLACE,
  type SpanRecords,
  STATEMENT_TAG,
  TAG_INTS,
  UNKNOWN_PLACE,
} from '#decode/span-records.ts';
import type { AttributeFields } from '#model/trace/build/span-rows.ts';

/** For the record whose numbers begin at `at`; `follower` read it, if it was followed. */
export type TagFields = (records: SpanRecords, at: number, follower: SpanFollower | undefined) => AttributeFields;

/** `saidBy` returns the values of a range of tags, for new combinations. */
export function tagFieldsReader(
  json: JsonCursor,
  facts: AttributeFacts,
  saidBy: (records: SpanRecords, first: number, last: number) => Said,
): TagFields {
  /** Where the tags lead to that are no statement. */
  const placeOfValues = (
    { tags }: SpanRecords,
    first: number,
    last: number,
    follower: SpanFollower | undefined,
  ): number => {
    let place = 0;
    for (let tag = first * TAG_INTS; tag < last * TAG_INTS; tag += TAG_INTS) {
      const key = tags[tag] ?? 0;
      const role = tags[tag + 1] ?? 0;
      const node = tags[tag + 5] ?? 0;
      if (role >= STATEMENT) continue;
      const before = place;
      if (node === 0) place = facts.stepTo(place, key, json.bytes, tags[tag + 2] ?? 0, tags[tag + 3] ?? 0);
      else {
        place = facts.step(place, key, follower?.literalOf(node) ?? 0);
        follower?.learnStep(before, node, place);
      }
    }
    return place;
  };
  const placeBehindStatement = ({ tags }: SpanRecords, tag: number, place: number): number => {
    const [from, to] = [tags[tag + 2] ?? 0, tags[tag + 3] ?? 0];
    return facts.step(place, tags[tag] ?? 0, facts.maskOf(json.bytes, from, to, tags[tag + 4] === 1));
  };

  return (records, at, follower) => {
    const { ints } = records;
    const first = ints[at + FIRST_TAG] ?? 0;
    const last = ints[at + LAST_TAG] ?? 0;
    const statement = (ints[at + STATEMENT_TAG] ?? NO_STATEMENT) * TAG_INTS;
    let place = ints[at + PLACE] ?? UNKNOWN_PLACE;
    if (place === UNKNOWN_PLACE) place = placeOfValues(records, first, last, follower);
    if (statement >= 0) place = placeBehindStatement(records, statement, place);
    return facts.fields(place) ?? facts.learnFields(place, saidBy(records, first, last));
  };
}
