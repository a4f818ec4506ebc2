/** How many rows a statement moves in a second, by the counts that its span records. */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** As many rows a second are a copy of data, which takes its time whatever finds them. */
const COPIED_A_SECOND = 10_000;

export const WRITTEN = ['db.operation.batch.size', 'db.response.affected_rows', 'db.rows_affected'];
export const RETURNED = ['db.response.returned_rows'];

/** Whether the statement is long only because it moves very many rows. `counts`: the attributes that count them. */
export function copiesRows(trace: Trace, span: SpanIndex, counts: readonly string[]): boolean {
  const rows = Math.max(0, ...counts.map((name) => trace.number(span, name) ?? 0));
  return isCopied(rows, trace.durationOfUs(span));
}

/** Whether so many rows in that time are a copy of data. */
export function isCopied(rows: number, us: number): boolean {
  return rows >= COPIED_A_SECOND && rows >= COPIED_A_SECOND * (us / 1e6);
}

/** With fewer rows, the statement itself may take the time. */
const FEWEST_FETCHED = 1_000;
/** A round trip within a data centre takes half a millisecond (Dean, numbers everyone should know). */
const ROUND_TRIP_US = 500;

/** Whether each returned row takes as long as a round trip of its own. A driver that fetches many at once is quicker. */
export function takesTripPerRow(trace: Trace, span: SpanIndex): boolean {
  const rows = returnedRows(trace, span);
  return rows >= FEWEST_FETCHED && trace.durationOfUs(span) >= ROUND_TRIP_US * rows;
}

/** Whether it returns thousands of rows, each in less than a round trip. */
export function fetchesMany(trace: Trace, span: SpanIndex): boolean {
  const rows = returnedRows(trace, span);
  return rows >= FEWEST_FETCHED && trace.durationOfUs(span) < ROUND_TRIP_US * rows;
}

function returnedRows(trace: Trace, span: SpanIndex): number {
  return Math.max(0, ...RETURNED.map((name) => trace.number(span, name) ?? 0));
}
