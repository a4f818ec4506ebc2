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
    kinds: ['logs'],
    counts: ['logs'],
    setup: { set: 'CLOUDWATCH_LOG_GROUPS and CLOUDWATCH_REGION', purpose: 'to read log lines from it' },
    place({ cloudwatch: { logGroups, region, url } }) {
      if (logGroups === undefined) return undefined;
      const address = url ?? (region === undefined ? undefined : awsEndpoint('logs', region));
      return address === undefined ? 'CloudWatch' : placeAt('CloudWatch', address);
    },
    async open({ cloudwatch: { logGroups, region, serviceField, url } }, { timeoutMs, maxBytes, errors }) {
      if (logGroups === undefined) return {};
      if (region === undefined) throw new ConfigError('CLOUDWATCH_REGION is missing: log groups are of one region');
      const { cloudWatchLogs } = await import('./logs.ts');
      const groups = logGroups.split(',');
      const at = { url: url ?? awsEndpoint('logs', region), region };
      return { logs: cloudWatchLogs({ ...at, groups, serviceField, timeoutMs, maxBytes, errors }) };
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
