/**
 * The form that sets right what a timeline says: the text and the time of an entry, or that it is there at all; the time
 * and the words of a status; when the impact began, or when it was detected.
 */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import {
  choiceField,
  choiceIn,
  label,
  metadataIn,
  peopleIn,
  readersField,
  textField,
  textIn,
  timeIn,
} from '#listeners/views/form.ts';
import { zonedSecond } from '#present/words/instant.ts';
import type { CorrectableFor, CorrectWorkflows } from '#workflows/timeline/correct-entry.ts';

export const CORRECT_FORM = 'incident_correct_form';

/** As much as a note may have. */
const TEXT_CHARS = 2_000;
const WITHDRAW = ['withdraw'] as const;

/** `channelId`: the channel where the form was opened. */
export function correctForm(
  opened: Readonly<{ incidentId: string; channelId: string }>,
  correctable: CorrectableFor,
): ModalView {
  const { entryId, what } = correctable;
  return {
    type: 'modal',
    callback_id: CORRECT_FORM,
    private_metadata: JSON.stringify({ ...opened, entryId, what }),
    title: label('Correct an entry'),
    submit: label('Correct'),
    close: label('Cancel'),
    blocks: fieldsOf(correctable),
  };
}

const FORMS = '14:35 in your time zone, 20 min ago, or 2026-01-06T14:35Z';

function fieldsOf({ what, status, text, atUs, zone, readers, isNeedToKnow }: CorrectableFor): KnownBlock[] {
  const when = (title: string) =>
    textField({
      id: 'when',
      title,
      hint: `If empty: still ${zonedSecond(atUs ?? 0, zone)}. Else ${FORMS}.`,
      optional: true,
      maxLength: TIME_CHARS,
    });
  if (status !== undefined) {
    return [
      when(`When the status became ${status}`),
      textField({
        id: 'text',
        title: 'What people said with it',
        initial: text,
        multiline: true,
        optional: true,
        maxLength: TEXT_CHARS,
      }),
    ];
  }
  if (what !== 'entry' && what !== 'message') {
    const now = atUs === undefined ? 'Nobody has entered it yet.' : `Now: ${zonedSecond(atUs, zone)}.`;
    const title = what === 'detected' ? 'When it was detected' : 'When the impact began';
    return [textField({ id: 'when', title, hint: `${now} Write ${FORMS}.`, maxLength: TIME_CHARS })];
  }
  return [
    textField({
      id: 'text',
      title: 'What happened',
      initial: text,
      multiline: true,
      optional: what === 'message',
      maxLength: TEXT_CHARS,
    }),
    when('When it happened'),
    ...(isNeedToKnow ? [] : [WHY]),
    ...(readers === undefined ? [] : [readersField(isNeedToKnow ? CIRCLE_HINT : NARROW_HINT, readers)]),
    choiceField({
      id: 'withdraw',
      title: 'Or withdraw it',
      optional: true,
      choices: [{ value: WITHDRAW[0], text: 'take it out of the timeline' }],
    }),
  ];
}

/** Not for an entry that only some read: everybody would read the reason. */
const WHY = textField({
  id: 'why',
  title: 'Why',
  hint: 'Stands in the timeline as a row of its own: “the clock of the switch is 8 min fast”.',
  optional: true,
  maxLength: 500,
});

const CIRCLE_HINT = 'They, its author and the commander read the words. It never opens to everybody.';
const NARROW_HINT =
  'If you choose somebody, only they, its author, you and the commander read the words from now on. What was said before stays said.';

const TIME_CHARS = 40;

export function correctSubmitted({
  correctEntry,
}: Pick<CorrectWorkflows, 'correctEntry'>): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const { values } = view.state;
    const { incidentId = '', entryId = '', what = 'entry' } = metadataIn(view.private_metadata);
    const time = timeIn(values, 'when');
    if ('problem' in time) return await ack({ response_action: 'errors', errors: { when: time.problem } });
    const text = textIn(values, 'text');
    if (what === 'entry' && text === '')
      return await ack({ response_action: 'errors', errors: { text: 'Say what happened.' } });

    const result = await correctEntry({
      asked: whoSubmitted(body, context),
      incidentId,
      entryId,
      text,
      when: time.when,
      readers: 'readers' in values ? peopleIn(values, 'readers') : undefined,
      why: textIn(values, 'why'),
      isWithdrawn: choiceIn(values, 'withdraw', WITHDRAW) !== undefined,
    });
    if (result.kind === 'done') return await ack();
    const hasText = what === 'entry' || what === 'message';
    const field = !hasText || result.about === 'time' ? 'when' : 'text';
    await ack({ response_action: 'errors', errors: { [field]: result.text } });
  };
}
