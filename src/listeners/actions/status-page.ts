/** The buttons of updates for customers. The value is `<incident>`, or `<incident>:<update>:<version>`. */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { whoPressed } from '#listeners/delivery.ts';
import { openModal } from '#listeners/views/open-modal.ts';
import { statusForm } from '#listeners/views/status-page.ts';
import type { Told } from '#workflows/incidents/on-incident.ts';
import type { StatusPageWorkflows, StatusPress } from '#workflows/status/status-page.ts';

type Button = Middleware<SlackActionMiddlewareArgs<BlockButtonAction>>;

/** Opens the form for a new update, for a waiting one, or for the correction of one that was sent. */
export function statusFormButton(
  { statusForm: formFor }: Pick<StatusPageWorkflows, 'statusForm'>,
  kind?: 'change' | 'correction',
): Button {
  return async ({ ack, action, body, context, client }) => {
    const [incidentId = '', updateId = ''] = (action.value ?? '').split(':');
    const asked = whoPressed(body, context);
    const of = kind === undefined ? {} : { of: { kind, updateId } };
    const form = await formFor({ asked, meant: { incidentId }, ...of });
    if (form === undefined) await ack();
    else await openModal({ ack, client, body }, statusForm(form, asked.channelId));
  };
}

export function statusButton(press: (pressed: StatusPress) => Promise<Told>): Button {
  return async ({ ack, action, body, context }) => {
    const [incidentId = '', updateId = '', version] = (action.value ?? '').split(':');
    await press({ asked: whoPressed(body, context), incidentId, updateId, version: Number(version) });
    await ack();
  };
}
