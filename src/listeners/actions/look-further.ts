/** Under the answer to an unknown id. "Try again" asks for it once more, "Look further back" in the logs of the last week. */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { whoPressed } from '#listeners/delivery.ts';
import { type AskedReference, readAsked } from '#model/trace/asked-for.ts';
import type { Investigate } from '#workflows/traces/investigate.ts';

type ButtonListener = Middleware<SlackActionMiddlewareArgs<BlockButtonAction>>;

export function lookFurtherAction(investigate: Investigate): ButtonListener {
  return askAgain(investigate, { furtherBack: true });
}

export function tryAgainAction(investigate: Investigate): ButtonListener {
  return askAgain(investigate, {});
}

function askAgain(investigate: Investigate, where: Pick<AskedReference, 'furtherBack'>): ButtonListener {
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
        references: [{ ...reference, ...where }],
      });
    }
    await ack();
  };
}
