/** The token of ilert’s webhook. */
import { Token } from '#config/fields.ts';

export const settings = {
  ilert: {
    webhookToken: Token({
      env: 'ILERT_WEBHOOK_TOKEN',
      means:
        'The token in the address of ilert’s webhook: `?token=…`. While you replace it, give both, separated by a comma.',
    }),
  },
};
