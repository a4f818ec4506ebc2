/** A database's own statistics, in words and as evidence. `ref` is the name of its source. */

import { DAY_US, MINUTE_US } from '#core/time-units.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import {
  type Counted,
  type DatabaseSession,
  type DatabaseStatistics,
  rootBlocker,
  type StatementAnswer,
  statementKey,
  type TableStatistics,
} from '#model/sql/database-statistics.ts';
import { queryTable } from '#model/sql/query-shape.ts';
import { counted, countText } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';

/** `412 ms on average in 1,204 calls` */
export function countedText({ calls, totalUs }: Counted): string {
  return `${durationText(calls === 0 ? 0 : totalUs / calls)} on average in ${counted(calls, 'call')}`;
}

/** `postgres db1/shop counts 412 ms on average in 1,204 calls, 2.3 s at most, since 2026-11-01` */
export function statementEvidence({ database, statement }: StatementAnswer): EvidenceItem {
  const { source, measuredUs, sinceUs } = database;
  const { recent, maxUs, rows, calls, temporaryBlocks } = statement;
  const rowsACall = calls === 0 ? 0 : Math.round(rows / calls);
  const text = [
    `${source} counts ${countedText(statement)}`,
    ...(maxUs > 0 ? [`${durationText(maxUs)} at most`] : []),
    ...(rowsACall > 1 ? [`${countText(rowsACall)} rows a call`] : []),
    ...(temporaryBlocks > calls
      ? [`${countText(Math.round(temporaryBlocks / calls))} blocks a call written to disk`]
      : []),
    ...(Number.isNaN(sinceUs) ? [] : [`since ${dayText(sinceUs)}`]),
    ...(recent === undefined || recent.calls === 0
      ? []
      : [`and ${countedText(recent)} in the ${durationText(measuredUs)} that were measured`]),
  ].join(', ');
  return { kind: 'metric', ref: source, text };
}

/** `2026-11-01 08:15 UTC` */
function dayText(us: number): string {
  const days = Math.floor(us / DAY_US);
  const minutes = Math.floor((us - days * DAY_US) / MINUTE_US);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${civilDate(days)} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)} UTC`;
}

/** The date of a number of days since 1970, by Howard Hinnant's `civil_from_days`. */
function civilDate(days: number): string {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${yearOfEra + era * 400 + (month <= 2 ? 1 : 0)}-${two(month)}-${two(day)}`;
}

/** Rows of a table that is read as a whole again and again: more than any page shows. */
const MANY_ROWS = 10_000;

/** The first table of a statement, where it is large and scanned in full more often than by an index. */
function scannedTable({ database, statement }: StatementAnswer): TableStatistics | undefined {
  const name = queryTable(statement.shape);
  const table = database.tables.find((one) => one.name === name || one.name.endsWith(`.${name}`));
  if (table === undefined || name === '' || table.scans === 0) return undefined;
  const rowsAScan = table.scannedRows / table.scans;
  return rowsAScan >= MANY_ROWS && table.scans > table.indexScans ? table : undefined;
}

function scanEvidence({ source }: DatabaseStatistics, table: TableStatistics): EvidenceItem {
  const rows = countText(Math.round(table.scannedRows / table.scans));
  const text = `${source} counts ${counted(table.scans, 'sequential scan')} of ${table.name}, ${rows} rows each, and ${counted(table.indexScans, 'index scan')}`;
  return { kind: 'metric', ref: source, text };
}

/** That a statement scans a table in full, in words and as evidence; undefined where nothing shows it. */
export function scanOf(
  answer: StatementAnswer,
): Readonly<{ table: string; rows: number; item: EvidenceItem }> | undefined {
  const table = scannedTable(answer);
  if (table !== undefined) return { table: table.name, rows: table.rows, item: scanEvidence(answer.database, table) };
  const { calls, withoutIndex, rowsExamined, shape } = answer.statement;
  const rows = Math.round(rowsExamined / calls);
  if (!(withoutIndex >= calls / 2 && rows >= MANY_ROWS)) return undefined;
  const text = `${answer.database.source} counts ${countText(withoutIndex)} of ${counted(calls, 'call')} without an index, ${countText(rows)} rows read each`;
  return { table: queryTable(shape), rows, item: { kind: 'metric', ref: answer.database.source, text } };
}

/** A session that waits for a lock, and the session that holds it. */
export type LockWait = Readonly<{
  database: DatabaseStatistics;
  waiting: DatabaseSession;
  holder: DatabaseSession;
  waitedUs: number;
}>;

/** The longest waits first. */
export function lockWaits(database: DatabaseStatistics): readonly LockWait[] {
  return database.sessions
    .flatMap((waiting) => {
      const holder = rootBlocker(database, waiting);
      const waitedUs = database.takenUs - waiting.lockWaitUs;
      return holder === undefined || !(waitedUs >= 0) ? [] : [{ database, waiting, holder, waitedUs }];
    })
    .sort((a, b) => b.waitedUs - a.waitedUs || a.waiting.id - b.waiting.id);
}

/**
 * The longest current wait of this statement whose blocking transaction was already open at that time: it blocked then
 * too.
 */
export function lockWaitOf(
  databases: readonly DatabaseStatistics[],
  shape: string,
  atUs: number,
): LockWait | undefined {
  if (shape === '') return undefined;
  const key = statementKey(shape);
  return databases
    .flatMap(lockWaits)
    .filter(({ waiting, holder }) => statementKey(waiting.statement) === key && holder.transactionUs < atUs)
    .sort((a, b) => b.waitedUs - a.waitedUs)[0];
}

/** `reporting (session 4711), idle in transaction for 42 s` */
export function sessionText(
  { id, application, user, state, stateUs, transactionUs }: DatabaseSession,
  nowUs: number,
): string {
  const since = state === 'active' ? transactionUs : stateUs;
  const lasts = Number.isNaN(since) ? '' : ` for ${durationText(Math.max(0, nowUs - since))}`;
  const doing = state === 'active' ? `in a transaction${lasts}` : `${state}${lasts}`;
  return `${application || user} (session ${id}), ${doing}`;
}

export function lockEvidence({ database, waiting, holder, waitedUs }: LockWait): EvidenceItem {
  const last = holder.statement === '' ? '' : `, and its last statement is ${holder.statement}`;
  const text = `${database.source} shows session ${waiting.id} waiting ${durationText(waitedUs)} for a lock that ${sessionText(holder, database.takenUs)} holds${last}`;
  return { kind: 'metric', ref: database.source, text };
}
