/**
 * What a full processor works at, or for what a slow service stands still, where numbers or lines show it: it collects
 * garbage because its memory is too small, or it gets far more requests than before. The processor itself is then only
 * where it shows. A consumer that its broker takes for dead says so in its lines, and its messages wait. One that fails at
 * the same message at each delivery says that as well. The memory of a broker is full of the messages that it keeps.
 */
import { COLLECTS, POISONS, saysMessagesWait, saysMoreIsAsked } from '#diagnose/rules/seen-by-many.ts';
import type { Suspect } from '#diagnose/window/culprit.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { GC_LINES } from '#model/instruments/gc-words.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { levelBefore, shareText, windowValues } from '#model/metrics/limited.ts';
import { measured } from '#model/metrics/measured.ts';
import { reachedLimit } from '#model/metrics/resource-limits.ts';
import type { Series } from '#model/metrics/series.ts';
import { medianOf } from '#model/stats/robust.ts';
import { countText } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';
import { amountIn } from '#model/trace/wait-amounts.ts';

/** `kind`: of the verdict. `text` is a clause: `it collects garbage 72 % of the time, 0.4 % before`. */
export type BehindUse = Readonly<{ kind: string; text: string }>;

/** Each request stands still while memory is collected: its own work takes longer, also where the processor has room. */
const MAY_COLLECT: ReadonlySet<string> = new Set(['cpu', 'latency', 'network-delay']);

type Seen = Readonly<{
  window: TimeWindow;
  series: readonly Series[];
  logs: readonly LogLine[];
  healthyLogs: readonly LogLine[];
  seen: readonly Finding[];
  /** The new line that makes the service suspect; empty where it is none. */
  complaint?: string;
}>;

/** Undefined where nothing shows it, or where something else than the processor of a service comes first. */
export function behindUse(
  suspect: Pick<Suspect, 'service' | 'kind'> | undefined,
  evidence: Seen,
): BehindUse | undefined {
  if (suspect === undefined) return undefined;
  const said = BY_COMPLAINT.find(([words]) => words.test(evidence.complaint ?? ''));
  if (said !== undefined) return said[1](suspect, evidence);
  const held = heldIn(suspect, evidence);
  if (held !== undefined) return held;
  if (!(MAY_COLLECT.has(suspect.kind) || tellsOfPause(evidence))) return undefined;
  const { service } = suspect;
  if (suspect.kind !== 'cpu' && runsOut(service, evidence)) return undefined;
  const text = collectingIn(service, evidence) ?? pausesIn(service, evidence);
  if (text !== undefined) return { kind: COLLECTS, text };
  if (suspect.kind !== 'cpu') return undefined;
  const more = evidence.seen.find((finding) => finding.service === service && saysMoreIsAsked(finding));
  if (more === undefined) return undefined;
  return { kind: 'load', text: `it gets ${more.facts.now} requests a second, ${more.facts.usual} before` };
}

/**
 * A consumer took longer between two polls, or for one message, than its broker waits: its work goes to another one, and
 * is done again. librdkafka, Kafka's Java client (CommitFailedException), KafkaJS, Sarama; RabbitMQ's consumer_timeout;
 * SQS' visibility, Pub/Sub's deadline, the lock of a message in Service Bus.
 */
const CONSUMER_LEAVES =
  /\bmax(?:imum)?[ ._]poll[ ._]interval\b|\bconsumer poll timeout has expired\b|\bleaving (?:the )?(?:consumer )?group\b|\bLeaveGroup\b|\bCommitFailedException\b|\bgroup has already rebalanced\b|\bcoordinator is not aware of this member\b|\bdelivery acknowledgement on channel \d+ timed out\b|\bReceiptHandleIsInvalid\b|\breceipt handle has expired\b|\bMessageNotInflight\b|\back(?:nowledge)?(?:ment)? ?deadline (?:has |was )?(?:expired|exceeded)\b|\bMessageLockLost\w{0,10}|\block (?:supplied )?is invalid\b.{0,40}\block expired\b/i;

/** With the messages that wait for it as the second sign. A queue of another name counts where its line names it. */
function lagBehind({ service }: Pick<Suspect, 'service'>, { seen, complaint = '' }: Seen): BehindUse | undefined {
  const said = new Set(complaint.toLowerCase().match(/[a-z]{4,40}/g));
  const isNamed = (queue: string) => (queue.toLowerCase().match(/[a-z]{4,40}/g) ?? []).some((word) => said.has(word));
  const all = seen.filter(saysMessagesWait);
  const waiting = all.find((one) => one.service === service) ?? all.find((one) => isNamed(one.service));
  if (waiting === undefined) return undefined;
  return { kind: waiting.detector, text: 'its broker takes its messages away before they are done, and messages wait' };
}

/**
 * A runtime tells that one piece of its work holds the processor: Erlang's system monitor, Vert.x, Node.js' blocked-at,
 * asyncio's slow callbacks, Kestrel's heartbeat, Linux' watchdog.
 */
const HOLDS_PROCESSOR =
  /\blong_schedule\b|\bhas been blocked for \d|\bevent ?loop (?:is |was )?(?:blocked|delayed|lag)|\bExecuting <(?:Task|Handle|TimerHandle)\b.{0,300}\btook \d|\bheartbeat has been running for\b|\bsoft lockup\b|\bblocked the event loop\b/i;

/** With its processor at the limit as the second sign. */
function busyIn({ service }: Pick<Suspect, 'service'>, { seen }: Seen): BehindUse | undefined {
  const isFull = seen.some(
    ({ service: of, facts }) => of === service && facts.resource === 'CPU' && facts.critical === true,
  );
  return isFull ? { kind: 'cpu', text: 'one piece of its work holds the processor, which is full' } : undefined;
}

/** NATS and JetStream, RabbitMQ (basic.nack), SQS (ApproximateReceiveCount), Service Bus (DeliveryCount), Pub/Sub. */
const REDELIVERED =
  /\bre-?deliver(?:ed|ing|y|s)?\b|\bdelivery[ _-]?(?:attempt|count)?[ :=#]{0,3}\d|\bnot acknowledged\b|\bnack(?:ed|ing)?\b|\bre-?queue(?:d|ing|s)?\b|\breceive[ _-]?count\b/i;
/** The message that a line is about: its number, its offset or its id. */
const MESSAGE =
  /\b(?:message|msg|record|event|offset|sequence|seq|job|task)(?:[ _-]?(?:id|no|number|key))?["']?\s{0,2}[=:#]?\s{0,2}["']?([\w-]{0,60}\d[\w-]{0,60})/i;
/** Brokers give up on a message after 3 to 10 deliveries, see the detector's own threshold. */
const FEWEST_DELIVERIES = 5;
/** As a share of the lines: a few other messages fail as well. */
const NEARLY_ALL = 0.9;

/** Nearly all of its lines about deliveries are about one message. */
function poisonIn({ service }: Pick<Suspect, 'service'>, { logs }: Seen): BehindUse | undefined {
  const named = logs.flatMap(({ service: of, line }) => {
    const [, id] = of === service && REDELIVERED.test(line) ? (MESSAGE.exec(line) ?? []) : [];
    return id === undefined ? [] : [id];
  });
  const most = Math.max(0, ...Array.from(Map.groupBy(named, (id) => id).values(), ({ length }) => length));
  if (most < FEWEST_DELIVERIES || most < NEARLY_ALL * named.length) return undefined;
  return { kind: POISONS, text: `one message fails each of the ${most} times that it is delivered` };
}

/** As a share of all messages of the broker. */
const MOST_MESSAGES = 0.5;

/**
 * A broker in alarm for its memory holds most of its messages in one queue that still grows: nobody takes them, or too few.
 * https://www.rabbitmq.com/docs/memory-use
 */
function heldIn({ service, kind }: Pick<Suspect, 'service' | 'kind'>, evidence: Seen): BehindUse | undefined {
  const { seen, series, window } = evidence;
  const isAlarmed = ({ service: of, facts }: Finding) =>
    of === service && facts.resource === 'memory' && facts.isAlarm === true;
  if (!seen.some(isAlarmed)) return undefined;
  const queues = measured(series).flatMap((one) => {
    if (one.service !== service || one.concept !== 'queue_depth' || one.part === '') return [];
    const now = windowValues(one, window).at(-1) ?? 0;
    return [{ queue: one.part, now, before: levelBefore(one, window) ?? now }];
  });
  const sum = queues.reduce((all, { now }) => all + now, 0);
  const most = queues.find(({ now, before }) => now > MOST_MESSAGES * sum && now > before);
  if (most === undefined) return undefined;
  const [now, before] = [countText(Math.round(most.now)), countText(Math.round(most.before))];
  return { kind, text: `its queue ${most.queue} holds ${now} messages, ${before} before` };
}

/** The runtime tells of its pauses: that is no error of the program. */
function tellsOfPause({ complaint = '' }: Seen): boolean {
  return amountIn(complaint, GC_LINES) >= LONG_PAUSE_US;
}

/** Its lines say that its memory runs out: that is why it collects so much before, and it has a name of its own. */
function runsOut(service: string, { logs }: Seen): boolean {
  return logs.some((line) => line.service === service && reachedLimit(line.line)?.resource === 'memory');
}

const BY_COMPLAINT = [
  [CONSUMER_LEAVES, lagBehind],
  [REDELIVERED, poisonIn],
  [HOLDS_PROCESSOR, busyIn],
] as const;

/** As a share of the time: the default goal of HotSpot's G1 is at most 8 % (GCTimeRatio of 12). */
const MUCH_COLLECTING = 0.2;

function collectingIn(service: string, { series, window }: Seen): string | undefined {
  for (const one of measured(series)) {
    if (one.concept !== 'gc_time' || one.service !== service) continue;
    const [now, before] = [windowValues(one, window), levelBefore(one, window) ?? 0];
    const busy = now.toSorted((a, b) => b - a).slice(0, Math.ceil(now.length / 2));
    if (busy.length === 0) continue;
    const level = medianOf(busy);
    if (level >= MUCH_COLLECTING && level >= 2 * before)
      return `it collects garbage ${shareText(level)} of the time, ${shareText(before)} before`;
  }
  return undefined;
}

/** A shorter pause is a young collection, which every busy service makes. */
const LONG_PAUSE_US = 500_000;
const FEWEST_PAUSES = 3;

function pausesIn(service: string, { logs, healthyLogs }: Seen): string | undefined {
  const long = (lines: readonly LogLine[]) =>
    lines.flatMap((line) => {
      const us = line.service === service ? amountIn(line.line, GC_LINES) : 0;
      return us >= LONG_PAUSE_US ? [us] : [];
    });
  const [now, before] = [long(logs), long(healthyLogs)];
  if (now.length < FEWEST_PAUSES || now.length < 2 * before.length) return undefined;
  return `it stops ${now.length} times for up to ${durationText(Math.max(...now))} to collect garbage, ${before.length} times before`;
}
