/** The secret of Checkly’s webhook. */
import { Secret } from '#config/fields.ts';

export const settings = {
  checkly: {
    webhookSecret: Secret({
      env: 'CHECKLY_WEBHOOK_SECRET',
      means:
        'The webhook secret of Checkly’s alert channel, which signs its requests. While you replace it, give both, separated by a comma.',
    }),
  },
};
