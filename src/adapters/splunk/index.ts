import { defineSystem, placeAt } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const splunk = defineSystem({
  id: 'splunk',
  title: 'Splunk',
  docs: 'splunk.md',
  checked: 'documented',
  settings,
  errors: { address: 'SPLUNK_URL', credentials: 'SPLUNK_TOKEN' },
  evidence: {
    kinds: ['logs'],
    counts: ['logs'],
    setup: { set: 'SPLUNK_URL', purpose: 'to read log lines from it' },
    place: ({ splunk: { url } }) => url && placeAt('Splunk', url),
    async open({ splunk: { url, webhookToken: _, ...settings } }, { timeoutMs, maxBytes, errors }) {
      if (url === undefined) return {};
      const { splunk } = await import('./client.ts');
      return { logs: splunk({ ...settings, url, timeoutMs, maxBytes, errors }) };
    },
  },
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
