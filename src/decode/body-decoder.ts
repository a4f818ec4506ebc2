/** The interface of a body's decoder, and the damage that it reports. */
import type { SpanTable } from '#model/trace/build/span-table.ts';

export type TraceSpans = Readonly<{ traceId: string; spans: SpanTable }>;

export type BodyDecoder<T> = Readonly<{
  push(chunk: Uint8Array): void;
  /** Throws UnreadableInputError where nothing readable arrived. */
  end(): T;
}>;

export type TraceBody = BodyDecoder<readonly TraceSpans[]> &
  Readonly<{
    /** After the end: the unreadable part. */
    damage(): Damage;
    /** After the end: the store's remarks about missing or incomplete traces. */
    remarks(): readonly string[];
    /** After the end: the ids of traces that may lack spans, because the body broke off, or a store says so. */
    cutOff(): readonly string[];
    /** After the end: its bytes as a complete body with the same spans. Undefined where it is complete itself. */
    mended(): readonly Uint8Array[] | undefined;
  }>;

export type Damage = Readonly<{
  /** The body, or its last line, ends in the middle, or is damaged and was read up to there. */
  isCut: boolean;
  /**
   * For a body with one value per line: how many other lines are damaged, out of how many, and the number of the first
   * one.
   */
  damagedLines: number;
  lines: number;
  firstDamaged: number;
}>;
