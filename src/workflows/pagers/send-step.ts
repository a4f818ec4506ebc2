/**
 * Does one step in a paging system outside, and says what came of it. Before a call the row is claimed, so that two
 * processes never call at once, and the adapter looks at the present state before it changes anything.
 *
 *   queued ──► still wanted? ──► claimed ──► called ──┬─ done ─────────────► in the timeline
 *                 └─ no ──► dropped                   ├─ no ───────────────► refused, said once
 *                                                     └─ unknown, "wait" ──► again; the time over: refused, said once
 */
import type { Clock } from '#core/clock.ts';
import { openDeadline } from '#core/deadline.ts';
import { sha256 } from '#core/sha256.ts';
import { MINUTE_US } from '#core/time-units.ts';
import { type Incident, isOver, type TimelineEntry } from '#model/incident/incident.ts';
import type { Tried } from '#model/incident/issue-tracker.ts';
import { mappedEmail } from '#model/incident/on-call.ts';
import { isWaiting } from '#model/incident/page.ts';
import {
  actionOfStep,
  COMMANDER_PAGE,
  type PagedPerson,
  type Pager,
  type PagerDone,
  type PagerOrder,
  type PagerRemote,
  type PagerStepKind,
  pagerValue,
  personIn,
} from '#model/incident/pager.ts';
import type { NotPublished } from '#model/incident/status-page.ts';
import { pagerProblem, pagerProblemText, pagerWaits } from '#present/slack/pager-messages.ts';
import { pagerNote, pagerPage } from '#present/words/pager-text.ts';
import { peopleIn } from '#present/words/people-names.ts';
import { type Backoff, backoffUs } from '#record/backoff.ts';
import { findIncident } from '#record/find-incidents.ts';
import type { Job, JobHandler, Jobs } from '#record/jobs.ts';
import { rootOf } from '#record/merges.ts';
import { post } from '#record/outbox.ts';
import {
  claimPagerStep,
  endPagerStep,
  findPagerStep,
  holdsPagerStep,
  markPagerDone,
  type PagerStep,
  putPagerBack,
} from '#record/pager-steps.ts';
import type { Store, Tx } from '#record/store.ts';
import { addEntry, timelineOf } from '#record/timeline.ts';
import { type CommanderCalls, needsCall } from '#workflows/commander/call-commander.ts';
import { overviewUrl, threadOf } from '#workflows/incidents/incident-thread.ts';
import { alsoSay } from '#workflows/incidents/on-incident.ts';
import { type Directory, refreshOverview } from '#workflows/incidents/show-overview.ts';
import { pageOf } from '#workflows/pagers/page-next.ts';
import { type PagerJob, remoteAt, remotesOf, sendAt } from '#workflows/pagers/queue-steps.ts';
import type { OnCallDesk } from '#workflows/pagers/who-is-on-call.ts';
import { namesOfPeople } from '#workflows/status/show-status.ts';

export type SendPagerOptions = Readonly<{
  store: Store;
  clock: Clock;
  jobs: Jobs;
  directory: Directory;
  pagers: readonly Pager[];
  /** When somebody is called to lead an incident. */
  calls: CommanderCalls;
  /** Whether every member of the workspace may read the channel; undefined if Slack did not say. */
  isForAll(channelId: string): Promise<boolean | undefined>;
  /** For a page to a person. */
  desk: Pick<OnCallDesk, 'people' | 'emailOf' | 'nameOf'>;
  kick(): void;
}>;

/** One step takes up to four requests. */
const ATTEMPT_MS = 25_000;
/** Nobody else calls before this, so that an attempt that still runs is not doubled. */
const CLAIM_US = MINUTE_US;
/** A server may still be at work on a request whose answer was lost. */
const SETTLE_US = 15_000_000;
const BACKOFF: Backoff = { firstUs: 5_000_000, capUs: 300_000_000 };

/** From its cause to the begin of the last call. A page that comes later wakes somebody for nothing. */
const WITHIN_MINUTES: Readonly<Record<PagerStepKind, number>> = {
  page: 15,
  acknowledge: 120,
  notes: 1_440,
  resolve: 1_440,
};

type Seen = Readonly<{ incident: Incident; step: PagerStep; pager: Pager; entry: TimelineEntry | undefined }>;
type Claimed = Seen &
  Readonly<{
    claim: string;
    /** For a page: those that more responders can join. Else the one that is changed. */
    remotes: readonly PagerRemote[];
  }>;

export function sendPagerStep(options: SendPagerOptions): JobHandler {
  const { kick } = options;
  return async (job, signal) => {
    const claimed = await claimNext(options, job);
    kick();
    if (claimed === undefined) return;
    await record(options, job, claimed, await attempt(options, claimed, signal));
    kick();
  };
}

async function attempt(options: SendPagerOptions, claimed: Claimed, signal: AbortSignal): Promise<Tried<PagerDone>> {
  const order = await orderOf(options, claimed);
  const userId = personIn(claimed.step.place);
  const person = userId === undefined ? undefined : await personOf(options, userId);
  if (person !== undefined && person.kind !== 'done') return person;
  const deadline = openDeadline(options.clock, ATTEMPT_MS, signal);
  const whole = order.kind === 'page' && person !== undefined ? { ...order, person: person.value } : order;
  return await claimed.pager.apply(whole, deadline.signal).finally(deadline.close);
}

/** The settings know the address better than Slack. Asks Slack. */
async function personOf({ desk }: SendPagerOptions, userId: string): Promise<Tried<PagedPerson>> {
  const name = await desk.nameOf(userId);
  const mapped = mappedEmail(desk.people, userId);
  if (mapped !== undefined) return { kind: 'done', value: { name, email: mapped } };
  const found = await desk.emailOf(userId);
  if (found.kind === 'unknown')
    return { kind: 'failed', reason: `I do not know the address of ${name}: ${found.reason}.` };
  if (found.kind === 'found') return { kind: 'done', value: { name, email: found.email } };
  return { kind: 'refused', reason: `Slack shows no address of ${name}. Add theirs to incidents.onCall.people.` };
}

/** Undefined if nothing is to be done now. */
async function claimNext(options: SendPagerOptions, job: Job): Promise<Claimed | undefined> {
  const { store, jobs, pagers, calls } = options;
  const { incidentId, stepId } = job.payload as PagerJob;
  return await store.transaction(async (tx) => {
    await tx.lock(`incident/${incidentId}`);
    const step = await findPagerStep(tx, stepId);
    const incident = await findIncident(tx, { workspaceId: job.workspaceId, id: incidentId });
    if (step?.state !== 'queued' || incident === undefined) return undefined;
    if (step.nextCallUs > tx.nowUs) {
      await sendAt(tx, jobs, step, step.nextCallUs);
      return undefined;
    }
    const pager = pagers.find(({ id, does }) => id === step.pager && does.includes(actionOfStep(step)));
    const entry = (await timelineOf(tx, incidentId)).find(({ id }) => id === step.entryId);
    const needless = await whyNeedless(tx, incident, step, { pager, entry, calls });
    if (pager === undefined || needless !== undefined) {
      await endPagerStep(tx, stepId, { state: 'dropped', reason: needless ?? '', isUncertain: step.isUncertain });
      return undefined;
    }
    const seen = { incident, step, pager, entry };
    if (tx.nowUs > lastCallUs(step)) {
      await refused(tx, options, seen, `${step.reason} ${triedFor(step)}`.trim());
      return undefined;
    }
    const claim = tx.newId();
    await claimPagerStep(tx, stepId, { claim, untilUs: tx.nowUs + CLAIM_US });
    const { workspaceId } = incident;
    const remotes =
      step.kind === 'page'
        ? await remotesOf(tx, pager, incident, 'page')
        : [await remoteAt(tx, { workspaceId, pager: pager.id, key: step.remoteId })];
    return { ...seen, claim, remotes };
  });
}

/** Undefined if it is still wanted. */
async function whyNeedless(
  tx: Tx,
  incident: Incident,
  { kind, pageId, entryId }: PagerStep,
  {
    pager,
    entry,
    calls,
  }: Readonly<{ pager: Pager | undefined; entry: TimelineEntry | undefined; calls: CommanderCalls }>,
): Promise<string | undefined> {
  if (pager === undefined) return 'It is not switched on any more.';
  if (kind === 'notes') return entry === undefined ? 'The entry was removed.' : undefined;
  const root = await rootOf(tx, incident);
  if (kind === 'resolve') return root.status === 'resolved' ? undefined : `It is ${root.status} again.`;
  if (isOver(root)) return `It is ${root.status}.`;
  if (kind === 'acknowledge') return entryId !== '' && entry === undefined ? 'The entry was removed.' : undefined;
  return await whyNoPage(tx, incident, { root, pageId, calls });
}

async function whyNoPage(
  tx: Tx,
  { id }: Incident,
  { root, pageId, calls }: Readonly<{ root: Incident; pageId: string; calls: CommanderCalls }>,
): Promise<string | undefined> {
  if (pageId === COMMANDER_PAGE) return needsCall(root, calls) ? undefined : 'It needs no commander any more.';
  const page = await pageOf(tx, id, pageId);
  return page !== undefined && !isWaiting(page) ? 'Somebody has the page, or it was stopped.' : undefined;
}

function lastCallUs({ kind, begunUs }: PagerStep): number {
  return begunUs + WITHIN_MINUTES[kind] * MINUTE_US;
}

function triedFor({ kind }: PagerStep): string {
  const minutes = WITHIN_MINUTES[kind];
  return `I tried for ${minutes < 120 ? `${minutes} minutes` : `${minutes / 60} hours`}.`;
}

/** Asks Slack for names, the link, and who reads the channel. What Slack does not say counts as private. */
async function orderOf(options: SendPagerOptions, claimed: Claimed): Promise<PagerOrder> {
  const { incident, step, entry, remotes } = claimed;
  const { kind, place, mark, isUncertain } = step;
  const [remote = { id: step.remoteId, labels: {}, mark: '' }] = remotes;
  if (kind === 'acknowledge' || kind === 'resolve') return { kind, remote };
  const { store, directory, isForAll } = options;
  const isPrivate = (await isForAll(incident.channelId)) !== true;
  const url = await overviewUrl(store, directory.permalink, incident);
  if (kind === 'page') {
    const why = step.pageId === COMMANDER_PAGE ? 'commander' : 'page';
    const { title, text } = pagerPage({ incident, isPrivate, url, why }, step.text);
    return { kind, place, title, text, remotes, mark, isUncertain };
  }
  const people = entry === undefined ? [] : peopleIn([entry.source, entry.text, incident.title]);
  const names = await namesOfPeople(directory, people);
  const text = entry === undefined ? '' : pagerNote({ incident, names, isPrivate, url }, entry);
  return { kind, remote, text, mark, isUncertain };
}

async function record(
  options: SendPagerOptions,
  job: Job,
  { claim, step: before }: Claimed,
  result: Tried<PagerDone>,
): Promise<void> {
  const { store, pagers } = options;
  const { id, incidentId } = before;
  await store.transaction(async (tx) => {
    await tx.lock(`incident/${incidentId}`);
    if (!(await holdsPagerStep(tx, id, claim))) return;
    const incident = await findIncident(tx, { workspaceId: job.workspaceId, id: incidentId });
    const pager = pagers.find((one) => one.id === before.pager);
    if (incident === undefined || pager === undefined) return;
    const seen = { incident, step: before, pager, entry: undefined };
    if (result.kind === 'done') return await done(tx, options, seen, result.value);
    if (result.kind === 'refused') return await refused(tx, options, seen, result.reason);
    await later(tx, options, seen, result);
  });
}

async function later(
  tx: Tx,
  options: SendPagerOptions,
  seen: Seen,
  result: Exclude<NotPublished, { kind: 'refused' }>,
): Promise<void> {
  const { step, pager } = seen;
  const isLimited = result.kind === 'limited';
  const reason = isLimited ? `${pager.title} takes no more requests now.` : result.reason;
  const leastUs = { limited: isLimited ? result.retryAfterMs * 1_000 : 0, ambiguous: SETTLE_US, failed: 0 }[
    result.kind
  ];
  const dueUs = tx.nowUs + Math.max(backoffUs(BACKOFF, step.attempts + 1, options.store.random), leastUs);
  if (dueUs > lastCallUs(step)) return await refused(tx, options, seen, `${reason} ${triedFor(step)}`);
  const isUncertain = step.isUncertain || result.kind === 'ambiguous';
  await putPagerBack(tx, step, { dueUs, isUncertain, reason });
  await sendAt(tx, options.jobs, step, dueUs);
  if (step.kind === 'page' && step.attempts === 0) await sayThatItWaits(tx, seen, reason);
}

async function sayThatItWaits(tx: Tx, { incident, step, pager }: Seen, reason: string): Promise<void> {
  await post(tx, {
    messageId: `${incident.id}/pager/waits/${step.id}`,
    workspaceId: incident.workspaceId,
    ...(await threadOf(tx, incident)),
    message: pagerWaits(incident, { title: pager.title, reason, untilUs: lastCallUs(step) }),
    rank: 'urgent',
  });
}

async function done(
  tx: Tx,
  { jobs }: SendPagerOptions,
  { incident, step, pager }: Seen,
  result: PagerDone,
): Promise<void> {
  const { id, kind } = step;
  // An attempt whose answer was lost did it.
  const isChange = result.isChange || step.isUncertain;
  if (kind === 'acknowledge' && !isChange)
    return await endPagerStep(tx, id, { state: 'dropped', reason: 'Somebody did it there.', isUncertain: false });
  await markPagerDone(tx, step, result);
  const what = doneText(step, pager.title, isChange);
  await addEntry(tx, {
    incidentId: incident.id,
    key: `pager:${id}`,
    atUs: tx.nowUs,
    kind: 'message',
    text: what,
    source: 'spanhound',
    link: result.url,
    value: pagerValue(kind),
  });
  const key = `pager/${id}`;
  // A note says what the thread has already.
  if (kind === 'notes') await refreshOverview(tx, jobs, { incident, key });
  else await alsoSay(tx, jobs, incident, { said: { what, by: '', atUs: tx.nowUs, url: result.url }, key });
}

function doneText({ kind, place }: PagerStep, title: string, isChange: boolean): string {
  switch (kind) {
    case 'acknowledge':
      return `Acknowledged in ${title}`;
    case 'notes':
      return `Note added in ${title}`;
    case 'resolve':
      return isChange ? `Resolved in ${title}` : `It was resolved in ${title} already`;
    case 'page':
      return `${title} pages ${personIn(place) ?? place.replace('/', ' ')}`;
  }
}

/** Said once for each reason: ten notes that one wrong key stops are one trouble. */
async function refused(tx: Tx, { jobs }: SendPagerOptions, { incident, step, pager }: Seen, reason: string) {
  const { id, kind, retriedUs, isUncertain } = step;
  await endPagerStep(tx, id, { state: 'refused', reason, isUncertain });
  const key = `pager-problem:${sha256(`${pager.id}/${kind}/${reason}`).slice(0, 16)}:${retriedUs}`;
  const isNew = await addEntry(tx, {
    incidentId: incident.id,
    key,
    atUs: tx.nowUs,
    kind: 'message',
    text: pagerProblemText(pager.title, kind, reason),
    source: 'spanhound',
    link: '',
    value: pagerValue('refused'),
  });
  if (!isNew) return;
  await post(tx, {
    messageId: `${incident.id}/${key}`,
    workspaceId: incident.workspaceId,
    ...(await threadOf(tx, incident)),
    message: pagerProblem({ incident, title: pager.title, kind, reason }),
    rank: kind === 'page' ? 'urgent' : 'detail',
  });
  await refreshOverview(tx, jobs, { incident, key });
}
