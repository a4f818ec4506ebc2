/** The buttons about incidents in paging systems outside. The value is `<incident>:<system>`. */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { whoPressed } from '#listeners/delivery.ts';
import type { Told } from '#workflows/incidents/on-incident.ts';
import type { PagerPress } from '#workflows/pagers/ask-to-resolve.ts';

export function pagerButton(
  press: (pressed: PagerPress) => Promise<Told>,
): Middleware<SlackActionMiddlewareArgs<BlockButtonAction>> {
  return async ({ ack, action, body, context }) => {
    const [incidentId = '', pager = ''] = (action.value ?? '').split(':');
    await press({ asked: whoPressed(body, context), incidentId, pager });
    await ack();
  };
}
