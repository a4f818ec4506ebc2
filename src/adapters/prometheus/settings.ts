/** The addresses of Prometheus, and the credentials. */
import { Address, accessSettings } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  prometheus: {
    url: Address().register(settingFacts, {
      env: 'PROMETHEUS_URL',
      means: 'The address of Prometheus, Thanos, Mimir or VictoriaMetrics, including its base path.',
    }),
    uiUrl: Address()
      .register(settingFacts, {
        env: 'PROMETHEUS_UI_URL',
        means: 'The address where people open Prometheus, if it differs.',
      })
      .optional(),
    ...accessSettings('PROMETHEUS', 'Prometheus'),
  },
};
