/**
 * Adds an action item: stores it, posts it in the timeline and in the incident's thread, and shows it in the postmortem
 * draft.
 */

import { type Incident, type ItemType, itemName, proposedItemId } from '#model/incident/incident.ts';
import type { IssueTracker } from '#model/incident/issue-tracker.ts';
import type { ItemProbe } from '#model/incident/item-probe.ts';
import { NO_OWNER } from '#model/incident/noted/unowned.ts';
import type { PostmortemDesk } from '#model/incident/postmortem-desk.ts';
import { actionItemsOf, addActionItem } from '#record/action-items.ts';
import { setItemProbe } from '#record/item-probes.ts';
import type { Tx } from '#record/store.ts';
import { addEntry } from '#record/timeline.ts';
import { checkDaily } from '#workflows/action-items/check-item.ts';
import { readDueDate } from '#workflows/action-items/due-day.ts';
import { reportWhenOverdue } from '#workflows/action-items/report-overdue.ts';
import { queueIssue } from '#workflows/action-items/sync-issue.ts';
import {
  type AskedBy,
  type IncidentParts,
  type Meant,
  onIncident,
  type Told,
} from '#workflows/incidents/on-incident.ts';
import type { Directory } from '#workflows/incidents/show-overview.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';

export type ActionItemRequest = Readonly<{
  asked: AskedBy;
  text: string;
  /** A Slack user id or a name. */
  owner: string;
  /** As the person wrote it: `2026-12-01`, `next Friday`. */
  due: string;
  type?: ItemType | undefined;
  /** The id of the proposal that a person accepts with it. */
  proposal?: string | undefined;
  /** What shows that it is done; undefined for the check of its diagnosis, if it has one. */
  probe?: ItemProbe | undefined;
}> &
  Meant;

export type AddActionItem = (request: ActionItemRequest) => Promise<Told>;

export type ActionItemParts = IncidentParts &
  Readonly<{
    directory: Directory;
    postmortemDesk: Pick<PostmortemDesk, 'taskProblem'>;
    trackers: readonly IssueTracker[];
    checksItems: boolean;
  }>;

export function actionItemAdder(parts: ActionItemParts): AddActionItem {
  return async ({ asked, text, owner, due: written, type, proposal, probe, ...meant }) => {
    const { inboxId, userId, userName } = asked;
    const own = (await parts.directory.person(userId))?.zone;
    const read = readDueDate(written, await parts.store.nowUs(), own);
    if ('problem' in read) {
      return await onIncident(parts, asked, meant, async () => ({ answer: read.problem, about: 'time' }));
    }
    const { due } = read;
    const problem = await parts.postmortemDesk.taskProblem(text);
    if (problem !== undefined) return await onIncident(parts, asked, meant, async () => ({ answer: problem }));
    return await onIncident(parts, asked, meant, async (tx, incident) => {
      const incidentId = incident.id;
      const id = proposal === undefined ? inboxId : proposedItemId(incidentId, proposal);
      const added = await addActionItem(tx, { id, incidentId, text, owner, due, createdBy: userId });
      if (!added && proposal !== undefined) return { answer: await acceptedAlready(tx, incidentId, id) };
      await addEntry(tx, {
        incidentId,
        key: `action:${inboxId}`,
        atUs: tx.nowUs,
        kind: 'action',
        text: `${text} (${owner === NO_OWNER ? 'no owner yet' : `owner ${owner}`}, due ${due})`,
        source: userId,
        link: '',
        value: type === undefined ? '' : `${type}=${id}`,
      });
      await reportWhenOverdue(tx, parts.jobs, incident, { due });
      if (added)
        await follow(tx, parts, incident, { id, key: inboxId, by: userId, isProposed: proposal !== undefined, probe });
      await draftAnew(tx, parts.jobs, { incident, key: inboxId });
      return {
        answer: `The action item is saved, due ${weekdayOf(due)}, ${due}.${owner === NO_OWNER ? ' Nobody owns it yet.' : ''}`,
        said: { what: `Action item: ${text}, due ${due}`, by: userName, atUs: tx.nowUs },
      };
    });
  };
}

type Added = Readonly<{ id: string; key: string; by: string; isProposed: boolean; probe: ItemProbe | undefined }>;

async function follow(
  tx: Tx,
  parts: ActionItemParts,
  incident: Incident,
  { id, key, by, isProposed, probe }: Added,
): Promise<void> {
  await queueIssue(tx, parts, { incident, itemId: id, key });
  const item = (await actionItemsOf(tx, incident.id)).find((one) => one.id === id);
  if (probe !== undefined && item !== undefined) await setItemProbe(tx, { item, key, probe, by });
  // An item without a check ends the job at its first look.
  if (probe !== undefined || (isProposed && parts.checksItems)) await checkDaily(tx, parts.jobs, incident, id);
}

/** The answer to whoever accepts a proposal after somebody else did: what the first person decided. */
export async function acceptedAlready(tx: Tx, incidentId: string, id: string): Promise<string> {
  const item = (await actionItemsOf(tx, incidentId)).find((one) => one.id === id);
  if (item === undefined) return 'Somebody has accepted this proposal already.';
  return `Somebody has accepted this proposal already: it is ${itemName(item)}, due ${item.due}, and ${item.state}.`;
}

function weekdayOf(day: string): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString('en', { weekday: 'long', timeZone: 'UTC' });
}
