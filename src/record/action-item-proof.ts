/** Proves the action items by the audit log, which has an entry with a digest for each that was added or forgotten. */
import { isoFromUs } from '#core/clock.ts';
import { incidentName } from '#model/incident/incident.ts';
import { audit } from '#record/audit.ts';
import { itemDigest } from '#record/row-digests.ts';
import { firstProblems, loggedEntries, type RowProof } from '#record/row-proof.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Store } from '#record/store.ts';

/** Whether each action item says what it said when it was added. The log itself is checked elsewhere. */
export async function verifyActionItems(reader: Reader): Promise<RowProof> {
  const logged = await loggedItems(reader);
  const items = await itemRows(reader);
  const problems: string[] = [];
  for (const item of items) {
    const digest = logged.get(item.id)?.digest;
    const name = `${incidentName(item)}: the action item of ${isoFromUs(item.created_us)}`;
    if (!logged.has(item.id)) problems.push(`${name} was added outside Spanhound`);
    else if (digest !== undefined && digest !== itemDigest(item)) problems.push(`${name} was changed`);
  }
  const withoutDigest = items.filter(({ id }) => logged.get(id)?.digest === undefined).length;
  for (const { id } of items) logged.delete(id);
  for (const { subject } of logged.values()) problems.push(`${subject}: an action item was deleted`);
  return { ok: problems.length === 0, rows: items.length, withoutDigest, problems: firstProblems(problems) };
}

/** Adds the digests of items that a version before 10 added. Returns how many. */
export async function sealEarlierItems(store: Store): Promise<number> {
  const open = await store.db.selectFrom('action_items').select('id').where('salt', 'is', null).limit(1).execute();
  if (open.length === 0) return 0;
  const logged = await loggedItems(store);
  return await store.transaction(async (tx) => {
    // Two replicas would both add a digest.
    await tx.lock('audit');
    let sealed = 0;
    for (const item of await itemRows(tx)) {
      // Somebody else took the salt away, or added the item: the log must not approve that.
      if (item.salt !== null || !logged.has(item.id) || logged.get(item.id)?.digest !== undefined) continue;
      const salt = tx.newId();
      await tx.db.updateTable('action_items').set({ salt }).where('id', '=', item.id).execute();
      await audit(tx, {
        workspaceId: item.workspace_id,
        actor: 'spanhound',
        action: 'action-item.sealed',
        subject: incidentName(item),
        detail: { id: item.id, digest: itemDigest({ ...item, salt }) },
      });
      sealed += 1;
    }
    return sealed;
  });
}

/** `digest`: the newest; undefined if a version before 10 added the item. */
type LoggedItem = Readonly<{ workspaceId: string; subject: string; digest: string | undefined }>;

async function loggedItems(reader: Reader): Promise<Map<string, LoggedItem>> {
  const items = new Map<string, LoggedItem>();
  for await (const { workspace_id, action, subject, detail } of loggedEntries(reader, 'action-item.', [
    'incident.forgotten',
  ])) {
    if (action !== 'incident.forgotten') {
      const digest = typeof detail.digest === 'string' ? detail.digest : undefined;
      items.set(`${detail.id}`, { workspaceId: workspace_id, subject, digest });
      continue;
    }
    for (const [id, item] of items) {
      if (item.workspaceId === workspace_id && item.subject === subject) items.delete(id);
    }
  }
  return items;
}

async function itemRows({ db }: Reader): Promise<readonly (Schema['action_items'] & Readonly<{ number: number }>)[]> {
  return await db
    .selectFrom('action_items')
    .innerJoin('incidents', 'incidents.id', 'action_items.incident_id')
    .selectAll('action_items')
    .select('incidents.number')
    .orderBy('incidents.number')
    .orderBy('action_items.created_us')
    .execute();
}
