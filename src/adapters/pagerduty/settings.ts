/** The secret of PagerDuty’s webhook, and the key that reads who is on call. */
import { Address, Secret, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  pagerduty: {
    webhookSecret: Secret({
      env: 'PAGERDUTY_WEBHOOK_SECRET',
      means:
        'The secret of the webhook subscription, which verifies that a request comes from PagerDuty. While you replace it, give both, separated by a comma.',
    }),
    apiKey: Token({
      env: 'PAGERDUTY_API_KEY',
      means: 'A read-only key of PagerDuty’s REST API, to read [who is on call](pagerduty.md#who-is-on-call).',
    }),
    apiUrl: Address()
      .register(settingFacts, {
        env: 'PAGERDUTY_API_URL',
        means:
          'The address of PagerDuty’s REST API; `https://api.eu.pagerduty.com` for accounts in the service region EU.',
      })
      .prefault('https://api.pagerduty.com'),
  },
};
