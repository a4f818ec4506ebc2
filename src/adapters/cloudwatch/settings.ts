/** The SNS topics from which alarms are taken, and the log groups and the namespaces of metrics that are read. */
import { z } from 'zod';
import { Address, HeaderText, lineFieldSettings, says } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

const NAMESPACES = ['AWS/Lambda', 'AWS/ECS', 'ECS/ContainerInsights', 'ContainerInsights', 'AWS/RDS'] as const;
export type MetricNamespace = (typeof NAMESPACES)[number];

export const settings = {
  cloudwatch: {
    topics: HeaderText()
      .min(1, 'must not be empty')
      .register(settingFacts, {
        env: 'CLOUDWATCH_TOPICS',
        means:
          'The ARNs of the Amazon SNS topics from which alarms are taken, separated by commas. Amazon signs each message.',
      })
      .optional(),
    logGroups: z
      .string(says('must be text'))
      .regex(
        /^[\w./#:-]{1,600}(?:,[\w./#:-]{1,600}){0,49}$/,
        'must be names or ARNs of log groups, at most 50, separated with commas',
      )
      .register(settingFacts, {
        env: 'CLOUDWATCH_LOG_GROUPS',
        means:
          'The log groups whose lines are read, separated with commas: names, or ARNs for groups of other accounts. Credentials come from where every AWS SDK looks for them.',
      })
      .optional(),
    region: z
      .string(says('must be text'))
      .regex(/^[a-z]{2,4}(?:-[a-z]{2,10}){1,3}-\d{1,2}$/, 'must be a region such as eu-west-1')
      .register(settingFacts, {
        env: 'CLOUDWATCH_REGION',
        means: 'The region of the log groups and the metrics, such as `eu-west-1`.',
      })
      .optional(),
    metrics: z
      .array(z.enum(NAMESPACES, `must be of ${NAMESPACES.join(', ')}`), says('must be a list of namespaces'))
      .max(NAMESPACES.length, `must be at most ${NAMESPACES.length}`)
      .register(settingFacts, {
        env: 'CLOUDWATCH_METRICS',
        means: `The namespaces whose [metrics](cloudwatch.md#metrics) are read: ${NAMESPACES.map((name) => `\`${name}\``).join(', ')}. Default: none, because Amazon bills each metric. In the variable, separate them with commas.`,
      })
      .prefault([]),
    serviceField: z
      .string(says('must be text'))
      .regex(/^[a-z_@][\w.:-]{0,199}$/i, 'must be the name of a field')
      .register(settingFacts, {
        env: 'CLOUDWATCH_SERVICE_FIELD',
        means:
          'The field of a line that names the service. Default: the names that OpenTelemetry, Kubernetes and loggers use, then the log group.',
      })
      .optional(),
    ...lineFieldSettings('CLOUDWATCH'),
    url: Address()
      .register(settingFacts, {
        env: 'CLOUDWATCH_LOGS_URL',
        means: 'The address of an endpoint of CloudWatch Logs in your VPC. Default: that of the region.',
      })
      .optional(),
    metricsUrl: Address()
      .register(settingFacts, {
        env: 'CLOUDWATCH_METRICS_URL',
        means: 'The address of an endpoint of CloudWatch (`monitoring`) in your VPC. Default: that of the region.',
      })
      .optional(),
  },
};
