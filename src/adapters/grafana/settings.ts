/**
 * The address of Grafana, its tokens to read annotations, alert rules and who is on call and to change alert groups, its
 * webhook.
 */
import { Address, PagerActions, Secret, Token } from '#config/fields.ts';
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
    alertsToken: Token({
      env: 'GRAFANA_ALERTS_TOKEN',
      means:
        'The token of a service account that may read alert rules; it may be the same as `GRAFANA_TOKEN`. If set, Spanhound reads [which alerts fire](grafana.md#which-alerts-fire). For several organisations, give a token of each, separated by commas.',
    }),
    onCallUrl: Address()
      .register(settingFacts, {
        env: 'GRAFANA_ONCALL_URL',
        means:
          'The address of the API of Grafana OnCall or IRM, to read [who is on call](incidents.md#incidentio-and-grafana-oncall). It ends before `/api/v1`.',
      })
      .optional(),
    onCallToken: Token({
      env: 'GRAFANA_ONCALL_TOKEN',
      means:
        'The token of a service account that may read schedules and users of IRM; it also needs `GRAFANA_URL`. Or an API key of Grafana OnCall.',
    }),
    onCallActions: PagerActions(['acknowledge', 'notes', 'resolve', 'page'], {
      env: 'GRAFANA_ONCALL_ACTIONS',
      what: '[alert groups in Grafana IRM or OnCall](grafana.md#changes-in-grafana-irm)',
    }),
    onCallWriteToken: Token({
      env: 'GRAFANA_ONCALL_WRITE_TOKEN',
      means:
        'A token that may change alert groups; for pages, the token of a user. It also needs `GRAFANA_ONCALL_URL`. Required with an action.',
    }),
    webhookSecret: Secret({
      env: 'GRAFANA_WEBHOOK_SECRET',
      means:
        'The HMAC secret of Grafana’s webhook contact point, or its bearer token. While you replace it, give both, separated by a comma.',
    }),
  },
};
