/**
 * Reads signs of CPU starvation: no CPU, no thread, a blocked event loop. From words in logs and events, or from numbers in
 * a span's attributes.
 */
import type { EvidenceItem, Stretch } from '#model/finding/finding.ts';
import { LOOP_BLOCKED } from '#model/instruments/loop-words.ts';
import { THREADS_ARE_FULL, THREADS_ARE_SHORT } from '#model/instruments/thread-words.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

export type CpuStarvation = Readonly<{
  /** `its CPU was throttled`. */
  reason: string;
  remedy: string;
  /** The evidence, the strongest first. */
  items: readonly [EvidenceItem, ...EvidenceItem[]];
}>;

type Sign = Readonly<{ reason: string; remedy: Remedy; item: EvidenceItem }>;

/** What to do about it, with the name of the service. */
type Remedy = (service: string) => string;

const MORE_CPU: Remedy = (service) => `Raise the CPU limit of ${service} or give it more instances`;
const FEWER_THREADS: Remedy = (service) =>
  `Run fewer threads for each CPU of ${service}: smaller pools, less work at once, or more CPUs`;
const FREE_THREADS: Remedy = (service) =>
  `Find what holds the threads of ${service} (a thread dump shows it) before you add more of them`;
const FREE_LOOP: Remedy = (service) =>
  `Move the long computation off the event loop of ${service}: split it, or run it in a worker`;
const MORE_PROCESSES: Remedy = (service) =>
  `Run more processes of ${service} with fewer threads in each, or move the computation into a native library`;
const LESS_SWAPPING: Remedy = (service) => `Give ${service} more memory, or move the heavy writer to another disk`;

const THROTTLED = 'its CPU was throttled';
const TAKING_TURNS = 'its threads shared too few CPUs';
const ONE_INTERPRETER = 'its threads waited for their turn in one interpreter';
const BLOCKED_LOOP = 'its event loop was blocked';
const NO_THREAD = 'it had no thread free';
const STOOD_STILL = 'its timers ran late: it had no thread free, or no CPU';

type Words = Pick<RegExp, 'test'>;

/** The most particular first. */
const WORDS: readonly (readonly [readonly Words[], reason: string, remedy: Remedy])[] = [
  [[/\bthrottled_(?:time|usec|periods)|\b(?:cpu|cgroup|container)\b.{0,60}\bthrottl/i], THROTTLED, MORE_CPU],
  [[/\bcontext[-_ ]switch/i], TAKING_TURNS, FEWER_THREADS],
  [[/\b(?:GIL|GVL|global (?:interpreter|VM) lock)\b/i], ONE_INTERPRETER, MORE_PROCESSES],
  [[LOOP_BLOCKED], BLOCKED_LOOP, FREE_LOOP],
  [[{ test: (text) => THREADS_ARE_SHORT.find(text)?.isGuess === true }], STOOD_STILL, FREE_THREADS],
  [
    [
      THREADS_ARE_SHORT,
      THREADS_ARE_FULL,
      /\bthread[-_ ]?(?:pool)?\b.{0,60}\b(?:exhaust|starv|saturat|full|reject)|\bthread starvation\b|rejectedexecution/i,
    ],
    NO_THREAD,
    FREE_THREADS,
  ],
  [
    [/\b(?:swapping|swapped out|major page faults?|i\/?o ?wait|disk.{0,30}(?:stall|saturat))/i],
    'it waited for its disk',
    LESS_SWAPPING,
  ],
];

/** Services log starvation shortly after it is over. */
const LOGGED_WITHIN_US = 200_000;

/**
 * Signs from the service itself in that time: log lines, events and numbers of the span. Words come first, unless they say
 * that the delay was short. All are cited.
 */
export function cpuStarvation(trace: Trace, stretch: Stretch, logs: readonly LogLine[]): CpuStarvation | undefined {
  const [first, ...others] = [...inWords(trace, stretch, logs), ...inNumbers(trace, stretch)];
  if (first === undefined) return undefined;
  const { reason, remedy, item } = first;
  return {
    reason,
    remedy: remedy(trace.service(stretch.span)),
    items: [item, ...others.slice(0, MOST_SHOWN).map((sign) => sign.item)],
  };
}

/**
 * Whether the event loop of the service could not take the answer of this call, as the service says with its duration:
 * the callee may have answered long before.
 */
export function wasLoopBlocked(trace: Trace, span: SpanIndex, logs: readonly LogLine[]): boolean {
  return wasLoopBlockedIn(trace, { span, startUs: trace.startUs(span), endUs: trace.endUs(span) }, logs);
}

/** The same for a time in which the service itself did something that no span shows. */
export function wasLoopBlockedIn(trace: Trace, stretch: Stretch, logs: readonly LogLine[]): boolean {
  if (inNumbers(trace, stretch).some(({ reason }) => reason === BLOCKED_LOOP)) return true;
  return inWords(trace, stretch, logs).some(
    ({ reason, item }) => reason === BLOCKED_LOOP && SAID_AMOUNT.test(item.text),
  );
}

/** In addition to the first. */
const MOST_SHOWN = 2;

/** The most particular first. */
function inWords(trace: Trace, stretch: Stretch, logs: readonly LogLine[]): Sign[] {
  const { span, startUs, endUs } = stretch;
  const isThen = (atUs: number) => atUs >= startUs && atUs <= endUs + LOGGED_WITHIN_US;
  const ref = trace.spanId(span);
  const texts: EvidenceItem[] = [
    ...(trace.hasEvents(span) ? trace.events(span) : [])
      .filter(({ atUs }) => isThen(atUs))
      .map(
        ({ name, attributes }): EvidenceItem => ({
          kind: 'event',
          ref,
          text: [name, attributes.message ?? ''].join(' ').trim(),
        }),
      ),
    ...logs
      .filter((line) => line.service === trace.service(span))
      .filter((line) => isThen(epochUsOf(line) - trace.startEpochUs))
      .map((line): EvidenceItem => ({ kind: 'log', ref: line.timeNs, text: line.line })),
  ];
  return WORDS.flatMap(([words, reason, remedy]) =>
    texts
      .filter(({ text }) => words.some((list) => list.test(text)) && !saysItWasShort(text, endUs - startUs))
      .map((item) => ({ reason, remedy, item })),
  );
}

/** `event loop lag 2 ms` does not explain a gap of a second. */
function saysItWasShort(text: string, gapUs: number): boolean {
  const [, amount, unit = 'ms'] = SAID_AMOUNT.exec(text) ?? [];
  return (
    amount !== undefined &&
    Number(amount.replaceAll(',', '')) * (US_PER_UNIT[unit.toLowerCase()] ?? 1000) < LEAST_PART * gapUs
  );
}

const SAID_AMOUNT =
  /\b(?:for|of|lag|delay|blocked|stalled|throttled|took)\D{0,12}(\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,9})?|[\d.]+) ?(us|ms|s|sec|seconds)\b/i;

/** How much of the gap a number explains. */
type Measured = Readonly<{ us: number }>;

/** Parents in the same service may carry the numbers as well; this many are read. */
const MOST_ABOVE = 3;

function inNumbers(trace: Trace, { span, startUs, endUs }: Stretch): Sign[] {
  const signs: (Sign & Measured)[] = [];
  let at: SpanIndex | undefined = span;
  for (let up = 0; up <= MOST_ABOVE && at !== undefined && trace.isOfOneService(at, span); up += 1) {
    for (const [name, value] of Object.entries(trace.attributes(at))) {
      const found = ofNumber(name, Number(value), { gapUs: endUs - startUs, spanUs: trace.durationOfUs(at) });
      if (found === undefined) continue;
      signs.push({ ...found, item: { kind: 'span', ref: trace.spanId(at), text: `${name} = ${value}` } });
    }
    at = trace.parent(at);
  }
  return signs.sort((a, b) => b.us - a.us);
}

/** A delay explains a gap if it is at least half as long. */
const LEAST_PART = 0.5;
/** A forced context switch every 10 ms: Linux does this only if more threads want to run than there are CPUs. */
const FORCED_SWITCHES_PER_S = 100;

const DELAYS: readonly (readonly [RegExp, reason: string, remedy: Remedy])[] = [
  [/throttl/i, THROTTLED, MORE_CPU],
  [/event_?loop[._]?(?:delay|lag|block|stall)/i, BLOCKED_LOOP, FREE_LOOP],
  [
    /thread[._]?pool[\w.]{0,60}(?:wait|queue|delay)|(?:worker|executor)[\w.]{0,30}queue[\w.]{0,30}(?:time|wait|delay)/i,
    NO_THREAD,
    FREE_THREADS,
  ],
  [
    /run_?queue[\w.]{0,60}(?:time|wait|delay|latency)|sched\w{0,60}[._](?:delay|latency|wait)/i,
    TAKING_TURNS,
    FEWER_THREADS,
  ],
];
const FORCED_SWITCHES =
  /(?:in|non)_?voluntary[\w.]{0,60}(?:switch|csw)|(?:switch(?:es)?|csw)[._]?(?:in|non)_?voluntary/i;
/** The unit is the name's last word. Without one, OpenTelemetry's durations are in seconds, and others in milliseconds. */
const UNIT = /[._]?(ns|nanos|usec|us|micros|ms|millis|milliseconds|s|sec|seconds)$/i;
const US_PER_UNIT: Readonly<Record<string, number>> = {
  ns: 0.001,
  nanos: 0.001,
  usec: 1,
  us: 1,
  micros: 1,
  s: 1_000_000,
  sec: 1_000_000,
  seconds: 1_000_000,
};

function ofNumber(
  name: string,
  value: number,
  { gapUs, spanUs }: Readonly<{ gapUs: number; spanUs: number }>,
): (Omit<Sign, 'item'> & Measured) | undefined {
  if (!(value > 0)) return undefined;
  if (FORCED_SWITCHES.test(name)) {
    const isOften = value >= (FORCED_SWITCHES_PER_S * spanUs) / 1_000_000;
    return isOften ? { reason: TAKING_TURNS, remedy: FEWER_THREADS, us: LEAST_PART * gapUs } : undefined;
  }
  const [, reason, remedy] = DELAYS.find(([of]) => of.test(name)) ?? [];
  if (reason === undefined || remedy === undefined || !IS_TIME.test(name)) return undefined;
  const unit = UNIT.exec(name)?.[1]?.toLowerCase() ?? (OF_OPENTELEMETRY.test(name) ? 's' : 'ms');
  const us = value * (US_PER_UNIT[unit] ?? 1000);
  return us >= LEAST_PART * gapUs ? { reason, remedy, us } : undefined;
}

/** Names of durations; a count has no time unit. */
const IS_TIME = /time|delay|lag|wait|duration|latency|block|stall|usec|(?:[._](?:ns|us|ms|s|seconds))$/i;
const OF_OPENTELEMETRY = /^nodejs\.eventloop\./;
