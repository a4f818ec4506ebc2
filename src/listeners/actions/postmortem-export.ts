/** The menu "Export to …" under a postmortem's draft, and "Try again" where a place did not take it. */
import type { BlockButtonAction, BlockStaticSelectAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { whoPressed } from '#listeners/delivery.ts';
import type { ExportPostmortem } from '#workflows/postmortem/export.ts';

export function exportMenu(send: ExportPostmortem): Middleware<SlackActionMiddlewareArgs<BlockStaticSelectAction>> {
  return async ({ ack, action, body, context }) => {
    await send({ asked: whoPressed(body, context), ...meantBy(action.selected_option.value) });
    await ack();
  };
}

export function exportAgainButton(send: ExportPostmortem): Middleware<SlackActionMiddlewareArgs<BlockButtonAction>> {
  return async ({ ack, action, body, context }) => {
    await send({ asked: whoPressed(body, context), ...meantBy(action.value ?? '') });
    await ack();
  };
}

export function takeInButton(send: ExportPostmortem): Middleware<SlackActionMiddlewareArgs<BlockButtonAction>> {
  return async ({ ack, action, body, context }) => {
    await send({ asked: whoPressed(body, context), ...meantBy(action.value ?? ''), takesIn: true });
    await ack();
  };
}

/** `<incident>:<target>` */
function meantBy(value: string) {
  const [incidentId = '', target = ''] = value.split(':');
  return { meant: { incidentId }, target };
}
