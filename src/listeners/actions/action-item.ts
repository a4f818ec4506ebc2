/** The buttons of action items: a new one, the list, what became of one. Those of an item have `<incident>:<item>`. */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { whoPressed } from '#listeners/delivery.ts';
import { actionItemForm } from '#listeners/views/action-item.ts';
import { metadataIn } from '#listeners/views/form.ts';
import { type ItemForm, itemForm } from '#listeners/views/item-state.ts';
import { openModal } from '#listeners/views/open-modal.ts';
import type { ItemWorkflows } from '#workflows/action-items/change-action-item.ts';
import type { DeclineProposal } from '#workflows/action-items/decline-proposal.ts';
import type { SendIssueAgain } from '#workflows/action-items/sync-issue.ts';

type Button = Middleware<SlackActionMiddlewareArgs<BlockButtonAction>>;

export const actionItemButton: Button = async ({ ack, body, action, client }) => {
  await openModal(
    { ack, client, body },
    actionItemForm({ incidentId: action.value ?? '', channelId: body.channel?.id ?? '' }),
  );
};

/** The form has the text, the type and the check of the proposal; the owner and the day are the person's. */
export const proposalButton: Button = async ({ ack, body, action, client }) => {
  const {
    incidentId = '',
    proposal = '',
    text = '',
    type = '',
    check = '',
    probe = '',
  } = metadataIn(action.value ?? '');
  const channelId = body.channel?.id ?? '';
  await openModal({ ack, client, body }, actionItemForm({ incidentId, channelId, proposal, text, type, check, probe }));
};

export function declineButton(decline: DeclineProposal): Button {
  return async ({ ack, body, action, context }) => {
    const { incidentId = '', proposal = '', text = '' } = metadataIn(action.value ?? '');
    await decline({ asked: whoPressed(body, context), incidentId, proposal, text });
    await ack();
  };
}

export function itemListButton({ showActionItems }: Pick<ItemWorkflows, 'showActionItems'>): Button {
  return async ({ ack, action, body, context }) => {
    await showActionItems({ asked: whoPressed(body, context), meant: { incidentId: action.value ?? '' } });
    await ack();
  };
}

export function itemEndButton(state: ItemForm['state']): Button {
  return async ({ ack, action, body, client }) => {
    const channelId = body.channel?.id ?? '';
    await openModal({ ack, client, body }, itemForm({ ...itemIn(action.value), channelId, state }));
  };
}

export function itemOpenButton({ setItemState }: Pick<ItemWorkflows, 'setItemState'>): Button {
  return async ({ ack, action, body, context }) => {
    const { incidentId, itemId } = itemIn(action.value);
    const asked = whoPressed(body, context);
    await setItemState({ asked, meant: { incidentId }, item: { id: itemId }, state: 'open', reason: '' });
    await ack();
  };
}

export function issueAgainButton(sendIssueAgain: SendIssueAgain): Button {
  return async ({ ack, action, body, context }) => {
    await sendIssueAgain({ asked: whoPressed(body, context), ...itemIn(action.value) });
    await ack();
  };
}

function itemIn(value = ''): Readonly<{ incidentId: string; itemId: string }> {
  const [incidentId = '', itemId = ''] = value.split(':');
  return { incidentId, itemId };
}
