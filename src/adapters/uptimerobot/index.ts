import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const uptimeRobot = defineSystem({
  id: 'uptimerobot',
  title: 'UptimeRobot',
  docs: 'uptimerobot.md',
  checked: 'documented',
  settings,
  alertMessages: { load: async () => (await import('./message.ts')).readUptimeRobotMessage },
  alertWebhook: {
    path: '/webhooks/uptimerobot',
    secret: 'UPTIMEROBOT_WEBHOOK_TOKEN',
    setup: 'set UPTIMEROBOT_WEBHOOK_TOKEN, and send it as the bearer token in the webhook’s headers',
    bodies: ['an UptimeRobot webhook'],
    refusal: 'invalid token',
    async load() {
      const [{ tokenProof }, { readUptimeRobotWebhook }] = await Promise.all([
        import('#adapters/shared-secret.ts'),
        import('./webhook.ts'),
      ]);
      return {
        proof: ({ uptimerobot }) => tokenProof(uptimerobot.webhookToken),
        read: readUptimeRobotWebhook,
      };
    },
  },
});
