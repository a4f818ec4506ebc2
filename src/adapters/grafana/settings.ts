/** Where Grafana is, and the token to read its annotations. */
import { Address, Text } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  grafana: {
    url: Address()
      .register(settingFacts, {
        env: 'GRAFANA_URL',
        means: 'Where people open Grafana. With it, queries of logs and metrics are links into Explore.',
      })
      .optional(),
    token: Text()
      .register(settingFacts, {
        env: 'GRAFANA_TOKEN',
        secret: true,
        means: 'The token of a service account. With it, annotations that tell of a deploy are read as changes.',
      })
      .optional(),
  },
};
