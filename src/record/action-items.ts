/** Action items, which prevent a repetition: who does what, by when, and whether it is done. */
import { sha256 } from '#core/sha256.ts';
import {
  type ActionItem,
  ITEM_STATES,
  ITEM_TYPES,
  type ItemState,
  type ItemType,
  incidentName,
  itemStateText,
  reasonOfItem,
} from '#model/incident/incident.ts';
import { checkOfEntry, type ItemCheck } from '#model/incident/item-check.ts';
import type { ItemProbe } from '#model/incident/item-probe.ts';
import { redact } from '#model/redaction/redaction.ts';
import { audit } from '#record/audit.ts';
import { issuesOfIncidents } from '#record/item-issues.ts';
import { probeOfEntry } from '#record/item-probes.ts';
import { itemDigest } from '#record/row-digests.ts';
import type { Reader, Tx } from '#record/store.ts';
import { addEntry } from '#record/timeline.ts';

/** Begins the ids of the direct messages to a person about their overdue items. A digest, so that no id names anybody. */
export const OVERDUE_FOR = (owner: string) => `${OVERDUE}${sha256(owner).slice(0, DIGEST_DIGITS)}/`;
export const OVERDUE = 'overdue/';
/** 64 bits. */
const DIGEST_DIGITS = 16;

export type NewActionItem = Omit<
  ActionItem,
  'createdUs' | 'number' | 'state' | 'reason' | 'type' | 'probe' | 'check' | 'issue'
>;

/** False if there already is an item with this id. */
export async function addActionItem(tx: Tx, item: NewActionItem): Promise<boolean> {
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
export async function actionItemsOf(reader: Reader, incidentId: string): Promise<readonly ActionItem[]> {
  return await itemsOfIncidents(reader, [incidentId]);
}

/** The items of a person that are due on this day (YYYY-MM-DD) or later, the earliest first. */
export async function actionItemsOwnedBy(
  reader: Reader,
  { workspaceId, owner, sinceDay }: Readonly<Record<'workspaceId' | 'owner' | 'sinceDay', string>>,
): Promise<readonly ActionItem[]> {
  const rows = await reader.db
    .selectFrom('action_items')
    .select(['id', 'incident_id'])
    .where('workspace_id', '=', workspaceId)
    .where('owner', '=', owner)
    .where('due', '>=', sinceDay)
    .orderBy('due')
    .orderBy('id')
    .execute();
  const all = await itemsOfIncidents(reader, [...new Set(rows.map(({ incident_id }) => incident_id))]);
  const byId = new Map(all.map((item) => [item.id, item]));
  return rows.flatMap(({ id }) => byId.get(id) ?? []);
}

export type ItemChange = Readonly<{
  item: ActionItem;
  /** The key of the request: a second one changes nothing. */
  key: string;
  state: ItemState;
  reason: string;
  by: string;
}>;

/** Ends an item, or opens it again, by an entry of the timeline. False if it is so already. */
export async function changeItemState(tx: Tx, { item, key, state, reason, by }: ItemChange): Promise<boolean> {
  if (item.state === state) return false;
  return await addEntry(tx, {
    incidentId: item.incidentId,
    key: `item-state:${key}`,
    atUs: tx.nowUs,
    kind: 'action',
    text: itemStateText(item, state, reason),
    source: by,
    link: '',
    value: `${state}=${item.id}`,
  });
}

/** Numbered within each incident. The newest entry of the timeline that names an item says its state. */
async function itemsOfIncidents({ db }: Reader, incidentIds: readonly string[]): Promise<readonly ActionItem[]> {
  if (incidentIds.length === 0) return [];
  const rows = await db
    .selectFrom('action_items')
    .selectAll()
    .where('incident_id', 'in', incidentIds)
    .orderBy('created_us')
    .orderBy('id')
    .execute();
  const changes = await db
    .selectFrom('timeline_entries')
    .select(['value', 'text'])
    .where('incident_id', 'in', incidentIds)
    .where('kind', '=', 'action')
    .where('value', '!=', '')
    .where('removed_us', 'is', null)
    .orderBy('at_us')
    .orderBy('noted_us')
    .orderBy('id')
    .execute();
  // The later ones replace the earlier ones.
  const states = new Map<string, Pick<ActionItem, 'state' | 'reason'>>();
  const types = new Map<string, ItemType>();
  const checks = new Map<string, ItemCheck>();
  const probes = new Map<string, ItemProbe | undefined>();
  for (const { value, text } of changes) {
    const [what, id = ''] = value.split('=');
    const type = ITEM_TYPES.find((known) => known === what);
    const check = checkOfEntry({ value, text });
    const probed = probeOfEntry(value);
    if (probed !== undefined) {
      probes.set(probed.itemId, probed.probe);
      // An answer to another question says nothing any more.
      checks.delete(probed.itemId);
    } else if (type !== undefined) types.set(id, type);
    else if (check !== undefined) checks.set(id, check);
    else states.set(id, { state: ITEM_STATES.find((known) => known === what) ?? 'open', reason: reasonOfItem(text) });
  }
  const issues = await issuesOfIncidents({ db }, incidentIds);
  const counts = new Map<string, number>();
  return rows.map((row) => {
    const number = (counts.get(row.incident_id) ?? 0) + 1;
    counts.set(row.incident_id, number);
    return {
      id: row.id,
      incidentId: row.incident_id,
      number,
      ...(states.get(row.id) ?? { state: 'open', reason: '' }),
      ...(types.has(row.id) && { type: types.get(row.id) }),
      ...(probes.get(row.id) && { probe: probes.get(row.id) }),
      ...(checks.has(row.id) && { check: checks.get(row.id) }),
      ...(issues.has(row.id) && { issue: issues.get(row.id) }),
      text: row.text,
      owner: row.owner,
      due: row.due,
      createdBy: row.created_by,
      createdUs: row.created_us,
    };
  });
}
