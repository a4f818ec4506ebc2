/** The button "Restore" beside a version of a postmortem. */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { whoPressed } from '#listeners/delivery.ts';
import type { RestorePostmortem } from '#workflows/postmortem/restore.ts';

export function restoreButton(restore: RestorePostmortem): Middleware<SlackActionMiddlewareArgs<BlockButtonAction>> {
  return async ({ ack, body, action, context }) => {
    const [incidentId = '', number = ''] = (action.value ?? '').split(':');
    await restore({ asked: whoPressed(body, context), meant: { incidentId }, number: Number(number) });
    await ack();
  };
}
