/** The button "Accept" under a postmortem's draft, and in the reminder. */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { whoPressed } from '#listeners/delivery.ts';
import type { AcceptPostmortem } from '#workflows/postmortem/accept-postmortem.ts';

export function postmortemAcceptButton(
  accept: AcceptPostmortem,
): Middleware<SlackActionMiddlewareArgs<BlockButtonAction>> {
  return async ({ ack, body, action, context }) => {
    await accept({ asked: whoPressed(body, context), incidentId: action.value ?? '' });
    await ack();
  };
}
