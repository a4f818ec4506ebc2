/**
 * Each message waits longer than the one before: more are published than anybody works on.
 *
 *   published    14:30    14:32    14:34    14:36    14:38    14:40
 *   waited         2 s     10 s     19 s     27 s     36 s     45 s      4.3 s more each minute: of 100 that
 *                                                                        come 93 are worked on
 *
 * A single late message is lag, and may be one that is large; that the wait grows from request to request is a queue that
 * fills. Consumers in traces of their own are found by their links to the publishing.
 */
import { sampleRankCorrelation } from 'simple-statistics';
import { defineDetector } from '#detect/detector.ts';
import { type Delivery, deliveriesOf, isMeantForLater, queueOf, sentIn } from '#detect/signs/deliveries.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { EvidenceItem, Sighting } from '#model/finding/finding.ts';
import { metricEvidence, minuteText } from '#model/metrics/limited.ts';
import { measured } from '#model/metrics/measured.ts';
import type { Series } from '#model/metrics/series.ts';
import { medianOf } from '#model/stats/robust.ts';
import { trendOf } from '#model/stats/trend.ts';
import { durationText } from '#model/text/duration.ts';
import type { Trace } from '#model/trace/trace.ts';

export const queueBacklog = defineDetector({
  id: 'queue-backlog',
  title: 'Queue backlog',
  why: 'What waits longer with each message never catches up by itself: at some time the queue is full, and who publishes stops, too.',
  runbook: 'runbooks/queue-backlog.md',
  clear: 'in no queue did messages wait longer and longer',
  silent: [
    'A message that nobody has processed yet is in no trace: a consumer that stopped shows as nothing here, and as a queue’s length in metrics.',
    'Messages without their publishing (no parent, no link to it, no time of queueing) tell of no wait.',
    'A long wait that does not grow is left to `consumer-lag`.',
    'What was meant to be late (delayed, scheduled, tried again) is not counted.',
  ],
  role: 'mechanism',
  field: 'messaging',
  coverage: 'service',
  nextWhys: USUAL_WHYS,
  checkQueries: ['log'],
  namesCause: 'never',
  needs: ['requests'],
  uses: ['metrics'],
  thresholds: {
    minMessages: {
      default: 10,
      min: 4,
      unit: 'messages',
      means: 'Messages of one queue and consumer',
      why: 'Of fewer, that some waited longer than others is no trend.',
    },
    minLagMs: {
      default: 1000,
      min: 1,
      unit: 'ms',
      means: 'How long the last ones waited',
      why: 'As for `consumer-lag`: whoever keeps up has a message within a poll, half a second with Kafka.',
    },
    minGrowth: {
      default: 2,
      min: 1,
      unit: 'times the first wait',
      means: 'The middle wait of the last third of the messages, to that of the first third',
      why: 'Below it the wait goes up and down with the load of any day; the guide’s rule for latency is the same factor.',
    },
  },

  detect({ requests, metrics = [] }, { minMessages, minLagMs, minGrowth }) {
    const groups = Map.groupBy(messagesIn(requests), ({ service, operation, queue }) =>
      [service, queue || operation].join('\n'),
    );
    return [...groups.values()]
      .flatMap((own): Grown[] => {
        if (own.length < minMessages) return [];
        const grown = grownIn(own);
        const isLong = grown.lastUs >= minLagMs * 1000 && grown.lastUs >= minGrowth * grown.firstUs;
        return isLong && grown.perSecond > 0 && doesRise(own) ? [grown] : [];
      })
      .sort((a, b) => b.lastUs - a.lastUs || (keyOf(a) < keyOf(b) ? -1 : 1))
      .map((grown) => sightingOf(grown, metrics));
  },

  say({
    service,
    operation,
    queue,
    messages,
    firstUs,
    lastUs,
    from,
    until,
    perMinuteUs,
    done,
    firstWorkUs,
    lastWorkUs,
  }) {
    const where = queue === '' ? 'in the queue' : `in ${queue}`;
    const [before, now] = [Number(firstWorkUs), Number(lastWorkUs)];
    const work =
      now >= MUCH_SLOWER * before
        ? `The work on one message grew from ${durationText(before)} to ${durationText(now)}: that is why they can no longer keep up.`
        : `The work on one message takes ${durationText(now)}, as before: there are too few consumers for what comes, or some have stopped.`;
    return {
      title: `${service}: messages wait longer and longer ${where} before ${operation}, ${durationText(Number(firstUs))} at ${from}, ${durationText(Number(lastUs))} at ${until}`,
      explanation: `By ${messages} messages the wait grows by ${durationText(Number(perMinuteUs))} each minute: of 100 that are published ${done} are worked on. ${work}`,
      remedy: `More consumers of ${service} (for Kafka no more than partitions) or quicker work on each message; until then fewer messages, the urgent ones first. At this rate it does not catch up by itself.`,
      check: `The wait shrinks again with no change: a peak or a restart that is over. Or clocks drift apart between the two hosts.`,
    };
  },
});

/** Twice as long for each message is half as many in an hour. */
const MUCH_SLOWER = 2;
const SECONDS_A_MINUTE = 60;

type Message = Readonly<{
  trace: Trace;
  delivery: Delivery;
  service: string;
  operation: string;
  queue: string;
  /** Since the epoch. */
  publishedUs: number;
  lagUs: number;
  workUs: number;
}>;

/** In the order in which they were published. */
function messagesIn(requests: readonly Trace[]): readonly Message[] {
  const sentElsewhere = sentIn(requests);
  return requests
    .flatMap((trace) =>
      deliveriesOf(trace, sentElsewhere)
        .filter((delivery) => delivery.lagUs >= 0 && !isMeantForLater(trace, delivery))
        .map((delivery) => ({
          trace,
          delivery,
          service: trace.service(delivery.consumer),
          operation: trace.operation(delivery.consumer),
          queue: queueOf(trace, delivery),
          publishedUs: trace.startEpochUs + delivery.publishedUs,
          lagUs: delivery.lagUs,
          workUs: trace.durationOfUs(delivery.consumer),
        })),
    )
    .sort((a, b) => a.publishedUs - b.publishedUs || a.lagUs - b.lagUs || (a.trace.traceId < b.trace.traceId ? -1 : 1));
}

type Grown = Readonly<{
  own: readonly Message[];
  firstUs: number;
  lastUs: number;
  firstWorkUs: number;
  lastWorkUs: number;
  /** By how many seconds the wait grows in a second. */
  perSecond: number;
  /** Of the first and the last message, by the straight line through all of them. */
  fromUs: number;
  toUs: number;
}>;

function grownIn(own: readonly Message[]): Grown {
  const third = Math.ceil(own.length / 3);
  const [first, last] = [own.slice(0, third), own.slice(-third)];
  const lag = ({ lagUs }: Message) => lagUs;
  const work = ({ workUs }: Message) => workUs;
  const points = { atUs: own.map(({ publishedUs }) => publishedUs), values: own.map(({ lagUs }) => lagUs / 1e6) };
  const trend = trendOf(points);
  return {
    own,
    firstUs: medianOf(first.map(lag)),
    lastUs: medianOf(last.map(lag)),
    firstWorkUs: medianOf(first.map(work)),
    lastWorkUs: medianOf(last.map(work)),
    perSecond: trend?.perSecond ?? 0,
    fromUs: Math.max(0, trend?.valueAt(points.atUs[0] ?? 0) ?? 0) * 1e6,
    toUs: (trend?.valueAt(points.atUs.at(-1) ?? 0) ?? 0) * 1e6,
  };
}

/** Most messages waited longer than most before them. */
const LEAST_CORRELATION = 0.7;
/** And no chance: one in a hundred. */
const DEVIATIONS = 2.58;

/** Spearman’s correlation of the wait with the order; its standard deviation by chance is 1 / √(n − 1). */
function doesRise(own: readonly Message[]): boolean {
  const least = Math.max(LEAST_CORRELATION, DEVIATIONS / Math.sqrt(own.length - 1));
  return (
    sampleRankCorrelation(
      own.map(({ publishedUs }) => publishedUs),
      own.map(({ lagUs }) => lagUs),
    ) >= least
  );
}

const MOST_SHOWN = 5;

function sightingOf(
  { own, fromUs, toUs, firstWorkUs, lastWorkUs, perSecond }: Grown,
  metrics: readonly Series[],
): Sighting {
  const [first, last] = [own[0], own.at(-1)];
  const { service = '', operation = '', queue = '' } = last ?? {};
  const step = Math.max(1, Math.floor((own.length - 1) / (MOST_SHOWN - 1)));
  const shown = own.filter((_, at) => at % step === 0).slice(0, MOST_SHOWN);
  return {
    service,
    operation,
    spans: [],
    wastedUs: 0,
    facts: {
      queue,
      messages: own.length,
      firstUs: fromUs,
      lastUs: toUs,
      from: minuteText(first?.publishedUs ?? 0),
      sinceUs: first?.publishedUs ?? 0,
      until: minuteText(last?.publishedUs ?? 0),
      perMinuteUs: perSecond * SECONDS_A_MINUTE * 1e6,
      done: Math.round(100 / (1 + perSecond)),
      firstWorkUs,
      lastWorkUs,
    },
    evidence: [...shown.map(itemOf), ...lengthsOf(service, queue, metrics)],
  };
}

function itemOf({ trace, delivery, operation, publishedUs, lagUs }: Message): EvidenceItem {
  return {
    kind: 'span',
    ref: trace.spanId(delivery.consumer),
    text: `trace ${trace.traceId}: published at ${minuteText(publishedUs)}, ${operation} began ${durationText(lagUs)} later`,
  };
}

/** What a metric says of the same queue. */
function lengthsOf(service: string, queue: string, metrics: readonly Series[]): readonly EvidenceItem[] {
  return measured(metrics)
    .filter(({ concept }) => concept === 'queue_depth' || concept === 'queue_age')
    .filter((one) => one.service === service || (queue !== '' && one.part === queue))
    .map((one) => metricEvidence(one, `${one.values[0] ?? 0} at first, ${one.values.at(-1) ?? 0} at last`));
}

function keyOf({ own }: Grown): string {
  return `${own[0]?.service}\n${own[0]?.queue}\n${own[0]?.operation}`;
}
