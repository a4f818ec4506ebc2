import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const datadog = defineSystem({
  id: 'datadog',
  title: 'Datadog',
  docs: 'alerts.md',
  settings,
  alertMessages: { load: async () => (await import('./message.ts')).readDatadogMessage },
  alertWebhook: {
    path: '/webhooks/datadog',
    secret: 'DATADOG_WEBHOOK_TOKEN',
    setup: 'set DATADOG_WEBHOOK_TOKEN, and send it as the bearer token in the webhook’s custom headers',
    bodies: ['a Datadog webhook'],
    refusal: 'invalid token',
    smaller: 'Leave variables such as `$EVENT_MSG` out of the webhook’s payload.',
    async load() {
      const [{ tokenProof }, { isDatadogWebhook, readDatadogWebhook }] = await Promise.all([
        import('#adapters/shared-secret.ts'),
        import('./webhook.ts'),
      ]);
      return {
        proof: ({ datadog }) => tokenProof(datadog.webhookToken),
        read: readDatadogWebhook,
        isOwn: isDatadogWebhook,
      };
    },
  },
});
