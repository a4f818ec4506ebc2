/** Spans of a body, which may belong to many traces and come in any order. */
import type { DecodedTrace } from '#decode/trace-body.ts';
import { comparableId, hexId } from '#model/id-forms.ts';
import type { SpanRow } from '#model/span-rows.ts';

export function spansByTrace(spans: Iterable<readonly [traceId: string, row: SpanRow]>): DecodedTrace[] {
  const traces = new Map<string, { traceId: string; rows: SpanRow[] }>();
  /** By the id as it was written, so that most spans need no other form of it. */
  const asWritten = new Map<string, SpanRow[]>();
  for (const [traceId, row] of spans) {
    const known = asWritten.get(traceId);
    if (known !== undefined) {
      known.push(row);
      continue;
    }
    const trace = traces.get(comparableId(traceId)) ?? { traceId: hexId(traceId), rows: [] };
    trace.rows.push(row);
    traces.set(comparableId(traceId), trace);
    asWritten.set(traceId, trace.rows);
  }
  return [...traces.values()].map(({ traceId, rows }) => ({ traceId, rows: withParentsAsSpelled(rows) }));
}

/** Traces of several bodies, where one may have come in parts. */
export function mergedTraces(traces: readonly DecodedTrace[]): DecodedTrace[] {
  return spansByTrace(
    traces.flatMap(({ traceId, rows }) => rows.map((row): readonly [string, SpanRow] => [traceId, row])),
  );
}

/** A parent is named as its own span spells its id, where the two came in different forms. */
function withParentsAsSpelled(rows: readonly SpanRow[]): readonly SpanRow[] {
  const ids = new Set(rows.map(({ id }) => id));
  const isSpelled = ({ parentId }: SpanRow) => parentId === undefined || ids.has(parentId);
  if (rows.every(isSpelled)) return rows;
  const spelled = new Map([...ids].map((id) => [comparableId(id), id]));
  return rows.map((row) =>
    isSpelled(row) ? row : { ...row, parentId: spelled.get(comparableId(row.parentId ?? '')) ?? row.parentId },
  );
}
