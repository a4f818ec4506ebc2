/**
 * Brings the issue of an action item to the state of the item: creates it once, closes it, opens it again. Before a call
 * the row is claimed, and a claim without a result means: nobody knows what the tracker did. Then the tracker is searched
 * for the mark of the attempt before anything is sent again.
 *
 *   behind ──► private? ──► claimed ──► called ──┬─ done ──────────────────► agreed
 *                 └─► withheld                   ├─ no connection, "wait" ──► later
 *                                                ├─ no ─────────────────────► refused, said in the thread
 *                                                └─ unknown, process died ──► searched before the next call
 */
import type { Clock } from '#core/clock.ts';
import { openDeadline } from '#core/deadline.ts';
import { sha256 } from '#core/sha256.ts';
import { type ActionItem, type Incident, itemName } from '#model/incident/incident.ts';
import { type Issue, type IssueTracker, placeFor, type Tried } from '#model/incident/issue-tracker.ts';
import type { NotPublished } from '#model/incident/status-page.ts';
import { issueProblem } from '#present/slack/action-items.ts';
import { issueComment, issueText } from '#present/words/issue-text.ts';
import { actionItemsOf } from '#record/action-items.ts';
import { auditIncident } from '#record/audit.ts';
import { type Backoff, backoffUs } from '#record/backoff.ts';
import { findIncident, incidentTimes } from '#record/find-incidents.ts';
import {
  addItemIssue,
  agreeOn,
  claimIssue,
  findItemIssue,
  holdsIssueClaim,
  isBehind,
  linkIssue,
  putIssueBack,
  queueIssueAgain,
  type StoredIssue,
  stopIssue,
} from '#record/item-issues.ts';
import type { Job, JobHandler, Jobs } from '#record/jobs.ts';
import { post } from '#record/outbox.ts';
import type { Reader, Store, Tx } from '#record/store.ts';
import { overviewUrl, threadOf } from '#workflows/incidents/incident-thread.ts';
import { type AskedBy, type IncidentParts, onIncident, type Told } from '#workflows/incidents/on-incident.ts';
import type { Directory } from '#workflows/incidents/show-overview.ts';
import { draftAnew, namesOf } from '#workflows/postmortem/draft-postmortem.ts';

export const SYNC_ISSUE = 'issue-sync';

/** The job of `follow-issues.ts`. */
export const FOLLOW_ISSUES = 'issues-follow';

/** So long a state of the tracker may be unknown here. */
const LOOK_EVERY_US = 600_000_000;

type SyncRequest = Readonly<{ incidentId: string; itemId: string }>;

export type IssueSettings = Readonly<{
  /** Whether action items of private incidents go to a tracker, too. */
  private: boolean;
}>;

export type SyncIssueOptions = Readonly<{
  store: Store;
  clock: Clock;
  jobs: Jobs;
  directory: Directory;
  trackers: readonly IssueTracker[];
  settings: IssueSettings;
  /** Whether every member of the workspace may read the channel; undefined if Slack did not say. */
  isForAll(channelId: string): Promise<boolean | undefined>;
  kick(): void;
}>;

/** A tracker has its own shorter deadline for each request; this is for all of one attempt. */
const ATTEMPT_MS = 40_000;
/** Nobody else calls before this, so that an attempt that still runs is not doubled. */
const CLAIM_US = 90_000_000;
/** A server may still be at work on a request whose answer was lost, and a search finds a new issue after seconds. */
const SETTLE_US = 60_000_000;
const BACKOFF: Backoff = { firstUs: 5_000_000, capUs: 3_600_000_000 };
/** About a day. After that a person decides. */
const MOST_ATTEMPTS = 32;
const LONGEST_WAIT_US = 3_600_000_000;
/** Created, then closed; and once more, if somebody changes it meanwhile. */
const MOST_STEPS = 3;

/** Where its incident's issues go. Nothing is sent here. Undefined if no tracker takes it. */
export async function queueIssue(
  tx: Tx,
  { jobs, trackers }: Readonly<{ jobs: Jobs; trackers: readonly IssueTracker[] }>,
  { incident, itemId, key }: Readonly<{ incident: Incident; itemId: string; key: string }>,
): Promise<void> {
  if (trackers.length === 0) return;
  const found = placeFor(trackers, await servicesOf(tx, incident));
  if (found === undefined) return;
  await addItemIssue(tx, incident, { itemId, ...found });
  await addSync(tx, jobs, incident, { itemId, key });
}

/** After a change of the item's state. */
export async function syncIssue(
  tx: Tx,
  jobs: Jobs,
  { incident, itemId, key }: Readonly<{ incident: Incident; itemId: string; key: string }>,
): Promise<void> {
  const issue = await findItemIssue(tx, itemId);
  if (issue === undefined || issue.state === 'gone') return;
  if (issue.state !== 'refused' && issue.state !== 'withheld')
    return await addSync(tx, jobs, incident, { itemId, key });
  // What the tracker refused before may be right now, and it is another request.
  await queueIssueAgain(tx, issue);
  await addSync(tx, jobs, incident, { itemId, key });
}

async function addSync(
  tx: Tx,
  jobs: Jobs,
  { id: incidentId, workspaceId }: Pick<Incident, 'id' | 'workspaceId'>,
  { itemId, key, dueUs }: Readonly<{ itemId: string; key: string; dueUs?: number }>,
): Promise<void> {
  const payload: SyncRequest = { incidentId, itemId };
  const due = dueUs === undefined ? {} : { dueUs };
  await jobs.addJob(tx, { kind: SYNC_ISSUE, workspaceId, key: `${itemId}/${key}`, payload, ...due });
}

/** All issues of a workspace share one job at each time. */
export async function lookLater(tx: Tx, jobs: Jobs, workspaceId: string): Promise<void> {
  const dueUs = Math.ceil((tx.nowUs + 1) / LOOK_EVERY_US) * LOOK_EVERY_US;
  await jobs.addJob(tx, { kind: FOLLOW_ISSUES, workspaceId, key: `${dueUs}`, payload: {}, dueUs });
}

async function servicesOf(reader: Reader, { id, workspaceId, declaredUs }: Incident): Promise<readonly string[]> {
  const times = await incidentTimes(reader, { workspaceId, fromUs: declaredUs, toUs: declaredUs });
  return times.find((one) => one.id === id)?.services ?? [];
}

export type SendIssueAgain = (
  request: Readonly<{ asked: AskedBy; incidentId: string; itemId: string }>,
) => Promise<Told>;

export function issueSender(parts: IncidentParts): SendIssueAgain {
  return ({ asked, incidentId, itemId }) =>
    onIncident(parts, asked, { incidentId }, async (tx, incident) => {
      const issue = await findItemIssue(tx, itemId);
      // The value of a button comes from outside: the item must be one of this incident.
      if (issue?.incidentId !== incident.id) return { answer: 'I no longer have this action item.' };
      if (issue.state !== 'refused' && issue.state !== 'withheld')
        return { answer: 'The tracker has it, or it is being sent. Nothing was changed.' };
      await queueIssueAgain(tx, issue);
      await addSync(tx, parts.jobs, incident, { itemId, key: asked.inboxId });
      const item = (await actionItemsOf(tx, incident.id)).find(({ id }) => id === itemId);
      const what = `${item === undefined ? 'The action item' : itemName(item)} is being sent to the tracker again`;
      return { answer: `${what}.`, said: { what, by: asked.userName, atUs: tx.nowUs } };
    });
}

export type SeenIssue = Readonly<{ incident: Incident; item: ActionItem; issue: StoredIssue }>;
type Claimed = SeenIssue & Readonly<{ claim: string; begunUs: number; isPrivate: boolean }>;

export function syncIssues(options: SyncIssueOptions): JobHandler {
  const { clock, kick } = options;
  return async (job, signal) => {
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const claimed = await claimNext(options, job);
      kick();
      if (claimed === undefined) return;
      const tracker = options.trackers.find(({ id }) => id === claimed.issue.tracker);
      if (tracker === undefined) return;
      const deadline = openDeadline(clock, ATTEMPT_MS, signal);
      const result = await call(options, tracker, claimed, deadline.signal).finally(deadline.close);
      await record(options, job, { tracker, claimed, result });
      kick();
      if (result.kind !== 'done') return;
    }
  };
}

export async function seenIn(
  reader: Reader,
  { workspaceId, payload }: Pick<Job, 'workspaceId' | 'payload'>,
): Promise<SeenIssue | undefined> {
  const { incidentId, itemId } = payload as SyncRequest;
  const incident = await findIncident(reader, { workspaceId, id: incidentId });
  const item = (await actionItemsOf(reader, incidentId)).find(({ id }) => id === itemId);
  const issue = await findItemIssue(reader, itemId);
  return incident && item && issue && { incident, item, issue };
}

/** Undefined if nothing is to be sent now. */
async function claimNext(options: SyncIssueOptions, job: Job): Promise<Claimed | undefined> {
  const { store, jobs, trackers, settings } = options;
  const before = await seenIn(store, job);
  if (before === undefined) return undefined;
  // Slack is asked each time: the channel may have become private since. No transaction waits for it.
  const isForAll = settings.private ? true : await options.isForAll(before.incident.channelId);
  return await store.transaction(async (tx) => {
    await tx.lock(`incident/${before.incident.id}`);
    const seen = await seenIn(tx, job);
    if (seen === undefined || !isDue(seen)) return undefined;
    const { incident, issue } = seen;
    const { itemId } = issue;
    const notBeforeUs = Math.max(issue.dueUs, issue.claimUntilUs);
    const waitUs = isForAll === undefined ? tx.nowUs + SETTLE_US : notBeforeUs;
    if (waitUs > tx.nowUs) {
      await addSync(tx, jobs, incident, { itemId, key: `${waitUs}`, dueUs: waitUs });
      return undefined;
    }
    const tracker = trackers.find(({ id }) => id === issue.tracker);
    if (tracker === undefined) {
      await stopped(tx, seen, { title: issue.tracker, reason: 'This tracker is not set up any more.' });
      return undefined;
    }
    if (isForAll === false && issue.remoteId === undefined) {
      const { isUncertain } = issue;
      await stopIssue(tx, itemId, { state: 'withheld', reason: 'The incident is private.', isUncertain });
      await draftAnew(tx, jobs, { incident, key: `issue/${itemId}/${tx.nowUs}` });
      return undefined;
    }
    const claim = tx.newId();
    const begunUs = issue.begunUs ?? tx.nowUs;
    await claimIssue(tx, itemId, { claim, untilUs: tx.nowUs + CLAIM_US, begunUs });
    return { ...seen, claim, begunUs, isPrivate: isForAll === false };
  });
}

function isDue({ item, issue }: SeenIssue): boolean {
  return (issue.state === 'queued' || issue.state === 'linked') && (issue.isUncertain || isBehind(issue, item));
}

type Result = Tried<Issue | 'changed' | 'gone'>;

async function call(
  { store, directory }: SyncIssueOptions,
  tracker: IssueTracker,
  { incident, item, issue, isPrivate, begunUs }: Claimed,
  signal: AbortSignal,
): Promise<Result> {
  const names = await namesOf(store, directory, { incident, shows: () => false });
  const { itemId, place, remoteId, isUncertain } = issue;
  if (remoteId !== undefined) {
    const comment = issueComment({ incident, item, names }, { isPrivate });
    const mark = markOf(`${itemId}/${issue.agreedUs}/${item.state}`);
    return await tracker.change({ place, remoteId, state: item.state, comment, mark, isUncertain }, signal);
  }
  const url = await overviewUrl(store, directory.permalink, incident);
  const text = issueText({ incident, item, names, url });
  const draft = { ...text, place, mark: markOf(itemId), due: item.due, isUncertain, sinceUs: begunUs };
  return await tracker.create(draft, signal);
}

function markOf(text: string): string {
  return sha256(`spanhound/${text}`).slice(0, 32);
}

async function record(
  options: SyncIssueOptions,
  job: Job,
  { tracker, claimed, result }: Readonly<{ tracker: IssueTracker; claimed: Claimed; result: Result }>,
): Promise<void> {
  const { store, jobs } = options;
  const { claim, item, incident } = claimed;
  const { itemId } = claimed.issue;
  await store.transaction(async (tx) => {
    await tx.lock(`incident/${incident.id}`);
    const seen = await seenIn(tx, job);
    if (seen === undefined || !(await holdsIssueClaim(tx, itemId, claim))) return;
    if (result.kind !== 'done')
      return await notDone(tx, options, { tracker, seen, wasUncertain: claimed.issue.isUncertain, result });
    if (result.value === 'gone') return await isGone(tx, jobs, seen);
    if (result.value === 'changed') await agreeOn(tx, itemId, item.state);
    else {
      await linkIssue(tx, itemId, result.value);
      const detail = { item: itemId, tracker: tracker.id, key: result.value.key };
      await auditIncident(tx, incident, 'spanhound', 'issue.created', detail);
    }
    await lookLater(tx, jobs, incident.workspaceId);
    await draftAnew(tx, jobs, { incident, key: `issue/${itemId}/${tx.nowUs}` });
  });
}

/** Said once, and never undone: whoever deleted it wanted no issue. */
export async function isGone(tx: Tx, jobs: Jobs, { incident, item, issue }: SeenIssue): Promise<void> {
  const { itemId, key } = issue;
  await stopIssue(tx, itemId, { state: 'gone', reason: `${key} is not there any more.`, isUncertain: false });
  await say(tx, incident, {
    key: `issue-gone/${itemId}`,
    message: issueProblem({ incident, item, isGone: true, title: key, reason: '' }),
  });
  await draftAnew(tx, jobs, { incident, key: `issue/${itemId}/${tx.nowUs}` });
}

async function notDone(
  tx: Tx,
  { jobs, store }: SyncIssueOptions,
  {
    tracker: { title },
    seen,
    wasUncertain,
    result,
  }: Readonly<{ tracker: IssueTracker; seen: SeenIssue; wasUncertain: boolean; result: NotPublished }>,
): Promise<void> {
  const { incident, issue } = seen;
  const { itemId } = issue;
  const attempts = issue.attempts + 1;
  const reason = result.kind === 'limited' ? `${title} takes no more requests now.` : result.reason;
  const isUncertain = wasUncertain || result.kind === 'ambiguous';
  if (result.kind === 'refused') return await stopped(tx, seen, { title, reason, isUncertain });
  if (attempts >= MOST_ATTEMPTS)
    return await stopped(tx, seen, { title, reason: `${reason} I tried ${MOST_ATTEMPTS} times.`, isUncertain });
  const backoff = backoffUs(BACKOFF, attempts, store.random);
  const dueUs = tx.nowUs + Math.min(Math.max(backoff, leastWaitUs(result)), LONGEST_WAIT_US);
  await putIssueBack(tx, itemId, { dueUs, attempts, isUncertain, reason });
  await addSync(tx, jobs, incident, { itemId, key: `${dueUs}`, dueUs });
}

function leastWaitUs(result: NotPublished): number {
  if (result.kind === 'limited') return result.retryAfterMs * 1_000;
  return result.kind === 'ambiguous' ? SETTLE_US : 0;
}

/** Said in the thread, with a button that tries again. */
async function stopped(
  tx: Tx,
  { incident, item, issue }: SeenIssue,
  {
    title,
    reason,
    isUncertain = issue.isUncertain,
  }: Readonly<{ title: string; reason: string; isUncertain?: boolean }>,
): Promise<void> {
  await stopIssue(tx, issue.itemId, { state: 'refused', reason, isUncertain });
  await say(tx, incident, {
    key: `issue/${issue.itemId}/${tx.nowUs}`,
    message: issueProblem({ incident, item, title, reason, isGone: false }),
  });
}

async function say(
  tx: Tx,
  incident: Incident,
  { key, message }: Readonly<{ key: string; message: Parameters<typeof post>[1]['message'] }>,
): Promise<void> {
  const { id, workspaceId } = incident;
  await post(tx, {
    messageId: `${id}/${key}`,
    workspaceId,
    ...(await threadOf(tx, incident)),
    message,
    rank: 'detail',
  });
}
