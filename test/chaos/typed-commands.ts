/** Commands that people type in a storm. Slack sends a command once; who hears nothing types another. */
import { type Answered, type CommandBody, type SlackSide, sendToBot } from '#test/slack-side.ts';
import type { TypedCommand } from './history.ts';

type Kind = TypedCommand['kind'];

type Typed = Readonly<{ kind: Kind; text: string; body: CommandBody }>;

export function typedCommand(slack: SlackSide, kind: Kind, number: number, channel: string): Typed {
  const where = { channel_id: channel };
  if (kind === 'note') {
    const text = `restarted pool ${number}`;
    return { kind, text, body: slack.command(`note ${text}`, { command: '/incident', ...where }) };
  }
  const text = `feed${number.toString(16).padStart(28, '0')}`;
  return { kind, text, body: slack.command(text, where) };
}

export async function declareIncident(slack: SlackSide, url: string, channel: string): Promise<void> {
  const body = slack.command('declare P3 a storm', { command: '/incident', channel_id: channel });
  const { status } = await sendToBot(url, body);
  if (status !== 200) throw new Error(`the incident was not declared: ${status}`);
}

/** While the database was away, or Slack did not say who asks. */
const FAILURES = [':warning: That did not work.', 'Slack did not say whether you may', 'so I cannot check what'];

/** The person read that it did not work: that was the answer. */
export function hasFailed({ proxy }: SlackSide, { response_url: url = '' }: CommandBody): boolean {
  const id = url.slice(url.lastIndexOf('/') + 1);
  return proxy.responses.some(
    ({ urlId, body }) => urlId === id && FAILURES.some((failure) => `${body.text}`.startsWith(failure)),
  );
}

/** The command is stored, and its answer comes later. What is not stored is refused in words, with the same status. */
export function isAccepted({ status, body }: Answered): boolean {
  return status === 200 && body === '';
}
