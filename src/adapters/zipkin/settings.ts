/** The addresses of Zipkin, and the credentials. */
import { Address, credentialSettings } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  zipkin: {
    url: Address().register(settingFacts, {
      env: 'ZIPKIN_URL',
      means: 'The address of Zipkin’s server, including its base path, without `/zipkin` and `/api/v2`.',
    }),
    uiUrl: Address()
      .register(settingFacts, {
        env: 'ZIPKIN_UI_URL',
        means: 'The address where people open Zipkin, such as `https://zipkin.example.com/zipkin`, if it differs.',
      })
      .optional(),
    ...credentialSettings('ZIPKIN', 'Zipkin'),
  },
};
