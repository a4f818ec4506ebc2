/** The token of Kapacitor’s webhook. */
import { Token } from '#config/fields.ts';

export const settings = {
  kapacitor: {
    webhookToken: Token({
      env: 'KAPACITOR_WEBHOOK_TOKEN',
      means:
        'The bearer token that Kapacitor’s post handler sends as a header. While you replace it, give both, separated by a comma.',
    }),
  },
};
