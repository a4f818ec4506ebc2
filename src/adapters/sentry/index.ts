import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const sentry = defineSystem({
  id: 'sentry',
  title: 'Sentry',
  docs: 'alerts.md',
  checked: 'documented',
  settings,
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
