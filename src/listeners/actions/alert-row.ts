/**
 * The row under the answer to an alert, and the buttons of mutes, which stand in the Home tab, too. The value is the
 * answer's id; a choice of the menu has what to mute before it: `service:<id>`.
 */
import type { BlockButtonAction, BlockStaticSelectAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { whoPressed } from '#listeners/delivery.ts';
import type { PublishHome } from '#listeners/events/app-home-opened.ts';
import { muteForm } from '#listeners/views/mute-alerts.ts';
import { openModal } from '#listeners/views/open-modal.ts';
import { otherServiceForm } from '#listeners/views/other-service.ts';
import type { LookAgain } from '#workflows/alerts/look-again.ts';
import type { EndMute, MuteAlert } from '#workflows/alerts/mute-alert.ts';

type Button = Middleware<SlackActionMiddlewareArgs<BlockButtonAction>>;

export function lookAgainButton(lookAgain: LookAgain): Button {
  return async ({ ack, action, body, context }) => {
    await lookAgain({ asked: whoPressed(body, context), investigationId: action.value ?? '' });
    await ack();
  };
}

export const otherServiceButton: Button = async ({ ack, action, body, client }) => {
  const opened = { investigationId: action.value ?? '', channelId: body.channel?.id ?? '' };
  await openModal({ ack, client, body }, otherServiceForm(opened));
};

export function muteMenu(muteAlert: MuteAlert): Middleware<SlackActionMiddlewareArgs<BlockStaticSelectAction>> {
  return async ({ ack, action, body, client, context }) => {
    const [what, investigationId = ''] = action.selected_option.value.split(':');
    if (what === 'form') return await openModal({ ack, client, body }, muteForm({ channelId: body.channel?.id ?? '' }));
    if (what === 'alert' || what === 'service') {
      await muteAlert({ asked: whoPressed(body, context), investigationId, what });
    }
    await ack();
  };
}

export const muteOpenButton: Button = async ({ ack, body, client }) => {
  await openModal({ ack, client, body }, muteForm({ channelId: body.channel?.id ?? '' }));
};

/** In a message the line changes; the Home tab is drawn anew. */
export function muteEndButton(endMute: EndMute, publishHome: PublishHome): Button {
  return async ({ ack, action, body, client, context }) => {
    const asked = whoPressed(body, context);
    await endMute({ asked, muteId: action.value ?? '' });
    if (body.view?.type === 'home') await publishHome(client, asked);
    await ack();
  };
}
