/**
 * Checks an action item before "done" is believed, and daily while it is open: by what a person set as its check, else
 * the request of the diagnosis is traced again, as Verify fix does.
 *
 *   done, or closed in a tracker ──► job ──┬─ the problem is gone ────────► done, with the sentence that shows it
 *                                          └─ still there, or nobody knows ─► stays open; Done anyway asks for a reason
 *   accepted ──► job each day ──► gone for the first time ──► said in the thread, with Done
 */
import { errorRecord, SpanhoundError } from '#core/errors.ts';
import type { Log } from '#core/log.ts';
import { DAY_US, HOUR_US } from '#core/time-units.ts';
import { type ActionItem, type Incident, isOver } from '#model/incident/incident.ts';
import { checkEntry, type ItemCheck, isRemedyOf } from '#model/incident/item-check.ts';
import type { ItemProbe } from '#model/incident/item-probe.ts';
import type { PresentedComparison } from '#present/present-comparison.ts';
import { type CheckSaid, checkMessage } from '#present/slack/action-items.ts';
import { itemCheck } from '#present/words/item-check.ts';
import { actionItemsOf, changeItemState } from '#record/action-items.ts';
import { audit } from '#record/audit.ts';
import { findIncident } from '#record/find-incidents.ts';
import { findInvestigation, type Investigation } from '#record/investigations.ts';
import type { Job, JobHandler, Jobs, RunJobsOptions } from '#record/jobs.ts';
import { deliveryOf, post, update } from '#record/outbox.ts';
import type { Reader, Store, Tx } from '#record/store.ts';
import { addEntry, entryRows, timelineOf } from '#record/timeline.ts';
import type { AskProbe } from '#workflows/action-items/ask-probe.ts';
import { syncIssue } from '#workflows/action-items/sync-issue.ts';
import { threadOf } from '#workflows/incidents/incident-thread.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';
import { keepCompared } from '#workflows/postmortem/keep-compared.ts';
import { verificationSides } from '#workflows/traces/answer-comparison.ts';
import { isWorthAnotherTry } from '#workflows/traces/answer-trace.ts';
import type { CompareSides } from '#workflows/traces/compare.ts';

export const CHECK_ITEM = 'item-check';

/** The requests to look at: enough of them, and few from before the change that somebody has just made. */
const LOOK_BACK_US = HOUR_US;
/** Nobody works on an older item. */
const LONGEST_US = 90 * DAY_US;

/** `closed`: in which tracker its issue was closed, if nobody said it here. */
type Done = Readonly<{ by: string; reason: string; key: string; closed?: string }>;
type CheckRequest = Readonly<{ incidentId: string; itemId: string; done?: Done }>;

const SAID_BY = (incidentId: string, key: string) => `${incidentId}/item-check/${key}`;

/** The diagnosis of a trace whose verdict the item prevents; undefined where the item has no check. */
async function diagnosisOf(
  reader: Reader,
  { id, workspaceId, investigationId }: Incident,
  item: ActionItem,
): Promise<Investigation | undefined> {
  const entries = await timelineOf(reader, id);
  const ids = [investigationId, ...entries.flatMap(({ kind, value }) => (kind === 'diagnosis' ? [value] : []))];
  for (const one of new Set(ids)) {
    if (one === undefined || one === '') continue;
    const found = await findInvestigation(reader, { id: one, workspaceId });
    const { diagnosis } = (found?.report ?? {}) as Readonly<{
      diagnosis?: Readonly<{ kind: string; service: string }> | null;
    }>;
    if (found?.state === 'done' && found.traceId !== '' && diagnosis && isRemedyOf(item, diagnosis)) return found;
  }
  return undefined;
}

/** How an item is checked: by what a person set, else by the requests of its diagnosis. */
export type CheckMeans = Readonly<{ kind: 'probe'; probe: ItemProbe } | { kind: 'requests'; about: Investigation }>;

/** Undefined where the item has no check. `checksItems`: whether traces can be searched. */
export async function meansOfCheck(
  reader: Reader,
  { incident, item, checksItems }: Readonly<{ incident: Incident; item: ActionItem; checksItems: boolean }>,
): Promise<CheckMeans | undefined> {
  if (item.probe !== undefined) return { kind: 'probe', probe: item.probe };
  const about = checksItems ? await diagnosisOf(reader, incident, item) : undefined;
  return about && { kind: 'requests', about };
}

/** In the transaction of whoever says that it is done. The answer stands in the thread. */
export async function askForCheck(
  tx: Tx,
  jobs: Jobs,
  incident: Incident,
  { item, done, means }: Readonly<{ item: ActionItem; done: Done; means: CheckMeans }>,
): Promise<void> {
  const { id: incidentId, workspaceId } = incident;
  const { by, key } = done;
  const payload: CheckRequest = { incidentId, itemId: item.id, done };
  await jobs.addJob(tx, { kind: CHECK_ITEM, workspaceId, key, payload });
  await audit(tx, {
    ...{ workspaceId, actor: by, action: 'evidence.compared' },
    subject: means.kind === 'probe' ? item.id : means.about.id,
    detail: { what: CHECK_ITEM },
  });
  await post(tx, {
    messageId: SAID_BY(incidentId, key),
    workspaceId,
    ...(await threadOf(tx, incident)),
    message: checkMessage({ incident, item, said: 'checking', text: '', ...done }),
  });
}

/** Whether a check with this key runs, or has an answer. */
export async function isCheckAsked(reader: Reader, incidentId: string, key: string): Promise<boolean> {
  if ((await deliveryOf(reader, SAID_BY(incidentId, key))) !== undefined) return true;
  return (await entryRows(reader, incidentId)).some((row) => row.key === ENTRY_OF(key));
}

/** A day later, and so on while the item is open. */
export async function checkDaily(tx: Tx, jobs: Jobs, incident: Incident, itemId: string): Promise<void> {
  const { id: incidentId, workspaceId } = incident;
  const dueUs = tx.nowUs + DAY_US;
  const payload: CheckRequest = { incidentId, itemId };
  const day = Math.floor(dueUs / DAY_US);
  await jobs.addJob(tx, { kind: CHECK_ITEM, workspaceId, key: `${itemId}/${day}`, payload, dueUs });
}

export type ItemCheckerParts = Readonly<{
  store: Store;
  jobs: Jobs;
  compare(sides: CompareSides): Promise<PresentedComparison>;
  askProbe: AskProbe;
  log: Log;
  kick(): void;
}>;

export function itemChecker(parts: ItemCheckerParts): JobHandler {
  const { store, jobs, kick } = parts;
  return async (job, signal) => {
    const { incidentId, itemId, done } = job.payload as CheckRequest;
    const read = (reader: Reader) => openItem(reader, { workspaceId: job.workspaceId, incidentId, itemId });
    const seen = await read(store);
    const means = seen && (await meansOfCheck(store, { ...seen, checksItems: true }));
    if (seen === undefined || means === undefined) {
      if (done !== undefined) await store.transaction((tx) => needless(tx, job, done));
      return kick();
    }
    const nowUs = await store.nowUs();
    const isAsked = done !== undefined || (await isFixed(store, seen.incident));
    const { check, report } = isAsked ? await checked(parts, means, { seen, nowUs, job, signal }) : NOT_CHECKED;
    await store.transaction(async (tx) => {
      await tx.lock(`incident/${incidentId}`);
      await keepReport(tx, means, report);
      const now = await read(tx);
      if (now === undefined) {
        if (done !== undefined) await needless(tx, job, done);
      } else if (done === undefined) await daily(tx, jobs, now, { check, job });
      else if (check !== undefined) await answer(tx, jobs, { ...now, check, done });
    });
    kick();
  };
}

async function keepReport(tx: Tx, means: CheckMeans, report: Checked['report']): Promise<void> {
  if (means.kind === 'requests') await keepCompared(tx, means.about, report);
}

/** Before somebody reports a fix, everybody knows that the problem is there. */
async function isFixed(reader: Reader, incident: Incident): Promise<boolean> {
  if (isOver(incident)) return true;
  return (await timelineOf(reader, incident.id)).some(({ kind, value }) => kind === 'status' && value === 'fixed');
}

type OpenItem = Readonly<{ incident: Incident; item: ActionItem }>;

async function openItem(
  reader: Reader,
  { workspaceId, incidentId, itemId }: Readonly<Record<'workspaceId' | 'incidentId' | 'itemId', string>>,
): Promise<OpenItem | undefined> {
  const incident = await findIncident(reader, { workspaceId, id: incidentId });
  const item = (await actionItemsOf(reader, incidentId)).find(({ id }) => id === itemId);
  return incident === undefined || item?.state !== 'open' ? undefined : { incident, item };
}

/** `report`: what the comparison showed; undefined where none came about. */
type Checked = Readonly<{ check: ItemCheck | undefined; report: PresentedComparison['report'] | undefined }>;
const NOT_CHECKED: Checked = { check: undefined, report: undefined };

async function checked(
  { compare, askProbe, log }: ItemCheckerParts,
  means: CheckMeans,
  { seen, nowUs, job, signal }: Readonly<{ seen: OpenItem; nowUs: number; job: Job; signal: AbortSignal }>,
): Promise<Checked> {
  try {
    if (means.kind === 'probe') return { ...NOT_CHECKED, check: await askProbe(means.probe, { nowUs, signal }) };
    const sides = verificationSides(means.about, { fromUs: nowUs - LOOK_BACK_US, toUs: nowUs });
    const { report } = await compare({ ...sides, forms: {}, signal });
    const { verification } = report;
    if (verification === undefined) throw new Error('the comparison verified nothing');
    const isOfItem = verification.cause !== null && isRemedyOf(seen.item, verification.cause);
    return { check: itemCheck(verification, isOfItem), report };
  } catch (error) {
    // The process is stopping, or another analysis ended this one: the job will be retried.
    if (signal.aborted || isWorthAnotherTry(error, job)) throw error;
    log[error instanceof SpanhoundError ? 'info' : 'error']({ err: error, job: job.id }, 'an item was not checked');
    const { code, message } = errorRecord(error);
    return { check: { outcome: 'unsure', text: code === 'SH_BUG' ? 'the check failed' : message }, report: undefined };
  }
}

/** Somebody closed the item while it was checked, or its diagnosis is forgotten: no thread waits for an answer for ever. */
async function needless(tx: Tx, { workspaceId, payload }: Job, done: Done): Promise<void> {
  const { incidentId, itemId } = payload as CheckRequest;
  const incident = await findIncident(tx, { workspaceId, id: incidentId });
  const item = (await actionItemsOf(tx, incidentId)).find(({ id }) => id === itemId);
  if (incident === undefined || item === undefined) return;
  // The job may run again after its answer.
  if ((await entryRows(tx, incidentId)).some((row) => row.key === ENTRY_OF(done.key))) return;
  const isOpen = item.state === 'open';
  const text = isOpen ? 'the check, or the diagnosis that it is about, was deleted' : '';
  await say(tx, incident, { item, ...done, said: isOpen ? 'unsure' : 'needless', text });
}

const ENTRY_OF = (key: string) => `item-check:${key}`;

type Answer = Readonly<{ incident: Incident; item: ActionItem; check: ItemCheck; done: Done }>;

async function answer(tx: Tx, jobs: Jobs, { incident, item, check, done }: Answer): Promise<void> {
  const { by, key } = done;
  const isGone = check.outcome === 'gone';
  await note(tx, incident, { item, check, key });
  if (isGone) {
    const reason = [done.reason, check.text].filter((one) => one !== '').join('; ');
    await changeItemState(tx, { item, key, state: 'done', reason, by });
    await syncIssue(tx, jobs, { incident, itemId: item.id, key: `check/${key}` });
  }
  await draftAnew(tx, jobs, { incident, key: `check/${key}` });
  await say(tx, incident, { item, ...done, said: isGone ? 'done' : check.outcome, text: check.text });
}

/** Only the news is said. */
async function daily(
  tx: Tx,
  jobs: Jobs,
  { incident, item }: OpenItem,
  { check, job }: Readonly<{ check: ItemCheck | undefined; job: Job }>,
): Promise<void> {
  if (tx.nowUs - item.createdUs < LONGEST_US) await checkDaily(tx, jobs, incident, item.id);
  if (check?.outcome !== 'gone' || item.check?.outcome === 'gone') return;
  await note(tx, incident, { item, check, key: job.key });
  await draftAnew(tx, jobs, { incident, key: `check/${job.id}` });
  await say(tx, incident, { item, key: job.key, said: 'gone', text: check.text, by: '' });
}

async function note(
  tx: Tx,
  incident: Incident,
  { item, check, key }: Readonly<{ item: ActionItem; check: ItemCheck; key: string }>,
): Promise<void> {
  await addEntry(tx, {
    incidentId: incident.id,
    key: ENTRY_OF(key),
    atUs: tx.nowUs,
    kind: 'action',
    source: 'spanhound',
    link: '',
    ...checkEntry(item, check),
  });
}

/** Replaces what the thread said at the beginning of the check. */
async function say(
  tx: Tx,
  incident: Incident,
  {
    item,
    key,
    said,
    text,
    by,
    closed,
  }: Readonly<{ item: ActionItem; key: string; said: CheckSaid; text: string; by: string; closed?: string }>,
): Promise<void> {
  const { id, workspaceId } = incident;
  const messageId = SAID_BY(id, key);
  const message = checkMessage({ incident, item, said, text, by, closed });
  if ((await deliveryOf(tx, messageId)) !== undefined) return await update(tx, { messageId, message, rank: 'asked' });
  await post(tx, { messageId, workspaceId, ...(await threadOf(tx, incident)), message, rank: 'detail' });
}

/** The job was given up because its process died each time. */
export const checkGivenUp: NonNullable<RunJobsOptions['onDead']> = async (tx, job) => {
  if (job.kind !== CHECK_ITEM) return;
  const { incidentId, itemId, done } = job.payload as CheckRequest;
  const found = await openItem(tx, { workspaceId: job.workspaceId, incidentId, itemId });
  if (found === undefined || done === undefined) return;
  await say(tx, found.incident, {
    item: found.item,
    ...done,
    said: 'unsure',
    text: 'I tried several times and gave up',
  });
};
