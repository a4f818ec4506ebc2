import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const azureMonitor = defineSystem({
  id: 'azure',
  title: 'Azure Monitor',
  docs: 'alerts.md',
  checked: 'documented',
  settings,
  alertWebhook: {
    path: '/webhooks/azure',
    secret: 'AZURE_MONITOR_WEBHOOK_TOKEN',
    setup: 'set AZURE_MONITOR_WEBHOOK_TOKEN, and add ?token=… to the address',
    bodies: ['an Azure Monitor alert in the common schema'],
    refusal: 'invalid token',
    async load() {
      const [{ tokenProof }, { readAzureWebhook }] = await Promise.all([
        import('#adapters/shared-secret.ts'),
        import('./webhook.ts'),
      ]);
      return {
        proof: ({ azure }) => tokenProof(azure.webhookToken),
        read: readAzureWebhook,
      };
    },
  },
});
