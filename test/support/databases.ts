/** Readings of a real Postgres 15: two services wait to update a row that a third one holds; a statement without an index. */
import { readFileSync } from 'node:fs';
import { databaseBody } from '#decode/database-readings.ts';
import { databaseStatisticsOf } from '#decode/database-statistics.ts';
import type { DatabaseStatistics } from '#model/sql/database-statistics.ts';
import type { JsonObject } from '#model/text/json-object.ts';

export const BLOCKED = readFileSync('test/fixtures/databases/postgres-15-blocked.jsonl');
/** The same of a real MariaDB 10.11, with one service that waits. */
export const BLOCKED_MARIADB = readFileSync('test/fixtures/databases/mariadb-10.11-blocked.jsonl');
/** The same of a real MySQL 9.7, with a change of a table that waits for the same transaction. */
export const BLOCKED_MYSQL = readFileSync('test/fixtures/databases/mysql-9.7-blocked.jsonl');
/** When the second reading was taken. */
export const READ_US = Date.UTC(2026, 10, 20, 21, 44, 38) * 1000;

/** What readings say, as a session reads them. */
export function told(...readings: readonly JsonObject[]): readonly DatabaseStatistics[] {
  const body = databaseBody('database.json');
  body.push(readings.length === 0 ? BLOCKED : Buffer.from(JSON.stringify(readings)));
  return databaseStatisticsOf(body.end());
}

/** The one that was recorded, or a reading of it with some things changed. */
export function recorded(changes: JsonObject = {}, at = 1): JsonObject {
  const lines = BLOCKED.toString('utf8').trim().split('\n');
  return { ...(JSON.parse(lines[at] ?? '{}') as JsonObject), ...changes };
}
