/**
 * Messages between traces. A consumer that begins its own trace links to the span that published its message:
 *
 *   trace 1   [ POST /events [ telemetry send ] ]
 *   trace 2                            ~~~ 185 s ~~~   [ telemetry process ]   links to `telemetry send`
 */

import { SPAN_FLAW } from '#model/trace/build/span-flaws.ts';
import type { SpanTable } from '#model/trace/build/span-table.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { comparableId } from '#model/trace/id-forms.ts';
import { CONSUMER, PRODUCER } from '#model/trace/span-kinds.ts';
import { MARK } from '#model/trace/span-marks.ts';

export type PublishedMessage = Readonly<{
  /** The end of its publish span, in microseconds since the epoch. */
  sentUs: number;
  /** `POST /events of ingest`: the work that published it. */
  publisher: string;
  /** The publish span itself; its attributes are read on request. */
  operation: string;
  attributes(): Attributes;
  /** When a consumer first failed on it, in microseconds since the epoch; infinite where none did. */
  failedUs: number;
}>;

/** By the id of its publish span, a message of another trace. */
export type PublishedElsewhere = (spanId: string) => PublishedMessage | undefined;

/** Links are read for this many failed consumers of a trace. */
const MOST_READ = 500;

/** Undefined where no span links to another trace, as in most files. */
export function publishedIn(tables: readonly SpanTable[]): PublishedElsewhere | undefined {
  if (!tables.some((table) => (table.flaws() & SPAN_FLAW.foreignLink) !== 0)) return undefined;
  const messages = new Map<string, { -readonly [Key in keyof PublishedMessage]: PublishedMessage[Key] }>();
  for (const table of tables) for (const [id, message] of publishSpans(table)) messages.set(id, { ...message });
  for (const table of tables) {
    for (const { id, atUs } of failedOn(table)) {
      const message = messages.get(id);
      if (message !== undefined) message.failedUs = Math.min(message.failedUs, atUs);
    }
  }
  return (spanId) => messages.get(spanId);
}

function publishSpans(table: SpanTable): (readonly [id: string, PublishedMessage])[] {
  const [kinds, marks] = [table.column('kind'), table.column('marks')];
  const rows: number[] = [];
  for (let row = 0; row < kinds.length; row += 1)
    if (kinds[row] === PRODUCER || ((marks[row] ?? 0) & MARK.sends) !== 0) rows.push(row);
  if (rows.length === 0) return [];
  const [ids, parents, starts] = [table.column('id'), table.column('parentId'), table.column('startUs')];
  const rowOfId = new Map<number, number>();
  for (let row = 0; row < ids.length; row += 1) rowOfId.set(ids[row] ?? 0, row);
  return rows.map((row) => {
    const work = kinds[row] === PRODUCER ? (rowOfId.get(parents[row] ?? -1) ?? row) : row;
    const source = table.sources[table.column('source')[row] ?? 0];
    const detail = table.column('detail')[row] ?? 0;
    const message: PublishedMessage = {
      sentUs: (starts[row] ?? 0) + Math.max(0, table.column('durationUs')[row] ?? 0),
      publisher: workOf(table, work),
      operation: table.names.text(table.column('operation')[row] ?? 0),
      attributes: () => source?.attributes(detail) ?? {},
      failedUs: Number.POSITIVE_INFINITY,
    };
    return [comparableId(table.ids.text(ids[row] ?? 0)), message];
  });
}

function workOf(table: SpanTable, row: number): string {
  const { service = '' } = table.processes[table.column('process')[row] ?? 0] ?? {};
  return `${table.names.text(table.column('operation')[row] ?? 0)} of ${service}`;
}

/** What consumers failed on, by their links. */
function failedOn(table: SpanTable): Readonly<{ id: string; atUs: number }>[] {
  if ((table.flaws() & SPAN_FLAW.foreignLink) === 0) return [];
  const [flaws, failed, kinds] = [table.column('flaws'), table.column('failed'), table.column('kind')];
  const found: { id: string; atUs: number }[] = [];
  for (let row = 0, read = 0; row < flaws.length && read < MOST_READ; row += 1) {
    if (((flaws[row] ?? 0) & SPAN_FLAW.foreignLink) === 0 || failed[row] !== 1 || kinds[row] !== CONSUMER) continue;
    read += 1;
    const source = table.sources[table.column('source')[row] ?? 0];
    const atUs = table.column('startUs')[row] ?? 0;
    for (const { spanId } of source?.links?.(table.column('detail')[row] ?? 0) ?? [])
      found.push({ id: comparableId(spanId), atUs });
  }
  return found;
}
