/**
 * Turns the rows of readings into database statistics. `adapters/postgres/views.ts` and `adapters/mysql/views.ts` name
 * their columns alike.
 */

import { byShape, type Readings, since } from '#decode/counted-statements.ts';
import type { DatabaseReading } from '#decode/database-readings.ts';
import { instantIn, numberIn, objectsIn, textIn } from '#decode/json-value.ts';
import type {
  DatabaseConnections,
  DatabaseSession,
  DatabaseStatistics,
  DatabaseTotals,
  StatementStatistics,
} from '#model/sql/database-statistics.ts';
import type { JsonObject } from '#model/text/json-object.ts';

/** Statements are counted in milliseconds, with parts of them. */
const MS_US = 1_000;
const S_US = 1_000_000;

export function statisticsOf({ first, last }: Readings): DatabaseStatistics {
  // Where the database refuses connections, its previous reading still holds.
  const told = isRefusal(last) ? first : last;
  const measuredUs = isRefusal(first) || isRefusal(last) ? 0 : timeIn(last, 'at') - timeIn(first, 'at');
  return {
    source: textIn(last, 'source'),
    system: systemOf(last),
    database: textIn(last, 'database'),
    takenUs: timeIn(last, 'at'),
    measuredUs,
    sinceUs: sinceUs(told),
    connections: connectionsOf(told, last),
    sessions: sessionsOf(told),
    statements: statementsOf(told, measuredUs > 0 ? first : undefined),
    tables: objectsIn(told, 'tables').map((row) => ({
      name: nameOfTable(row),
      rows: numberIn(row, 'rows'),
      deadRows: numberIn(row, 'dead'),
      scans: numberIn(row, 'scans'),
      scannedRows: numberIn(row, 'scanned'),
      indexScans: numberIn(row, 'index_scans'),
      vacuumedUs: timeIn(row, 'vacuumed'),
    })),
    totals: totalsOf(told, first),
    replicas: objectsIn(told, 'replicas').map((row) => ({
      name: textIn(row, 'name'),
      state: textIn(row, 'state'),
      lagUs: Math.round(numberIn(row, 'lag_seconds') * S_US),
      lagBytes: numberIn(row, 'lag_bytes'),
    })),
  };
}

/** In microseconds since the epoch, from ISO 8601 or from seconds since then; NaN where there is none. */
export function timeIn(row: JsonObject, key: string): number {
  const seconds = row[key];
  const isNumber = typeof seconds === 'number' || (typeof seconds === 'string' && /^\d+(?:\.\d+)?$/.test(seconds));
  return isNumber ? Math.round(Number(seconds) * S_US) : instantIn(row, key);
}

function systemOf(reading: DatabaseReading): DatabaseStatistics['system'] {
  const system = textIn(reading, 'reading');
  return system === 'mysql' || system === 'mariadb' ? system : 'postgresql';
}

function isRefusal(reading: DatabaseReading): boolean {
  return textIn(reading, 'refusal') !== '';
}

function sinceUs(reading: DatabaseReading): number {
  const [statement] = objectsIn(reading, 'statements');
  const [totals] = objectsIn(reading, 'totals');
  const counted = statement === undefined ? Number.NaN : timeIn(statement, 'since');
  return Number.isNaN(counted) && totals !== undefined ? timeIn(totals, 'since') : counted;
}

function connectionsOf(told: DatabaseReading, last: DatabaseReading): DatabaseConnections | undefined {
  const refusal = textIn(last, 'refusal');
  if (refusal === '' && told.used === undefined) return undefined;
  return {
    used: told.used === undefined ? Number.NaN : numberIn(told, 'used'),
    limit: told.used === undefined ? Number.NaN : numberIn(told, 'max_connections') - numberIn(told, 'reserved'),
    refusal,
    holders: objectsIn(told, 'holders').map((row) => ({
      application: textIn(row, 'application'),
      state: textIn(row, 'state'),
      count: numberIn(row, 'count'),
    })),
  };
}

function sessionsOf(reading: DatabaseReading): readonly DatabaseSession[] {
  const waits = new Map(objectsIn(reading, 'waits').map((row) => [numberIn(row, 'pid'), row]));
  const blockers = Map.groupBy(objectsIn(reading, 'blockers'), (row) => numberIn(row, 'pid'));
  return objectsIn(reading, 'sessions').map((row) => {
    const id = numberIn(row, 'pid');
    const wait = waits.get(id);
    const statementUs = timeIn(row, 'query_start');
    const isLocked = textIn(row, 'wait_event_type') === 'Lock';
    // Before version 14 the start of the wait is unknown: the statement began earlier than its wait.
    const waitedUs = wait === undefined ? Number.NaN : timeIn(wait, 'waitstart');
    return {
      id,
      application: textIn(row, 'application'),
      user: textIn(row, 'user'),
      state: textIn(row, 'state'),
      statement: textIn(row, 'query'),
      stateUs: timeIn(row, 'state_change'),
      transactionUs: timeIn(row, 'xact_start'),
      statementUs,
      waitsFor: [textIn(row, 'wait_event_type'), textIn(row, 'wait_event')].filter((text) => text !== '').join(' '),
      lockWaitUs: isLocked && Number.isNaN(waitedUs) ? statementUs : waitedUs,
      // The wait for a row is a wait for the transaction that changed it, which names no table.
      lockedTable: wait === undefined ? '' : textIn(wait, 'relation'),
      blockedBy: Array.isArray(row.blocked_by)
        ? row.blocked_by.map(Number).filter(Number.isSafeInteger)
        : (blockers.get(id) ?? []).map((blocker) => numberIn(blocker, 'blocked_by')),
    };
  });
}

function nameOfTable(row: JsonObject): string {
  const schema = textIn(row, 'schema');
  return schema === 'public' || schema === '' ? textIn(row, 'name') : `${schema}.${textIn(row, 'name')}`;
}

function statementsOf(last: DatabaseReading, first: DatabaseReading | undefined): readonly StatementStatistics[] {
  const now = byShape(objectsIn(last, 'statements').map(statementOf));
  if (first === undefined) return now;
  const before = new Map(byShape(objectsIn(first, 'statements').map(statementOf)).map((one) => [one.shape, one]));
  return now.map((one) => ({ ...one, recent: since(one, before.get(one.shape)) }));
}

function statementOf(row: JsonObject): StatementStatistics {
  return {
    shape: textIn(row, 'query'),
    calls: numberIn(row, 'calls'),
    totalUs: numberIn(row, 'total_ms') * MS_US,
    maxUs: numberIn(row, 'max_ms') * MS_US,
    rows: numberIn(row, 'rows'),
    blocksRead: numberIn(row, 'blocks_read'),
    blocksHit: numberIn(row, 'blocks_hit'),
    temporaryBlocks: numberIn(row, 'temp_blocks'),
    rowsExamined: amountIn(row, 'examined'),
    withoutIndex: amountIn(row, 'without_index'),
    recent: undefined,
  };
}

/** NaN where it is not counted. */
function amountIn(row: JsonObject, key: string): number {
  return row[key] === undefined ? Number.NaN : numberIn(row, key);
}

function totalsOf(last: DatabaseReading, first: DatabaseReading): DatabaseTotals | undefined {
  const [now] = objectsIn(last, 'totals');
  if (now === undefined) return undefined;
  const [before = now] = objectsIn(first, 'totals');
  return {
    deadlocks: numberIn(now, 'deadlocks'),
    temporaryBytes: numberIn(now, 'temp_bytes'),
    blocksRead: numberIn(now, 'blocks_read'),
    blocksHit: numberIn(now, 'blocks_hit'),
    recentDeadlocks: Math.max(0, numberIn(now, 'deadlocks') - numberIn(before, 'deadlocks')),
  };
}
