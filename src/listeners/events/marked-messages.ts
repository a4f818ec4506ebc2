/** Pins, 📌 reactions, edits and deletions: after each, a message may have entered or left a timeline. 🔍 asks for a look. */
import type { Context, Middleware, SlackEventMiddlewareArgs } from '@slack/bolt';
import { inboxIdOf } from '#listeners/delivery.ts';
import { MARK, type NoticeMessage, type WhatHappened } from '#workflows/timeline/follow-message.ts';
import { type LookIntoMessage, MAGNIFIERS } from '#workflows/traces/look-into-message.ts';

export function reactionEvent(
  notice: NoticeMessage,
  what: 'marked' | 'unmarked',
): Middleware<SlackEventMiddlewareArgs<'reaction_added' | 'reaction_removed'>> {
  return async ({ event, body, context }) => {
    // Skin tones and other pins are other reactions.
    if (event.reaction !== MARK || event.item.type !== 'message') return;
    const { channel, ts } = event.item;
    await notice(noticed(context, body.team_id, { channelId: channel, ts, what, userId: event.user }));
  };
}

export function magnifierEvent(look: LookIntoMessage): Middleware<SlackEventMiddlewareArgs<'reaction_added'>> {
  return async ({ event, body, context }) => {
    if (!MAGNIFIERS.has(event.reaction) || event.item.type !== 'message') return;
    const { channel: channelId, ts } = event.item;
    await look({ inboxId: inboxIdOf(context), workspaceId: body.team_id, channelId, ts, userId: event.user });
  };
}

export function pinEvent(
  notice: NoticeMessage,
  what: 'pinned' | 'unpinned',
): Middleware<SlackEventMiddlewareArgs<'pin_added' | 'pin_removed'>> {
  return async ({ event, body, context }) => {
    const ts = event.item.message?.ts;
    if (ts === undefined) return; // a pinned file without a message
    await notice(noticed(context, body.team_id, { channelId: event.channel_id, ts, what, userId: event.user }));
  };
}

/** Matters only for messages in a timeline; the workflow knows which. */
export function messageEdited(notice: NoticeMessage): Middleware<SlackEventMiddlewareArgs<'message'>> {
  return async ({ event, body, context }) => {
    if (event.subtype === 'message_changed') {
      const { channel: channelId, message } = event;
      const userId = 'user' in message && typeof message.user === 'string' ? message.user : '';
      await notice(noticed(context, body.team_id, { channelId, ts: message.ts, what: 'changed', userId }));
    } else if (event.subtype === 'message_deleted') {
      const { channel: channelId, deleted_ts: ts } = event;
      await notice(noticed(context, body.team_id, { channelId, ts, what: 'deleted', userId: '' }));
    }
  };
}

type Noticed = Readonly<{ channelId: string; ts: string; what: WhatHappened; userId: string }>;

function noticed(context: Context, workspaceId: string, noticed: Noticed) {
  return { inboxId: inboxIdOf(context), workspaceId, ...noticed };
}
