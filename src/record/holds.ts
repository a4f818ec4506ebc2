/** Legal holds: nothing of a held incident is deleted, whatever the retention says. */
import { SpanhoundError } from '#core/errors.ts';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { auditIncident } from '#record/audit.ts';
import { incidentById } from '#record/find-incidents.ts';
import type { Reader, Tx } from '#record/store.ts';

export type Hold = Readonly<{ incident: Incident; by: string; reason: string; sinceUs: number }>;

/** A further reason stands behind the first. False if the incident is held already, for that reason or for none given. */
export async function holdIncident(
  tx: Tx,
  { incident, by, reason }: Pick<Hold, 'incident' | 'by' | 'reason'>,
): Promise<boolean> {
  const inserted = await tx.db
    .insertInto('legal_holds')
    .values({ incident_id: incident.id, workspace_id: incident.workspaceId, held_by: by, reason, since_us: tx.nowUs })
    .onConflict((conflict) => conflict.column('incident_id').doNothing())
    .returning('incident_id')
    .executeTakeFirst();
  if (inserted === undefined && !(await addReason(tx, incident, reason))) return false;
  await auditIncident(tx, incident, by, 'incident.held', {});
  return true;
}

async function addReason(tx: Tx, { id }: Incident, reason: string): Promise<boolean> {
  const row = await tx.db
    .selectFrom('legal_holds')
    .select('reason')
    .where('incident_id', '=', id)
    .executeTakeFirstOrThrow();
  const reasons = row.reason === '' ? [] : row.reason.split(BETWEEN);
  if (reason === '' || reason === row.reason || reasons.includes(reason)) return false;
  await tx.db
    .updateTable('legal_holds')
    .set({ reason: [...reasons, reason].join(BETWEEN) })
    .where('incident_id', '=', id)
    .execute();
  return true;
}

const BETWEEN = '; ';

/** False if the incident is not held. */
export async function releaseIncident(tx: Tx, { incident, by }: Pick<Hold, 'incident' | 'by'>): Promise<boolean> {
  const gone = await tx.db.deleteFrom('legal_holds').where('incident_id', '=', incident.id).executeTakeFirst();
  if (gone.numDeletedRows === 0n) return false;
  await auditIncident(tx, incident, by, 'incident.released', {});
  return true;
}

/** Oldest first. */
export async function holds(reader: Reader): Promise<readonly Hold[]> {
  const rows = await reader.db.selectFrom('legal_holds').selectAll().orderBy('since_us').execute();
  return await Promise.all(
    rows.map(async (row) => ({
      incident: await incidentById(reader, row.incident_id),
      by: row.held_by,
      reason: row.reason,
      sinceUs: row.since_us,
    })),
  );
}

/** Throws LegalHoldError if one of these incidents is held. */
export async function refuseHeld(reader: Reader, incidentIds: readonly string[]): Promise<void> {
  const held = (await holds(reader)).filter(({ incident }) => incidentIds.includes(incident.id));
  if (held.length > 0) throw new LegalHoldError(held.map(({ incident }) => incidentName(incident)));
}

/** What is on legal hold must not be deleted. */
class LegalHoldError extends SpanhoundError {
  override readonly name = 'LegalHoldError';
  readonly code = 'SH_LEGAL_HOLD';
  readonly advice: string;

  constructor(names: readonly string[]) {
    super(`nothing was forgotten: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} on legal hold`);
    this.advice = `Ask whoever set the hold (\`spanhound hold\` lists them). \`spanhound hold ${names[0]} --release\` ends it.`;
  }
}
