/**
 * Handles an unknown button: a link, which opens in the browser and only needs an acknowledgement, or a button in a message
 * of an older version.
 */
import type { Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';

export const unknownAction: Middleware<SlackActionMiddlewareArgs> = async ({ ack, action, respond }) => {
  await ack();
  if ('url' in action && action.url) return;
  if ('action_id' in action && action.action_id.startsWith('open_')) return;
  await respond({
    response_type: 'ephemeral',
    replace_original: false,
    text: 'This button is from an older version of Spanhound and no longer works. Run `/trace <id>` again.',
  });
};
