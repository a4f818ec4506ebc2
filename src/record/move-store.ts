/**
 * Moves a whole store into an empty one of another database, in one transaction: after a failure the target is empty
 * again. The move reads back what it wrote and compares every row.
 */
import type { Expression, ExpressionBuilder, Kysely, SqlBool } from 'kysely';
import { SpanhoundError } from '#core/errors.ts';
import { sha256 } from '#core/sha256.ts';
import { verifyAudit } from '#record/audit.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Store, Tx } from '#record/store.ts';

export type Moved = Readonly<{ tables: Readonly<Record<string, number>>; auditHead: string }>;

/** Why nothing was moved. */
class NotMovedError extends SpanhoundError {
  override readonly name = 'NotMovedError';
  readonly code = 'SH_NOT_MOVED';
  readonly advice: string;

  constructor(why: string, advice: string) {
    super(`nothing was moved: ${why}`);
    this.advice = advice;
  }
}

type Table = Exclude<keyof Schema, 'paces'>;

/**
 * Every table with its key, after the tables that it refers to. Rates (`paces`) concern the last minutes and stay
 * behind.
 */
const KEYS: Readonly<Record<Table, readonly string[]>> = {
  inbox: ['id'],
  jobs: ['id'],
  messages: ['id'],
  outbox: ['seq'],
  investigations: ['id'],
  alerts: ['id'],
  feedback: ['investigation_id', 'user_id'],
  incidents: ['id'],
  incident_channels: ['incident_id'],
  status_updates: ['id'],
  status_sends: ['update_id', 'target'],
  incident_roles: ['incident_id', 'role'],
  timeline_entries: ['id'],
  entry_files: ['id'],
  action_items: ['id'],
  item_issues: ['item_id'],
  mitigations: ['id'],
  pager_steps: ['id'],
  postmortem_sends: ['incident_id', 'target'],
  evidence: ['investigation_id'],
  fingerprints: ['investigation_id'],
  changes: ['kind', 'service', 'id', 'at_us'],
  audit: ['seq'],
  audit_head: ['id'],
  audit_signatures: ['seq'],
  audit_stamps: ['seq'],
  legal_holds: ['incident_id'],
  marks: ['name'],
  stories: ['investigation_id'],
  folds: ['alert_id'],
  service_answers: ['id'],
  service_facts: ['source'],
  seen_services: ['workspace_id', 'service'],
  mutes: ['id'],
  quiet_alerts: ['alert_id'],
  alert_keys: ['id'],
  alert_notes: ['alert_id', 'entry_key'],
  api_tokens: ['id'],
  installations: ['workspace_id'],
};
const TABLES = Object.keys(KEYS) as Table[];

/** Columns that refer to rows which come later: filled once those are there. */
const LATER: Partial<Readonly<Record<Table, string>>> = { investigations: 'alert_id', timeline_entries: 'amends' };

/** A row may hold a picture. */
const PAGE_ROWS = 200;

type Row = Readonly<Record<string, unknown>>;
type AnyTables = Record<string, Record<string, unknown>>;

/** Throws NotMovedError if a process is at work on the source, if the target has rows, or if a row came out different. */
export async function moveStore(from: Store, to: Store): Promise<Moved> {
  return await from.transaction(async (source) => {
    await refuseIfAtWork(source);
    const intact = await verifyAudit(source);
    if (!intact.ok) {
      throw new NotMovedError(
        `the audit log of ${from.place} was altered, first at entry ${intact.firstTouched}: ${intact.problem}`,
        'Find out who altered it. Move a backup that is intact.',
      );
    }
    return await to.transaction(async (target) => {
      await refuseIfFilled(target, to.place);
      for (const table of TABLES) await copy(source, target, table);
      for (const [table, column] of Object.entries(LATER)) await fillIn(source, target, table as Table, column);
      return { tables: await compared(source, target), auditHead: await sameHead(target, intact.head) };
    });
  });
}

/** A process that goes on would write into the store that nobody reads any more. */
async function refuseIfAtWork({ db, nowUs }: Tx): Promise<void> {
  for (const table of ['jobs', 'outbox'] as const) {
    const held = await db.selectFrom(table).select('lease').where('lease_until_us', '>', nowUs).executeTakeFirst();
    if (held === undefined) continue;
    throw new NotMovedError('a bot is at work on the store', 'Stop it. If it was killed, wait for 10 s.');
  }
}

async function refuseIfFilled(target: Reader, place: string): Promise<void> {
  for (const table of TABLES) {
    if ((await pageOf(target, table, undefined, 1)).length === 0) continue;
    throw new NotMovedError(
      `${place} already has rows in ${table}`,
      'Give Spanhound an empty database, and start no bot on it before the move.',
    );
  }
}

async function copy(source: Reader, target: Reader, table: Table): Promise<void> {
  const later = LATER[table];
  for await (const rows of pagesOf(source, table)) {
    const values = rows.map(({ seq, ...row }) => ({
      ...row,
      // The outbox numbers its rows itself, in the order in which they come.
      ...(table === 'outbox' ? {} : seq === undefined ? {} : { seq }),
      ...(later === undefined ? {} : { [later]: null }),
    }));
    await loose(target).insertInto(table).values(values).execute();
  }
}

async function fillIn(source: Reader, target: Reader, table: Table, column: string): Promise<void> {
  for await (const rows of pagesOf(source, table)) {
    for (const row of rows) {
      if (row[column] === null) continue;
      await loose(target)
        .updateTable(table)
        .set({ [column]: row[column] })
        .where('id', '=', row.id)
        .execute();
    }
  }
}

/** The number of rows by table. */
async function compared(source: Reader, target: Reader): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of TABLES) {
    const [before, after] = [await digestOf(source, table), await digestOf(target, table)];
    if (before.rows !== after.rows || before.hash !== after.hash) {
      throw new NotMovedError(
        `${table} came out different: ${before.rows} rows became ${after.rows}`,
        'This is a bug in Spanhound, or another program writes into the target.',
      );
    }
    counts[table] = before.rows;
  }
  return counts;
}

async function sameHead(target: Reader, head: string): Promise<string> {
  const moved = await verifyAudit(target);
  if (moved.ok && moved.head === head) return head;
  throw new NotMovedError('the audit log came out different', 'This is a bug in Spanhound.');
}

async function digestOf(reader: Reader, table: Table): Promise<Readonly<{ rows: number; hash: string }>> {
  let hash = '';
  let count = 0;
  for await (const rows of pagesOf(reader, table)) {
    for (const row of rows) hash = sha256(`${hash}${JSON.stringify(fieldsOf(row, table))}`);
    count += rows.length;
  }
  return { rows: count, hash };
}

function fieldsOf(row: Row, table: Table): readonly unknown[] {
  return Object.entries(row)
    .filter(([name]) => table !== 'outbox' || name !== 'seq')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => [name, comparable(value)]);
}

function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  // Not every database has NUL in texts.
  return typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : value;
}

async function* pagesOf(reader: Reader, table: Table): AsyncGenerator<readonly Row[]> {
  let last: Row | undefined;
  for (;;) {
    const rows = await pageOf(reader, table, last, PAGE_ROWS);
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE_ROWS) return;
    last = rows.at(-1);
  }
}

async function pageOf(reader: Reader, table: Table, after: Row | undefined, limit: number): Promise<readonly Row[]> {
  const keys = KEYS[table];
  let query = loose(reader).selectFrom(table).selectAll().limit(limit);
  for (const key of keys) query = query.orderBy(key);
  if (after !== undefined) query = query.where((row) => isAfter(row, keys, after));
  return await query.execute();
}

/** Of two rows with several keys, the first key that differs decides. */
function isAfter(row: ExpressionBuilder<AnyTables, string>, keys: readonly string[], last: Row): Expression<SqlBool> {
  return row.or(
    keys.map((key, depth) => {
      const same = keys.slice(0, depth).map((before) => row(before, '=', last[before]));
      return row.and([...same, row(key, '>', last[key])]);
    }),
  );
}

/** Tables by names that are only known while it runs. */
function loose({ db }: Reader): Kysely<AnyTables> {
  return db as unknown as Kysely<AnyTables>;
}
