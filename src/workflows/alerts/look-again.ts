/**
 * "Look again" and "Other service" under the answer to an alert: a new diagnosis in the same thread. No rule, mute or
 * storm keeps it back, because a person asked.
 *
 *   request ──► investigation + first line + job ──► inbox row done      all keyed by the request
 */
import type { Alert } from '#model/incident/alert.ts';
import { redact } from '#model/redaction/redaction.ts';
import { alertFirstLine } from '#present/slack/alert-messages.ts';
import type { NotedAlert } from '#record/alerts.ts';
import { isLookedAt, openInvestigation } from '#record/investigations.ts';
import type { Jobs } from '#record/jobs.ts';
import { dropDetails, post } from '#record/outbox.ts';
import type { AnswerAlertRequest } from '#workflows/alerts/answer-alert.ts';
import { type AlertParts, type AskedOfAlert, alertMeant } from '#workflows/alerts/on-alert.ts';
import { answered, answeredInThread, type Told } from '#workflows/incidents/on-incident.ts';
import { answerMessage, DETAILS_OF } from '#workflows/messages/answer-message.ts';
import { ANSWER_ALERT } from '#workflows/traces/answer-trace.ts';

/** `service`: another service than the alert's, as a person wrote it. */
export type LookAgain = (request: AskedOfAlert & Readonly<{ service?: string }>) => Promise<Told>;

export type LookAgainOptions = AlertParts &
  Readonly<{
    jobs: Jobs;
    /** The sources to read, by name: `jaeger`. */
    sources: readonly string[];
  }>;

export function againLooker({ jobs, sources, ...parts }: LookAgainOptions): LookAgain {
  return async (request) => {
    const { asked, service } = request;
    const meant = await alertMeant(parts, request);
    const told = await parts.store.transaction(async (tx): Promise<Told> => {
      if ('problem' in meant) return await answered(tx, asked, { kind: 'refused', text: meant.problem });
      const { investigation, alert } = meant;
      const { workspaceId, channelId } = investigation;
      const alertId = alert.id;
      if (service === undefined && (await isLookedAt(tx, { workspaceId, channelId, alertId }))) {
        return await answered(tx, asked, { kind: 'refused', text: STILL_LOOKING });
      }
      const { inboxId: id, userId } = asked;
      const subject = service === undefined ? againAt(alert, tx.nowUs) : ofService(alert, service, tx.nowUs);
      const { traceId } = subject;
      await dropDetails(tx, DETAILS_OF(investigation.id));
      await openInvestigation(tx, { id, workspaceId, traceId, askedBy: userId, channelId, alertId });
      const line = alertFirstLine(subject.title, { from: sources, thisWeek: undefined });
      const message = answerMessage(line, id);
      await post(tx, { messageId: id, workspaceId, channelId, threadOf: investigation.id, message });
      const payload: AnswerAlertRequest = { investigationId: id, alert: subject, gaps: [], asked: true };
      await jobs.addJob(tx, { kind: ANSWER_ALERT, workspaceId, key: id, payload });
      return await answeredInThread(tx, asked, line.text);
    });
    parts.kick();
    return told;
  };
}

const STILL_LOOKING = 'I am still looking into this alert.';

/** An alert that still fires is looked at now, one that is over at its own time. */
function againAt(alert: NotedAlert, nowUs: number): Alert {
  const { source, key, title, service, severity, state, saidUs, url, traceId, labels } = alert;
  const atUs = state === 'resolved' ? alert.atUs : nowUs;
  return { source, key, title, service, severity, state, atUs, saidUs, url, traceId, labels };
}

/** The alert's own labels and trace are about the service that it names. */
function ofService(alert: NotedAlert, service: string, nowUs: number): Alert {
  const name = redact(service);
  return { ...againAt(alert, nowUs), title: name, service: name, traceId: '', labels: {} };
}
