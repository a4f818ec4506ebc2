/** The form that ends an action item: what shows that it is done, or why it is dropped. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import { label, metadataIn, textField, textIn } from '#listeners/views/form.ts';
import type { ItemWorkflows } from '#workflows/action-items/change-action-item.ts';

export const ITEM_FORM = 'action_item_state_form';

const REASON_CHARS = 300;

/** `channelId`: the channel where the form was opened. */
export type ItemForm = Readonly<{
  incidentId: string;
  itemId: string;
  channelId: string;
  /** `anyway`: done, although its check does not show it. */
  state: 'done' | 'anyway' | 'dropped';
}>;

export function itemForm(opened: ItemForm): ModalView {
  const { title, submit, reason, hint, optional } = WORDS[opened.state];
  return {
    type: 'modal',
    callback_id: ITEM_FORM,
    private_metadata: JSON.stringify(opened),
    title: label(title),
    submit: label(submit),
    close: label('Cancel'),
    blocks: [textField({ id: 'reason', title: reason, hint, optional, multiline: true, maxLength: REASON_CHARS })],
  };
}

/** Slack takes 24 characters for a title and a button. */
const WORDS = {
  done: {
    title: 'Action item done',
    submit: 'Done',
    reason: 'What shows it',
    hint: 'A number, a link: "the index exists, the query takes 4 ms".',
    optional: true,
  },
  anyway: {
    title: 'Done anyway',
    submit: 'Done',
    reason: 'Why it is done',
    hint: 'The next reader sees it in the postmortem, beside what the check said.',
    optional: false,
  },
  dropped: {
    title: 'Drop the action item',
    submit: 'Drop',
    reason: 'Why it will not be done',
    hint: 'The next reader sees it in the postmortem.',
    optional: false,
  },
} as const;

export function itemStateSubmitted({
  setItemState,
}: Pick<ItemWorkflows, 'setItemState'>): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const { incidentId = '', itemId = '', state } = metadataIn(view.private_metadata);
    const result = await setItemState({
      asked: whoSubmitted(body, context),
      meant: { incidentId },
      item: { id: itemId },
      state: state === 'dropped' ? 'dropped' : 'done',
      isAnyway: state === 'anyway',
      reason: textIn(view.state.values, 'reason'),
    });
    if (result.kind === 'done') return await ack();
    await ack({ response_action: 'errors', errors: { reason: result.text } });
  };
}
