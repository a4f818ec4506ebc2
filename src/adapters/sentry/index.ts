import { defineSystem, placeAt } from '#adapters/system.ts';
import { ConfigError } from '#core/errors.ts';
import { settings } from './settings.ts';

export const sentry = defineSystem({
  id: 'sentry',
  title: 'Sentry',
  docs: 'sentry.md',
  checked: 'documented',
  settings,
  errors: { address: 'SENTRY_URL', credentials: 'SENTRY_AUTH_TOKEN and SENTRY_ORG' },
  evidence: {
    kinds: ['logs', 'traces'],
    setup: { set: 'SENTRY_ORG and SENTRY_AUTH_TOKEN', purpose: 'to read exceptions from it' },
    place: ({ sentry: { organization, token, url } }) =>
      organization === undefined && token === undefined ? undefined : placeAt('Sentry', url),
    async open({ sentry: { organization, token, url, reads } }, { timeoutMs, maxBytes, errors }) {
      if (organization === undefined && token === undefined) return {};
      if (organization === undefined || token === undefined) {
        const missing = organization === undefined ? 'SENTRY_ORG' : 'SENTRY_AUTH_TOKEN';
        throw new ConfigError(`${missing} is missing: the organization and its token are both needed`);
      }
      const { sentry } = await import('./client.ts');
      return sentry({ url, organization, token, timeoutMs, maxBytes, errors }, reads === 'errors-and-traces');
    },
  },
  alertMessages: { load: async () => (await import('./message.ts')).readSentryMessage },
  alertWebhook: {
    path: '/webhooks/sentry',
    secret: 'SENTRY_WEBHOOK_SECRET',
    setup: 'set SENTRY_WEBHOOK_SECRET to the client secret of the internal integration',
    bodies: ['a Sentry webhook'],
    refusal: 'invalid signature',
    async load() {
      const { readSentryWebhook, sentryProof } = await import('./webhook.ts');
      return {
        proof: ({ sentry }) => sentryProof(sentry.webhookSecret),
        read: readSentryWebhook,
      };
    },
  },
});
