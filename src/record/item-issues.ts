/**
 * The issues of action items in trackers outside. It is an outbox of its own, as `status-updates.ts`: the action item
 * stores a row in its transaction, and `workflows/action-items/sync-issue.ts` sends what the tracker does not know yet.
 *
 *   queued ──► linked ──► gone         somebody deleted it there
 *     ├──► withheld                    the incident is private
 *     └──► refused ──► queued          a person pressed the button
 */
import type { ActionItem, Incident, ItemIssue, ItemState } from '#model/incident/incident.ts';
import type { Issue } from '#model/incident/issue-tracker.ts';
import { type Claim, claimed, FREE, type PutBack, putBack, type Stop, stopped } from '#record/claims.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

type Row = Schema['item_issues'];

export type StoredIssue = ItemIssue &
  Readonly<{
    itemId: string;
    incidentId: string;
    tracker: string;
    place: string;
    /** Why it is not sent, and what to do; '' otherwise. */
    reason: string;
    attempts: number;
    dueUs: number;
    claimUntilUs: number;
    isUncertain: boolean;
    begunUs: number | undefined;
    remoteId: string | undefined;
    /** The state on which both sides last agreed, and since when. */
    agreed: ItemState;
    agreedUs: number;
  }>;

/** Nothing is sent yet. A second one for the same item changes nothing. */
export async function addItemIssue(
  tx: Tx,
  { id: incidentId, workspaceId }: Pick<Incident, 'id' | 'workspaceId'>,
  { itemId, tracker, place }: Readonly<{ itemId: string; tracker: string; place: string }>,
): Promise<void> {
  await tx.db
    .insertInto('item_issues')
    .values({
      item_id: itemId,
      incident_id: incidentId,
      workspace_id: workspaceId,
      tracker,
      place,
      state: 'queued',
      reason: '',
      attempts: 0,
      due_us: tx.nowUs,
      is_uncertain: 0,
      ...FREE,
      begun_us: null,
      remote_id: null,
      key: '',
      url: '',
      agreed: 'open',
      agreed_us: tx.nowUs,
      looked_us: 0,
    })
    .onConflict((conflict) => conflict.column('item_id').doNothing())
    .execute();
}

export async function findItemIssue({ db }: Reader, itemId: string): Promise<StoredIssue | undefined> {
  const row = await db.selectFrom('item_issues').selectAll().where('item_id', '=', itemId).executeTakeFirst();
  return row && issueOfRow(row);
}

/** By the ids of their items. */
export async function issuesOfIncidents(
  { db }: Reader,
  incidentIds: readonly string[],
): Promise<ReadonlyMap<string, ItemIssue>> {
  const rows = await db
    .selectFrom('item_issues')
    .select(['item_id', 'state', 'key', 'url'])
    .where('incident_id', 'in', incidentIds)
    .execute();
  return new Map(rows.map(({ item_id, state, key, url }) => [item_id, { state, key, url }]));
}

/** Those of a tracker that may have changed there, the longest unasked first. `endedSinceUs`: ended ones since then. */
export async function issuesToFollow(
  { db }: Reader,
  {
    workspaceId,
    tracker,
    endedSinceUs,
    itemId,
    limit,
  }: Readonly<{
    workspaceId: string;
    tracker: string;
    endedSinceUs: number;
    /** That of this item alone. @default those of all items */
    itemId?: string | undefined;
    limit: number;
  }>,
): Promise<readonly StoredIssue[]> {
  const all = db
    .selectFrom('item_issues')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('tracker', '=', tracker)
    .where('state', '=', 'linked');
  const rows = await (itemId === undefined ? all : all.where('item_id', '=', itemId))
    .where((where) => where.or([where('agreed', '=', 'open'), where('agreed_us', '>=', endedSinceUs)]))
    .orderBy('looked_us')
    .orderBy('item_id')
    .limit(limit)
    .execute();
  return rows.map(issueOfRow);
}

/** Those that a tracker names so; GitHub and GitLab take a name in any case. */
export async function linkedIssues(
  { db }: Reader,
  { tracker, remoteId }: Readonly<{ tracker: string; remoteId: string }>,
): Promise<readonly (StoredIssue & Readonly<{ workspaceId: string }>)[]> {
  const rows = await db
    .selectFrom('item_issues')
    .selectAll()
    .where('tracker', '=', tracker)
    .where('state', '=', 'linked')
    .where(({ fn }) => fn<string>('lower', ['remote_id']), '=', remoteId.toLowerCase())
    .execute();
  return rows.map((row) => ({ ...issueOfRow(row), workspaceId: row.workspace_id }));
}

/** Before the call: whoever finds it so later does not know how the call ended. */
export async function claimIssue(
  tx: Tx,
  itemId: string,
  { begunUs, ...claim }: Claim & Readonly<{ begunUs: number }>,
): Promise<void> {
  await changeRow(tx, itemId, { ...claimed(claim), begun_us: begunUs });
}

/** False if another process has taken it since, or the incident was forgotten. */
export async function holdsIssueClaim({ db }: Tx, itemId: string, claim: string): Promise<boolean> {
  const row = await db.selectFrom('item_issues').select('claim').where('item_id', '=', itemId).executeTakeFirst();
  return row?.claim === claim;
}

const CALM = { ...FREE, is_uncertain: 0, attempts: 0, reason: '' } as const;

export async function linkIssue(tx: Tx, itemId: string, { remoteId, key, url }: Issue): Promise<void> {
  const remote = { remote_id: remoteId, key, url };
  await changeRow(tx, itemId, { ...CALM, ...remote, state: 'linked', agreed: 'open', agreed_us: tx.nowUs });
}

export async function agreeOn(tx: Tx, itemId: string, state: ItemState): Promise<void> {
  await changeRow(tx, itemId, { ...CALM, state: 'linked', agreed: state, agreed_us: tx.nowUs });
}

/** Tries again later. */
export async function putIssueBack(tx: Tx, itemId: string, left: PutBack): Promise<void> {
  await changeRow(tx, itemId, putBack(left));
}

export async function stopIssue(tx: Tx, itemId: string, stop: Stop<'withheld' | 'refused' | 'gone'>): Promise<void> {
  await changeRow(tx, itemId, stopped(stop));
}

/** By a person, or because the item changed: what the tracker knows decides what is sent. */
export async function queueIssueAgain(tx: Tx, { itemId, remoteId }: StoredIssue): Promise<void> {
  const state = remoteId === undefined ? 'queued' : 'linked';
  await changeRow(tx, itemId, { ...FREE, state, reason: '', attempts: 0, due_us: tx.nowUs });
}

export async function markLooked(tx: Tx, itemIds: readonly string[]): Promise<void> {
  if (itemIds.length === 0) return;
  await tx.db.updateTable('item_issues').set({ looked_us: tx.nowUs }).where('item_id', 'in', itemIds).execute();
}

async function changeRow(tx: Tx, itemId: string, set: Partial<Row>): Promise<void> {
  await tx.db.updateTable('item_issues').set(set).where('item_id', '=', itemId).execute();
}

function issueOfRow(row: Row): StoredIssue {
  return {
    itemId: row.item_id,
    incidentId: row.incident_id,
    tracker: row.tracker,
    place: row.place,
    state: row.state,
    reason: row.reason,
    attempts: row.attempts,
    dueUs: row.due_us,
    claimUntilUs: row.claim_until_us,
    isUncertain: row.is_uncertain === 1,
    begunUs: row.begun_us ?? undefined,
    remoteId: row.remote_id ?? undefined,
    key: row.key,
    url: row.url,
    agreed: row.agreed,
    agreedUs: row.agreed_us,
  };
}

/** Whether both say the same: `done` and `dropped` are both closed there. */
export function isSame(one: ItemState, other: ItemState): boolean {
  return (one === 'open') === (other === 'open');
}

/** What the tracker does not know yet: it has no issue, or another state. */
export function isBehind(
  { remoteId, agreed }: Pick<StoredIssue, 'remoteId' | 'agreed'>,
  { state }: Pick<ActionItem, 'state'>,
): boolean {
  return remoteId === undefined ? state === 'open' : !isSame(agreed, state);
}
