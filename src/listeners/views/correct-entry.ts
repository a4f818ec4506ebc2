/** The form that corrects an entry of the timeline: its text, its time, or that it is there at all. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import { choiceField, choiceIn, label, metadataIn, textField, textIn, timeIn } from '#listeners/views/form.ts';
import type { TimelineEntry } from '#model/incident/incident.ts';
import { readableSecond } from '#present/words/instant.ts';
import type { CorrectWorkflows } from '#workflows/correct-entry.ts';

export const CORRECT_FORM = 'incident_correct_form';

/** As much as a note may have. */
const TEXT_CHARS = 2_000;
const WITHDRAW = ['withdraw'] as const;

/** `channelId`: the channel where the form was opened. */
export function correctForm(
  opened: Readonly<{ incidentId: string; channelId: string }>,
  { id, text, atUs }: TimelineEntry,
): ModalView {
  return {
    type: 'modal',
    callback_id: CORRECT_FORM,
    private_metadata: JSON.stringify({ ...opened, entryId: id }),
    title: label('Correct an entry'),
    submit: label('Correct'),
    close: label('Cancel'),
    blocks: [
      textField({ id: 'text', title: 'What happened', initial: text, multiline: true, maxLength: TEXT_CHARS }),
      textField({
        id: 'when',
        title: 'When it happened',
        hint: `If empty: still ${readableSecond(atUs)}. Else 14:35 in your time zone, 20 min ago, or 2026-01-06T14:35Z.`,
        optional: true,
        maxLength: 40,
      }),
      choiceField({
        id: 'withdraw',
        title: 'Or withdraw it',
        optional: true,
        choices: [{ value: WITHDRAW[0], text: 'take it out of the timeline' }],
      }),
    ],
  };
}

export function correctSubmitted({
  correctEntry,
}: Pick<CorrectWorkflows, 'correctEntry'>): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const { values } = view.state;
    const { incidentId = '', entryId = '' } = metadataIn(view.private_metadata);
    const time = timeIn(values, 'when');
    if ('problem' in time) return await ack({ response_action: 'errors', errors: { when: time.problem } });
    const text = textIn(values, 'text');
    if (text === '') return await ack({ response_action: 'errors', errors: { text: 'Say what happened.' } });

    const result = await correctEntry({
      asked: whoSubmitted(body, context),
      incidentId,
      entryId,
      text,
      when: time.when,
      isWithdrawn: choiceIn(values, 'withdraw', WITHDRAW) !== undefined,
    });
    if (result.kind === 'done') return await ack();
    await ack({ response_action: 'errors', errors: { [result.about === 'time' ? 'when' : 'text']: result.text } });
  };
}
