/** A vendor that only tests have: it holds logs, posts alerts, and has a Slack app. */
import { defineSystem, placeAt } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const acme = defineSystem({
  id: 'acme',
  title: 'Acme',
  docs: 'formats.md',
  checked: 'documented',
  settings,
  links: { trace: 'http://acme.internal/trace/{traceId}' },
  errors: { address: 'ACME_URL', credentials: 'ACME_TOKEN' },
  evidence: {
    kinds: ['logs'],
    setup: { set: 'ACME_URL', purpose: 'to read log lines from it' },
    place: ({ acme }) => acme && placeAt('Acme', acme.url),
    async open({ acme: settings }, { errors }) {
      if (settings === undefined) return {};
      const { acme } = await import('./client.ts');
      return { logs: acme({ ...settings, errors }) };
    },
  },
  alertMessages: { load: async () => (await import('./message.ts')).readAcmeMessage },
  alertWebhook: {
    path: '/webhooks/acme',
    secret: 'ACME_WEBHOOK_TOKEN',
    setup: 'set ACME_WEBHOOK_TOKEN to the token of the webhook',
    bodies: ['an Acme webhook'],
    refusal: 'invalid bearer token',
    async load() {
      const [{ bearerProof }, { readAcmeWebhook }] = await Promise.all([
        import('#adapters/bearer-token.ts'),
        import('./webhook.ts'),
      ]);
      return { proof: ({ acme }) => bearerProof(acme?.webhookToken), read: readAcmeWebhook };
    },
  },
});
