/**
 * A body of bytes that should hold traces. Bytes are pushed as they arrive; what they were is known at the end.
 *
 * Jaeger's JSON is read as it comes. Every other format is parsed whole at the end, so that a body of more than 512 MB,
 * V8's longest string, is refused there with a clear error.
 */
import { UnreadableInputError } from '#core/errors.ts';
import { jaegerScan } from '#decode/jaeger-scan.ts';
import { keptBytes } from '#decode/kept-bytes.ts';
import { tracesInText } from '#decode/recognise.ts';
import type { BodyFormat } from '#model/body.ts';
import { type SpanRow, tableOf } from '#model/span-rows.ts';
import type { SpanTable } from '#model/span-table.ts';

export type DecodedTrace = Readonly<{ traceId: string; rows: readonly SpanRow[] }>;

export type TraceSpans = Readonly<{ traceId: string; spans: SpanTable }>;

export type BodyDecoder<T> = Readonly<{
  push(chunk: Uint8Array): void;
  /** Throws UnreadableInputError. */
  end(): T;
}>;

export type TraceBody = BodyDecoder<readonly TraceSpans[]> &
  Readonly<{
    /** In place of `end`, for a body that broke off: what came of it, and its bytes so far as a body that is whole. */
    cut(): Readonly<{ traces: readonly TraceSpans[]; chunks: readonly Uint8Array[] }>;
  }>;

const LONGEST_TEXT = 0x1fffffe8;

export function traceBody(format: BodyFormat, source: string): TraceBody {
  const kept = keptBytes();
  const scan = format === 'otlp-json' ? undefined : jaegerScan(kept);
  return {
    push(chunk) {
      kept.push(chunk);
      scan?.push(chunk);
    },
    end() {
      const scanned = scan?.end();
      if (scanned?.state === 'whole') return scanned.traces;
      const text = textOf(kept.slice(0), source);
      return tracesInText(text, format, source).map(({ traceId, rows }) => ({ traceId, spans: tableOf(rows) }));
    },
    cut() {
      const scanned = scan?.end();
      return { traces: scanned?.traces ?? [], chunks: scanned?.closed() ?? [] };
    },
  };
}

export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function textOf(bytes: Uint8Array, source: string): string {
  if (bytes.length > LONGEST_TEXT) {
    throw new UnreadableInputError(
      `${source} is too large: ${Math.round(bytes.length / 1e6)} MB`,
      'Cut the trace into smaller files.',
    );
  }
  return new TextDecoder().decode(bytes);
}
