/** Spans one after another: first read, and followed where they resemble earlier ones (`span-follower.ts`). */
import type { ByteTable } from '#decode/byte-table.ts';
import type { JsonCursor } from '#decode/json-cursor.ts';
import { type SpanFollower, spanFollower } from '#decode/span-follower.ts';
import type { SpanReader } from '#decode/span-reader.ts';
import type { SpanRecords } from '#decode/span-records.ts';

/** Takes complete spans. */
export type SpanSink = Readonly<{
  /** The span of this record; `follower` read it, if it was followed. */
  commit(records: SpanRecords, index: number, follower: SpanFollower | undefined): void;
  /** A span that must be parsed: it begins at `from` and ends at the cursor. */
  commitOdd(from: number): void;
}>;

/** With fewer spans, learning takes longer than reading: it pays from twice as many on. */
export const SPANS_BEFORE_FOLLOWING = 64;

/**
 * Reads the span that opens at the cursor, and after `followAfter` spans also the similar ones that come next.
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
    json.moveTo(follower);
  };
}
