/** How the bot is connected to Slack. */
import type { SettingsOf } from '#adapters/system.ts';
import { ConfigError } from '#core/errors.ts';
import type { settings } from './settings.ts';

type SlackSettings = SettingsOf<typeof settings>['slack'];

/** How Slack's requests arrive. */
export type SlackMode =
  | Readonly<{ kind: 'none' }>
  | Readonly<{ kind: 'socket'; botToken: string; appToken: string }>
  | Readonly<{ kind: 'http'; botToken: string; signingSecret: string }>;

/**
 * Rejects half a configuration: a bot that starts but receives nothing is harder to diagnose than one that does not
 * start.
 */
export function slackMode({ botToken, appToken, signingSecret }: SlackSettings): SlackMode {
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

/** The connection, for the start screen. `here` is the address of the web server. */
export function slackPlace(slack: SlackSettings, here: string): string {
  switch (slackMode(slack).kind) {
    case 'none':
      return 'not connected. Set SLACK_BOT_TOKEN, and SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP): docs/slack.md';
    case 'socket':
      return 'Socket Mode';
    case 'http':
      return `HTTP: Slack sends events to ${here}/slack/events`;
  }
}
