/** The token of Opsgenie’s webhook, and the key that reads who is on call. */
import { Address, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  opsgenie: {
    webhookToken: Token({
      env: 'OPSGENIE_WEBHOOK_TOKEN',
      means:
        'The token that Opsgenie’s webhook sends in its custom header `Authorization`. While you replace it, give both, separated by a comma.',
    }),
    apiKey: Token({
      env: 'OPSGENIE_API_KEY',
      means: 'The key of an API integration that may read, to read [who is on call](incidents.md#opsgenie-and-ilert).',
    }),
    apiUrl: Address()
      .register(settingFacts, {
        env: 'OPSGENIE_API_URL',
        means: 'The address of Opsgenie’s API; `https://api.eu.opsgenie.com` for accounts in the EU.',
      })
      .prefault('https://api.opsgenie.com'),
  },
};
