import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const splunk = defineSystem({
  id: 'splunk',
  title: 'Splunk',
  docs: 'alerts.md',
  settings,
  alertWebhook: {
    path: '/webhooks/splunk',
    secret: 'SPLUNK_WEBHOOK_TOKEN',
    setup: 'set SPLUNK_WEBHOOK_TOKEN, and add ?token=… to the address',
    bodies: ['a Splunk webhook'],
    refusal: 'invalid token',
    async load() {
      const [{ tokenProof }, { readSplunkWebhook }] = await Promise.all([
        import('#adapters/shared-secret.ts'),
        import('./webhook.ts'),
      ]);
      return {
        proof: ({ splunk }) => tokenProof(splunk.webhookToken),
        read: readSplunkWebhook,
      };
    },
  },
});
