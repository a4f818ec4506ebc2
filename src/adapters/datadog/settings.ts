/** The token of Datadog’s webhook. */
import { Token } from '#config/fields.ts';

export const settings = {
  datadog: {
    webhookToken: Token({
      env: 'DATADOG_WEBHOOK_TOKEN',
      means:
        'The token that Datadog’s webhook sends in its custom header `Authorization`. While you replace it, give both, separated by a comma.',
    }),
  },
};
