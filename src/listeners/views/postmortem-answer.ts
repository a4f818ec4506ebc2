/** The form for the answer to a question of a postmortem's draft. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import { label, metadataIn, textField, textIn } from '#listeners/views/form.ts';
import { IMPACT_START } from '#model/incident/incident.ts';
import { questionOf } from '#model/incident/postmortem-questions.ts';
import type { AnswerQuestion } from '#workflows/postmortem/answer-question.ts';
import type { NoteWorkflows } from '#workflows/timeline/note-entry.ts';
import { readWholeTime } from '#workflows/times/spoken-time.ts';

export const ANSWER_FORM = 'postmortem_answer_form';

const TEXT_CHARS = 2_000;
const TIME_CHARS = 40;

/** `channelId`: the channel where the form was opened. */
export type AnswerForm = Readonly<Record<'incidentId' | 'question' | 'ask' | 'channelId', string>>;

export function answerForm({ ask, ...opened }: AnswerForm): ModalView {
  const isTime = opened.question === IMPACT_START;
  return {
    type: 'modal',
    callback_id: ANSWER_FORM,
    private_metadata: JSON.stringify(opened),
    title: label(isTime ? 'Start of the impact' : (questionOf(opened.question)?.label ?? 'Answer')),
    submit: label('Answer'),
    close: label('Cancel'),
    blocks: [
      textField({
        id: 'text',
        title: ask || 'Your answer',
        hint: isTime
          ? '14:35 in your time zone, yesterday 14:35, 20 min ago, or 2026-01-06T14:35Z.'
          : 'Say what happened in the system, with numbers and times, and not who did it. It goes into the timeline, with your name, and into the draft.',
        multiline: !isTime,
        maxLength: isTime ? TIME_CHARS : TEXT_CHARS,
      }),
    ],
  };
}

export type AnswerWorkflows = Readonly<{ answerQuestion: AnswerQuestion } & Pick<NoteWorkflows, 'enterMilestone'>>;

export function answerSubmitted({
  answerQuestion,
  enterMilestone,
}: AnswerWorkflows): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const { incidentId = '', question = '' } = metadataIn(view.private_metadata);
    const text = textIn(view.state.values, 'text');
    const asked = whoSubmitted(body, context);
    if (question !== IMPACT_START) {
      const result = await answerQuestion({ asked, incidentId, question, text });
      return await (result.kind === 'done' ? ack() : ack({ response_action: 'errors', errors: { text: result.text } }));
    }
    const when = readWholeTime(text);
    if ('problem' in when) return await ack({ response_action: 'errors', errors: { text: when.problem } });
    const result = await enterMilestone({
      milestone: IMPACT_START,
      asked,
      meant: { incidentId },
      when,
      isAnswer: true,
    });
    if (result.kind === 'done') return await ack();
    await ack({ response_action: 'errors', errors: { text: result.text } });
  };
}
