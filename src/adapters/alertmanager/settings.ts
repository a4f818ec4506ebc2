/** The token of Alertmanager’s webhook. */
import { Text } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  alertmanager: {
    token: Text()
      .register(settingFacts, {
        env: 'ALERTMANAGER_TOKEN',
        secret: true,
        means: 'The bearer token that Alertmanager sends with its webhooks.',
      })
      .optional(),
  },
};
