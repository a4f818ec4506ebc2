/** A command that Slack knows and this version does not: without an answer the person would wait for three seconds. */
import type { Middleware, SlackCommandMiddlewareArgs } from '@slack/bolt';
import { TRACE_USAGE } from '#listeners/commands/trace.ts';
import { quoteTyped } from '#listeners/commands/typed.ts';

export const unknownCommand: Middleware<SlackCommandMiddlewareArgs> = async ({ ack, command }) => {
  await ack({ response_type: 'ephemeral', text: `I do not know ${quoteTyped(command.command)}.\n\n${TRACE_USAGE}` });
};
