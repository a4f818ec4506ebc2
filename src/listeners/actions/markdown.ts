/** The button "As Markdown": the report goes into the thread as a file, for a ticket or a postmortem. */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { pressed } from '#listeners/actions/pressed.ts';
import type { ShareDetail } from '#workflows/share-detail.ts';

export function markdownAction(shareDetail: ShareDetail): Middleware<SlackActionMiddlewareArgs<BlockButtonAction>> {
  return async ({ ack, body, action, context }) => {
    await shareDetail({ ...pressed(body, action, context), detail: 'markdown' });
    await ack();
  };
}
