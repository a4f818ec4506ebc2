/** The secret of PagerDuty’s webhook. */
import { Text } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  pagerduty: {
    webhookSecret: Text()
      .register(settingFacts, {
        env: 'PAGERDUTY_WEBHOOK_SECRET',
        secret: true,
        means:
          'The secret of the webhook subscription, which verifies that a request comes from PagerDuty. While you replace it, give both, separated by a comma.',
      })
      .optional(),
  },
};
