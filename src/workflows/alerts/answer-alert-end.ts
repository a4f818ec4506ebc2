/** Notes how the alert of an incident ended, as the first person to answer says it. */
import { incidentName, isOver } from '#model/incident/incident.ts';
import { alertEndAnswered, HOW_ENDED, type HowEnded } from '#present/slack/alert-end-messages.ts';
import { findAlert } from '#record/alerts.ts';
import { update } from '#record/outbox.ts';
import { addEntry } from '#record/timeline.ts';
import { type AskedBy, type IncidentParts, onIncident, type Told } from '#workflows/incidents/on-incident.ts';

export type AlertEndWorkflows = Readonly<{
  answerAlertEnd(
    request: Readonly<{ asked: AskedBy; incidentId: string; alertId: string; how: HowEnded }>,
  ): Promise<Told>;
}>;

/** The id of the question. */
export const ALERT_END_OF = (incidentId: string, alertId: string) => `${incidentId}/alert-ended/${alertId}`;

export function alertEndAnswerer(parts: IncidentParts): AlertEndWorkflows {
  return {
    answerAlertEnd: ({ asked, incidentId, alertId, how }) =>
      onIncident(parts, asked, { incidentId }, async (tx, incident) => {
        const name = incidentName(incident);
        const alert = await findAlert(tx, { workspaceId: incident.workspaceId, id: alertId });
        if (alert === undefined) return { answer: `I no longer have this alert. Nothing was changed in ${name}.` };
        if (isOver(incident))
          return { answer: `${name} is over already. Write it as a note: \`/incident ${name} note …\`.` };
        const text = `${HOW_ENDED[how]}: ${alert.title}`;
        const added = await addEntry(tx, {
          incidentId,
          key: `alert-ended:${alertId}`,
          atUs: tx.nowUs,
          kind: 'note',
          text,
          source: asked.userId,
          link: alert.url,
        });
        if (!added) return { answer: `Somebody has answered already. To correct it: \`/incident ${name} edit\`.` };
        const message = alertEndAnswered(incident, {
          title: alert.title,
          by: asked.userName,
          atUs: tx.nowUs,
          how,
          investigationId: incident.investigationId ?? '',
        });
        await update(tx, { messageId: ALERT_END_OF(incidentId, alertId), message, rank: 'asked' });
        return { answer: `Noted in ${name}. ${HOW_ENDED[how]}.`, isInThread: true };
      }),
  };
}
