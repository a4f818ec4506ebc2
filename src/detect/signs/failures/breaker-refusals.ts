/** Calls that a circuit breaker refused without sending them, and the calls of the same kind around them. */
import type { EvidenceItem } from '#model/finding/finding.ts';
import { CIRCUIT_OPEN } from '#model/instruments/circuit-words.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { upstreamIn } from '#model/logs/proxied-calls.ts';
import type { Attributes, SpanIndex, SpanTest } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failureTexts, type LinesBySpan, saysCircuitOpen } from '#model/trace/views/failure-text.ts';
import { operationName } from '#model/trace/views/operation-name.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

/**
 * `item` is undefined where no message says that the call was refused; `others` are further messages that say so.
 * `isHidden`: the call has no span, and `span` is what its caller did well without it.
 */
export type Refusal = Readonly<{
  span: SpanIndex;
  halfOpen: boolean;
  item: EvidenceItem | undefined;
  others?: readonly EvidenceItem[];
  isHidden?: boolean;
}>;

type Limits = Readonly<{ maxRefusalMs: number; minFailuresBefore: number; minRefusals: number }>;

export function refusalsOf(trace: Trace, lines: LinesBySpan, limits: Limits): Refusal[] {
  const candidates = refusalCandidates(trace, limits.maxRefusalMs * 1000, lines);
  const read = new Set(candidates);
  const callers = throwingCallers(trace, lines).filter((span) => !read.has(span));
  const said = saidRefusals(trace, [...candidates, ...callers], lines);
  const named = new Set(said.map(({ span }) => nameOf(trace, span)));
  // The message of one breaker is no evidence for another.
  const unnamed = candidates.filter((span) => !named.has(nameOf(trace, span)));
  return [...said, ...unsaidRefusals(trace, unnamed, lines, limits)];
}

/**
 * Work that failed by itself, with calls or without: the exception of a breaker that let none through. Instrumentation
 * records it on the span of the request, which takes longer than the refusal.
 */
function throwingCallers(trace: Trace, lines: LinesBySpan): SpanIndex[] {
  return spansWith(trace, { failed: true }).filter((span) => {
    if (trace.childCount(span) === 0) return isOwnWork(trace, span) && saysMore(trace, span);
    if (trace.children(span).some((child) => trace.failed(child))) return false;
    return trace.hasEvents(span) || (isOwnWork(trace, span) && linesInside(trace, span, lines).length > 0);
  });
}

/**
 * What a failed request without words of its own logged about a breaker, itself or in its own work below: the library
 * warns, and the code makes an answer of the exception.
 */
function linesInside(trace: Trace, span: SpanIndex, lines: LinesBySpan): EvidenceItem[] {
  const inside = [span];
  for (let at = 0; at < inside.length && inside.length < READ_AT_MOST; at += 1)
    for (const child of trace.children(inside[at] ?? span))
      if (isOwnWork(trace, child) && trace.isOfOneService(child, span) && !trace.failed(child)) inside.push(child);
  return inside.flatMap((each) => refusalLines(trace, each, lines));
}

/**
 * What the caller logged about its only failed call, which has no words of its own: a sidecar has the breaker, and its
 * answer says so. https://docs.dapr.io/operations/resiliency/policies/circuit-breakers/
 */
function linesOfCaller(trace: Trace, span: SpanIndex, lines: LinesBySpan): EvidenceItem[] {
  const caller = trace.parent(span);
  if (caller === undefined || !trace.isCall(span) || !trace.failed(span) || !trace.failed(caller)) return [];
  const failed = trace.children(caller).filter((child) => trace.failed(child));
  return failed.length > 1 || !isOwnWork(trace, caller) ? [] : refusalLines(trace, caller, lines);
}

/** The warnings with the id of the span in which a breaker says that it refused a call. */
export function refusalLines(trace: Trace, span: SpanIndex, lines: LinesBySpan): EvidenceItem[] {
  return (lines.get(trace.spanId(span)) ?? [])
    .filter(({ line, level }) => WARNS.has(level) && saysCircuitOpen(line) && REFUSES.test(line))
    .map((line): EvidenceItem => ({ kind: 'log', ref: line.timeNs, text: logMessage(line) }));
}

/** The breaker refused a call. Lines about its settings, and about the call that opened it, say less. */
const REFUSES =
  /\bnot ?(?:permit|allow|call)|\bblown\b|\b(?:refus|reject)|\bis (?:now |still )?(?:half.?)?open\b|CallNotPermitted|BrokenCircuit|IsolatedCircuit|OpenCircuit|CircuitBreakerOpen|short.?circuited/i;

const WARNS: ReadonlySet<string> = new Set(['warn', 'error', 'fatal', 'critical']);

function isOwnWork(trace: Trace, span: SpanIndex): boolean {
  return trace.kind(span) === 'server' || (trace.isInternal(span) && !trace.isDatabaseCall(span));
}

function saysMore(trace: Trace, span: SpanIndex): boolean {
  return trace.hasEvents(span) || trace.statusText(span) !== '' || trace.hasMark(span, MARK.circuitOpen);
}

/** Calls without children that failed at once, that the breaker marked, or that have events and no status. */
function refusalCandidates(trace: Trace, longestUs: number, lines: LinesBySpan): SpanIndex[] {
  const isShort = (span: SpanIndex) =>
    trace.childCount(span) === 0 &&
    (trace.durationOfUs(span) <= longestUs || trace.hasMark(span, MARK.overflow) || isByProxy(trace, span, lines));
  const marked = spansWith(trace, { failed: true, marks: MARK.circuitOpen | MARK.circuitHalfOpen }).filter(isShort);
  const silent = spansWithEvents(trace, isShort);
  return (silent.length === 0 ? marked : [...marked, ...silent].sort((a, b) => a - b)).filter((span) => {
    const kind = trace.kind(span);
    return kind !== 'producer' && kind !== 'consumer';
  });
}

/**
 * The breaker of a proxy on the way: the call takes as long as the way to the proxy and back. Envoy answers 503 then.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/circuit_breaking
 */
function isByProxy(trace: Trace, span: SpanIndex, lines: LinesBySpan): boolean {
  if (trace.httpStatus(span) !== UNAVAILABLE || !trace.failed(span)) return false;
  return failureTexts(trace, span, lines).some(({ text }) => CIRCUIT_OPEN.find(text)?.isOfProxy === true);
}

const UNAVAILABLE = 503;

/** Spans whose status is not an error, where an event says that the call was refused; a few of each name are read. */
function spansWithEvents(trace: Trace, isShort: SpanTest): SpanIndex[] {
  if (!trace.columns.hasEvents.includes(1)) return [];
  const read = new Map<number, number>();
  const found: SpanIndex[] = [];
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (!trace.hasEvents(span) || trace.failed(span) || !isShort(span)) continue;
    const key = trace.operationKey(span);
    const times = read.get(key) ?? 0;
    if (times >= READ_OF_A_NAME || read.size > READ_AT_MOST) continue;
    read.set(key, times + 1);
    const isRefused = trace
      .events(span)
      .some(({ name, attributes }) =>
        [name, canonicalText(attributes, 'exception.type'), canonicalText(attributes, 'exception.message')].some(
          saysCircuitOpen,
        ),
      );
    if (isRefused) found.push(span);
  }
  return found;
}

const READ_OF_A_NAME = 5;

/** Reads the messages of this many spans, the shortest first. Further spans of the same name need no message. */
const READ_AT_MOST = 100;

function saidRefusals(trace: Trace, candidates: readonly SpanIndex[], lines: LinesBySpan): Refusal[] {
  const quickest = candidates.toSorted((a, b) => trace.durationOfUs(a) - trace.durationOfUs(b) || a - b);
  const read = new Set(quickest.slice(0, READ_AT_MOST));
  const refusing = new Set<string>();
  const found: Refusal[] = [];
  for (const span of candidates) {
    if (!read.has(span)) continue;
    const refusal = saidRefusal(trace, span, lines);
    if (refusal === undefined) continue;
    refusing.add(nameOf(trace, span));
    found.push(refusal);
  }
  if (refusing.size === 0 || candidates.length === read.size) return found;
  const rest = candidates.filter((span) => !read.has(span) && refusing.has(nameOf(trace, span)));
  return [...found, ...rest.map((span) => ({ span, halfOpen: false, item: undefined }))];
}

function saidRefusal(trace: Trace, span: SpanIndex, lines: LinesBySpan): Refusal | undefined {
  const ref = trace.spanId(span);
  const events = trace.hasEvents(span) ? trace.events(span) : [];
  const texts: EvidenceItem[] = [
    ...failureTexts(trace, span, lines),
    ...events.flatMap(({ name, attributes }): EvidenceItem[] => [
      { kind: 'event', ref, text: name },
      { kind: 'event', ref, text: canonicalText(attributes, 'exception.type') },
      { kind: 'event', ref, text: saidByGobreaker(attributes) },
    ]),
    { kind: 'span', ref, text: trace.text(span, 'error.type') },
    ...(failureTexts(trace, span, lines).length === 0
      ? [...linesInside(trace, span, lines), ...linesOfCaller(trace, span, lines)]
      : []),
  ];
  const items = texts.filter(({ text }) => saysCircuitOpen(text));
  const [item] = items;
  const state = trace.text(span, 'circuit_breaker.state');
  if (item === undefined && !trace.hasMark(span, MARK.circuitOpen | MARK.circuitHalfOpen)) return undefined;
  // A successful client span was let through, even if it records an open breaker.
  if (item === undefined && !trace.failed(span) && trace.kind(span) === 'client') return undefined;
  const halfOpen = texts.some(({ text }) => HALF_OPEN.test(text)) || trace.hasMark(span, MARK.circuitHalfOpen);
  return {
    span,
    halfOpen,
    item: item ?? { kind: 'span', ref, text: `circuit breaker ${state || 'open'}` },
    others: items.slice(1),
  };
}

/** Only a half-open breaker of gobreaker counts requests. */
const HALF_OPEN = /half.?open|gobreaker.{0,80}too many/i;

/** Go names no type of such an exception: the message alone may be a rate limit, and the stack shows the library. */
function saidByGobreaker(attributes: Attributes): string {
  const message = canonicalText(attributes, 'exception.message');
  const isNamed = ['exception.type', 'exception.stacktrace'].some((name) =>
    canonicalText(attributes, name).includes('gobreaker'),
  );
  return isNamed && message !== '' ? `gobreaker: ${message}` : '';
}

/** The service and the operation. */
export function nameOf(trace: Trace, span: SpanIndex): string {
  return `${trace.service(span)}\n${operationName(trace, span)}`;
}

/** Series of calls that failed at once without a message, after others of the same kind and caller had reached their callee. */
function unsaidRefusals(
  trace: Trace,
  candidates: readonly SpanIndex[],
  lines: LinesBySpan,
  { minFailuresBefore, minRefusals }: Limits,
): Refusal[] {
  const found: Refusal[] = [];
  const groups = Map.groupBy(candidates, (span) => `${trace.parent(span)}\n${nameOf(trace, span)}`);
  const rows = [...groups.values()].filter((row) => row.length >= minRefusals);
  for (const row of rows.sort((a, b) => b.length - a.length).slice(0, READ_AT_MOST)) {
    const [first, second] = row;
    if (first === undefined || !trace.isCall(first) || failedBefore(trace, first).length < minFailuresBefore) continue;
    // A message names another reason.
    if ([first, second ?? first].some((span) => failureTexts(trace, span, lines).length > 0)) continue;
    found.push(...row.map((span) => ({ span, halfOpen: false, item: undefined })));
  }
  return found;
}

/** A call that takes this many times as long as a refusal reached its callee. */
const TIMES_A_REFUSAL = 10;

/** Siblings of the same kind that failed before, after they had reached their callee. */
function failedBefore(trace: Trace, refused: SpanIndex): SpanIndex[] {
  const caller = trace.parent(refused);
  if (caller === undefined) return [];
  return [...trace.children(caller)].filter(
    (span) =>
      trace.failed(span) &&
      trace.endUs(span) <= trace.startUs(refused) &&
      nameOf(trace, span) === nameOf(trace, refused) &&
      reachedCallee(trace, span, refused),
  );
}

function reachedCallee(trace: Trace, span: SpanIndex, refused: SpanIndex): boolean {
  return (
    trace.childCount(span) > 0 || trace.durationOfUs(span) > TIMES_A_REFUSAL * Math.max(1, trace.durationOfUs(refused))
  );
}

type History = Readonly<{ failedBefore: readonly SpanIndex[]; state: 'open' | 'reopened' | 'closed' }>;

/** How calls of the same kind ended before and after the refused ones, anywhere in the trace. */
export function historyOf(trace: Trace, refused: SpanIndex, refusals: ReadonlySet<SpanIndex>): History {
  const name = trace.operation(refused);
  const calls = spansWith(trace, { operation: (operation) => operation === name }).filter((span) =>
    isSameCall(trace, span, refused),
  );
  const firstRefused = calls.findIndex((call) => refusals.has(call));
  const wasSent = (call: SpanIndex) => !refusals.has(call) && reachedCallee(trace, call, refused);
  const failedBefore = calls.slice(0, firstRefused).filter((call) => trace.failed(call) && wasSent(call));
  const after = calls.slice(firstRefused);
  const tried = after.findLast((call) => !refusals.has(call) && (wasSent(call) || !trace.failed(call)));
  if (tried === undefined) return { failedBefore, state: 'open' };
  const refusedAgain = refusals.has(after.at(-1) ?? refused);
  return { failedBefore, state: trace.failed(tried) || refusedAgain ? 'reopened' : 'closed' };
}

function isSameCall(trace: Trace, span: SpanIndex, refused: SpanIndex): boolean {
  const peer = trace.peer(span);
  const refusedPeer = trace.peer(refused);
  return trace.service(span) === trace.service(refused) && (peer === '' || refusedPeer === '' || peer === refusedPeer);
}

/** The callee that the breaker guards: of the earlier calls, else of the refused call, else the name in the message. */
export function targetOf(trace: Trace, { span, item }: Refusal, before: readonly SpanIndex[]): string {
  const peer = before.map((each) => trace.peer(each)).find((name) => name !== '') || trace.peer(span);
  const text = item?.text ?? '';
  // An access log quotes all of its fields; where it was cut, the name of its upstream may be cut, too.
  const upstream = text.endsWith('…') ? '' : upstreamIn({ line: text });
  const quoted = ACCESS_LOG.test(text) ? upstream : /['"‘“]([\w.-]+)['"’”]/.exec(text)?.[1];
  return peer || quoted || trace.operation(span);
}

const ACCESS_LOG = /"[A-Z]{3,7} [^\s"]{1,1000} HTTP\/[\d.]{1,3}" \d/;
