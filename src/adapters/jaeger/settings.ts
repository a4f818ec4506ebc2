/** The addresses of Jaeger, and the credentials. */
import { Address, accessSettings } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  jaeger: {
    url: Address().register(settingFacts, {
      env: 'JAEGER_URL',
      means: 'The address of Jaeger’s query service, including its base path.',
    }),
    uiUrl: Address()
      .register(settingFacts, {
        env: 'JAEGER_UI_URL',
        means: 'The address where people open Jaeger, if it differs.',
      })
      .optional(),
    ...accessSettings('JAEGER', 'Jaeger'),
  },
};
