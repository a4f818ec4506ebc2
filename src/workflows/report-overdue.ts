/**
 * Reports overdue action items each Monday, and names their owners: in the incident's thread, and in its channel once an
 * item is two weeks late, because the owner alone will not do it. The items of an incident share one job on each Monday.
 *
 *   item added or opened again ──► job on the Monday after its day ──┬─ no open item is overdue ──► the end
 *                                                                    └─ some are ──► one message, job a week later
 */
import type { ActionItem, Incident } from '#model/incident/incident.ts';
import { overdueMessage } from '#present/slack/action-items.ts';
import { actionItemsOf } from '#record/action-items.ts';
import { findIncident } from '#record/find-incidents.ts';
import type { JobHandler, Jobs } from '#record/jobs.ts';
import { post } from '#record/outbox.ts';
import type { Store, Tx } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import { threadOf } from '#workflows/incident-thread.ts';
import { type Directory, namesFor } from '#workflows/show-overview.ts';

export const REPORT_OVERDUE = 'incident-items-overdue';

const DAY_US = 86_400e6;
const WEEK_US = 7 * DAY_US;
/** 9:00 UTC; the epoch began on a Thursday. */
const FIRST_MONDAY_US = 4 * DAY_US + 9 * 3_600e6;
/** So long after the end of its day, the report goes to the channel. */
const LATE_US = 2 * WEEK_US;

type ReportRequest = Readonly<{ incidentId: string }>;

export type ReportOverdueOptions = Readonly<{ store: Store; jobs: Jobs; directory: Directory; kick(): void }>;

export function reportOverdue({ store, jobs, directory, kick }: ReportOverdueOptions): JobHandler {
  return async (job) => {
    const { incidentId } = job.payload as ReportRequest;
    const { workspaceId } = job;
    const seen = await findIncident(store, { workspaceId, id: incidentId });
    if (seen === undefined) return;
    // Slack tells the names, and no transaction waits for it.
    const names = await namesFor(directory, seen, await timelineOf(store, incidentId));
    await store.transaction(async (tx) => {
      await tx.lock(`incident/${incidentId}`);
      const incident = await findIncident(tx, { workspaceId, id: incidentId });
      const items = await actionItemsOf(tx, incidentId);
      const overdue = items.filter(({ state, due }) => state === 'open' && overUs(due) <= tx.nowUs);
      if (incident === undefined || overdue.length === 0) return;
      const isLate = overdue.some(({ due }) => overUs(due) + LATE_US <= tx.nowUs);
      const { channelId } = incident;
      await post(tx, {
        messageId: `${incidentId}/overdue/${job.id}`,
        workspaceId,
        channelId,
        ...(isLate ? {} : await threadOf(tx, incident)),
        message: overdueMessage({
          incident,
          overdue: overdue.map((item) => ({ item, days: daysSince(item, tx) })),
          names,
        }),
        rank: 'detail',
      });
      await reportAt(tx, jobs, incident, tx.nowUs + 1);
    });
    kick();
  };
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

/** On the first Monday from then on. */
async function reportAt(tx: Tx, jobs: Jobs, { id, workspaceId }: Incident, fromUs: number): Promise<void> {
  const dueUs = FIRST_MONDAY_US + Math.ceil((fromUs - FIRST_MONDAY_US) / WEEK_US) * WEEK_US;
  const payload: ReportRequest = { incidentId: id };
  await jobs.addJob(tx, { kind: REPORT_OVERDUE, workspaceId, key: `${id}/${dueUs}`, payload, dueUs });
}

function daysSince({ due }: ActionItem, { nowUs }: Tx): number {
  return Math.floor((nowUs - dayUs(due)) / DAY_US);
}

function dayUs(due: string): number {
  return Date.parse(`${due}T00:00:00Z`) * 1_000;
}

/** The end of its day in every time zone: the last one is twelve hours behind UTC. */
function overUs(due: string): number {
  return dayUs(due) + DAY_US + DAY_US / 2;
}
