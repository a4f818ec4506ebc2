/** "Start the probe", confirmed in Slack's own dialog. */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { whoPressed } from '#listeners/delivery.ts';
import { readProbeButton } from '#present/slack/probe-button.ts';
import type { AskRequest } from '#workflows/tools/send-request.ts';

export function probeAction(ask: AskRequest): Middleware<SlackActionMiddlewareArgs<BlockButtonAction>> {
  return async ({ ack, body, action, context }) => {
    const probe = readProbeButton(action.value);
    if (probe !== undefined) await ask.probe(whoPressed(body, context), probe);
    await ack();
  };
}
