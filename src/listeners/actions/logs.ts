/** The button "Logs": the trace's log lines go into the thread. */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { pressed } from '#listeners/actions/pressed.ts';
import type { ShareDetail } from '#workflows/share-detail.ts';

export function logsAction(shareDetail: ShareDetail): Middleware<SlackActionMiddlewareArgs<BlockButtonAction>> {
  return async ({ ack, body, action, context }) => {
    await shareDetail({ ...pressed(body, action, context), detail: 'logs' });
    await ack();
  };
}
