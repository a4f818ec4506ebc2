/** Words for when a message was queued, and how often it was delivered. */
import { CUSTOMARY, type Sign, signList } from '#model/instruments/sign-list.ts';
import type { AmountSign, DurationSign, Unit } from '#model/trace/wait-amounts.ts';

/**
 * An instant without a unit is read by its size. `isDue`: the job was to begin then, whenever it was created.
 * `isCreation`: a scheduled job was created long before it was to begin. `isOfRecord`: a producer may set it to when the
 * thing happened, so it counts only where the consumer is behind.
 */
type InstantSign = Sign & Readonly<{ unit?: Unit; isDue?: true; isCreation?: true; isOfRecord?: true }>;

/** Attributes of a consumer: how long the message waited. The group captures the unit. */
export const QUEUE_DURATIONS = signList<DurationSign>(/queue|lag|age|schedule_to/i, [
  {
    by: 'OpenTelemetry Java (Kafka)',
    says: /^kafka\.record\.queue_time_(ms)$/i,
    example: 'kafka.record.queue_time_ms',
    source: 'https://github.com/open-telemetry/opentelemetry-java-instrumentation/tree/main/instrumentation/kafka',
  },
  {
    by: 'job queues',
    says: /(?:^|[._])(?:queue_?(?:latency|delay|lag|time|wait)|time_in_queue|message_?age|consumer_lag)_(ms|milliseconds|us|s|seconds)$/i,
    example: 'job.queue_latency_ms',
    source: CUSTOMARY,
  },
  {
    by: 'Sidekiq',
    says: /(?:^|[._])sidekiq[\w.]{0,20}[._]latency$/i,
    unit: 's',
    example: 'sidekiq.queue.latency',
    source: 'https://github.com/sidekiq/sidekiq/wiki/Monitoring',
  },
  {
    by: 'Temporal',
    says: /\bschedule_to_start(?:_latency)?_(ms|milliseconds|s|seconds)$/i,
    example: 'temporal.activity.schedule_to_start_ms',
    source: 'https://docs.temporal.io/references/sdk-metrics#activity_schedule_to_start_latency',
  },
]);

/** Lines of a job system about a job that ended: how long it had waited. */
export const QUEUE_LINES = signList<AmountSign>(/oban/i, [
  {
    by: 'Oban’s default logger',
    says: /"source":\s?"oban".{0,400}"queue_time":\s?\d|"queue_time":\s?\d.{0,400}"source":\s?"oban"/i,
    reads: /"queue_time":\s?(?<amount>\d{1,15})\b/i,
    unit: 'us',
    example: '{"source":"oban","event":"job:stop","queue":"mails","duration":400123,"queue_time":45000123}',
    source: 'https://hexdocs.pm/oban/Oban.Telemetry.html#attach_default_logger/1',
  },
]);

/** Attributes of a consumer: when the message was queued. */
export const QUEUED_AT = signList<InstantSign>(/time|_?at$|timestamp|eta|deliver|start_?after|until$/i, [
  {
    by: 'Azure Event Hubs, Service Bus',
    says: /^(?:azure|messaging)\.(?:eventhubs|servicebus)\.message\.enqueued_time$/i,
    example: 'messaging.servicebus.message.enqueued_time',
    source: 'https://opentelemetry.io/docs/specs/semconv/messaging/azure-messaging/',
  },
  {
    by: 'Kafka',
    says: /^(?:messaging\.)?kafka\.(?:message|record)[._]timestamp$/i,
    isOfRecord: true,
    example: 'messaging.kafka.message.timestamp',
    source: 'https://kafka.apache.org/documentation/#topicconfigs_message.timestamp.type',
  },
  {
    by: 'Sidekiq, ActiveJob, GoodJob',
    says: /(?:^|[._])enqueued_?at$/i,
    example: 'sidekiq.enqueued_at',
    source: 'https://github.com/sidekiq/sidekiq/wiki/Job-Format',
  },
  {
    by: 'SQS',
    says: /(?:^|[._])(?:SentTimestamp|sent_timestamp)$/i,
    example: 'messaging.aws.sqs.message.sent_timestamp',
    source: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html',
  },
  {
    by: 'Pub/Sub',
    says: /^(?:messaging|gcp|pubsub|message|googclient)[\w.]{0,40}[._]publish_?time$/i,
    example: 'gcp.pubsub.message.publish_time',
    source: 'https://cloud.google.com/pubsub/docs/reference/rest/v1/PubsubMessage',
  },
  {
    by: 'Oban, River, GoodJob, Solid Queue, ActiveJob',
    says: /(?:^|[._])scheduled_?at$/i,
    isDue: true,
    example: 'messaging.oban.scheduled_at',
    source: 'https://hexdocs.pm/oban/Oban.Job.html',
  },
  {
    by: 'Delayed Job, Que',
    says: /(?:^|[._])(?:delayed_?job|que|job)[._](?:job[._])?run_?at$/i,
    isDue: true,
    example: 'delayed_job.run_at',
    source: 'https://github.com/collectiveidea/delayed_job#gory-details',
  },
  {
    by: 'Sidekiq, Faktory',
    says: /(?:^|[._])(?:sidekiq|faktory)(?:[._]job)?[._]at$/i,
    isDue: true,
    example: 'sidekiq.at',
    source: 'https://github.com/sidekiq/sidekiq/wiki/Job-Format',
  },
  {
    by: 'Sidekiq, ActiveJob (arguments)',
    says: /(?:^|[._])(?:perform_?at|wait_?until|scheduled_?until)$/i,
    isDue: true,
    example: 'messaging.sidekiq.perform_at',
    source: 'https://github.com/sidekiq/sidekiq/wiki/Scheduled-Jobs',
  },
  {
    by: 'Cloud Tasks (schedule time)',
    says: /(?:^|[._])schedule_?time$/i,
    isDue: true,
    example: 'cloudtasks.task.schedule_time',
    source: 'https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks',
  },
  {
    by: 'Celery, Dramatiq, Cloud Tasks',
    says: /(?:^|[._-])(?:task[._-]?)?eta$/i,
    isDue: true,
    example: 'celery.eta',
    source: 'https://docs.celeryq.dev/en/stable/userguide/calling.html#eta-and-countdown',
  },
  {
    by: 'Azure Service Bus, MassTransit',
    says: /(?:^|[._-])(?:x-opt-)?scheduled[._-]?enqueue[._-]?time(?:[._-]?utc)?$/i,
    isDue: true,
    example: 'messaging.servicebus.message.scheduled_enqueue_time',
    source: 'https://learn.microsoft.com/azure/service-bus-messaging/message-sequencing#scheduled-messages',
  },
  {
    by: 'Hangfire, RQ, Resque',
    says: /(?:^|[._])(?:hangfire|rq|resque)(?:[._]job)?[._](?:enqueue_?at|scheduled_?for)$/i,
    isDue: true,
    example: 'hangfire.job.enqueue_at',
    source: 'https://docs.hangfire.io/en/latest/background-methods/calling-methods-with-delay.html',
  },
  {
    by: 'Quartz',
    says: /(?:^|[._])(?:scheduled_?fire_?time|scheduled_?time)$/i,
    isDue: true,
    example: 'quartz.scheduled_fire_time',
    source: 'https://www.quartz-scheduler.org/api/2.5.x/org/quartz/JobExecutionContext.html#getScheduledFireTime()',
  },
  {
    by: 'RocketMQ, Pulsar, JMS, NServiceBus',
    says: /(?:^|[._-])(?:delivery_timestamp|deliver[_-]?at(?:[_-]?time)?|JMSDeliveryTime|_?AMQ_SCHED_DELIVERY)$/i,
    isDue: true,
    example: 'messaging.rocketmq.message.delivery_timestamp',
    source: 'https://opentelemetry.io/docs/specs/semconv/messaging/rocketmq/',
  },
  {
    by: 'Laravel, pg-boss, Graphile Worker, Asynq',
    says: /(?:^|[._])(?:available_?at|start_?after|(?:graphile|graphile_worker)(?:[._]job)?[._]run_?at|process_?at)$/i,
    isDue: true,
    example: 'laravel.job.available_at',
    source: 'https://laravel.com/docs/12.x/queues#delayed-dispatching',
  },
  {
    by: 'OpenTelemetry .NET (Hangfire)',
    says: /^(?:hangfire\.)?job\.created_?at$/i,
    isCreation: true,
    example: 'job.createdat',
    source:
      'https://github.com/open-telemetry/opentelemetry-dotnet-contrib/tree/main/src/OpenTelemetry.Instrumentation.Hangfire',
  },
  {
    by: 'Laravel Horizon',
    says: /(?:^|[._])pushed_?at$/i,
    example: 'laravel.job.pushedAt',
    source: 'https://github.com/laravel/horizon/blob/5.x/src/JobPayload.php',
  },
  {
    by: 'BullMQ',
    says: /^bullmq\.job\.timestamp$/i,
    example: 'bullmq.job.timestamp',
    source: 'https://docs.bullmq.io/guide/telemetry',
  },
  {
    by: 'NServiceBus',
    says: /\bnservicebus\.time_?sent$/i,
    example: 'nservicebus.time_sent',
    source: 'https://docs.particular.net/nservicebus/messaging/headers',
  },
  {
    by: 'job queues',
    says: /(?:^|[._])(?:queued_?at|enqueued_?time)$|^(?:messaging|message|kafka|nats|amqp|job|task)[._](?:[\w.]{0,40}[._])?published_?at$/i,
    example: 'job.queued_at',
    source: CUSTOMARY,
  },
]);

/** Attributes of a consumer: how many messages were queued behind the one it took. */
export const MESSAGES_BEHIND = signList(/lag/i, [
  {
    by: 'Kafka consumers',
    says: /^(?:messaging\.)?kafka\.(?:consumer[._]|message[._]|records?[._])?lag(?:[._](?:records|messages))?$/i,
    example: 'messaging.kafka.consumer.lag',
    source: 'https://kafka.apache.org/documentation/#consumer_fetch_monitoring',
  },
]);

/** Attributes of either end: how long the message was to wait after it was sent. The group captures the unit. */
export const QUEUE_DELAYS = signList<DurationSign>(/delay|countdown|_?in$|wait$/i, [
  {
    by: 'Sidekiq, Resque Scheduler',
    says: /(?:^|[._])(?:perform|enqueue|schedule|run)_?in$/i,
    unit: 's',
    example: 'messaging.sidekiq.perform_in',
    source: 'https://github.com/sidekiq/sidekiq/wiki/Scheduled-Jobs',
  },
  {
    by: 'ActiveJob',
    says: /(?:^|[._])active_?job[._](?:set[._])?wait$/i,
    unit: 's',
    example: 'messaging.active_job.wait',
    source: 'https://guides.rubyonrails.org/active_job_basics.html#enqueue-the-job',
  },
  {
    by: 'Celery',
    says: /(?:^|[._])countdown$/i,
    unit: 's',
    example: 'celery.countdown',
    source: 'https://docs.celeryq.dev/en/stable/userguide/calling.html#eta-and-countdown',
  },
  {
    by: 'SQS',
    says: /(?:^|[._])delay_?seconds$/i,
    unit: 's',
    example: 'aws.sqs.delay_seconds',
    source: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html',
  },
  {
    by: 'BullMQ',
    says: /^(?:bullmq|bull)\.job\.(?:opts\.)?delay$/i,
    unit: 'ms',
    example: 'bullmq.job.opts.delay',
    source: 'https://docs.bullmq.io/guide/jobs/delayed',
  },
  {
    by: 'RabbitMQ, ActiveMQ',
    says: /(?:^|[._])(?:x-delay|AMQ_SCHEDULED_DELAY)$/i,
    unit: 'ms',
    example: 'messaging.header.x-delay',
    source: 'https://github.com/rabbitmq/rabbitmq-delayed-message-exchange#usage',
  },
  {
    by: 'job queues',
    says: /(?:^|[._])(?:deliver(?:y)?_|schedule_|start_|job_|message_|queue_)?delay_(ms|milliseconds|s|seconds)$/i,
    example: 'job.delay_ms',
    source: CUSTOMARY,
  },
]);

/** Names of spans that are work of a queue, whatever their kind. */
export const QUEUED_WORK = signList(/^Run/, [
  {
    by: 'Temporal',
    says: /^Run(?:Activity|Workflow):/i,
    example: 'RunActivity:RenderPdf',
    source: 'https://docs.temporal.io/develop/typescript/observability#tracing',
  },
]);

/** Events of a consumer whose instant is when the message was queued. */
export const QUEUED_EVENTS = signList(/enqueued/i, [
  {
    by: 'OpenTelemetry Ruby (Sidekiq)',
    says: /^enqueued_at$/i,
    example: 'enqueued_at',
    source: 'https://github.com/open-telemetry/opentelemetry-ruby-contrib/tree/main/instrumentation/sidekiq',
  },
  {
    by: 'job queues',
    says: /^(?:job|message) enqueued$/i,
    example: 'job enqueued',
    source: CUSTOMARY,
  },
]);

/** `repeats`: the first delivery does not count. */
type CountSign = Sign & Readonly<{ counts?: 'repeats' }>;

/** Attributes that count the deliveries of a message. */
export const DELIVERY_COUNTS = signList<CountSign>(/deliver|receive|attempt|retr|death|dequeue/i, [
  {
    by: 'Azure Service Bus',
    says: /\bservicebus\.message\.delivery_count$/i,
    example: 'messaging.servicebus.message.delivery_count',
    source: 'https://opentelemetry.io/docs/specs/semconv/messaging/azure-messaging/',
  },
  {
    by: 'Pub/Sub',
    says: /\b(?:gcp_)?pubsub\.message\.delivery_attempt$/i,
    example: 'messaging.gcp_pubsub.message.delivery_attempt',
    source: 'https://opentelemetry.io/docs/specs/semconv/messaging/gcp-pubsub/',
  },
  {
    by: 'messaging libraries',
    says: /^messaging\.(?:message\.)?delivery_(?:count|attempts?)$/i,
    example: 'messaging.message.delivery_count',
    source: CUSTOMARY,
  },
  {
    by: 'Laravel',
    says: /^(?:messaging\.message|laravel\.job|queue\.job)\.attempts?$/i,
    example: 'messaging.message.attempts',
    source: 'https://laravel.com/docs/12.x/queues#max-job-attempts-and-timeout',
  },
  {
    by: 'Oban',
    says: /(?:^|[._])oban\.(?:job\.)?attempt$/i,
    example: 'oban.job.attempt',
    source: 'https://hexdocs.pm/opentelemetry_oban/OpentelemetryOban.html',
  },
  {
    by: 'Sidekiq',
    says: /(?:^|[._])sidekiq\.(?:job\.)?retry_count$/i,
    counts: 'repeats',
    example: 'messaging.sidekiq.retry_count',
    source: 'https://github.com/sidekiq/sidekiq/wiki/Job-Format',
  },
  {
    by: 'SQS',
    says: /(?:^|[._])(?:approximate_?receive_?count|receive_count)$/i,
    example: 'ApproximateReceiveCount',
    source: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html',
  },
  {
    by: 'RabbitMQ',
    says: /(?:^|[._])x-delivery-count$|\brabbitmq\.delivery_count$/i,
    example: 'messaging.rabbitmq.delivery_count',
    source: 'https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling',
  },
  {
    by: 'JMS',
    says: /\bJMSXDeliveryCount$/i,
    example: 'JMSXDeliveryCount',
    source: 'https://jakarta.ee/specifications/messaging/3.1/',
  },
  {
    by: 'NATS JetStream',
    says: /\bnats\.(?:jetstream\.)?(?:num_delivered|delivered)$/i,
    example: 'nats.num_delivered',
    source: 'https://docs.nats.io/nats-concepts/jetstream/consumers',
  },
  {
    by: 'NSQ (go-nsq: Message.Attempts)',
    says: /(?:^|[._])nsq\.(?:message\.)?attempts$/i,
    example: 'messaging.nsq.attempts',
    source: 'https://pkg.go.dev/github.com/nsqio/go-nsq#Message',
  },
  {
    by: 'Pulsar',
    says: /\bpulsar\.(?:message\.)?redelivery_?count$/i,
    counts: 'repeats',
    example: 'pulsar.redelivery_count',
    source: 'https://pulsar.apache.org/docs/4.0.x/concepts-messaging/#dead-letter-topic',
  },
  {
    by: 'RabbitMQ (dead-letter exchanges)',
    says: /\bx-death(?:\[0\])?[._]count$/i,
    counts: 'repeats',
    example: 'messaging.header.x-death.count',
    source: 'https://www.rabbitmq.com/docs/dlx#effects',
  },
  {
    by: 'Spring for Apache Kafka',
    says: /\bkafka_deliveryAttempt$|\bretry_topic-attempts$/i,
    example: 'kafka_deliveryAttempt',
    source: 'https://docs.spring.io/spring-kafka/reference/kafka/annotation-error-handling.html#delivery-header',
  },
  {
    by: 'Camel, MassTransit, NServiceBus',
    says: /\bCamelRedeliveryCounter$|\bMT-Redelivery-Count$|\bNServiceBus\.(?:DelayedRetries|Retries|FLRetries)$/i,
    counts: 'repeats',
    example: 'CamelRedeliveryCounter',
    source: 'https://camel.apache.org/manual/exception-clause.html',
  },
  {
    by: 'Azure Storage queues',
    says: /\bdequeue_?count$/i,
    example: 'messaging.azurequeue.dequeue_count',
    source: 'https://learn.microsoft.com/rest/api/storageservices/get-messages',
  },
  {
    by: 'Celery',
    says: /^celery\.retries$/i,
    counts: 'repeats',
    example: 'celery.retries',
    source:
      'https://github.com/open-telemetry/opentelemetry-python-contrib/tree/main/instrumentation/opentelemetry-instrumentation-celery',
  },
  {
    by: 'Oban',
    says: /^(?:oban\.job|messaging\.oban)\.attempt$/i,
    example: 'oban.job.attempt',
    source: 'https://hexdocs.pm/opentelemetry_oban/OpentelemetryOban.html',
  },
  {
    by: 'Redis streams',
    says: /\b(?:redis|stream|xpending)[\w.]{0,30}[._](?:times_delivered|delivery_count)$/i,
    example: 'redis.stream.times_delivered',
    source: 'https://redis.io/docs/latest/commands/xpending/',
  },
]);

/** The consumer was too slow: its lock on the message, or its lease, ended before it settled the message. */
const LEASE_LOST =
  /\bMessageLockLost|\block (?:supplied )?(?:is invalid|expired|was lost)\b|\b(?:lease|lock) (?:has )?expired\b|\bReceiptHandleIsInvalid\b|\breceipt handle .{0,80}\b(?:expired|not valid)\b|\bunknown delivery tag\b|\bdelivery acknowledge?ment on channel \d{1,6} timed out\b|\btimed out waiting for a consumer acknowledge?ment of a delivery\b|\bINVALID_ACK_ID\b|\bgroup has already rebalanced\b|\b(?:ack(?:nowledge(?:ment)?)?[ _-]?deadline|visibility[ _-]?timeout)\b.{0,40}\b(?:exceeded|expired|has passed)\b/i;

/** In the words of Service Bus, SQS, RabbitMQ, Pub/Sub and Kafka. */
export function saysLeaseLost(text: string): boolean {
  return LEASE_LOST.test(text);
}

/**
 * The client of a queue began to take messages, whatever message comes next: MassTransit, Celery, Sidekiq, Bunny, Kafka.
 * https://masstransit.io/documentation/configuration, https://docs.celeryq.dev/en/stable/userguide/workers.html
 */
const CONSUMER_STARTED =
  /\bbus started: \w{2,20}:\/\/|\bcelery@\S{1,80} ready\b|\bstarting processing, hit ctrl-c\b|\brecovered connection\b|\b(?:adding newly|newly) assigned partitions?\b|\bconsumer has joined the group\b/i;

export function saysConsumerStarted(text: string): boolean {
  return CONSUMER_STARTED.test(text);
}
