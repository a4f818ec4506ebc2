/**
 * Time limits of what runs the code (a server, a function, a worker of jobs), in its own words, with the work that was
 * running then.
 *
 *   POST /reports of reports ✗  [==============================]   30 s
 *     POST /render of pdf            [=========================]   ← was running
 *   the line of reports                                        ·   WORKER TIMEOUT (pid:42)
 */
import { inversionIn } from '#detect/signs/failures/unanswered-calls.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import { saysTimeLimit, TIME_LIMIT_LINES } from '#model/instruments/kill-words.ts';
import { waitsIn } from '#model/logs/failed-in-line.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { calledFunction, calledName } from '#model/trace/views/called-host.ts';
import { failureTexts } from '#model/trace/views/failure-text.ts';
import { failedSpans, spansWith } from '#model/trace/views/span-signs.ts';

export type ReachedLimit = Readonly<{
  /** Whose process reached it. */
  service: string;
  /** The service that kept it waiting: one that it called, and that went on or had no span; otherwise its own. */
  blamed: string;
  /** The topmost span of that process; the call to it where it recorded none. */
  entry: SpanIndex;
  /** From there down to what was running: what fails there fails because of the limit. */
  waited: readonly SpanIndex[];
  /** What it was doing then, where it recorded that. */
  running: SpanIndex | undefined;
  /** As the line states it; 0 where it states none. */
  limitUs: number;
  /** The most certain first. */
  items: readonly [EvidenceItem, ...EvidenceItem[]];
  /** Its own line says so, and names this request or the time that it took: a witness beside its caller. */
  isWitness: boolean;
}>;

/** People do not notice a tenth of a second: the line, the end of the work and the way back. */
const APART_US = 100_000;
/** Timers fire a little late. */
const LONGER_BY = 0.05;
/** No runtime's limit is shorter. */
const LEAST_US = 1_000_000;
/** Without a limit in the line, its time alone must not tie work of a moment to it. */
const LEAST_UNSAID_US = 60_000_000;
/** One request reaches few limits; each retry may reach one. */
const MOST_SAID = 20;
const MOST_LEVELS = 50;
/** Less than half of its caller's time is not what the caller waited for. */
const HOLDS = 0.5;

/** One for each process and moment. What is certain to be of this request comes first. */
export function reachedLimits(trace: Trace, logs: readonly LogLine[]): readonly ReachedLimit[] {
  const inLines = saidInLines(trace, logs);
  const said = [
    ...inLines.filter(({ isOwn }) => isOwn),
    ...saidBySpans(trace),
    ...inLines.filter(({ isOwn }) => !isOwn),
  ];
  if (said.length === 0) return [];
  const long = spansWith(trace, { operation: () => true }).filter((span) => trace.durationOfUs(span) >= LEAST_US);
  const found = said.flatMap((one) => limitOf(trace, long, one) ?? []);
  const own = found.filter((limit) => !isPassedOn(trace, limit, found));
  return [...Map.groupBy(own, ({ entry }) => entry).values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [
          {
            ...first,
            items: [...first.items, ...others.flatMap(({ items }) => items)],
            isWitness: first.isWitness || others.some(({ isWitness }) => isWitness),
          },
        ],
  );
}

/** The words in a call to a callee without spans are those of its caller's limit, which the caller's own line reports. */
function isPassedOn(trace: Trace, { service, entry, items }: ReachedLimit, all: readonly ReachedLimit[]): boolean {
  if (trace.services.includes(service) || items.some(({ kind }) => kind === 'log')) return false;
  return all.some((other) => other.entry !== entry && other.isWitness && other.waited.includes(entry));
}

/** `isOwn`: the text is certain to be about this request. */
type SaidLimit = Readonly<{ service: string; atUs: number; isOwn: boolean; item: EvidenceItem }>;

function saidInLines(trace: Trace, logs: readonly LogLine[]): readonly SaidLimit[] {
  const lines = logs.filter(({ line }) => saysTimeLimit(line)).slice(0, MOST_SAID);
  return lines.map((line) => ({
    service: line.service,
    atUs: epochUsOf(line) - trace.startEpochUs,
    isOwn: line.traceId !== '',
    item: { kind: 'log', ref: line.timeNs, text: line.line },
  }));
}

function saidBySpans(trace: Trace): readonly SaidLimit[] {
  return failedSpans(trace)
    .slice(0, MOST_SAID)
    .flatMap((span) => {
      const item = failureTexts(trace, span, NO_LINES).find(({ text }) => saysTimeLimit(text));
      const service =
        invokedBy(trace, span) || (isUnanswered(trace, span) && calledName(trace, span)) || trace.service(span);
      return item === undefined ? [] : [{ service, atUs: trace.endUs(span), isOwn: true, item }];
    });
}

/** The function that the span invoked, which its platform ended: AWS Lambda's `FunctionError` has its words. */
function invokedBy(trace: Trace, span: SpanIndex): string {
  if (calledFunction(trace, span) === '') return '';
  const callee = [...trace.children(span)].find((child) => !trace.isOfOneService(child, span));
  return callee === undefined ? '' : trace.service(callee);
}

/** A callee without spans may have answered with the words. Otherwise they are the exception that ended the caller. */
function isUnanswered(trace: Trace, span: SpanIndex): boolean {
  return trace.isCall(span) && !trace.isDatabaseCall(span) && trace.childCount(span) === 0;
}

const NO_LINES = new Map<string, readonly LogLine[]>();

/** The process that an Elixir process called and waited for. */
const CALLED_PROCESS = /\bexited in: [\w.:]{1,80}\(([\w.]{1,100}),/;

/** The called process ran in another service: that one did not answer, and nothing ended this one. */
function isOfCallee(trace: Trace, { service, item }: SaidLimit, running: SpanIndex | undefined): boolean {
  const called = CALLED_PROCESS.exec(item.text)?.[1];
  if (called === undefined || running === undefined || trace.service(running) === service) return false;
  return trace.operation(running).includes(called);
}

function limitOf(trace: Trace, long: readonly SpanIndex[], limit: SaidLimit): ReachedLimit | undefined {
  const { service, atUs, isOwn, item } = limit;
  const isOf = (span: SpanIndex) =>
    trace.service(span) === service || (trace.isCall(span) && calledName(trace, span) === service);
  const open = long.filter((span) => isOf(span) && trace.startUs(span) < atUs && trace.endUs(span) >= atUs - APART_US);
  const said = waitsIn(item.text);
  const ranUs = (span: SpanIndex) => Math.min(atUs, trace.endUs(span)) - trace.startUs(span);
  if (open.length === 0) open.push(...unnamedCall(trace, long, limit, said));
  const isAtLeast = TIME_LIMIT_LINES.find(item.text)?.atLeast === true;
  const fitting = open.filter((span) => {
    if (said.length > 0) return said.some((us) => isAtLimit(ranUs(span), us, isAtLeast));
    const isEnd = trace.failed(span) && Math.abs(trace.endUs(span) - atUs) <= APART_US;
    return isEnd || ranUs(span) >= LEAST_UNSAID_US;
  });
  const entry = entryOf(trace, fitting.length === 0 && isOwn ? open : fitting, service);
  if (entry === undefined) return undefined;
  const ran = ranUs(entry);
  const running = runningIn(trace, entry, atUs) ?? longestIn(trace, entry);
  // Its own code used up the time: nothing else is to be named, and its failure has the words. A broker gives the message
  // to the next worker, whose success would hide that.
  const isHidden = isAtLeast && isTakenAgain(trace, entry);
  if (running === undefined && trace.service(entry) === service && !isHidden) return undefined;
  if (isOfCallee(trace, limit, running)) return undefined;
  const limitUs = said.toSorted((a, b) => Math.abs(ran - a) - Math.abs(ran - b))[0] ?? 0;
  const isWitness = item.kind === 'log' && (isOwn || limitUs > 0);
  const waited = wayTo(trace, entry, running);
  const blamed = atWork(trace, waited, running) ?? silentCalleeOf(trace, { entry, running, atUs }, service) ?? service;
  return { service, blamed, entry, waited, running, limitUs, items: [item], isWitness };
}

/** Another worker got the message afterwards. */
function isTakenAgain(trace: Trace, entry: SpanIndex): boolean {
  const sent = trace.parent(entry);
  if (sent === undefined) return false;
  return trace
    .children(sent)
    .some((other) => trace.kind(other) === 'consumer' && trace.startUs(other) >= trace.endUs(entry));
}

function isAtLimit(ranUs: number, limitUs: number, isAtLeast: boolean): boolean {
  const overUs = ranUs - limitUs;
  const mostUs = Math.max(APART_US, LONGER_BY * limitUs);
  return isAtLeast ? overUs >= -mostUs : Math.abs(overUs) <= mostUs;
}

/** Less, and the process's own work used up the limit as well. */
const NEARLY_ALL = 0.9;

/**
 * Whoever was waited for, where one call to a callee without spans took nearly all of the time, and the limit ended that
 * call: Ruby's timers throw into what runs, and the call records it. A process that is killed from outside leaves no
 * words there, and then only its own limit is known.
 */
function silentCalleeOf(
  trace: Trace,
  { entry, running, atUs }: Readonly<{ entry: SpanIndex; running: SpanIndex | undefined; atUs: number }>,
  service: string,
): string | undefined {
  if (running === undefined || trace.service(entry) !== service || trace.service(running) !== service) return undefined;
  if (!isUnanswered(trace, running) || trace.kind(running) !== 'client') return undefined;
  const heldUs = Math.min(atUs, trace.endUs(running)) - trace.startUs(running);
  const ranUs = Math.min(atUs, trace.endUs(entry)) - trace.startUs(entry);
  if (heldUs < NEARLY_ALL * ranUs) return undefined;
  if (!failureTexts(trace, running, NO_LINES).some(({ text }) => TIME_LIMIT_LINES.test(text))) return undefined;
  return calledName(trace, running) || undefined;
}

/** The service that ran when the limit ended a call of the process, and went on. Undefined where no callee went on. */
function atWork(trace: Trace, waited: readonly SpanIndex[], running: SpanIndex | undefined): string | undefined {
  const [entry, ...below] = waited;
  if (entry === undefined || running === undefined) return undefined;
  const isLeft = inversionIn(trace, { wait: entry, above: below }) !== undefined;
  return isLeft ? trace.service(running) : undefined;
}

/**
 * The one call that names no callee, where a process without spans reached a limit as long as that call, at its end: a
 * function by its resource alone.
 */
function unnamedCall(
  trace: Trace,
  long: readonly SpanIndex[],
  { service, atUs }: SaidLimit,
  said: readonly number[],
): readonly SpanIndex[] {
  if (service === '' || trace.services.includes(service)) return [];
  const calls = long.filter(
    (span) =>
      isUnanswered(trace, span) &&
      calledName(trace, span) === '' &&
      Math.abs(trace.endUs(span) - atUs) <= APART_US &&
      said.some((us) => Math.abs(trace.durationOfUs(span) - us) <= Math.max(APART_US, LONGER_BY * us)),
  );
  return calls.length === 1 ? calls : [];
}

/** Its own spans before the calls to it; the longest holds the others. */
function entryOf(trace: Trace, spans: readonly SpanIndex[], service: string): SpanIndex | undefined {
  const own = spans.filter((span) => trace.service(span) === service);
  return (own.length > 0 ? own : spans).toSorted((a, b) => trace.durationOfUs(b) - trace.durationOfUs(a) || a - b)[0];
}

/** The deepest work that still ran at that moment; each holds most of the one before. */
function runningIn(trace: Trace, entry: SpanIndex, atUs: number): SpanIndex | undefined {
  const untilUs = Math.min(atUs, trace.endUs(entry)) - APART_US;
  let running: SpanIndex | undefined;
  let at = entry;
  for (let level = 0; level < MOST_LEVELS; level += 1) {
    const child = trace
      .children(at)
      .filter((span) => trace.startUs(span) <= untilUs && trace.endUs(span) >= untilUs)
      .toSorted((a, b) => trace.durationOfUs(b) - trace.durationOfUs(a) || a - b)[0];
    if (child === undefined || trace.durationOfUs(child) < HOLDS * trace.durationOfUs(at)) return running;
    running = child;
    at = child;
  }
  return running;
}

function wayTo(trace: Trace, entry: SpanIndex, running: SpanIndex | undefined): readonly SpanIndex[] {
  const way: SpanIndex[] = [];
  for (let at = running; at !== undefined && at !== entry && way.length < MOST_LEVELS; at = trace.parent(at))
    way.push(at);
  return [entry, ...way.reverse()];
}

/** Some processes hear of the limit only when the step that took the time is over, as Kafka's consumers do. */
function longestIn(trace: Trace, entry: SpanIndex): SpanIndex | undefined {
  return trace.children(entry).find((span) => trace.durationOfUs(span) >= HOLDS * trace.durationOfUs(entry));
}
