import { awsEndpoint } from '#adapters/aws-endpoint.ts';
import { defineSystem, placeAt } from '#adapters/system.ts';
import { ConfigError } from '#core/errors.ts';
import { settings } from './settings.ts';

export const cloudWatch = defineSystem({
  id: 'cloudwatch',
  title: 'Amazon CloudWatch',
  docs: 'cloudwatch.md',
  checked: 'documented',
  settings,
  errors: { address: 'CLOUDWATCH_REGION', credentials: 'the credentials of AWS and their rights' },
  evidence: {
    kinds: ['logs', 'metrics'],
    counts: ['logs'],
    setup: {
      set: 'CLOUDWATCH_REGION, and CLOUDWATCH_LOG_GROUPS or CLOUDWATCH_METRICS',
      purpose: 'to read log lines or metrics from it',
    },
    place({ cloudwatch: { logGroups, metrics, region, url, metricsUrl } }) {
      if (logGroups === undefined && metrics.length === 0) return undefined;
      const own = logGroups === undefined ? metricsUrl : url;
      const service = logGroups === undefined ? 'monitoring' : 'logs';
      const address = own ?? (region === undefined ? undefined : awsEndpoint(service, region));
      return address === undefined ? 'CloudWatch' : placeAt('CloudWatch', address);
    },
    async open({ cloudwatch: { logGroups, metrics, region, ...settings } }, { timeoutMs, maxBytes, errors }) {
      if (logGroups === undefined && metrics.length === 0) return {};
      if (region === undefined)
        throw new ConfigError('CLOUDWATCH_REGION is missing: log groups and metrics are of one region');
      const { cloudWatch } = await import('./client.ts');
      const groups = logGroups?.split(',') ?? [];
      return cloudWatch({ ...settings, region, groups, namespaces: metrics, timeoutMs, maxBytes, errors });
    },
  },
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
