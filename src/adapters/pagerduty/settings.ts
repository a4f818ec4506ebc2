/** PagerDuty has a secret for its webhook, a key that reads who is on call, and a key that changes incidents. */
import { z } from 'zod';
import { Address, Secret, says, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

const ACTIONS = ['acknowledge', 'notes', 'resolve', 'page'] as const;

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
    actions: z
      .array(
        z.enum(ACTIONS, `must be ${ACTIONS.slice(0, -1).join(', ')} or ${ACTIONS.at(-1)}`),
        says('must be a list of actions'),
      )
      .max(ACTIONS.length, `must be at most ${ACTIONS.length}`)
      .register(settingFacts, {
        env: 'PAGERDUTY_ACTIONS',
        means:
          'What Spanhound does to [incidents in PagerDuty](pagerduty.md#changes-in-pagerduty): `acknowledge`, `notes`, `resolve`, `page`. Default: nothing. In the variable, separate them with commas.',
      })
      .prefault([]),
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
