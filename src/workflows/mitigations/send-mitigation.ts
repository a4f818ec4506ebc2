/**
 * Sends an approved mitigation to the team's automation, and says what it answered. Before a call the row is claimed, so
 * that two processes never call at once. All calls have one `webhook-id`, by which the automation knows a second one.
 * Nothing is sent after five minutes: by then the incident is another one.
 *
 *   approved ──► still allowed? ──► claimed ──► called ──┬─ 2xx ──────────────► accepted
 *                    └─ no ──► refused, or unknown       ├─ 4xx, redirect ────► refused
 *                                                        └─ 5xx, no answer ───► again, the time over: refused, or unknown
 */
import type { Clock } from '#core/clock.ts';
import { openDeadline } from '#core/deadline.ts';
import { type Incident, incidentName, isOver } from '#model/incident/incident.ts';
import type { Mitigation, MitigationDesk } from '#model/incident/mitigation.ts';
import { mitigationEnded, mitigationLapsed } from '#present/slack/mitigation-messages.ts';
import { type Backoff, backoffUs } from '#record/backoff.ts';
import { findIncident } from '#record/find-incidents.ts';
import type { Job, JobHandler, Jobs } from '#record/jobs.ts';
import {
  claimMitigation,
  endMitigation,
  findMitigation,
  holdsMitigation,
  nextCallUs,
  putMitigationBack,
} from '#record/mitigations.ts';
import { post } from '#record/outbox.ts';
import type { Store, Tx } from '#record/store.ts';
import { threadOf } from '#workflows/incidents/incident-thread.ts';
import { type Directory, refreshOverview } from '#workflows/incidents/show-overview.ts';
import { digestOfAction } from '#workflows/mitigations/offers.ts';
import { endText, noteMitigation, type People, showMitigation } from '#workflows/mitigations/show-mitigation.ts';
import { namesOfPeople } from '#workflows/status/show-status.ts';

export const SEND_MITIGATION = 'mitigation-send';
export const LAPSE_MITIGATION = 'mitigation-lapse';

export type MitigationJob = Readonly<{ incidentId: string; mitigationId: string }>;

export type SendMitigationOptions = Readonly<{
  store: Store;
  clock: Clock;
  jobs: Jobs;
  directory: Directory;
  /** Undefined if none is set up. */
  desk: MitigationDesk | undefined;
  /** Whether every member of the workspace may read the channel; undefined if Slack did not say. */
  isForAll(channelId: string): Promise<boolean | undefined>;
  kick(): void;
}>;

const ATTEMPT_MS = 12_000;
/** Nobody else calls before this, so that an attempt that still runs is not doubled. */
const CLAIM_US = 30_000_000;
const BACKOFF: Backoff = { firstUs: 5_000_000, capUs: 60_000_000 };
/** From the approval to the begin of the last call. */
const SEND_WITHIN_US = 300_000_000;

type Claimed = Readonly<{ mitigation: Mitigation; claim: string; desk: MitigationDesk }>;

export function sendMitigation(options: SendMitigationOptions): JobHandler {
  const { clock, kick } = options;
  return async (job, signal) => {
    const claimed = await claimNext(options, job);
    kick();
    if (claimed === undefined) return;
    const { id, url, body } = claimed.mitigation;
    const deadline = openDeadline(clock, ATTEMPT_MS, signal);
    const result = await claimed.desk.send({ id, url: new URL(url), body }, deadline.signal).finally(deadline.close);
    await record(options, job, claimed, result);
    kick();
  };
}

/** Undefined if nothing is to be sent now. */
async function claimNext(options: SendMitigationOptions, job: Job): Promise<Claimed | undefined> {
  const { store, jobs, desk, isForAll } = options;
  const { incidentId, mitigationId } = job.payload as MitigationJob;
  const seen = await findIncident(store, { workspaceId: job.workspaceId, id: incidentId });
  if (seen === undefined) return undefined;
  // Slack is asked each time: the channel may have become private since.
  const isOpen = desk?.takesPrivate === true || (await isForAll(seen.channelId));
  const people = await peopleOf(options, mitigationId);
  return await store.transaction(async (tx) => {
    await tx.lock(`incident/${incidentId}`);
    const incident = await findIncident(tx, { workspaceId: job.workspaceId, id: incidentId });
    const mitigation = await findMitigation(tx, mitigationId);
    if (incident === undefined || mitigation?.state !== 'approved') return undefined;
    const notBeforeUs = await nextCallUs(tx, mitigationId);
    if (notBeforeUs > tx.nowUs) {
      await sendAt(tx, jobs, mitigation, notBeforeUs);
      return undefined;
    }
    const parts = { options, job, incident, mitigation, people };
    const why = whyNot({ desk, incident, mitigation, isOpen, nowUs: tx.nowUs });
    if (desk === undefined || why !== undefined) {
      await ended(tx, parts, { state: mitigation.isUncertain ? 'unknown' : 'refused', reason: why ?? NOT_SET_UP });
      return undefined;
    }
    if (isOpen === undefined) {
      const reason = 'Slack does not say whether the channel is private.';
      await later(tx, parts, { reason, isUncertain: mitigation.isUncertain, waitUs: BACKOFF.firstUs });
      return undefined;
    }
    const claim = tx.newId();
    await claimMitigation(tx, mitigationId, { claim, untilUs: tx.nowUs + CLAIM_US });
    return { mitigation, claim, desk };
  });
}

const NOT_SET_UP = 'No automation is set up any more.';

/** Why it is not sent, although it was approved. */
function whyNot({
  desk,
  incident,
  mitigation,
  isOpen,
  nowUs,
}: Readonly<{
  desk: MitigationDesk | undefined;
  incident: Incident;
  mitigation: Mitigation;
  isOpen: boolean | undefined;
  nowUs: number;
}>): string | undefined {
  const action = desk?.actions.find(({ name }) => name === mitigation.action);
  if (action === undefined || digestOfAction(action) !== mitigation.digest) return CHANGED;
  if (isOver(incident)) return `${incidentName(incident)} is ${incident.status}.`;
  if (isOpen === false) return PRIVATE;
  if (nowUs - (mitigation.approvedUs ?? 0) <= SEND_WITHIN_US) return undefined;
  const last = mitigation.reason === '' ? '' : ` ${mitigation.reason}`;
  return `It could not be sent within five minutes of the approval.${last}`;
}

const CHANGED = 'Its settings changed since somebody requested it.';
const PRIVATE = 'The channel is private, and nothing of it leaves.';

type Parts = Readonly<{
  options: SendMitigationOptions;
  job: Job;
  incident: Incident;
  mitigation: Mitigation;
  people: People;
}>;

type Result = Awaited<ReturnType<MitigationDesk['send']>>;

async function record(
  options: SendMitigationOptions,
  job: Job,
  { mitigation, claim }: Claimed,
  result: Result,
): Promise<void> {
  const { id, incidentId, isUncertain } = mitigation;
  const people = await peopleOf(options, id);
  await options.store.transaction(async (tx) => {
    await tx.lock(`incident/${incidentId}`);
    if (!(await holdsMitigation(tx, id, claim))) return;
    const incident = await findIncident(tx, { workspaceId: job.workspaceId, id: incidentId });
    if (incident === undefined) return;
    const parts = { options, job, incident, mitigation, people };
    switch (result.kind) {
      case 'taken':
        return await ended(tx, parts, { state: 'accepted', reason: result.said });
      case 'refused':
        return await ended(tx, parts, { state: isUncertain ? 'unknown' : 'refused', reason: result.reason });
      case 'limited':
        return await later(tx, parts, { reason: LIMITED, isUncertain, waitUs: result.retryAfterMs * 1_000 });
      case 'failed':
      case 'ambiguous': {
        const waitUs = backoffUs(BACKOFF, mitigation.attempts + 1, options.store.random);
        const { kind, reason } = result;
        return await later(tx, parts, { reason, isUncertain: isUncertain || kind === 'ambiguous', waitUs });
      }
    }
  });
}

const LIMITED = 'The automation takes no more requests now.';

async function later(
  tx: Tx,
  parts: Parts,
  { reason, isUncertain, waitUs }: Readonly<{ reason: string; isUncertain: boolean; waitUs: number }>,
): Promise<void> {
  const { options, incident, mitigation, people } = parts;
  const dueUs = tx.nowUs + waitUs;
  if (dueUs - (mitigation.approvedUs ?? 0) > SEND_WITHIN_US) {
    const said = `${reason} I tried for five minutes.`;
    return await ended(tx, parts, { state: isUncertain ? 'unknown' : 'refused', reason: said });
  }
  await putMitigationBack(tx, mitigation, { dueUs, isUncertain, reason });
  await sendAt(tx, options.jobs, mitigation, dueUs);
  await showMitigation(tx, incident, mitigation.id, { desk: options.desk, people });
}

export async function sendAt(
  tx: Tx,
  jobs: Jobs,
  { id, incidentId, workspaceId }: Pick<Mitigation, 'id' | 'incidentId' | 'workspaceId'>,
  dueUs: number,
): Promise<void> {
  const payload: MitigationJob = { incidentId, mitigationId: id };
  await jobs.addJob(tx, { kind: SEND_MITIGATION, workspaceId, key: `${id}/${dueUs}`, payload, dueUs });
}

/** Said in the thread, too: a message that changes in place pings nobody. */
async function ended(
  tx: Tx,
  { options: { jobs, desk }, job, incident, mitigation, people }: Parts,
  { state, reason }: Readonly<{ state: 'accepted' | 'refused' | 'unknown'; reason: string }>,
): Promise<void> {
  const { id } = mitigation;
  await endMitigation(tx, id, { state, reason });
  const text = endText(mitigation, state, reason);
  await noteMitigation(tx, mitigation, { step: state, text, by: 'spanhound' });
  await showMitigation(tx, incident, id, { desk, people });
  await post(tx, {
    messageId: `${incident.id}/mitigation/${id}/ended`,
    workspaceId: incident.workspaceId,
    ...(await threadOf(tx, incident)),
    message: mitigationEnded({ incident, mitigation: { ...mitigation, state, reason } }),
    rank: 'urgent',
  });
  await refreshOverview(tx, jobs, { incident, key: `mitigation/${id}/${job.id}` });
}

async function peopleOf({ store, directory }: SendMitigationOptions, id: string): Promise<People> {
  const mitigation = await findMitigation(store, id);
  return await namesOfPeople(directory, [mitigation?.requestedBy, mitigation?.approvedBy]);
}

/** When nobody approved it in time. */
export function lapseMitigation(options: SendMitigationOptions): JobHandler {
  const { store, jobs, desk, kick } = options;
  return async (job) => {
    const { incidentId, mitigationId } = job.payload as MitigationJob;
    const people = await peopleOf(options, mitigationId);
    await store.transaction(async (tx) => {
      await tx.lock(`incident/${incidentId}`);
      const incident = await findIncident(tx, { workspaceId: job.workspaceId, id: incidentId });
      const mitigation = await findMitigation(tx, mitigationId);
      if (incident === undefined || mitigation?.state !== 'waiting') return;
      await lapse(tx, incident, mitigation, { desk, people });
      await refreshOverview(tx, jobs, { incident, key: `mitigation/${mitigationId}/lapsed` });
    });
    kick();
  };
}

export async function lapse(
  tx: Tx,
  incident: Incident,
  mitigation: Mitigation,
  shownWith: Readonly<{ desk: MitigationDesk | undefined; people: People }>,
): Promise<void> {
  const { id, action } = mitigation;
  await endMitigation(tx, id, { state: 'lapsed' });
  const text = `Mitigation ${action} lapsed: nobody approved it in time. Nothing was sent.`;
  await noteMitigation(tx, mitigation, { step: 'lapsed', text, by: 'spanhound' });
  await showMitigation(tx, incident, id, shownWith);
  await post(tx, {
    messageId: `${incident.id}/mitigation/${id}/ended`,
    workspaceId: incident.workspaceId,
    ...(await threadOf(tx, incident)),
    message: mitigationLapsed({ incident, mitigation }),
    rank: 'urgent',
  });
}
