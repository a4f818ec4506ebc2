/**
 * A button that no listener knows: a link, which opens in the browser and only wants to be acknowledged, or one of a
 * message that an older version posted.
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
