/** "Was this right?": the answer is stored with the diagnosis. A later press of the other button replaces it. */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { pressed } from '#listeners/actions/pressed.ts';
import type { RecordFeedback } from '#workflows/record-feedback.ts';

export function feedbackAction(
  recordFeedback: RecordFeedback,
  right: boolean,
): Middleware<SlackActionMiddlewareArgs<BlockButtonAction>> {
  return async ({ ack, body, action, context }) => {
    await recordFeedback({ ...pressed(body, action, context), right });
    await ack();
  };
}
