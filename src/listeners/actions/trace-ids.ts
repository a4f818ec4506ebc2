/** "What can I paste here?", under the answer to an unknown id. Only the person who pressed sees the list. */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { traceUsage } from '#listeners/commands/trace.ts';

export function traceIdsAction(linkedSystems: string): Middleware<SlackActionMiddlewareArgs<BlockButtonAction>> {
  return async ({ ack, respond }) => {
    await ack();
    await respond({ response_type: 'ephemeral', replace_original: false, text: traceUsage(linkedSystems) });
  };
}
