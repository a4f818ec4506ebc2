/** The form for "Link": a page or another incident, and what it shows. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { readTypedLink } from '#listeners/commands/link-target.ts';
import { whoSubmitted } from '#listeners/delivery.ts';
import { label, metadataIn, textField, textIn } from '#listeners/views/form.ts';
import { ADDRESS_CHARS, LABEL_CHARS } from '#model/incident/incident-link.ts';
import { escapeMrkdwn } from '#present/slack/text.ts';
import type { LinkIncident } from '#workflows/incidents/link-incident.ts';

export const LINK_FORM = 'incident_link_form';

/** `channelId`: the channel where the form was opened. */
export type LinkForm = Readonly<{ incidentId: string; channelId: string }>;

export function linkForm(opened: LinkForm): ModalView {
  return {
    type: 'modal',
    callback_id: LINK_FORM,
    private_metadata: JSON.stringify(opened),
    title: label('Link'),
    submit: label('Add'),
    close: label('Cancel'),
    blocks: [
      textField({
        id: 'target',
        title: 'Page or incident',
        hint: 'https://…, the name of an incident (INC-4), or the link of its overview in Slack.',
        maxLength: ADDRESS_CHARS,
      }),
      textField({ id: 'label', title: 'What it shows', optional: true, maxLength: LABEL_CHARS }),
    ],
  };
}

export function linkSubmitted({
  linkIncident,
}: Readonly<{ linkIncident: LinkIncident }>): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const { values } = view.state;
    const { incidentId = '' } = metadataIn(view.private_metadata);
    // A field has plain text, without the marks of a command.
    const typed = readTypedLink(escapeMrkdwn(`${textIn(values, 'target')} ${textIn(values, 'label')}`));
    const result =
      'problem' in typed
        ? { kind: 'refused', text: typed.problem }
        : await linkIncident({ asked: whoSubmitted(body, context), meant: { incidentId }, ...typed });
    if (result.kind === 'done') return await ack();
    await ack({ response_action: 'errors', errors: { target: result.text } });
  };
}
