import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const cloudWatch = defineSystem({
  id: 'cloudwatch',
  title: 'Amazon CloudWatch',
  docs: 'alerts.md',
  checked: 'documented',
  settings,
  alertMessages: { load: async () => (await import('./message.ts')).readCloudWatchMessage },
  alertWebhook: {
    path: '/webhooks/cloudwatch',
    secret: 'CLOUDWATCH_TOPICS',
    setup: 'set CLOUDWATCH_TOPICS to the ARN of the SNS topic',
    bodies: ['a CloudWatch alarm'],
    refusal: 'invalid topic or signature',
    async load() {
      const [{ confirmSubscription, snsProof }, { isCloudWatchBody, readCloudWatchWebhook }] = await Promise.all([
        import('./sns.ts'),
        import('./webhook.ts'),
      ]);
      return {
        proof: ({ cloudwatch }) => snsProof(cloudwatch.topics),
        read: readCloudWatchWebhook,
        isOwn: isCloudWatchBody,
        setUp: (body) => confirmSubscription(body),
      };
    },
  },
});
