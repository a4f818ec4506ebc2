/** "Declare incident" under a diagnosis: the form opens at once, its title is the verdict. */
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
    client,
    body.trigger_id,
    declareForm(
      {
        channelId: channel?.id ?? '',
        ...(typeof threadTs === 'string' ? { threadTs } : {}),
        ...(action.value === undefined ? {} : { investigationId: action.value }),
      },
      // What stands in the thread of another message answers that one: an alert.
      {
        title: shortened(firstWords(message?.blocks)),
        fromAlert: message?.thread_ts !== undefined && message.thread_ts !== message.ts,
      },
    ),
  );
  await ack();
};

/** A title heads every message of the incident: it ends at a word, in good time. */
function shortened(verdict: string): string {
  if (verdict.length <= TITLE_CHARS) return verdict;
  const cut = verdict.slice(0, TITLE_CHARS);
  return `${cut.slice(0, cut.lastIndexOf(' ')).replace(/[,;:.]$/, '')}…`;
}

/** A diagnosis begins with its verdict. Reading it here saves asking the store while Slack's three seconds run. */
function firstWords(blocks: unknown): string {
  const open: unknown[] = [blocks];
  while (open.length > 0) {
    const node = open.shift();
    if (Array.isArray(node)) open.unshift(...node);
    else if (typeof node === 'object' && node !== null) {
      if ('type' in node && node.type === 'text' && 'text' in node && typeof node.text === 'string') return node.text;
      if ('elements' in node) open.unshift(node.elements);
    }
  }
  return '';
}
