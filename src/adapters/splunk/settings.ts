/** Where Splunk is read and with which token, and the token of its webhook. */
import { z } from 'zod';
import { Address, credentialSettings, lineFieldSettings, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  splunk: {
    url: Address()
      .register(settingFacts, {
        env: 'SPLUNK_URL',
        means: 'The address of Splunk’s REST API: the management port, such as `https://splunk.example.com:8089`.',
      })
      .optional(),
    ...credentialSettings('SPLUNK', 'Splunk'),
    indexes: z
      .string('must be text')
      .regex(
        /^[a-z\d_*][a-z\d_*-]{0,79}(?:,[a-z\d_*][a-z\d_*-]{0,79}){0,49}$/,
        'must be names of indexes, separated with commas',
      )
      .register(settingFacts, {
        env: 'SPLUNK_INDEXES',
        means: 'The indexes with log lines, separated with commas. `*` stands for anything.',
      })
      .prefault('*'),
    serviceField: z
      .string('must be text')
      .regex(/^[a-z_][\w.:-]{0,199}$/i, 'must be the name of a field')
      .register(settingFacts, {
        env: 'SPLUNK_SERVICE_FIELD',
        means: 'The field that names the service. Default: the names that OpenTelemetry, Kubernetes and loggers use.',
      })
      .optional(),
    ...lineFieldSettings('SPLUNK'),
    uiUrl: Address()
      .register(settingFacts, {
        env: 'SPLUNK_UI_URL',
        means: 'The address where people open Splunk Web, such as `https://splunk.example.com:8000`.',
      })
      .optional(),
    webhookToken: Token({
      env: 'SPLUNK_WEBHOOK_TOKEN',
      means:
        'The token in the address of Splunk’s webhook action: `?token=…`. While you replace it, give both, separated by a comma.',
    }),
  },
};
