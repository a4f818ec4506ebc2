/** Where Graphite is read, where its paths name a service, and the credentials. */
import { z } from 'zod';
import { Address, credentialSettings } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  graphite: {
    url: Address().register(settingFacts, {
      env: 'GRAPHITE_URL',
      means:
        'The address of Graphite’s web application, carbonapi or Grafana Cloud’s Graphite, including its base path.',
    }),
    uiUrl: Address()
      .register(settingFacts, {
        env: 'GRAPHITE_UI_URL',
        means: 'The address where people open Graphite, if it differs.',
      })
      .optional(),
    paths: z
      .array(
        z
          .string('must be text')
          .regex(
            /^(?:[\w*?-]{1,100}\.){0,8}\{service\}$/,
            'must end with {service}, such as prod.*.{service} or stats.timers.{service}',
          ),
        'must be a list',
      )
      .max(20, 'must be at most 20')
      .register(settingFacts, {
        env: 'GRAPHITE_PATHS',
        means:
          'Where paths name a service, such as `prod.*.{service}`. Default: as one of the first four nodes. In the variable, separate them with commas.',
      })
      .prefault([]),
    ...credentialSettings('GRAPHITE', 'Graphite'),
  },
};
