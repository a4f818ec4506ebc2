/** PagerDuty has a secret for its webhook, keys that read who is on call and changes, and a key that changes incidents. */
import { z } from 'zod';
import { Address, PagerActions, Secret, says, Token } from '#config/fields.ts';
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
    changesKey: Token({
      env: 'PAGERDUTY_CHANGES_KEY',
      means:
        'A read-only key of PagerDuty’s REST API; it may be the same as `PAGERDUTY_API_KEY`. If set, Spanhound reads deploys from [change events](pagerduty.md#change-events).',
    }),
    actions: PagerActions(['acknowledge', 'notes', 'resolve', 'page', 'responders'], {
      env: 'PAGERDUTY_ACTIONS',
      what: '[incidents in PagerDuty](pagerduty.md#changes-in-pagerduty)',
    }),
    writeKey: Token({
      env: 'PAGERDUTY_WRITE_KEY',
      means: 'A key of PagerDuty’s REST API that is not read-only. Required with an action.',
    }),
    from: z
      .email(says('must be an email address'))
      .max(254, 'must have at most 254 characters')
      .register(settingFacts, {
        env: 'PAGERDUTY_FROM',
        means: 'The address of the user in PagerDuty in whose name Spanhound acts. Required with an action.',
      })
      .optional(),
    apiUrl: Address()
      .register(settingFacts, {
        env: 'PAGERDUTY_API_URL',
        means:
          'The address of PagerDuty’s REST API; `https://api.eu.pagerduty.com` for accounts in the service region EU.',
      })
      .prefault('https://api.pagerduty.com'),
  },
};
