/**
 * The buttons "Draft again", and "Draft the postmortem" under the end of an incident: both draft it from the current
 * record. Slack has no commands in threads.
 */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { whoPressed } from '#listeners/delivery.ts';
import type { AskForPostmortem } from '#workflows/postmortem/draft-postmortem.ts';

export function postmortemAgainButton(ask: AskForPostmortem): Middleware<SlackActionMiddlewareArgs<BlockButtonAction>> {
  return async ({ ack, body, action, context }) => {
    await ask({ asked: whoPressed(body, context), meant: { incidentId: action.value ?? '' } });
    await ack();
  };
}
