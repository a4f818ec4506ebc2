/**
 * A message waits in its queue long before anybody works on it.
 *
 *   [ POST /orders        ]                                       order-service    answered long ago
 *     [ orders publish ]
 *                        ~~~~~~~~~~~ 45 s in the topic ~~~~~~~~~~
 *                                                                [ orders process ]  fulfillment-service   ← the consumer to change
 *
 * The producer waits for none of it, so that the lag is on no critical path: it is what the one waits for who waits for
 * the work. A message is followed by its consumer’s parent, by the links of a consumer of batches, and where the producer
 * is in no trace by the time at which the consumer says that it was queued. Later attempts at a message that failed, and
 * messages that were to be delivered later, are not late.
 */
import { defineDetector } from '#detect/detector.ts';
import { type Delivery, deliveriesOf, isMeantForLater, queueOf, spansOf } from '#detect/signs/deliveries.ts';
import type { EvidenceItem, Sighting, Stretch } from '#model/finding/finding.ts';
import { durationText } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSteps } from '#model/trace/views/critical-path.ts';

export const consumerLag = defineDetector({
  id: 'consumer-lag',
  title: 'Consumer lag',
  why: 'The request was answered and looks healthy, while what it promised has not happened yet.',
  runbook: 'runbooks/consumer-lag.md',
  clear: 'no message waited long between its publishing and its processing',
  silent: [
    'A consumer in a trace of its own is seen only by its links, or by what it says itself: `kafka.record.queue_time_ms`, or when Azure queued the message.',
    'A message that nobody has processed yet is in no trace.',
    'Later attempts at a message that failed, and messages and queues that are called delayed or scheduled, are left alone: they were meant to be late.',
    'Clocks are not set right between producer and consumer: one that is behind hides as much of the lag.',
  ],
  role: 'mechanism',
  field: 'messaging',
  coverage: 'calls',
  nextWhys: {
    unsaid: {
      ask: 'Why was the message not taken sooner?',
      lookAt: 'How many consumers ran, how fast they were, rebalances, and how many messages came in.',
    },
  },
  checkQueries: [],
  namesCause: 'never',
  needs: ['trace'],
  thresholds: {
    minLagMs: {
      default: 1000,
      min: 1,
      unit: 'ms',
      means: 'Time between the end of the publishing and the begin of the processing',
      why: 'A consumer that keeps up has a message at once: Kafka holds a poll back for half a second at most (fetch.max.wait.ms), a long poll of SQS or RabbitMQ returns with the first message.',
    },
    minShare: {
      default: 0.1,
      min: 0,
      max: 1,
      unit: 'share of the trace',
      means: 'The same time as a share of the whole trace, from the request to the end of the last work',
      why: 'As for slow queries: a second before a job of an hour hurts nobody.',
    },
  },

  detect({ trace }, { minLagMs, minShare }) {
    const least = Math.max(minLagMs * 1000, minShare * trace.durationUs);
    const late = deliveriesOf(trace).filter(({ lagUs }) => lagUs >= least);
    const byConsumer = Map.groupBy(late, ({ consumer }) => `${trace.service(consumer)}\n${trace.operation(consumer)}`);
    const worstOf = (deliveries: readonly Delivery[]) =>
      deliveries.reduce((most, { lagUs }) => Math.max(most, lagUs), 0);
    const worstFirst = [...byConsumer.values()].sort((a, b) => worstOf(b) - worstOf(a));
    return worstFirst.slice(0, MOST_CONSUMERS).flatMap((deliveries): Sighting[] => {
      const shown = deliveries
        .toSorted((a, b) => b.lagUs - a.lagUs || a.consumer - b.consumer)
        .slice(0, MOST_SHOWN)
        .filter((delivery) => !isMeantForLater(trace, delivery));
      const [worst] = shown;
      if (worst === undefined) return [];
      const { consumer, producer, lagUs } = worst;
      const waiting = stretchWaited(trace, worst);
      return [
        {
          service: trace.service(consumer),
          operation: trace.operation(consumer),
          spans: [...new Set(shown.flatMap(spansOf))],
          wastedUs: waiting === undefined ? 0 : lagUs,
          lateUs: lagUs,
          ...(waiting === undefined ? {} : { explains: [waiting] }),
          facts: {
            lagUs,
            messages: shown.length < MOST_SHOWN ? shown.length : deliveries.length,
            workUs: trace.durationOfUs(consumer),
            queue: queueOf(trace, worst),
            publisher: producer === undefined ? '' : publisherOf(trace, producer),
            rootOperation: trace.operation(trace.root),
          },
          evidence: shown.map((delivery) => itemOf(trace, delivery)),
        },
      ];
    });
  },

  say({ service, operation, lagUs, messages, workUs, queue, publisher, rootOperation }) {
    const what = Number(messages) > 1 ? `${messages} messages wait up to` : 'a message waits';
    const where = queue === '' ? 'in its queue' : `in ${queue}`;
    const from = publisher === '' ? '' : `; ${publisher} published ${Number(messages) > 1 ? 'them' : 'it'}`;
    const isQuick = Number(workUs) * MUCH_QUICKER <= Number(lagUs);
    return {
      title: `${service}: ${what} ${durationText(Number(lagUs))} ${where} before ${operation} begins (${durationText(Number(workUs))} of work)${from}`,
      explanation: `Nobody in ${rootOperation} waits for it, but whoever waits for the outcome waits that long. ${
        isQuick
          ? 'The work itself is quick: there are too few consumers, or something else keeps them busy.'
          : 'The work itself is slow: with it the queue grows.'
      }`,
      remedy: `Look at the backlog of the consumer group of ${service}: more consumers (for Kafka no more than partitions), quicker work for each message, or one slow message that holds up its partition.`,
      check: `The backlog was empty at that time, or the clocks of the two hosts differ by about ${durationText(Number(lagUs))}.`,
    };
  },
});

/** Work of a tenth of the wait cannot be what the others waited for, unless they are many. */
const MUCH_QUICKER = 10;

/** So many consumers of one trace are told of. */
const MOST_CONSUMERS = 20;
/** A finding shows so many messages, the latest first. */
const MOST_SHOWN = 50;
function itemOf(trace: Trace, { consumer, producer, lagUs, said }: Delivery): EvidenceItem {
  const published = producer === undefined ? '' : `${trace.operation(producer)} was over ${durationText(lagUs)} before`;
  const text = said === '' ? `${published} ${trace.operation(consumer)} began` : said;
  return { kind: 'span', ref: trace.spanId(consumer), text };
}

/** Where the one who published does nothing until the message is processed: it waits for an answer. */
function stretchWaited(trace: Trace, { consumer, producer, publishedUs }: Delivery): Stretch | undefined {
  if (producer === undefined) return undefined;
  const { count, span, startUs, endUs } = pathSteps(trace);
  for (let at = 0; at < count; at += 1) {
    if (startUs(at) > publishedUs || endUs(at) < trace.endUs(consumer) || !trace.isUnder(producer, span(at))) continue;
    return { span: span(at), startUs: publishedUs, endUs: trace.endUs(consumer) };
  }
  return undefined;
}

/** `POST /orders of order-service`: the work that published, not the publishing. */
function publisherOf(trace: Trace, producer: SpanIndex): string {
  const work = trace.kind(producer) === 'producer' ? (trace.parent(producer) ?? producer) : producer;
  return `${trace.operation(work)} of ${trace.service(work)}`;
}
