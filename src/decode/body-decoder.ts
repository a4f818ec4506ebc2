/** What a decoder of a body offers, and what it says of what it could not read. */
import type { SpanTable } from '#model/trace/build/span-table.ts';

export type TraceSpans = Readonly<{ traceId: string; spans: SpanTable }>;

export type BodyDecoder<T> = Readonly<{
  push(chunk: Uint8Array): void;
  /** Throws UnreadableInputError where nothing of its kind came whole. */
  end(): T;
}>;

export type TraceBody = BodyDecoder<readonly TraceSpans[]> &
  Readonly<{
    /** Once it ended: what of it could not be read. */
    damage(): Damage;
    /** Once it ended: what the store said of traces that it did not give, or not whole. */
    remarks(): readonly string[];
    /** Once it ended: its bytes as a body that is whole and has the same spans. Undefined where it is whole itself. */
    mended(): readonly Uint8Array[] | undefined;
  }>;

export type Damage = Readonly<{
  /** The body, or its last line, ends in the middle, or is damaged and was read up to there. */
  isCut: boolean;
  /** Of a body of one value a line: how many other lines are damaged, of how many, and the number of the first of them. */
  damagedLines: number;
  lines: number;
  firstDamaged: number;
}>;
