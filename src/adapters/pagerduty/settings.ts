/** The secret of PagerDuty’s webhook. */
import { Secret } from '#config/fields.ts';

export const settings = {
  pagerduty: {
    webhookSecret: Secret({
      env: 'PAGERDUTY_WEBHOOK_SECRET',
      means:
        'The secret of the webhook subscription, which verifies that a request comes from PagerDuty. While you replace it, give both, separated by a comma.',
    }),
  },
};
