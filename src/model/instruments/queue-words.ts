/** Words for when a message was queued, and how often it was delivered. */
import { CUSTOMARY, type Sign, signList } from '#model/instruments/sign-list.ts';
import type { DurationSign, Unit } from '#model/trace/wait-amounts.ts';

/** An instant without a unit is read by its size. */
type InstantSign = Sign & Readonly<{ unit?: Unit }>;

/** Attributes of a consumer: how long the message waited. The group captures the unit. */
export const QUEUE_DURATIONS = signList<DurationSign>(/queue|lag|age/i, [
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
]);

/** Attributes of a consumer: when the message was queued. */
export const QUEUED_AT = signList<InstantSign>(/time|_at|At\b|timestamp/i, [
  {
    by: 'Azure Event Hubs, Service Bus',
    says: /^(?:azure|messaging)\.(?:eventhubs|servicebus)\.message\.enqueued_time$/i,
    example: 'messaging.servicebus.message.enqueued_time',
    source: 'https://opentelemetry.io/docs/specs/semconv/messaging/azure-messaging/',
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

/** Attributes that count the deliveries of a message. */
export const DELIVERY_COUNTS = signList(/deliver|receive|attempt|retr/i, [
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
]);
