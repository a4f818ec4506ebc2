/** Where Jaeger answers, and as whom it is asked. */
import { Address, accessSettings } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  jaeger: {
    url: Address().register(settingFacts, {
      env: 'JAEGER_URL',
      means: 'Where Jaeger’s query service answers, its base path included.',
    }),
    uiUrl: Address()
      .register(settingFacts, {
        env: 'JAEGER_UI_URL',
        means: 'Where people open Jaeger, when that is another address.',
      })
      .optional(),
    ...accessSettings('JAEGER', 'Jaeger'),
  },
};
