/** The form for an action item: the action, its owner, its due date. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import { choiceField, choiceIn, label, metadataIn, textField, textIn } from '#listeners/views/form.ts';
import { ITEM_TYPES, type ItemType } from '#model/incident/incident.ts';
import type { AddActionItem } from '#workflows/add-action-item.ts';

export const ACTION_ITEM_FORM = 'action_item_form';

const TEXT_CHARS = 300;
const TEAM_CHARS = 80;

/** `channelId`: the channel where the form was opened. */
export type ActionItemForm = Readonly<{
  incidentId: string;
  channelId: string;
  /** What a proposal fills in, and its id. */
  proposal?: string;
  text?: string;
  type?: string;
}>;

export function actionItemForm({ text = '', type = '', ...opened }: ActionItemForm): ModalView {
  return {
    type: 'modal',
    callback_id: ACTION_ITEM_FORM,
    private_metadata: JSON.stringify(opened),
    title: label('Add action item'),
    submit: label('Add'),
    close: label('Cancel'),
    blocks: [
      textField({
        id: 'text',
        title: 'What will be done',
        hint: 'Begin with a verb, and name what shows that it is done: "Add an alert on p99 over 2 s for 5 min".',
        initial: text,
        multiline: true,
        maxLength: TEXT_CHARS,
      }),
      {
        type: 'input',
        block_id: 'person',
        optional: true,
        label: label('Owner'),
        element: { type: 'users_select', action_id: 'person', placeholder: label('A person') },
      },
      textField({ id: 'team', title: 'Or a team', optional: true, maxLength: TEAM_CHARS }),
      {
        type: 'input',
        block_id: 'due',
        label: label('Due'),
        element: { type: 'datepicker', action_id: 'due', placeholder: label('A day') },
      },
      choiceField({
        id: 'type',
        title: 'What it is for',
        initial: type,
        optional: true,
        choices: ITEM_TYPES.map((value) => ({ value, text: TYPE_WORDS[value] })),
      }),
    ],
  };
}

const TYPE_WORDS: Readonly<Record<ItemType, string>> = {
  prevent: 'Prevent: it does not happen again',
  detect: 'Detect: it is seen earlier',
  mitigate: 'Mitigate: it harms fewer people',
  respond: 'Respond: it ends sooner',
};

export function actionItemSubmitted(
  addActionItem: AddActionItem,
): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const { values } = view.state;
    const text = textIn(values, 'text').replace(/\s+/g, ' ');
    const owner = values.person?.person?.selected_user || textIn(values, 'team');
    const due = values.due?.due?.selected_date ?? '';
    const missing = {
      ...(text === '' && { text: 'Say what will be done.' }),
      ...(owner === '' && { team: 'Name an owner: a person above, or a team here.' }),
      ...(!DAY.test(due) && { due: 'Choose a due day.' }),
    };
    if (Object.keys(missing).length > 0) {
      await ack({ response_action: 'errors', errors: missing });
      return;
    }
    const asked = whoSubmitted(body, context);
    const { incidentId = '', proposal } = metadataIn(view.private_metadata);
    const type = choiceIn(values, 'type', ITEM_TYPES);
    const result = await addActionItem({ asked, incidentId, text, owner, due, type, proposal });
    if (result.kind === 'done') await ack();
    else await ack({ response_action: 'errors', errors: { [result.about === 'time' ? 'due' : 'text']: result.text } });
  };
}

/** As Slack sends the day of a date picker. */
const DAY = /^\d{4}-\d{2}-\d{2}$/;
