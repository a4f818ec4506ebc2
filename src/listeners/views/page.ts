/** The form for "Page": who, and what they should know. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import { label, metadataIn, textField, textIn } from '#listeners/views/form.ts';
import type { PageWorkflows } from '#workflows/pagers/page-people.ts';

export const PAGE_FORM = 'incident_page_form';

const NAME_CHARS = 100;
/** In characters: a page is read on a phone. */
const PAGE_CHARS = 300;

/** `channelId`: the channel where the form was opened. */
export function pageForm(opened: Readonly<{ incidentId: string; channelId: string }>): ModalView {
  return {
    type: 'modal',
    callback_id: PAGE_FORM,
    private_metadata: JSON.stringify(opened),
    title: label('Page somebody'),
    submit: label('Page'),
    close: label('Cancel'),
    blocks: [
      {
        type: 'input',
        block_id: 'person',
        optional: true,
        label: label('Who'),
        element: { type: 'users_select', action_id: 'person', placeholder: label('A person') },
      },
      textField({ id: 'name', title: 'Or a team or a service', optional: true, maxLength: NAME_CHARS }),
      textField({ id: 'text', title: 'What they should know', optional: true, multiline: true, maxLength: PAGE_CHARS }),
    ],
  };
}

export function pageSubmitted({
  page,
}: Pick<PageWorkflows, 'page'>): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const { values } = view.state;
    const { incidentId = '' } = metadataIn(view.private_metadata);
    const person = values.person?.person?.selected_user ?? '';
    const name = textIn(values, 'name');
    if ((person === '') === (name === '')) {
      const errors = { name: 'Name one: a person above, or a team or a service here.' };
      return await ack({ response_action: 'errors', errors });
    }
    const result = await page({
      asked: whoSubmitted(body, context),
      meant: { incidentId },
      target: person === '' ? { name } : { id: person },
      text: textIn(values, 'text'),
    });
    if (result.kind === 'done') return await ack();
    await ack({ response_action: 'errors', errors: { name: result.text } });
  };
}
