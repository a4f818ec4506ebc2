/** Requests that wait on purpose: long polls, workers that wait for messages, a client that asks until a result is there. */
import { nameInWords } from '#model/text/name-in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { awaitsData } from '#model/trace/views/awaited-data.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';
import {
  LEAST_WAIT_US,
  LISTED_AT_MOST,
  LONG_US,
  LONGEST_CHAIN,
  longestChild,
  longSpans,
  MOST_OF_TIME,
  REPEATED,
} from '#model/trace/views/request-spans.ts';

/** A time limit that people choose, in seconds; a server answers within a fiftieth of it, or half a second. */
const POLL_LIMITS_S = [10, 15, 20, 25, 28, 29, 30, 40, 45, 50, 55, 60, 90, 110, 120, 180, 300];

/** What a request waits for on purpose, with its article; undefined where it does not. */
export function waitOf(trace: Trace, chain: readonly SpanIndex[]): string | undefined {
  const rootUs = trace.durationOfUs(trace.root);
  const waits = waitsForNews(trace);
  if (waits.length > 0 && pathUs(trace, waits) >= MOST_OF_TIME * rootUs)
    return trace.kind(trace.root) === 'server' ? 'a long poll' : 'a worker that waits for messages';
  if (rootUs >= LEAST_PERSON_US && pathUs(trace, waitsForPerson(trace)) >= MOST_OF_TIME * rootUs)
    return 'a dialogue that waits for a person';
  if (chain.some((span) => isToldToComeBack(trace, span))) return ASKS_UNTIL_READY;
  if (chain.some((span) => asksForProfile(trace, span))) return 'a profile that somebody asked for';
  if (sleepsOnPurpose(trace)) return 'a workflow that sleeps for a set time';
  if (rootUs < LONG_US) return undefined;
  if (asksRepeatedly(trace)) return ASKS_UNTIL_READY;
  const isEmpty = chain.some((span) => trace.httpStatus(span) === 204 || trace.httpStatus(span) === 304);
  const asksToWait = chain.some((span) => asksToBeHeld(trace, span));
  const isLimit = POLL_LIMITS_S.some((limit) => Math.abs(rootUs - limit * 1e6) <= Math.max(0.5e6, limit * 0.02e6));
  return (isEmpty ? isLimit : asksToWait) ? 'a long poll' : undefined;
}

/**
 * A profile lasts as long as it was asked to: Go's net/http/pprof, .NET's dotnet-monitor, Node's and Rust's ports of pprof.
 * https://pkg.go.dev/net/http/pprof
 */
const PROFILE = /\/debug\/pprof\/(?:profile|trace)\b|\/debug\/fgprof\b|[?&]durationSeconds=\d/;

function asksForProfile(trace: Trace, span: SpanIndex): boolean {
  if (trace.failed(span) || trace.kind(span) !== 'server') return false;
  const query = trace.text(span, 'url.query').replace(/^\?/, '');
  return PROFILE.test(`${trace.text(span, 'url.full') || trace.text(span, 'url.path')}?${query}`);
}

const ASKS_UNTIL_READY = 'a request that asks until a result is there';

/** nginx's `proxy_read_timeout` and the idle timeout of AWS's load balancers: nobody waits for longer at a connection. */
const LEAST_SLEEP_US = 60_000_000;
/** A state of a workflow with nothing below it: `WaitOneDay`, `Sleep`, `timer 24h`. What waits for something names it. */
const SLEEPS = /^(?:wait|sleep|delay|pause|timer)(?: (?!for |on |until )|$)/i;

/** A state Wait of Step Functions, a timer of Temporal or Durable Functions takes most of a workflow of minutes or days. */
function sleepsOnPurpose(trace: Trace): boolean {
  const rootUs = trace.durationOfUs(trace.root);
  if (rootUs < LEAST_SLEEP_US) return false;
  const longest = longestChild(trace, trace.root);
  if (longest === undefined || !trace.isInternal(longest) || trace.childCount(longest) > 0) return false;
  if (trace.failed(longest) || trace.durationOfUs(longest) < MOST_OF_TIME * rootUs) return false;
  return SLEEPS.test(nameInWords(trace.operation(longest)));
}

/** 202: the work is accepted, and its result is not there yet (RFC 9110). */
const ACCEPTED = 202;
/** A span of the pause that a client makes before it asks again. */
const PAUSES = /\b(?:delay|sleep|back ?off|poll|wait)\b/i;

/**
 * A service answered that the result is not there yet, and the client asked it again later: most of the time passed
 * between these calls. Either several answers said so, or the pause has a span of its own.
 */
function isToldToComeBack(trace: Trace, span: SpanIndex): boolean {
  const children = [...trace.children(span).subarray(0, LISTED_AT_MOST)];
  const accepted = children.filter((call) => trace.kind(call) === 'client' && trace.httpStatus(call) === ACCEPTED);
  const [first] = accepted;
  if (first === undefined) return false;
  const asked = children.filter((call) => trace.peer(call) === trace.peer(first) && trace.kind(call) === 'client');
  const later = asked.filter((call) => trace.startUs(call) >= trace.endUs(first));
  const last = later.at(-1);
  if (last === undefined || trace.failed(last)) return false;
  const inCallsUs = later.reduce((us, call) => us + trace.durationOfUs(call), 0);
  const betweenUs = trace.endUs(last) - trace.endUs(first) - inCallsUs;
  if (betweenUs < MOST_OF_TIME * trace.durationOfUs(trace.root)) return false;
  return accepted.length > 1 || children.some((child) => PAUSES.test(nameInWords(trace.operation(child))));
}

/** Shorter waits are no person's. */
const LEAST_PERSON_US = 1_000_000;
/** Whom or what a dialogue waits for: `terminal.wait_for_card`, `prompt.await_input`, `user.approval`, `3ds.challenge`. */
const PERSON =
  /\b(?:wait(?:s|ing)?|await(?:s|ing)?)[ ._-]{0,2}(?:for |on )?[ ._-]{0,2}(?:the )?(?:user|human|customer|operator|person|input|approval|card|confirmation|signature|consent|otp|pin|reply|decision)\b|\b(?:user|human|customer|operator|manual)[ ._-](?:input|wait|action|approval|confirmation|decision|interaction|consent|think)\b|\b3ds2?[ ._-](?:challenge|authentication)\b|\bcaptcha\b|\bthink[ ._-]?time\b/i;
const WAIT_ATTRIBUTE = /(?:^|[._])(?:wait|waits|waiting|blocked|paused)(?:[._]?(?:for|on))?$/i;
const A_PERSON = /^(?:the )?(?:user|human|customer|operator|person|input|approval)$/i;

function waitsForPerson(trace: Trace): SpanIndex[] {
  const named = trace.operationTest((name) => PERSON.test(nameInWords(name)));
  return longSpans(trace, LEAST_PERSON_US).filter(
    (span) =>
      !trace.failed(span) &&
      (named(span) ||
        Object.entries(trace.attributesFor(span, WAIT_ATTRIBUTE)).some(
          ([name, value]) => WAIT_ATTRIBUTE.test(name) && A_PERSON.test(String(value)),
        )),
  );
}

/** The pauses between equal calls differ by no more than this. */
const PAUSES_DIFFER = 0.15;

/** One call again and again, with equal pauses that make up most of the time: it sleeps between them. */
function asksRepeatedly(trace: Trace): boolean {
  for (let span = trace.root, level = 0; level < LONGEST_CHAIN; level += 1) {
    const pauses = pausesOf(trace, span);
    const all = pauses.reduce((sum, us) => sum + us, 0);
    const mean = all / pauses.length;
    const areEqual = pauses.every((us) => Math.abs(us - mean) <= PAUSES_DIFFER * mean);
    if (pauses.length >= REPEATED && areEqual && all >= MOST_OF_TIME * trace.durationOfUs(trace.root)) return true;
    const next = longestChild(trace, span);
    if (next === undefined) return false;
    span = next;
  }
  return false;
}

/** The noticeable pauses between the calls of its most frequent operation, without the time of other calls in them. */
function pausesOf(trace: Trace, span: SpanIndex): number[] {
  const children = trace.children(span).subarray(0, LISTED_AT_MOST);
  const byName = Map.groupBy(children, (child) => trace.operation(child));
  const [most = []] = [...byName.values()].sort((a, b) => b.length - a.length);
  const asked = new Set(most);
  const pauses: number[] = [];
  let [freeUs, busyUntil] = [0, Number.POSITIVE_INFINITY];
  for (const child of [...children].sort((a, b) => trace.startUs(a) - trace.startUs(b))) {
    freeUs += Math.max(0, trace.startUs(child) - busyUntil);
    busyUntil = busyUntil === Number.POSITIVE_INFINITY ? trace.endUs(child) : Math.max(busyUntil, trace.endUs(child));
    if (!asked.has(child)) continue;
    pauses.push(freeUs);
    freeUs = 0;
  }
  // Before the first call nobody has asked.
  return pauses.slice(1).filter((us) => us >= LEAST_WAIT_US);
}

/**
 * Consul's and etcd's blocking queries, Socket.IO's polling transport, CouchDB's changes, SQS's `WaitTimeSeconds`, and
 * queues that name the unit of the wait: `waitSeconds`, `wait_ms`.
 */
const ASKS_TO_WAIT =
  /[?&](?:wait=\d+(?:ms|s|m)|wait_?(?:time_?)?(?:seconds|secs|millis|ms)=[1-9]|transport=polling|feed=(?:longpoll|continuous)|long_?poll=)/i;

/**
 * Routes of long polls: Rails' message bus, Comet, Bayeux, Temporal's and Cadence's workers; Docker's
 * `/containers/{id}/wait` blocks until a container ends (https://docs.docker.com/reference/api/engine/).
 */
const POLL_ROUTE = /\/(?:long-?poll|poll|comet|cometd|bayeux|lp|wait)\/?(?:$|[?#])/i;
const POLL_METHOD = /^(?:Long)?Poll[A-Z]/;

function asksToBeHeld(trace: Trace, span: SpanIndex): boolean {
  if (ASKS_TO_WAIT.test(`${trace.text(span, 'url.full')}?${trace.text(span, 'url.query')}`)) return true;
  if (POLL_ROUTE.test(trace.text(span, 'http.route') || trace.text(span, 'url.path'))) return true;
  const method = trace.text(span, 'rpc.method') || trace.operation(span);
  return trace.text(span, 'rpc.system.name') !== '' && POLL_METHOD.test(method.slice(method.lastIndexOf('/') + 1));
}

/** Commands that block until there is news (Redis, PostgreSQL, MongoDB, SQS, Kafka, Pub/Sub, RabbitMQ). */
const BLOCKING_COMMAND =
  /^\W*(?:BLPOP|BRPOP|BRPOPLPUSH|BLMOVE|BLMPOP|BZPOPMIN|BZPOPMAX|BZMPOP|P?SUBSCRIBE|LISTEN\b|XREAD(?:GROUP)?\b.*\bBLOCK\b)/is;
/** IMAP's IDLE waits for mail (RFC 2177). */
const IDLES = /^(?:IMAP[ ._-])?IDLE$/i;
const RECEIVING = /\b(?:ReceiveMessage|long[- ]?poll|StreamingPull|basic\.get|awaitData|GetRecords)\b/i;

function waitsForNews(trace: Trace): SpanIndex[] {
  const waits: SpanIndex[] = [];
  const isBlocking = trace.operationTest(
    (name) => BLOCKING_COMMAND.test(name) || RECEIVING.test(name) || IDLES.test(name),
  );
  const blocksByText = blockingStatements(trace);
  for (let span = 0; span < trace.spanCount && waits.length < LISTED_AT_MOST; span += 1) {
    if (trace.durationOfUs(span) < LEAST_WAIT_US) continue;
    // A fetch that ends at its time limit counts as failed in some clients.
    const waitsForMessage = trace.hasMark(span, MARK.receives);
    if (waitsForMessage || (!trace.failed(span) && (isBlocking(span) || blocksByText(span)))) waits.push(span);
  }
  return waits;
}

/** Where only the statement shows it. */
function blockingStatements(trace: Trace): (span: SpanIndex) => boolean {
  const isStore = trace.databaseTest((system) => /redis|valkey|keydb|dragonfly|mongodb/i.test(system));
  const awaits = awaitsData(trace);
  let read = 0;
  return (span) => {
    if (!isStore(span) || read >= LISTED_AT_MOST) return false;
    read += 1;
    return awaits(span) || /\bBLOCK\b/i.test(trace.text(span, 'db.query.text'));
  };
}
