/**
 * A sentence to the bot: a mention in a channel or a thread, or a direct message. A request about an incident is read
 * first; everything else is a question about a service or a trace.
 */
import type { Context, Middleware, SlackEventMiddlewareArgs } from '@slack/bolt';
import { inboxIdOf } from '#listeners/delivery.ts';
import { type SayingWorkflows, sayIncident } from '#listeners/events/say-incident.ts';
import { tracesIn } from '#model/trace/traces-in-message.ts';
import type { AskQuestion } from '#workflows/sentences/ask-question.ts';
import type { Investigate } from '#workflows/traces/investigate.ts';

export type QuestionWorkflows = Readonly<{
  investigate: Investigate;
  askQuestion: AskQuestion;
  incident: SayingWorkflows;
}>;

/** What Slack sends of a message; a bot's message is no question. */
type Said = Readonly<{
  channel: string;
  ts: string;
  thread_ts?: string;
  user?: string;
  text?: string;
  bot_id?: string;
}>;

/** Where a sentence was said. */
type Place = Readonly<{ workspaceId: string; bot: string | undefined; isDirect: boolean }>;

export function mentioned(workflows: QuestionWorkflows): Middleware<SlackEventMiddlewareArgs<'app_mention'>> {
  return async ({ event, body, context }) => {
    await answer(workflows, event, { workspaceId: body.team_id, bot: botIn(body), isDirect: false }, context);
  };
}

export function directMessage(workflows: QuestionWorkflows): Middleware<SlackEventMiddlewareArgs<'message'>> {
  return async ({ event, body, context }) => {
    if (event.subtype !== undefined || !isDirectQuestion({ ...event })) return;
    await answer(workflows, event, { workspaceId: body.team_id, bot: botIn(body), isDirect: true }, context);
  };
}

/** The bot's id: it gets the event. Undefined if Slack does not say. */
export function botIn({
  authorizations: [first] = [],
}: Readonly<{ authorizations?: readonly Readonly<{ user_id?: unknown }>[] }>): string | undefined {
  return typeof first?.user_id === 'string' ? first.user_id : undefined;
}

/** A person's own message in a conversation with the bot alone. Slack sends no mention there. */
export function isDirectQuestion(message: Readonly<Record<string, unknown>>): boolean {
  const { channel_type, user, bot_id, subtype } = message;
  return channel_type === 'im' && typeof user === 'string' && bot_id === undefined && subtype === undefined;
}

async function answer(
  { investigate, askQuestion, incident }: QuestionWorkflows,
  { channel: channelId, ts, thread_ts, user, bot_id, text = '' }: Said,
  place: Place,
  context: Context,
): Promise<void> {
  if (user === undefined || bot_id !== undefined) return;
  const { workspaceId } = place;
  const inboxId = inboxIdOf(context);
  const spoken = { inboxId, channelId, ts, threadTs: thread_ts, userId: user, text, ...place };
  if (await sayIncident(incident, spoken)) return;
  const asked = { inboxId, workspaceId, channelId, threadTs: thread_ts ?? ts };
  const references = tracesIn({ text });
  if (references.length === 0) return await askQuestion({ ...asked, userId: user, text });
  await investigate({
    ...asked,
    askedBy: user,
    references: references.map((reference) => ({ ...reference, around: 'message' })),
  });
}
