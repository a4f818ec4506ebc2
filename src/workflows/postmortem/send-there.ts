/**
 * Sends the postmortem of an incident to one place outside, as the record is then. Before a call the row is claimed, and a
 * claim without a result means: nobody knows what the target did. Then the target looks for what the attempt left before
 * it makes anything.
 *
 *   queued ──► claimed ──► (read, taken in) ──► drafted, sent ──┬─ done ──────────────────► sent, said in the thread
 *                                                               ├─ no connection, "wait" ──► later
 *                                                               ├─ no ─────────────────────► refused, said in the thread
 *                                                               └─ unknown, process died ──► later, and looked for first
 */
import type { Clock } from '#core/clock.ts';
import { openDeadline } from '#core/deadline.ts';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import type { Tried } from '#model/incident/issue-tracker.ts';
import type { PostmortemTarget, SentThere, TriedToSend } from '#model/incident/postmortem-target.ts';
import type { NotPublished } from '#model/incident/status-page.ts';
import { notSentThere, sentThere, takenInMessage } from '#present/slack/postmortem-targets.ts';
import { auditIncident } from '#record/audit.ts';
import { type Backoff, backoffUs } from '#record/backoff.ts';
import { findIncident } from '#record/find-incidents.ts';
import type { Job, JobHandler, Jobs } from '#record/jobs.ts';
import { deliveryOf, type NewPost, post } from '#record/outbox.ts';
import {
  claimPostmortem,
  findSend,
  holdsPostmortem,
  keepRemote,
  keepTitles,
  markPostmortemSent,
  putPostmortemBack,
  refusePostmortem,
  type StoredSend,
} from '#record/postmortem-sends.ts';
import type { Tx } from '#record/store.ts';
import { threadOf } from '#workflows/incidents/incident-thread.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';
import { addSend, type SendRequest } from '#workflows/postmortem/export.ts';
import { POSTMORTEM_OF } from '#workflows/postmortem/postmortem-id.ts';
import { readBack, takeIn } from '#workflows/postmortem/take-in.ts';
import { markOf, type TargetDraftParts, targetDraft } from '#workflows/postmortem/target-draft.ts';

export type SendThereOptions = TargetDraftParts &
  Readonly<{ clock: Clock; jobs: Jobs; targets: readonly PostmortemTarget[]; kick(): void }>;

/** A long page needs many requests. Each has its own shorter deadline; this is for all of one attempt. */
const ATTEMPT_MS = 180_000;
/** Nobody else calls before this, so that an attempt that still runs is not doubled. */
const CLAIM_US = 300_000_000;
/** A server may still be at work on a request whose answer was lost, and a search finds a new page after seconds. */
const SETTLE_US = 60_000_000;
const BACKOFF: Backoff = { firstUs: 5_000_000, capUs: 600_000_000 };
/** About an hour. Then the person who asked decides. */
const MOST_ATTEMPTS = 12;
/** Each is one more search at the target. */
const MOST_TITLES = 5;
const LONGEST_WAIT_US = 3_600_000_000;
/** Once more if somebody asks meanwhile; the rest is a job of its own. */
const MOST_STEPS = 3;

type Claimed = Readonly<{
  incident: Incident;
  send: StoredSend;
  target: PostmortemTarget;
  claim: string;
  /** The person who asked to take in what people wrote there. */
  takeIn: string | undefined;
}>;

export function sendPostmortem(options: SendThereOptions): JobHandler {
  const { clock, kick } = options;
  return async (job, signal) => {
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const claimed = await claimNext(options, job);
      kick();
      if (claimed === undefined) return;
      const deadline = openDeadline(clock, ATTEMPT_MS, signal);
      const { result, takeIn } = await sent(options, claimed, deadline.signal).finally(deadline.close);
      await record(options, { ...claimed, takeIn }, result);
      kick();
      if (result.kind !== 'done') return;
    }
  };
}

/** Undefined if nothing is to be sent now. */
async function claimNext({ store, jobs, targets }: SendThereOptions, job: Job): Promise<Claimed | undefined> {
  const request = job.payload as SendRequest;
  return await store.transaction(async (tx) => {
    await tx.lock(`incident/${request.incidentId}`);
    const incident = await findIncident(tx, { workspaceId: job.workspaceId, id: request.incidentId });
    const send = await findSend(tx, request);
    if (incident === undefined || send?.state !== 'queued') return undefined;
    if (send.nextCallUs > tx.nowUs) {
      const { nextCallUs: dueUs } = send;
      await addSend(tx, jobs, incident, { ...withTakeIn(request), target: send.target, key: `${dueUs}`, dueUs });
      return undefined;
    }
    const target = targets.find(({ id }) => id === send.target);
    if (target === undefined) {
      const { isUncertain } = send;
      await stopped(tx, incident, { target: send.target, title: send.target, reason: NOT_SET_UP, isUncertain });
      return undefined;
    }
    const claim = tx.newId();
    await claimPostmortem(tx, request, { claim, untilUs: tx.nowUs + CLAIM_US });
    return { incident, send, target, claim, takeIn: request.takeIn };
  });
}

function withTakeIn({ takeIn }: Readonly<{ takeIn?: string | undefined }>) {
  return takeIn === undefined ? {} : { takeIn };
}

const NOT_SET_UP = 'This place is not set up any more.';

/** `takeIn`: who asked for it, if what people wrote there is not in the record yet. Another attempt takes it in only then. */
type Attempt = Readonly<{ result: TriedToSend; takeIn: string | undefined }>;

async function sent(
  options: SendThereOptions,
  { incident, send, target, claim, takeIn }: Claimed,
  signal: AbortSignal,
): Promise<Attempt> {
  const { isUncertain } = send;
  const keeping = async (change: (tx: Tx) => Promise<void>) =>
    await options.store.transaction(async (tx) => {
      if (await holdsPostmortem(tx, send, claim)) await change(tx);
    });
  const taken = await takenRemote(options, { incident, send, target, claim, takeIn }, signal);
  if (taken.kind !== 'done') return { result: taken, takeIn };
  const remote = taken.value;
  const earlierTitles = isUncertain && remote === '' ? send.titles : [];
  const draft = await targetDraft(options, incident, { remote, isUncertain, earlierTitles });
  const titles = [...new Set([...earlierTitles, draft.title])].slice(-MOST_TITLES);
  await keeping((tx) => keepTitles(tx, send, titles));
  const keep = (kept: string) => keeping((tx) => keepRemote(tx, send, kept));
  return { result: await target.send(draft, keep, signal), takeIn: undefined };
}

/** What the target kept, so that it replaces what people wrote there once their words are in the record. */
async function takenRemote(
  options: SendThereOptions,
  { incident, send, target, claim, takeIn: by }: Claimed,
  signal: AbortSignal,
): Promise<Tried<string>> {
  if (by === undefined) return { kind: 'done', value: send.remote };
  const read = await readBack(
    options,
    { incident, send, target, name: incidentName(incident), mark: markOf(incident) },
    signal,
  );
  if (read.kind !== 'done') return read;
  return await options.store.transaction(async (tx): Promise<Tried<string>> => {
    await tx.lock(`incident/${incident.id}`);
    if (!(await holdsPostmortem(tx, send, claim))) return { kind: 'failed', reason: 'Somebody else sends it now.' };
    const taken = await takeIn(tx, incident, { read: read.value, target, by, url: send.url });
    if ('problem' in taken) return { kind: 'refused', reason: taken.problem };
    const { remote } = read.value.written;
    await keepRemote(tx, send, remote);
    const key = `${target.id}/${tx.nowUs}/taken`;
    await say(tx, incident, { key, message: takenInMessage({ incident, title: target.title, taken }) });
    await draftAnew(tx, options.jobs, { incident, key: `taken/${key}` });
    return { kind: 'done', value: remote };
  });
}

async function record(
  options: SendThereOptions,
  { incident, send, target, claim, takeIn: by }: Claimed,
  result: TriedToSend,
): Promise<void> {
  const { store, jobs } = options;
  await store.transaction(async (tx) => {
    await tx.lock(`incident/${incident.id}`);
    const now = await findSend(tx, send);
    if (now === undefined || !(await holdsPostmortem(tx, send, claim))) return;
    if (result.kind !== 'done') return await notSent(tx, options, { incident, send, target, result, takeIn: by });
    const isAskedAgain = now.asks > send.asks;
    await markPostmortemSent(tx, send, { sent: result.value, isAskedAgain });
    await auditIncident(tx, incident, 'spanhound', 'postmortem.sent', { target: target.id, ...named(result.value) });
    const isUpdate = send.sentUs !== undefined;
    await say(tx, incident, {
      key: `${target.id}/${send.asks}/sent`,
      message: sentThere({ incident, title: target.title, ...result.value, isUpdate }),
    });
    await draftAnew(tx, jobs, { incident, key: `sent/${target.id}/${tx.nowUs}` });
  });
}

function named({ key, url }: SentThere) {
  return key === '' ? { url } : { key };
}

type NotSent = Omit<Claimed, 'claim'> & Readonly<{ result: NotPublished }>;

async function notSent(
  tx: Tx,
  { jobs, store }: SendThereOptions,
  { incident, send, target, result, takeIn: by }: NotSent,
): Promise<void> {
  const { title } = target;
  const reason = result.kind === 'limited' ? `${title} takes no more requests now.` : result.reason;
  const isUncertain = send.isUncertain || result.kind === 'ambiguous';
  const attempts = send.attempts + 1;
  const isEdited = result.kind === 'refused' && result.isEdited === true && target.read !== undefined;
  const stop = { target: target.id, title, isUncertain, isEdited };
  if (result.kind === 'refused') return await stopped(tx, incident, { ...stop, reason });
  if (attempts >= MOST_ATTEMPTS)
    return await stopped(tx, incident, { ...stop, reason: `${reason} I tried ${MOST_ATTEMPTS} times.` });
  const waitUs = Math.max(backoffUs(BACKOFF, attempts, store.random), leastWaitUs(result));
  const dueUs = tx.nowUs + Math.min(waitUs, LONGEST_WAIT_US);
  await putPostmortemBack(tx, send, { dueUs, attempts, isUncertain, reason });
  await addSend(tx, jobs, incident, { ...withTakeIn({ takeIn: by }), target: target.id, key: `${dueUs}`, dueUs });
}

function leastWaitUs(result: NotPublished): number {
  if (result.kind === 'limited') return result.retryAfterMs * 1_000;
  return result.kind === 'ambiguous' ? SETTLE_US : 0;
}

type Stop = Readonly<{ target: string; title: string; reason: string; isUncertain: boolean; isEdited?: boolean }>;

/** Said in the thread, with a button that tries again. */
async function stopped(
  tx: Tx,
  incident: Incident,
  { target, title, reason, isUncertain, isEdited = false }: Stop,
): Promise<void> {
  await refusePostmortem(tx, { incidentId: incident.id, target }, { reason, isUncertain });
  const message = notSentThere({ incident, target, title, reason, isEdited });
  await say(tx, incident, { key: `${target}/${tx.nowUs}/refused`, message });
}

/** In the thread of the draft, where people asked for it; else in that of the incident. */
async function say(
  tx: Tx,
  incident: Incident,
  { key, message }: Readonly<{ key: string }> & Pick<NewPost, 'message'>,
): Promise<void> {
  const { id, workspaceId, channelId } = incident;
  const draft = await deliveryOf(tx, POSTMORTEM_OF(id));
  const isThere = draft?.state === 'queued' || draft?.state === 'sent';
  const place = isThere ? { channelId, threadOf: POSTMORTEM_OF(id) } : await threadOf(tx, incident);
  await post(tx, { messageId: `${id}/postmortem-send/${key}`, workspaceId, ...place, message });
}
