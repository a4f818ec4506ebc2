/** Merges a database's statement counts: over rows of one shape, and from one reading to the next. */
import type { DatabaseReading } from '#decode/database-readings.ts';
import type { Counted, StatementStatistics } from '#model/sql/database-statistics.ts';

/** The readings of one database; twice the same one where it was read once. */
export type Readings = Readonly<{ first: DatabaseReading; last: DatabaseReading }>;

/** From one reading to the next; what is smaller than before was counted anew in between. */
export function since(now: Counted, before: Counted | undefined): Counted {
  if (before === undefined || now.calls < before.calls) {
    return { calls: now.calls, totalUs: now.totalUs, rows: now.rows };
  }
  return {
    calls: now.calls - before.calls,
    totalUs: Math.max(0, now.totalUs - before.totalUs),
    rows: Math.max(0, now.rows - before.rows),
  };
}

/** One for each shape, those that took most time first. */
export function byShape(rows: readonly StatementStatistics[]): readonly StatementStatistics[] {
  const shapes = new Map<string, StatementStatistics>();
  for (const row of rows) {
    if (row.shape === '') continue;
    const known = shapes.get(row.shape);
    shapes.set(row.shape, known === undefined ? row : added(known, row));
  }
  return [...shapes.values()].sort((a, b) => b.totalUs - a.totalUs || (a.shape < b.shape ? -1 : 1));
}

function added(a: StatementStatistics, b: StatementStatistics): StatementStatistics {
  return {
    ...a,
    calls: a.calls + b.calls,
    totalUs: a.totalUs + b.totalUs,
    rows: a.rows + b.rows,
    maxUs: Math.max(a.maxUs, b.maxUs),
    blocksRead: a.blocksRead + b.blocksRead,
    blocksHit: a.blocksHit + b.blocksHit,
    temporaryBlocks: a.temporaryBlocks + b.temporaryBlocks,
    rowsExamined: a.rowsExamined + b.rowsExamined,
    withoutIndex: a.withoutIndex + b.withoutIndex,
  };
}
