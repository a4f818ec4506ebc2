/** A message in a channel: messages of alert apps are answered in their thread, all others are ignored. */
import type { Middleware, SlackEventMiddlewareArgs } from '@slack/bolt';
import type { ReadAlert } from '#model/incident/alert.ts';
import type { ReceiveAlertMessage } from '#workflows/alerts/receive-alert.ts';

export function alertMessage(
  readAlert: ReadAlert,
  receiveAlert: ReceiveAlertMessage,
): Middleware<SlackEventMiddlewareArgs<'message'>> {
  return async ({ event, body }) => {
    const message = readAlert(event);
    if (message === undefined || 'noAlert' in message) return;
    await receiveAlert({ workspaceId: body.team_id, message });
  };
}
