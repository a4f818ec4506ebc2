/** A command that Slack knows and this version does not. Without an answer, the person would wait three seconds. */
import type { Middleware, SlackCommandMiddlewareArgs } from '@slack/bolt';
import { quoteTyped } from '#listeners/commands/typed.ts';

export function unknownCommand(knownCommands: string): Middleware<SlackCommandMiddlewareArgs> {
  return async ({ ack, command }) => {
    const problem = `I do not know ${quoteTyped(command.command)}. I know these commands:`;
    await ack({ response_type: 'ephemeral', text: `${problem}\n\n${knownCommands}` });
  };
}
