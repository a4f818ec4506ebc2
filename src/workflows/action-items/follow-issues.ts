/**
 * Looks what became of issues in their trackers, every ten minutes, and does the same to the action items: closed there is
 * done here, opened again there is open again here. A look is limited: the longest unasked issues come first. An event of
 * a tracker (`hear-issue.ts`) brings the look at one issue forward.
 *
 *   linked issues ──► one look for each tracker ──► differs from what both agreed on?
 *                                                     ├─ only there ──► the action item follows; done, after its check
 *                                                     ├─ only here, or on both sides ──► `sync-issue.ts` sends it
 *                                                     └─ gone ──► said in the thread
 */
import type { Clock } from '#core/clock.ts';
import { openDeadline } from '#core/deadline.ts';
import type { Log } from '#core/log.ts';
import { type ItemState, itemName } from '#model/incident/incident.ts';
import type { IssueState, IssueTracker } from '#model/incident/issue-tracker.ts';
import { changeItemState } from '#record/action-items.ts';
import { agreeOn, isBehind, isSame, issuesToFollow, markLooked, type StoredIssue } from '#record/item-issues.ts';
import { type JobHandler, type Jobs, NotYetError } from '#record/jobs.ts';
import type { Store, Tx } from '#record/store.ts';
import { askForCheck, isCheckAsked, meansOfCheck } from '#workflows/action-items/check-item.ts';
import { reportWhenOverdue } from '#workflows/action-items/report-overdue.ts';
import {
  FOLLOW_ISSUES,
  isGone,
  lookLater,
  type SeenIssue,
  seenIn,
  syncIssue,
} from '#workflows/action-items/sync-issue.ts';
import { alsoSay } from '#workflows/incidents/on-incident.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';

export type FollowIssuesOptions = Readonly<{
  store: Store;
  clock: Clock;
  jobs: Jobs;
  log: Log;
  trackers: readonly IssueTracker[];
  /** Whether requests can be found, for the checks of items. */
  checksItems: boolean;
  kick(): void;
}>;

/** For all requests of one look at one tracker. */
const LOOK_MS = 40_000;
/** In one look. GitHub is asked for each issue: 50 every ten minutes are a small part of what it allows. */
const MOST_ISSUES = 50;
/** So long after its end, an issue that somebody opens again opens the action item. */
const ENDED_US = 30 * 86_400e6;
/** A search of a tracker may know an older state for so long. */
const STALE_US = 120_000_000;

type FollowRequest = Readonly<{
  /** The item whose issue is looked at. Left out for all. */
  itemId?: string;
}>;

/** An earlier look at this issue could see the state before both sides agreed, or meet a request that is on its way. */
export function settledUs({ agreedUs, claimUntilUs }: Pick<StoredIssue, 'agreedUs' | 'claimUntilUs'>): number {
  return Math.max(agreedUs + STALE_US, claimUntilUs) + 1;
}

/** All that ask for a look at one issue at one time share a job. */
export async function lookAtOne(
  tx: Tx,
  jobs: Jobs,
  { itemId, workspaceId }: Readonly<{ itemId: string; workspaceId: string }>,
  dueUs: number,
): Promise<void> {
  const payload: FollowRequest = { itemId };
  await jobs.addJob(tx, { kind: FOLLOW_ISSUES, workspaceId, key: `${itemId}/${dueUs}`, payload, dueUs });
}

export function issueFollower(options: FollowIssuesOptions): JobHandler {
  const { store, jobs, trackers, log, kick } = options;
  return async ({ workspaceId, payload }, signal) => {
    const { itemId } = payload as FollowRequest;
    if (itemId !== undefined) return await followOne(options, { workspaceId, itemId }, signal);
    let isAny = false;
    for (const tracker of trackers) {
      const followed = await toFollow(store, { workspaceId, tracker });
      isAny ||= followed.length > 0;
      if (followed.length === 0) continue;
      // A tracker that fails must not end the looks at the others, and at itself later.
      await lookAt(options, { workspaceId, tracker, followed }, signal).catch((err: unknown) =>
        log.error({ err, tracker: tracker.id }, 'a look at a tracker failed'),
      );
    }
    // Without an issue there is nothing to look for. The next one that is created begins it again.
    if (isAny) await store.transaction((tx) => lookLater(tx, jobs, workspaceId));
    kick();
  };
}

async function followOne(
  options: FollowIssuesOptions,
  { workspaceId, itemId }: Readonly<{ workspaceId: string; itemId: string }>,
  signal: AbortSignal,
): Promise<void> {
  const { store, trackers, kick } = options;
  for (const tracker of trackers) {
    const followed = await toFollow(store, { workspaceId, tracker, itemId });
    const dueUs = Math.max(...followed.map(settledUs));
    if (dueUs > (await store.nowUs())) throw new NotYetError('both sides may not agree yet', dueUs);
    if (followed.length > 0) await lookAt(options, { workspaceId, tracker, followed }, signal);
  }
  kick();
}

async function toFollow(
  store: Store,
  { tracker, ...asked }: Readonly<{ workspaceId: string; tracker: IssueTracker; itemId?: string }>,
) {
  const endedSinceUs = (await store.nowUs()) - ENDED_US;
  return await issuesToFollow(store, { ...asked, tracker: tracker.id, endedSinceUs, limit: MOST_ISSUES });
}

type Looking = Readonly<{ workspaceId: string; tracker: IssueTracker; followed: readonly StoredIssue[] }>;

async function lookAt(
  { store, clock, jobs, log, checksItems }: FollowIssuesOptions,
  { workspaceId, tracker, followed }: Looking,
  signal: AbortSignal,
): Promise<void> {
  const begunUs = await store.nowUs();
  const issues = followed.flatMap(({ place, remoteId }) => (remoteId === undefined ? [] : [{ place, remoteId }]));
  const deadline = openDeadline(clock, LOOK_MS, signal);
  const { states, problem } = await tracker.look(issues, deadline.signal).finally(deadline.close);
  // Nobody in a thread can help it: the operators read the log, and `doctor` says what to do.
  if (problem !== '') log.warn({ tracker: tracker.id, problem }, 'a tracker did not say what became of all issues');
  for (const { itemId, incidentId, remoteId } of followed) {
    const state = states.get(remoteId ?? '');
    if (state === undefined) continue;
    await store.transaction(async (tx) => {
      await tx.lock(`incident/${incidentId}`);
      const seen = await seenIn(tx, { workspaceId, payload: { incidentId, itemId } });
      const isFresh =
        seen !== undefined && seen.issue.agreedUs < begunUs - STALE_US && seen.issue.claimUntilUs < tx.nowUs;
      if (isFresh && seen.issue.state === 'linked') await follow(tx, jobs, { seen, state, tracker, checksItems });
    });
  }
  await store.transaction((tx) =>
    markLooked(
      tx,
      followed.map(({ itemId }) => itemId),
    ),
  );
}

type Followed = Readonly<{ seen: SeenIssue; state: IssueState; tracker: IssueTracker; checksItems: boolean }>;

async function follow(tx: Tx, jobs: Jobs, followed: Followed): Promise<void> {
  const { seen, state, tracker } = followed;
  const { incident, item, issue } = seen;
  const { itemId } = issue;
  if (state === 'gone') return await isGone(tx, jobs, seen);
  // Whoever changed it here is nearer to the incident.
  if (isBehind(issue, item)) return await syncIssue(tx, jobs, { incident, itemId, key: `look/${tx.nowUs}` });
  if (isSame(issue.agreed, state)) return await closedNoMore(tx, seen);
  if (state === 'done' && item.state === 'open' && (await waitsForCheck(tx, jobs, followed))) return;
  await changeHere(tx, jobs, { seen, state, tracker });
}

/** The key of a change. Until both sides agree again it stays the same, so a second look adds nothing. */
function keyOf({ itemId, agreedUs }: StoredIssue): string {
  return `issue/${itemId}/${agreedUs}`;
}

function nameOf({ key }: StoredIssue, { title }: IssueTracker): string {
  return `${key} in ${title}`;
}

/** Closed there is not yet done: the item stays open here until its check shows it. False if it has no check. */
async function waitsForCheck(tx: Tx, jobs: Jobs, { seen, tracker, checksItems }: Followed): Promise<boolean> {
  const { incident, item, issue } = seen;
  const means = await meansOfCheck(tx, { incident, item, checksItems });
  if (means === undefined) return false;
  const key = keyOf(issue);
  if (await isCheckAsked(tx, incident.id, key)) return true;
  const closed = nameOf(issue, tracker);
  await askForCheck(tx, jobs, incident, {
    item,
    means,
    done: { by: tracker.id, reason: `closed as ${closed}`, key, closed },
  });
  return true;
}

/** Somebody opened it again after a check that kept the item open: when it is closed again, it is checked again. */
async function closedNoMore(tx: Tx, { incident, issue }: SeenIssue): Promise<void> {
  if (issue.agreed === 'open' && (await isCheckAsked(tx, incident.id, keyOf(issue))))
    await agreeOn(tx, issue.itemId, 'open');
}

async function changeHere(
  tx: Tx,
  jobs: Jobs,
  { seen, state, tracker }: Readonly<{ seen: SeenIssue; state: ItemState; tracker: IssueTracker }>,
): Promise<void> {
  const { incident, item, issue } = seen;
  const { itemId } = issue;
  const key = keyOf(issue);
  const reason = `${state === 'open' ? 'opened again' : 'closed'} as ${nameOf(issue, tracker)}`;
  await agreeOn(tx, itemId, state);
  if (!(await changeItemState(tx, { item, key, state, reason, by: tracker.id }))) return;
  if (state === 'open') await reportWhenOverdue(tx, jobs, incident, item);
  await draftAnew(tx, jobs, { incident, key });
  const what = `${itemName(item)} ${state}: ${reason} (${item.text})`;
  await alsoSay(tx, jobs, incident, { said: { what, by: tracker.title, atUs: tx.nowUs, url: issue.url }, key });
}
