/**
 * Asks for the next status update. The job is due at the time of the next update, so it survives a restart. When it
 * runs, it reads the record: if an update came in the meantime, it only sets the next time.
 *
 *   declared ──► job due ──┬─ an update came ──► job at that + interval
 *                          ├─ none came ───────► question in the channel, job at now + interval
 *                          ├─ none came again ─► the same, and a direct message: to the commander, then to the next in line
 *                          └─ resolved ────────► the end
 */
import { type EntryKind, type Incident, isOver, type Severity, type TimelineEntry } from '#model/incident/incident.ts';
import { updateDue, updateDueDirect, updateMissed } from '#present/slack/incident-messages.ts';
import { findIncident } from '#record/find-incidents.ts';
import type { JobHandler, Jobs } from '#record/jobs.ts';
import { createdWith, newestDelivery, post, update } from '#record/outbox.ts';
import type { Store, Tx } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import { conversationOf } from '#workflows/incidents/incident-thread.ts';

export const REMIND = 'incident-reminder';

/** The minutes between updates; 0 is never. */
export type ReminderMinutes = Readonly<Record<Severity, number>>;

type MayRead = (
  who: Readonly<{ userId: string; workspaceId: string; channelId: string }>,
  channelId: string,
) => Promise<boolean | undefined>;

type RemindRequest = Readonly<{ incidentId: string }>;

export type RemindOptions = Readonly<{
  store: Store;
  jobs: Jobs;
  minutes: ReminderMinutes;
  /** Whether they may see the incident. Undefined if Slack did not say. */
  mayRead: MayRead;
  /** Something was stored: the outbox may check for work. */
  kick(): void;
}>;

/** The prefix of the ids of an incident's questions. */
export const REMINDERS_OF = (incidentId: string) => `${incidentId}/reminder/`;

/** The id of the direct message to one in line, from 1. */
export const REMINDED_DIRECTLY = (incidentId: string, turn: number) => `${incidentId}/reminder-direct/${turn}/`;

/** Who gets the question that nobody answered, in this order. Nobody beyond them is written to. */
export const IN_LINE = ['commander', 'technical-lead', 'communications-lead'] as const;

export function remind({ store, jobs, minutes, mayRead, kick }: RemindOptions): JobHandler {
  return async (job) => {
    const { incidentId } = job.payload as RemindRequest;
    const seen = await findIncident(store, { workspaceId: job.workspaceId, id: incidentId });
    const inLine = seen === undefined ? [] : await peopleInLine(mayRead, seen);
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
      const unanswered = (await createdWith(tx, REMINDERS_OF(incidentId))).filter((us) => us >= lastUs).length;
      const everyMinutes = minutes[incident.severity];
      await ask(tx, incident, { messageId: `${REMINDERS_OF(incidentId)}${job.id}`, lastUs, everyMinutes });
      await askDirectly(tx, incident, {
        who: inLine[unanswered - 1],
        turn: unanswered,
        key: job.id,
        lastUs,
        everyMinutes,
      });
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
  { messageId, lastUs, everyMinutes }: Readonly<{ messageId: string; lastUs: number; everyMinutes: number }>,
): Promise<void> {
  const { workspaceId } = incident;
  await post(tx, {
    messageId,
    workspaceId,
    ...(await conversationOf(tx, incident)),
    message: updateDue({ incident, lastUpdateUs: lastUs, everyMinutes }),
    rank: 'urgent',
  });
}

/** Those with a role who may still see the incident, each once. Asks Slack. */
async function peopleInLine(mayRead: MayRead, incident: Incident): Promise<readonly string[]> {
  const { roles, workspaceId, channelId } = incident;
  const people: string[] = [];
  for (const userId of new Set(IN_LINE.flatMap((role) => roles[role] ?? []))) {
    if ((await mayRead({ userId, workspaceId, channelId: '' }, channelId)) === true) people.push(userId);
  }
  return people;
}

/** Nobody is in line before a question was missed, and behind the last one. */
async function askDirectly(
  tx: Tx,
  incident: Incident,
  {
    who,
    turn,
    key,
    lastUs,
    everyMinutes,
  }: Readonly<{ who: string | undefined; turn: number; key: string; lastUs: number; everyMinutes: number }>,
): Promise<void> {
  if (who === undefined) return;
  const { id, workspaceId } = incident;
  const message = updateDueDirect({ incident, lastUpdateUs: lastUs, everyMinutes });
  const messageId = `${REMINDED_DIRECTLY(id, turn)}${key}`;
  await post(tx, { messageId, workspaceId, channelId: who, message, rank: 'urgent' });
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
