/** `/postmortem [INC-n]`: drafts the postmortem from the record; it arrives in the incident's channel. */
import type { Middleware, SlackCommandMiddlewareArgs } from '@slack/bolt';
import { quoteTyped } from '#listeners/commands/typed.ts';
import { whoTyped } from '#listeners/delivery.ts';
import { readIncidentNumber } from '#model/incident/incident.ts';
import type { AskForPostmortem } from '#workflows/draft-postmortem.ts';

const POSTMORTEM_USAGE = [
  '*`/postmortem`* drafts the postmortem of the newest incident in this channel.',
  '',
  '• another one: `/postmortem INC-12`',
  '• after the timeline has changed: run the same command again, or press *Draft again* under the draft',
  '',
  'The draft contains what the record has, and asks people for the rest. The full draft is a Markdown file in its thread.',
].join('\n');

export function postmortemCommand(ask: AskForPostmortem): Middleware<SlackCommandMiddlewareArgs> {
  return async ({ ack, command, context }) => {
    const typed = command.text.trim();
    if (/^(help|-h|--help|\?)$/i.test(typed)) {
      await ack({ response_type: 'ephemeral', text: POSTMORTEM_USAGE });
      return;
    }
    const number = readIncidentNumber(typed);
    if (typed !== '' && number === undefined) {
      const problem = `${quoteTyped(typed)} is not an incident.`;
      await ack({
        response_type: 'ephemeral',
        text: `${problem} Write \`/postmortem INC-12\`, or \`/postmortem\` alone for the newest in this channel.`,
      });
      return;
    }
    await ask({
      asked: whoTyped(command, context),
      meant: number === undefined ? { channelId: command.channel_id } : { number },
    });
    await ack();
  };
}
