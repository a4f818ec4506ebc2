/**
 * "Declare incident" under a diagnosis: the form opens with what the alert and the diagnosis propose. Without an alert,
 * its title is the headline.
 */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { whoPressed } from '#listeners/delivery.ts';
import { declareForm } from '#listeners/views/declare-incident.ts';
import { openModal } from '#listeners/views/open-modal.ts';
import { titleOfHeadline } from '#model/incident/proposed-title.ts';
import type { ProposeIncident } from '#workflows/incidents/propose-incident.ts';

export function declareAction(propose: ProposeIncident): Middleware<SlackActionMiddlewareArgs<BlockButtonAction>> {
  return async ({ ack, action, body, context, client }) => {
    const { message, channel } = body;
    const threadTs: unknown = message?.thread_ts ?? message?.ts;
    const origin = {
      channelId: channel?.id ?? '',
      ...(typeof threadTs === 'string' ? { threadTs } : {}),
      ...(action.value === undefined ? {} : { investigationId: action.value }),
    };
    const proposal = await propose({ asked: whoPressed(body, context), origin });
    const title = proposal.title || titleOfHeadline(headlineIn(message?.blocks));
    await openModal({ ack, client, body }, declareForm(origin, { ...proposal, title }));
  };
}

/** A diagnosis begins with a sign and its headline, in one section of rich text. */
function headlineIn(blocks: unknown): string {
  const open: unknown[] = [blocks];
  while (open.length > 0) {
    const node = open.shift();
    if (Array.isArray(node)) open.unshift(...node);
    else if (typeof node === 'object' && node !== null && 'elements' in node) {
      if ('type' in node && node.type === 'rich_text_section')
        return textOf(node.elements).replace(/^\P{L}*(?=[\p{L}/])/u, '');
      open.unshift(node.elements);
    }
  }
  return '';
}

/** A date has its text as the fallback. */
function textOf(elements: unknown): string {
  return (Array.isArray(elements) ? elements : [])
    .map((element: Readonly<{ text?: unknown; fallback?: unknown }>) => element.text ?? element.fallback)
    .filter((text) => typeof text === 'string')
    .join('');
}
