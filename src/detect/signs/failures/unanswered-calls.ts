/** Calls that did not answer in time, by a message, by a callee that outlived its caller, or by a round limit. */
import { thrownCalls } from '#detect/signs/failures/thrown-calls.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import { NAME_UNRESOLVED } from '#model/instruments/address-words.ts';
import { CONNECTION_CUT } from '#model/instruments/cut-words.ts';
import { PEER_GONE } from '#model/instruments/gone-words.ts';
import { STORE_AWAY } from '#model/instruments/replica-words.ts';
import { ROUTER_GAVE_UP } from '#model/instruments/router-words.ts';
import { LEFT_IN_QUEUE } from '#model/instruments/server-queue-words.ts';
import { epochUsOf } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { calledName, hostInAddress } from '#model/trace/views/called-host.ts';
import type { ErrorOrigin } from '#model/trace/views/error-origins.ts';
import {
  failureStatus,
  failureTexts,
  type LinesBySpan,
  saysCancelled,
  saysTimedOut,
} from '#model/trace/views/failure-text.ts';
import { tellsOf } from '#model/trace/views/told-apart.ts';

export type Wait = Readonly<{
  /** The deepest call that did not answer, or that used up the time which a router allowed. */
  wait: SpanIndex;
  /** It answered, and the rest of the request took the router's patience. */
  isAnswered?: true;
  /** That call and the attempts before it. */
  attempts: readonly SpanIndex[];
  /** The spans that failed with it, from its caller up to the root. */
  above: readonly SpanIndex[];
  /** Other calls without an answer at that time; nothing shows which one caused the timeout. */
  rivals: readonly SpanIndex[];
  /** The round limit that equals the wait; 0 where there is none. */
  limitUs: number;
  sign: 'said' | 'outlived' | 'guessed';
  item: EvidenceItem | undefined;
}>;

/**
 * A driver waited for a server that it may ask, and asked none: MongoDB's drivers, Cassandra's, Elasticsearch's, Kafka's,
 * Redis Sentinel's, libpq's `target_session_attrs`. So does Linkerd, which then answers 504.
 */
const NO_SERVER_FOUND =
  /server ?selection ?(?:error|time|timed)|waiting for a server that matches|selecting a server using|no (?:replica set members|servers?) (?:match|found|available)|\breplicasetnoprimary\b|\bno (?:suitable servers|primary|reachable servers)\b|\bno(?:host|node)available|\bnot present in metadata after\b|\ball sentinels (?:are )?(?:down|unreachable)\b|\bno master (?:found|to)\b|\bsession is (?:not )?read-only\b|\bservice (?:is )?in fail-?fast\b/i;

/**
 * What passes calls on through a tunnel has none open: SAP's Cloud Connector, Azure Relay, Kubernetes' Konnectivity,
 * Cloudflare Tunnel (1033), ngrok.
 */
const NO_TUNNEL =
  /\bno SAP Cloud Connector\b|\bno (?:tunnels?|agents?|connectors?|relays?|listeners?) (?:is |are )?(?:connected|registered|available|online)\b|\bno listeners? connected\b|\bERR_NGROK_\d{1,5}\b|\berror (?:code:? )?1033\b/i;

export function waitOf(trace: Trace, { spans, path }: ErrorOrigin, lines: LinesBySpan): Wait | undefined {
  const [failed] = spans;
  if (failed === undefined) return undefined;
  if (wasNotWaitedFor(trace, [failed, ...path], lines)) return undefined;
  if (wasGone(trace, [failed, ...path], lines)) return undefined;
  const thrown = thrownWait(trace, failed, lines);
  return thrown === undefined
    ? waitIn(trace, { spans, path }, lines)
    : waitIn(trace, { spans: [thrown], path: [failed, ...path] }, lines);
}

/**
 * A node of Cassandra or ScyllaDB answered that other nodes did not confirm in time. The drivers write `2 replica were
 * required but only 1 acknowledged the write`, `2 responses were required but only 1 replica responded`, `required_responses':
 * 2, 'received_responses': 1` (Python), `received only 1 responses` (gocql) and `Not enough nodes responded` (Rust).
 * https://docs.datastax.com/en/drivers/java/4.17/com/datastax/oss/driver/api/core/servererrors/ReadTimeoutException.html
 */
const REPLICAS_MISSING =
  /\b(?:replicas?|responses?|acks?|acknowledge?ments?) (?:was |were )?required but only \d{1,3} (?:replicas? )?(?:acknowledged|responded|replied)\b|\brequired_responses'?: ?\d{1,3}, '?received_responses\b|\breceived only \d{1,3} (?:replica )?(?:responses?|acks?)\b|\breplica queried for data didn't respond\b|\bnot enough nodes responded to the (?:read|write) request\b/i;

/**
 * A producer of Kafka held a message until its delivery time ended, because the broker confirmed no attempt: librdkafka and
 * its bindings, the Java client. The words stand for all attempts, and no limit of the caller ended one of them.
 * https://kafka.apache.org/documentation/#producerconfigs_delivery.timeout.ms
 */
const NOT_DELIVERED =
  /\blocal: message timed out\b|\bmsg_timed_out\b|\bexpiring \d{1,9} record\(?s?\)? for \S{1,200}:\s?\d/i;

/**
 * No connection came about, so nobody got the request: Node's `connect` and undici, Java's clients, requests and httpx,
 * Go's dialer, Ruby's Net::HTTP and sockets, curl, .NET's sockets, Rust's tonic. nginx says it of a server whose workers are all busy, too.
 */
const NOT_CONNECTED =
  /\bconnect ?time(?:d )?-?out|\bUND_ERR_CONNECT_TIMEOUT\b|\bconnect ETIMEDOUT\b|\bdial (?:tcp|udp)\d? \S{1,200}:? (?:connect: )?(?:i\/o timeout|connection timed out)|\bNet::OpenTimeout\b|\btimed out - connect\(2\)|\bfailed to connect to \S{1,200} port \d{1,5}\b|\bconnection attempt failed because the connected party did not\b|\btcp connect error\b|\bno route to host\b|\bE(?:HOST|NET)(?:UNREACH|DOWN)\b|\b(?:network|host) is (?:unreachable|down)\b|\b(?:can['’]?t|cannot|could not|unable to) reach (?:the )?(?:database )?(?:server|host)\b/i;

/**
 * No request was sent, or it was answered with a failure, so nobody was late to answer it: the call says so, or the code
 * that called, right at its end.
 */
function wasNotWaitedFor(
  trace: Trace,
  [call = trace.root, ...path]: readonly SpanIndex[],
  lines: LinesBySpan,
): boolean {
  const says = (text: string) => saysNoServer(text) || NAME_UNRESOLVED.test(text) || NOT_CONNECTED.test(text);
  if (failureTexts(trace, call, lines).some(({ text }) => says(text))) return true;
  const own = lines.get(trace.spanId(call)) ?? [];
  if (own.some(({ line }) => saysNoServer(line.slice(0, LONGEST_ROW)))) return true;
  const endUs = trace.startEpochUs + trace.endUs(call);
  return [call, ...path]
    .filter((span) => trace.isOfOneService(span, call))
    .flatMap((span) => lines.get(trace.spanId(span)) ?? [])
    .some((line) => Math.abs(epochUsOf(line) - endUs) <= INSTANT_US && says(line.line.slice(0, LONGEST_ROW)));
}

function saysNoServer(text: string): boolean {
  return [NO_SERVER_FOUND, NO_TUNNEL, REPLICAS_MISSING, NOT_DELIVERED, LEFT_IN_QUEUE, STORE_AWAY].some((one) =>
    one.test(text),
  );
}

/** The code that called logs its failure at once. */
const INSTANT_US = 20_000;

/**
 * The failure, or a line of the caller that quotes it or names the callee, says that the callee was dead before: its own
 * failure tells more than the wait for it.
 */
function wasGone(trace: Trace, [call = trace.root, ...path]: readonly SpanIndex[], lines: LinesBySpan): boolean {
  if (!leavesItsService(trace, call)) return false;
  const texts = failureTexts(trace, call, lines).map(({ text }) => text);
  if (texts.some((text) => PEER_GONE.test(text))) return true;
  const names = [calledName(trace, call), trace.text(call, 'server.address'), hostInAddress(trace, call)];
  const told = [...names, ...texts.map((text) => text.slice(0, QUOTED))].filter((name) => name.length >= LEAST_NAME);
  const own = [call, ...path].filter((span) => trace.isOfOneService(span, call));
  return own.some((span) =>
    lines.get(trace.spanId(span))?.some(({ line }) => {
      const row = line.slice(0, LONGEST_ROW);
      return PEER_GONE.test(row) && told.some((name) => row.includes(name));
    }),
  );
}

/** The beginning of a message, which lines repeat. */
const QUOTED = 40;
/** Shorter names are words of other things. */
const LEAST_NAME = 3;

/**
 * The call below that ended with an exception, with which its caller failed, where the exception names a timeout or the
 * callee went on. Nobody set the status of such a call.
 */
function thrownWait(trace: Trace, failed: SpanIndex, lines: LinesBySpan): SpanIndex | undefined {
  if (leavesItsService(trace, failed) || failureTexts(trace, failed, lines).length > 0) return undefined;
  return thrownCalls(trace).find(
    (call) =>
      trace.parent(call) === failed &&
      Math.abs(trace.endUs(failed) - trace.endUs(call)) <= instantUs(trace.durationOfUs(call)) &&
      (ranOnUs(trace, call) > 0 ||
        failureTexts(trace, call, lines).some(({ text }) => saysTimedOut(trace, call, text))),
  );
}

function waitIn(
  trace: Trace,
  { spans, path }: Pick<ErrorOrigin, 'spans' | 'path'>,
  lines: LinesBySpan,
): Wait | undefined {
  const [failed] = spans;
  if (failed === undefined) return undefined;
  const texts = failureTexts(trace, failed, lines);
  const item =
    texts.find(({ text }) => saysTimedOut(trace, failed, text) || ROUTER_GAVE_UP.test(text)) ??
    gaveUp(trace, { spans, path }, texts, lines);
  const says = item !== undefined || saysTimedOut(trace, failed, '');
  const { calls, isAnswered } = says ? askedBy(trace, failed, item, lines) : NOBODY_ASKED;
  const [asked, ...rivals] = calls;
  const wait = asked ?? failed;
  const above = asked === undefined ? path : [failed, ...path];
  const caller = above[0];
  // A gateway's trace may begin with its call.
  if (caller === undefined && !(says && trace.isCall(wait) && trace.childCount(wait) > 0)) return undefined;
  const limitUs = roundLimitUs(trace.durationOfUs(wait));
  const found = {
    wait,
    attempts: asked === undefined ? spans : [asked],
    above,
    limitUs,
    rivals,
    ...(isAnswered && { isAnswered }),
  };
  if (says) return { ...found, sign: 'said', item: item ?? statusItem(trace, failed) };
  if (ranOnUs(trace, wait) > 0) return { ...found, sign: 'outlived', item: undefined };
  return caller === undefined ? undefined : silentWait(trace, { ...found, path, caller, texts });
}

type AskedCalls = Readonly<{ calls: readonly SpanIndex[]; isAnswered?: true }>;

const NOBODY_ASKED: AskedCalls = { calls: [] };

/** A span that reports a timeout and made a call is the one that waited. */
function askedBy(trace: Trace, failed: SpanIndex, item: EvidenceItem | undefined, lines: LinesBySpan): AskedCalls {
  if (leavesItsService(trace, failed)) return NOBODY_ASKED;
  const calls = unansweredCalls(trace, failed, lines);
  const late = calls.length === 0 && ROUTER_GAVE_UP.test(item?.text ?? '') ? longCall(trace, failed) : undefined;
  return late === undefined ? { calls } : { calls: [late], isAnswered: true };
}

type Silent = Omit<Wait, 'sign' | 'item'> &
  Readonly<{ path: readonly SpanIndex[]; caller: SpanIndex; texts: readonly EvidenceItem[] }>;

/** Without words: somebody above gave up before, or the call lasted a round limit. */
function silentWait(trace: Trace, { path, caller, texts, ...found }: Silent): Wait | undefined {
  const { wait, limitUs } = found;
  const givenUp = path.findIndex(
    (call, i) => i < path.length - 1 && trace.kind(call) === 'client' && ranOnUs(trace, call) > 0,
  );
  const call = path[givenUp];
  // Calls below failed only after their caller had given up.
  if (call !== undefined) {
    const before = { wait: call, attempts: [call], above: path.slice(givenUp + 1), rivals: [] };
    return { ...before, limitUs: roundLimitUs(trace.durationOfUs(call)), sign: 'outlived', item: undefined };
  }
  const together = Math.abs(trace.endUs(caller) - trace.endUs(wait)) <= instantUs(trace.durationOfUs(wait));
  const isSilent = texts.length === 0 && !wasRefused(trace, wait);
  const guessed = limitUs > 0 && together && isSilent && leavesItsService(trace, wait);
  return guessed ? { ...found, sign: 'guessed', item: undefined } : undefined;
}

/** The callee answered, and by no limit of time: 429 when no instance was free, 404 after a long search. */
function wasRefused(trace: Trace, call: SpanIndex): boolean {
  const status = trace.httpStatus(call);
  return status >= 400 && status < 500 && status !== 408;
}

/**
 * What those above say about a time limit, where they ended with this call: a function is stopped in the middle of it.
 * The call then has no words, or says that its connection broke or that it was cancelled.
 */
function gaveUp(
  trace: Trace,
  { spans: [call = trace.root], path }: Pick<ErrorOrigin, 'spans' | 'path'>,
  texts: readonly EvidenceItem[],
  lines: LinesBySpan,
): EvidenceItem | undefined {
  const saysNoMore = (text: string) => CONNECTION_CUT.test(text) || saysCancelled(text) || ONLY_FAILED.test(text);
  if (!leavesItsService(trace, call) || !texts.every(({ text }) => saysNoMore(text))) return undefined;
  const cause = causeInLines(trace, [call, ...path], lines);
  if (cause !== undefined) return cause;
  const instant = instantUs(trace.durationOfUs(call));
  for (const caller of path) {
    if (Math.abs(trace.endUs(caller) - trace.endUs(call)) > instant) return undefined;
    const said = failureTexts(trace, caller, lines).find(({ text }) => saysTimedOut(trace, caller, text));
    if (said !== undefined) return said;
  }
  return undefined;
}

/** `fetch` of undici and of browsers keeps the reason in the cause of its exception, which spans do not record. */
const ONLY_FAILED = /^(?:TypeError: )?(?:fetch failed|failed to fetch|load failed)\.?$/i;
/** https://github.com/nodejs/undici/blob/main/docs/docs/api/Errors.md */
const CAUSE = /\bUND_ERR_(?:HEADERS|BODY|CONNECT)_TIMEOUT\b|\b(?:Headers|Body|Connect) ?Timeout ?Error\b/;

/** Loggers write the cause into the row of the span, or of one above that ended with it. */
function causeInLines(trace: Trace, spans: readonly SpanIndex[], lines: LinesBySpan): EvidenceItem | undefined {
  const [call = trace.root] = spans;
  const instant = instantUs(trace.durationOfUs(call));
  for (const span of spans) {
    if (Math.abs(trace.endUs(span) - trace.endUs(call)) > instant) return undefined;
    for (const { line, timeNs } of lines.get(trace.spanId(span)) ?? []) {
      const [text] = CAUSE.exec(line.slice(0, LONGEST_ROW)) ?? [];
      if (text !== undefined) return { kind: 'log', ref: timeNs, text };
    }
  }
  return undefined;
}

const LONGEST_ROW = 20_000;

/**
 * The deepest work that kept the callee busy when its caller gave up: each holds most of the one before. Undefined where
 * the callee recorded nothing below.
 */
export function stillWorking(trace: Trace, wait: SpanIndex): SpanIndex | undefined {
  const endUs = trace.endUs(wait) - instantUs(trace.durationOfUs(wait));
  let deepest: SpanIndex | undefined;
  for (let span = wait, level = 0; level < DEEPEST; level += 1) {
    const busy = busiestChild(trace, span, endUs);
    if (busy === undefined) break;
    deepest = busy;
    span = busy;
  }
  return deepest;
}

const DEEPEST = 50;
/** Less than half of its caller's time is not what the caller waited for. */
const HOLDS = 0.5;

function busiestChild(trace: Trace, span: SpanIndex, endUs: number): SpanIndex | undefined {
  let busiest: SpanIndex | undefined;
  for (const child of trace.children(span)) {
    const isBusy = trace.isAwaited(child) && trace.startUs(child) < endUs && trace.endUs(child) >= endUs;
    if (!isBusy || trace.durationOfUs(child) < HOLDS * trace.durationOfUs(span)) continue;
    if (busiest === undefined || trace.durationOfUs(child) > trace.durationOfUs(busiest)) busiest = child;
  }
  return busiest;
}

/** The call that took most of the time of a request which its router ended; undefined where no call did. */
function longCall(trace: Trace, request: SpanIndex): SpanIndex | undefined {
  const leastUs = MOST_OF_IT * trace.durationOfUs(request);
  return trace
    .children(request)
    .find((call) => leavesItsService(trace, call) && trace.isAwaited(call) && trace.durationOfUs(call) >= leastUs);
}

/** With less, other work used up as much of the time. */
const MOST_OF_IT = 0.75;

function statusItem(trace: Trace, span: SpanIndex): EvidenceItem {
  const status = trace.httpStatus(span) >= 504 ? failureStatus(trace, span) : '';
  const text = status || trace.text(span, 'error.type') || 'deadline exceeded';
  return { kind: 'span', ref: trace.spanId(span), text };
}

function leavesItsService(trace: Trace, span: SpanIndex): boolean {
  return trace.isCall(span) || trace.isDatabaseCall(span);
}

/** The calls that still ran or just ended when the span gave up, the longest first. If its message names one of them, only that one. */
function unansweredCalls(trace: Trace, span: SpanIndex, lines: LinesBySpan): SpanIndex[] {
  const endUs = trace.endUs(span) - instantUs(trace.durationOfUs(span));
  const calls: SpanIndex[] = [];
  for (const child of trace.children(span)) {
    if (trace.endUs(child) < endUs || !leavesItsService(trace, child) || trace.kind(child) === 'producer') continue;
    calls.push(child);
  }
  calls.sort((a, b) => trace.durationOfUs(b) - trace.durationOfUs(a) || a - b);
  const several = calls.slice(0, MOST_RIVALS);
  const named = several.length < 2 ? [] : several.filter((call) => tellsOf(trace, span, [call], lines));
  return named.length === 1 ? named : several;
}

/** At most this many calls without an answer are compared. */
const MOST_RIVALS = 5;

/** Events this close count as simultaneous: the difference is network time and error handling. */
function instantUs(waitUs: number): number {
  return Math.max(20_000, 0.01 * waitUs);
}

/** The callee's own span says that it answered without a failure, after its caller had given up. */
export function answeredLate(trace: Trace, call: SpanIndex): boolean {
  const answers = trace.children(call).filter((child) => trace.service(child) !== trace.service(call));
  return ranOnUs(trace, call) > 0 && answers.every((answer) => !trace.failed(answer) && trace.httpStatus(answer) < 400);
}

/** How long the callee worked after its caller had given up. Less than a round trip proves nothing. */
function ranOnUs(trace: Trace, call: SpanIndex): number {
  let lastUs = 0;
  for (const child of trace.children(call)) {
    if (trace.service(child) !== trace.service(call) && trace.kind(child) !== 'consumer')
      lastUs = Math.max(lastUs, trace.endUs(child) - trace.endUs(call));
  }
  return lastUs > Math.max(5_000, 0.01 * trace.durationOfUs(call)) ? lastUs : 0;
}

/** Limits that people configure. */
const ROUND_LIMITS_S = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 45, 50, 60, 90, 120, 180, 240, 300, 600, 900];

/** The limit that equals the duration, with a small tolerance for noticing the timeout; 0 where none does. */
export function roundLimitUs(durationUs: number): number {
  const limit = ROUND_LIMITS_S.find((seconds) => {
    const overUs = durationUs - seconds * 1_000_000;
    return overUs >= -1_000 && overUs <= Math.max(15_000, 0.005 * durationUs);
  });
  return (limit ?? 0) * 1_000_000;
}

/** A caller that gave up before its callee did: the callee's limit is longer than the caller's remaining time. */
export function inversionIn(trace: Trace, { wait, above }: Pick<Wait, 'wait' | 'above'>) {
  for (const call of [wait, ...above]) {
    const overUs = trace.kind(call) === 'client' ? ranOnUs(trace, call) : 0;
    if (overUs === 0) continue;
    return {
      caller: trace.service(call),
      callee: trace.peer(call),
      gaveUpUs: trace.durationOfUs(call),
      ranUs: trace.durationOfUs(call) + overUs,
      isAnswered: answeredLate(trace, call),
    };
  }
  return undefined;
}
