import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const newRelic = defineSystem({
  id: 'newrelic',
  title: 'New Relic',
  docs: 'alerts.md',
  settings,
  alertWebhook: {
    path: '/webhooks/newrelic',
    secret: 'NEW_RELIC_WEBHOOK_TOKEN',
    setup: 'set NEW_RELIC_WEBHOOK_TOKEN, and use it as the bearer token of the destination',
    bodies: ['a New Relic webhook'],
    refusal: 'invalid token',
    smaller: 'Leave fields out of the template of the workflow’s notification.',
    async load() {
      const [{ tokenProof }, { isNewRelicWebhook, readNewRelicWebhook }] = await Promise.all([
        import('#adapters/shared-secret.ts'),
        import('./webhook.ts'),
      ]);
      return {
        proof: ({ newrelic }) => tokenProof(newrelic.webhookToken),
        read: readNewRelicWebhook,
        isOwn: isNewRelicWebhook,
      };
    },
  },
});
