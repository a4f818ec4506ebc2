import type { TraceSpans } from '#decode/body-decoder.ts';
import { traceBody } from '#decode/trace-body.ts';
import type { SpanRow } from '#model/trace/build/span-rows.ts';
import { SPAN_KINDS } from '#model/trace/span-kinds.ts';

export type DecodedTrace = Readonly<{ traceId: string; rows: readonly SpanRow[] }>;

/** What a body is decoded to, row by row. */
export function decodedRows(body: string | Uint8Array, source = 'body'): readonly DecodedTrace[] {
  const decoder = traceBody('auto', source);
  decoder.push(typeof body === 'string' ? new TextEncoder().encode(body) : body);
  return decoder.end().map(rowsIn);
}

/** What a table of spans says of each. */
export function rowsIn({ traceId, spans }: TraceSpans): DecodedTrace {
  const of = (column: Parameters<typeof spans.column>[0], span: number) => spans.column(column)[span] ?? 0;
  const rows = Array.from({ length: spans.count() }, (_, span): SpanRow => {
    const process = spans.processes[of('process', span)];
    const source = spans.sources[of('source', span)];
    const detail = of('detail', span);
    const parentId = of('parentId', span);
    return {
      id: spans.ids.text(of('id', span)),
      parentId: parentId < 0 ? undefined : spans.ids.text(parentId),
      service: process?.service ?? '',
      operation: spans.names.text(of('operation', span)),
      kind: SPAN_KINDS[of('kind', span)] ?? 'unspecified',
      startUs: of('startUs', span),
      durationUs: of('durationUs', span),
      failed: of('failed', span) === 1,
      attributes: source?.attributes(detail) ?? {},
      resource: process?.resource ?? {},
      events: source?.events(detail) ?? [],
      statusText: source?.statusText(detail) ?? '',
      scope: spans.names.text(of('scope', span)),
      flaws: of('flaws', span),
    };
  });
  return { traceId, rows };
}
