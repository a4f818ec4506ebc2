/**
 * A topic that gets no message any more, while another one that nobody reads gets as many since the same minute: its
 * producer writes to another place than its readers read.
 *
 *   orders      ▇▇▆▇▇▆▇│▁▁▁▁▁▁▁▁     two readers wait
 *   orders.v2          │▇▆▇▇▆▇▇▆     nobody reads
 *
 * kafka_exporter counts by the last offset, the JMX exporter and RabbitMQ's by messages. A topic that is replaced on purpose
 * has its readers at the new one, or none at the old one.
 */

import { HOUR_US, MINUTE_US } from '#core/time-units.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { measured } from '#model/metrics/measured.ts';
import { sumByMinute } from '#model/metrics/minutes.ts';
import { rates, type Series } from '#model/metrics/series.ts';
import { labelIn } from '#model/metrics/series-labels.ts';
import { medianOf } from '#model/stats/robust.ts';

export type MovedTopic = Readonly<{
  topic: string;
  /** Where the messages go. */
  other: string;
  /** Who reads the topic, where a metric shows that; else the topic. */
  service: string;
  metric: string;
  /** Messages per second before, and of the other one since then. */
  before: number;
  now: number;
  sinceUs: number;
}>;

const WRITTEN =
  /^(?:kafka_topic_partition_current_offset|kafka_log_log_logendoffset\w{0,10}|kafka_server_brokertopicmetrics_messagesin\w{0,20}|rabbitmq_queue_messages_published_total|redpanda_kafka_records_produced_total|pulsar_in_messages_total)$/i;
/** Whoever reads: its offset or its lag in the topic. */
const READ =
  /^(?:kafka_consumer_?group_\w{1,40}|kafka_consumergroup_\w{1,40}|redpanda_kafka_consumer_group_\w{1,40})$/i;
const MEMBERS = /^kafka_consumergroup_members$/i;
const TOPIC_LABELS = ['topic', 'redpanda_topic', 'queue'];
const GROUP_LABELS = ['consumergroup', 'redpanda_group', 'group'];

const FEWEST_BEFORE = 5;
/** A producer's pods are replaced one after another. */
const TOGETHER_US = 5 * MINUTE_US;
/** The rate of the other one, by this factor. */
const ALIKE = 3;

export function movedTopics(
  metrics: readonly Series[],
  window: TimeWindow,
  { forMinutes, minRequests }: Readonly<{ forMinutes: number; minRequests: number }>,
): readonly MovedTopic[] {
  if (!Number.isFinite(window.fromUs)) return [];
  const written = metrics.filter(({ name, labels }) => WRITTEN.test(name) && labelIn(labels, TOPIC_LABELS) !== '');
  const topics = [...Map.groupBy(written, ({ name, labels }) => `${name}\n${labelIn(labels, TOPIC_LABELS)}`)].map(
    ([key, own]) => flowOf(key, own, window),
  );
  const still = topics.filter(
    ({ before, endedUs }) => before * forMinutes * 60 >= minRequests && window.toUs - endedUs >= forMinutes * MINUTE_US,
  );
  if (still.length === 0) return [];
  const readers = readersOf(metrics);
  return still.flatMap((one) => {
    if (!isRead(one.topic, readers, window)) return [];
    const other = topics.find(
      ({ metric, topic, isNew, beganUs, now }) =>
        metric === one.metric &&
        isNew &&
        Math.abs(beganUs - one.endedUs) <= TOGETHER_US &&
        now * ALIKE >= one.before &&
        now <= ALIKE * one.before &&
        !readers.groups.has(topic) &&
        !readers.workers.has(topic),
    );
    if (other === undefined) return [];
    const { topic, metric, before, endedUs } = one;
    return [
      {
        topic,
        other: other.topic,
        service: readerOf(topic, readers),
        metric,
        before,
        now: other.now,
        sinceUs: endedUs,
      },
    ];
  });
}

type Flow = Readonly<{
  metric: string;
  topic: string;
  /** Messages per second, in the hour before the window. */
  before: number;
  /** Nobody wrote to it in that hour. */
  isNew: boolean;
  /** The end of the last minute with a message; infinite where the series itself ends. */
  endedUs: number;
  beganUs: number;
  /** Messages per second, from `beganUs`. */
  now: number;
}>;

function flowOf(key: string, own: readonly Series[], { fromUs, toUs }: TimeWindow): Flow {
  const [metric = '', topic = ''] = key.split('\n');
  const all = [...sumByMinute(own.map((one) => rates(one)))]
    .map(([minute, value]) => ({ us: minute * MINUTE_US, value }))
    .sort((a, b) => a.us - b.us);
  const earlier = all.filter(({ us }) => us >= fromUs - HOUR_US && us < fromUs).map(({ value }) => value);
  const within = all.filter(({ us }) => us >= fromUs && us <= toUs);
  const last = within.findLast(({ value }) => value > 0);
  const goesOn = (within.at(-1)?.us ?? 0) > toUs - TOGETHER_US;
  const beganUs = within.find(({ value }) => value > 0)?.us ?? Number.POSITIVE_INFINITY;
  return {
    metric,
    topic,
    before: earlier.length < FEWEST_BEFORE ? 0 : medianOf(earlier),
    isNew: earlier.every((value) => value === 0),
    endedUs: goesOn ? (last?.us ?? fromUs) + MINUTE_US : Number.POSITIVE_INFINITY,
    beganUs,
    now: medianOf(within.flatMap(({ us, value }) => (us >= beganUs ? [value] : []))),
  };
}

/** What reads each topic, by the topic's name. The counts of members are by group. */
type Readers = Readonly<{
  groups: ReadonlyMap<string, ReadonlySet<string>>;
  members: ReadonlyMap<string, readonly Series[]>;
  /** Services that count its messages, or measure how long they work on them. */
  workers: ReadonlyMap<string, ReadonlySet<string>>;
}>;

function readersOf(metrics: readonly Series[]): Readers {
  const groups = new Map<string, Set<string>>();
  const workers = new Map<string, Set<string>>();
  for (const { name, labels } of metrics)
    if (READ.test(name)) addTo(groups, labelIn(labels, TOPIC_LABELS), labelIn(labels, GROUP_LABELS));
  for (const { concept, part, service, labels } of measured(metrics)) {
    if ((concept !== 'latency' && concept !== 'requests') || service === '' || /export/i.test(service)) continue;
    for (const topic of [part, labelIn(labels, TOPIC_LABELS)]) if (topic !== service) addTo(workers, topic, service);
  }
  const counts = metrics.filter(({ name }) => MEMBERS.test(name));
  return { groups, members: Map.groupBy(counts, ({ labels }) => labelIn(labels, GROUP_LABELS)), workers };
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  sets.set(key, (sets.get(key) ?? new Set()).add(value));
}

/** Somebody still waits for its messages: a group whose members nobody counts, or one that has some. */
function isRead(topic: string, { groups, members, workers }: Readers, { toUs }: TimeWindow): boolean {
  const own = groups.get(topic);
  const counts = [...(own ?? [])].flatMap((group) => members.get(group) ?? []);
  if (counts.length > 0)
    return counts.some(({ atUs, values }) => (values.at(-1) ?? 0) > 0 && (atUs.at(-1) ?? 0) > toUs - TOGETHER_US);
  return own !== undefined || workers.has(topic);
}

function readerOf(topic: string, { workers }: Readers): string {
  const [one, ...others] = workers.get(topic) ?? [];
  return one === undefined || others.length > 0 ? topic : one;
}
