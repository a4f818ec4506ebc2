/**
 * What paging systems outside are asked to do, one row for each thing. A row is stored with a job, which claims it before
 * each call (`workflows/pagers/send-step.ts`).
 *
 *   queued ──┬─► done
 *            ├─► refused   the system said no, or could not be reached in time; a person may try again
 *            └─► dropped   nobody needs it any more
 */
import { sha256 } from '#core/sha256.ts';
import type { Incident } from '#model/incident/incident.ts';
import type { PagerStepKind } from '#model/incident/pager.ts';
import { redact } from '#model/redaction/redaction.ts';
import { type Claim, claimed, FREE, type PutBack, putBack, type Stop, stopped } from '#record/claims.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

type Row = Schema['pager_steps'];

export type PagerStep = Readonly<{
  id: string;
  incidentId: string;
  workspaceId: string;
  pager: string;
  kind: PagerStepKind;
  remoteId: string;
  place: string;
  pageId: string;
  entryId: string;
  text: string;
  mark: string;
  state: Row['state'];
  reason: string;
  url: string;
  begunUs: number;
  retriedUs: number;
  attempts: number;
  isUncertain: boolean;
  /** The earliest instant of the next call: it is due, and nobody else calls. */
  nextCallUs: number;
  /** When the system said so; undefined before. */
  doneUs: number | undefined;
}>;

export type NewPagerStep = Pick<PagerStep, 'id' | 'pager' | 'kind'> &
  Partial<Pick<PagerStep, 'remoteId' | 'place' | 'pageId' | 'entryId' | 'text'>>;

/** False if this id is stored already: its cause was read twice. */
export async function addPagerStep(
  tx: Tx,
  { id: incidentId, workspaceId }: Pick<Incident, 'id' | 'workspaceId'>,
  { id, pager, kind, remoteId = '', place = '', pageId = '', entryId = '', text = '' }: NewPagerStep,
): Promise<boolean> {
  const added = await tx.db
    .insertInto('pager_steps')
    .values({
      id,
      incident_id: incidentId,
      workspace_id: workspaceId,
      pager,
      kind,
      remote_id: remoteId,
      place,
      page_id: pageId,
      entry_id: entryId,
      text: redact(text),
      mark: markOf(id),
      state: 'queued',
      reason: '',
      url: '',
      begun_us: tx.nowUs,
      retried_us: 0,
      attempts: 0,
      due_us: tx.nowUs,
      is_uncertain: 0,
      ...FREE,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return (added.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

function markOf(id: string): string {
  return sha256(`spanhound/pager/${id}`).slice(0, 16);
}

export async function findPagerStep({ db }: Reader, id: string): Promise<PagerStep | undefined> {
  const row = await db.selectFrom('pager_steps').selectAll().where('id', '=', id).executeTakeFirst();
  return row && stepOf(row);
}

/** All of an incident, the oldest first. */
export async function pagerStepsOf({ db }: Reader, incidentId: string): Promise<readonly PagerStep[]> {
  const rows = await db
    .selectFrom('pager_steps')
    .selectAll()
    .where('incident_id', '=', incidentId)
    .orderBy('begun_us')
    .orderBy('id')
    .execute();
  return rows.map(stepOf);
}

/** What we did, or may be doing, to an incident there. */
export async function stepsAt(
  { db }: Reader,
  { workspaceId, pager, remoteId }: Readonly<{ workspaceId: string; pager: string; remoteId: string }>,
): Promise<readonly PagerStep[]> {
  const rows = await db
    .selectFrom('pager_steps')
    .selectAll()
    .where('pager', '=', pager)
    .where('remote_id', '=', remoteId)
    .where('workspace_id', '=', workspaceId)
    .orderBy('begun_us')
    .execute();
  return rows.map(stepOf);
}

/** Whether a step of ours has this mark. */
export async function isOwnMark(
  { db }: Reader,
  { workspaceId, pager, mark }: Readonly<{ workspaceId: string; pager: string; mark: string }>,
): Promise<boolean> {
  const row = await db
    .selectFrom('pager_steps')
    .select('id')
    .where('mark', '=', mark)
    .where('pager', '=', pager)
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Pages whose call began, and whose incident there nobody knows yet. */
export async function pagesOnTheirWay(
  { db }: Reader,
  { workspaceId, pager }: Readonly<{ workspaceId: string; pager: string }>,
): Promise<readonly PagerStep[]> {
  const rows = await db
    .selectFrom('pager_steps')
    .selectAll()
    .where('pager', '=', pager)
    .where('remote_id', '=', '')
    .where('workspace_id', '=', workspaceId)
    .where('kind', '=', 'page')
    .where('is_uncertain', '=', 1)
    .execute();
  return rows.map(stepOf);
}

/** Before the call: whoever finds it so later does not know how the call ended. */
export async function claimPagerStep(tx: Tx, id: string, claim: Claim): Promise<void> {
  await change(tx, id, claimed(claim));
}

/** False if another process has taken it since. */
export async function holdsPagerStep({ db }: Tx, id: string, claim: string): Promise<boolean> {
  const row = await db.selectFrom('pager_steps').select('claim').where('id', '=', id).executeTakeFirst();
  return row?.claim === claim;
}

export async function markPagerDone(
  tx: Tx,
  { id, remoteId }: Pick<PagerStep, 'id' | 'remoteId'>,
  done: Readonly<{ remoteId: string; url: string }>,
): Promise<void> {
  const remote = { remote_id: done.remoteId || remoteId, url: done.url };
  await change(tx, id, { ...FREE, ...remote, state: 'done', reason: '', is_uncertain: 0, due_us: tx.nowUs });
}

/** Tries again later. */
export async function putPagerBack(
  tx: Tx,
  { id, attempts }: Pick<PagerStep, 'id' | 'attempts'>,
  left: Omit<PutBack, 'attempts'>,
): Promise<void> {
  await change(tx, id, putBack({ ...left, attempts: attempts + 1 }));
}

export async function endPagerStep(tx: Tx, id: string, end: Stop<'refused' | 'dropped'>): Promise<void> {
  await change(tx, id, stopped(end));
}

/** By a person. */
export async function queuePagerAgain(tx: Tx, id: string): Promise<void> {
  const now = { begun_us: tx.nowUs, retried_us: tx.nowUs, due_us: tx.nowUs };
  await change(tx, id, { ...FREE, ...now, state: 'queued', reason: '', attempts: 0 });
}

async function change(tx: Tx, id: string, set: Partial<Row>): Promise<void> {
  await tx.db.updateTable('pager_steps').set(set).where('id', '=', id).execute();
}

function stepOf(row: Row): PagerStep {
  return {
    id: row.id,
    incidentId: row.incident_id,
    workspaceId: row.workspace_id,
    pager: row.pager,
    kind: row.kind,
    remoteId: row.remote_id,
    place: row.place,
    pageId: row.page_id,
    entryId: row.entry_id,
    text: row.text,
    mark: row.mark,
    state: row.state,
    reason: row.reason,
    url: row.url,
    begunUs: row.begun_us,
    retriedUs: row.retried_us,
    attempts: row.attempts,
    isUncertain: row.is_uncertain === 1,
    nextCallUs: Math.max(row.due_us, row.claim_until_us),
    doneUs: row.state === 'done' ? row.due_us : undefined,
  };
}
