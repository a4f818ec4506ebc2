import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const kapacitor = defineSystem({
  id: 'kapacitor',
  title: 'Kapacitor',
  docs: 'kapacitor.md',
  checked: 'documented',
  settings,
  alertWebhook: {
    path: '/webhooks/kapacitor',
    secret: 'KAPACITOR_WEBHOOK_TOKEN',
    setup: 'set KAPACITOR_WEBHOOK_TOKEN, and send it as the bearer token in the endpoint’s headers',
    bodies: ['a Kapacitor alert'],
    refusal: 'invalid token',
    smaller: 'Leave the data of the series out: set `alert-template` of its `[[httppost]]`, or group by more tags.',
    async load() {
      const [{ tokenProof }, { isKapacitorAlert, readKapacitorWebhook }] = await Promise.all([
        import('#adapters/shared-secret.ts'),
        import('./webhook.ts'),
      ]);
      return {
        proof: ({ kapacitor }) => tokenProof(kapacitor.webhookToken),
        read: readKapacitorWebhook,
        isOwn: isKapacitorAlert,
      };
    },
  },
});
