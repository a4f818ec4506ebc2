/**
 * Where the time of requests goes, by place: in a service itself, on the way from a caller to its callee, on the way
 * back.
 *
 *   caller   [ request |························| response ]      a call as its caller sees it
 *   callee             [ its own span, its self time …     ]
 *
 * A network delay shows in no span, only between two; the slower direction shows whose network it is. Clocks are used
 * uncorrected: their constant offsets are the same in the baseline.
 */
import { requestKind } from '#model/requests/affected-requests.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { operationName } from '#model/trace/views/operation-name.ts';
import { selfUs } from '#model/trace/views/self-time.ts';

export type Way = 'self' | 'request' | 'response';

/**
 * All calls of one place. `service` is where the time passes; for a network way it is the caller, and `callee` is the
 * other end.
 */
export type Place = Readonly<{
  way: Way;
  service: string;
  callee: string;
  operation: string;
  /** It waits for the response of a database, or of a service without spans. */
  isOfStore: boolean;
  /** A call of a database. */
  isOfDatabase: boolean;
  /** The service has spans of the calls that it makes. Without them its own time contains the ways to its callees. */
  recordsCalls: boolean;
}>;

/**
 * Duration and start time of each call, in microseconds since the epoch, the index of its request, and what that request
 * asks for.
 */
export type Calls = Readonly<{
  place: Place;
  values: number[];
  atUs: number[];
  requests: number[];
  kinds: string[];
}>;

/** By a key that is the same in every set of traces. */
export type CallTimes = ReadonlyMap<string, Calls>;

export function callTimesOf(traces: readonly Trace[]): CallTimes {
  const places = new Map<string, Calls>();
  const callers = new Set(traces.flatMap(recordedCallers));
  for (const [request, trace] of traces.entries())
    addTimes(trace, { request, kind: requestKind(trace) }, { places, callers });
  return places;
}

/** Services with a span of a call: of a database, of another service, of a queue. */
function recordedCallers(trace: Trace): string[] {
  const callers = new Set<string>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    const kind = trace.kind(span);
    if (kind === 'client' || kind === 'producer' || trace.isDatabaseCall(span)) callers.add(trace.service(span));
  }
  return [...callers];
}

type Of = Readonly<{ request: number; kind: string }>;
type Into = Readonly<{ places: Map<string, Calls>; callers: ReadonlySet<string> }>;

function addTimes(trace: Trace, of: Of, { places, callers }: Into): void {
  const waitedUs = besideCalls(trace);
  for (let span = 0; span < trace.spanCount; span += 1) {
    const callee = answeredBy(trace, span);
    const service = trace.service(span);
    const atUs = trace.startEpochUs + trace.startUs(span);
    if (callee === undefined) {
      const ownUs = Math.max(0, selfUs(trace, span) - (waitedUs.get(span) ?? 0));
      const operation = operationName(trace, span);
      const what = {
        isOfStore: isOfStore(trace, span),
        isOfDatabase: isStatement(trace, span),
        recordsCalls: callers.has(service),
      };
      const place = { way: 'self', service, callee: '', operation, ...what } as const;
      add(places, place, { ...of, atUs, us: ownUs });
      continue;
    }
    const ends = { service, callee: trace.service(callee), operation: '', ...NO_STORE, recordsCalls: true };
    const sentUs = rawStartUs(trace, callee) - rawStartUs(trace, span);
    add(places, { way: 'request', ...ends }, { ...of, atUs, us: sentUs });
    const backUs = trace.durationOfUs(span) - trace.durationOfUs(callee) - sentUs;
    add(places, { way: 'response', ...ends }, { ...of, atUs, us: backUs });
  }
}

const NO_STORE = { isOfStore: false, isOfDatabase: false } as const;

type Call = Of & Readonly<{ atUs: number; us: number }>;

function add(places: Map<string, Calls>, place: Place, { request, kind, atUs, us }: Call): void {
  const key = [place.way, place.service, place.callee, place.operation].join('\n');
  const known = places.get(key);
  if (known === undefined) places.set(key, { place, values: [us], atUs: [atUs], requests: [request], kinds: [kind] });
  else {
    known.values.push(us);
    known.atUs.push(atUs);
    known.requests.push(request);
    known.kinds.push(kind);
  }
}

/** The callee's own span, where this span is only the caller's side of a call. */
export function answeredBy(trace: Trace, span: SpanIndex): SpanIndex | undefined {
  if (trace.childCount(span) !== 1) return undefined;
  const child = trace.firstChild(span);
  return child === undefined || trace.isOfOneService(span, child) || trace.kind(child) === 'consumer'
    ? undefined
    : child;
}

/** Where no attribute says so, SQL is recognised by its first words. */
const STATEMENT = /^(?:select|insert|update|delete|merge|replace|upsert|with)\s/i;

function isOfStore(trace: Trace, span: SpanIndex): boolean {
  if (trace.childCount(span) > 0) return false;
  return isStatement(trace, span) || trace.kind(span) === 'client';
}

function isStatement(trace: Trace, span: SpanIndex): boolean {
  return trace.isDatabaseCall(span) || STATEMENT.test(trace.operation(span));
}

function rawStartUs(trace: Trace, span: SpanIndex): number {
  return trace.startUs(span) - trace.shiftUs(span);
}

/**
 * A leaf next to calls of its own service, under one parent, waits for them and does not work: gateways record handlers
 * and filters like this. For each such leaf, how long those calls ran meanwhile.
 */
function besideCalls(trace: Trace): ReadonlyMap<SpanIndex, number> {
  const waitedUs = new Map<SpanIndex, number>();
  for (let parent = 0; parent < trace.spanCount; parent += 1) {
    if (trace.childCount(parent) < 2) continue;
    const children = trace.children(parent);
    const calls = children.filter((child) => trace.childCount(child) > 0 && trace.isOfOneService(parent, child));
    if (calls.length === 0) continue;
    const runningUs = timeOfAny(trace, calls);
    for (const child of children) {
      if (trace.childCount(child) === 0 && trace.isOfOneService(parent, child) && !trace.isDatabaseCall(child))
        waitedUs.set(child, runningUs(trace.endUs(child)) - runningUs(trace.startUs(child)));
    }
  }
  return waitedUs;
}

/** Returns a function: how long any of these spans, sorted by start, had run up to a moment. */
function timeOfAny(trace: Trace, spans: Int32Array): (us: number) => number {
  const starts: number[] = [];
  const ends: number[] = [];
  for (const span of spans) {
    const last = ends.length - 1;
    if (last < 0 || trace.startUs(span) > (ends[last] ?? 0)) {
      starts.push(trace.startUs(span));
      ends.push(trace.endUs(span));
    } else ends[last] = Math.max(ends[last] ?? 0, trace.endUs(span));
  }
  const ranBefore: number[] = [];
  let ran = 0;
  for (const [at, start] of starts.entries()) {
    ranBefore.push(ran);
    ran += (ends[at] ?? 0) - start;
  }
  return (us) => {
    let [from, to] = [0, starts.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((starts[middle] ?? 0) <= us) from = middle + 1;
      else to = middle;
    }
    const at = from - 1;
    return at < 0 ? 0 : (ranBefore[at] ?? 0) + Math.min(us, ends[at] ?? 0) - (starts[at] ?? 0);
  };
}
