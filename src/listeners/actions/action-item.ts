/** The button "Add action item": opens the form at once. */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { actionItemForm } from '#listeners/views/action-item.ts';
import { openModal } from '#listeners/views/open-modal.ts';

export const actionItemButton: Middleware<SlackActionMiddlewareArgs<BlockButtonAction>> = async ({
  ack,
  body,
  action,
  client,
}) => {
  await openModal(
    { ack, client, body },
    actionItemForm({ incidentId: action.value ?? '', channelId: body.channel?.id ?? '' }),
  );
};
