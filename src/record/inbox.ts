/**
 * What came in, kept from before it is acknowledged until what it asks for is stored: Slack and the webhooks deliver at
 * least once, a killed process loses what it only held in memory, and the row covers both.
 */
import type { Store, Tx } from '#record/store.ts';

export type Incoming = Readonly<{
  workspaceId: string;
  /** The sender's own id of this delivery: `event_id`, `trigger_id`, fingerprint and start of an alert. */
  key: string;
  /** Who sent it: `slack`, `alertmanager`… */
  source: string;
  body: string;
}>;

/** `pending`: it came before and nobody has finished with it. `done`: acknowledge and drop it. */
export type Received = Readonly<{ inboxId: string; state: 'new' | 'pending' | 'done' }>;

export type PendingRow = Readonly<Incoming & { inboxId: string; receivedUs: number }>;

/** Slack sends an event again for up to an hour, a person replays a webhook the next day. */
const REMEMBER_US = 2 * 24 * 3_600 * 1_000_000;

export async function receive(store: Store, { workspaceId, key, source, body }: Incoming): Promise<Received> {
  const inboxId = store.newId();
  const inserted = await store.db
    .insertInto('inbox')
    .values({
      id: inboxId,
      workspace_id: workspaceId,
      key,
      source,
      body,
      received_us: store.clock.nowUs(),
      done_us: null,
    })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'key']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted) return { inboxId, state: 'new' };

  const known = await store.db
    .selectFrom('inbox')
    .select(['id', 'done_us'])
    .where('workspace_id', '=', workspaceId)
    .where('key', '=', key)
    .executeTakeFirstOrThrow();
  return { inboxId: known.id, state: known.done_us === null ? 'pending' : 'done' };
}

/** What it asked for is stored by this transaction. The body goes: it may hold what people wrote. */
export async function done(tx: Tx, inboxId: string): Promise<void> {
  await tx.db
    .updateTable('inbox')
    .set({ done_us: tx.nowUs, body: null })
    .where('id', '=', inboxId)
    .where('done_us', 'is', null)
    .execute();
}

/** What a process left unfinished, oldest first, to be played again at start. */
export async function pending(store: Store): Promise<readonly PendingRow[]> {
  const rows = await store.db
    .selectFrom('inbox')
    .selectAll()
    .where('done_us', 'is', null)
    .orderBy('received_us')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    inboxId: row.id,
    workspaceId: row.workspace_id,
    key: row.key,
    source: row.source,
    body: row.body ?? '',
    receivedUs: row.received_us,
  }));
}

/** Drops the ids of finished rows that came before that instant, but never one younger than two days. */
export async function forget(store: Store, olderThanUs: number): Promise<number> {
  const boundUs = Math.min(olderThanUs, store.clock.nowUs() - REMEMBER_US);
  const gone = await store.db
    .deleteFrom('inbox')
    .where('done_us', 'is not', null)
    .where('received_us', '<', boundUs)
    .executeTakeFirst();
  return Number(gone.numDeletedRows);
}
