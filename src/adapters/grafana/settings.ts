/** The address of Grafana, the token to read its annotations, and the secret of its webhook. */
import { Address, Secret, Token } from '#config/fields.ts';
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
    webhookSecret: Secret({
      env: 'GRAFANA_WEBHOOK_SECRET',
      means:
        'The HMAC secret of Grafana’s webhook contact point, or its bearer token. While you replace it, give both, separated by a comma.',
    }),
  },
};
