/** The token of Splunk’s webhook. */
import { Token } from '#config/fields.ts';

export const settings = {
  splunk: {
    webhookToken: Token({
      env: 'SPLUNK_WEBHOOK_TOKEN',
      means:
        'The token in the address of Splunk’s webhook action: `?token=…`. While you replace it, give both, separated by a comma.',
    }),
  },
};
