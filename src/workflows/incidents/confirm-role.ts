/**
 * Whoever gets a role from somebody else confirms it, or gives it back. Taking a role oneself needs no confirmation.
 *
 *   Kim: role technical @ana ──► Ana has it ──► direct message to Ana ──┬─ I do it ──► confirmed
 *                                                                       └─ Not me ──► nobody has it
 */
import { type Incident, incidentName, isOver } from '#model/incident/incident.ts';
import { type Role, roleInSentence, roleName, unconfirmedRoles } from '#model/incident/roles.ts';
import { confirmRole, openRole } from '#record/incidents.ts';
import type { Tx } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import { type CommanderCalls, callFromNow, endAsked } from '#workflows/commander/call-commander.ts';
import {
  type AskedBy,
  type IncidentParts,
  type Outcome,
  onIncident,
  type Told,
} from '#workflows/incidents/on-incident.ts';

export type RoleAnswer = Readonly<{ asked: AskedBy; incidentId: string; role: Role }>;

export type RoleWorkflows = Readonly<{
  confirmRole(answer: RoleAnswer): Promise<Told>;
  declineRole(answer: RoleAnswer): Promise<Told>;
}>;

export function roleConfirmer(parts: IncidentParts & Readonly<{ calls: CommanderCalls }>): RoleWorkflows {
  return {
    confirmRole: ({ asked, incidentId, role }) =>
      onIncident(parts, asked, { incidentId }, (tx, incident) => confirming(tx, incident, asked, role)),
    declineRole: ({ asked, incidentId, role }) =>
      onIncident(parts, asked, { incidentId }, async (tx, before) => {
        const { userId, userName } = asked;
        const refused = refusal(before, userId, role);
        if (refused !== undefined) return { answer: refused };
        const incident = await openRole(tx, { incidentId, key: asked.inboxId, role, by: userId });
        await callFromNow(tx, parts.jobs, incident, parts.calls);
        if (role === 'commander') await endAsked(tx, incident);
        return {
          answer: `You are not ${roleInSentence(role)} of ${incidentName(incident)}: nobody is now.`,
          said: { what: `${roleName(role)}: open again`, by: userName, atUs: tx.nowUs, isState: true as const },
        };
      }),
  };
}

/** Confirms the role of who asks, if somebody else gave it. */
export async function confirming(tx: Tx, incident: Incident, asked: AskedBy, role: Role): Promise<Outcome> {
  const { inboxId, userId, userName } = asked;
  const refused = refusal(incident, userId, role);
  if (refused !== undefined) return { answer: refused };
  const is = `You are ${roleInSentence(role)} of ${incidentName(incident)}`;
  const waiting = unconfirmedRoles(incident, await timelineOf(tx, incident.id));
  if (!waiting.includes(role)) return { answer: `${is} already.` };
  await confirmRole(tx, { incidentId: incident.id, key: inboxId, role, by: userId });
  if (role === 'commander') await endAsked(tx, incident);
  return {
    answer: `${is}, and everybody reads that you confirmed it.`,
    said: { what: `${roleName(role)}: confirmed`, by: userName, atUs: tx.nowUs },
  };
}

function refusal(incident: Incident, userId: string, role: Role): string | undefined {
  const name = incidentName(incident);
  if (isOver(incident)) return `${name} is ${incident.status}. Nothing was changed.`;
  return incident.roles[role] === userId
    ? undefined
    : `You are not ${roleInSentence(role)} of ${name} any more. Nothing was changed.`;
}
