/** The button that comments on a postmortem opens a form; the one under a comment resolves it. */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { whoPressed } from '#listeners/delivery.ts';
import { metadataIn } from '#listeners/views/form.ts';
import { openModal } from '#listeners/views/open-modal.ts';
import { commentForm } from '#listeners/views/postmortem-comment.ts';
import type { ResolveComment } from '#workflows/postmortem/comments.ts';

type Pressed = Middleware<SlackActionMiddlewareArgs<BlockButtonAction>>;

export const commentOpenButton: Pressed = async ({ ack, action, body, client }) => {
  const { incidentId = '', sections = '' } = metadataIn(action.value ?? '');
  await openModal({ ack, client, body }, commentForm({ incidentId, sections, channelId: body.channel?.id ?? '' }));
};

export function commentResolveButton(resolve: ResolveComment): Pressed {
  return async ({ ack, action, body, context }) => {
    const [incidentId = '', commentId = ''] = (action.value ?? '').split(':');
    await resolve({ asked: whoPressed(body, context), incidentId, commentId });
    await ack();
  };
}
