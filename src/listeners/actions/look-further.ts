/** "Look further back", under the answer to an unknown id: asks for it again, in the logs of the last week. */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { whoPressed } from '#listeners/delivery.ts';
import { readAsked } from '#model/trace/asked-for.ts';
import type { Investigate } from '#workflows/investigate.ts';

export function lookFurtherAction(investigate: Investigate): Middleware<SlackActionMiddlewareArgs<BlockButtonAction>> {
  return async ({ ack, action, body, context }) => {
    const reference = readAsked(action.value ?? '');
    if (reference !== undefined) {
      const { inboxId, workspaceId, channelId, userId, responseUrl } = whoPressed(body, context);
      const threadTs: unknown = body.message?.thread_ts;
      await investigate({
        inboxId,
        workspaceId,
        channelId,
        ...(typeof threadTs === 'string' && { threadTs }),
        askedBy: userId,
        responseUrl,
        references: [{ ...reference, furtherBack: true }],
      });
    }
    await ack();
  };
}
