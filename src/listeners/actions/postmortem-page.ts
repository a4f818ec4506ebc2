/** The button "Edit as a page" under a postmortem's draft: the answer is the person's own link. */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { whoPressed } from '#listeners/delivery.ts';
import type { SendPageLink } from '#workflows/postmortem/send-link.ts';

export function postmortemPageButton(send: SendPageLink): Middleware<SlackActionMiddlewareArgs<BlockButtonAction>> {
  return async ({ ack, body, action, context }) => {
    await send({ asked: whoPressed(body, context), meant: { incidentId: action.value ?? '' } });
    await ack();
  };
}
