/** The size of a response, where its span records it: bytes of a body, rows of a result. */

import type { Attributes, SpanIndex } from '#model/trace/columns.ts';
import { canonicalNumber, canonicalText } from '#model/trace/semconv.ts';
import type { Trace } from '#model/trace/trace.ts';
import type { SpanGroups } from '#model/trace/views/span-groups.ts';

export type SizeMeasure = 'bytes' | 'rows';

export type ResponseSize = Readonly<{
  group: number;
  span: SpanIndex;
  measure: SizeMeasure;
  /** Compressed sizes are compared with compressed ones: `gzip`, empty where nothing was recorded. */
  encoding: string;
  value: number;
}>;

/** Reading attributes from bytes is slow: at most this many spans of a group and of a trace are read. The first are representative. */
const MOST_OF_GROUP = 10;
const MOST_OF_TRACE = 500;

/**
 * For each group and measure the largest, so that one empty response among many means nothing. Responses of failures do
 * not count.
 */
export function responseSizes(trace: Trace, groups: SpanGroups): ResponseSize[] {
  const sizes: ResponseSize[] = [];
  let read = 0;
  for (let group = 0; group < groups.count && read < MOST_OF_TRACE; group += 1) {
    const spans = groups
      .spans(group)
      .subarray(0, MOST_OF_GROUP)
      .filter((span) => isAnswer(trace, span));
    read += spans.length;
    sizes.push(...largestOf(trace, group, spans));
  }
  return sizes;
}

function largestOf(trace: Trace, group: number, spans: Int32Array): ResponseSize[] {
  const largest = new Map<SizeMeasure, ResponseSize>();
  for (const span of spans) {
    const found = sizesOf(trace.attributes(span));
    if (found.length === 0) break; // and no other one has any
    for (const size of found) {
      if (size.value > (largest.get(size.measure)?.value ?? -1)) largest.set(size.measure, { ...size, group, span });
    }
  }
  return [...largest.values()];
}

/** For one span; empty where it is no complete response, or records no size. */
export function answerSizes(trace: Trace, span: SpanIndex): readonly AnswerSize[] {
  return isAnswer(trace, span) ? sizesOf(trace.attributes(span)) : [];
}

/** A complete response with content: no refusal, no redirect, no partial content. */
function isAnswer(trace: Trace, span: SpanIndex): boolean {
  const status = trace.httpStatus(span);
  const kind = trace.kind(span);
  return (kind === 'server' || kind === 'client') && !trace.failed(span) && (status === 0 || WHOLE.has(status));
}

const WHOLE: ReadonlySet<number> = new Set([200, 201, 203]);

export type AnswerSize = Readonly<{ measure: SizeMeasure; encoding: string; value: number }>;

function sizesOf(attributes: Attributes): AnswerSize[] {
  const bytes = canonicalNumber(attributes, 'http.response.body.size');
  const rows = firstOf(attributes, ROWS);
  const encoding = canonicalText(attributes, 'http.response.header.content-encoding');
  return [
    ...(bytes !== undefined && bytes >= 0 ? [{ measure: 'bytes', encoding, value: bytes } as const] : []),
    ...(rows !== undefined && rows >= 0 ? [{ measure: 'rows', encoding: '', value: rows } as const] : []),
  ];
}

/** OpenTelemetry's name, and other common names. */
const ROWS = ['db.response.returned_rows', 'db.rows_returned', 'db.result.rows', 'result.count', 'results.count'];

function firstOf(attributes: Attributes, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = canonicalNumber(attributes, name);
    if (value !== undefined) return value;
  }
  return undefined;
}
