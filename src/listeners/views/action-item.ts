/** The form for an action item: the action, its owner, its due date, its check. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import { choiceField, choiceIn, type FormValues, label, metadataIn, textField, textIn } from '#listeners/views/form.ts';
import { ITEM_TYPES, type ItemType } from '#model/incident/incident.ts';
import {
  type ItemProbe,
  PROBE_CHARS,
  PROBE_EXAMPLES,
  PROBE_KINDS,
  type ProbeKind,
  readProbe,
} from '#model/incident/item-probe.ts';
import type { AddActionItem } from '#workflows/action-items/add-action-item.ts';

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
  /** The kind of the check that it fills in, and what it asks. */
  check?: string;
  probe?: string;
}>;

export function actionItemForm({ text = '', type = '', check = '', probe = '', ...opened }: ActionItemForm): ModalView {
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
      choiceField({
        id: 'check',
        title: 'How I check that it is done',
        hint: 'Daily after the fix, and before it counts as done.',
        initial: check,
        optional: true,
        choices: PROBE_KINDS.map((value) => ({ value, text: CHECK_WORDS[value] })),
      }),
      textField({
        id: 'probe',
        title: 'What I look for',
        hint: PROBE_KINDS.map((kind) => PROBE_EXAMPLES[kind]).join(', or: '),
        initial: probe,
        optional: true,
        maxLength: PROBE_CHARS,
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

const CHECK_WORDS: Readonly<Record<ProbeKind, string>> = {
  rule: 'An alert rule exists and is active',
  attribute: 'Spans carry an attribute',
  p99: 'A p99 is below a limit over 24 h',
};

type ProbeField = Readonly<{ probe?: ItemProbe; problem?: Readonly<{ check: string } | { probe: string }> }>;

function probeIn(values: FormValues): ProbeField {
  const kind = choiceIn(values, 'check', PROBE_KINDS);
  const written = textIn(values, 'probe');
  if (kind === undefined)
    return written === '' ? {} : { problem: { check: 'Choose the kind of the check, or empty the field below.' } };
  const read = readProbe(kind, written);
  return 'probe' in read ? read : { problem: { probe: read.problem } };
}

export function actionItemSubmitted(
  addActionItem: AddActionItem,
): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const { values } = view.state;
    const text = textIn(values, 'text').replace(/\s+/g, ' ');
    const owner = values.person?.person?.selected_user || textIn(values, 'team');
    const due = values.due?.due?.selected_date ?? '';
    const { probe, problem } = probeIn(values);
    const missing = {
      ...(text === '' && { text: 'Say what will be done.' }),
      ...(owner === '' && { team: 'Name an owner: a person above, or a team here.' }),
      ...(!DAY.test(due) && { due: 'Choose a due day.' }),
      ...problem,
    };
    if (Object.keys(missing).length > 0) {
      await ack({ response_action: 'errors', errors: missing });
      return;
    }
    const asked = whoSubmitted(body, context);
    const { incidentId = '', proposal } = metadataIn(view.private_metadata);
    const type = choiceIn(values, 'type', ITEM_TYPES);
    const result = await addActionItem({ asked, incidentId, text, owner, due, type, proposal, probe });
    if (result.kind === 'done') await ack();
    else await ack({ response_action: 'errors', errors: { [result.about === 'time' ? 'due' : 'text']: result.text } });
  };
}

/** As Slack sends the day of a date picker. */
const DAY = /^\d{4}-\d{2}-\d{2}$/;
