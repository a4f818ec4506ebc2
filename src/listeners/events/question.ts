/** A sentence to the bot: a mention in a channel or a thread, or a direct message. */
import type { Context, Middleware, SlackEventMiddlewareArgs } from '@slack/bolt';
import { inboxIdOf } from '#listeners/delivery.ts';
import { tracesIn } from '#model/trace/traces-in-message.ts';
import type { AskQuestion } from '#workflows/ask-question.ts';
import type { Investigate } from '#workflows/investigate.ts';

export type QuestionWorkflows = Readonly<{ investigate: Investigate; askQuestion: AskQuestion }>;

/** What Slack sends of a message; a bot's message is no question. */
type Said = Readonly<{
  channel: string;
  ts: string;
  thread_ts?: string;
  user?: string;
  text?: string;
  bot_id?: string;
}>;

export function mentioned(workflows: QuestionWorkflows): Middleware<SlackEventMiddlewareArgs<'app_mention'>> {
  return async ({ event, body, context }) => await answer(workflows, event, body.team_id, context);
}

export function directMessage(workflows: QuestionWorkflows): Middleware<SlackEventMiddlewareArgs<'message'>> {
  return async ({ event, body, context }) => {
    if (event.subtype !== undefined || !isDirectQuestion({ ...event })) return;
    await answer(workflows, event, body.team_id, context);
  };
}

/** A person's own message in a conversation with the bot alone. Slack sends no mention there. */
export function isDirectQuestion(message: Readonly<Record<string, unknown>>): boolean {
  const { channel_type, user, bot_id, subtype } = message;
  return channel_type === 'im' && typeof user === 'string' && bot_id === undefined && subtype === undefined;
}

async function answer(
  { investigate, askQuestion }: QuestionWorkflows,
  { channel: channelId, ts, thread_ts: threadTs = ts, user, bot_id, text = '' }: Said,
  workspaceId: string,
  context: Context,
): Promise<void> {
  if (user === undefined || bot_id !== undefined) return;
  const asked = { inboxId: inboxIdOf(context), workspaceId, channelId, threadTs };
  const references = tracesIn({ text });
  if (references.length === 0) return await askQuestion({ ...asked, userId: user, text });
  await investigate({
    ...asked,
    askedBy: user,
    references: references.map((reference) => ({ ...reference, around: 'message' })),
  });
}
