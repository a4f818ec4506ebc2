import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const sematext = defineSystem({
  id: 'sematext',
  title: 'Sematext',
  docs: 'sematext.md',
  checked: 'documented',
  settings,
  alertWebhook: {
    path: '/webhooks/sematext',
    secret: 'SEMATEXT_WEBHOOK_TOKEN',
    setup: 'set SEMATEXT_WEBHOOK_TOKEN, and send it as the bearer token in the webhook’s headers',
    bodies: ['a Sematext webhook'],
    refusal: 'invalid token',
    async load() {
      const [{ tokenProof }, { isSematextBody, readSematextWebhook }] = await Promise.all([
        import('#adapters/shared-secret.ts'),
        import('./webhook.ts'),
      ]);
      return {
        proof: ({ sematext }) => tokenProof(sematext.webhookToken),
        read: readSematextWebhook,
        isOwn: isSematextBody,
      };
    },
  },
});
