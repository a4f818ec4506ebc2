/** The secret of LaunchDarkly’s webhook. */
import { Text } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  changes: {
    launchDarklySecret: Text()
      .register(settingFacts, {
        env: 'LAUNCHDARKLY_WEBHOOK_SECRET',
        secret: true,
        means: 'The secret of LaunchDarkly’s signed webhook to `/webhooks/launchdarkly`, for flags.',
      })
      .optional(),
  },
};
