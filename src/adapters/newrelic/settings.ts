/** The token of New Relic’s webhook. */
import { Token } from '#config/fields.ts';

export const settings = {
  newrelic: {
    webhookToken: Token({
      env: 'NEW_RELIC_WEBHOOK_TOKEN',
      means:
        'The bearer token of New Relic’s webhook destination. While you replace it, give both, separated by a comma.',
    }),
  },
};
