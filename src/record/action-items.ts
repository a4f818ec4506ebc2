/** Action items, which prevent a repetition: who does what, and by when. */
import { type ActionItem, incidentName } from '#model/incident/incident.ts';
import { redact } from '#model/redaction/redaction.ts';
import { audit } from '#record/audit.ts';
import { itemDigest } from '#record/row-digests.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

/** False if there already is an item with this id. */
export async function addActionItem(tx: Tx, item: Omit<ActionItem, 'createdUs'>): Promise<boolean> {
  const incident = await tx.db
    .selectFrom('incidents')
    .select(['workspace_id', 'number'])
    .where('id', '=', item.incidentId)
    .executeTakeFirstOrThrow();
  const inserted = await tx.db
    .insertInto('action_items')
    .values({
      id: item.id,
      incident_id: item.incidentId,
      workspace_id: incident.workspace_id,
      text: redact(item.text),
      owner: redact(item.owner),
      due: item.due,
      created_by: item.createdBy,
      created_us: tx.nowUs,
      salt: tx.newId(),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (inserted === undefined) return false;
  await audit(tx, {
    workspaceId: incident.workspace_id,
    actor: item.createdBy,
    action: 'action-item.added',
    subject: incidentName(incident),
    detail: { id: item.id, due: item.due, digest: itemDigest(inserted) },
  });
  return true;
}

/** In the order in which they were added. */
export async function actionItemsOf({ db }: Reader, incidentId: string): Promise<readonly ActionItem[]> {
  const rows = await db
    .selectFrom('action_items')
    .selectAll()
    .where('incident_id', '=', incidentId)
    .orderBy('created_us')
    .orderBy('id')
    .execute();
  return rows.map(itemOf);
}

/** The items of a person that are due on this day (YYYY-MM-DD) or later, the earliest first. */
export async function actionItemsOwnedBy(
  { db }: Reader,
  { workspaceId, owner, sinceDay }: Readonly<Record<'workspaceId' | 'owner' | 'sinceDay', string>>,
): Promise<readonly ActionItem[]> {
  const rows = await db
    .selectFrom('action_items')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('owner', '=', owner)
    .where('due', '>=', sinceDay)
    .orderBy('due')
    .orderBy('id')
    .execute();
  return rows.map(itemOf);
}

function itemOf(row: Schema['action_items']): ActionItem {
  return {
    id: row.id,
    incidentId: row.incident_id,
    text: row.text,
    owner: row.owner,
    due: row.due,
    createdBy: row.created_by,
    createdUs: row.created_us,
  };
}
