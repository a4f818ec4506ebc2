/** The buttons "Compare with healthy" and "Verify fix": the answer goes into the diagnosis's thread. */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { pressed } from '#listeners/actions/pressed.ts';
import type { AskForComparison } from '#workflows/traces/answer-comparison.ts';

export function comparisonButton(ask: AskForComparison): Middleware<SlackActionMiddlewareArgs<BlockButtonAction>> {
  return async ({ ack, body, action, context }) => {
    await ask(pressed(body, action, context));
    await ack();
  };
}
