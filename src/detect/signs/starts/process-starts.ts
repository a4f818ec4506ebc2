/**
 * Finds processes that were started for a request, by the mark of a span or by spans of initialisation.
 *
 *   [ POST thumbnail                                ]    the client span
 *     ~~~~ sandbox, runtime ~~~~                         lost before the callee begins
 *                                [ thumbnail        ]    marked as a cold start
 *                                  [ init ][ work ]      lost until the work begins
 */

import { saysSlept, splitOf } from '#detect/signs/starts/split-calls.ts';
import { poolStarts } from '#detect/signs/waits/pool-starts.ts';
import type { EvidenceItem, Stretch } from '#model/finding/finding.ts';
import {
  LOAD_DURATIONS,
  START_BEGINS,
  START_DURATIONS,
  START_ENDS,
  START_HOLDS,
  START_LINES,
  START_OPERATIONS,
  START_REPORTS,
} from '#model/instruments/start-words.ts';
import { isOfOtherInstance } from '#model/logs/line-instance.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import type { SpanIndex, SpanTest } from '#model/trace/columns.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathBelowUs, pathSelfUs } from '#model/trace/views/critical-path.ts';
import { callAbove, isEntry } from '#model/trace/views/entry.ts';
import { lengthOf, pathWithin } from '#model/trace/views/path-within.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';
import { amountIn, longestAmount } from '#model/trace/wait-amounts.ts';

/** A mark or a name says that the process was started, not only that it loads something. */
export function isNamedStart({ flagged, item }: Start): boolean {
  return flagged || /\bcold[ _.-]?start/i.test(item.text);
}

type Start = Readonly<{
  /** The work that waited. */
  span: SpanIndex;
  flagged: boolean;
  init: readonly SpanIndex[];
  lost: readonly Stretch[];
  item: EvidenceItem;
}>;

export function startsOf(trace: Trace): Start[] {
  const inits = new Set(spansWith(trace, { operation: namesInit }).filter((span) => trace.isInternal(span)));
  const flagged: { span: SpanIndex; heldUs: number }[] = [];
  for (const span of spansWith(trace, { marks: MARK.coldStart })) {
    if (!isTop(trace, span)) continue;
    const heldUs = pathBelowUs(trace, waiterOf(trace, span));
    if (heldUs > 0) flagged.push({ span, heldUs });
  }
  if (inits.size + flagged.length === 0) return [];
  const initOf = childrenThat(trace, (span) => inits.has(span));
  const starts = flagged
    .sort((a, b) => b.heldUs - a.heldUs || a.span - b.span)
    .slice(0, MOST_FLAGGED)
    .map(({ span }) => flaggedStart(trace, span, initOf));
  const unflagged = initByCaller(trace, inits);
  // A process starts once. Repeated initialisation is work.
  if (unflagged.size > MOST_STARTS) return starts;
  return [...starts, ...[...unflagged].flatMap(([caller, init]) => unflaggedStart(trace, caller, init))];
}

/**
 * The service whose process started. A proxy that holds the request until an instance is ready starts nothing itself: it
 * waits for the service that it asks next.
 */
export function startedService(trace: Trace, { span, init }: Pick<Start, 'span' | 'init'>): string {
  const hold = init.findLast((step) => START_HOLDS.test(trace.operation(step)));
  return (hold === undefined ? '' : askedNext(trace, span, trace.endUs(hold))) || trace.service(span);
}

/** Components that stand before each instance and pass requests on. */
const SIDECAR = /^(?:queue[-_]proxy|istio-proxy|envoy|linkerd-proxy|daprd)$/;

/** The first other service below the span from that time on: by its own span, else by the call of it. */
function askedNext(trace: Trace, holder: SpanIndex, fromUs: number): string {
  let called = '';
  const isOther = (name: string) => name !== '' && name !== trace.service(holder) && !SIDECAR.test(name);
  // Spans come in order of their start.
  for (let span = holder + 1; span < trace.spanCount; span += 1) {
    if (trace.startUs(span) < fromUs || !trace.isUnder(span, holder)) continue;
    if (isOther(trace.service(span))) return trace.service(span);
    if (called === '' && trace.isCall(span) && isOther(trace.peer(span))) called = trace.peer(span);
  }
  return called;
}

/** Calls that record how long their callee loaded, at least so many microseconds: a model server that unloads idle models. */
export function recordedLoads(trace: Trace, leastUs: number): LoggedStart[] {
  return spansWith(trace, { heldUs: leastUs }).flatMap((span): LoggedStart[] => {
    const load = longestAmount(trace.attributesFor(span, LOAD_DURATIONS), LOAD_DURATIONS);
    if (load === undefined || load.us < leastUs || load.us > trace.durationOfUs(span)) return [];
    const lost = pathWithin(trace, trace.startUs(span), trace.startUs(span) + load.us, (own) =>
      trace.isUnder(own, span),
    );
    const item: EvidenceItem = { kind: 'span', ref: trace.spanId(span), text: load.text };
    const service = (trace.isCall(span) && trace.peer(span)) || trace.service(span);
    return lost.length === 0 ? [] : [{ service, span, flagged: true, init: [], lost, item }];
  });
}

/**
 * Starts whose log line gives their duration: `Started OrdersApplication in 4.2 seconds`. The process was not ready before,
 * so the request waits in the service itself, or in a call to it.
 */
export function loggedStarts(trace: Trace, logs: readonly LogLine[]): LoggedStart[] {
  return logs.flatMap((line, at): LoggedStart[] => {
    const us = amountIn(line.line, START_LINES) || sinceBeginUs(logs, at);
    if (us === 0) return [];
    const readyUs = epochUsOf(line) - trace.startEpochUs;
    // An instance that worked before it was ready is another one.
    if (workedBefore(trace, line.service, readyUs, us)) return [];
    const held = heldUntilReady(trace, line.service, readyUs, us);
    const isWaiting = (own: SpanIndex) =>
      own === held ||
      trace.peer(own) === line.service ||
      (trace.service(own) === line.service && !isOfOtherInstance(line, trace.resource(own)));
    const lost = pathWithin(trace, readyUs - us, readyUs, isWaiting);
    const [first] = lost;
    if (first === undefined) return [];
    const item: EvidenceItem = { kind: 'log', ref: line.timeNs, text: line.line };
    return [{ service: line.service, span: first.span, flagged: true, init: [], lost, item }];
  });
}

/** The span that asks the service first, as soon as that is ready: a proxy that held the request until then. */
function heldUntilReady(trace: Trace, service: string, readyUs: number, startUs: number): SpanIndex | undefined {
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (trace.service(span) !== service && !(trace.isCall(span) && trace.peer(span) === service)) continue;
    const afterUs = trace.startUs(span) - readyUs;
    return afterUs >= -MOST_CLOCK_ERROR * startUs && afterUs <= MOST_BEFORE * startUs ? trace.parent(span) : undefined;
  }
  return undefined;
}

/** The time since a line of this service that begins its start; 0 where the line ends none. */
function sinceBeginUs(logs: readonly LogLine[], at: number): number {
  const line = logs[at];
  if (line === undefined || !START_ENDS.test(line.line)) return 0;
  const before = logs.slice(Math.max(0, at - MOST_START_LINES), at);
  const begin = before.findLast((one) => one.service === line.service && START_BEGINS.test(one.line));
  return begin === undefined ? 0 : Math.max(0, Math.round(epochUsOf(line) - epochUsOf(begin)));
}

/** A process writes few lines before it is ready. */
const MOST_START_LINES = 200;

/** The first connections of a pool, which it opens while the request waits. */
export function startsOfPools(trace: Trace, logs: readonly LogLine[]): LoggedStart[] {
  return [...poolStarts(trace, logs)].flatMap(([wait, line]): LoggedStart[] => {
    const lost = pathBelow(trace, wait);
    const item: EvidenceItem = { kind: 'log', ref: line.timeNs, text: line.line };
    const span = trace.parent(wait) ?? wait;
    return lost.length === 0 ? [] : [{ service: line.service, span, flagged: true, init: [wait], lost, item }];
  });
}

/** Stores that slept: the caller's line says how long their start took, and that the statement itself was quick. */
export function startsOfStores(trace: Trace, logs: readonly LogLine[], leastUs: number): LoggedStart[] {
  if (logs.length === 0) return [];
  return spansWith(trace, { heldUs: leastUs }).flatMap((span): LoggedStart[] => {
    const split = trace.isDatabaseCall(span) ? splitOf(trace, span, logs) : undefined;
    if (split === undefined || !saysSlept(split)) return [];
    const lost = pathBelow(trace, span);
    const item: EvidenceItem = { kind: 'log', ref: split.line.timeNs, text: split.line.line };
    const service = trace.text(span, 'server.address') || trace.peer(span) || trace.service(span);
    return lost.length === 0 ? [] : [{ service, span, flagged: true, init: [], lost, item }];
  });
}

/**
 * Whether the service did something before its process was ready. A host accepts the request at once and holds it: its
 * span is open then, and what it does begins as the process is ready (Azure Functions, Passenger, model servers).
 */
function workedBefore(trace: Trace, service: string, readyUs: number, startUs: number): boolean {
  const beforeUs = readyUs - MOST_CLOCK_ERROR * startUs;
  let isHeld = false;
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (trace.service(span) !== service) continue;
    // Spans come in order of their start.
    if (trace.startUs(span) >= beforeUs) return isHeld && trace.startUs(span) > readyUs + MOST_BEFORE * startUs;
    if (!isServerEntry(trace, span) || trace.endUs(span) < beforeUs) return true;
    isHeld = true;
  }
  return isHeld;
}

/** Where a request comes to the service. */
function isServerEntry(trace: Trace, span: SpanIndex): boolean {
  return !trace.isDatabaseCall(span) && isEntry(trace, span);
}

/** Starts whose line comes at the end of the work, as AWS Lambda's `REPORT` does: the process was ready as its work began. */
export function reportedStarts(trace: Trace, logs: readonly LogLine[]): LoggedStart[] {
  return logs.flatMap((line): LoggedStart[] => {
    const us = amountIn(line.line, START_REPORTS);
    const awaited = us === 0 ? undefined : awaitedEntry(trace, line.service);
    if (awaited === undefined) return [];
    const { entry, caller } = awaited;
    const readyUs = trace.startUs(entry);
    const lost = pathWithin(trace, readyUs - us, readyUs, (own) => own === caller);
    if (LEAST_REPORTED * us > lengthOf(lost)) return [];
    const item: EvidenceItem = { kind: 'log', ref: line.timeNs, text: line.line };
    return [{ service: line.service, span: entry, flagged: true, init: [], lost, item }];
  });
}

/**
 * Starts that the platform or the process logs only as they begin, while a caller waits for the first work of the service:
 * `Starting new instance. Reason: AUTOSCALING`.
 */
export function begunStarts(trace: Trace, logs: readonly LogLine[]): LoggedStart[] {
  return logs.flatMap((line): LoggedStart[] => {
    const awaited = START_BEGINS.test(line.line) ? awaitedEntry(trace, line.service) : undefined;
    if (awaited === undefined || isOfOtherInstance(line, trace.resource(awaited.entry))) return [];
    const { entry, caller } = awaited;
    const [sinceUs, readyUs] = [trace.startUs(caller), trace.startUs(entry)];
    const atUs = epochUsOf(line) - trace.startEpochUs;
    if (atUs < sinceUs || atUs > readyUs + MOST_CLOCK_ERROR * (readyUs - sinceUs)) return [];
    const lost = pathWithin(trace, sinceUs, readyUs, (own) => own === caller);
    const item: EvidenceItem = { kind: 'log', ref: line.timeNs, text: line.line };
    return lost.length === 0 ? [] : [{ service: line.service, span: entry, flagged: true, init: [], lost, item }];
  });
}

/**
 * Starts that the process logs only as they end, right before the first work of the service, for which a caller waits:
 * `Now listening on: http://[::]:8080`. How long it took is not said, so all of the caller's wait counts.
 */
export function endedStarts(trace: Trace, logs: readonly LogLine[]): LoggedStart[] {
  return logs.flatMap((line, at): LoggedStart[] => {
    if (!START_ENDS.test(line.line) || amountIn(line.line, START_LINES) > 0 || sinceBeginUs(logs, at) > 0) return [];
    const awaited = awaitedEntry(trace, line.service);
    if (awaited === undefined || isOfOtherInstance(line, trace.resource(awaited.entry))) return [];
    const { entry, caller } = awaited;
    const [sinceUs, readyUs] = [trace.startUs(caller), trace.startUs(entry)];
    const atUs = epochUsOf(line) - trace.startEpochUs;
    if (Math.abs(readyUs - atUs) > MOST_CLOCK_ERROR * (readyUs - sinceUs)) return [];
    const lost = pathWithin(trace, sinceUs, Math.min(atUs, readyUs), (own) => own === caller);
    const item: EvidenceItem = { kind: 'log', ref: line.timeNs, text: line.line };
    return lost.length === 0 ? [] : [{ service: line.service, span: entry, flagged: true, init: [], lost, item }];
  });
}

/** Most of the reported start lies in the caller's wait; otherwise it was that of another request. */
const LEAST_REPORTED = 0.7;

/** Where the request first comes to the service, and the span that waits for it; undefined where nobody waits. */
function awaitedEntry(trace: Trace, service: string): Readonly<{ entry: SpanIndex; caller: SpanIndex }> | undefined {
  for (let entry = 0; entry < trace.spanCount; entry += 1) {
    if (trace.service(entry) !== service || !isServerEntry(trace, entry)) continue;
    const caller = trace.parent(entry);
    return caller === undefined ? undefined : { entry, caller };
  }
  return undefined;
}

/** The line comes shortly after the process is ready, as a share of the start. */
const MOST_CLOCK_ERROR = 0.05;

type LoggedStart = Start & Readonly<{ service: string }>;

/** The outermost initialisation below each caller that is not marked as a cold start. */
function initByCaller(trace: Trace, inits: ReadonlySet<SpanIndex>): Map<SpanIndex, SpanIndex[]> {
  const byCaller = Map.groupBy(inits, (span) => trace.parent(span) ?? -1);
  for (const caller of byCaller.keys())
    if (caller < 0 || inits.has(caller) || trace.hasMark(caller, MARK.coldStart)) byCaller.delete(caller);
  return byCaller;
}

/** Looks at this many marked spans, those with the most time on the critical path first. */
const MOST_FLAGGED = 100;

/** Each service may have started two instances for one request; more callers with initialisation are no starts. */
const MOST_STARTS = 20;

/** Some instrumentation sets the mark on every span of the invocation. */
function isTop(trace: Trace, span: SpanIndex): boolean {
  const parent = trace.parent(span);
  return parent === undefined || isEntry(trace, span) || !trace.hasMark(parent, MARK.coldStart);
}

/**
 * Initialisation is a start if its caller does almost nothing before it, runs each step once, and works after it. Several
 * steps in a row may come later: a process loads some things when it first needs them.
 */
function unflaggedStart(trace: Trace, parent: SpanIndex, init: readonly SpanIndex[]): Start[] {
  const [first = parent] = init;
  const lost = init.flatMap((span) => pathBelow(trace, span));
  const beforeUs = trace.startUs(first) - trace.startUs(parent);
  if (init.length > MOST_STEPS) return [];
  const steps = new Set(init.map((span) => trace.operation(span)));
  if (lengthOf(lost) === 0 || steps.size < init.length) return [];
  if (beforeUs > MOST_BEFORE * lengthOf(lost) && !isRow(trace, init)) return [];
  if (trace.childCount(parent) === init.length && pathSelfUs(trace, parent) === 0) return [];
  const item: EvidenceItem = { kind: 'span', ref: trace.spanId(first), text: [...steps].join(', ') };
  return [{ span: parent, flagged: false, init, lost, item }];
}

/** At least two steps with almost no pauses between them. */
function isRow(trace: Trace, init: readonly SpanIndex[]): boolean {
  const [first] = init;
  const last = init.at(-1);
  if (first === undefined || last === undefined || init.length < 2) return false;
  const spentUs = init.reduce((sum, span) => sum + trace.durationOfUs(span), 0);
  return trace.endUs(last) - trace.startUs(first) <= (1 + MOST_BEFORE) * spentUs;
}

/** No framework records its start in more steps. */
const MOST_STEPS = 50;

/** Time before the initialisation, as a share of it. A process that is not ready can only accept the request. */
const MOST_BEFORE = 0.2;

/** Things that belong to a process, not to a request. */
const THING =
  '(?:\\w{0,40}context|\\w{0,40}servlet|app(?:lication)?|spring|runtime|container|sandbox|lambda|function|faas|worker|process|host|server|jvm|clr|interpreter|kernel|framework|modules?|plugins?|extensions?|beans?|config(?:uration)?|dependenc(?:y|ies)|class(?:es)?|(?:connection[ _-]?)?pool|data[ _-]?source|models?|cache|clients|engine|sdk)';

const STARTING =
  '(?:init(?:iali[sz](?:e|ed|ing|ation))?|boot(?:strap)?(?:p?ing)?|start(?:ing)?[ _-]?up|warm(?:ing)?[ _-]?up|provision(?:ing)?)';

const BETWEEN = '[ _.:/-]+(?:(?:the|new|spring|web|http|db|database|ml)[ _.:/-]+)?';

/** `Initialize Spring ApplicationContext`, `lambda.init`, `Host startup`; not `initialize payment`. */
const INIT_OF_THING = new RegExp(`^${STARTING}${BETWEEN}${THING}\\b|^${THING}${BETWEEN}${STARTING}\\b`, 'i');

const HAS_STARTING = new RegExp(STARTING, 'i');

/** The first test spares most names the long pattern, which takes milliseconds to compile. */
function namesInit(operation: string): boolean {
  return (
    START_HOLDS.test(operation) ||
    START_OPERATIONS.test(operation) ||
    (HAS_STARTING.test(operation) && INIT_OF_THING.test(operation))
  );
}

/** The client span above, if there is one: its time before the callee begins is the platform's. */
function waiterOf(trace: Trace, span: SpanIndex): SpanIndex {
  const call = callAbove(trace, span);
  if (call === undefined) return span;
  // The correction of the clock may be the only reason for the wait.
  const waitedUs = trace.startUs(span) - trace.startUs(call);
  return Math.abs(trace.shiftUs(span) - trace.shiftUs(call)) > MOST_SHIFT * waitedUs ? span : call;
}

const MOST_SHIFT = 0.1;

/** Many spans may wait below one span, so its children are searched once. */
function childrenThat(trace: Trace, passes: SpanTest): (span: SpanIndex) => readonly SpanIndex[] {
  const known = new Map<SpanIndex, readonly SpanIndex[]>();
  return (span) => {
    const found = known.get(span) ?? [...trace.children(span).filter(passes)].slice(0, MOST_STEPS);
    known.set(span, found);
    return found;
  };
}

function flaggedStart(trace: Trace, span: SpanIndex, initOf: (span: SpanIndex) => readonly SpanIndex[]): Start {
  const waiter = waiterOf(trace, span);
  const init = span === waiter ? initOf(span) : [...initOf(span), ...initOf(waiter)];
  const isWaiting = (own: SpanIndex) => own === waiter || own === span || init.some((each) => trace.isUnder(own, each));
  const lost = pathWithin(trace, trace.startUs(waiter), beginOfWork(trace, span, init), isWaiting);
  const item: EvidenceItem = {
    kind: 'span',
    ref: trace.spanId(span),
    text: `${trace.operation(span)}: ${markOf(trace, span)}`,
  };
  return { span, flagged: true, init, lost, item };
}

/** The start of the first child that is no initialisation; without one, the end of the initialisation or of the recorded start. */
function beginOfWork(trace: Trace, span: SpanIndex, init: readonly SpanIndex[]): number {
  const work = trace.children(span).find((child) => !init.includes(child) && !isBeforeStart(trace, child, init));
  if (work !== undefined) return trace.startUs(work);
  if (init.length > 0) return init.reduce((latest, each) => Math.max(latest, trace.endUs(each)), 0);
  return Math.min(trace.endUs(span), trace.startUs(span) + recordedUs(trace, span));
}

/** The platform asks another function, an authorizer, before it starts this one. */
function isBeforeStart(trace: Trace, child: SpanIndex, [first]: readonly SpanIndex[]): boolean {
  if (first === undefined || trace.kind(child) !== 'server') return false;
  return trace.endUs(child) <= trace.startUs(first) && trace.service(child) !== trace.service(first);
}

/** The recorded duration of the start (`faas.init_duration_ms`, `aws.lambda.init_duration`); infinite where there is none. */
function recordedUs(trace: Trace, span: SpanIndex): number {
  return longestAmount(trace.attributesFor(span, START_DURATIONS), START_DURATIONS)?.us ?? Number.POSITIVE_INFINITY;
}

function markOf(trace: Trace, span: SpanIndex): string {
  const [name, value] = Object.entries(trace.attributes(span)).find(([key]) => /cold_?start/i.test(key)) ?? [];
  return name === undefined ? 'a cold start' : `${name} = ${value}`;
}

function pathBelow(trace: Trace, span: SpanIndex): Stretch[] {
  return pathWithin(trace, trace.startUs(span), trace.endUs(span), (own) => trace.isUnder(own, span));
}
