/** How the bot is connected to Slack. */
import type { Config } from '#config/schema.ts';
import { ConfigError } from '#core/errors.ts';
import type { Health } from '#gather/sources.ts';

/** How Slack's requests arrive. */
export type SlackMode =
  | Readonly<{ kind: 'none' }>
  | Readonly<{ kind: 'socket'; botToken: string; appToken: string }>
  | Readonly<{ kind: 'http'; botToken: string; signingSecret: string }>;

/**
 * Rejects half a configuration: a bot that starts but receives nothing is harder to diagnose than one that does not
 * start.
 */
export function slackMode({ slack: { botToken, appToken, signingSecret } }: Config): SlackMode {
  if (botToken === undefined) {
    const set = appToken === undefined ? signingSecret && 'SLACK_SIGNING_SECRET' : 'SLACK_APP_TOKEN';
    if (set === undefined) return { kind: 'none' };
    throw new ConfigError(`${set} is set, but SLACK_BOT_TOKEN (xoxb-…) is not: the bot cannot post messages`);
  }
  if (appToken !== undefined) return { kind: 'socket', botToken, appToken };
  if (signingSecret !== undefined) return { kind: 'http', botToken, signingSecret };
  throw new ConfigError(
    'SLACK_BOT_TOKEN is set, but the bot cannot receive events from Slack: set SLACK_APP_TOKEN (xapp-…) for Socket Mode, or SLACK_SIGNING_SECRET for HTTP',
  );
}

/** Slack's answer about the configured tokens. */
export async function slackHealth(
  { slack: { botToken = '', appToken, apiUrl } }: Config,
  signal: AbortSignal,
): Promise<Health> {
  const { checkSlack } = await import('#adapters/slack/check.ts');
  return await checkSlack({ botToken, appToken, apiUrl: apiUrl?.href }, signal);
}
