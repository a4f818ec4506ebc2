/** The tokens of the Slack app, and the address of Slack. */
import { z } from 'zod';
import { Address, HeaderText, Secret, says, Text } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  slack: {
    botToken: HeaderText()
      .startsWith('xoxb-', 'must be a bot token (xoxb-…)')
      .register(settingFacts, { env: 'SLACK_BOT_TOKEN', secret: true, means: 'The bot token of the Slack app.' })
      .optional(),
    signingSecret: Secret({
      env: 'SLACK_SIGNING_SECRET',
      means: 'Verifies that a request comes from Slack. Required if Slack sends requests over HTTP.',
    }),
    appToken: HeaderText()
      .startsWith('xapp-', 'must be an app-level token (xapp-…)')
      .register(settingFacts, {
        env: 'SLACK_APP_TOKEN',
        secret: true,
        means: 'The app-level token. If set, the bot connects to Slack by Socket Mode and needs no public address.',
      })
      .optional(),
    clientId: Text()
      .regex(/^[\d.]{3,100}$/, 'must be the client ID of the Slack app, such as 123456789012.345678901234')
      .register(settingFacts, {
        env: 'SLACK_CLIENT_ID',
        means:
          'The client ID of the Slack app: further workspaces may [install it by a link](slack-workspaces.md). Needs the four settings below.',
      })
      .optional(),
    clientSecret: Secret({ env: 'SLACK_CLIENT_SECRET', means: 'The client secret of the Slack app.' }),
    stateSecret: Text()
      .min(32, 'must have at least 32 characters: openssl rand -base64 32 writes one')
      .register(settingFacts, {
        env: 'SLACK_STATE_SECRET',
        secret: true,
        means: 'Signs the state of an installation. Any text of at least 32 characters, the same in all replicas.',
      })
      .optional(),
    installationKeys: Text()
      .regex(
        /^[A-Za-z0-9+/]{43}=(?: [A-Za-z0-9+/]{43}=){0,9}$/,
        'must be keys of 32 bytes in base64, with a space between them: openssl rand -base64 32 writes one',
      )
      .register(settingFacts, {
        env: 'SLACK_INSTALLATION_KEYS',
        secret: true,
        means:
          'Encrypts the tokens of workspaces in the store: 32 bytes in base64. Several with a space between them: the first encrypts, all decrypt ([change of the key](slack-workspaces.md#change-the-key)).',
      })
      .optional(),
    workspaces: z
      .array(
        z.string('must be text').regex(/^T[A-Z0-9]{5,}$/, 'must be the id of a workspace (T…)'),
        says('must be a list of ids'),
      )
      .register(settingFacts, {
        env: 'SLACK_WORKSPACES',
        means:
          'The ids of the workspaces that may install the app by a link, separated by commas. Without `SLACK_BOT_TOKEN`, the first one is the operators’ own. Default: none.',
      })
      .prefault([]),
    apiUrl: Address()
      // Slack's client puts a method's name right behind it.
      .transform((address) => new URL(`${address.href.replace(/(?<!\/)\/*$/, '')}/`))
      .register(settingFacts, {
        env: 'SLACK_API_URL',
        means: 'The address of Slack’s Web API, for a proxy. Default: Slack itself.',
      })
      .optional(),
  },
};
