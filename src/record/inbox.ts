/**
 * Received requests, from before the acknowledgement until their work is stored. Slack and webhooks deliver at least
 * once, and a killed process loses its memory; the row covers both.
 *
 *   receive ──► pending ──► done
 *                 │ ▲
 *        postpone └─┘ a day without success ──► given up, and pending again if the sender delivers it again
 */
import { errorRecord } from '#core/errors.ts';
import { type Backoff, backoffUs } from '#record/backoff.ts';
import { ageUs } from '#record/row-age.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Store, Tx } from '#record/store.ts';

export type Incoming = Readonly<{
  workspaceId: string;
  /** The sender's own id of this delivery: `event_id`, `trigger_id`, fingerprint and start of an alert. */
  key: string;
  /** The sender: `slack`, `alertmanager`… */
  source: string;
  body: string;
}>;

/** `pending`: it came before and is not finished. `done`: acknowledge and drop it. */
export type Received = Readonly<{ inboxId: string; state: 'new' | 'pending' | 'done' }>;

export type PendingRow = Readonly<Incoming & { inboxId: string; receivedUs: number }>;

export type GivenUpRequest = Readonly<{ source: string; workspaceId: string; error: string; givenUpUs: number }>;

/** Slack resends an event for up to an hour, a person replays a webhook the next day. */
const REMEMBER_US = 2 * 24 * 3_600 * 1_000_000;

/** A listener takes milliseconds. A row that is still pending after this belongs to a process that failed or died. */
const GRACE_US = 60_000_000;
const BACKOFF: Backoff = { firstUs: 5_000_000, capUs: 600_000_000 };
/** After a day nobody waits for the alert or the message any more. */
const GIVE_UP_AFTER_US = 24 * 3_600 * 1_000_000;
/** An error's message may quote a whole request. */
const ERROR_CHARS = 1_000;

export async function receive(store: Store, { workspaceId, key, source, body }: Incoming): Promise<Received> {
  const inboxId = store.newId();
  const nowUs = await store.nowUs();
  const inserted = await store.db
    .insertInto('inbox')
    .values({
      id: inboxId,
      workspace_id: workspaceId,
      key,
      source,
      body,
      received_us: nowUs,
      done_us: null,
      attempts: 0,
      due_us: nowUs + GRACE_US,
      error: null,
      given_up_us: null,
    })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'key']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted) return { inboxId, state: 'new' };

  const known = await store.db
    .selectFrom('inbox')
    .select(['id', 'done_us', 'given_up_us'])
    .where('workspace_id', '=', workspaceId)
    .where('key', '=', key)
    .executeTakeFirstOrThrow();
  if (known.given_up_us !== null) await revive(store, known.id, body);
  return { inboxId: known.id, state: known.done_us === null ? 'pending' : 'done' };
}

/** The sender delivers a request again that was given up: it gets another day. */
async function revive(store: Store, inboxId: string, body: string): Promise<void> {
  const nowUs = await store.nowUs();
  await store.db
    .updateTable('inbox')
    .set({ body, attempts: 0, received_us: nowUs, due_us: nowUs + GRACE_US, error: null, given_up_us: null })
    .where('id', '=', inboxId)
    .where('given_up_us', 'is not', null)
    .execute();
}

/** This transaction stores its work. The body is deleted, because it may contain people's text. */
export async function done(tx: Tx, inboxId: string): Promise<void> {
  await tx.db
    .updateTable('inbox')
    .set({ done_us: tx.nowUs, body: null })
    .where('id', '=', inboxId)
    .where('done_us', 'is', null)
    .execute();
}

/** An attempt failed: the next one comes after a growing wait. After a day the request is given up. */
export async function postpone(
  store: Store,
  { inboxId, error, random = store.random }: Readonly<{ inboxId: string; error: unknown; random?: () => number }>,
): Promise<'postponed' | 'given up' | 'done'> {
  return await store.transaction(async ({ db, nowUs }) => {
    const row = await pendingRows({ db }).where('id', '=', inboxId).executeTakeFirst();
    if (row === undefined) return 'done';
    const attempts = row.attempts + 1;
    const givesUp = ageUs(store, { nowUs, sinceUs: row.received_us }) > GIVE_UP_AFTER_US;
    const postponed = await db
      .updateTable('inbox')
      .set({
        attempts,
        due_us: nowUs + backoffUs(BACKOFF, attempts, random),
        error: errorRecord(error).message.slice(0, ERROR_CHARS),
        ...(givesUp ? { given_up_us: nowUs, body: null } : {}),
      })
      .where('id', '=', inboxId)
      .where('done_us', 'is', null)
      .executeTakeFirst();
    if (postponed.numUpdatedRows === 0n) return 'done';
    return givesUp ? 'given up' : 'postponed';
  });
}

/** Requests that a process left unfinished, oldest first, for replay at start. */
export async function pending(store: Store): Promise<readonly PendingRow[]> {
  const rows = await pendingRows(store).orderBy('received_us').orderBy('id').execute();
  return rows.map(pendingRowOf);
}

/**
 * Takes requests whose next attempt is due, the longest waiting first. Nobody else gets them for a minute. After that,
 * the process that took them has most likely died.
 */
export async function takeRequests(
  store: Store,
  { source, except, limit }: Readonly<{ source: string; except: readonly string[]; limit: number }>,
): Promise<readonly PendingRow[]> {
  const nowUs = await store.nowUs();
  const due = await pendingOf(store, source, except)
    .where('due_us', '<=', nowUs)
    .orderBy('due_us')
    .orderBy('id')
    .limit(limit)
    .execute();
  const taken: PendingRow[] = [];
  for (const row of due) if (await isTaken(store, row, nowUs)) taken.push(pendingRowOf(row));
  return taken;
}

/** When the next attempt of a pending request is due; undefined if none is pending. */
export async function nextRequestUs(
  store: Store,
  { source, except }: Readonly<{ source: string; except: readonly string[] }>,
): Promise<number | undefined> {
  const next = await pendingOf(store, source, except).orderBy('due_us').limit(1).executeTakeFirst();
  return next?.due_us;
}

/** Requests that failed for a day, newest first. */
export async function givenUpRequests({ db }: Reader): Promise<readonly GivenUpRequest[]> {
  const rows = await db
    .selectFrom('inbox')
    .select(['source', 'workspace_id', 'error', 'given_up_us'])
    .where('given_up_us', 'is not', null)
    .orderBy('given_up_us', 'desc')
    .execute();
  return rows.map((row) => ({
    source: row.source,
    workspaceId: row.workspace_id,
    error: row.error ?? '',
    givenUpUs: row.given_up_us ?? 0,
  }));
}

/** False if another process has taken or finished it since it was read. */
async function isTaken({ db }: Store, { id, due_us }: Schema['inbox'], nowUs: number): Promise<boolean> {
  const taken = await db
    .updateTable('inbox')
    .set({ due_us: nowUs + GRACE_US })
    .where('id', '=', id)
    .where('due_us', '=', due_us)
    .where('done_us', 'is', null)
    .executeTakeFirst();
  return taken.numUpdatedRows > 0n;
}

function pendingRows({ db }: Reader) {
  return db.selectFrom('inbox').selectAll().where('done_us', 'is', null).where('given_up_us', 'is', null);
}

function pendingOf(reader: Reader, source: string, except: readonly string[]) {
  return pendingRows(reader)
    .where('source', '=', source)
    .$if(except.length > 0, (query) => query.where('id', 'not in', [...except]));
}

function pendingRowOf(row: Schema['inbox']): PendingRow {
  return {
    inboxId: row.id,
    workspaceId: row.workspace_id,
    key: row.key,
    source: row.source,
    body: row.body ?? '',
    receivedUs: row.received_us,
  };
}

/** Drops the ids of finished rows from before that instant, but never one younger than two days. */
export async function forget(store: Store, olderThanUs: number): Promise<number> {
  const boundUs = Math.min(olderThanUs, (await store.nowUs()) - REMEMBER_US);
  const gone = await store.db
    .deleteFrom('inbox')
    .where('done_us', 'is not', null)
    .where('received_us', '<', boundUs)
    .executeTakeFirst();
  return Number(gone.numDeletedRows);
}
