/**
 * Failed attempts at one call, one after another, and the layers in which they multiply.
 *
 *   [ POST /create ✗         ][ POST /create ✗ ]     a run of two
 *     [ POST /reserve ✗ ][ ✗ ]  [ ✗ ][ ✗ ]           two runs within its attempts: four requests reach the bottom
 */
import type { SpanIndex } from '#model/trace/columns.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callNumbers } from '#model/trace/views/call-numbers.ts';
import { addressOf } from '#model/trace/views/error-origins.ts';
import { failureMessage, type LinesBySpan, saysCircuitOpen } from '#model/trace/views/failure-text.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';

/** Failed attempts at one call, one after another. */
export type Run = {
  readonly caller: SpanIndex;
  readonly attempts: readonly SpanIndex[];
  /** The run whose attempt this one is a part of. */
  outer: Run | undefined;
  /** Runs within the attempts. */
  readonly inner: Run[];
  /** Failed requests at the bottom. */
  load: number;
};

export function runsOf(trace: Trace, maxPauseUs: number, lines: LinesBySpan): Run[] {
  if (failedSpans(trace).length < 2) return [];
  const failedChildren = new Map<SpanIndex, number>();
  for (const span of failedSpans(trace)) {
    const caller = trace.parent(span);
    if (caller !== undefined) failedChildren.set(caller, (failedChildren.get(caller) ?? 0) + 1);
  }
  const address = readAddresses(trace);
  const callsBelow = callsBelowIn(trace);
  const runs: Run[] = [];
  for (const [caller, failed] of failedChildren) {
    if (failed < 2) continue;
    for (const run of failedRuns(trace, caller, maxPauseUs, { address, callsBelow })) {
      const attempts = withoutRefused(trace, run, lines);
      if (attempts.length > 1) runs.push({ caller, attempts, outer: undefined, inner: [], load: attempts.length });
    }
  }
  return runs;
}

/** Two or more failed calls of one kind in a row; a success, an overlap, a long pause or another address ends the row. */
function failedRuns(
  trace: Trace,
  caller: SpanIndex,
  maxPauseUs: number,
  { address, callsBelow }: CallIdentity,
): SpanIndex[][] {
  const open = new Map<number | string, SpanIndex[]>();
  const ended: SpanIndex[][] = [];
  const follows = (before: SpanIndex, child: SpanIndex) => {
    const pauseUs = trace.startUs(child) - trace.endUs(before);
    return pauseUs >= 0 && pauseUs <= maxPauseUs && same(address, before, child);
  };
  const children = trace.children(caller);
  const callOf = callsBelow(children);
  for (const child of children) {
    if (!isAttempt(trace, child)) continue;
    const call = callOf(child);
    const run = open.get(call);
    const before = run?.at(-1);
    if (run !== undefined && before !== undefined && trace.failed(child) && follows(before, child)) run.push(child);
    else {
      if (run !== undefined) ended.push(run);
      open.set(call, trace.failed(child) ? [child] : []);
    }
  }
  return [...ended, ...open.values()].filter((run) => run.length > 1 && !isLoop(trace, caller, run, address));
}

/** A refusal takes microseconds, or this long in a slow runtime. */
const LONGEST_REFUSAL_US = 10_000;

/** Without the last attempts if a circuit breaker refused them: they reached no callee. */
function withoutRefused(trace: Trace, run: readonly SpanIndex[], lines: LinesBySpan): readonly SpanIndex[] {
  const mayBeRefused = (span: SpanIndex) =>
    trace.durationOfUs(span) <= LONGEST_REFUSAL_US && trace.childCount(span) === 0;
  const last = run.at(-1);
  if (last === undefined || !mayBeRefused(last) || !saysCircuitOpen(failureMessage(trace, last, lines)?.text ?? ''))
    return run;
  return run.filter((span) => !mayBeRefused(span));
}

function isAttempt(trace: Trace, span: SpanIndex): boolean {
  return (
    trace.kind(span) !== 'consumer' &&
    !trace.hasMark(span, MARK.circuitOpen | MARK.circuitHalfOpen | MARK.cancelled | MARK.receives)
  );
}

/** What distinguishes attempts at one call from other calls. */
type CallIdentity = Readonly<{ address: AddressOf; callsBelow: CallsBelow }>;

type CallsBelow = (children: Int32Array) => (span: SpanIndex) => number | string;

const NUMBERED = /(?<![ ._:#(-])[ ._:#(-]*\b(?:attempt|retry|try)[ ._:#-]*\d+\)?$/i;

/** Identifies a call by callee and operation. `attempt 2` and `POST /reserve (retry 1)` are the same call as the first. */
function callsBelowIn(trace: Trace): CallsBelow {
  const isNumbered = trace.operationTest((operation) => NUMBERED.test(operation));
  const byNumber = callNumbers(trace);
  const byName = (span: SpanIndex) =>
    `${trace.service(span)}\n${trace.peer(span)}\n${trace.operation(span).replace(NUMBERED, '')}\n${trace.queryShape(span)}`;
  return (children) => (children.some(isNumbered) ? byName : byNumber);
}

function same(address: AddressOf, a: SpanIndex, b: SpanIndex): boolean {
  const one = address(a);
  const other = address(b);
  return one === '' || other === '' || one === other;
}

/** Reads the addresses of this many spans of a trace; the rest are compared by name only. */
const READ_AT_MOST = 400;

type AddressOf = (span: SpanIndex) => string;

function readAddresses(trace: Trace): AddressOf {
  const known = new Map<SpanIndex, string>();
  return (span) => {
    const found = known.get(span);
    if (found !== undefined) return found;
    if (known.size >= READ_AT_MOST) return '';
    const address = addressOf(trace, span);
    known.set(span, address);
    return address;
  };
}

/** More attempts than any client makes. If the caller continued, they are more likely a loop over elements without an address. */
const MOST_ATTEMPTS = 10;

function isLoop(trace: Trace, caller: SpanIndex, run: readonly SpanIndex[], address: AddressOf): boolean {
  const [first = caller] = run;
  if (run.length <= MOST_ATTEMPTS || trace.failed(caller) || trace.hasMark(run.at(-1) ?? caller, MARK.resent))
    return false;
  const called = address(first);
  return called === '' || (trace.isDatabaseCall(first) && !/\d|'/.test(called.replace(/[$:@%]\w+/g, '')));
}

/** Links each run to the run whose attempt contains it, and counts the requests that reach the bottom. */
export function setLayers(trace: Trace, runs: readonly Run[]): void {
  type Reach = Readonly<{ from: number; to: number; run: Run }>;
  const reaches: Reach[] = runs
    .flatMap((run) =>
      run.attempts.map((attempt) => ({ from: trace.preorder(attempt), to: trace.preorderEnd(attempt), run })),
    )
    .sort((a, b) => a.from - b.from);
  const byCaller = runs.toSorted((a, b) => trace.preorder(a.caller) - trace.preorder(b.caller));
  const open: Reach[] = [];
  let next = 0;
  for (const run of byCaller) {
    const at = trace.preorder(run.caller);
    for (let reach = reaches[next]; reach !== undefined && reach.from <= at; reach = reaches[next]) {
      while ((open.at(-1)?.to ?? Number.POSITIVE_INFINITY) <= reach.from) open.pop();
      open.push(reach);
      next += 1;
    }
    while ((open.at(-1)?.to ?? Number.POSITIVE_INFINITY) <= at) open.pop();
    run.outer = open.at(-1)?.run;
    run.outer?.inner.push(run);
  }
  // In reverse order, the load of inner runs is known before that of outer ones.
  for (const run of byCaller.toReversed()) {
    if (run.inner.length === 0) continue;
    const below = run.inner.reduce((sum, { load }) => sum + load, 0);
    run.load = below + Math.max(0, run.attempts.length - run.inner.length);
  }
}

export function belowOf(run: Run): SpanIndex[] {
  const spans: SpanIndex[] = [];
  const left = [...run.inner];
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    for (const attempt of at.attempts) spans.push(attempt);
    for (const inner of at.inner) left.push(inner);
  }
  return spans.sort((a, b) => a - b);
}

/** From the outermost run to the innermost, the first of each layer. */
function firstRuns(run: Run): Run[] {
  const runs: Run[] = [];
  for (let at: Run | undefined = run; at !== undefined; at = at.inner[0]) runs.push(at);
  return runs;
}

export function layersOf(run: Run): number {
  return firstRuns(run).length;
}

/** `gateway 3 × order-service 3`. */
export function hopsOf(trace: Trace, run: Run): string {
  return firstRuns(run)
    .map(({ caller, attempts }) => `${trace.service(caller)} ${attempts.length}`)
    .join(' × ');
}

/** The run that repeats the call of what fails. */
export function lowestOf(run: Run): Run {
  return firstRuns(run).at(-1) ?? run;
}

export function bottomOf(trace: Trace, run: Run): string {
  const { attempts, caller } = lowestOf(run);
  return calleeOf(trace, attempts[0] ?? caller);
}

export function calleeOf(trace: Trace, attempt: SpanIndex): string {
  return trace.peer(attempt) || trace.service(attempt);
}
