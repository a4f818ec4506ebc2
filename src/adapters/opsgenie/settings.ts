/** The token of Opsgenie’s webhook. */
import { Token } from '#config/fields.ts';

export const settings = {
  opsgenie: {
    webhookToken: Token({
      env: 'OPSGENIE_WEBHOOK_TOKEN',
      means:
        'The token that Opsgenie’s webhook sends in its custom header `Authorization`. While you replace it, give both, separated by a comma.',
    }),
  },
};
