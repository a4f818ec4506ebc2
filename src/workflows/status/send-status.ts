/**
 * Sends approved updates to one page, in their order, each once. Before a call the row is claimed, and a claim without a
 * result means: nobody knows whether the page has it. Then the page is asked, if it can be asked; else a person is.
 *
 *   queued ──► claimed ──► called ──┬─ done ───────────────────► sent
 *                                   ├─ no connection, "wait" ──► queued, later
 *                                   ├─ no ─────────────────────► refused, said
 *                                   └─ unknown, process died ──► asked before the next call, or held and said
 */
import type { Clock } from '#core/clock.ts';
import { openDeadline } from '#core/deadline.ts';
import {
  approverOf,
  type Publication,
  type Published,
  promisedUs,
  type StatusPage,
  type StatusUpdate,
  statusPageValue,
} from '#model/incident/status-page.ts';
import { statusOverdue, statusProblem } from '#present/slack/status-messages.ts';
import { textWithPromise } from '#present/words/status-draft.ts';
import { type Backoff, backoffUs } from '#record/backoff.ts';
import { findIncident } from '#record/find-incidents.ts';
import type { Job, JobHandler, Jobs } from '#record/jobs.ts';
import { post } from '#record/outbox.ts';
import {
  claimSend,
  correctedText,
  findStatusUpdate,
  holdsClaim,
  markSendSent,
  openOnPage,
  putSendBack,
  type SendKey,
  sendsTo,
  statusUpdatesOf,
  stopSend,
} from '#record/status-updates.ts';
import type { Store, Tx } from '#record/store.ts';
import { addEntry } from '#record/timeline.ts';
import { threadOf } from '#workflows/incidents/incident-thread.ts';
import { type Directory, refreshOverview } from '#workflows/incidents/show-overview.ts';
import {
  namesOfPeople,
  OVERDUE_MESSAGE,
  type PageNames,
  SOON_MESSAGE,
  showStatus,
} from '#workflows/status/show-status.ts';

export const SEND_STATUS = 'status-page-send';
export const STATUS_OVERDUE = 'status-page-overdue';

export type SendStatusRequest = Readonly<{ incidentId: string; target: string }>;
type OverdueRequest = Readonly<{ incidentId: string; updateId: string }>;

export type SendStatusOptions = Readonly<{
  store: Store;
  clock: Clock;
  jobs: Jobs;
  directory: Directory;
  pages: readonly StatusPage[];
  kick(): void;
}>;

/** A page has its own shorter deadline for each request; this is for all of one attempt. */
const ATTEMPT_MS = 25_000;
/** Nobody else calls before this, so that an attempt that still runs is not doubled. */
const CLAIM_US = 60_000_000;
/** A server may still be at work on a request whose answer was lost. */
const SETTLE_US = 30_000_000;
const BACKOFF: Backoff = { firstUs: 5_000_000, capUs: 180_000_000 };
/** About half an hour. After that the text is old, and a person decides. */
const MOST_ATTEMPTS = 15;
const LONGEST_WAIT_US = 1_800_000_000;
/** More updates of one incident do not wait for one page. */
const MOST_STEPS = 50;

type Claimed = Readonly<{
  key: SendKey;
  claim: string;
  publication: Publication;
  attempts: number;
}>;

export function sendStatus(options: SendStatusOptions): JobHandler {
  const { clock, pages, kick } = options;
  return async (job, signal) => {
    const { target } = job.payload as SendStatusRequest;
    const page = pages.find(({ id }) => id === target);
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const claimed = await claimNext(options, job, page);
      kick();
      if (claimed === undefined || page === undefined) return;
      const deadline = openDeadline(clock, ATTEMPT_MS, signal);
      const result = await page.publish(claimed.publication, deadline.signal).finally(deadline.close);
      await record(options, job, claimed, result);
      kick();
      if (result.kind !== 'sent' && result.kind !== 'refused') return;
    }
  };
}

/** Undefined if nothing is to be sent now. */
async function claimNext(
  options: SendStatusOptions,
  job: Job,
  page: StatusPage | undefined,
): Promise<Claimed | undefined> {
  const { store, jobs } = options;
  const { incidentId, target } = job.payload as SendStatusRequest;
  const names = await namesAround(options, incidentId);
  return await store.transaction(async (tx) => {
    await tx.lock(`incident/${incidentId}`);
    const all = await sendsTo(tx, { incidentId, target });
    for (const send of all.filter(({ state }) => state === 'queued')) {
      const key = { updateId: send.updateId, target };
      const notBeforeUs = Math.max(send.dueUs, send.claimUntilUs);
      if (notBeforeUs > tx.nowUs) {
        await sendAt(tx, jobs, job, { updateId: send.updateId, dueUs: notBeforeUs });
        return undefined;
      }
      if (page !== undefined && (page.canLook || !send.isUncertain))
        return await claimOne(tx, page, { all, send, key });
      await stopped(tx, job, { key, names, ...(page === undefined ? NOT_SET_UP : LOST) });
    }
    return undefined;
  });
}

type Sends = Awaited<ReturnType<typeof sendsTo>>;

async function claimOne(
  tx: Tx,
  { canLook }: StatusPage,
  { all, send, key }: Readonly<{ all: Sends; send: Sends[number]; key: SendKey }>,
): Promise<Claimed | undefined> {
  const update = await findStatusUpdate(tx, send.updateId);
  if (update === undefined) return undefined;
  const updates = await statusUpdatesOf(tx, update.incidentId);
  const earlier = all.filter((one) => one.pageId === update.pageId && one.number < update.number);
  const remoteId = earlier.findLast((one) => one.remoteId !== undefined)?.remoteId;
  const corrected = updates.find(({ id }) => id === update.corrects);
  // An earlier update may have begun the incident on the page without our knowledge.
  const mayHaveBegun = canLook && remoteId === undefined && earlier.some((one) => one.isUncertain);
  const publication = {
    ...publicationOf({ ...update, text: correctedText(updates, update) }),
    remoteId,
    corrects: corrected && {
      updateId: corrected.id,
      remoteUpdateId: all.find(({ updateId }) => updateId === corrected.id)?.remoteUpdateId,
    },
    isUncertain: send.isUncertain || mayHaveBegun,
  };
  const claim = tx.newId();
  await claimSend(tx, key, { claim, untilUs: tx.nowUs + CLAIM_US });
  return { key, claim, publication, attempts: send.attempts };
}

const NOT_SET_UP = {
  state: 'refused',
  reason: 'This page is not set up any more.',
  isUncertain: false,
} as const;
const LOST = {
  state: 'held',
  reason: 'The last attempt ended without an answer.',
  isUncertain: true,
} as const;

function publicationOf(update: StatusUpdate): Omit<Publication, 'remoteId' | 'corrects' | 'isUncertain'> {
  const { id: updateId, pageId, status, title, text, components, approvedUs = 0 } = update;
  const nextUs = promisedUs(update);
  return {
    updateId,
    pageId,
    status,
    title,
    text: textWithPromise(text, nextUs, approvedUs),
    components,
    nextUs,
    approvedUs,
  };
}

async function record(options: SendStatusOptions, job: Job, claimed: Claimed, result: Published): Promise<void> {
  const { store, jobs } = options;
  const { key, claim, attempts } = claimed;
  const { incidentId } = job.payload as SendStatusRequest;
  const names = await namesAround(options, incidentId);
  await store.transaction(async (tx) => {
    await tx.lock(`incident/${incidentId}`);
    if (!(await holdsClaim(tx, key, claim))) return;
    if (result.kind !== 'sent') return await notSent(tx, options, job, { claimed, names, result });
    await markSendSent(tx, key, result);
    const text = `Status page update sent to ${titleOf(names, key)}`;
    await entry(tx, incidentId, { key, step: 'sent', text, link: result.url, times: attempts });
    await shownAgain(tx, jobs, job, { key, names });
  });
}

async function notSent(
  tx: Tx,
  options: SendStatusOptions,
  job: Job,
  {
    claimed,
    names,
    result,
  }: Readonly<{
    claimed: Claimed;
    names: PageNames;
    result: Exclude<Published, { kind: 'sent' }>;
  }>,
): Promise<void> {
  const { key, attempts, publication } = claimed;
  const { isUncertain } = publication;
  const isLast = attempts + 1 >= MOST_ATTEMPTS;
  switch (result.kind) {
    case 'refused':
      return await stopped(tx, job, { key, names, state: 'refused', reason: result.reason, isUncertain });
    case 'ambiguous': {
      const { reason } = result;
      const canLook = options.pages.some((page) => page.id === key.target && page.canLook);
      if (!canLook || isLast) return await stopped(tx, job, { key, names, state: 'held', reason, isUncertain: true });
      return await later(tx, options, job, { claimed, names, waitUs: SETTLE_US, isUncertain: true, reason });
    }
    case 'limited':
    case 'failed': {
      const isLimited = result.kind === 'limited';
      const reason = isLimited ? `${titleOf(names, key)} takes no more requests now.` : result.reason;
      const said = `${reason} I tried ${MOST_ATTEMPTS} times.`;
      if (isLast) return await stopped(tx, job, { key, names, state: 'refused', reason: said, isUncertain });
      const backoff = backoffUs(BACKOFF, attempts + 1, options.store.random);
      const waitUs = isLimited ? Math.max(backoff, result.retryAfterMs * 1_000) : backoff;
      return await later(tx, options, job, { claimed, names, waitUs, isUncertain, reason });
    }
  }
}

async function later(
  tx: Tx,
  { jobs }: SendStatusOptions,
  job: Job,
  {
    claimed,
    names,
    waitUs,
    isUncertain,
    reason,
  }: Readonly<{
    claimed: Claimed;
    names: PageNames;
    waitUs: number;
    isUncertain: boolean;
    reason: string;
  }>,
): Promise<void> {
  const { key, attempts } = claimed;
  const dueUs = tx.nowUs + Math.min(waitUs, LONGEST_WAIT_US);
  await putSendBack(tx, key, { dueUs, attempts: attempts + 1, isUncertain, reason });
  await sendAt(tx, jobs, job, { updateId: key.updateId, dueUs });
  await shownAgain(tx, jobs, job, { key, names });
}

async function sendAt(
  tx: Tx,
  jobs: Jobs,
  { workspaceId, payload }: Job,
  { updateId, dueUs }: Readonly<{ updateId: string; dueUs: number }>,
): Promise<void> {
  const { target } = payload as SendStatusRequest;
  await jobs.addJob(tx, { kind: SEND_STATUS, workspaceId, key: `${updateId}/${target}/${dueUs}`, payload, dueUs });
}

type Stop = Readonly<{
  key: SendKey;
  names: PageNames;
  state: 'held' | 'refused';
  reason: string;
  isUncertain: boolean;
}>;

/** Said in the thread: a message that changes in place pings nobody. */
async function stopped(tx: Tx, job: Job, { key, names, state, reason, isUncertain }: Stop): Promise<void> {
  const { incidentId } = job.payload as SendStatusRequest;
  await stopSend(tx, key, { state, reason, isUncertain });
  const title = titleOf(names, key);
  const text =
    state === 'held'
      ? `Nobody knows whether ${title} has the status page update`
      : `${title} did not get the status page update`;
  await entry(tx, incidentId, { key, step: state, text: `${text}. ${reason}`, link: '', times: tx.nowUs });
  const incident = await findIncident(tx, { workspaceId: job.workspaceId, id: incidentId });
  const update = await findStatusUpdate(tx, key.updateId);
  if (incident === undefined || update === undefined) return;
  await showStatus(tx, incident, update, names);
  await post(tx, {
    messageId: `${incidentId}/status-page/${key.updateId}/${key.target}/${tx.nowUs}`,
    workspaceId: job.workspaceId,
    ...(await threadOf(tx, incident)),
    message: statusProblem({
      incident,
      title,
      reason,
      isHeld: state === 'held',
      who: update.approvedBy ?? update.draftedBy,
    }),
    rank: 'urgent',
  });
}

type Entry = Readonly<{ key: SendKey; step: 'sent' | 'held' | 'refused'; text: string; link: string; times: number }>;

async function entry(tx: Tx, incidentId: string, { key, step, text, link, times }: Entry): Promise<void> {
  await addEntry(tx, {
    incidentId,
    key: `status-page:${step}:${key.updateId}:${key.target}:${times}`,
    atUs: tx.nowUs,
    kind: 'message',
    text,
    source: 'spanhound',
    link,
    value: statusPageValue(step),
  });
}

async function shownAgain(
  tx: Tx,
  jobs: Jobs,
  job: Job,
  { key, names }: Readonly<{ key: SendKey; names: PageNames }>,
): Promise<void> {
  const { incidentId } = job.payload as SendStatusRequest;
  const incident = await findIncident(tx, { workspaceId: job.workspaceId, id: incidentId });
  const update = await findStatusUpdate(tx, key.updateId);
  if (incident === undefined || update === undefined) return;
  await showStatus(tx, incident, update, names);
  await refreshOverview(tx, jobs, { incident, key: `status-page/${key.updateId}/${key.target}/${tx.nowUs}` });
}

function titleOf({ titles }: PageNames, { target }: SendKey): string {
  return titles.get(target) ?? target;
}

async function namesAround({ store, directory, pages }: SendStatusOptions, incidentId: string): Promise<PageNames> {
  const updates = await statusUpdatesOf(store, incidentId);
  return {
    titles: new Map(pages.map(({ id, title }) => [id, title])),
    people: await namesOfPeople(
      directory,
      updates.flatMap(({ draftedBy, approvedBy }) => [draftedBy, approvedBy]),
    ),
  };
}

/** Before the promised time of the next update, and once more at that time. */
export function remindOfStatus({ store, jobs, kick }: Pick<SendStatusOptions, 'store' | 'jobs' | 'kick'>): JobHandler {
  return async (job) => {
    const { incidentId, updateId } = job.payload as OverdueRequest;
    await store.transaction(async (tx) => {
      await tx.lock(`incident/${incidentId}`);
      const incident = await findIncident(tx, { workspaceId: job.workspaceId, id: incidentId });
      const standing = openOnPage(await statusUpdatesOf(tx, incidentId));
      const dueUs = standing && promisedUs(standing);
      if (incident === undefined || standing?.id !== updateId || dueUs === undefined) return;
      const { workspaceId } = job;
      const isEarly = tx.nowUs < dueUs;
      await post(tx, {
        messageId: isEarly ? SOON_MESSAGE(incidentId, updateId) : OVERDUE_MESSAGE(incidentId, updateId),
        workspaceId,
        ...(await threadOf(tx, incident)),
        message: statusOverdue(incident, { promisedUs: dueUs, isEarly, who: approverOf(incident)?.userId }),
        rank: 'urgent',
      });
      if (!isEarly) return;
      const payload: OverdueRequest = { incidentId, updateId };
      await jobs.addJob(tx, { kind: STATUS_OVERDUE, workspaceId, key: `${updateId}/overdue`, payload, dueUs });
    });
    kick();
  };
}
