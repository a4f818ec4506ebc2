/** "Which service is this?": the question under the answer to an alert whose service sends no traces under its name. */
import type { Alert } from '#model/incident/alert.ts';
import { serviceLikeness } from '#model/services/likeness.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { serviceQuestion } from '#present/slack/service-messages.ts';
import { findAlert } from '#record/alerts.ts';
import type { Investigation } from '#record/investigations.ts';
import { post } from '#record/outbox.ts';
import type { Tx } from '#record/store.ts';
import { answerMessage } from '#workflows/messages/answer-message.ts';
import { askedAbout } from '#workflows/services/known-services.ts';

/** In the thread of the answer, once. `services`: those that send traces. A question of a person names its service. */
export async function askForService(
  tx: Tx,
  { id, workspaceId, channelId, alertId }: Investigation,
  services: readonly string[] = [],
): Promise<void> {
  const alert = alertId === undefined ? undefined : await findAlert(tx, { workspaceId, id: alertId });
  const question = alert && questionAbout(alert, services, id);
  if (question === undefined) return;
  const message = answerMessage(question, id);
  await post(tx, { messageId: `${id}/service`, workspaceId, channelId, threadOf: id, message, rank: 'detail' });
}

/** Undefined where no service sends traces. */
export function questionAbout(
  alert: Pick<Alert, 'source' | 'title' | 'service' | 'labels'>,
  services: readonly string[],
  investigationId: string,
): SlackMessage | undefined {
  const { about, said } = askedAbout(alert);
  const likeness = serviceLikeness([alert.service, alert.title, ...Object.values(alert.labels)]);
  const sorted = services.toSorted((a, b) => likeness(b) - likeness(a) || (a < b ? -1 : 1));
  return serviceQuestion({ said: about === 'name' ? said : '', services: sorted }, investigationId);
}
