/**
 * Each message waits longer than the one before: producers publish more than consumers process.
 *
 *   published    14:30    14:32    14:34    14:36    14:38    14:40
 *   waited         2 s     10 s     19 s     27 s     36 s     45 s      4.3 s more each minute: of 100 that
 *                                                                        come 93 are worked on
 *
 * A single late message is lag, perhaps because it is large. A wait that grows from message to message means that the queue
 * fills. Consumers in their own traces are found by their span links to the publish span.
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
  why: 'A growing queue does not recover by itself. When it is full, the producers stop, too.',
  runbook: 'runbooks/queue-backlog.md',
  clear: 'no queue made its messages wait longer and longer',
  silent: [
    'An unprocessed message is in no trace. A stopped consumer shows only in metrics, as the length of the queue.',
    'It cannot measure the wait of a message without a parent, a span link or a time of queueing.',
    'A long wait that does not grow is reported as Consumer lag.',
    'It ignores messages that are late on purpose (delayed, scheduled, retried).',
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
      why: 'With fewer, different waits are no trend.',
    },
    minLagMs: {
      default: 1000,
      min: 1,
      unit: 'ms',
      means: 'How long the last messages waited',
      why: 'As for Consumer lag: a healthy consumer gets a message within one poll, 500 ms with Kafka.',
    },
    minGrowth: {
      default: 2,
      min: 1,
      unit: 'times the first wait',
      means: 'Median wait of the last third of the messages, divided by that of the first third',
      why: 'With less, the wait follows the normal load. The guide’s rule for latency has the same factor.',
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
        ? `Processing one message now takes ${durationText(now)} instead of ${durationText(before)}, so the consumers cannot keep up.`
        : `Processing one message takes ${durationText(now)}, as before. There are too few consumers for the load, or some have stopped.`;
    return {
      title: `${service} cannot keep up: messages wait ${durationText(Number(lastUs))} ${where}, and the wait grows`,
      explanation: `The wait before ${operation} was ${durationText(Number(firstUs))} at ${from} and ${durationText(Number(lastUs))} at ${until}. ${messages} messages show that it grows by ${durationText(Number(perMinuteUs))} each minute: of 100 published messages ${done} are processed. ${work}`,
      remedy: `Add consumers of ${service} (for Kafka no more than partitions) or process each message faster. Until then publish fewer messages, urgent ones first. At this rate it does not recover by itself.`,
      check:
        'The wait shrinks again without a change, so it was a peak or a restart. Or the clocks of the two hosts drift apart.',
    };
  },
});

/** Twice the time for each message halves the throughput. */
const MUCH_SLOWER = 2;
const SECONDS_A_MINUTE = 60;

type Message = Readonly<{
  trace: Trace;
  delivery: Delivery;
  service: string;
  operation: string;
  queue: string;
  /** Microseconds since the epoch. */
  publishedUs: number;
  lagUs: number;
  workUs: number;
}>;

/** In the order of publishing. */
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
  /** Growth of the wait, in seconds per second. */
  perSecond: number;
  /** The wait of the first and the last message on the fitted straight line. */
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

/** The least correlation: most messages waited longer than most earlier ones. */
const LEAST_CORRELATION = 0.7;
/** Significance: a chance of at most 1 %. */
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

/** Metrics of the same queue. */
function lengthsOf(service: string, queue: string, metrics: readonly Series[]): readonly EvidenceItem[] {
  return measured(metrics)
    .filter(({ concept }) => concept === 'queue_depth' || concept === 'queue_age')
    .filter((one) => one.service === service || (queue !== '' && one.part === queue))
    .map((one) => metricEvidence(one, `${one.values[0] ?? 0} at first, ${one.values.at(-1) ?? 0} at last`));
}

function keyOf({ own }: Grown): string {
  return `${own[0]?.service}\n${own[0]?.queue}\n${own[0]?.operation}`;
}
