import { defineSystem, placeAt } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const alertmanager = defineSystem({
  id: 'alertmanager',
  title: 'Alertmanager',
  docs: 'alertmanager.md',
  checked: { metrics: 'recorded', webhooks: 'real' },
  settings,
  errors: {
    address: 'ALERTMANAGER_URL',
    credentials: 'ALERTMANAGER_API_TOKEN, or the user and the password in ALERTMANAGER_URL',
  },
  evidence: {
    kinds: ['metrics'],
    setup: { set: 'ALERTMANAGER_URL', purpose: 'to read which alerts fire' },
    place: ({ alertmanager: { url } }) => url && placeAt('Alertmanager', url),
    async open({ alertmanager: { url, uiUrl, apiToken, tenant } }, { timeoutMs, maxBytes, errors }) {
      if (url === undefined) return {};
      const { alertmanagerAlerts } = await import('./client.ts');
      return { metrics: alertmanagerAlerts({ url, uiUrl, token: apiToken, tenant, timeoutMs, maxBytes, errors }) };
    },
  },
  alertMessages: { load: async () => (await import('./message.ts')).readAlertmanagerMessage },
  alertWebhook: {
    path: '/webhooks/alertmanager',
    secret: 'ALERTMANAGER_TOKEN',
    setup: 'set ALERTMANAGER_TOKEN, and use the same token as the receiver’s credentials',
    bodies: ['an Alertmanager webhook', 'an alert from Alertmanager’s API'],
    refusal: 'invalid bearer token',
    smaller:
      'Split its groups: add a label to `group_by` of the route. `max_alerts` of `webhook_configs` also limits a message; the alerts above it are left out.',
    async load() {
      const [{ bearerProof }, { readAlertmanagerApi, readAlertmanagerWebhook }] = await Promise.all([
        import('#adapters/bearer-token.ts'),
        import('./webhook.ts'),
      ]);
      return {
        proof: ({ alertmanager }) => bearerProof(alertmanager.token),
        read: readAlertmanagerWebhook,
        readSaved: readAlertmanagerApi,
      };
    },
  },
});
