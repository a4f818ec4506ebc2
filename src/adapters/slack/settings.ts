/** The tokens of the Slack app, and the address of Slack. */
import { Address, HeaderText, Secret } from '#config/fields.ts';
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
