/** Spans one after another: read at first, and followed where they are like ones before them (`span-follower.ts`). */
import type { ByteTable } from '#decode/byte-table.ts';
import type { JsonCursor } from '#decode/json-cursor.ts';
import { type SpanFollower, spanFollower } from '#decode/span-follower.ts';
import type { SpanReader } from '#decode/span-reader.ts';
import type { SpanRecords } from '#decode/span-records.ts';

/** Takes spans that are whole. */
export type SpanSink = Readonly<{
  /** The one whose record that is; `follower` is who read it, if it was followed. */
  commit(records: SpanRecords, index: number, follower: SpanFollower | undefined): void;
  /** One that has to be parsed: it begins there and ends at the cursor. */
  commitOdd(from: number): void;
}>;

/** With fewer it takes longer to learn how they look than to read them: it pays from twice as many on. */
export const SPANS_BEFORE_FOLLOWING = 64;

/**
 * Reads the span that opens at the cursor, and behind `followAfter` spans also those behind it that are like ones before.
 * `literals` has the values of tags and of names.
 */
export function followedSpans(
  json: JsonCursor,
  reader: SpanReader,
  literals: ByteTable,
  { commit, commitOdd }: SpanSink,
  followAfter: number,
): () => void {
  const { span } = reader;
  let follower: SpanFollower | undefined;
  /** Spans that were not followed. */
  let read = 0;

  /** False where not even the first one is known. */
  const follow = (started: SpanFollower): boolean => {
    const count = started.follow(json);
    const records = started.records();
    for (let index = 0; index < count; index += 1) commit(records, index, started);
    json.at = started.stoppedAt();
    return count > 0;
  };
  return () => {
    if (follower !== undefined && follow(follower)) return;
    const from = json.at;
    reader.read();
    if (span.isOdd) commitOdd(from);
    else {
      commit(span.records, 0, undefined);
      if (span.lesson.isPlain) follower?.teach(json.bytes, from, json.at, span.lesson);
    }
    read += 1;
    if (read !== followAfter) return;
    follower = spanFollower(literals);
    json.moveTo(follower.memory);
  };
}
