/** How the bot is connected to Slack. */
import type { SettingsOf } from '#adapters/system.ts';
import { ConfigError } from '#core/errors.ts';
import { listText } from '#model/text/list-text.ts';
import type { settings } from './settings.ts';

type SlackSettings = SettingsOf<typeof settings>['slack'];

/** What lets further workspaces install the app by a link. */
export type InstallSettings = Readonly<{
  clientId: string;
  clientSecret: string;
  stateSecret: string;
  /** The newest first. */
  keys: readonly string[];
  /** The ids of the workspaces that may install it. */
  workspaces: readonly string[];
}>;

/** `botToken`: of the operators' own workspace. Without it, that one installs the app by the link, too. */
type Tokens =
  | Readonly<{ botToken: string; installs: InstallSettings | undefined }>
  | Readonly<{ botToken: undefined; installs: InstallSettings }>;

/** How Slack's requests arrive. */
export type SlackMode =
  | Readonly<{ kind: 'none' }>
  | (Readonly<{ kind: 'socket'; appToken: string }> & Tokens)
  | (Readonly<{ kind: 'http'; signingSecret: string }> & Tokens);

/**
 * Rejects half a configuration: a bot that starts but receives nothing is harder to diagnose than one that does not
 * start.
 */
export function slackMode(slack: SlackSettings): SlackMode {
  const { botToken, appToken, signingSecret } = slack;
  const installs = installSettings(slack);
  if (botToken === undefined && installs === undefined) {
    const set = appToken === undefined ? signingSecret && 'SLACK_SIGNING_SECRET' : 'SLACK_APP_TOKEN';
    if (set === undefined) return { kind: 'none' };
    throw new ConfigError(`${set} is set, but SLACK_BOT_TOKEN (xoxb-…) is not: the bot cannot post messages`);
  }
  const tokens = { botToken, installs } as Tokens;
  if (appToken !== undefined) return { kind: 'socket', appToken, ...tokens };
  if (signingSecret !== undefined) return { kind: 'http', signingSecret, ...tokens };
  throw new ConfigError(
    `${botToken === undefined ? 'SLACK_CLIENT_ID' : 'SLACK_BOT_TOKEN'} is set, but the bot cannot receive events from Slack: set SLACK_APP_TOKEN (xapp-…) for Socket Mode, or SLACK_SIGNING_SECRET for HTTP`,
  );
}

/** Undefined if nothing of it is set. */
export function installSettings(slack: SlackSettings): InstallSettings | undefined {
  const { clientId, clientSecret, stateSecret, installationKeys, workspaces } = slack;
  const needed = {
    SLACK_CLIENT_ID: clientId,
    SLACK_CLIENT_SECRET: clientSecret,
    SLACK_STATE_SECRET: stateSecret,
    SLACK_INSTALLATION_KEYS: installationKeys,
    SLACK_WORKSPACES: workspaces.length > 0 ? workspaces : undefined,
  };
  const missing = Object.entries(needed).flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (missing.length === Object.keys(needed).length) return undefined;
  if (!clientId || !clientSecret || !stateSecret || !installationKeys || missing.length > 0) {
    const set = Object.keys(needed).find((name) => !missing.includes(name)) ?? '';
    throw new ConfigError(`${set} is set, but ${listText(missing)} not: no workspace could install the app by a link`);
  }
  return { clientId, clientSecret, stateSecret, keys: installationKeys.split(' '), workspaces };
}

/** The connection, for the start screen. `here` is the address of the web server. */
export function slackPlace(slack: SlackSettings, here: string): string {
  const mode = slackMode(slack);
  const link = mode.kind !== 'none' && mode.installs !== undefined ? `; install: ${here}/slack/install` : '';
  switch (mode.kind) {
    case 'none':
      return 'not connected. Set SLACK_BOT_TOKEN, and SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP): docs/slack.md';
    case 'socket':
      return `Socket Mode${link}`;
    case 'http':
      return `HTTP: Slack sends events to ${here}/slack/events${link}`;
  }
}
