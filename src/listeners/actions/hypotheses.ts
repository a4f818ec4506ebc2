/** The button and the menu of the board of hypotheses. Each opens a form. */
import type { BlockButtonAction, BlockStaticSelectAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { whoPressed } from '#listeners/delivery.ts';
import { hypothesisForm, suspectForm } from '#listeners/views/hypothesis.ts';
import { openModal } from '#listeners/views/open-modal.ts';
import type { HypothesisWorkflows } from '#workflows/hypotheses/change-hypothesis.ts';

export const suspectButton: Middleware<SlackActionMiddlewareArgs<BlockButtonAction>> = async ({
  ack,
  action,
  body,
  client,
}) => {
  const opened = { incidentId: action.value ?? '', channelId: body.channel?.id ?? '' };
  await openModal({ ack, client, body }, suspectForm(opened));
};

/** The block's id has the incident: `incident:<id>:hypotheses:…`. */
export function hypothesisBoardMenu({
  hypothesisOf,
}: Pick<HypothesisWorkflows, 'hypothesisOf'>): Middleware<SlackActionMiddlewareArgs<BlockStaticSelectAction>> {
  return async ({ ack, action, body, context, client }) => {
    const [, incidentId = ''] = action.block_id.split(':');
    const asked = whoPressed(body, context);
    const row = await hypothesisOf({ asked, meant: { incidentId }, id: action.selected_option.value });
    if (row === undefined) return await ack();
    await openModal({ ack, client, body }, hypothesisForm({ incidentId, channelId: asked.channelId }, row));
  };
}
