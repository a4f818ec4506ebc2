/**
 * Writes to the owner of overdue action items: one direct message a week, with those of all incidents that the owner may
 * see. The reports of the incidents ask for it (`report-overdue.ts`), and the first one of a week counts.
 */

import { WEEK_US } from '#core/time-units.ts';
import type { ActionItem, Incident } from '#model/incident/incident.ts';
import { isPersonId } from '#model/incident/person-id.ts';
import { ownOverdueMessage } from '#present/slack/action-items.ts';
import { peopleIn } from '#present/words/people-names.ts';
import { actionItemsOwnedBy, OVERDUE_FOR } from '#record/action-items.ts';
import { findIncident } from '#record/find-incidents.ts';
import type { Job, JobHandler, Jobs } from '#record/jobs.ts';
import { post } from '#record/outbox.ts';
import type { Reader, Store, Tx } from '#record/store.ts';
import { daysSince, isOverdue, mondayFrom } from '#workflows/action-items/overdue-days.ts';
import { overviewUrl } from '#workflows/incidents/incident-thread.ts';
import type { MayRead } from '#workflows/incidents/on-incident.ts';
import type { Directory } from '#workflows/incidents/show-overview.ts';

export const REMIND_OWNER = 'owner-items-overdue';

type RemindRequest = Readonly<{ owner: string; weekUs: number }>;

export type RemindOwnerOptions = Readonly<{ store: Store; directory: Directory; mayRead: MayRead; kick(): void }>;

/** The owners to write to, and those who get no message: their account is closed, or they may not see the incident. */
export type Owners = Readonly<{ writable: readonly string[]; unreachable: ReadonlySet<string> }>;

/** The people among the owners; a team has no direct messages. Asks Slack, so do not call it inside a transaction. */
export async function ownersOf(
  mayRead: MayRead,
  { workspaceId, channelId }: Incident,
  { items, job }: Readonly<{ items: readonly ActionItem[]; job: Job }>,
): Promise<Owners> {
  const people = [...new Set(items.map(({ owner }) => owner))].filter(isPersonId);
  const asked = await Promise.all(
    people.map(async (userId) => ({ userId, may: await mayRead({ userId, workspaceId, channelId: '' }, channelId) })),
  );
  // The report must not fail for good because Slack is silent about one person.
  if (!job.lastAttempt && asked.some(({ may }) => may === undefined)) throw new Error(SILENT);
  const those = (wanted: boolean) => asked.filter(({ may }) => may === wanted).map(({ userId }) => userId);
  return { writable: those(true), unreachable: new Set(those(false)) };
}

const SILENT = 'Slack did not say who may see the incident';

/** Once for each person and week, whatever the number of their incidents. */
export async function queueReminder(
  tx: Tx,
  jobs: Jobs,
  { workspaceId, owner }: Readonly<{ workspaceId: string; owner: string }>,
): Promise<void> {
  const weekUs = mondayFrom(tx.nowUs + 1) - WEEK_US;
  const payload: RemindRequest = { owner, weekUs };
  await jobs.addJob(tx, { kind: REMIND_OWNER, workspaceId, key: `${OVERDUE_FOR(owner)}${weekUs}`, payload });
}

export function remindOwner({ store, directory, mayRead, kick }: RemindOwnerOptions): JobHandler {
  return async ({ workspaceId, payload, lastAttempt }) => {
    const { owner, weekUs } = payload as RemindRequest;
    const incidents = new Map<string, Readonly<{ incident: Incident; url: string }>>();
    const seen = await overdueOf(store, { workspaceId, owner, nowUs: await store.nowUs() });
    for (const id of new Set(seen.map(({ incidentId }) => incidentId))) {
      const incident = await findIncident(store, { workspaceId, id });
      if (incident === undefined) continue;
      const may = await mayRead({ userId: owner, workspaceId, channelId: '' }, incident.channelId);
      // The owner must not miss all items because Slack is silent about one channel.
      if (may === undefined && !lastAttempt) throw new Error(SILENT);
      if (may) incidents.set(id, { incident, url: await overviewUrl(store, directory.permalink, incident) });
    }
    const people = peopleIn(seen.map(({ text }) => text));
    const named = await Promise.all(people.map(async (id) => [id, (await directory.person(id))?.name ?? id] as const));
    await store.transaction(async (tx) => {
      const overdue = (await overdueOf(tx, { workspaceId, owner, nowUs: tx.nowUs })).flatMap((item) => {
        const found = incidents.get(item.incidentId);
        return found === undefined ? [] : [{ item, days: daysSince(item, tx.nowUs), ...found }];
      });
      if (overdue.length === 0) return;
      // Slack takes the id of a person as the channel of their direct message:
      // https://docs.slack.dev/reference/methods/chat.postMessage
      await post(tx, {
        messageId: `${OVERDUE_FOR(owner)}${weekUs}`,
        workspaceId,
        channelId: owner,
        message: ownOverdueMessage({ overdue, names: new Map(named) }),
        rank: 'detail',
      });
    });
    kick();
  };
}

/** The earliest day first. */
async function overdueOf(
  reader: Reader,
  { workspaceId, owner, nowUs }: Readonly<{ workspaceId: string; owner: string; nowUs: number }>,
): Promise<readonly ActionItem[]> {
  const items = await actionItemsOwnedBy(reader, { workspaceId, owner, sinceDay: '' });
  return items.filter((item) => isOverdue(item, nowUs));
}
