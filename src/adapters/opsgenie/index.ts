import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const opsgenie = defineSystem({
  id: 'opsgenie',
  title: 'Opsgenie',
  docs: 'alerts.md',
  checked: 'documented',
  settings,
  alertMessages: { load: async () => (await import('./message.ts')).readOpsgenieMessage },
  alertWebhook: {
    path: '/webhooks/opsgenie',
    secret: 'OPSGENIE_WEBHOOK_TOKEN',
    setup: 'set OPSGENIE_WEBHOOK_TOKEN, and send it as the bearer token in the webhook’s custom headers',
    bodies: ['an Opsgenie webhook'],
    refusal: 'invalid token',
    async load() {
      const [{ tokenProof }, { readOpsgenieWebhook }] = await Promise.all([
        import('#adapters/shared-secret.ts'),
        import('./webhook.ts'),
      ]);
      return {
        proof: ({ opsgenie }) => tokenProof(opsgenie.webhookToken),
        read: readOpsgenieWebhook,
      };
    },
  },
  onCall: {
    set: 'OPSGENIE_API_KEY',
    place: /^schedule\/\w[^=,\p{C}]{0,99}$/u,
    examples: ['opsgenie:schedule/Payments'],
    async open({ opsgenie: { apiKey, apiUrl } }) {
      if (apiKey === undefined) return undefined;
      const { opsgenieOnCall } = await import('./on-call.ts');
      return opsgenieOnCall({ apiKey, apiUrl });
    },
  },
});
