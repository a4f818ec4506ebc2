/** The organization of Sentry that is read, with which token, and the secret of its webhook. */
import { z } from 'zod';
import { Address, Secret, says, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  sentry: {
    organization: z
      .string(says('must be text'))
      .regex(/^[a-z0-9][\w-]{0,99}$/i, 'must be the slug of an organization, such as acme')
      .register(settingFacts, {
        env: 'SENTRY_ORG',
        means:
          'The slug of the organization in Sentry. With it and a token, Spanhound reads [exceptions](sentry.md) of a trace, a service or a time window.',
      })
      .optional(),
    token: Token({
      env: 'SENTRY_AUTH_TOKEN',
      means: 'The token of an internal integration of Sentry that may read the organization, projects and events.',
    }),
    reads: z
      .enum(['errors', 'errors-and-traces'], 'must be errors or errors-and-traces')
      .register(settingFacts, {
        env: 'SENTRY_READS',
        means: 'What is read: `errors`, or `errors-and-traces` if requests have their spans in Sentry, too.',
      })
      .prefault('errors'),
    url: Address()
      .register(settingFacts, {
        env: 'SENTRY_URL',
        means: 'The address of Sentry; `https://de.sentry.io` for organizations whose data is in the EU.',
      })
      .prefault('https://sentry.io'),
    webhookSecret: Secret({
      env: 'SENTRY_WEBHOOK_SECRET',
      means:
        'The client secret of Sentry’s internal integration, which signs its webhooks. While you replace it, give both, separated by a comma.',
    }),
  },
};
