/**
 * Reads a body of traces in any of the formats while its bytes arrive: it never becomes one string. It is one JSON
 * value, or one per line, as a collector's file exporter and Jaeger's streaming API write them. A truncated or damaged
 * body is read as far as it is intact, and a damaged line affects no other.
 */
import type { Damage, TraceBody } from '#decode/body-decoder.ts';
import { type KeptBytes, keptBytes } from '#decode/kept-bytes.ts';
import { MOST_BYTES_TOLD, refusalOf } from '#decode/recognise.ts';
import { traceValues } from '#decode/trace-values.ts';
import { valueLines } from '#decode/value-lines.ts';
import type { BodyFormat } from '#model/trace/build/body.ts';

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
      values.close();
      if (traces.some(({ spans }) => spans.count() > 0)) return traces;
      const refusal = refusalOf(kept.slice(0, Math.min(size, MOST_BYTES_TOLD)), { size, format, source });
      if (refusal) throw refusal;
      return [];
    },
    damage: () => damage,
    remarks: values.remarks,
    cutOff: values.cutOff,
    mended: values.mended,
  };
}
