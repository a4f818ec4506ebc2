/** The token of Sematext’s webhook. */
import { Token } from '#config/fields.ts';

export const settings = {
  sematext: {
    webhookToken: Token({
      env: 'SEMATEXT_WEBHOOK_TOKEN',
      means:
        'The bearer token that Sematext’s custom webhook sends as a header. While you replace it, give both, separated by a comma.',
    }),
  },
};
