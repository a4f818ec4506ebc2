/** Which site of Datadog is read and with which keys, and the token of its webhook. */
import { z } from 'zod';
import { Address, lineFieldSettings, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  datadog: {
    // The keys are sent there, so only Datadog's own domains are accepted.
    site: z
      .string('must be text')
      .regex(
        /^(?:(?!app\.|api\.)[a-z][a-z\d]{1,9}\.)?(?:datadoghq\.com|datadoghq\.eu|ddog-gov\.com)$/,
        'must be a site of Datadog without app. and api., such as datadoghq.com, us3.datadoghq.com or datadoghq.eu',
      )
      .register(settingFacts, {
        env: 'DATADOG_SITE',
        means: 'The site of the organization, such as `datadoghq.com`, `us3.datadoghq.com` or `datadoghq.eu`.',
      })
      .prefault('datadoghq.com'),
    apiKey: Token({
      env: 'DATADOG_API_KEY',
      means: 'The API key. With it and the application key, traces, logs and metrics are read from Datadog.',
    }),
    appKey: Token({
      env: 'DATADOG_APP_KEY',
      means: 'The application key. It needs the scopes `apm_read`, `logs_read_data` and `timeseries_query`.',
    }),
    ...lineFieldSettings('DATADOG', { knows: 'Datadog, OpenTelemetry and loggers' }),
    url: Address()
      .register(settingFacts, {
        env: 'DATADOG_URL',
        means: 'The address of a proxy for Datadog’s API. Default: the API of the site.',
      })
      .optional(),
    uiUrl: Address()
      .register(settingFacts, {
        env: 'DATADOG_UI_URL',
        means:
          'The address where people open Datadog, such as `https://acme.datadoghq.com`. Default: that of the site.',
      })
      .optional(),
    webhookToken: Token({
      env: 'DATADOG_WEBHOOK_TOKEN',
      means:
        'The token that Datadog’s webhook sends in its custom header `Authorization`. While you replace it, give both, separated by a comma.',
    }),
  },
};
