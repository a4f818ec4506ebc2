/** A message in a channel: an alert app's is answered in its thread, everybody else's is none of our business. */
import type { Middleware, SlackEventMiddlewareArgs } from '@slack/bolt';
import type { ReadAlert } from '#model/incident/alert.ts';
import type { ReceiveAlertMessage } from '#workflows/receive-alert.ts';

export function alertMessage(
  readAlert: ReadAlert,
  receiveAlert: ReceiveAlertMessage,
): Middleware<SlackEventMiddlewareArgs<'message'>> {
  return async ({ event, body }) => {
    const message = readAlert(event);
    if (message === undefined) return;
    await receiveAlert({ workspaceId: body.team_id, message });
  };
}
