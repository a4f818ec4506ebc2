/** "Declare incident" under a diagnosis: the form opens at once, its title is the headline. */
import type { BlockButtonAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { declareForm } from '#listeners/views/declare-incident.ts';
import { openModal } from '#listeners/views/open-modal.ts';

const TITLE_CHARS = 100;

export const declareAction: Middleware<SlackActionMiddlewareArgs<BlockButtonAction>> = async ({
  ack,
  action,
  body,
  client,
}) => {
  const { message, channel } = body;
  const threadTs: unknown = message?.thread_ts ?? message?.ts;
  await openModal(
    { ack, client, body },
    declareForm(
      {
        channelId: channel?.id ?? '',
        ...(typeof threadTs === 'string' ? { threadTs } : {}),
        ...(action.value === undefined ? {} : { investigationId: action.value }),
      },
      // A message in the thread of another message is the answer to an alert.
      {
        title: shortened(headlineIn(message?.blocks)),
        fromAlert: message?.thread_ts !== undefined && message.thread_ts !== message.ts,
      },
    ),
  );
};

/** The title is in every message of the incident, so it is short and ends at a word. */
function shortened(headline: string): string {
  if (headline.length <= TITLE_CHARS) return headline;
  const cut = headline.slice(0, TITLE_CHARS);
  return `${cut.slice(0, cut.lastIndexOf(' ')).replace(/[,;:.]$/, '')}…`;
}

/**
 * A diagnosis begins with a sign and its headline, in one section of rich text. Reading it here avoids the store within
 * Slack's three seconds.
 */
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
