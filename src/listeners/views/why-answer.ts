/** The form for a why that the evidence leaves open. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import { label, metadataIn, textField, textIn } from '#listeners/views/form.ts';
import type { MethodTelling } from '#workflows/methods/tell-method.ts';

export const WHY_FORM = 'method_why_form';

const TEXT_CHARS = 2_000;

/** `channelId`: the channel where the form was opened. */
export type WhyForm = Readonly<{
  incidentId: string;
  investigationId: string;
  number: string;
  ask: string;
  channelId: string;
}>;

export function whyForm(why: WhyForm): ModalView {
  return {
    type: 'modal',
    callback_id: WHY_FORM,
    private_metadata: JSON.stringify(why),
    title: label(`Why ${why.number}`),
    submit: label('Answer'),
    close: label('Cancel'),
    blocks: [
      textField({
        id: 'text',
        title: why.ask || 'Why did this happen?',
        hint: 'The cause in the system, and the evidence for it. Your answer goes into the timeline, with your name, and into the postmortem.',
        multiline: true,
        maxLength: TEXT_CHARS,
      }),
    ],
  };
}

export function whySubmitted({
  answerWhy,
}: Pick<MethodTelling, 'answerWhy'>): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const { incidentId = '', investigationId = '', number = '', ask = '' } = metadataIn(view.private_metadata);
    const text = textIn(view.state.values, 'text');
    const asked = whoSubmitted(body, context);
    const result = await answerWhy({ asked, incidentId, investigationId, number: Number(number), ask, text });
    if (result.kind === 'done') return await ack();
    await ack({ response_action: 'errors', errors: { text: result.text } });
  };
}
