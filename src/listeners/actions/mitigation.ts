/**
 * The buttons of mitigations. The value is the incident, an offer as JSON, or `<incident>:<mitigation>`. It comes back from
 * Slack, so the workflows check it again.
 */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { whoPressed } from '#listeners/delivery.ts';
import { metadataIn } from '#listeners/views/form.ts';
import { mitigationForm } from '#listeners/views/mitigation.ts';
import { openModal } from '#listeners/views/open-modal.ts';
import type { Told } from '#workflows/incidents/on-incident.ts';
import type { MitigationPress, MitigationWorkflows } from '#workflows/mitigations/request-mitigation.ts';

type Button = Middleware<SlackActionMiddlewareArgs<BlockButtonAction>>;

export function mitigationListButton({ listMitigations }: Pick<MitigationWorkflows, 'listMitigations'>): Button {
  return async ({ ack, action, body, context }) => {
    await listMitigations({ asked: whoPressed(body, context), meant: { incidentId: action.value ?? '' } });
    await ack();
  };
}

export function mitigationFormButton({ mitigationForm: formFor }: Pick<MitigationWorkflows, 'mitigationForm'>): Button {
  return async ({ ack, action, body, context, client }) => {
    const asked = whoPressed(body, context);
    const { incidentId = '', action: name = '', service = '' } = metadataIn(action.value ?? '');
    const form = await formFor({ asked, incidentId, action: name, service });
    if (form === undefined) await ack();
    else await openModal({ ack, client, body }, mitigationForm(form, asked.channelId));
  };
}

export function mitigationButton(press: (pressed: MitigationPress) => Promise<Told>): Button {
  return async ({ ack, action, body, context }) => {
    const [incidentId = '', mitigationId = ''] = (action.value ?? '').split(':');
    await press({ asked: whoPressed(body, context), incidentId, mitigationId });
    await ack();
  };
}
