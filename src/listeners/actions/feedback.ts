/** "Was this right?": the answer is stored with the diagnosis. A later press of the other button replaces it. */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { pressed } from '#listeners/actions/pressed.ts';
import { openModal } from '#listeners/views/open-modal.ts';
import { saidCauseForm } from '#listeners/views/said-cause.ts';
import type { RecordFeedback } from '#workflows/traces/record-feedback.ts';

type Button = Middleware<SlackActionMiddlewareArgs<BlockButtonAction>>;

export function rightButton(recordFeedback: RecordFeedback): Button {
  return async ({ ack, body, action, context }) => {
    await recordFeedback({ ...pressed(body, action, context), right: true });
    await ack();
  };
}

/** The answer counts at once. Then a form asks what it was, which nobody has to answer. */
export function wrongButton(recordFeedback: RecordFeedback): Button {
  return async ({ ack, body, action, context, client }) => {
    const answer = pressed(body, action, context);
    await recordFeedback({ ...answer, right: false });
    const opened = { investigationId: answer.investigationId, channelId: body.channel?.id ?? '' };
    await openModal({ ack, client, body }, saidCauseForm(opened));
  };
}
