/**
 * Calls for an incident commander where everybody is affected and nobody leads. The jobs are due at fixed times, so they
 * survive a restart, and each reads the record first.
 *
 *   P0 or P1 without a commander ──► job after 5 min ──┬─ somebody took the role, or it is over ──► the end
 *                                                       └─ nobody did ──► call the next of the list, job 5 min later
 */
import { type Incident, isOver, ROLE_NAMES, type Severity } from '#model/incident/incident.ts';
import { callEnded, commanderCalled } from '#present/slack/incident-messages.ts';
import { findIncident } from '#record/find-incidents.ts';
import type { JobHandler, Jobs } from '#record/jobs.ts';
import { newestDelivery, post, update } from '#record/outbox.ts';
import type { Store, Tx } from '#record/store.ts';
import { addEntry } from '#record/timeline.ts';
import { conversationOf } from '#workflows/incident-thread.ts';
import { refreshOverview } from '#workflows/show-overview.ts';

export const CALL_COMMANDER = 'incident-commander-call';

export type CommanderCalls = Readonly<{
  /** After so many minutes without a commander, and between two calls; 0 is never. */
  minutes: number;
  /** Who is on call, one call after the other: ids of people and of user groups, or `here`. Empty: who declared it. */
  onCall: readonly string[];
}>;

type CallRequest = Readonly<{
  incidentId: string;
  /** From 0. */
  step: number;
}>;

export type CallCommanderOptions = Readonly<{ store: Store; jobs: Jobs; calls: CommanderCalls; kick(): void }>;

/** The prefix of the ids of an incident's calls. */
const CALLS_OF = (incidentId: string) => `${incidentId}/commander/`;

/** At the others, an update that nobody posts is asked for, and that is enough. */
const CALLED_FOR: readonly Severity[] = ['P0', 'P1'];

export function callCommander({ store, jobs, calls, kick }: CallCommanderOptions): JobHandler {
  return async (job) => {
    const { incidentId, step } = job.payload as CallRequest;
    await store.transaction(async (tx) => {
      await tx.lock(`incident/${incidentId}`);
      const incident = await findIncident(tx, { workspaceId: job.workspaceId, id: incidentId });
      if (incident === undefined || !needsCall(incident, calls)) return;
      // A severity that was raised began a second row of calls.
      const last = await newestDelivery(tx, CALLS_OF(incidentId));
      if (last !== undefined && last.createdUs > tx.nowUs - intervalUs(calls)) return;
      const who = calls.onCall[step] ?? (step === 0 ? incident.declaredBy : undefined);
      if (who === undefined) return;
      await call(tx, incident, { who, step, key: job.id, calls });
      await refreshOverview(tx, jobs, { incident, key: job.id });
      await callAt(tx, jobs, incident, { dueUs: tx.nowUs + intervalUs(calls), step: step + 1 });
    });
    kick();
  };
}

/** From now on: at the declaration, when the severity rises, when it is opened again. */
export async function callFromNow(tx: Tx, jobs: Jobs, incident: Incident, calls: CommanderCalls): Promise<void> {
  if (needsCall(incident, calls)) await callAt(tx, jobs, incident, { dueUs: tx.nowUs + intervalUs(calls), step: 0 });
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

function needsCall(incident: Incident, { minutes }: CommanderCalls): boolean {
  const { severity, roles } = incident;
  return minutes > 0 && !isOver(incident) && roles.commander === undefined && CALLED_FOR.includes(severity);
}

async function call(
  tx: Tx,
  incident: Incident,
  { who, step, key, calls }: Readonly<{ who: string; step: number; key: string; calls: CommanderCalls }>,
): Promise<void> {
  const { id, workspaceId } = incident;
  const afterMinutes = calls.minutes * (step + 1);
  await post(tx, {
    messageId: `${CALLS_OF(id)}${key}`,
    workspaceId,
    ...(await conversationOf(tx, incident)),
    message: commanderCalled({ incident, who, isDeclarer: calls.onCall.length === 0, afterMinutes }),
    rank: 'urgent',
  });
  const whom = calls.onCall.length === 0 ? 'who declared it' : `on-call, ${step + 1} of ${calls.onCall.length}`;
  await addEntry(tx, {
    incidentId: id,
    key: `commander-call:${key}`,
    atUs: tx.nowUs,
    kind: 'role',
    text: `${ROLE_NAMES.commander}: nobody for ${afterMinutes} min. Called ${whom}`,
    source: 'spanhound',
    link: '',
    value: `called=${who}`,
  });
}

/** Two at the same instant are one. */
async function callAt(
  tx: Tx,
  jobs: Jobs,
  { id, workspaceId }: Incident,
  { dueUs, step }: Readonly<{ dueUs: number; step: number }>,
): Promise<void> {
  const payload: CallRequest = { incidentId: id, step };
  await jobs.addJob(tx, { kind: CALL_COMMANDER, workspaceId, key: `${id}/${dueUs}`, payload, dueUs });
}

function intervalUs({ minutes }: CommanderCalls): number {
  return minutes * 60_000_000;
}
