import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const checkly = defineSystem({
  id: 'checkly',
  title: 'Checkly',
  docs: 'checkly.md',
  checked: 'documented',
  settings,
  alertWebhook: {
    path: '/webhooks/checkly',
    secret: 'CHECKLY_WEBHOOK_SECRET',
    setup: 'set CHECKLY_WEBHOOK_SECRET to the webhook secret of the alert channel',
    bodies: ['a Checkly webhook'],
    refusal: 'invalid signature',
    async load() {
      const { checklyProof, readChecklyWebhook } = await import('./webhook.ts');
      return {
        proof: ({ checkly }) => checklyProof(checkly.webhookSecret),
        read: readChecklyWebhook,
      };
    },
  },
});
