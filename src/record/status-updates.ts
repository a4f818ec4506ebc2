/**
 * Updates for status pages, and their way to each page. It is an outbox of its own: the approval stores one row for each
 * page in its transaction, and `workflows/status/send-status.ts` sends them in order.
 *
 *   waiting ──► approved ──► for each page: queued ──► sent
 *      └──► dropped                           ├──► refused   the page said no, or could not be reached
 *                                             └──► held      nobody knows whether it arrived
 */
import type { StatusSend, StatusUpdate } from '#model/incident/status-page.ts';
import { type Claim, claimed, FREE, type PutBack, putBack, type Stop, stopped } from '#record/claims.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

type UpdateRow = Schema['status_updates'];
type SendRow = Schema['status_sends'];

export type NewStatusUpdate = Pick<
  StatusUpdate,
  | 'id'
  | 'incidentId'
  | 'workspaceId'
  | 'status'
  | 'title'
  | 'text'
  | 'components'
  | 'confirmed'
  | 'nextMinutes'
  | 'corrects'
  | 'draftedBy'
>;

/** False if this id is stored already: the request was delivered twice. */
export async function addStatusUpdate(tx: Tx, update: NewStatusUpdate): Promise<boolean> {
  const added = await tx.db
    .insertInto('status_updates')
    .values({
      id: update.id,
      incident_id: update.incidentId,
      workspace_id: update.workspaceId,
      page_id: update.id,
      number: await nextNumber(tx, update.incidentId),
      version: 1,
      state: 'waiting',
      ...contentOf(update),
      corrects: update.corrects ?? null,
      drafted_by: update.draftedBy,
      drafted_us: tx.nowUs,
      approved_by: null,
      approved_us: null,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return (added.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** A new version, written after all others: nobody approves one that they have not read. */
export async function changeStatusUpdate(
  tx: Tx,
  { id, incidentId }: Pick<StatusUpdate, 'id' | 'incidentId'>,
  update: Pick<NewStatusUpdate, 'status' | 'title' | 'text' | 'components' | 'confirmed' | 'nextMinutes' | 'draftedBy'>,
): Promise<void> {
  const number = await nextNumber(tx, incidentId);
  await tx.db
    .updateTable('status_updates')
    .set((row) => ({
      ...contentOf(update),
      number,
      drafted_by: update.draftedBy,
      version: row('version', '+', 1),
    }))
    .where('id', '=', id)
    .execute();
}

async function nextNumber(tx: Tx, incidentId: string): Promise<number> {
  const last = (await statusUpdatesOf(tx, incidentId)).at(-1);
  return (last?.number ?? 0) + 1;
}

export async function dropStatusUpdate(tx: Tx, id: string): Promise<void> {
  await tx.db.updateTable('status_updates').set({ state: 'dropped' }).where('id', '=', id).execute();
}

export async function approveStatusUpdate(
  tx: Tx,
  update: StatusUpdate,
  { by, pageId, targets }: Readonly<{ by: string; pageId: string; targets: readonly string[] }>,
): Promise<void> {
  const { id, incidentId, workspaceId, number } = update;
  await tx.db
    .updateTable('status_updates')
    .set({ state: 'approved', page_id: pageId, approved_by: by, approved_us: tx.nowUs })
    .where('id', '=', id)
    .execute();
  for (const target of targets) {
    await tx.db
      .insertInto('status_sends')
      .values({
        update_id: id,
        target,
        incident_id: incidentId,
        workspace_id: workspaceId,
        page_id: pageId,
        number,
        state: 'queued',
        reason: '',
        attempts: 0,
        due_us: tx.nowUs,
        is_uncertain: 0,
        claim: null,
        claim_until_us: 0,
        remote_id: null,
        remote_update_id: null,
        url: '',
        sent_us: null,
      })
      .onConflict((conflict) => conflict.columns(['update_id', 'target']).doNothing())
      .execute();
  }
}

/** All of an incident, in their order. */
export async function statusUpdatesOf({ db }: Reader, incidentId: string): Promise<readonly StatusUpdate[]> {
  const rows = await db
    .selectFrom('status_updates')
    .selectAll()
    .where('incident_id', '=', incidentId)
    .orderBy('number')
    .execute();
  return rows.map(updateOfRow);
}

export async function findStatusUpdate(reader: Reader, id: string): Promise<StatusUpdate | undefined> {
  const row = await reader.db.selectFrom('status_updates').selectAll().where('id', '=', id).executeTakeFirst();
  return row && updateOfRow(row);
}

/** The newest approved update that is no correction: how it stands on the page. */
export function standingUpdate(updates: readonly StatusUpdate[]): StatusUpdate | undefined {
  return updates.findLast(({ state, corrects }) => state === 'approved' && corrects === undefined);
}

/** The same, while the incident is open on the page. */
export function openOnPage(updates: readonly StatusUpdate[]): StatusUpdate | undefined {
  const standing = standingUpdate(updates);
  return standing?.status === 'resolved' ? undefined : standing;
}

/** The text as corrected since. */
export function correctedText(updates: readonly StatusUpdate[], { id, text }: Pick<StatusUpdate, 'id' | 'text'>) {
  return updates.findLast(({ state, corrects }) => state === 'approved' && corrects === id)?.text ?? text;
}

export async function sendsOf({ db }: Reader, updateId: string): Promise<readonly StatusSend[]> {
  const rows = await db
    .selectFrom('status_sends')
    .selectAll()
    .where('update_id', '=', updateId)
    .orderBy('target')
    .execute();
  return rows.map(sendOfRow);
}

export type SendKey = Readonly<{ updateId: string; target: string }>;
export type TargetOfIncident = Readonly<{ incidentId: string; target: string }>;

/** All updates of an incident for one page, in their order. */
export async function sendsTo(
  { db }: Reader,
  { incidentId, target }: TargetOfIncident,
): Promise<readonly (StatusSend & Readonly<{ pageId: string; number: number; claimUntilUs: number }>)[]> {
  const rows = await db
    .selectFrom('status_sends')
    .selectAll()
    .where('incident_id', '=', incidentId)
    .where('target', '=', target)
    .orderBy('number')
    .execute();
  return rows.map((row) => ({
    ...sendOfRow(row),
    pageId: row.page_id,
    number: row.number,
    claimUntilUs: row.claim_until_us,
  }));
}

/** Before the call: whoever finds it so later does not know how the call ended. */
export async function claimSend(tx: Tx, key: SendKey, claim: Claim): Promise<void> {
  await changeSend(tx, key, claimed(claim));
}

/** False if another process has taken it since. */
export async function holdsClaim({ db }: Tx, { updateId, target }: SendKey, claim: string): Promise<boolean> {
  const row = await db
    .selectFrom('status_sends')
    .select('claim')
    .where('update_id', '=', updateId)
    .where('target', '=', target)
    .executeTakeFirst();
  return row?.claim === claim;
}

export async function markSendSent(
  tx: Tx,
  key: SendKey,
  { remoteId, remoteUpdateId, url }: Readonly<Record<'remoteId' | 'remoteUpdateId' | 'url', string>>,
): Promise<void> {
  const remote = { remote_id: remoteId || null, remote_update_id: remoteUpdateId || null, url };
  await changeSend(tx, key, { ...FREE, ...remote, state: 'sent', reason: '', is_uncertain: 0, sent_us: tx.nowUs });
}

/** Tries again later. */
export async function putSendBack(tx: Tx, key: SendKey, left: PutBack): Promise<void> {
  await changeSend(tx, key, putBack(left));
}

export async function stopSend(tx: Tx, key: SendKey, stop: Stop<'held' | 'refused'>): Promise<void> {
  await changeSend(tx, key, stopped(stop));
}

/** By a person. `isCertain`: they know that the page does not have it. */
export async function queueSendAgain(tx: Tx, key: SendKey, { isCertain }: Readonly<{ isCertain: boolean }>) {
  const certain = isCertain ? { is_uncertain: 0 } : {};
  await changeSend(tx, key, { ...FREE, ...certain, state: 'queued', reason: '', attempts: 0, due_us: tx.nowUs });
}

async function changeSend(tx: Tx, { updateId, target }: SendKey, set: Partial<SendRow>): Promise<void> {
  await tx.db
    .updateTable('status_sends')
    .set(set)
    .where('update_id', '=', updateId)
    .where('target', '=', target)
    .execute();
}

/** The approved updates that went to this page since then, oldest first. */
export async function updatesSentTo(
  { db }: Reader,
  { target, sinceUs, limit }: Readonly<{ target: string; sinceUs: number; limit: number }>,
): Promise<readonly StatusUpdate[]> {
  const rows = await db
    .selectFrom('status_updates')
    .selectAll()
    .where('state', '=', 'approved')
    .where('approved_us', '>=', sinceUs)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('status_sends')
          .select('target')
          .whereRef('status_sends.update_id', '=', 'status_updates.id')
          .where('target', '=', target),
      ),
    )
    .orderBy('approved_us', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(updateOfRow).toReversed();
}

function contentOf({
  status,
  title,
  text,
  components,
  confirmed,
  nextMinutes,
}: Pick<NewStatusUpdate, 'status' | 'title' | 'text' | 'components' | 'confirmed' | 'nextMinutes'>) {
  return {
    status,
    title,
    text,
    components: JSON.stringify(components),
    confirmed: JSON.stringify(confirmed),
    next_minutes: nextMinutes,
  };
}

function updateOfRow(row: UpdateRow): StatusUpdate {
  return {
    id: row.id,
    incidentId: row.incident_id,
    workspaceId: row.workspace_id,
    pageId: row.page_id,
    number: row.number,
    version: row.version,
    state: row.state,
    status: row.status,
    title: row.title,
    text: row.text,
    components: JSON.parse(row.components),
    confirmed: JSON.parse(row.confirmed),
    nextMinutes: row.next_minutes,
    corrects: row.corrects ?? undefined,
    draftedBy: row.drafted_by,
    draftedUs: row.drafted_us,
    approvedBy: row.approved_by ?? undefined,
    approvedUs: row.approved_us ?? undefined,
  };
}

function sendOfRow(row: SendRow): StatusSend {
  return {
    updateId: row.update_id,
    target: row.target,
    state: row.state,
    reason: row.reason,
    attempts: row.attempts,
    dueUs: row.due_us,
    isUncertain: row.is_uncertain === 1,
    remoteId: row.remote_id ?? undefined,
    remoteUpdateId: row.remote_update_id ?? undefined,
    url: row.url,
    sentUs: row.sent_us ?? undefined,
  };
}
