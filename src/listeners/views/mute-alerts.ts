/** The form "Mute alerts": which alerts of a channel get no answer, and for how long. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { InputBlock, ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import { channelIn, choiceField, choiceIn, type FormValues, label, textField, textIn } from '#listeners/views/form.ts';
import { MUTE_HOURS, type MuteByForm } from '#workflows/alerts/mute-by-form.ts';

export const MUTE_FORM = 'mute_alerts_form';

const LIST_CHARS = 400;
const REASON_CHARS = 100;
const HOURS = Object.keys(MUTE_HOURS) as (keyof typeof MUTE_HOURS)[];
const ANSWERS = ['none', 'line'] as const;

/** `channelId`: the channel where the form was opened; empty in the Home tab. */
export function muteForm({ channelId }: Readonly<{ channelId: string }>): ModalView {
  return {
    type: 'modal',
    callback_id: MUTE_FORM,
    private_metadata: JSON.stringify({ channelId }),
    title: label('Mute alerts'),
    submit: label('Mute'),
    close: label('Cancel'),
    blocks: [
      channelField(channelId),
      choiceField({
        id: 'hours',
        title: 'For how long',
        initial: '4 hours',
        choices: HOURS.map((hours) => ({ value: hours, text: hours })),
      }),
      list('services', 'Services', 'payments, batch-*. If empty: of every service.'),
      list('senders', 'Senders', 'sentry, datadog. If empty: of every sender.'),
      list('severities', 'Severities', 'In the words of the sender: info, P4. If empty: of every severity.'),
      choiceField({
        id: 'answer',
        title: 'Instead of an answer',
        initial: 'none',
        choices: [
          { value: 'none', text: 'Nothing: it is counted under the next answer' },
          { value: 'line', text: 'One line in the channel' },
        ],
      }),
      textField({
        id: 'reason',
        title: 'Why',
        hint: 'Everybody in the channel sees it.',
        optional: true,
        maxLength: REASON_CHARS,
      }),
    ],
  };
}

/** Spanhound answers alerts in channels only. */
function channelField(channelId: string): InputBlock {
  return {
    type: 'input',
    block_id: 'channel',
    label: label('In which channel'),
    element: {
      type: 'conversations_select',
      action_id: 'channel',
      filter: { include: ['public', 'private'], exclude_bot_users: true },
      ...(channelId === '' ? {} : { initial_conversation: channelId }),
    },
  };
}

function list(id: string, title: string, hint: string): InputBlock {
  return textField({ id, title, hint, optional: true, maxLength: LIST_CHARS });
}

export function muteSubmitted(muteByForm: MuteByForm): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const { values } = view.state;
    const told = await muteByForm({
      asked: whoSubmitted(body, context),
      channelId: channelIn(values, 'channel'),
      hours: choiceIn(values, 'hours', HOURS) ?? '1 hour',
      senders: namesIn(values, 'senders'),
      services: namesIn(values, 'services'),
      severities: namesIn(values, 'severities'),
      answer: choiceIn(values, 'answer', ANSWERS) ?? 'none',
      reason: textIn(values, 'reason').replace(/\s+/g, ' '),
    });
    if (told.kind === 'done') return await ack();
    await ack({ response_action: 'errors', errors: { [told.field]: told.text } });
  };
}

/** Between commas, semicolons or line breaks. */
function namesIn(values: FormValues, id: string): readonly string[] {
  return textIn(values, id)
    .split(/[,;\n]/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
