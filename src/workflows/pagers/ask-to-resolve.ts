/**
 * An incident that is resolved here may be open in a paging system outside. The thread asks, and nothing is closed there
 * before somebody says so.
 */
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { type Pager, pagerValue } from '#model/incident/pager.ts';
import { askToResolve, resolveAnswered } from '#present/slack/pager-messages.ts';
import { findAlert, roundsOf } from '#record/alerts.ts';
import { newestDelivery, post, update } from '#record/outbox.ts';
import { pagerStepsOf, queuePagerAgain, stepsAt } from '#record/pager-steps.ts';
import type { Reader, Tx } from '#record/store.ts';
import { addEntry } from '#record/timeline.ts';
import { threadOf } from '#workflows/incidents/incident-thread.ts';
import {
  type AskedBy,
  type IncidentParts,
  type Outcome,
  onIncident,
  type Told,
} from '#workflows/incidents/on-incident.ts';
import { type PagerQueue, queueStep, remotesOf, sendAt } from '#workflows/pagers/queue-steps.ts';
import { type RightParts, withRight } from '#workflows/rights/check-right.ts';

const QUESTIONS_OF = (incidentId: string, pager: string) => `${incidentId}/pager/resolve/${pager}/`;

/** In the transaction that resolves the incident. */
export async function askToResolveThere(
  tx: Tx,
  { pagers }: Pick<PagerQueue, 'pagers'>,
  incident: Incident,
  key: string,
): Promise<void> {
  if (incident.status !== 'resolved') return;
  for (const pager of pagers.filter(({ does }) => does.includes('resolve'))) {
    const open = await openThere(tx, pager, incident);
    if (open.length === 0) continue;
    await post(tx, {
      messageId: `${QUESTIONS_OF(incident.id, pager.id)}${key}`,
      workspaceId: incident.workspaceId,
      ...(await threadOf(tx, incident)),
      message: askToResolve(incident, {
        pager: pager.id,
        title: pager.title,
        names: open.map(({ name }) => name),
      }),
      rank: 'urgent',
    });
  }
}

type OpenThere = Readonly<{ remoteId: string; name: string }>;

/** As far as we heard. */
async function openThere(reader: Reader, pager: Pager, incident: Incident): Promise<readonly OpenThere[]> {
  const { workspaceId } = incident;
  const open: OpenThere[] = [];
  for (const { id: remoteId } of await remotesOf(reader, pager, incident, 'resolve')) {
    const [newest] = await roundsOf(reader, { workspaceId, source: pager.id, key: remoteId });
    const alert = newest === undefined ? undefined : await findAlert(reader, { workspaceId, id: newest });
    const steps = await stepsAt(reader, { workspaceId, pager: pager.id, remoteId });
    const isResolved = steps.some(({ kind, state }) => kind === 'resolve' && state === 'done');
    if (alert?.state === 'resolved' || (alert === undefined && isResolved)) continue;
    open.push({ remoteId, name: alert?.title ?? `the page ${remoteId}` });
  }
  return open;
}

export type PagerPress = Readonly<{ asked: AskedBy; incidentId: string; pager: string }>;

export type PagerWorkflows = Readonly<{
  resolveThere(press: PagerPress): Promise<Told>;
  leaveOpen(press: PagerPress): Promise<Told>;
  /** What a paging system refused is sent again. */
  pagerAgain(press: Omit<PagerPress, 'pager'>): Promise<Told>;
}>;

export function pagerWorkflows(parts: IncidentParts & PagerQueue & RightParts): PagerWorkflows {
  return {
    async resolveThere({ asked, incidentId, pager }) {
      const change = await withRight(parts, { right: 'close', asked }, (tx, incident) =>
        resolving(tx, parts, incident, { asked, pager }),
      );
      return await onIncident(parts, asked, { incidentId }, change);
    },
    leaveOpen: ({ asked, incidentId, pager }) =>
      onIncident(parts, asked, { incidentId }, (tx, incident) => leaving(tx, parts, incident, { asked, pager })),
    pagerAgain: ({ asked, incidentId }) =>
      onIncident(parts, asked, { incidentId }, (tx, incident) => sendingAgain(tx, parts, incident, asked)),
  };
}

type Pressing = Readonly<{ asked: AskedBy; pager: string }>;

async function resolving(
  tx: Tx,
  { jobs, pagers }: PagerQueue,
  incident: Incident,
  { asked, pager: id }: Pressing,
): Promise<Outcome> {
  const pager = pagers.find((one) => one.id === id && one.does.includes('resolve'));
  if (pager === undefined) return { answer: NOT_SET_UP };
  const name = incidentName(incident);
  if (incident.status !== 'resolved') return { answer: `${name} is ${incident.status}: nothing is resolved there.` };
  const open = await openThere(tx, pager, incident);
  const what = `Resolve in ${pager.title}`;
  if (open.length === 0 || !(await noteAnswer(tx, incident, { asked, pager: id, step: 'asked', text: what }))) {
    return { answer: `It was answered already, or nothing is open in ${pager.title}. Nothing was changed.` };
  }
  for (const { remoteId } of open) {
    const step = { id: `${incident.id}/resolve/${incident.resolvedUs}/${id}/${remoteId}`, pager: id, remoteId };
    await queueStep(tx, jobs, incident, { ...step, kind: 'resolve' });
  }
  await closeQuestion(tx, incident, id, `${asked.userName} resolves it in ${pager.title}, too.`);
  return { answer: `I resolve it in ${pager.title}.`, said: { what, by: asked.userName, atUs: tx.nowUs } };
}

async function leaving(
  tx: Tx,
  { pagers }: Pick<PagerQueue, 'pagers'>,
  incident: Incident,
  { asked, pager: id }: Pressing,
): Promise<Outcome> {
  const pager = pagers.find((one) => one.id === id);
  if (pager === undefined) return { answer: NOT_SET_UP };
  const what = `Left open in ${pager.title}`;
  if (!(await noteAnswer(tx, incident, { asked, pager: id, step: 'left', text: what }))) {
    return { answer: 'It was answered already. Nothing was changed.' };
  }
  await closeQuestion(tx, incident, id, `${asked.userName} leaves it open in ${pager.title}.`);
  return { answer: `It stays open in ${pager.title}.`, said: { what, by: asked.userName, atUs: tx.nowUs } };
}

const NOT_SET_UP = 'This paging system is not set up any more. Nothing was changed.';

/** One answer for each end of the incident. False if there is one. */
async function noteAnswer(
  tx: Tx,
  { id: incidentId, resolvedUs = 0 }: Incident,
  { asked, pager, step, text }: Readonly<{ asked: AskedBy; pager: string; step: 'asked' | 'left'; text: string }>,
): Promise<boolean> {
  return await addEntry(tx, {
    incidentId,
    key: `pager-end:${pager}:${resolvedUs}`,
    atUs: tx.nowUs,
    kind: 'message',
    text,
    source: asked.userId,
    link: '',
    value: pagerValue(step),
  });
}

async function closeQuestion(tx: Tx, incident: Incident, pager: string, said: string): Promise<void> {
  const question = await newestDelivery(tx, QUESTIONS_OF(incident.id, pager));
  if (question === undefined) return;
  await update(tx, { messageId: question.messageId, message: resolveAnswered(incident, said), rank: 'asked' });
}

async function sendingAgain(tx: Tx, { jobs }: PagerQueue, incident: Incident, asked: AskedBy): Promise<Outcome> {
  const refused = (await pagerStepsOf(tx, incident.id)).filter(({ state }) => state === 'refused');
  if (refused.length === 0) return { answer: 'Nothing is left to send again. Nothing was changed.' };
  for (const step of refused) {
    await queuePagerAgain(tx, step.id);
    await sendAt(tx, jobs, step, tx.nowUs, asked.inboxId);
  }
  const what = refused.length === 1 ? 'One step is sent again' : `${refused.length} steps are sent again`;
  return { answer: `${what}.`, said: { what, by: asked.userName, atUs: tx.nowUs } };
}
