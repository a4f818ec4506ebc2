/**
 * Events of other services of Amazon that reach an SNS topic or a webhook: health, backups, databases, containers, scaling.
 * None of them has an end of its own, except for an issue of AWS Health, which is closed.
 * https://docs.aws.amazon.com/eventbridge/latest/ref/events-structure.html
 */
import { z } from 'zod';
import { deliveryOf, Instant, labelsOf, Name, Prose, Required } from '#adapters/alert-fields.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import type { Alert } from '#model/incident/alert.ts';

/** https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html */
const HealthEvent = z.object({
  'detail-type': z.literal('AWS Health Event'),
  time: Instant,
  region: Name,
  detail: z.object({
    eventArn: Required,
    service: Required,
    eventTypeCode: Required,
    eventTypeCategory: Name,
    statusCode: Name,
    startTime: Name,
    eventDescription: z
      .array(z.object({ latestDescription: Prose }))
      .nullish()
      .catch(undefined),
  }),
});

/** https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html */
const BackupEvent = z.object({
  'detail-type': z.enum(['Backup Job State Change', 'Restore Job State Change', 'Copy Job State Change']),
  time: Instant,
  region: Name,
  detail: z.object({ state: Name, status: Name, resourceArn: Name, resourceType: Name, statusMessage: Prose }),
});

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-cloud-watch-events.html */
const DatabaseEvent = z.object({
  'detail-type': z.enum(['RDS DB Instance Event', 'RDS DB Cluster Event']),
  time: Instant,
  region: Name,
  detail: z.object({
    EventCategories: z.array(Name).nullish().catch(undefined),
    EventID: Name,
    SourceIdentifier: Required,
    SourceArn: Name,
    Message: Required,
  }),
});

/** The same by a subscription of RDS. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.overview.html */
const DatabaseNotice = z.object({
  'Event Source': Required,
  'Event Time': Instant,
  'Identifier Link': Name,
  'Source ID': Required,
  'Source ARN': Name,
  'Event ID': Name,
  'Event Message': Required,
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html */
const TaskEvent = z.object({
  'detail-type': z.literal('ECS Task State Change'),
  time: Instant,
  region: Name,
  detail: z.object({
    clusterArn: Name,
    /** `service:cart`, or `family:nightly` of a task without a service. */
    group: Name,
    lastStatus: Name,
    stopCode: Name,
    stoppedReason: Prose,
    stoppedAt: Instant,
    containers: z
      .array(z.object({ name: Name, exitCode: z.number().nullish().catch(undefined), reason: Prose }))
      .nullish()
      .catch(undefined),
  }),
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html */
const ServiceEvent = z.object({
  'detail-type': z.enum(['ECS Service Action', 'ECS Deployment State Change']),
  time: Instant,
  region: Name,
  resources: z.array(Required).min(1),
  detail: z.object({ eventType: Required, eventName: Required, reason: Prose }),
});

/** https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-sns-notifications.html */
const Scaling = z.looseObject({ AutoScalingGroupName: z.string(), Event: z.string().startsWith('autoscaling:') });

/** The name of a resource, under the key that its type has. */
const Named = <Key extends string>(key: Key) =>
  z
    .object({ [key]: Name } as Record<Key, typeof Name>)
    .nullish()
    .catch(undefined);

/** https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-format.html */
const FindingEvent = z.object({
  'detail-type': z.literal('GuardDuty Finding'),
  time: Instant,
  region: Name,
  detail: z.object({
    id: Required,
    type: Required,
    severity: z.number(),
    title: Required,
    resource: z.object({
      instanceDetails: z
        .object({
          instanceId: Name,
          tags: z
            .array(z.object({ key: Name, value: Name }))
            .nullish()
            .catch(undefined),
        })
        .nullish()
        .catch(undefined),
      kubernetesDetails: z
        .object({ kubernetesWorkloadDetails: Named('name') })
        .nullish()
        .catch(undefined),
      ecsClusterDetails: Named('name'),
      eksClusterDetails: Named('name'),
      lambdaDetails: Named('functionName'),
      rdsDbInstanceDetails: Named('dbInstanceIdentifier'),
      accessKeyDetails: Named('userName'),
      s3BucketDetails: z
        .array(z.object({ name: Name }))
        .nullish()
        .catch(undefined),
    }),
  }),
});

const FORMS: readonly z.ZodType[] = [
  HealthEvent,
  BackupEvent,
  DatabaseEvent,
  DatabaseNotice,
  FindingEvent,
  TaskEvent,
  ServiceEvent,
  Scaling,
];

export function isAwsEvent(body: unknown): boolean {
  return FORMS.some((form) => form.safeParse(body).success);
}

type Around = Readonly<{ receivedUs: number; id: string }>;

/** Undefined where the body is another one. */
export function readAwsEvent(body: unknown, around: Around): ReadDelivery | undefined {
  const health = HealthEvent.safeParse(body).data;
  if (health !== undefined) return readHealth(health, around);
  const backup = BackupEvent.safeParse(body).data;
  if (backup !== undefined) return readBackup(backup, around);
  const event = DatabaseEvent.safeParse(body).data;
  if (event !== undefined) return readDatabase(noticeOf(event), around);
  const notice = DatabaseNotice.safeParse(body).data;
  if (notice !== undefined) return readDatabase(noticeIn(notice), around);
  const finding = FindingEvent.safeParse(body).data;
  if (finding !== undefined) return readFinding(finding, around);
  const task = TaskEvent.safeParse(body).data;
  if (task !== undefined) return readTask(task, around);
  const action = ServiceEvent.safeParse(body).data;
  if (action !== undefined) return readServiceEvent(action, around);
  const scaling = Scaling.safeParse(body).data;
  return scaling === undefined ? undefined : readScaling(scaling, around);
}

type Said = Pick<Alert, 'key' | 'title' | 'service' | 'labels'> &
  Partial<Pick<Alert, 'state' | 'url' | 'atUs' | 'severity'>>;

function alertOf(said: Said, { receivedUs, id }: Around, time: number | undefined): ReadDelivery {
  const saidUs = time ?? receivedUs;
  const alert = { source: 'cloudwatch', severity: '', traceId: '', url: '', state: 'triggered' as const };
  return deliveryOf({ ...alert, atUs: saidUs, ...said, saidUs }, id);
}

/** Only an issue is trouble. A change that is planned and a notice to the account are none. */
function readHealth({ detail, region, time }: z.output<typeof HealthEvent>, around: Around): ReadDelivery {
  const { eventTypeCategory: category, eventTypeCode, eventArn, service, startTime, statusCode } = detail;
  if (category !== 'issue') return { kind: 'other', why: `${category || 'an event'} of AWS Health is no issue` };
  const startMs = Date.parse(startTime);
  const text = (detail.eventDescription?.[0]?.latestDescription ?? '').split('\n', 1)[0] ?? '';
  return alertOf(
    {
      key: eventArn,
      title: text.slice(0, 300) || eventTypeCode,
      service,
      state: statusCode === 'closed' ? 'resolved' : 'triggered',
      labels: labelsOf({ region, event: eventTypeCode }),
      ...(!Number.isNaN(startMs) && { atUs: startMs * 1_000 }),
    },
    around,
    time,
  );
}

const JOB_FAILED = /^(?:FAILED|ABORTED|EXPIRED|PARTIAL)$/;

function readBackup(event: z.output<typeof BackupEvent>, around: Around): ReadDelivery {
  const { detail, region, time } = event;
  const job = event['detail-type'].replace(' State Change', '');
  const state = detail.state || detail.status;
  if (!JOB_FAILED.test(state)) return { kind: 'other', why: `a ${job.toLowerCase()} that is ${state} has not failed` };
  return alertOf(
    {
      key: `${job}/${detail.resourceArn}`,
      title: `${job} ${state}: ${detail.statusMessage || detail.resourceType}`.slice(0, 500),
      service: nameOfArn(detail.resourceArn),
      labels: labelsOf({ region, resource: detail.resourceType }),
    },
    around,
    time,
  );
}

type Notice = Readonly<{
  database: string;
  arn: string;
  event: string;
  message: string;
  /** Only events of EventBridge have them. */
  categories: readonly string[];
  url: string;
  time: number | undefined;
}>;

function noticeOf({ detail, time }: z.output<typeof DatabaseEvent>): Notice {
  const { SourceIdentifier: database, SourceArn: arn, EventID: event, Message: message } = detail;
  return { database, arn, event, message, categories: detail.EventCategories ?? [], url: '', time };
}

function noticeIn(notice: z.output<typeof DatabaseNotice>): Notice {
  return {
    database: notice['Source ID'],
    arn: notice['Source ARN'],
    event: /RDS-EVENT-\d{4}/.exec(notice['Event ID'])?.[0] ?? '',
    message: notice['Event Message'],
    categories: [],
    url: notice['Identifier Link'],
    time: notice['Event Time'],
  };
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html */
const TROUBLE_CATEGORY = /^(?:failure|low storage)$/i;
const TROUBLE_MESSAGE =
  /\b(?:failed|failure|incompatible|storage-full|(?:is|are|runs?|running) (?:low|full|out of)|exhausted|consumed|cannot)\b/i;

/** A failover interrupts the connections of its clients until it is complete: `Started cross AZ failover to DB instance`. */
const FAILOVER = /\bfailover\b/i;
const STARTED = /\bstarted\b/i;
const COMPLETED = /\bcompleted?\b/i;

function readFailover({ database, arn, event, message, url, time }: Notice, around: Around): ReadDelivery | undefined {
  if (!FAILOVER.test(message) || TROUBLE_MESSAGE.test(message)) return undefined;
  const state = STARTED.test(message) ? 'triggered' : 'resolved';
  if (state === 'resolved' && !COMPLETED.test(message)) return undefined;
  const said = { key: `${arn || database}/failover`, title: message.slice(0, 500), service: database, state } as const;
  return alertOf({ ...said, url, labels: labelsOf({ event }) }, around, time);
}

function readDatabase(notice: Notice, around: Around): ReadDelivery {
  const { database, arn, event, message, categories, url, time } = notice;
  const failover = readFailover({ ...notice, message: message.slice(0, 1_000) }, around);
  if (failover !== undefined) return failover;
  // The category of a failover has its success and its failure.
  const isByMessage = categories.length === 0 || categories.some((category) => FAILOVER.test(category));
  const isTrouble =
    categories.some((category) => TROUBLE_CATEGORY.test(category)) ||
    (isByMessage && TROUBLE_MESSAGE.test(message.slice(0, 1_000)));
  if (!isTrouble) return { kind: 'other', why: `${event || 'an event'} of RDS reports no trouble` };
  const key = `${arn || database}/${event}`;
  const title = message.slice(0, 500);
  return alertOf({ key, title, service: database, url, labels: labelsOf({ event }) }, around, time);
}

/**
 * A task that ends by itself or does not start is trouble, and one that fails its health checks. People, deployments and
 * scaling stop tasks, too.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
function readTask({ detail, region, time }: z.output<typeof TaskEvent>, around: Around): ReadDelivery {
  const { clusterArn, group, lastStatus, stopCode, stoppedReason, stoppedAt } = detail;
  if (lastStatus !== 'STOPPED') return { kind: 'other', why: `a task of ECS that is ${lastStatus} has not stopped` };
  const failed = (detail.containers ?? []).find(
    ({ exitCode, reason }) => (exitCode ?? 0) !== 0 || /OutOfMemory|Cannot/.test(reason),
  );
  const isTrouble =
    stopCode === 'TaskFailedToStart' ||
    (stopCode === 'EssentialContainerExited' && failed !== undefined) ||
    /\bfailed\b.{0,80}\bhealth checks?\b/i.test(stoppedReason);
  if (!isTrouble)
    return { kind: 'other', why: `a task of ECS stopped on purpose: ${stoppedReason || stopCode}`.slice(0, 200) };
  const service = group.replace(/^(?:service|family):/, '');
  const exit = failed?.exitCode ? `${failed.name} exited with ${failed.exitCode}` : '';
  const why = [stoppedReason, exit, failed?.reason ?? ''].filter((part) => part !== '').join('; ');
  return alertOf(
    {
      key: `${clusterArn}/${group}/${stopCode}`,
      title: `Task of ${service || 'ECS'} stopped: ${why}`.slice(0, 500),
      service,
      labels: labelsOf({ region, cluster: nameOfArn(clusterArn), container: failed?.name }),
    },
    around,
    stoppedAt ?? time,
  );
}

/** https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html */
function gradeOfFinding(severity: number): string {
  if (severity >= 9) return 'critical';
  if (severity >= 7) return 'high';
  return severity >= 4 ? 'medium' : 'low';
}

function readFinding({ detail, region, time }: z.output<typeof FindingEvent>, around: Around): ReadDelivery {
  const { id, type, severity, title, resource } = detail;
  const { instanceDetails: instance, kubernetesDetails, s3BucketDetails } = resource;
  const names = [
    instance?.tags?.find(({ key }) => key === 'Name')?.value,
    instance?.instanceId,
    kubernetesDetails?.kubernetesWorkloadDetails?.name,
    resource.lambdaDetails?.functionName,
    resource.rdsDbInstanceDetails?.dbInstanceIdentifier,
    resource.ecsClusterDetails?.name,
    resource.eksClusterDetails?.name,
    s3BucketDetails?.[0]?.name,
    resource.accessKeyDetails?.userName,
  ];
  const service = names.find((name) => name !== undefined && name !== '') ?? '';
  const grade = gradeOfFinding(severity);
  return alertOf(
    { key: id, title: title.slice(0, 500), service, severity: grade, labels: labelsOf({ region, type }) },
    around,
    time,
  );
}

/** Events of the type INFO report what goes well: a steady state, a deployment in progress. */
function readServiceEvent(
  { detail, resources, region, time }: z.output<typeof ServiceEvent>,
  around: Around,
): ReadDelivery {
  const { eventType, eventName, reason } = detail;
  if (!/^(?:WARN|ERROR)$/.test(eventType)) return { kind: 'other', why: `${eventName} of ECS reports no trouble` };
  const [arn = ''] = resources;
  const service = nameOfArn(arn);
  const title = `${eventName}: ${reason || service}`.slice(0, 500);
  return alertOf({ key: `${arn}/${eventName}`, title, service, labels: labelsOf({ region }) }, around, time);
}

/** The alarm that a scaling policy has as its reason is no trouble: the group follows it. An error of a launch is one. */
function readScaling(scaling: z.output<typeof Scaling>, around: Around): ReadDelivery {
  const { Event: event, AutoScalingGroupName: group } = scaling;
  if (!event.endsWith('_ERROR')) return { kind: 'other', why: `${event} changes the size of a group: no trouble` };
  const description = typeof scaling.Description === 'string' ? scaling.Description.slice(0, 300) : '';
  const said = { key: `${group}/${event}`, title: description || event, service: group, labels: labelsOf({ event }) };
  return alertOf(said, around, undefined);
}

/** `arn:aws:dynamodb:eu-west-1:123456789012:table/orders`: the last part. */
function nameOfArn(arn: string): string {
  return arn.split(/[/:]/).findLast((part) => part !== '') ?? '';
}
