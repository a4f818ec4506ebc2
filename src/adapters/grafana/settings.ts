/** The address of Grafana, and the token to read its annotations. */
import { Address, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  grafana: {
    url: Address()
      .register(settingFacts, {
        env: 'GRAFANA_URL',
        means: 'The address where people open Grafana. If set, log and metric queries link to Explore.',
      })
      .optional(),
    token: Token({
      env: 'GRAFANA_TOKEN',
      means: 'The token of a service account. If set, Spanhound reads deploys from annotations.',
    }),
  },
};
