import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const statuspage = defineSystem({
  id: 'statuspage',
  title: 'Statuspage',
  docs: 'alerts.md',
  checked: 'documented',
  settings,
  alertWebhook: {
    path: '/webhooks/statuspage',
    secret: 'STATUSPAGE_WEBHOOK_TOKEN',
    setup: 'set STATUSPAGE_WEBHOOK_TOKEN, and add ?token=… to the address',
    bodies: ['a Statuspage notification'],
    refusal: 'invalid token',
    async load() {
      const [{ tokenProof }, { readStatuspageWebhook }] = await Promise.all([
        import('#adapters/shared-secret.ts'),
        import('./webhook.ts'),
      ]);
      return {
        proof: ({ statuspage }) => tokenProof(statuspage.webhookToken),
        read: readStatuspageWebhook,
      };
    },
  },
});
