/**
 * "Which service is this?" under an alert whose service sends no traces under its name. The answer is remembered, and the
 * alert is looked into again.
 *
 *   menu ──► may they read the channel? ──► [ remembered · audit · second look with its first line · answer · inbox row done ]
 */
import type { Alert } from '#model/incident/alert.ts';
import { serviceNamedLine } from '#present/slack/service-messages.ts';
import { escapeMrkdwn } from '#present/slack/text.ts';
import { findAlert } from '#record/alerts.ts';
import { findInvestigation, type Investigation, openInvestigation } from '#record/investigations.ts';
import type { Jobs } from '#record/jobs.ts';
import { dropDetails, post } from '#record/outbox.ts';
import { rememberService } from '#record/services.ts';
import type { Store, Tx } from '#record/store.ts';
import type { AnswerAlertRequest } from '#workflows/alerts/answer-alert.ts';
import { type AskedBy, answered, type MayRead, SLACK_DID_NOT_SAY } from '#workflows/incidents/on-incident.ts';
import { answerMessage, DETAILS_OF } from '#workflows/messages/answer-message.ts';
import { askedAbout } from '#workflows/services/known-services.ts';
import { ANSWER_ALERT } from '#workflows/traces/answer-trace.ts';

export type NameService = (
  asked: AskedBy,
  chosen: Readonly<{ investigationId: string; service: string }>,
) => Promise<void>;

export type NameServiceOptions = Readonly<{
  store: Store;
  jobs: Jobs;
  mayRead: MayRead;
  /** Something was stored: the jobs and the outbox may check for work. */
  kick(): void;
}>;

/** The same for an alert that the person may not see. */
const NO_SUCH_ALERT = 'I no longer have this alert.';

export function serviceNamer({ store, jobs, mayRead, kick }: NameServiceOptions): NameService {
  return async (asked, { investigationId, service }) => {
    const { workspaceId } = asked;
    const found = await findInvestigation(store, { id: investigationId, workspaceId });
    const may = found !== undefined && (await mayRead(asked, found.channelId));
    const investigation = may ? found : undefined;
    await store.transaction(async (tx) => {
      const id = investigation?.alertId;
      const alert = id === undefined ? undefined : await findAlert(tx, { workspaceId, id });
      if (investigation === undefined || alert === undefined || service === '') {
        await answered(tx, asked, { kind: 'refused', text: may === undefined ? SLACK_DID_NOT_SAY : NO_SUCH_ALERT });
        return;
      }
      const about = askedAbout(alert);
      await rememberService(tx, {
        workspaceId,
        channelId: investigation.channelId,
        ...about,
        service,
        saidBy: asked.userId,
        investigationId,
      });
      await lookAgain(tx, jobs, { asked, investigation, alert, service });
      const name = about.about === 'name' ? about.said : 'an alert of this rule';
      const text = `Noted: ${escapeMrkdwn(name)} is ${escapeMrkdwn(service)}. I look again.`;
      await answered(tx, asked, { kind: 'done', text });
    });
    kick();
  };
}

type Again = Readonly<{ asked: AskedBy; investigation: Investigation; alert: Alert & { id: string }; service: string }>;

/** In the thread of the first answer, which stays. The request's id makes it one, however often it is delivered. */
async function lookAgain(tx: Tx, jobs: Jobs, { asked, investigation, alert, service }: Again): Promise<void> {
  const { inboxId: id, workspaceId, userId, userName } = asked;
  const { channelId } = investigation;
  const { title } = alert;
  await dropDetails(tx, DETAILS_OF(investigation.id));
  await openInvestigation(tx, { id, workspaceId, traceId: '', askedBy: userId, channelId, alertId: alert.id });
  const about = askedAbout(alert);
  const line = serviceNamedLine({ by: userName, said: about.about === 'name' ? about.said : '', service, title });
  await post(tx, {
    messageId: id,
    workspaceId,
    channelId,
    threadOf: investigation.id,
    message: answerMessage(line, id),
  });
  const payload: AnswerAlertRequest = { investigationId: id, alert: { ...alert, traceId: '' }, gaps: [] };
  await jobs.addJob(tx, { kind: ANSWER_ALERT, workspaceId, key: id, payload });
}
