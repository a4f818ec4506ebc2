/** The secret of LaunchDarkly’s webhook. */
import { Secret } from '#config/fields.ts';

export const settings = {
  changes: {
    launchDarklySecret: Secret({
      env: 'LAUNCHDARKLY_WEBHOOK_SECRET',
      means: 'The secret of LaunchDarkly’s signed webhook to `/webhooks/launchdarkly`, for flags.',
    }),
  },
};
