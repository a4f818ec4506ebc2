/**
 * Adds new evidence to the timeline of an open incident: the diagnosis that it was declared from before it finished, a
 * later one of its alert, a diagnosis or an alert in the incident's own channel, the end of its alert. An answer that was
 * folded into that of the incident brings only an earlier onset: the rest is said already. What belongs to a merged incident stays in its
 * timeline, which the incident that has taken it in shows.
 */
import { type Incident, isOver } from '#model/incident/incident.ts';
import { alertEnded } from '#present/slack/alert-end-messages.ts';
import { keepAlertNote } from '#record/alert-notes.ts';
import { findAlert, type NotedAlert, roundsOf } from '#record/alerts.ts';
import {
  incidentDeclaredFrom,
  incidentInChannel,
  incidentOfAlerts,
  incidentOfInvestigation,
} from '#record/find-incidents.ts';
import type { Investigation } from '#record/investigations.ts';
import type { Jobs } from '#record/jobs.ts';
import { mergedInChannel, rootOf } from '#record/merges.ts';
import { post } from '#record/outbox.ts';
import type { Reader, Tx } from '#record/store.ts';
import { foldOf } from '#record/stories.ts';
import { addEntry } from '#record/timeline.ts';
import { addAlertEntry, addDiagnosisEntry, addEarlierOnset } from '#record/timeline-evidence.ts';
import { ALERT_END_OF } from '#workflows/alerts/answer-alert-end.ts';
import { threadOf } from '#workflows/incidents/incident-thread.ts';
import { askIfReturned } from '#workflows/incidents/look-after.ts';
import { refreshOverview } from '#workflows/incidents/show-overview.ts';
import { wasOurs } from '#workflows/pagers/own-pages.ts';

export type NoteEvidence = Readonly<{
  /**
   * In the transaction that finishes the investigation. `byGuest`: somebody asked who may only look. It then belongs to an
   * incident only if a member declared the incident from it. `isFolded`: another answer says the same.
   */
  diagnosed(
    tx: Tx,
    investigation: Pick<Investigation, 'id' | 'workspaceId' | 'channelId' | 'alertId'> &
      Readonly<{ byGuest: boolean; isFolded: boolean }>,
  ): Promise<void>;
  /** In the transaction that records the alert: it fires, is acknowledged, or is resolved. */
  alertHeard(tx: Tx, alert: NotedAlert): Promise<void>;
}>;

export function evidenceNoter(jobs: Jobs): NoteEvidence {
  return {
    async diagnosed(tx, { id: investigationId, workspaceId, channelId, alertId, byGuest, isFolded }) {
      const asked = { workspaceId, alertId };
      const declared = await incidentDeclaredFrom(tx, { investigationId });
      if (isFolded && declared === undefined) return await foldedOnset(tx, jobs, { ...asked, investigationId });
      const incident =
        declared ??
        (byGuest ? undefined : ((await ofItsAlert(tx, asked)) ?? (await ownChannelOf(tx, workspaceId, channelId))));
      if (incident === undefined) return;
      await addDiagnosisEntry(tx, { incidentId: incident.id, investigationId });
      await refreshOverview(tx, jobs, { incident, key: `diagnosis/${investigationId}` });
    },

    async alertHeard(tx, alert) {
      const { workspaceId, channelId = '' } = alert;
      if (alert.state === 'acknowledged') return await acknowledged(tx, jobs, alert);
      const hasEnded = alert.state === 'resolved';
      if (hasEnded && (await wasOurs(tx, { workspaceId, alert }, 'resolve'))) return;
      const declared = await incidentOfAlert(tx, alert);
      if (declared !== undefined) await askIfReturned(tx, declared, alert);
      const firesOn = await workedOn(tx, declared);
      const incident = hasEnded ? declared : (firesOn ?? (await ownChannelOf(tx, workspaceId, channelId)));
      if (incident !== undefined) await addState(tx, jobs, incident, alert);
    },
  };
}

type AskedOf = Pick<Investigation, 'workspaceId' | 'alertId'>;

/** Somebody asked again about an alert, or it fired again, while people work on its incident. */
async function ofItsAlert(reader: Reader, { workspaceId, alertId }: AskedOf): Promise<Incident | undefined> {
  const alert = alertId === undefined ? undefined : await findAlert(reader, { workspaceId, id: alertId });
  return alert && (await workedOn(reader, (await incidentOfAlert(reader, alert)) ?? (await ofItsStory(reader, alert))));
}

/** The incident that has the answer which this alert shares. */
async function ofItsStory(
  reader: Reader,
  { id, workspaceId }: Pick<NotedAlert, 'id' | 'workspaceId'>,
): Promise<Incident | undefined> {
  const investigationId = (await foldOf(reader, id))?.investigationId;
  if (investigationId === undefined) return undefined;
  return await incidentOfInvestigation(reader, { workspaceId, investigationId });
}

/** The alert of another service may have been late, or the first to suffer: its requests show the beginning. */
async function foldedOnset(
  tx: Tx,
  jobs: Jobs,
  { investigationId, ...asked }: AskedOf & Readonly<{ investigationId: string }>,
): Promise<void> {
  const incident = await ofItsAlert(tx, asked);
  if (incident === undefined || !(await addEarlierOnset(tx, { incidentId: incident.id, investigationId }))) return;
  await refreshOverview(tx, jobs, { incident, key: `onset/${investigationId}` });
}

async function addState(tx: Tx, jobs: Jobs, incident: Incident, alert: NotedAlert): Promise<void> {
  const key = `alert/${alert.id}/${alert.state}`;
  if (alert.state !== 'resolved') await addAlertEntry(tx, { incidentId: incident.id, alertId: alert.id });
  else if (await addEnd(tx, incident, alert)) await sayEnd(tx, jobs, incident, { alert, key });
  await refreshOverview(tx, jobs, { incident, key });
}

/** The incident declared from this alert, in this round or in the newest one before it. */
async function incidentOfAlert(reader: Reader, alert: NotedAlert): Promise<Incident | undefined> {
  return await incidentOfAlerts(reader, await roundsOf(reader, alert));
}

/** Undefined for one that is over: an alert that fires after the end has a cause of its own. */
async function workedOn(reader: Reader, incident: Incident | undefined): Promise<Incident | undefined> {
  return incident === undefined || isOver(await rootOf(reader, incident)) ? undefined : incident;
}

/** In a shared channel, where the incident has only a thread, later messages may be about anything. */
async function ownChannelOf(reader: Reader, workspaceId: string, channelId: string): Promise<Incident | undefined> {
  const place = { workspaceId, channelId };
  const incident = (await incidentInChannel(reader, place)) ?? (await mergedInChannel(reader, place))?.incident;
  return incident?.threadTs === undefined ? incident : undefined;
}

/**
 * Who acknowledged it stands in the alerting system, and in the replies of its app. What we acknowledged there ourselves
 * is in the timeline already.
 */
async function acknowledged(tx: Tx, jobs: Jobs, alert: NotedAlert): Promise<void> {
  const { id: alertId, workspaceId, title, source, url: link } = alert;
  const key = `alert:${alertId}:acknowledged`;
  const entry = { key, atUs: tx.nowUs, kind: 'note', text: `Acknowledged: ${title}`, source, link } as const;
  const incident = await incidentOfAlert(tx, alert);
  if (incident !== undefined && (await wasOurs(tx, { workspaceId, alert }, 'acknowledge'))) return;
  // An incident that is declared later begins with it.
  if (incident === undefined) await keepAlertNote(tx, { alertId, workspaceId, channelId: undefined, ...entry });
  else if (await addEntry(tx, { incidentId: incident.id, ...entry })) {
    await refreshOverview(tx, jobs, { incident, key: `alert/${alertId}/acknowledged` });
  }
}

/** The alert reports when it began; its end is known from now on. */
async function addEnd(tx: Tx, { id }: Incident, { id: alertId, title, source, url }: NotedAlert): Promise<boolean> {
  return await addEntry(tx, {
    incidentId: id,
    key: `alert:${alertId}:resolved`,
    atUs: tx.nowUs,
    kind: 'alert',
    text: `Resolved: ${title}`,
    source,
    link: url,
    value: 'resolved',
  });
}

/** Who works on it reads it there, too: the alert's own thread may be in another channel. They know why it ended. */
async function sayEnd(
  tx: Tx,
  jobs: Jobs,
  incident: Incident,
  { alert, key }: Readonly<{ alert: NotedAlert; key: string }>,
): Promise<void> {
  const root = await rootOf(tx, incident);
  if (isOver(root)) return;
  const messageId = ALERT_END_OF(root.id, alert.id);
  const message = alertEnded(root, { ...alert, atUs: tx.nowUs, investigationId: root.investigationId ?? '' });
  await post(tx, { messageId, workspaceId: root.workspaceId, ...(await threadOf(tx, root)), message, rank: 'urgent' });
  await refreshOverview(tx, jobs, { incident: root, key });
}
