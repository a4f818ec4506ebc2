/**
 * Looks at an incident again after its end: whether its alerts stayed quiet, and by traces whether the fix holds. If an
 * alert of it fires again, it asks whether the incident goes on.
 *
 *   resolved ──► job after 30 min, job after 24 h ──┬─ open again, or another end ──► nothing
 *                                                   ├─ an alert fires again ────────► question with Reopen
 *                                                   └─ quiet ───────────────────────► a line, and a verification
 *   its alert fires again within a day ──► the same question at once
 */
import { DAY_US, MINUTE_US } from '#core/time-units.ts';
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';
import { checkedAfter, firesAgain } from '#present/slack/look-after-messages.ts';
import { alertsOfIncident, firingSince, type NotedAlert } from '#record/alerts.ts';
import { findIncident } from '#record/find-incidents.ts';
import { findInvestigation } from '#record/investigations.ts';
import type { JobHandler, Jobs } from '#record/jobs.ts';
import { deliveryOf, post } from '#record/outbox.ts';
import type { Reader, Store, Tx } from '#record/store.ts';
import { addEntry, timelineOf } from '#record/timeline.ts';
import { threadOf } from '#workflows/incidents/incident-thread.ts';
import { refreshOverview } from '#workflows/incidents/show-overview.ts';
import { queueVerification } from '#workflows/traces/queue-verification.ts';

export const LOOK_AFTER = 'incident-look-after';

type LookRequest = Readonly<{ incidentId: string; endedUs: number; minutes: number }>;

/** An alert that fires later has most likely a cause of its own. */
const SAME_WITHIN_US = DAY_US;

/** Half an hour shows a fix that did not work; a day, one that did not work at night. */
const LOOKS = [30, 24 * 60] as const;

/** In the transaction of the end. */
export async function lookAfterEnd(
  tx: Tx,
  jobs: Jobs,
  { id: incidentId, workspaceId, status }: Incident,
  looksAfterEnd: boolean,
): Promise<void> {
  if (status !== 'resolved' || !looksAfterEnd) return;
  for (const after of LOOKS) {
    const payload: LookRequest = { incidentId, endedUs: tx.nowUs, minutes: after };
    const dueUs = tx.nowUs + after * MINUTE_US;
    await jobs.addJob(tx, { kind: LOOK_AFTER, workspaceId, key: `${incidentId}/${tx.nowUs}/${after}`, payload, dueUs });
  }
}

export function lookAfter({ store, jobs, kick }: Readonly<{ store: Store; jobs: Jobs; kick(): void }>): JobHandler {
  return async (job) => {
    const { incidentId, endedUs, minutes } = job.payload as LookRequest;
    await store.transaction(async (tx) => {
      await tx.lock(`incident/${incidentId}`);
      const incident = await findIncident(tx, { workspaceId: job.workspaceId, id: incidentId });
      const entries = await timelineOf(tx, incidentId);
      // Open again since, or ended another time: that end has its own looks.
      if (incident?.status !== 'resolved' || endNotedUs(entries) !== endedUs) return;
      const alerts = await alertsOfIncident(tx, incident);
      const [firing] = await firingSince(tx, { alerts, sinceUs: endedUs });
      if (firing !== undefined) await ask(tx, incident, firing);
      else await sayQuiet(tx, jobs, incident, { minutes, key: job.id, alerts: alerts.length });
      await refreshOverview(tx, jobs, { incident, key: job.id });
    });
    kick();
  };
}

/** When an alert of an incident fires that ended not long ago. In the transaction that records the alert. */
export async function askIfReturned(tx: Tx, incident: Incident, alert: NotedAlert): Promise<void> {
  if (incident.status !== 'resolved' || alert.state !== 'triggered') return;
  const endedUs = endNotedUs(await timelineOf(tx, incident.id));
  if (tx.nowUs - endedUs > SAME_WITHIN_US) return;
  await ask(tx, incident, alert);
}

/** One question for each time that it fires. */
async function ask(tx: Tx, incident: Incident, alert: NotedAlert): Promise<void> {
  const { id, workspaceId } = incident;
  const messageId = `${id}/returned/${alert.id}`;
  if ((await deliveryOf(tx, messageId)) !== undefined) return;
  await addEntry(tx, {
    incidentId: id,
    key: `returned:${alert.id}`,
    atUs: tx.nowUs,
    kind: 'message',
    text: `After the end, the alert fires again: ${alert.title}`,
    source: 'spanhound',
    link: alert.url,
  });
  const message = firesAgain(incident, { title: alert.title, atUs: alert.receivedUs });
  await post(tx, { messageId, workspaceId, ...(await threadOf(tx, incident)), message, rank: 'urgent' });
}

async function sayQuiet(
  tx: Tx,
  jobs: Jobs,
  incident: Incident,
  { minutes, key, alerts }: Readonly<{ minutes: number; key: string; alerts: number }>,
): Promise<void> {
  const { id, workspaceId, investigationId } = incident;
  const isCompared = await hasTrace(tx, incident);
  // People were asked at the first look: nothing more can be checked now.
  if (alerts === 0 && !isCompared && minutes !== LOOKS[0]) return;
  if (isCompared && investigationId !== undefined)
    await queueVerification(tx, jobs, { investigationId, workspaceId, key });
  const message = checkedAfter(incident, { minutes, alerts, isCompared });
  await addEntry(tx, {
    incidentId: id,
    key: `looked-after:${key}`,
    atUs: tx.nowUs,
    kind: 'message',
    text: message.text,
    source: 'spanhound',
    link: '',
  });
  await post(tx, {
    messageId: `${id}/looked-after/${key}`,
    workspaceId,
    ...(await threadOf(tx, incident)),
    message,
    rank: 'detail',
  });
}

async function hasTrace(reader: Reader, { investigationId, workspaceId }: Incident): Promise<boolean> {
  if (investigationId === undefined) return false;
  const found = await findInvestigation(reader, { id: investigationId, workspaceId });
  return found?.state === 'done' && found.traceId !== '';
}

function endNotedUs(entries: readonly TimelineEntry[]): number {
  return Math.max(0, ...entries.filter(({ kind }) => kind === 'status').map(({ notedUs }) => notedUs));
}
