/** CloudWatch as a source of log lines, of metrics, or of both. One check reports on both. */
import type { AwsOptions } from '#adapters/aws-api.ts';
import { awsEndpoint } from '#adapters/aws-endpoint.ts';
import { healthOfAll } from '#adapters/health.ts';
import type { LogSource, MetricSource } from '#gather/sources.ts';
import { cloudWatchLogs } from './logs.ts';
import { cloudWatchMetrics } from './metrics.ts';
import type { MetricNamespace } from './settings.ts';

type CloudWatchOptions = Omit<AwsOptions, 'url'> &
  Readonly<{
    /** Endpoints in a VPC, of the logs and of the metrics. @default those of the region */
    url?: URL | undefined;
    metricsUrl?: URL | undefined;
    /** Without one, no log lines are read. */
    groups: readonly string[];
    /** Without one, no metrics are read. */
    namespaces: readonly MetricNamespace[];
    serviceField?: string | undefined;
  }>;

type CloudWatchSources = Readonly<{ logs?: LogSource; metrics?: MetricSource }>;

export function cloudWatch(options: CloudWatchOptions): CloudWatchSources {
  const { url, metricsUrl, groups, namespaces, serviceField, ...shared } = options;
  const [ofLogs, ofMetrics] = [
    url ?? awsEndpoint('logs', shared.region),
    metricsUrl ?? awsEndpoint('monitoring', shared.region),
  ];
  const logs = groups.length === 0 ? undefined : cloudWatchLogs({ ...shared, url: ofLogs, groups, serviceField });
  const metrics = namespaces.length === 0 ? undefined : cloudWatchMetrics({ ...shared, url: ofMetrics, namespaces });
  if (logs === undefined || metrics === undefined) return { ...(logs && { logs }), ...(metrics && { metrics }) };
  const check = (signal: AbortSignal) => healthOfAll({ logs, metrics }, signal);
  return { logs: { ...logs, check }, metrics: { ...metrics, check } };
}
