/** The form for "Other service": which service to diagnose instead of the alert's. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import { label, metadataIn, textField, textIn } from '#listeners/views/form.ts';
import type { LookAgain } from '#workflows/alerts/look-again.ts';

export const OTHER_SERVICE_FORM = 'other_service_form';

const SERVICE_CHARS = 100;

/** `channelId`: the channel where the form was opened. */
export function otherServiceForm(opened: Readonly<{ investigationId: string; channelId: string }>): ModalView {
  return {
    type: 'modal',
    callback_id: OTHER_SERVICE_FORM,
    private_metadata: JSON.stringify(opened),
    title: label('Other service'),
    submit: label('Diagnose'),
    close: label('Cancel'),
    blocks: [
      textField({
        id: 'service',
        title: 'Service',
        hint: 'Its name in the traces. The answer comes into the thread of the alert.',
        maxLength: SERVICE_CHARS,
      }),
    ],
  };
}

export function otherServiceSubmitted(lookAgain: LookAgain): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const service = textIn(view.state.values, 'service').replace(/\s+/g, ' ');
    const refuse = (text: string) => ack({ response_action: 'errors', errors: { service: text } });
    if (service === '') return await refuse('Name a service.');
    const { investigationId = '' } = metadataIn(view.private_metadata);
    const told = await lookAgain({ asked: whoSubmitted(body, context), investigationId, service });
    return told.kind === 'done' ? await ack() : await refuse(told.text);
  };
}
