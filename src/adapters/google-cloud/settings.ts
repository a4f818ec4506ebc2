/** The token of Google Cloud Monitoring’s webhook. */
import { Token } from '#config/fields.ts';

export const settings = {
  googleCloud: {
    webhookToken: Token({
      env: 'GOOGLE_CLOUD_WEBHOOK_TOKEN',
      means:
        'The password of Google Cloud’s webhook channel, or the token in its address: `?token=…`. While you replace it, give both, separated by a comma.',
    }),
  },
};
