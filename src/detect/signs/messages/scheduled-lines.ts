/**
 * Lines that the sender or the consumer of a message wrote: when a job is to run, how often the consumer comes, that the
 * sender had no network, or that the message was sent again.
 */

import type { Delivery } from '#detect/signs/messages/deliveries.ts';
import { isCertain } from '#model/logs/log-correlation.ts';
import { HARMLESS_LEVELS } from '#model/logs/log-level.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { logTimeAt, nanosecondsOf } from '#model/logs/log-time.ts';
import { writtenNumber } from '#model/text/written-number.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { usPerLongUnit } from '#model/trace/wait-amounts.ts';

/** A scheduler looks for due jobs every few seconds, and a queue hands them on. */
const DUE_WITHIN = 0.05;
const HANDED_ON_US = 30_000_000;
const SOON_US = 1_000_000;

/** A line of either end says when, or after how long, the job is to run, and that is when it ran. */
export function isScheduledInLog(trace: Trace, delivery: Delivery, logs: readonly LogLine[]): boolean {
  const { consumer, begunUs, lagUs } = delivery;
  return linesOfEnds(trace, delivery, logs).some((line) => {
    if (line.rung === undefined) return false;
    const untilTime = (us: number) => us - trace.startEpochUs - begunUs + lagUs;
    const untilDue = timesIn(line.line, DUE_AT).map(untilTime);
    // Workers write this line without any id: it is of this job if it names it, and if the job ran when it says.
    const isCertainly = isCertain(line);
    if (!isCertainly && !namesJob(trace, consumer, line)) return false;
    // A consumer keeps it until then and needs no scheduler. A time near the publishing is no reason for a wait.
    const untilValid = isCertainly ? timesIn(line.line, VALID_FROM).map(untilTime) : [];
    if (untilValid.some((us) => us > 0 && lagUs >= us && lagUs - us <= Math.max(SOON_US, DUE_WITHIN * us))) return true;
    const waits = isCertainly ? [...delaysIn(line.line), ...untilDue] : untilDue;
    return waits.some((us) => us > 0 && Math.abs(lagUs - us) <= Math.max(HANDED_ON_US, DUE_WITHIN * us));
  });
}

/**
 * A harmless line of this request says what the wait is for, and how long it is to be: time to take back an order, changes
 * that are gathered. Quiet hours need no length.
 */
export function isMeantInLog(trace: Trace, delivery: Delivery, logs: readonly LogLine[]): boolean {
  return linesOfEnds(trace, delivery, logs).some((line) => {
    const said = isCertain(line) && HARMLESS_LEVELS.has(line.level) ? beginningOf(line) : '';
    if (said === '' || OF_TROUBLE.test(said) || BACKLOG.test(said)) return false;
    if (QUIET_TIME.test(said)) return true;
    const isAsLong = (us: number) => us > 0 && Math.abs(delivery.lagUs - us) <= Math.max(SOON_US, OFF_PLAN * us);
    return WAITS_FOR.test(said) && [...lengthsIn(said), ...delaysIn(said)].some(isAsLong);
  });
}

/** People say the length in round numbers. */
const OFF_PLAN = 0.1;
const WAITS_FOR =
  /\b(?:undo|undone|take[ns]? back|withdraw\w{0,3}|recall|revo(?:ke|cation)|cancel\w{0,9}|change (?:his|her|their) mind|second thoughts?|grace|cool(?:ing)?[- ](?:off|down)|objection|reflection|debounc\w{1,4}|coalesc\w{1,4}|gather(?:s|ed|ing)?|collect(?:s|ed|ing)?|bundl(?:e[sd]?|ing)|batch(?:ed|ing|es)?|digest|quiet|settl(?:e[sd]?|ing)|soak|snooz(?:e[sd]?|ing)|embargo(?:ed)?|held back|hold(?:ing)? back|delay[- ]?stamp|x-delay|by design|on purpose|deliberate(?:ly)?|as (?:ordered|configured|planned|agreed|intended)|wanted|flushed? every|lingers?|(?:tumbling|hopping|sliding|session)|windows?)\b/i;
const QUIET_TIME =
  /\b(?:quiet (?:hours|time)|do not disturb|night(?:ly)? (?:rest|silence)|business hours|office hours|opening hours|send window|delivery window)\b/i;

const LENGTH =
  /\b(\d{1,6}(?:\.\d{1,3})?|a|an|one|two|three|four|five|ten|fifteen|twenty|thirty|half)[ -]?(?:an? )?(ms|milliseconds?|s|secs?|seconds?|min|minutes?|h|hours?|days?)\b/gi;

/** Microseconds: `45s`, `one minute`, `half an hour`. */
function lengthsIn(said: string): number[] {
  return [...said.matchAll(LENGTH)].map(([, amount = '', unit = '']) => writtenNumber(amount) * usPerLongUnit(unit));
}

/**
 * The consumer comes by a schedule, as its own line says, and the message waited for its next turn at most. A sweep that
 * comes every ten minutes is how data is gathered, and no backlog.
 */
export function isPulledOnSchedule(trace: Trace, delivery: Delivery, logs: readonly LogLine[]): boolean {
  const consumer = trace.service(delivery.consumer);
  return logs.some((line) => {
    if (line.service !== consumer || !isCertain(line) || !HARMLESS_LEVELS.has(line.level)) return false;
    const said = beginningOf(line);
    const [, amount = '1', unit = ''] = COMES_EVERY.exec(said) ?? [];
    if (unit === '' || OF_TROUBLE.test(said) || BACKLOG.test(said)) return false;
    const everyUs = Number(amount) * usPerLongUnit(unit);
    return delivery.lagUs <= everyUs + Math.max(SOON_US, DUE_WITHIN * everyUs);
  });
}

/** `pull job every 10 min`, `polls the queue every 30 s`, `sync runs every hour`. */
const COMES_EVERY =
  /\b(?:pull|poll|fetch|collect|drain|gather|sync|flush|import|digest|schedul|sweep|run|job|batch)\w{0,5}\b[^.;\n]{0,40}\bevery (?:(\d{1,4}) ?)?(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?)\b/i;
/** Words of failures, and of what comes too late. */
const OF_TROUBLE = /\b(?:retr|re-?deliver|re-?connect|fail|heartbeat|late|overdue|miss|skip|stuck)\w{0,6}\b/i;

/** Words of messages that pile up, or of a consumer that does not keep up. */
export function saysBacklog(said: string): boolean {
  return BACKLOG.test(said);
}

/** Shorter words are verbs and parts of names: `run`, `process`. */
const SHORTEST = 6;
const GENERIC = /^(?:process|receive|deliver|perform|execute|consume|handle|message|default|celery)s?$/i;

/** A name of several parts stands in both: `run/mails.tasks.remind` and `Task mails.tasks.remind[7f…] received`. */
export function namesJob(trace: Trace, consumer: SpanIndex, { line }: Pick<LogLine, 'line'>): boolean {
  return trace
    .operation(consumer)
    .split(/[\s/]+/, 8)
    .some((word) => word.length >= SHORTEST && !GENERIC.test(word) && line.includes(word));
}

/**
 * A device without network keeps what it measures, and sends it when it is back: that time is no queue's. A line of this
 * request has to say both, and that it was the sender: a consumer that was offline is late.
 */
export function isSentAfterOffline(trace: Trace, delivery: Delivery, logs: readonly LogLine[]): boolean {
  const [producer, consumer] = endsOf(trace, delivery);
  return linesOfEnds(trace, delivery, logs).some((line) => {
    if (!isCertain(line)) return false;
    const said = beginningOf(line);
    if (!OFFLINE.test(said) || !KEPT.test(said) || OF_CONSUMER.test(said)) return false;
    return producer === consumer || !said.includes(`${consumer} was`);
  });
}

/** The services of both ends; the consumer's twice where the producer is unknown. */
function endsOf(
  trace: Trace,
  { consumer, producer = consumer }: Delivery,
): readonly [producer: string, consumer: string] {
  return [trace.service(producer), trace.service(consumer)];
}

/** The lines of the sender and of the consumer. */
export function linesOfEnds(trace: Trace, delivery: Delivery, logs: readonly LogLine[]): readonly LogLine[] {
  const ends = endsOf(trace, delivery);
  return logs.filter(({ service }) => ends.includes(service));
}

export function beginningOf(line: LogLine): string {
  return logMessage(line).slice(0, LONGEST_READ);
}

const LONGEST_READ = 2_000;
const OFFLINE =
  /\boffline\b|\bout of (?:reach|range|coverage)\b|\b(?:no|without|lost|regained) (?:a |the |its )?(?:network|coverage|signal|connectivity|internet|reception|uplink)\b|\bback online\b|\b(?:airplane|flight) mode\b|\bstore[- ]and[- ]forward\b/i;
const KEPT =
  /\b(?:stored|saved|kept|buffered|cached|queued|recorded|collected|pending|backlogged|offline) (?:\w+ ){0,3}(?:readings?|records?|events?|messages?|samples?|points?|entries|items?|measurements?|positions?|data|changes|scans?|updates?|commands?|notifications?|jobs?|tasks?|requests?|orders?|documents?|files?|photos?|reports?|forms?|locally|on (?:the )?device)\b|\bstore[- ]and[- ]forward\b/i;
/** The other end, or the queue between them, was away. */
const OF_CONSUMER =
  /\b(?:consumers?|workers?|brokers?|queues?|subscribers?|listeners?|processors?|servers?|partitions?|nodes?|cluster)\b[^.;,\n]{0,30}\b(?:offline|out of|without|lost|no network|back online)\b/i;

/**
 * A broker keeps the last message of a topic for whoever subscribes later, and marks it then (MQTT 5, 3.3.1.3): that time
 * is no queue's.
 */
export function isRetained(trace: Trace, { consumer }: Delivery, logs: readonly LogLine[]): boolean {
  const isMarked = Object.entries(trace.attributes(consumer)).some(
    ([name, value]) => /\bretain(?:ed)?$/i.test(name) && String(value) === 'true',
  );
  const isSaid = (line: LogLine) =>
    line.service === trace.service(consumer) && isCertain(line) && RETAINED.test(beginningOf(line));
  return isMarked || logs.some(isSaid);
}

const RETAINED = /\bretained (?:message|publish)|\bretain(?:ed)?["']?\s?[=:]\s?(?:1|true)\b/i;

/**
 * The sender keeps a message until its receiver can be reached: a phone that was off, a mailbox that was full. A line of
 * this request has to say that the receiver was away, and that it is back.
 */
export function isHeldForReceiver(trace: Trace, delivery: Delivery, logs: readonly LogLine[]): boolean {
  return linesOfEnds(trace, delivery, logs).some((line) => {
    const said = isCertain(line) ? beginningOf(line) : '';
    return RECEIVER_AWAY.test(said) && IS_BACK.test(said) && !OF_CONSUMER.test(said) && !BACKLOG.test(said);
  });
}

/** GSM 03.40 and SMPP (absent subscriber), push services, SMTP's deferred mail, MQTT's sessions. */
const RECEIVER_AWAY =
  /\babsent subscriber\b|\b(?:handsets?|phones?|subscribers?|recipients?|receivers?|devices?|terminals?|tablets?|modems?|mailbox(?:es)?|vehicles?|meters?)\b[^.;,\n]{0,20} (?:(?:was|were|is|are|had been|been) )?(?:switched off|powered off|turned off|unreachable|not reachable|out of (?:coverage|range|reach)|asleep|sleeping|offline|disconnected|full|away|roaming)\b/i;
const IS_BACK =
  /\b(?:now|finally|then|since|at last) (?:delivered|reachable|online|connected|accepted|received)\b|\b(?:delivered|sent|accepted|received) (?:now|after|once|when|as soon as)\b|\b(?:receipt|answer|delivery|ack\w{0,14}) after\b|\b(?:is|was|came|comes|are) back\b|\breconnect\w{0,3}\b|\bback online\b/i;

/**
 * Somebody sends messages again that were put aside before: from a dead-letter queue, or from the broker's record. That
 * person chooses how many and how fast, so their wait is no backlog.
 */
export function isReplayedInLog(trace: Trace, delivery: Delivery, logs: readonly LogLine[]): boolean {
  return linesOfEnds(trace, delivery, logs).some((line) => isCertain(line) && REPLAYED.test(beginningOf(line)));
}

/**
 * SQS: `StartMessageMoveTask`, dead-letter queue redrive. Service Bus: resubmit. RabbitMQ: the shovel moves messages.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 * https://learn.microsoft.com/azure/service-bus-messaging/enable-dead-letter#sending-dead-lettered-messages-to-be-reprocessed
 */
const REPLAYED =
  /\bStartMessageMoveTask\b|\bre-?driv(?:e|en|ing)\b|\b(?:re-?play|re-?submit|re-?publish|re-?queu|re-?inject|mov|sen[dt])\w{0,4}\b[^.;\n]{0,60}\b(?:from|out of)\b[^.;\n]{0,40}(?:\bdead.?letter|\bDL[QTX]\b|[-_.]dl[qtx]\b|\bparking.?lot\b|\berror queue\b|[-_]error\b)/i;

/**
 * Any line of either end says that messages pile up, or that the consumer does not keep up. So may a line of whoever
 * watches the queue, such as a monitor or the broker, if it names the queue or the consumer.
 */
export function isBacklogInLog(trace: Trace, delivery: Delivery, logs: readonly LogLine[]): boolean {
  const ends = endsOf(trace, delivery);
  const names = [trace.text(delivery.consumer, 'messaging.destination.name'), trace.service(delivery.consumer)];
  return logs.some((line) => {
    if (line.rung === undefined) return false;
    const said = beginningOf(line);
    return BACKLOG.test(said) && (ends.includes(line.service) || names.some((name) => namesWhole(said, name)));
  });
}

/**
 * How old a message was, where a warning of its consumer says so and that others wait: `published 71 s ago,
 * num_undelivered_messages 6120`. Microseconds; 0 where it says only one of both.
 */
export function ageInBacklog(line: LogLine): number {
  if (!isCertain(line) || HARMLESS_LEVELS.has(line.level)) return 0;
  const said = beginningOf(line);
  return BACKLOG.test(said) || FEW_LEFT.test(said) ? ageIn(said) : 0;
}

/** Microseconds that a message waited by these words; 0 without them. */
export function ageIn(said: string): number {
  const { amount, unit = '', of, ofUnit = unit } = AGE.exec(said)?.groups ?? {};
  return Number(amount ?? of ?? 0) * usPerLongUnit(ofUnit) || 0;
}

/** `one consumer of four left`, `2 of 3 workers are dead`, `only one instance is running`. */
const FEW_LEFT =
  /\b(?:only )?(?:one|two|three|four|five|\d{1,3}) (?:(?:consumer|worker|processor|instance|pod|replica|thread)s? )?(?:out )?of (?:\w{1,10} )(?:(?:consumer|worker|processor|instance|pod|replica|thread)s? )?(?:(?:is|are|was|were) )?(?:left|alive|running|up|dead|down|gone)\b|\bonly (?:one|\d{1,2}) (?:consumer|worker|processor|instance|pod|replica|thread)s?\b|\bmax[-_ ]?(?:instances|workers|replicas|concurrency)\W{1,3}1\b/i;

/** `published 71 s ago`, `the job is 2 min old`, `71.2 s in the queue`, `message age 71 s`, `oldest_unacked_message_age 71 s`, `waited for 71 s`. */
const AGE =
  /\b(?<amount>\d{1,6}(?:\.\d{1,3})?) ?(?<unit>ms|milliseconds?|s|secs?|seconds?|min|minutes?|h|hours?) (?:ago|old|in (?:the |its )?queue)\b|(?:\b|_|approximate)(?:age(?:_?of_?oldest_?message)?|waited|queued|latency|time in queue)(?: of| is| was| for)?[ :=]{1,3}(?<of>\d{1,6}(?:\.\d{1,3})?) ?(?<ofUnit>ms|milliseconds?|s|secs?|seconds?|min|minutes?|h|hours?)\b/i;

/** A shorter name is any word. */
const LEAST_NAME = 4;

function namesWhole(text: string, name: string): boolean {
  if (name.length < LEAST_NAME) return false;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
    if (!/[\w-]/.test(text[at - 1] ?? ' ') && !/[\w-]/.test(text[at + name.length] ?? ' ')) return true;
  return false;
}

/** A line of either end, from the time of the wait, says that the consumers were sharing out their partitions. */
export function isSharedOutInLog(trace: Trace, delivery: Delivery, logs: readonly LogLine[]): boolean {
  return linesOfEnds(trace, delivery, logs).some((line) => {
    const atUs = epochUsOf(line) - trace.startEpochUs;
    const isThen = atUs >= delivery.publishedUs - SOON_US && atUs <= delivery.begunUs + SOON_US;
    return isThen && line.rung !== undefined && SHARED_OUT.test(beginningOf(line));
  });
}

/**
 * Kafka's clients (Java, librdkafka, KafkaJS, Sarama), and Kinesis' leases.
 * https://kafka.apache.org/documentation/#consumerconfigs_group.protocol
 */
const SHARED_OUT =
  /\b(?:re-?balanc(?:e|ed|es|ing)|\(re-?\)?join(?:ed|ing) group|joining group|partitions? (?:assigned|revoked|lost)|(?:assigned|revoked|newly assigned) partitions?|successfully (?:joined|synced) group|consumer has joined the group|stealing leases?|took \d{1,5} leases?)\b/i;

/** In words of services, and in the states of waiting jobs: https://hexdocs.pm/oban/job_lifecycle.html */
const BACKLOG =
  /\bback-?log|\bbehind\b|\bcatch(?:ing)? up\b|\b(?:consumer|queue|group|partition|total|current)?[- _]?lag\b(?!\W{0,3}(?:0|none|zero)\b)|\b(?:ApproximateNumberOfMessages(?:Visible)?|num_?undelivered_?messages|oldest_?unacked_?message_?age|age_?of_?oldest_?message|messages_ready|active_?message_?count|num_?pending)\W{1,3}[1-9]\d{1,9}s?\b|\bqueue[- _](?:depth|length|size|latency)\b|\b\d{2,9} (?:(?:messages?|jobs?|tasks?|records?) (?:\w+ )?)?(?:available|pending|waiting|ready|enqueued|queued|in (?:the )?queue|ahead)\b|\b(?:no|all|too few) (?:free |idle |available )?(?:workers?|consumers?)\b|\b(?<all>\d{1,5}) (?:of|\/) \k<all> (?:[\w-]{1,20} )?(?:workers?|consumers?|threads?|slots?|processes) (?:are )?(?:busy|in use|taken|occupied)\b|\b(?:wait(?:ed|s|ing)?|queued) .{0,20}for (?:a |an |one of |its |the )?(?:(?:next|free|idle|\d{1,5}) )?(?:places?|slots?|workers?|runners?|agents?|permits?)\b|\b(?:run|concurrency|worker) limit (?:is |was )?reached\b|\b(?:is|was|runs?) late by \d/i;

/** `perform_in(3600)`, `set(wait: 1.hour)`, `perform_in 1 hour`, `perform in 1 hour`, `to run in 2 hours`, `apply_async(countdown=3600)`, `delay: 3600`, `DelaySeconds=900`. */
const ASKED_FOR_LATER =
  /\b(?:perform[_ ]?in|(?:to|will|should) (?:run|start|begin|be (?:run|performed|executed|delivered|sent)) in|postponed (?:by|for)|set\(wait|countdown|delay_?seconds|(?:x-)?delay(?:ed|[-_ ]?(?:stamp|ms|millis))?(?: by| of| for)?|enqueue_?in|schedule_?in|run_?in|process_?in|scheduled in|due in|(?:set_?)?(?:deliver|start|send|run|visible)[-_ ]?(?:after|delay)|(?:amq_)?scheduled_delay|delivery[-_ ]delay|initial_?delay|visibility_?(?:timeout|delay)|(?:set_?)?delay_?time_?(?:sec|ms|millis)(?:onds)?|not visible for)\b["']?\s?[(=:]?\s?(\d{1,9})(?:(?:[ .]|, ?(?:TimeUnit\.)?)?(ms|millis|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?)\b)?/gi;

/**
 * .NET writes a TimeSpan as `1.02:30:00`, and protocols write a duration as `P1DT2H30M`: `ScheduledEnqueueTime in
 * 02:30:00`, `visibilityTimeout: PT30M`.
 */
const SPAN_FOR_LATER =
  /\b(?:schedul|delay|defer|postpon|enqueue|deliver|visibil|due\b|countdown\b|(?:to|will) run\b)[\w-]{0,30}["']?(?: (?:\w+ ){0,3}(?:in|by|for|after|of)|\s?[=:(])\s?["']?(?:(?:(\d{1,4})\.)?(\d{1,2}):(\d\d):(\d\d)(?!\d)|P(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?\b)/gi;

function spansIn(line: string): number[] {
  return [...line.matchAll(SPAN_FOR_LATER)].map(([, ...parts]) => {
    const amount = (at: number) => Number(parts[at] ?? parts[at + PARTS] ?? 0);
    return (((amount(0) * 24 + amount(1)) * 60 + amount(2)) * 60 + amount(3)) * 1_000_000;
  });
}

/** Days, hours, minutes and seconds. */
const PARTS = 4;

/** Microseconds. A number without a unit counts seconds (Ruby, Python, SQS) or milliseconds (JavaScript). */
function delaysIn(line: string): number[] {
  return [...spansIn(line), ...askedIn(line)];
}

function askedIn(line: string): number[] {
  return [...line.matchAll(ASKED_FOR_LATER)].flatMap(([, amount, unit]) => {
    if (unit === undefined) return [Number(amount) * 1_000_000, Number(amount) * 1000];
    return [Number(amount) * usPerLongUnit(unit)];
  });
}

/**
 * ActiveJob: `Enqueued CartJob (Job ID: 7f…) to Sidekiq(default) at 2026-07-04 09:29:02 UTC`. Celery: `Task mail[7f…]
 * received  ETA:[2026-07-04 09:29:02+00:00]`. Cloud Tasks: `scheduleTime: 2026-07-04T09:29:02Z`.
 */
const DUE_AT =
  /\b(?:scheduled[ _](?:for|at|to|until)|schedule_?time|(?:perform|enqueue|run)_?at|wait_?until|not[ _]before|enqueued(?! at\b)|deferred (?:for|to|until)|delayed (?:to|until)|eta|due (?:at|on)|deliver[-_ ]at|for delivery at)\b[^\n]{0,120}/gi;
const INSTANT_IN_LINE = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d/g;

/** `valid from 2026-07-04T09:29:02Z`, `effective at …`, `embargoed until …`: sent ahead, and used from that time on. */
const VALID_FROM =
  /\b(?:valid|effective|visible|in (?:force|effect))[ _-]?(?:from|at|as of|since)\b[^\n]{0,40}|\b(?:effective|embargo(?:ed)?|activat(?:es?|ion|ed)|goes live|go[- ]live|publication)(?:[ _-](?:date|time))?(?: (?:at|on|until))?\b[^\n]{0,40}/gi;

/** Microseconds since the epoch. */
function timesIn(line: string, words: RegExp): number[] {
  return [...line.matchAll(words)].flatMap(([said]) =>
    [...said.matchAll(INSTANT_IN_LINE)].flatMap(({ index }) => {
      const time = logTimeAt(said, index);
      return time === undefined ? [] : [Number(nanosecondsOf(time, 1970)) / 1000];
    }),
  );
}
