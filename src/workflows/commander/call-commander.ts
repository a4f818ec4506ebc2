/**
 * Calls for an incident commander where nobody leads: by default where everybody is affected, at P0 and P1. The jobs are due at fixed times, so they
 * survive a restart, and each reads the record first.
 *
 *   P0 or P1 without a commander ──► job after 5 min ──┬─ somebody took the role, or it is over ──► the end
 *                                                       ├─ nobody did ──► call the next of the list, job 5 min later
 *                                                       └─ a system did not say who that is ──► ask again in a minute
 *   reopened under a commander ──► ask them, job after 5 min ──┬─ they answered ──► the end
 *                                                              └─ not a word ──► the role is open, and the calls begin
 */
import {
  CALLS_STOPPED,
  type Incident,
  isOver,
  SEVERITIES,
  type Severity,
  type TimelineEntry,
} from '#model/incident/incident.ts';
import { type MinutesBySeverity, minutesFor } from '#model/incident/minutes-by-severity.ts';
import { isSlackId } from '#model/incident/on-call.ts';
import { COMMANDER_PAGE, type Pager } from '#model/incident/pager.ts';
import { askedValue, ROLE_NAMES } from '#model/incident/roles.ts';
import { callEnded, callPassedOn, commanderCalled, nobodyCalled } from '#present/slack/incident-messages.ts';
import { answeredToLead, askedToLead } from '#present/slack/role-messages.ts';
import { findIncident } from '#record/find-incidents.ts';
import { askHolder, openRole } from '#record/incidents.ts';
import type { JobHandler, Jobs } from '#record/jobs.ts';
import { newestDelivery, post, update } from '#record/outbox.ts';
import type { Reader, Store, Tx } from '#record/store.ts';
import { addEntry, timelineOf } from '#record/timeline.ts';
import { conversationOf } from '#workflows/incidents/incident-thread.ts';
import type { MayRead } from '#workflows/incidents/on-incident.ts';
import { refreshOverview } from '#workflows/incidents/show-overview.ts';
import { noteOnce, onCallForCause, type PageSettings, whyThem } from '#workflows/pagers/page-next.ts';
import { queuePages } from '#workflows/pagers/queue-steps.ts';
import { type Callee, nextCallee, type OnCallDesk } from '#workflows/pagers/who-is-on-call.ts';

export const CALL_COMMANDER = 'incident-commander-call';

/** The minutes are those of a P0 or P1 without a commander, and between two calls. P2 and P3 have only their own. */
export type CommanderCalls = MinutesBySeverity &
  Readonly<{
    /**
     * Who is on call, one call after the other: ids of people and of user groups, `here`, `cause`, and targets of systems
     * outside. Empty: who declared it.
     */
    onCall: readonly string[];
    /** The same for the incidents of one channel, in place of that list. */
    onCallByChannel: readonly Readonly<{ channelId: string; target: string }>[];
    /** The same for the incidents of one severity, unless their channel has a list of its own. */
    onCallBySeverity?: readonly Readonly<{ severity: Severity; target: string }>[];
  }>;

type CallRequest = Readonly<{
  incidentId: string;
  /** From 0. */
  step: number;
  /** Who may still be called. Missing in the first one of a row, and in those of earlier versions. */
  left?: readonly string[];
  /** Who was called in this row. */
  called?: readonly string[];
  /** When this row of calls was asked for: a stop after that ends it. Missing in those of earlier versions. */
  sinceUs?: number;
  /** How often this call was tried because a system did not answer. */
  tries?: number;
  /** Who led it before a reopening, and when they were asked. */
  asked?: Readonly<{ holder: string; atUs: number }>;
}>;

export type CallCommanderOptions = Readonly<{
  store: Store;
  jobs: Jobs;
  calls: CommanderCalls;
  /** `incidents.page.onCall`: who is on call for the teams. */
  pages: Pick<PageSettings, 'onCall'>;
  mayRead: MayRead;
  desk: OnCallDesk;
  pagers: readonly Pager[];
  kick(): void;
}>;

/** The prefix of the ids of an incident's calls. */
export const CALLS_OF = (incidentId: string) => `${incidentId}/commander/`;

/** At the others, an update that nobody posts is asked for, and that is enough unless the settings say more. */
const CALLED_FOR: readonly Severity[] = ['P0', 'P1'];

/** A system that is away for longer needs a person, who is asked at once. */
const MOST_TRIES = 10;
const AGAIN_US = 60_000_000;

export function callCommander(options: CallCommanderOptions): JobHandler {
  const { store, jobs, pages, mayRead, desk, pagers, kick } = options;
  return async (job, signal) => {
    const request = job.payload as CallRequest;
    const { incidentId, step, called = [], asked, sinceUs = 0 } = request;
    const place = { workspaceId: job.workspaceId, id: incidentId };
    await openIfAsked(store, place, { asked, key: job.id });
    const seen = await findIncident(store, place);
    if (seen === undefined || !needsCall(seen, options.calls) || (await wereStopped(store, seen, sinceUs))) return;
    const calls = callsFor(options.calls, seen);
    if (await wasJustCalled(store, seen, calls, await store.nowUs())) return;
    const declarer = calls.onCall.length === 0 && step === 0 ? [seen.declaredBy] : [];
    const found = await nextCallee(
      desk,
      {
        targets: request.left ?? [...calls.onCall.slice(step), ...declarer],
        // A list may name somebody twice on purpose.
        wasCalled: ({ who, place: outside }) => outside !== '' && called.includes(who),
        // Whoever the settings name is mentioned where the incident speaks, and nowhere else.
        maySee: async ({ who, place: outside }) =>
          outside === '' ||
          (await mayRead({ userId: who, workspaceId: seen.workspaceId, channelId: '' }, seen.channelId)),
        causeTargets: () => onCallForCause(store, pages.onCall, seen),
      },
      signal,
    );
    if (found === undefined) throw new Error('Slack did not say who may see the incident');
    const isEnd = found.next === undefined && !found.isUnsure && found.notes.length === 0;
    if (isEnd) return;
    await store.transaction(async (tx) => {
      await tx.lock(`incident/${incidentId}`);
      const incident = await findIncident(tx, place);
      if (incident === undefined || !needsCall(incident, calls) || (await wereStopped(tx, incident, sinceUs))) return;
      // A severity that was raised began a second row of calls.
      if (await wasJustCalled(tx, incident, calls, tx.nowUs)) return;
      const notes = await noteOnce(tx, incident, { pageId: COMMANDER_PAGE, key: job.id, notes: found.notes });
      await queuePages(tx, { jobs, pagers }, incident, { pageId: COMMANDER_PAGE, targets: found.tried, text: '' });
      const parts = { jobs, calls, notes, step, key: job.id };
      if (found.next === undefined) await callNobody(tx, incident, request, { ...parts, isUnsure: found.isUnsure });
      else await callNext(tx, incident, request, { ...parts, callee: found.next, left: found.left });
      await refreshOverview(tx, jobs, { incident, key: job.id });
    });
    kick();
  };
}

/** A channel with a list of its own, such as that of the security team, calls nobody else; then the severity's counts. */
function callsFor(calls: CommanderCalls, incident: Pick<Incident, 'channelId' | 'severity'>): CommanderCalls {
  const { onCallByChannel, onCallBySeverity = [] } = calls;
  const ofChannel = onCallByChannel.filter(({ channelId }) => channelId === incident.channelId);
  const ofSeverity = onCallBySeverity.filter(({ severity }) => severity === incident.severity);
  const own = (ofChannel.length > 0 ? ofChannel : ofSeverity).map(({ target }) => target);
  return own.length === 0 ? calls : { ...calls, onCall: own };
}

/** Without a commander, and between two calls; 0 is never. */
function minutesOf(calls: CommanderCalls, severity: Severity): number {
  return minutesFor(calls, severity, CALLED_FOR);
}

type Calling = Readonly<{
  jobs: Jobs;
  calls: CommanderCalls;
  notes: readonly string[];
  step: number;
  /** The id of the job. */
  key: string;
}>;

async function callNext(
  tx: Tx,
  incident: Incident,
  { incidentId, step, called = [], sinceUs }: CallRequest,
  calling: Calling & Readonly<{ callee: Callee; left: readonly string[] }>,
): Promise<void> {
  const { jobs, calls, callee, left } = calling;
  await call(tx, incident, calling);
  const payload = {
    incidentId,
    step: step + 1,
    left,
    called: [...called, callee.who],
    ...(sinceUs !== undefined && { sinceUs }),
  };
  await callAt(tx, jobs, incident, { dueUs: tx.nowUs + intervalUs(calls, incident), payload });
}

/** People read why at once, and a system that did not answer is asked again. */
async function callNobody(
  tx: Tx,
  incident: Incident,
  request: CallRequest,
  { jobs, calls, notes, step, key, isUnsure }: Calling & Readonly<{ isUnsure: boolean }>,
): Promise<void> {
  const { id, workspaceId } = incident;
  if (notes.length > 0) {
    const message = nobodyCalled({ incident, notes, afterMinutes: minutesOf(calls, incident.severity) * (step + 1) });
    const messageId = `${id}/commander-notes/${key}`;
    await post(tx, { messageId, workspaceId, ...(await conversationOf(tx, incident)), message, rank: 'urgent' });
  }
  const tries = (request.tries ?? 0) + 1;
  if (!isUnsure || tries > MOST_TRIES) return;
  await callAt(tx, jobs, incident, { dueUs: tx.nowUs + AGAIN_US, payload: { ...request, tries } });
}

async function wasJustCalled(
  reader: Reader,
  incident: Incident,
  calls: CommanderCalls,
  nowUs: number,
): Promise<boolean> {
  const last = await newestDelivery(reader, CALLS_OF(incident.id));
  return last !== undefined && last.createdUs > nowUs - intervalUs(calls, incident);
}

/** The prefix of the ids of the questions to who led it before a reopening. */
const ASKED_OF = (incidentId: string) => `${incidentId}/commander-asked/`;

/** At a reopening: whoever led it may not be there any more. Who reopened it is. */
export async function askCommander(
  tx: Tx,
  jobs: Jobs,
  incident: Incident,
  { calls, key, by }: Readonly<{ calls: CommanderCalls; key: string; by: string }>,
): Promise<void> {
  const { id, workspaceId, severity, roles } = incident;
  const holder = roles.commander;
  const minutes = minutesOf(calls, severity);
  if (minutes === 0 || holder === undefined || holder === by) return;
  await askHolder(tx, { incidentId: id, key, role: 'commander', holder });
  await post(tx, {
    messageId: `${ASKED_OF(id)}${key}`,
    workspaceId,
    ...(await conversationOf(tx, incident)),
    message: askedToLead({ incident, who: holder, minutes }),
    rank: 'urgent',
  });
  const payload: CallRequest = { incidentId: id, step: 0, sinceUs: tx.nowUs, asked: { holder, atUs: tx.nowUs } };
  await callAt(tx, jobs, incident, { dueUs: tx.nowUs + intervalUs(calls, incident), payload });
}

/** They answered, or nobody did. */
export async function endAsked(tx: Tx, incident: Incident): Promise<void> {
  const asked = await newestDelivery(tx, ASKED_OF(incident.id));
  if (asked === undefined) return;
  const message = answeredToLead({ incident, atUs: tx.nowUs });
  await update(tx, { messageId: asked.messageId, message, rank: 'asked' });
}

type AskedCall = Readonly<{ asked: NonNullable<CallRequest['asked']>; key: string }>;

async function openIfAsked(
  store: Store,
  place: Readonly<{ workspaceId: string; id: string }>,
  { asked, key }: Readonly<{ asked: CallRequest['asked']; key: string }>,
): Promise<void> {
  if (asked !== undefined) await store.transaction((tx) => openIfSilent(tx, place, { asked, key }));
}

/** Opens the role if its holder said nothing since they were asked, here or with a button. */
async function openIfSilent(
  tx: Tx,
  place: Readonly<{ workspaceId: string; id: string }>,
  { asked: { holder, atUs }, key }: AskedCall,
): Promise<void> {
  await tx.lock(`incident/${place.id}`);
  const incident = await findIncident(tx, place);
  if (incident?.roles.commander !== holder || isOver(incident)) return;
  const since = (await timelineOf(tx, incident.id)).filter(({ notedUs }) => notedUs >= atUs);
  const newest = since.findLast(({ value }) => value === askedValue('commander', holder));
  // A later reopening asked them again, and gave them time again.
  if (newest === undefined || newest.notedUs > atUs || since.some(({ source }) => source === holder)) return;
  const now = await openRole(tx, { incidentId: incident.id, key, role: 'commander', by: 'spanhound' });
  await endAsked(tx, now);
}

/** From now on: at the declaration, when the severity rises, when it is opened again. */
export async function callFromNow(tx: Tx, jobs: Jobs, incident: Incident, calls: CommanderCalls): Promise<void> {
  if (needsCall(incident, calls))
    await callAt(tx, jobs, incident, {
      dueUs: tx.nowUs + intervalUs(calls, incident),
      payload: { incidentId: incident.id, step: 0, sinceUs: tx.nowUs },
    });
}

/** Whether a person stopped the calls that were asked for at that instant. */
export async function wereStopped(reader: Reader, { id }: Incident, sinceUs: number): Promise<boolean> {
  return (await timelineOf(reader, id)).some(({ value, notedUs }) => value === CALLS_STOPPED && notedUs >= sinceUs);
}

/** Once a commander was missing, and is not any more. */
export async function endCall(tx: Tx, before: Incident, now: Incident, calls: CommanderCalls): Promise<void> {
  if (!needsCall(before, calls) || needsCall(now, calls)) return;
  const asked = await newestDelivery(tx, CALLS_OF(now.id));
  if (asked === undefined) return;
  await update(tx, {
    messageId: asked.messageId,
    message: callEnded({ incident: now, atUs: tx.nowUs }),
    rank: 'asked',
  });
}

/** Whether somebody is called to lead it. */
export function needsCall(incident: Incident, calls: CommanderCalls): boolean {
  const { severity, roles } = incident;
  return !isOver(incident) && roles.commander === undefined && minutesOf(calls, severity) > 0;
}

async function call(
  tx: Tx,
  incident: Incident,
  { callee, notes, step, key, calls }: Calling & Readonly<{ callee: Callee }>,
): Promise<void> {
  const { id, workspaceId } = incident;
  const { who, place, untilUs } = callee;
  const afterMinutes = minutesOf(calls, incident.severity) * (step + 1);
  const isDeclarer = calls.onCall.length === 0;
  await passOn(tx, incident, calls);
  await post(tx, {
    messageId: `${CALLS_OF(id)}${key}`,
    workspaceId,
    ...(await conversationOf(tx, incident)),
    message: commanderCalled({ incident, who, isDeclarer, afterMinutes, place, untilUs, notes }),
    rank: 'urgent',
  });
  await addEntry(tx, {
    incidentId: id,
    key: `commander-call:${key}`,
    atUs: tx.nowUs,
    kind: 'role',
    text: `${ROLE_NAMES.commander}: nobody for ${afterMinutes} min. Called ${inWords(callee, { step, calls })}`,
    source: 'spanhound',
    link: '',
    value: `called=${who}`,
  });
}

/** Only one call is open at a time. A call that Slack does not have yet must still reach its person. */
async function passOn(tx: Tx, incident: Incident, calls: CommanderCalls): Promise<void> {
  const last = await newestDelivery(tx, CALLS_OF(incident.id));
  if (last?.state !== 'sent') return;
  const since = (await timelineOf(tx, incident.id)).filter(({ notedUs }) => notedUs >= last.createdUs);
  if (since.some((entry) => endsCalls(entry, calls))) return;
  await update(tx, {
    messageId: last.messageId,
    message: callPassedOn({ incident, atUs: tx.nowUs }),
    rank: 'asked',
  });
}

/** Its message has said why since then. */
function endsCalls({ kind, value }: TimelineEntry, calls: CommanderCalls): boolean {
  if (kind === 'role') return value.startsWith('commander=');
  const isLower = SEVERITIES.some((severity) => severity === value && minutesOf(calls, severity) === 0);
  return (kind === 'severity' && isLower) || (kind === 'status' && (value === 'resolved' || value === 'merged'));
}

function inWords(callee: Callee, { step, calls }: Pick<Calling, 'step' | 'calls'>): string {
  if (calls.onCall.length === 0) return 'who declared it';
  if (callee.place !== '') return `${callee.who}${whyThem(callee)}`;
  return calls.onCall.every((target) => target === 'here' || isSlackId(target))
    ? `on-call, ${step + 1} of ${calls.onCall.length}`
    : callee.who;
}

/** Two at the same instant are one. */
async function callAt(
  tx: Tx,
  jobs: Jobs,
  { id, workspaceId }: Incident,
  { dueUs, payload }: Readonly<{ dueUs: number; payload: CallRequest }>,
): Promise<void> {
  await jobs.addJob(tx, { kind: CALL_COMMANDER, workspaceId, key: `${id}/${dueUs}`, payload, dueUs });
}

function intervalUs(calls: CommanderCalls, { severity }: Pick<Incident, 'severity'>): number {
  return minutesOf(calls, severity) * 60_000_000;
}
