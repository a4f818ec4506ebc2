/** The forms of the board of hypotheses: what somebody suspects, and what became of it. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import { choiceField, choiceIn, label, metadataIn, textField, textIn, timeIn } from '#listeners/views/form.ts';
import type { BoardRow } from '#model/incident/hypothesis-board.ts';
import { ANSWER_STATES, type AnswerState } from '#model/incident/method-answers.ts';
import { CLAIM_CHARS, type HypothesisWorkflows } from '#workflows/hypotheses/change-hypothesis.ts';

export const HYPOTHESIS_FORM = 'hypothesis_form';

/** `channelId`: the channel where the form was opened. */
type Opened = Readonly<{ incidentId: string; channelId: string }>;

const TEXT_CHARS = 2_000;

export function suspectForm(opened: Opened): ModalView {
  return {
    type: 'modal',
    callback_id: HYPOTHESIS_FORM,
    private_metadata: JSON.stringify(opened),
    title: label('A hypothesis'),
    submit: label('Add'),
    close: label('Cancel'),
    blocks: [
      textField({
        id: 'text',
        title: 'What do you suspect?',
        hint: 'One possible cause in the system: “the cache was flushed at the deploy”.',
        maxLength: CLAIM_CHARS,
      }),
      whenField('Since when you suspect it'),
    ],
  };
}

const STATE_TEXTS: Readonly<Record<AnswerState, string>> = {
  tested: 'tested: it is not decided yet',
  confirmed: 'confirmed: it is the cause',
  refuted: 'refuted: it is not the cause',
  open: 'open again',
};

export function hypothesisForm(opened: Opened, { id, claim }: Pick<BoardRow, 'id' | 'claim'>): ModalView {
  return {
    type: 'modal',
    callback_id: HYPOTHESIS_FORM,
    private_metadata: JSON.stringify({ ...opened, id }),
    title: label(`Hypothesis ${id}`),
    submit: label('Save'),
    close: label('Cancel'),
    blocks: [
      { type: 'section', text: { type: 'plain_text', text: claim.slice(0, TEXT_CHARS), emoji: false } },
      choiceField({
        id: 'state',
        title: 'How it stands',
        choices: (['tested', 'refuted', 'confirmed', 'open'] as const).map((value) => ({
          value,
          text: STATE_TEXTS[value],
        })),
      }),
      textField({
        id: 'text',
        title: 'What was tried, and what it showed',
        multiline: true,
        optional: true,
        maxLength: TEXT_CHARS,
      }),
      whenField('When'),
    ],
  };
}

function whenField(title: string) {
  const hint = 'If empty: now. Else 14:35 in your time zone, 20 min ago, or 2026-01-06T14:35Z.';
  return textField({ id: 'when', title, hint, optional: true, maxLength: 40 });
}

export function hypothesisSubmitted({
  suspect,
  changeHypothesis,
}: HypothesisWorkflows): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const { values } = view.state;
    const { incidentId = '', id } = metadataIn(view.private_metadata);
    const time = timeIn(values, 'when');
    if ('problem' in time) return await ack({ response_action: 'errors', errors: { when: time.problem } });
    const request = {
      asked: whoSubmitted(body, context),
      meant: { incidentId },
      text: textIn(values, 'text'),
      when: time.when,
    };
    const state = choiceIn(values, 'state', ANSWER_STATES) ?? 'tested';
    const result = id === undefined ? await suspect(request) : await changeHypothesis({ ...request, id, state });
    if (result.kind === 'done') return await ack();
    await ack({ response_action: 'errors', errors: { [result.about === 'time' ? 'when' : 'text']: result.text } });
  };
}
