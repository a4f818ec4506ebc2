/** Where Prometheus answers, and as whom it is asked. */
import { Address, accessSettings } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  prometheus: {
    url: Address().register(settingFacts, {
      env: 'PROMETHEUS_URL',
      means: 'Where Prometheus, or Thanos, Mimir or VictoriaMetrics, answers PromQL, its base path included.',
    }),
    uiUrl: Address()
      .register(settingFacts, {
        env: 'PROMETHEUS_UI_URL',
        means: 'Where people open Prometheus, when that is another address.',
      })
      .optional(),
    ...accessSettings('PROMETHEUS', 'Prometheus'),
  },
};
