/**
 * Mitigations, and their way to the team's automation. The approval is stored with a job, which claims the row before
 * each call (`workflows/mitigations/send-mitigation.ts`).
 *
 *   waiting ──► approved ──┬─► accepted   the automation took it
 *      ├──► cancelled      ├─► refused    it surely did not
 *      └──► lapsed         └─► unknown    nobody knows
 */
import type { Mitigation } from '#model/incident/mitigation.ts';
import { type Claim, claimed, FREE, type PutBack, putBack, stopped } from '#record/claims.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

type Row = Schema['mitigations'];

export type NewMitigation = Omit<
  Mitigation,
  'state' | 'requestedUs' | 'approvedBy' | 'approvedUs' | 'reason' | 'attempts' | 'isUncertain'
>;

/** False if this id is stored already: the request was delivered twice. */
export async function addMitigation(tx: Tx, mitigation: NewMitigation): Promise<boolean> {
  const added = await tx.db
    .insertInto('mitigations')
    .values({
      id: mitigation.id,
      incident_id: mitigation.incidentId,
      workspace_id: mitigation.workspaceId,
      action: mitigation.action,
      what: mitigation.what,
      command: mitigation.command,
      service: mitigation.service,
      url: mitigation.url,
      body: mitigation.body,
      digest: mitigation.digest,
      needs_approval: mitigation.needsApproval ? 1 : 0,
      state: 'waiting',
      requested_by: mitigation.requestedBy,
      requested_us: tx.nowUs,
      lapses_us: mitigation.lapsesUs,
      approved_by: null,
      approved_us: null,
      reason: '',
      attempts: 0,
      due_us: tx.nowUs,
      is_uncertain: 0,
      ...FREE,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return (added.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function findMitigation(reader: Reader, id: string): Promise<Mitigation | undefined> {
  const row = await rowOf(reader, id);
  return row && mitigationOf(row);
}

/** All of an incident, the oldest first. */
export async function mitigationsOf({ db }: Reader, incidentId: string): Promise<readonly Mitigation[]> {
  const rows = await db
    .selectFrom('mitigations')
    .selectAll()
    .where('incident_id', '=', incidentId)
    .orderBy('requested_us')
    .orderBy('id')
    .execute();
  return rows.map(mitigationOf);
}

/** `by`: undefined where no second person is needed. */
export async function approveMitigation(tx: Tx, id: string, by: string | undefined): Promise<void> {
  await change(tx, id, { state: 'approved', approved_by: by ?? null, approved_us: tx.nowUs, due_us: tx.nowUs });
}

/** The earliest instant of the next call: it is due, and nobody else calls. */
export async function nextCallUs(reader: Reader, id: string): Promise<number> {
  const row = await rowOf(reader, id);
  return Math.max(row?.due_us ?? 0, row?.claim_until_us ?? 0);
}

/** Before the call: whoever finds it so later does not know how the call ended. */
export async function claimMitigation(tx: Tx, id: string, claim: Claim): Promise<void> {
  await change(tx, id, claimed(claim));
}

/** False if another process has taken it since. */
export async function holdsMitigation(reader: Reader, id: string, claim: string): Promise<boolean> {
  return (await rowOf(reader, id))?.claim === claim;
}

/** Tries again later. */
export async function putMitigationBack(
  tx: Tx,
  { id, attempts }: Pick<Mitigation, 'id' | 'attempts'>,
  left: Omit<PutBack, 'attempts'>,
): Promise<void> {
  await change(tx, id, putBack({ ...left, attempts: attempts + 1 }));
}

export async function endMitigation(
  tx: Tx,
  id: string,
  { state, reason = '' }: Readonly<{ state: Exclude<Row['state'], 'waiting' | 'approved'>; reason?: string }>,
): Promise<void> {
  await change(tx, id, stopped({ state, reason, isUncertain: state === 'unknown' }));
}

async function change(tx: Tx, id: string, set: Partial<Row>): Promise<void> {
  await tx.db.updateTable('mitigations').set(set).where('id', '=', id).execute();
}

async function rowOf({ db }: Reader, id: string): Promise<Row | undefined> {
  return await db.selectFrom('mitigations').selectAll().where('id', '=', id).executeTakeFirst();
}

function mitigationOf(row: Row): Mitigation {
  return {
    id: row.id,
    incidentId: row.incident_id,
    workspaceId: row.workspace_id,
    action: row.action,
    what: row.what,
    command: row.command,
    service: row.service,
    url: row.url,
    body: row.body,
    digest: row.digest,
    needsApproval: row.needs_approval === 1,
    state: row.state,
    requestedBy: row.requested_by,
    requestedUs: row.requested_us,
    lapsesUs: row.lapses_us,
    approvedBy: row.approved_by ?? undefined,
    approvedUs: row.approved_us ?? undefined,
    reason: row.reason,
    attempts: row.attempts,
    isUncertain: row.is_uncertain === 1,
  };
}
