import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const googleCloud = defineSystem({
  id: 'google-cloud',
  title: 'Google Cloud Monitoring',
  docs: 'alerts.md',
  checked: 'documented',
  settings,
  alertWebhook: {
    path: '/webhooks/google-cloud',
    secret: 'GOOGLE_CLOUD_WEBHOOK_TOKEN',
    setup: 'set GOOGLE_CLOUD_WEBHOOK_TOKEN, and use it as the password of the channel’s basic authentication',
    bodies: ['a Google Cloud Monitoring incident'],
    refusal: 'invalid token',
    async load() {
      const [{ tokenProof }, { readGoogleCloudWebhook }] = await Promise.all([
        import('#adapters/shared-secret.ts'),
        import('./webhook.ts'),
      ]);
      return {
        proof: ({ googleCloud }) => tokenProof(googleCloud.webhookToken),
        read: readGoogleCloudWebhook,
      };
    },
  },
});
