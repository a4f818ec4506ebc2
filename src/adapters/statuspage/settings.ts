/** The token of Statuspage’s webhook. */
import { Token } from '#config/fields.ts';

export const settings = {
  statuspage: {
    webhookToken: Token({
      env: 'STATUSPAGE_WEBHOOK_TOKEN',
      means:
        'The token in the address of the subscription: `?token=…`. While you replace it, give both, separated by a comma.',
    }),
  },
};
