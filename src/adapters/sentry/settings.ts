/** The secret of Sentry’s webhook. */
import { Secret } from '#config/fields.ts';

export const settings = {
  sentry: {
    webhookSecret: Secret({
      env: 'SENTRY_WEBHOOK_SECRET',
      means:
        'The client secret of Sentry’s internal integration, which signs its webhooks. While you replace it, give both, separated by a comma.',
    }),
  },
};
