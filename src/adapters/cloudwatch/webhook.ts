/**
 * Alarms of Amazon CloudWatch through an SNS topic, as CloudWatch writes them or as EventBridge does.
 * https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
import { z } from 'zod';
import {
  deliveryOf,
  firstOf,
  Instant,
  isPlaceInFront,
  Labels,
  labelsOf,
  Name,
  nameAtEnd,
  nameInTitle,
  Prose,
  Required,
  serviceOf,
  traceIdIn,
  unreadable,
} from '#adapters/alert-fields.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import type { AlertState } from '#model/incident/alert.ts';
import { isAwsEvent, readAwsEvent } from './aws-events.ts';
import { SnsMessage } from './sns.ts';

const Dimension = z.object({ name: Name, Name: Name, value: Name, Value: Name });

const Alarm = z.object({
  AlarmName: Required,
  AlarmDescription: Prose,
  AlarmArn: Name,
  AWSAccountId: Name,
  Region: Name,
  NewStateValue: z.enum(['ALARM', 'OK', 'INSUFFICIENT_DATA'], 'expected ALARM, OK or INSUFFICIENT_DATA'),
  NewStateReason: Prose,
  AlarmRule: Prose,
  StateChangeTime: Instant,
  Trigger: z
    .object({ MetricName: Name, Namespace: Name, Dimensions: z.array(Dimension).nullish().catch(undefined) })
    .nullish()
    .catch(undefined),
});

const MetricStat = z
  .object({ metric: z.object({ name: Name, namespace: Name, dimensions: Labels }) })
  .nullish()
  .catch(undefined);

/** EventBridge's event after somebody created, changed or deleted an alarm. It also contains the alarm's current state. */
const AlarmSettings = z.looseObject({ 'detail-type': z.literal('CloudWatch Alarm Configuration Change') });

const EventBridge = z.object({
  'detail-type': z.literal('CloudWatch Alarm State Change'),
  id: Name,
  account: Name,
  region: Name,
  resources: z.array(Name).nullish().catch(undefined),
  time: Instant,
  detail: z.object({
    alarmName: Required,
    state: z.object({
      value: z.enum(['ALARM', 'OK', 'INSUFFICIENT_DATA'], 'expected ALARM, OK or INSUFFICIENT_DATA'),
      reason: Prose,
      timestamp: Instant,
    }),
    configuration: z
      .object({
        description: Prose,
        metrics: z
          .array(z.object({ metricStat: MetricStat }))
          .nullish()
          .catch(undefined),
      })
      .nullish()
      .catch(undefined),
  }),
});

const STATES: Readonly<Record<string, AlertState>> = { ALARM: 'triggered', OK: 'resolved' };

export function isCloudWatchBody(body: unknown): boolean {
  const forms = [SnsMessage, z.looseObject({ AlarmName: z.string() }), EventBridge, AlarmSettings];
  return forms.some((form) => form.safeParse(body).success) || isAwsEvent(body);
}

/** The message of a topic, or an alarm without its envelope, from a file. */
export function readCloudWatchWebhook(body: unknown, receivedUs: number): ReadDelivery {
  const sns = SnsMessage.safeParse(body);
  if (!sns.success) return isCloudWatchBody(body) ? readAlarm(body, { receivedUs, id: '' }) : unreadable(sns.error);
  const { Type, Message, MessageId, Timestamp } = sns.data;
  if (Type !== 'Notification') return { kind: 'other', why: `${Type} is about the subscription` };
  const content = jsonIn(Message);
  if (content === undefined) {
    return { kind: 'unreadable', why: '✖ the message of the topic is no JSON of an alarm\n  → at Message' };
  }
  const atUs = Date.parse(Timestamp) * 1_000;
  return readAlarm(content, { receivedUs: Number.isNaN(atUs) ? receivedUs : atUs, id: MessageId });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Around = Readonly<{ receivedUs: number; id: string }>;

function readAlarm(content: unknown, { receivedUs, id }: Around): ReadDelivery {
  if (AlarmSettings.safeParse(content).success)
    return { kind: 'other', why: 'a change of an alarm’s configuration: no alert begins or ends' };
  const other = readAwsEvent(content, { receivedUs, id });
  if (other !== undefined) return other;
  const event = EventBridge.safeParse(content);
  const parsed = event.success ? Alarm.safeParse(alarmOf(event.data)) : Alarm.safeParse(content);
  if (!parsed.success) return unreadable(parsed.error);
  const alarm = parsed.data;
  const state = STATES[alarm.NewStateValue];
  if (state === undefined)
    return { kind: 'other', why: 'INSUFFICIENT_DATA: CloudWatch does not know whether it is an alarm' };
  const dimensions = Object.fromEntries(
    (alarm.Trigger?.Dimensions ?? []).map(({ name, Name, value, Value }) => [name || Name, value || Value]),
  );
  const region = /^arn:aws[\w-]*:cloudwatch:([\w-]+):/.exec(alarm.AlarmArn)?.[1] ?? '';
  const saidUs = alarm.StateChangeTime ?? receivedUs;
  return deliveryOf(
    {
      source: 'cloudwatch',
      key: alarm.AlarmArn || `${alarm.AWSAccountId}/${alarm.AlarmName}`,
      title: alarm.AlarmName,
      // A composite alarm has no metric and so no dimensions: people write what it is about.
      service:
        watchedService(dimensions) ||
        nameAtEnd(alarm.AlarmDescription) ||
        nameOfComposite(alarm.AlarmName, alarm.AlarmRule) ||
        nameInTitle(alarm.AlarmDescription.split('\n', 1)[0] ?? ''),
      severity: '',
      state,
      atUs: saidUs,
      saidUs,
      url: region === '' ? '' : consoleUrl(region, alarm.AlarmName),
      traceId: traceIdIn(alarm.AlarmDescription),
      labels: {
        ...labelsOf(dimensions),
        ...labelsOf({ region: alarm.Region, account: alarm.AWSAccountId, metric: alarm.Trigger?.MetricName }),
      },
    },
    id,
  );
}

function alarmOf({ detail, account, region, resources, time }: z.output<typeof EventBridge>): unknown {
  // Some entries of a metric math alarm are expressions: the first one with `metricStat` has a metric with dimensions.
  const measured = detail.configuration?.metrics?.find(({ metricStat }) => metricStat)?.metricStat?.metric;
  return {
    AlarmName: detail.alarmName,
    AlarmDescription: detail.configuration?.description,
    AlarmArn: resources?.[0],
    AWSAccountId: account,
    Region: region,
    NewStateValue: detail.state.value,
    NewStateReason: detail.state.reason,
    StateChangeTime: (detail.state.timestamp ?? time ?? 0) / 1_000_000,
    ...(measured && {
      Trigger: {
        MetricName: measured.name,
        Namespace: measured.namespace,
        Dimensions: Object.entries(measured.dimensions).map(([name, value]) => ({ name, value })),
      },
    }),
  };
}

/**
 * What the name of a composite alarm has in common with the alarms of its rule: `cart-health` of
 * `ALARM("cart-5xx") OR ALARM("cart-slow")` is about `cart`. Empty where their names begin in different ways.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 */
function nameOfComposite(name: string, rule: string): string {
  const children = [
    ...rule.slice(0, 10_000).matchAll(/\b(?:ALARM|OK|INSUFFICIENT_DATA)\(\s{0,3}["']?([^"'()]{1,255})/g),
  ];
  const names = children.map(([, child = '']) => partsOfName(child.split(':alarm:').at(-1) ?? ''));
  if (names.length === 0) return '';
  const own = partsOfName(name);
  const differs = own.findIndex((part, at) => names.some((parts) => parts[at] !== part));
  const common = (differs < 0 ? own : own.slice(0, differs)).join('-');
  return isPlaceInFront(common) ? '' : common;
}

function partsOfName(name: string): readonly string[] {
  return name.trim().split(/[-_ ]+/);
}

/**
 * Dimensions whose value is the name that a team gave to its service, most telling first.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html
 */
const SERVICE_DIMENSIONS = [
  'ServiceName',
  'Service',
  'FunctionName',
  'ApiName',
  'QueueName',
  'DBInstanceIdentifier',
  'DBClusterIdentifier',
  'AutoScalingGroupName',
  'StreamName',
  'DeliveryStreamName',
  'TableName',
  'TopicName',
  'CacheClusterId',
  'ReplicationGroupId',
  'DomainName',
  'Broker',
];

/** The service of an alarm by the dimensions of its metric. */
export function watchedService(dimensions: Readonly<Record<string, string>>): string {
  return firstOf(
    serviceOf(dimensions),
    ...SERVICE_DIMENSIONS.map((name) => dimensions[name]),
    ...BALANCED.map((name) => /^(?:targetgroup|app|net|gwy)\/([\w-]{1,64})\//.exec(dimensions[name] ?? '')?.[1]),
  );
}

/**
 * `targetgroup/cart/6d0ecf831eec9f09`, `app/shop/50dc6c495c0c9188`
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
const BALANCED = ['TargetGroup', 'LoadBalancer'];

export function consoleUrl(region: string, name: string): string {
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#alarmsV2:alarm/${encodeURIComponent(name)}`;
}
