/**
 * Reports overdue action items each Monday, and names their owners: in the incident's thread, and in its channel once an
 * item is two weeks late, because the owner alone will not do it. An owner who gets no direct message is reported in the
 * channel at once. The items of an incident share one job on each Monday.
 *
 *   item added or opened again ──► job on the Monday after its day ──┬─ no open item is overdue ──► the end
 *                                                                    └─ some are ──► one message, job a week later,
 *                                                                         and each owner's job (`remind-owner.ts`)
 *
 * The same job reminds of a drafted postmortem until a person accepts it, and again if its record changes after that.
 */

import { WEEK_US } from '#core/time-units.ts';
import { type ActionItem, type Incident, isOver } from '#model/incident/incident.ts';
import { isCurrent } from '#model/incident/postmortem-acceptance.ts';
import { reviewByUs } from '#model/incident/review-day.ts';
import { overdueMessage } from '#present/slack/action-items.ts';
import { unacceptedMessage } from '#present/slack/postmortem-message.ts';
import type { Names } from '#present/words/people-names.ts';
import { actionItemsOf } from '#record/action-items.ts';
import { findIncident } from '#record/find-incidents.ts';
import type { JobHandler, Jobs } from '#record/jobs.ts';
import { deliveryOf, post } from '#record/outbox.ts';
import type { Store, Tx } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import { daysSince, isOverdue, mondayFrom, overUs } from '#workflows/action-items/overdue-days.ts';
import { ownersOf, queueReminder } from '#workflows/action-items/remind-owner.ts';
import { threadOf } from '#workflows/incidents/incident-thread.ts';
import type { MayRead } from '#workflows/incidents/on-incident.ts';
import { type Directory, namesFor } from '#workflows/incidents/show-overview.ts';
import { readAcceptance } from '#workflows/postmortem/acceptance.ts';
import { POSTMORTEM_OF } from '#workflows/postmortem/postmortem-id.ts';

export const REPORT_OVERDUE = 'incident-items-overdue';

/** So long after the end of its day, the report goes to the channel. */
const LATE_US = 2 * WEEK_US;

type ReportRequest = Readonly<{ incidentId: string }>;

export type ReportOverdueOptions = Readonly<{
  store: Store;
  jobs: Jobs;
  directory: Directory;
  mayRead: MayRead;
  kick(): void;
}>;

export function reportOverdue({ store, jobs, directory, mayRead, kick }: ReportOverdueOptions): JobHandler {
  return async (job) => {
    const { incidentId } = job.payload as ReportRequest;
    const { workspaceId } = job;
    const seen = await findIncident(store, { workspaceId, id: incidentId });
    if (seen === undefined) return;
    // Slack tells the names and who may read what, and no transaction waits for it.
    const names = await namesFor(directory, seen, await timelineOf(store, incidentId));
    const nowUs = await store.nowUs();
    const late = (await actionItemsOf(store, incidentId)).filter((item) => isOverdue(item, nowUs));
    const { writable, unreachable } = await ownersOf(mayRead, seen, { items: late, job });
    await store.transaction(async (tx) => {
      await tx.lock(`incident/${incidentId}`);
      const incident = await findIncident(tx, { workspaceId, id: incidentId });
      const items = await actionItemsOf(tx, incidentId);
      const overdue = items.filter((item) => isOverdue(item, tx.nowUs));
      if (incident === undefined) return;
      const isWaiting = await remindIfUnaccepted(tx, incident, job.id);
      if (isWaiting || overdue.length > 0) await reportAt(tx, jobs, incident, tx.nowUs + 1);
      if (overdue.length === 0) return;
      await report(tx, incident, { overdue, unreachable, names, key: job.id });
      for (const owner of writable) await queueReminder(tx, jobs, { workspaceId, owner });
    });
    kick();
  };
}

async function report(
  tx: Tx,
  incident: Incident,
  {
    overdue,
    unreachable,
    names,
    key,
  }: Readonly<{ overdue: readonly ActionItem[]; unreachable: ReadonlySet<string>; names: Names; key: string }>,
): Promise<void> {
  const isLate = overdue.some(({ owner, due }) => unreachable.has(owner) || overUs(due) + LATE_US <= tx.nowUs);
  await post(tx, {
    messageId: `${incident.id}/overdue/${key}`,
    workspaceId: incident.workspaceId,
    ...(isLate ? { channelId: incident.channelId } : await threadOf(tx, incident)),
    message: overdueMessage({
      incident,
      overdue: overdue.map((item) => ({ item, days: daysSince(item, tx.nowUs) })),
      unreachable,
      names,
    }),
    rank: 'detail',
  });
}

/** Once its day has passed, unless it is done by then. */
export async function reportWhenOverdue(
  tx: Tx,
  jobs: Jobs,
  incident: Incident,
  { due }: Pick<ActionItem, 'due'>,
): Promise<void> {
  await reportAt(tx, jobs, incident, Math.max(overUs(due), tx.nowUs));
}

/** From the day of the review on, until a person accepts the postmortem. */
export async function remindToAccept(tx: Tx, jobs: Jobs, incident: Incident, fromUs: number): Promise<void> {
  await reportAt(tx, jobs, incident, Math.max(fromUs, tx.nowUs));
}

/** Most changes to a record come in the weeks after its acceptance. A later one reminds if somebody drafts it again. */
const WATCHED_FOR_US = 90 * 86_400e6;

/** Whether a drafted postmortem waits for somebody who accepts it, or may have to wait again. While the incident is open, nobody is reminded. */
async function remindIfUnaccepted(tx: Tx, incident: Incident, jobId: string): Promise<boolean> {
  const { id, workspaceId, roles, declaredBy } = incident;
  const draft = await deliveryOf(tx, POSTMORTEM_OF(id));
  if (draft === undefined || incident.status === 'merged') return false;
  const { acceptance, reviewer } = await readAcceptance(tx, incident);
  if (acceptance !== undefined && isCurrent(acceptance)) return acceptance.atUs + WATCHED_FOR_US > tx.nowUs;
  const isEarly = reviewer === undefined && (reviewByUs(incident) ?? 0) > tx.nowUs;
  if (!isOver(incident) || isEarly) return true;
  await post(tx, {
    messageId: `${id}/unaccepted/${jobId}`,
    workspaceId,
    ...(await threadOf(tx, incident)),
    message: unacceptedMessage(incident, {
      owner: reviewer ?? roles.commander ?? declaredBy,
      isChanged: acceptance !== undefined,
    }),
    rank: 'detail',
  });
  return true;
}

/** On the first Monday from then on. */
async function reportAt(tx: Tx, jobs: Jobs, { id, workspaceId }: Incident, fromUs: number): Promise<void> {
  const dueUs = mondayFrom(fromUs);
  const payload: ReportRequest = { incidentId: id };
  await jobs.addJob(tx, { kind: REPORT_OVERDUE, workspaceId, key: `${id}/${dueUs}`, payload, dueUs });
}
