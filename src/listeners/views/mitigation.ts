/** The form of a mitigation: the exact request, who may, and why it is wanted. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import { label, metadataIn, textField, textIn } from '#listeners/views/form.ts';
import { mitigationRequest } from '#present/slack/mitigation-messages.ts';
import type { MitigationForm, MitigationWorkflows } from '#workflows/mitigations/request-mitigation.ts';

export const MITIGATION_FORM = 'mitigation_form';

const REASON_CHARS = 300;

/** `channelId`: the channel where the form was opened. */
export function mitigationForm({ incident, offer, digest }: MitigationForm, channelId: string): ModalView {
  const { action, service } = offer;
  return {
    type: 'modal',
    callback_id: MITIGATION_FORM,
    private_metadata: JSON.stringify({ incidentId: incident.id, channelId, action: action.name, service, digest }),
    title: label('Request a mitigation'),
    submit: label('Request'),
    close: label('Cancel'),
    blocks: [
      ...mitigationRequest(offer),
      textField({
        id: 'reason',
        title: 'Why',
        hint: 'The timeline has it. The automation does not get it.',
        optional: true,
        maxLength: REASON_CHARS,
      }),
    ],
  };
}

export function mitigationSubmitted({
  requestMitigation,
}: Pick<MitigationWorkflows, 'requestMitigation'>): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const { incidentId = '', action = '', service = '', digest = '' } = metadataIn(view.private_metadata);
    const reason = textIn(view.state.values, 'reason');
    const asked = whoSubmitted(body, context);
    const result = await requestMitigation({ asked, incidentId, action, service, digest, reason });
    if (result.kind === 'done') return await ack();
    await ack({ response_action: 'errors', errors: { reason: result.text } });
  };
}
