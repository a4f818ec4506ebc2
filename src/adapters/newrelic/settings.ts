/** Which account of New Relic is read and with which key, and the token of its webhook. */
import { z } from 'zod';
import { Address, lineFieldSettings, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  newrelic: {
    region: z
      .enum(['us', 'eu'], 'must be us or eu')
      .register(settingFacts, {
        env: 'NEW_RELIC_REGION',
        means: 'The data centre of the account: `us` or `eu`.',
      })
      .prefault('us'),
    apiKey: Token({
      env: 'NEW_RELIC_API_KEY',
      means:
        'The user key (`NRAK-…`). With it and the number of the account, Spanhound reads traces, logs and metrics from New Relic.',
    }),
    accountId: z
      .int('must be the number of an account, such as 1234567')
      .positive('must be the number of an account, such as 1234567')
      .register(settingFacts, { env: 'NEW_RELIC_ACCOUNT_ID', means: 'The number of the account to read.' })
      .optional(),
    ...lineFieldSettings('NEW_RELIC', { knows: 'New Relic, OpenTelemetry and loggers' }),
    url: Address()
      .register(settingFacts, {
        env: 'NEW_RELIC_URL',
        means: 'The address of a proxy for NerdGraph, without `/graphql`. Default: the API of the region.',
      })
      .optional(),
    uiUrl: Address()
      .register(settingFacts, {
        env: 'NEW_RELIC_UI_URL',
        means: 'The address where people open New Relic. Default: that of the region.',
      })
      .optional(),
    webhookToken: Token({
      env: 'NEW_RELIC_WEBHOOK_TOKEN',
      means:
        'The bearer token of New Relic’s webhook destination. While you replace it, give both, separated by a comma.',
    }),
  },
};
