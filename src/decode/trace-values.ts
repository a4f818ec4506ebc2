/** The values of a body, one after another, each in any format. Damage is recorded. */

import type { TraceSpans } from '#decode/body-decoder.ts';
import { type JaegerScan, jaegerScan, type Scanned } from '#decode/jaeger-scan.ts';
import { WINDOW_BYTES } from '#decode/json-steps.ts';
import type { KeptBytes } from '#decode/kept-bytes.ts';
import { spansByTrace } from '#decode/spans-by-trace.ts';
import { traceScan } from '#decode/trace-scan.ts';
import type { BodyFormat } from '#model/trace/build/body.ts';

export type TraceValues = Readonly<{
  /** A value begins there in the body. */
  begin(at: number): void;
  /** Bytes of it, up to there in the body, which has them already. */
  push(bytes: Uint8Array, to: number): void;
  /** Whether it is whole with what has come. */
  isWhole(): boolean;
  /** Where in the body it ended, also where other bytes came behind it; undefined while it is open. */
  endsAt(): number | undefined;
  /** It ends there. Whether it was whole. */
  end(to: number): boolean;
  traces(): readonly TraceSpans[];
  /** Nothing more is read. */
  close(): void;
  /** The store's remarks about missing or incomplete traces. */
  remarks(): readonly string[];
  /** The ids of the traces in which the last value broke off, and of those that a store returned only in part. */
  cutOff(): readonly string[];
  /** The body with the complete part of every value; undefined where all are complete. */
  mended(): readonly Uint8Array[] | undefined;
}>;

type Mend = Readonly<{ from: number; to: number; instead(): readonly Uint8Array[] }>;

export function traceValues(kept: KeptBytes, format: BodyFormat): TraceValues {
  const spans = spansByTrace(kept);
  const scan = traceScan(kept, spans, { onlyOtlp: format === 'otlp-json' });
  const ofJaeger: TraceSpans[] = [];
  const mends: Mend[] = [];
  let jaegers: JaegerScan | undefined;
  let isJaeger = false;
  let begunAt = 0;
  /** Whether the last value broke off, and the trace of Jaeger's that was open then. */
  let last: Readonly<{ isCut: boolean; open?: TraceSpans | undefined }> = { isCut: false };

  const jaeger = (): JaegerScan => {
    jaegers ??= jaegerScan(kept);
    return jaegers;
  };

  const endJaeger = (scanned: Scanned, to: number): boolean => {
    if (format !== 'auto' || scanned.traces.some(isJaegers)) for (const trace of scanned.traces) ofJaeger.push(trace);
    last = { isCut: scanned.state !== 'whole', open: scanned.open };
    if (scanned.state === 'whole') return true;
    mends.push({ from: begunAt, to, instead: scanned.closed });
    return false;
  };
  const endScan = (to: number): boolean => {
    const { isWhole, wholeTo, closing } = scan.end(to);
    last = { isCut: !isWhole };
    if (!isWhole) mends.push({ from: wholeTo, to, instead: () => [new TextEncoder().encode(closing)] });
    return isWhole;
  };
  return {
    begin(at) {
      begunAt = at;
      isJaeger = format === 'jaeger-json';
      if (isJaeger) jaeger().begin(at);
      else scan.begin(at);
    },
    push(bytes, to) {
      if (isJaeger) {
        jaeger().push(bytes);
        return;
      }
      scan.push(bytes);
      if (!scan.isJaeger()) return;
      isJaeger = true;
      jaeger().begin(begunAt);
      for (let at = begunAt; at < to; at += WINDOW_BYTES)
        jaeger().push(kept.slice(at, Math.min(to, at + WINDOW_BYTES)));
    },
    isWhole: () => (isJaeger ? jaeger() : scan).isWhole(),
    endsAt: () => (isJaeger ? jaeger() : scan).endsAt(),
    end: (to) => (isJaeger ? endJaeger(jaeger().end(to), to) : endScan(to)),
    traces: () => [...ofJaeger, ...spans.traces()],
    close() {
      scan.close();
      jaegers?.close();
    },
    remarks: () => [...(jaegers?.remarks() ?? []), ...scan.remarks()],
    cutOff() {
      // In every other format a trace's spans may stand anywhere.
      const ofOthers = last.isCut || scan.isPart() ? spans.traces() : [];
      return [...(last.open === undefined ? [] : [last.open]), ...ofOthers].map(({ traceId }) => traceId);
    },
    mended() {
      if (mends.length === 0) return undefined;
      const chunks: Uint8Array[] = [];
      let at = 0;
      for (const { from, to, instead } of mends) {
        chunks.push(kept.slice(at, from), ...instead());
        at = to;
      }
      chunks.push(kept.slice(at));
      return chunks;
    },
  };
}

/**
 * Other formats also have lists of spans, under other names: here neither the trace nor any of them has an id or a
 * time.
 */
function isJaegers({ traceId, spans }: TraceSpans): boolean {
  if (traceId !== '') return true;
  return spans.column('id').some((id) => id !== NO_ID) || spans.column('startUs').some((us) => us !== 0);
}

/** The number of the empty text. */
const NO_ID = 0;
