/** The token of UptimeRobot’s webhook. */
import { Token } from '#config/fields.ts';

export const settings = {
  uptimerobot: {
    webhookToken: Token({
      env: 'UPTIMEROBOT_WEBHOOK_TOKEN',
      means:
        'The token that UptimeRobot’s webhook sends as a header, or in its address: `?token=…`. While you replace it, give both, separated by a comma.',
    }),
  },
};
