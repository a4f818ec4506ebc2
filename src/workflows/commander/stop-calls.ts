/** Stops the calls for a commander of one incident: a person has seen that nobody else is needed. */
import { CALLS_STOPPED, incidentName } from '#model/incident/incident.ts';
import { callsStopped } from '#present/slack/incident-messages.ts';
import { newestDelivery, update } from '#record/outbox.ts';
import { addEntry } from '#record/timeline.ts';
import { CALLS_OF, type CommanderCalls, needsCall, wereStopped } from '#workflows/commander/call-commander.ts';
import { type AskedBy, type IncidentParts, onIncident, type Told } from '#workflows/incidents/on-incident.ts';

export type CallWorkflows = Readonly<{
  /** Until the severity rises or it is opened again. */
  stopCalls(request: Readonly<{ asked: AskedBy; incidentId: string }>): Promise<Told>;
}>;

export function callStopper(parts: IncidentParts & Readonly<{ calls: CommanderCalls }>): CallWorkflows {
  return {
    stopCalls: ({ asked, incidentId }) =>
      onIncident(parts, asked, { incidentId }, async (tx, incident) => {
        const name = incidentName(incident);
        const last = await newestDelivery(tx, CALLS_OF(incidentId));
        const isOn = needsCall(incident, parts.calls) && !(await wereStopped(tx, incident, last?.createdUs ?? 0));
        if (!isOn) return { answer: `Nobody is called for ${name} any more. Nothing was changed.` };
        const text = 'Stopped the calls for an incident commander';
        const entry = {
          incidentId,
          key: `calls-stopped:${asked.inboxId}`,
          atUs: tx.nowUs,
          kind: 'note',
          text,
        } as const;
        await addEntry(tx, { ...entry, source: asked.userId, link: '', value: CALLS_STOPPED });
        if (last !== undefined) {
          const message = callsStopped({ incident, by: asked.userName, atUs: tx.nowUs });
          await update(tx, { messageId: last.messageId, message, rank: 'asked' });
        }
        return {
          answer: `Nobody else is called to lead ${name}. The calls begin again if its severity rises or it is opened again.`,
          said: { what: text, by: asked.userName, atUs: tx.nowUs },
        };
      }),
  };
}
