/** Where Grafana is, and the token to read its annotations. */
import { Address, Text } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  grafana: {
    url: Address()
      .register(settingFacts, {
        env: 'GRAFANA_URL',
        means: 'The address where people open Grafana. If set, log and metric queries link to Explore.',
      })
      .optional(),
    token: Text()
      .register(settingFacts, {
        env: 'GRAFANA_TOKEN',
        secret: true,
        means: 'The token of a service account. If set, Spanhound reads deploys from annotations.',
      })
      .optional(),
  },
};
