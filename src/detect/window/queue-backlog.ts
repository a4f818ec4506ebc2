/**
 * Each message waits longer than the one before: producers publish more than consumers process.
 *
 *   published    14:30    14:32    14:34    14:36    14:38    14:40
 *   waited         2 s     10 s     19 s     27 s     36 s     45 s      4.3 s more each minute: of 100 that
 *                                                                        come 93 are worked on
 *
 * A single late message is lag, perhaps because it is large. A wait that grows from message to message means that the queue
 * fills. Consumers in their own traces are found by their span links to the publish span. Without requests, metrics show it:
 * a queue that grows from minute to minute up to the end of the time window, and is not worked off again.
 */

import { defineDetector } from '#detect/detector.ts';
import {
  doesRise,
  type GrowingWait,
  growthOfWait,
  type Message,
  messagesIn,
} from '#detect/signs/messages/growing-wait.ts';
import { type GrowingQueue, growingQueues } from '#detect/signs/metrics/growing-queues.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { EvidenceItem, Facts, Sighting, Words } from '#model/finding/finding.ts';
import { lastingFacts, metricEvidence, minuteText } from '#model/metrics/limited.ts';
import { measured } from '#model/metrics/measured.ts';
import type { Series } from '#model/metrics/series.ts';
import { counted } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';

export const queueBacklog = defineDetector({
  id: 'queue-backlog',
  title: 'Queue backlog',
  why: 'A growing queue does not recover by itself. When it is full, the producers stop, too.',
  runbook: 'runbooks/queue-backlog.md',
  clear: 'no queue made its messages wait longer and longer',
  silent: [
    'An unprocessed message is in no trace. A stopped consumer shows only in metrics. There a batch looks the same until it is worked off.',
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
  needs: ['window'],
  needsOneOf: ['requests', 'metrics'],
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
    minQueued: {
      default: 20,
      min: 1,
      unit: 'messages',
      means: 'How many messages wait at the end, where a metric counts them',
      why: 'KEDA’s default target for a RabbitMQ queue is 20 messages for each consumer: with fewer, none would be added.',
    },
    minQueuedSeconds: {
      default: 60,
      min: 1,
      unit: 'seconds',
      means: 'How long the oldest message waits at the end, where a metric measures it',
      why: 'Metrics have a value a minute, and a batch of messages may wait for the next poll.',
    },
    forMinutes: {
      default: 5,
      min: 1,
      unit: 'min',
      means: 'The queue grows for this long, up to the end of the time window',
      why: 'The guide’s rule for error rates and latencies.',
    },
  },

  detect({ window, requests = [], metrics = [] }, limits) {
    const { minMessages, minLagMs, minGrowth } = limits;
    const groups = Map.groupBy(messagesIn(requests), ({ service, operation, queue }) =>
      [service, queue || operation].join('\n'),
    );
    const ofRequests = [...groups.values()]
      .flatMap((own): GrowingWait[] => {
        if (own.length < minMessages) return [];
        const grown = growthOfWait(own);
        const isLong = grown.lastUs >= minLagMs * 1000 && grown.lastUs >= minGrowth * grown.firstUs;
        return isLong && grown.perSecond > 0 && doesRise(own) ? [grown] : [];
      })
      .sort((a, b) => b.lastUs - a.lastUs || (keyOf(a) < keyOf(b) ? -1 : 1))
      .map((grown) => sightingOf(grown, metrics));
    const known = new Set(ofRequests.flatMap(({ service, facts }) => [service, String(facts.queue)]));
    const ofMetrics = growingQueues(metrics, window, limits).filter(
      ({ service, queue }) => !known.has(service) && !known.has(queue),
    );
    return [...ofRequests, ...ofMetrics.slice(0, MOST_QUEUES).map(queueSighting)];
  },

  say(facts) {
    return facts.metric === undefined ? wordsOfWait(facts) : wordsOfQueue(facts);
  },
});

const MOST_QUEUES = 3;

function wordsOfWait({
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
}: Facts): Words {
  const where = queue === '' ? 'in the queue' : `in ${queue}`;
  const [before, now] = [Number(firstWorkUs), Number(lastWorkUs)];
  const work =
    now >= MUCH_SLOWER * before
      ? `Processing one message now takes ${durationText(now)} instead of ${durationText(before)}, so the consumers cannot keep up.`
      : `Processing one message takes ${durationText(now)}, as before. There are too few consumers for the load, or some have stopped.`;
  return {
    title: `${service} cannot keep up: messages wait ${durationText(Number(lastUs))} ${where}, and the wait grows`,
    headline: {
      what: `${inWords(service)} cannot keep up with its queue: messages wait ${durationText(Number(lastUs))}`,
    },
    explanation: `The wait before ${operation} was ${durationText(Number(firstUs))} at ${from} and ${durationText(Number(lastUs))} at ${until}. ${messages} messages show that it grows by ${durationText(Number(perMinuteUs))} each minute: of 100 published messages ${done} are processed. ${work}`,
    remedy: `Add consumers of ${service} (for Kafka no more than partitions) or process each message faster. Until then publish fewer messages, urgent ones first. At this rate it does not recover by itself.`,
    check:
      'The wait shrinks again without a change, so it was a peak or a restart. Or the clocks of the two hosts drift apart.',
  };
}

/** A queue that only metrics show. */
function wordsOfQueue({
  service,
  queue,
  isAge,
  before,
  now,
  growth,
  since,
  seconds,
  workBefore,
  workNow,
  isRush,
}: Facts): Words {
  const amount = (value: Facts[string] = 0) =>
    isAge === true ? durationText(Number(value) * 1e6) : counted(Math.round(Number(value)), 'message');
  const what = isAge === true ? `the oldest message waits ${amount(now)}` : `${amount(now)} wait`;
  const name = queue === '' ? 'a queue' : String(queue);
  const isUnknown = service === queue || service === '';
  const whose = isUnknown ? `${name} grows` : `${service} cannot keep up`;
  const slower = Number(workNow) >= MUCH_SLOWER * Number(workBefore) && Number(workBefore) > 0;
  const work = slower
    ? ` ${service} now works ${durationText(Number(workNow) * 1e6)} on one message instead of ${durationText(Number(workBefore) * 1e6)}.`
    : '';
  const rush = isRush === true ? ' At least twice as many messages come as before, so it may be a batch.' : '';
  return {
    title: `${whose}: ${what}${queue === '' ? ', and it grows' : ` in ${queue}, and the queue grows`} since ${since}`,
    headline: {
      what: `${isUnknown ? `The messages of ${name} are not processed in time` : `${inWords(String(service))} cannot keep up with its queue`}: ${what}`,
    },
    explanation: `Before, ${isAge === true ? `it waited ${amount(before)}` : `${amount(before)} waited`}. The queue grows by ${isAge === true ? durationText(Number(growth) * 1e6) : `about ${counted(Math.max(1, Math.round(Number(growth))), 'message')}`} each minute for ${durationText(Number(seconds) * 1e6)}, up to the end of the time window.${work}${rush}`,
    remedy: `Find out since when the consumers of ${name} take longer or are fewer: a deploy, a slow store, a stopped instance. Add consumers, or publish fewer messages until the queue is worked off.`,
    check: 'The queue shrinks again without a change, so it was a batch.',
  };
}

/** Twice the time for each message halves the throughput. */
const MUCH_SLOWER = 2;
const SECONDS_A_MINUTE = 60;

const MOST_SHOWN = 5;

function sightingOf(
  { own, fromUs, toUs, firstWorkUs, lastWorkUs, perSecond }: GrowingWait,
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

function queueSighting(grown: GrowingQueue): Sighting {
  const { service, queue, metric, isAge, before, now, perMinute, sinceUs, untilUs, work, isRush } = grown;
  const said = (value: number) => (isAge ? durationText(value * 1e6) : String(Math.round(value)));
  return {
    service,
    facts: {
      queue,
      metric,
      isAge,
      before,
      now,
      growth: perMinute,
      workBefore: work?.before ?? 0,
      workNow: work?.now ?? 0,
      isRush,
      // Work that comes in bulk waits on purpose.
      ...(isRush && { critical: false }),
      ...lastingFacts({ fromUs: sinceUs, untilUs }),
    },
    evidence: [
      { kind: 'metric', ref: metric, text: `${metric} (${queue}): ${said(before)} before, ${said(now)} at last` },
    ],
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

function keyOf({ own }: GrowingWait): string {
  return `${own[0]?.service}\n${own[0]?.queue}\n${own[0]?.operation}`;
}
