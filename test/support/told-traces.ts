/** What was read of traces, in a form in which two ways of reading can be compared. */
import type { TraceSpans } from '#decode/body-decoder.ts';
import { tableOf } from '#model/trace/build/span-rows.ts';
import { comparableId } from '#model/trace/id-forms.ts';
import { rowsIn } from '#test/decoded-rows.ts';
import { parsedTraces } from '#test/parsed-traces.ts';

/** Every span of every trace, with ids in one form: in which order they came is no part of what was read. */
export function told(traces: readonly TraceSpans[]) {
  return traces
    .flatMap(({ traceId, spans }) =>
      rowsIn({ traceId, spans }).rows.map((row) => ({
        ...row,
        traceId: comparableId(traceId),
        id: comparableId(row.id),
        parentId: row.parentId === undefined ? undefined : comparableId(row.parentId),
      })),
    )
    .sort((a, b) => compare(JSON.stringify(a), JSON.stringify(b)));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The same of a body that was parsed whole. */
export const toldOfParsed = (value: unknown) =>
  told([...parsedTraces(value)].map(([traceId, rows]) => ({ traceId, spans: tableOf(rows) })));
