/** The buttons "Logs" and "As Markdown": the trace's log lines, or the report as a file, go into the thread. */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { pressed } from '#listeners/actions/pressed.ts';
import type { ShareDetail, ShareDetailRequest } from '#workflows/traces/share-detail.ts';

export function detailButton(
  shareDetail: ShareDetail,
  detail: ShareDetailRequest['detail'],
): Middleware<SlackActionMiddlewareArgs<BlockButtonAction>> {
  return async ({ ack, body, action, context }) => {
    await shareDetail({ ...pressed(body, action, context), detail });
    await ack();
  };
}
