/** The token of ilert’s webhook, and the key that reads who is on call. */
import { Address, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  ilert: {
    webhookToken: Token({
      env: 'ILERT_WEBHOOK_TOKEN',
      means:
        'The token in the address of ilert’s webhook: `?token=…`. While you replace it, give both, separated by a comma.',
    }),
    apiKey: Token({
      env: 'ILERT_API_KEY',
      means:
        'The API key of a user who may only look, to read [who is on call](incidents.md#opsgenie-and-ilert), without the word `Bearer`.',
    }),
    apiUrl: Address()
      .register(settingFacts, { env: 'ILERT_API_URL', means: 'The address of ilert’s API.' })
      .prefault('https://api.ilert.com'),
  },
};
