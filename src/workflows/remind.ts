/**
 * Asks for the next status update. The job is due at the time of the next update, so it survives a restart. When it
 * runs, it reads the record: if an update came in the meantime, it only sets the next time.
 *
 *   declared ──► job due ──┬─ an update came ──► job at that + interval
 *                          ├─ none came ───────► question in the channel, job at now + interval
 *                          └─ resolved ────────► the end
 */
import { type EntryKind, type Incident, isOver, type Severity, type TimelineEntry } from '#model/incident/incident.ts';
import { updateDue, updateMissed } from '#present/slack/incident-messages.ts';
import { findIncident } from '#record/find-incidents.ts';
import type { JobHandler, Jobs } from '#record/jobs.ts';
import { newestDelivery, post, update } from '#record/outbox.ts';
import type { Store, Tx } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import { conversationOf } from '#workflows/incident-thread.ts';

export const REMIND = 'incident-reminder';

/** The minutes between updates; 0 is never. */
export type ReminderMinutes = Readonly<Record<Severity, number>>;

type RemindRequest = Readonly<{ incidentId: string }>;

export type RemindOptions = Readonly<{
  store: Store;
  jobs: Jobs;
  minutes: ReminderMinutes;
  /** Something was stored: the outbox may check for work. */
  kick(): void;
}>;

/** The prefix of the ids of an incident's questions. */
export const REMINDERS_OF = (incidentId: string) => `${incidentId}/reminder/`;

export function remind({ store, jobs, minutes, kick }: RemindOptions): JobHandler {
  return async (job) => {
    const { incidentId } = job.payload as RemindRequest;
    await store.transaction(async (tx) => {
      await tx.lock(`incident/${incidentId}`);
      const incident = await findIncident(tx, { workspaceId: job.workspaceId, id: incidentId });
      if (incident === undefined || isOver(incident)) return;
      const everyUs = intervalUs(incident, minutes);
      if (everyUs === 0) return;

      const lastUs = lastUpdateUs(incident, await timelineOf(tx, incidentId));
      const asked = await newestDelivery(tx, REMINDERS_OF(incidentId));
      const askedUs = asked?.createdUs ?? 0;
      // An entry dated in the future by a wrong clock counts as written now.
      const dueUs = Math.min(Math.max(lastUs, askedUs), tx.nowUs) + everyUs;
      if (dueUs > tx.nowUs) return await remindAt(tx, jobs, incident, dueUs);

      if (asked !== undefined && askedUs >= lastUs) await closeUnanswered(tx, incident, asked.messageId);
      await ask(tx, incident, { messageId: `${REMINDERS_OF(incidentId)}${job.id}`, lastUs });
      await remindAt(tx, jobs, incident, tx.nowUs + everyUs);
    });
    kick();
  };
}

/** From now on: at the declaration, and when the interval changes. */
export async function remindFromNow(tx: Tx, jobs: Jobs, incident: Incident, minutes: ReminderMinutes): Promise<void> {
  const everyUs = intervalUs(incident, minutes);
  if (everyUs > 0) await remindAt(tx, jobs, incident, tx.nowUs + everyUs);
}

/** Undefined if no update is requested. */
export function nextUpdateUs(
  incident: Incident,
  entries: readonly TimelineEntry[],
  minutes: ReminderMinutes,
): number | undefined {
  const everyUs = intervalUs(incident, minutes);
  return everyUs === 0 || isOver(incident) ? undefined : lastUpdateUs(incident, entries) + everyUs;
}

/** When people last reported the state: the time of the report counts, not the time that it describes. */
export function lastUpdateUs({ declaredUs }: Incident, entries: readonly TimelineEntry[]): number {
  let lastUs = declaredUs;
  for (const { kind, notedUs } of entries) if (UPDATES.includes(kind) && notedUs > lastUs) lastUs = notedUs;
  return lastUs;
}

const UPDATES: readonly EntryKind[] = ['note', 'status', 'severity', 'update'];

async function ask(
  tx: Tx,
  incident: Incident,
  { messageId, lastUs }: Readonly<{ messageId: string; lastUs: number }>,
): Promise<void> {
  const { workspaceId } = incident;
  await post(tx, {
    messageId,
    workspaceId,
    ...(await conversationOf(tx, incident)),
    message: updateDue({ incident, lastUpdateUs: lastUs }),
    rank: 'urgent',
  });
}

/** Only one question is open at a time. */
async function closeUnanswered(tx: Tx, incident: Incident, messageId: string): Promise<void> {
  await update(tx, { messageId, message: updateMissed({ incident, askedAgainUs: tx.nowUs }) });
}

/** Two at the same instant are one. */
async function remindAt(tx: Tx, jobs: Jobs, { id, workspaceId }: Incident, dueUs: number): Promise<void> {
  const payload: RemindRequest = { incidentId: id };
  await jobs.addJob(tx, { kind: REMIND, workspaceId, key: `${id}/${dueUs}`, payload, dueUs });
}

function intervalUs({ severity }: Incident, minutes: ReminderMinutes): number {
  return minutes[severity] * 60_000_000;
}
