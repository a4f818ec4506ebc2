/**
 * A body of bytes that should hold traces, in any of the formats, read as its bytes come: it never becomes one string. It
 * is one value of JSON, or one a line, as a collector's file exporter and Jaeger's streaming API write them. What is cut
 * short or damaged is read as far as it is whole, and a damaged line costs no other.
 */
import { type KeptBytes, keptBytes } from '#decode/kept-bytes.ts';
import { MOST_BYTES_TOLD, refusalOf } from '#decode/recognise.ts';
import { traceValues } from '#decode/trace-values.ts';
import { valueLines } from '#decode/value-lines.ts';
import type { BodyFormat } from '#model/trace/build/body.ts';
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

/** `kept` holds the bytes for as long as details are read from them. */
export function traceBody(format: BodyFormat, source: string, kept: KeptBytes = keptBytes()): TraceBody {
  const values = traceValues(kept, format);
  const lines = valueLines(kept, values);
  let size = 0;
  let damage: Damage = { isCut: false, damagedLines: 0, lines: 0, firstDamaged: 0 };
  return {
    push(chunk) {
      kept.push(chunk);
      size += chunk.length;
      lines.push(chunk);
    },
    end() {
      damage = lines.end();
      const traces = values.traces();
      if (traces.some(({ spans }) => spans.count() > 0)) return traces;
      const refusal = refusalOf(kept.slice(0, Math.min(size, MOST_BYTES_TOLD)), { size, format, source });
      if (refusal) throw refusal;
      return [];
    },
    damage: () => damage,
    remarks: values.remarks,
    mended: values.mended,
  };
}
