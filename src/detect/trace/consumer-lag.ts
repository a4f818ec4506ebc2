/**
 * A message waits in its queue for a long time before a consumer processes it.
 *
 *   [ POST /orders        ]                                       order-service    answered long ago
 *     [ orders publish ]
 *                        ~~~~~~~~~~~ 45 s in the topic ~~~~~~~~~~
 *                                                                [ orders process ]  fulfillment-service   ← the consumer to change
 *
 * The producer does not wait for the consumer, so the lag is on no critical path; it delays whoever needs the outcome. The
 * producer of a message is the consumer's parent, or a link of a batch consumer. If the producer is in no trace, the
 * consumer's attribute shows when the message was queued. Redeliveries after a failure and delayed messages are not late.
 */

import { defineDetector } from '#detect/detector.ts';
import { gaveUp, stretchWaited } from '#detect/signs/messages/awaited-answers.ts';
import {
  type Delivery,
  deliveriesOf,
  isBehind,
  isMeantForLater,
  publisherOf,
  queueOf,
  spansOf,
} from '#detect/signs/messages/deliveries.ts';
import { wasRepeated } from '#detect/signs/messages/failed-messages.ts';
import { isIntendedInLog, isOfStartInLog, isRepeatedInLog, isWarnedAbout } from '#detect/signs/messages/said-waits.ts';
import {
  ageInBacklog,
  isBacklogInLog,
  isHeldForReceiver,
  isMeantInLog,
  isPulledOnSchedule,
  isReplayedInLog,
  isRetained,
  isScheduledInLog,
  isSentAfterOffline,
  isSharedOutInLog,
  namesJob,
} from '#detect/signs/messages/scheduled-lines.ts';
import type { Candidate, EvidenceItem, Sighting } from '#model/finding/finding.ts';
import { QUEUE_LINES } from '#model/instruments/queue-words.ts';
import { isCertain } from '#model/logs/log-correlation.ts';
import { logFields } from '#model/logs/log-fields.ts';
import { epochUsOf, type LogLine, linesBySpan, namesSpan } from '#model/logs/log-line.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';
import { amountIn } from '#model/trace/wait-amounts.ts';

export const consumerLag = defineDetector({
  id: 'consumer-lag',
  title: 'Consumer lag',
  why: 'The request was answered and looks healthy, while the promised work has not happened yet.',
  runbook: 'runbooks/consumer-lag.md',
  clear: 'no message waited long between publishing and processing',
  silent: [
    'It sees a publisher in another trace only by a link to a span of the same input, or by the time of queueing on the consumer.',
    'A message that nobody has processed yet is in no trace.',
    'It ignores what was sent again, delayed on purpose, or held for an end that was away. A wait of half an hour, or for a restart, stays unsure without a sign of a backlog.',
    'It does not correct clocks between producer and consumer: a consumer whose clock is behind hides that much of the lag.',
  ],
  role: 'mechanism',
  field: 'messaging',
  coverage: 'calls',
  nextWhys: {
    unsaid: {
      ask: 'Why did no consumer take the message sooner?',
      lookAt: 'How many consumers ran, how fast they were, rebalances, and how many messages came in.',
    },
  },
  checkQueries: [],
  excusedBy: ['reason'],
  namesCause: 'never',
  needs: ['trace'],
  uses: ['logs', 'published'],
  thresholds: {
    minLagMs: {
      default: 1000,
      min: 1,
      unit: 'ms',
      means: 'Time from the end of publishing to the start of processing',
      why: 'A consumer that keeps up gets a message at once. Kafka delays a poll by half a second at most (fetch.max.wait.ms). A long poll of SQS or RabbitMQ returns with the first message.',
    },
    minShare: {
      default: 0.1,
      min: 0,
      max: 1,
      unit: 'share of the trace',
      means: 'The same time as a share of the whole trace, from the request to the end of the last work',
      why: 'The same as for slow queries: a second before a job of an hour does no harm.',
    },
  },

  detect({ trace, published, logs = [] }, { minLagMs, minShare }) {
    const least = Math.max(minLagMs * 1000, minShare * trace.durationUs);
    const recorded = deliveriesOf(trace, published);
    const late = [...recorded, ...(recorded.length === 0 ? ofLines(trace, logs) : [])].filter(
      ({ lagUs, isDue }) => lagUs >= (isDue ? Math.max(least, LEAST_LATE_US) : least),
    );
    const byConsumer = Map.groupBy(late, ({ consumer }) => `${trace.service(consumer)}\n${trace.operation(consumer)}`);
    const worstOf = (deliveries: readonly Delivery[]) =>
      deliveries.reduce((most, { lagUs }) => Math.max(most, lagUs), 0);
    const lines = linesBySpan(logs);
    const worstFirst = [...byConsumer.values()].sort((a, b) => worstOf(b) - worstOf(a));
    return worstFirst.slice(0, MOST_CONSUMERS).flatMap((deliveries): Sighting[] => {
      const shown = deliveries
        .toSorted((a, b) => b.lagUs - a.lagUs || a.consumer - b.consumer)
        .slice(0, MOST_SHOWN)
        .filter((delivery) => !isExcused(trace, delivery, logs) && !wasRepeated(trace, delivery.consumer, lines));
      const [worst] = shown;
      if (worst === undefined) return [];
      const { consumer, producer, message, lagUs } = worst;
      const isAwaited = worst.isAwaited === true || gaveUp(trace, worst) !== undefined;
      const workUs = trace.endUs(consumer) - worst.begunUs;
      const isTurn = lagUs <= A_TURN * workUs;
      const isLong = lagUs >= LONG_US && !hasBacklog(trace, shown, logs);
      const isSharedOut = isOfSharing(trace, shown, logs);
      return [
        {
          ...((worst.isCreation || isTurn || isLong || isSharedOut) && { inferred: true }),
          service: trace.service(consumer),
          operation: trace.operation(consumer),
          spans: [...new Set(shown.flatMap(spansOf))],
          ...timeLost(trace, worst),
          ...(!isAwaited && { lateUs: lagUs }),
          facts: {
            lagUs,
            messages: shown.length < MOST_SHOWN ? shown.length : deliveries.length,
            workUs,
            queue: queueOf(trace, worst),
            publisher: producer === undefined ? (message?.publisher ?? '') : publisherOf(trace, producer),
            isCreation: worst.isCreation === true,
            isTurn,
            isLong,
            isUnexplained: isUnexplained(trace, worst, isLong, logs),
            isSharedOut,
            isAwaited,
            rootOperation: trace.operation(trace.root),
          },
          evidence: shown.map((delivery) => itemOf(trace, delivery)),
        },
      ];
    });
  },

  say(facts) {
    const { service, operation, lagUs, messages, workUs, queue, publisher, rootOperation } = facts;
    const isWaitedFor = facts.isAwaited === true;
    const what = Number(messages) > 1 ? `${messages} messages wait up to` : 'a message waits';
    const where = queue === '' ? 'in its queue' : `in ${queue}`;
    const from = publisher === '' ? '' : `; ${publisher} published ${Number(messages) > 1 ? 'them' : 'it'}`;
    const waiter = rootOperation === operation ? 'The publisher' : rootOperation;
    const isQuick = Number(workUs) * MUCH_QUICKER <= Number(lagUs);
    return {
      title: `${service}: ${what} ${durationText(Number(lagUs))} ${where} before ${operation} begins (${durationText(Number(workUs))} of work)${from}`,
      headline: {
        what: `${Number(messages) > 1 ? 'Messages wait' : 'A message waits'} ${durationText(Number(lagUs))} in the queue before ${inWords(service)} handles ${Number(messages) > 1 ? 'them' : 'it'}`,
      },
      explanation: `${isWaitedFor ? `${waiter} waits for its outcome.` : `${waiter} does not wait for it, but whoever needs the outcome waits that long.`} ${
        isQuick
          ? 'The work itself is quick: there are too few consumers, or something else keeps them busy.'
          : 'The work itself is slow, so the queue grows.'
      }`,
      remedy: `Look at the backlog of the consumer group of ${service}. Add consumers (for Kafka no more than partitions), make the work for each message faster, or find the slow message that blocks its partition.`,
      ...couldBeOf(facts),
      check: `The backlog was empty at that time, or the clocks of the two hosts differ by about ${durationText(Number(lagUs))}.`,
    };
  },
});

function couldBeOf({ isCreation, isTurn, isLong, isSharedOut }: Readonly<Record<string, unknown>>) {
  if (isCreation === true) return { couldBe: CREATED_BEFORE };
  if (isSharedOut === true) return { couldBe: WAITED_FOR_SHARES };
  if (isTurn === true) return { couldBe: WAITED_ITS_TURN };
  return isLong === true ? { couldBe: WAITED_LONG } : {};
}

/** Only the creation of the job is recorded. */
const CREATED_BEFORE: readonly Candidate[] = [
  { what: 'a job that waited in its queue', shownBy: 'its state history has no scheduled time' },
  {
    what: 'a job that was created to run later',
    shownBy: 'its state history shows the time that it was scheduled for',
  },
];

/** Sidekiq looks for due jobs every 5 s on average, Delayed Job and Oban's stager too: some wait twice as long. */
const LEAST_LATE_US = 10_000_000;

/** Every busy worker finishes the message before. A wait of two messages or less is no backlog yet. */
const A_TURN = 2;

const WAITED_ITS_TURN: readonly Candidate[] = [
  { what: 'a queue that grows', shownBy: 'the backlog of the consumer group rises, or later messages wait longer' },
  { what: 'a worker that was still busy with the message before', shownBy: 'the backlog stays small' },
];

/** Kafka's session.timeout.ms: a group is without a dead member after 45 s, and each rollout makes it share out anew. */
const LONGEST_SHARING_US = 45_000_000;

const WAITED_FOR_SHARES: readonly Candidate[] = [
  { what: 'a rollout, or a change of their number', shownBy: 'the consumers were deployed or scaled at that time' },
  {
    what: 'a consumer that dropped out of its group',
    shownBy: 'its log says that it was too slow, or its process ended',
  },
];

/** Schedules, replays and consumers that are off at night make waits of hours. A backlog of half an hour has other signs. */
const LONG_US = 1_800_000_000;

const WAITED_LONG: readonly Candidate[] = [
  { what: 'a backlog, or a consumer that had stopped', shownBy: 'other messages of that queue waited, too' },
  {
    what: 'a message that was meant for later, or that somebody sent again',
    shownBy: 'its sender scheduled it, or its broker moved it from a dead-letter queue',
  },
];

/** Work that takes at most a tenth of the wait is not slow. */
const MUCH_QUICKER = 10;

/** Reports this many consumers of one trace at most. */
const MOST_CONSUMERS = 20;
/** A finding lists this many messages at most, those with the longest lag first. */
const MOST_SHOWN = 50;

function ofLines(trace: Trace, logs: readonly LogLine[]): readonly Delivery[] {
  const jobs = jobInLine(trace, logs);
  return jobs.length > 0 ? jobs : agedInLine(trace, logs);
}

/** A consumer whose sender came in no span, and its own warning about how old the message was. */
function agedInLine(trace: Trace, logs: readonly LogLine[]): Delivery[] {
  return logs.slice(0, MOST_LINES).flatMap((line): Delivery[] => {
    const lagUs = ageInBacklog(line);
    const consumer = lagUs === 0 ? undefined : consumers(trace).find((span) => namesSpan(line, trace.spanId(span)));
    if (consumer === undefined) return [];
    const begunUs = trace.startUs(consumer);
    const said = `its log says that it waited ${durationText(lagUs)}, and that others wait`;
    return [{ consumer, producer: undefined, publishedUs: begunUs - lagUs, begunUs, lagUs, said }];
  });
}

function consumers(trace: Trace): readonly SpanIndex[] {
  return [...spansWith(trace, { kinds: ['consumer'] })].slice(0, MOST_CONSUMERS);
}

/**
 * The job system's line about the job that is the whole trace. A line without an id is of it if it names the job, was
 * written at its end, and states how long it ran.
 */
function jobInLine(trace: Trace, logs: readonly LogLine[]): Delivery[] {
  if (trace.kind(trace.root) !== 'consumer' && !trace.isInternal(trace.root)) return [];
  const startUs = trace.startUs(trace.root);
  return logs.slice(0, MOST_LINES).flatMap((line): Delivery[] => {
    if (line.service !== trace.service(trace.root) || line.rung === undefined) return [];
    // Loggers of JSON may put the job system's row into a field of their own.
    const said = [line.line, logFields(line).message].find((text) => amountIn(text, QUEUE_LINES) > 0) ?? '';
    const isOwn = isCertain(line) || isOfRun(trace, line, said);
    const lagUs = isOwn ? amountIn(said, QUEUE_LINES) : 0;
    const times = { publishedUs: startUs - lagUs, begunUs: startUs, lagUs };
    return lagUs > 0
      ? [
          {
            consumer: trace.root,
            producer: undefined,
            ...times,
            said: `its job system logs a wait of ${durationText(lagUs)} in the queue`,
          },
        ]
      : [];
  });
}

const MOST_LINES = 1000;

function timeLost(trace: Trace, worst: Delivery): Pick<Sighting, 'wastedUs' | 'explains'> {
  const waiting = stretchWaited(trace, worst);
  if (waiting === undefined) return { wastedUs: 0 };
  return { wastedUs: Math.min(worst.lagUs, waiting.endUs - waiting.startUs), explains: [waiting] };
}

/** Nothing on record says that somebody wanted so long a wait. */
function isUnexplained(trace: Trace, worst: Delivery, isLong: boolean, logs: readonly LogLine[]): boolean {
  return isLong && worst.isCreation !== true && !isIntendedInLog(trace, worst, logs);
}

/** It was to wait, or was sent or delivered again. */
function isExcused(trace: Trace, delivery: Delivery, logs: readonly LogLine[]): boolean {
  return isMeantForLater(trace, delivery) || EXCUSES.some((excuses) => excuses(trace, delivery, logs));
}

const EXCUSES = [
  isScheduledInLog,
  isMeantInLog,
  isSentAfterOffline,
  isHeldForReceiver,
  isRetained,
  isPulledOnSchedule,
  isReplayedInLog,
  isRepeatedInLog,
];

/** The consumer or its log says that other messages waited, too. */
function hasBacklog(trace: Trace, deliveries: readonly Delivery[], logs: readonly LogLine[]): boolean {
  return deliveries.some(
    (each) => isBehind(trace, each.consumer) || isBacklogInLog(trace, each, logs) || isWarnedAbout(trace, each, logs),
  );
}

/** The worst of them waited while the consumers shared out their partitions or were started, and nothing says that others waited, too. */
function isOfSharing(trace: Trace, deliveries: readonly Delivery[], logs: readonly LogLine[]): boolean {
  const [worst] = deliveries;
  if (worst === undefined || worst.lagUs >= LONGEST_SHARING_US) return false;
  const isShared = isSharedOutInLog(trace, worst, logs) || isOfStartInLog(trace, worst, logs);
  return isShared && !hasBacklog(trace, deliveries, logs);
}

/** In microseconds, as Oban counts. */
const RAN = /"duration":\s?(\d{1,15})\b/;
/** A worker's own work around the job: at most this, or a twentieth of the job. */
const AROUND_US = 10_000;
const AROUND = 0.05;

function isOfRun(trace: Trace, line: LogLine, said: string): boolean {
  const ranUs = Number(RAN.exec(said)?.[1] ?? Number.NaN);
  const us = trace.durationOfUs(trace.root);
  const around = Math.max(AROUND_US, AROUND * us);
  const endedUs = epochUsOf(line) - trace.startEpochUs - trace.endUs(trace.root);
  return Math.abs(us - ranUs) <= around && Math.abs(endedUs) <= around && namesJob(trace, trace.root, { line: said });
}

function itemOf(trace: Trace, { consumer, producer, lagUs, said, isAwaited }: Delivery): EvidenceItem {
  const ended = isAwaited === true ? 'began' : 'ended';
  const published = producer === undefined ? '' : `${trace.operation(producer)} ${ended} ${durationText(lagUs)} before`;
  const text = said === '' ? `${published} ${trace.operation(consumer)} began` : said;
  return { kind: 'span', ref: trace.spanId(consumer), text };
}
