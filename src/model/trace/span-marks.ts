/**
 * Facts about a span from attributes with few values: one bit each, so that a detector can check a million spans. A new
 * mark needs a rule; from the rules the scan of Jaeger's bytes knows which tags to read.
 */

import type { Attributes } from '#model/trace/columns.ts';
import type { ProxyFlag } from '#model/trace/proxy-flag.ts';
import { NO_VERDICT, proxyFlags } from '#model/trace/proxy-flags.ts';
import { canonicalText, namesOf } from '#model/trace/semconv.ts';

export const MARK = {
  cacheHit: 1,
  cacheMiss: 2,
  /** The first request of a process that was started for it. */
  coldStart: 4,
  /** Hands a message to the broker. */
  sends: 8,
  /** Waits for messages or fetches them. */
  receives: 16,
  /** Works on messages. */
  processes: 32,
  /** The request was sent before. */
  resent: 64,
  /**
   * Cancelled by the caller, which no longer wanted the response: the loser of a hedged request, a client that left.
   */
  cancelled: 128,
  /** The expected response to a check: there is none, or there is one already. */
  expectedAnswer: 256,
  timedOut: 512,
  /** Refused by a circuit breaker in the caller. */
  circuitOpen: 1024,
  /** Let through, or refused, while the half-open breaker tests whether the callee is back. */
  circuitHalfOpen: 2048,
  /** To or from a queue for messages that could not be processed. */
  deadLetter: 4096,
  /** The callee rejects the request as wrong: it works correctly. */
  clientError: 8192,
  /** A bare `hit = true`: of a cache only where the span is a lookup. */
  hit: 16384,
  /** A bare `hit = false`, as Rails records it. */
  noHit: 32768,
  /** A proxy failed by itself: it has no route, no address of its callee, no configuration. */
  proxyFault: 65536,
  /** A proxy's circuit breaker refused the call, however long its attempts took. */
  overflow: 131072,
  /** Acknowledges or rejects a message at the broker. */
  settles: 8192,
} as const;

type Rule = Readonly<{ name: string; marks: (value: string) => number }>;

const RULES: readonly Rule[] = [
  { name: 'cache.hit', marks: (value) => cacheMark(value) },
  { name: 'cache.result', marks: (value) => cacheMark(value) },
  { name: 'faas.coldstart', marks: (value) => (value === 'true' || value === '1' ? MARK.coldStart : 0) },
  { name: 'messaging.operation.type', marks: (value) => MESSAGING[value] ?? 0 },
  { name: 'http.request.resend_count', marks: (value) => (Number(value) > 0 ? MARK.resent : 0) },
  { name: 'rpc.status_code', marks: (value) => RPC[value] ?? 0 },
  { name: 'error.type', marks: (value) => errorMark(value) },
  { name: 'circuit_breaker.state', marks: (value) => CIRCUIT[value.replace('-', '_')] ?? 0 },
  { name: 'hit', marks: (value) => HITS[value] ?? 0 },
  { name: 'envoy.response_flags', marks: (value) => flagMarks(value) },
  { name: 'envoy.response_code_details', marks: (value) => (value === NO_VERDICT ? MARK.proxyFault : 0) },
  { name: 'messaging.destination.name', marks: (value) => (isDeadLetter(value) ? MARK.deadLetter : 0) },
];

/** Every name of an attribute that a mark depends on. */
export const MARKING_NAMES: readonly string[] = RULES.flatMap(({ name }) => namesOf(name));

export function marksOf(attributes: Attributes): number {
  let marks = 0;
  for (const { name, marks: read } of RULES) {
    const value = canonicalText(attributes, name);
    if (value !== '') marks |= read(value.toLowerCase());
  }
  return marks;
}

/** `true`, `HIT`, `hit from cloudfront`, `expired`; words that CDNs and HTTP caches use as well (RFC 9211). */
function cacheMark(value: string): number {
  if (/^(?:true|1|yes|\w*hit\b)/.test(value)) return MARK.cacheHit;
  return /^(?:false|0|no|none|\w*miss(?:ed)?\b|expired|not[ _-]?found)/.test(value) ? MARK.cacheMiss : 0;
}

const MESSAGING: Readonly<Record<string, number>> = {
  create: MARK.sends,
  send: MARK.sends,
  receive: MARK.receives,
  poll: MARK.receives,
  process: MARK.processes,
  settle: MARK.settles,
};

const RPC: Readonly<Record<string, number>> = {
  cancelled: MARK.cancelled,
  not_found: MARK.expectedAnswer | MARK.clientError,
  already_exists: MARK.expectedAnswer | MARK.clientError,
  invalid_argument: MARK.clientError,
  unauthenticated: MARK.clientError,
  permission_denied: MARK.clientError,
  failed_precondition: MARK.clientError,
  out_of_range: MARK.clientError,
  deadline_exceeded: MARK.timedOut,
};

const HITS: Readonly<Record<string, number>> = {
  true: MARK.hit,
  1: MARK.hit,
  false: MARK.noHit,
  0: MARK.noHit,
};

/** Envoy's response flags: `UF,URX`. */
function flagMarks(value: string): number {
  return proxyFlags(value).reduce((marks, flag) => marks | markOfFlag(flag), 0);
}

function markOfFlag({ flag, blames, timedOut }: ProxyFlag): number {
  if (timedOut) return MARK.timedOut;
  if (blames === 'breaker') return MARK.circuitOpen | MARK.overflow;
  if (blames === 'proxy' && flag !== 'LR') return MARK.proxyFault;
  return flag === 'DC' || flag === 'DR' ? MARK.cancelled : 0;
}

const CIRCUIT: Readonly<Record<string, number>> = {
  open: MARK.circuitOpen,
  true: MARK.circuitOpen,
  forced_open: MARK.circuitOpen,
  half_open: MARK.circuitHalfOpen,
};

/** Names of errors and exceptions: `CallNotPermittedException` of Resilience4j, `BrokenCircuitException` of Polly. */
function errorMark(value: string): number {
  // A `TaskCanceledException` of .NET is a timeout about as often as not; its message shows which. A
  // `TransactionCanceledException` of DynamoDB and an `OrderCancelledException` say what was refused.
  if (
    /(?:^|[^a-z]|call|client|context|job|operation|request|rpc|stream)cancel|aborterror|client_?disconnect/.test(value)
  )
    return MARK.cancelled;
  if (/callnotpermitted|brokencircuit|circuit_?-?breaker|circuit_?-?open|opencircuit|shortcircuit/.test(value))
    return MARK.circuitOpen;
  return /time-?d?_?-?out|deadline_?exceeded/.test(value) ? MARK.timedOut : 0;
}

/** `orders-dlq`, `orders.DLT` (Spring), `$DeadLetterQueue`, `dead-letter`; also as a part of an operation's name. */
export function isDeadLetter(name: string): boolean {
  return /(?:^|[^a-z])(?:dlq|dlx|dlt|dead[-_. ]?letters?)(?:$|[^a-z])|deadletter/i.test(name);
}
