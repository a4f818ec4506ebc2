/** The buttons under a question of a postmortem's draft: one opens a form, the other answers at once. */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { whoPressed } from '#listeners/delivery.ts';
import { metadataIn } from '#listeners/views/form.ts';
import { openModal } from '#listeners/views/open-modal.ts';
import { type AnswerWorkflows, answerForm } from '#listeners/views/postmortem-answer.ts';
import { IMPACT_START } from '#model/incident/incident.ts';
import { readWholeTime } from '#workflows/times/spoken-time.ts';

type Pressed = Middleware<SlackActionMiddlewareArgs<BlockButtonAction>>;

export const answerButton: Pressed = async ({ ack, action, body, client }) => {
  const { incidentId = '', question = '', ask = '' } = metadataIn(action.value ?? '');
  await openModal({ ack, client, body }, answerForm({ incidentId, question, ask, channelId: body.channel?.id ?? '' }));
};

export function quickAnswerButton({ answerQuestion, enterMilestone }: AnswerWorkflows): Pressed {
  return async ({ ack, action, body, context }) => {
    const { incidentId = '', question = '', at = '' } = metadataIn(action.value ?? '');
    const asked = whoPressed(body, context);
    const when = question === IMPACT_START ? readWholeTime(at) : undefined;
    if (when === undefined) await answerQuestion({ asked, incidentId, question, text: undefined });
    else if (!('problem' in when))
      await enterMilestone({ milestone: IMPACT_START, asked, meant: { incidentId }, when, isAnswer: true });
    await ack();
  };
}
