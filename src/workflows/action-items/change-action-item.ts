/** Says that an action item is done, was dropped, or is open again; and shows an incident's items to one person. */
import { type ActionItem, type Incident, type ItemState, incidentName, itemName } from '#model/incident/incident.ts';
import { actionItemsMessage } from '#present/slack/action-items.ts';
import { actionItemsOf, changeItemState } from '#record/action-items.ts';
import { wholeActionItems, wholeTimeline } from '#record/merges.ts';
import type { Tx } from '#record/store.ts';
import { askForCheck, checkDaily, meansOfCheck } from '#workflows/action-items/check-item.ts';
import { reportWhenOverdue } from '#workflows/action-items/report-overdue.ts';
import { syncIssue } from '#workflows/action-items/sync-issue.ts';
import { type MayShowIn, mergesShown } from '#workflows/incidents/merges-shown.ts';
import {
  type AskedBy,
  type IncidentParts,
  incidentMeant,
  type Meant,
  type Outcome,
  onIncident,
  showTo,
  type Told,
} from '#workflows/incidents/on-incident.ts';
import { type Directory, namesFor } from '#workflows/incidents/show-overview.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';
import { keptText } from '#workflows/timeline/note-entry.ts';

/** `number` as people name it (`A2`), or the id as a button holds it. */
export type MeantItem = Readonly<{ number: number } | { id: string }>;

export type ItemStateRequest = Readonly<{
  asked: AskedBy;
  meant: Meant;
  item: MeantItem;
  state: ItemState;
  /** What shows that it is done, or why it is dropped. */
  reason: string;
  /** Done although its check does not show it. */
  isAnyway?: boolean;
}>;

export type ItemWorkflows = Readonly<{
  setItemState(request: ItemStateRequest): Promise<Told>;
  showActionItems(request: Readonly<{ asked: AskedBy; meant: Meant }>): Promise<void>;
}>;

export type ItemParts = IncidentParts & Readonly<{ directory: Directory; mayShowIn: MayShowIn; checksItems: boolean }>;

export function itemChanger(parts: ItemParts): ItemWorkflows {
  const { store, directory, mayShowIn } = parts;
  return {
    setItemState: ({ meant, ...wanted }) =>
      onIncident(parts, wanted.asked, meant, (tx, incident) => change(tx, parts, incident, wanted)),
    async showActionItems({ asked, meant }) {
      const incident = await incidentMeant(parts, asked, meant);
      const message = 'problem' in incident ? { text: incident.problem } : await itemsOf(incident);
      const seen = 'problem' in incident ? undefined : { incident, what: 'action items' };
      await showTo(parts, asked, message, seen);
    },
  };

  async function itemsOf(incident: Incident) {
    const shows = await mergesShown(store, mayShowIn, incident);
    const names = await namesFor(directory, incident, await wholeTimeline(store, incident, shows));
    return actionItemsMessage({ incident, items: await wholeActionItems(store, incident, shows), names });
  }
}

const NO_REASON = 'Why is it dropped? The next reader of the postmortem wants to know.';

const NO_PROOF = 'Why is it done? Its check does not show it, and the next reader wants to know.';

async function change(
  tx: Tx,
  { jobs, checksItems }: ItemParts,
  incident: Incident,
  { asked, item: meant, state, reason: written, isAnyway = false }: Omit<ItemStateRequest, 'meant'>,
): Promise<Outcome> {
  const items = await actionItemsOf(tx, incident.id);
  const item = meantItem(items, meant);
  if (item === undefined) return { answer: noneSuch(incident, items, meant) };
  const { text: reason, wasCut } = keptText(written);
  if (state === 'dropped' && reason === '') return { answer: NO_REASON };
  if (isAnyway && reason === '') return { answer: NO_PROOF };
  const means = isAnyway ? undefined : await meansOfCheck(tx, { incident, item, checksItems });
  if (state === 'done' && item.state === 'open' && means !== undefined) {
    await askForCheck(tx, jobs, incident, { item, done: { by: asked.userId, reason, key: asked.inboxId }, means });
    return { answer: `I check ${itemName(item)} first. The answer stands in the thread.${wasCut}`, isInThread: true };
  }
  const key = asked.inboxId;
  if (!(await changeItemState(tx, { item, key, state, reason, by: asked.userId })))
    return { answer: `${itemName(item)} is ${state} already. Nothing was changed.` };
  if (state === 'open') await reportWhenOverdue(tx, jobs, incident, item);
  if (state === 'open' && means !== undefined) await checkDaily(tx, jobs, incident, item.id);
  await syncIssue(tx, jobs, { incident, itemId: item.id, key });
  await draftAnew(tx, jobs, { incident, key });
  return {
    answer: `${itemName(item)} of ${incidentName(incident)} is ${state}.${wasCut}`,
    said: {
      what: `${itemName(item)} ${state}${reason === '' ? '' : `: ${reason}`} (${item.text})`,
      by: asked.userName,
      atUs: tx.nowUs,
    },
  };
}

export function meantItem(items: readonly ActionItem[], meant: MeantItem): ActionItem | undefined {
  return items.find((one) => ('id' in meant ? one.id === meant.id : one.number === meant.number));
}

/** The answer if the incident has no such item. */
export function noneSuch(incident: Incident, items: readonly ActionItem[], meant: MeantItem): string {
  const name = incidentName(incident);
  if (items.length === 0) return `${name} has no action item.`;
  const asked = 'number' in meant ? itemName(meant) : 'this item';
  const known = items.length === 1 ? 'A1' : `A1 to A${items.length}`;
  return `${name} does not have ${asked}. It has ${known}: \`/incident ${name} actions\` shows them.`;
}
