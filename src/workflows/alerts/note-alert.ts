/**
 * What people do and write in the alerting system becomes part of the incident's timeline: notes, acknowledgements,
 * escalations, and the replies of the system's app in the thread of its message. They answer nothing and begin nothing.
 */
import type { AlertNote } from '#model/incident/alert.ts';
import type { Incident } from '#model/incident/incident.ts';
import { markIn } from '#model/incident/pager.ts';
import { keepAlertNote } from '#record/alert-notes.ts';
import { alertIdsAt, findAlert, roundsOf } from '#record/alerts.ts';
import { findIncident, incidentOfAlerts } from '#record/find-incidents.ts';
import type { JobHandler, Jobs } from '#record/jobs.ts';
import { isOwnMark, stepsAt } from '#record/pager-steps.ts';
import type { Reader, Store, Tx } from '#record/store.ts';
import { addEntry } from '#record/timeline.ts';
import { refreshOverview } from '#workflows/incidents/show-overview.ts';
import { wasOurs } from '#workflows/pagers/own-pages.ts';

export const RECEIVE_NOTE = 'receive-alert-note';

/** Resolves once it is stored. */
export type TakeNote = (note: AlertNote) => Promise<void>;

/** As for deliveries, the job is the inbox, and its key prevents that a repetition is processed. */
export function noteTaker({ store, jobs, kick }: Readonly<{ store: Store; jobs: Jobs; kick(): void }>): TakeNote {
  return async (note) => {
    await store.transaction((tx) =>
      jobs.addJob(tx, { kind: RECEIVE_NOTE, workspaceId: '', key: `${note.source}/${note.id}`, payload: note }),
    );
    kick();
  };
}

export type NoteReceiverOptions = Readonly<{
  store: Store;
  jobs: Jobs;
  /** The workspace of our token, as Slack names it. */
  workspace(signal: AbortSignal): Promise<string>;
  kick(): void;
}>;

export function noteReceiver({ store, jobs, workspace, kick }: NoteReceiverOptions): JobHandler {
  return async (job, signal) => {
    const note = job.payload as AlertNote;
    const workspaceId = await workspace(signal);
    await store.transaction(async (tx) => {
      const alertIds = await roundsOf(tx, { workspaceId, source: note.source, key: note.key });
      await addAlertNote(tx, jobs, { workspaceId, note, alertIds });
    });
    kick();
  };
}

/** A reply of the alerting system's app, in the thread of the alert's own message. */
export async function noteReply(
  tx: Tx,
  jobs: Jobs,
  {
    workspaceId,
    channelId,
    threadTs,
    note,
  }: Readonly<{ workspaceId: string; channelId: string; threadTs: string; note: AlertNote }>,
): Promise<void> {
  const alertIds = await alertIdsAt(tx, { workspaceId, channelId, messageTs: threadTs });
  if (await saysWhatWeDid(tx, { workspaceId, alertId: alertIds[0] ?? '', note })) return;
  await addAlertNote(tx, jobs, { workspaceId, note, alertIds, channelId });
}

/** The system's app reports in the thread what we acknowledged or resolved there. */
async function saysWhatWeDid(
  tx: Tx,
  { workspaceId, alertId, note }: Readonly<{ workspaceId: string; alertId: string; note: AlertNote }>,
): Promise<boolean> {
  const { text, atUs: saidUs } = note;
  const kind = /\backnowledged\b/i.test(text) ? 'acknowledge' : /\bresolved\b/i.test(text) ? 'resolve' : undefined;
  const alert = kind && (await findAlert(tx, { workspaceId, id: alertId }));
  return (
    kind !== undefined && alert !== undefined && (await wasOurs(tx, { workspaceId, alert: { ...alert, saidUs } }, kind))
  );
}

type AddedNote = Readonly<{
  workspaceId: string;
  note: AlertNote;
  alertIds: readonly string[];
  /** Where it was written, if that was in Slack. */
  channelId?: string;
}>;

/** Before an incident is declared, the note waits for one at the newest round of the alert. */
async function addAlertNote(tx: Tx, jobs: Jobs, { workspaceId, note, alertIds, channelId }: AddedNote): Promise<void> {
  const { source, id, text, by, atUs, url } = note;
  // What we wrote there comes back by its webhook.
  const mark = markIn(text);
  if (mark !== undefined && (await isOwnMark(tx, { workspaceId, pager: source, mark }))) return;
  const key = `alert-note:${source}:${id}`;
  const entry = { key, atUs, kind: 'note', text: by === '' ? text : `${by}: ${text}`, source, link: url } as const;
  const incident = (await incidentOfAlerts(tx, alertIds)) ?? (await incidentOfPage(tx, workspaceId, note));
  if (incident !== undefined) {
    await addEntry(tx, { incidentId: incident.id, ...entry });
    await refreshOverview(tx, jobs, { incident, key });
    return;
  }
  const [alertId] = alertIds;
  if (alertId !== undefined) await keepAlertNote(tx, { alertId, workspaceId, channelId, ...entry });
}

/** A page of ours began this incident in the paging system, or asked people to join it. */
async function incidentOfPage(
  reader: Reader,
  workspaceId: string,
  { source: pager, key: remoteId }: AlertNote,
): Promise<Incident | undefined> {
  const [step] = remoteId === '' ? [] : await stepsAt(reader, { workspaceId, pager, remoteId });
  return step && (await findIncident(reader, { workspaceId, id: step.incidentId }));
}
