/** A command that Slack knows and this version does not: without an answer the person would wait for three seconds. */
import type { Middleware, SlackCommandMiddlewareArgs } from '@slack/bolt';
import { KNOWN_COMMANDS } from '#listeners/commands/known.ts';
import { quoteTyped } from '#listeners/commands/typed.ts';

export const unknownCommand: Middleware<SlackCommandMiddlewareArgs> = async ({ ack, command }) => {
  const problem = `I do not know ${quoteTyped(command.command)}. What I know:`;
  await ack({ response_type: 'ephemeral', text: `${problem}\n\n${KNOWN_COMMANDS}` });
};
