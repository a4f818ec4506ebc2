/**
 * What kind of request a trace is, and whether somebody waits for its end. Where nobody does, its length is no fault:
 *
 *   stream      server-sent events, WebSocket, gRPC stream, watch      open for as long as somebody listens
 *   long-poll   waits for news, and answers "none" at its time limit   the wait is the purpose
 *   tokens      a language model's answer                              as long as its text
 *   transfer    an upload, a download                                  as long as its bytes
 *   job         cron, batch, message consumer, reconcile loop          a schedule or a queue waits, no person
 *   unasked     work that no recorded caller asked for                 who waits is unknown
 *   cancelled   its client left                                        nobody waits any more
 *   request     all others                                             somebody waits
 *
 * Only what is recorded decides: attributes, statuses, commands, repeated events; names only where the field has a fixed
 * word for it.
 */

import { NO_LINES } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';
import { failureTexts, saysCancelled } from '#model/trace/views/failure-text.ts';

export type RequestNature = Readonly<{
  kind: 'stream' | 'long-poll' | 'tokens' | 'transfer' | 'job' | 'unasked' | 'cancelled' | 'request';
  /** With its article: `an event stream`. */
  words: string;
  /** The spans whose length is its purpose, besides the root. */
  spans: readonly SpanIndex[];
}>;

export const requestNature = view((trace): RequestNature => {
  if (trace.spanCount === 0) return REQUEST;
  if (isCancelled(trace)) return { kind: 'cancelled', words: 'a request that its client cancelled', spans: [] };
  if (trace.failed(trace.root)) return jobOf(trace) ?? REQUEST;
  if (trace.repairs.lostRoot > 0) return UNASKED;
  const chain = entryChain(trace);
  return (
    streamOf(trace, chain) ??
    pollOf(trace, chain) ??
    jobOf(trace) ??
    tokensOf(trace) ??
    transferOf(trace, chain) ??
    unaskedOf(trace) ??
    REQUEST
  );
});

const REQUEST: RequestNature = { kind: 'request', words: 'a request', spans: [] };
const UNASKED: RequestNature = { kind: 'unasked', words: 'work that no recorded request asked for', spans: [] };

/** Up to half a second users count as satisfied (Apdex, the usual target time T). */
export const SATISFIES_US = 500_000;

/** nginx's status for a client that closed the connection. */
const CLIENT_CLOSED = 499;

/** By its status, its error type, Envoy's flag, or its own words. */
function isCancelled(trace: Trace): boolean {
  const { root } = trace;
  if (trace.httpStatus(root) === CLIENT_CLOSED || trace.hasMark(root, MARK.cancelled)) return true;
  return trace.failed(root) && failureTexts(trace, root, NO_LINES).some(({ text }) => saysCancelled(text));
}

/** A gateway passes a stream on: each span holds nearly all of the one before. */
const PASSES_ON = 0.95;
const LONGEST_CHAIN = 6;

/** The root, and below it the spans that only pass the request on. */
function entryChain(trace: Trace): SpanIndex[] {
  const chain = [trace.root];
  for (let span = trace.root; chain.length < LONGEST_CHAIN; ) {
    const longest = longestChild(trace, span);
    if (longest === undefined || trace.isDatabaseCall(longest)) break;
    if (trace.durationOfUs(longest) < PASSES_ON * trace.durationOfUs(span)) break;
    chain.push(longest);
    span = longest;
  }
  return chain;
}

function longestChild(trace: Trace, span: SpanIndex): SpanIndex | undefined {
  let longest: SpanIndex | undefined;
  for (const child of trace.children(span)) {
    if (!trace.isAwaited(child)) continue;
    if (longest === undefined || trace.durationOfUs(child) > trace.durationOfUs(longest)) longest = child;
  }
  return longest;
}

function streamOf(trace: Trace, chain: readonly SpanIndex[]): RequestNature | undefined {
  for (const span of chain) {
    const words = streamWords(trace, span);
    if (words !== undefined) return { kind: 'stream', words, spans: chain };
  }
  return chain.some((span) => isStreamRoute(trace, span))
    ? { kind: 'stream', words: 'a stream', spans: chain }
    : undefined;
}

function streamWords(trace: Trace, span: SpanIndex): string | undefined {
  const header = (name: string) =>
    `${trace.text(span, `http.response.header.${name}`)} ${trace.text(span, `http.request.header.${name}`)}`.toLowerCase();
  const protocol = trace.text(span, 'network.protocol.name').toLowerCase();
  if (
    trace.httpStatus(span) === 101 ||
    header('upgrade').includes('websocket') ||
    protocol.startsWith('websocket') ||
    /^wss?$/i.test(trace.text(span, 'url.scheme'))
  )
    return 'a WebSocket';
  if (`${header('content-type')}${header('accept')}`.includes('text/event-stream')) return 'an event stream';
  if (isStreamingRpc(trace, span)) return 'a gRPC stream';
  if (/[?&]watch=(?:true|1)\b/.test(trace.text(span, 'url.full') + trace.text(span, 'url.query'))) return 'a watch';
  return sendsRepeatedly(trace, span) ? 'a stream' : undefined;
}

/** Routes that frameworks and their documentation give to streams; a shorter answer of such a route is none. */
const STREAM_ROUTE =
  /(?:^|\/)(?:sse|wss?|websocket|socket\.io|sockjs|eventsource|signalr|hubs?\/[\w-]+|stream|live)(?:$|[/?#])/i;
const LEAST_STREAM_US = 30_000_000;

function isStreamRoute(trace: Trace, span: SpanIndex): boolean {
  if (trace.durationOfUs(span) < LEAST_STREAM_US) return false;
  return STREAM_ROUTE.test(trace.text(span, 'http.route') || trace.text(span, 'url.path') || trace.operation(span));
}

/** Methods are called so by etcd, Envoy's xDS, Kubernetes' health checks, Pub/Sub and their like. */
const STREAMING_METHOD = /^(?:Watch|Subscribe|Stream|Listen|Tail|Follow)|(?:Stream|Watch|Subscribe|StreamingPull)$/;

function isStreamingRpc(trace: Trace, span: SpanIndex): boolean {
  if (trace.text(span, 'rpc.system.name') === '') return false;
  const method = trace.text(span, 'rpc.method') || trace.operation(span);
  return STREAMING_METHOD.test(method.slice(method.lastIndexOf('/') + 1)) || receivesRepeatedly(trace, span);
}

/** A call with one request and one response has one message each way (OpenTelemetry's `rpc.message` events). */
function receivesRepeatedly(trace: Trace, span: SpanIndex): boolean {
  if (!trace.hasEvents(span)) return false;
  const counts = new Map<string, number>();
  for (const { attributes } of trace.events(span)) {
    const type = String(attributes['rpc.message.type'] ?? attributes['message.type'] ?? '').toUpperCase();
    if (type === '') continue;
    counts.set(type, (counts.get(type) ?? 0) + 1);
    if ((counts.get(type) ?? 0) >= REPEATED) return true;
  }
  return false;
}

const REPEATED = 3;
/** What is sent repeatedly goes on for most of the time. */
const MOST_OF_TIME = 0.5;

/** Events of one name, about what was sent or received, over most of the span. */
function sendsRepeatedly(trace: Trace, span: SpanIndex): boolean {
  if (!trace.hasEvents(span) || trace.durationOfUs(span) < LONG_US) return false;
  const seen = new Map<string, { first: number; last: number; count: number }>();
  for (const { name, atUs } of trace.events(span)) {
    if (!/\b(?:sent|send|received?|message|chunk|event|heartbeat|ping|tick|push(?:ed)?|emit(?:ted)?)\b/i.test(name))
      continue;
    const known = seen.get(name);
    if (known === undefined) seen.set(name, { first: atUs, last: atUs, count: 1 });
    else {
      known.last = atUs;
      known.count += 1;
    }
  }
  return [...seen.values()].some(
    ({ first, last, count }) => count >= REPEATED && last - first >= MOST_OF_TIME * trace.durationOfUs(span),
  );
}

/** Shorter waits for news are no long polls: SQS's longest is 20 s, most servers use 25 to 60 s. */
const LONG_US = 5_000_000;

/** A time limit that people choose, in seconds; a server answers within a fiftieth of it, or half a second. */
const POLL_LIMITS_S = [10, 15, 20, 25, 28, 29, 30, 40, 45, 50, 55, 60, 90, 110, 120, 180, 300];

function pollOf(trace: Trace, chain: readonly SpanIndex[]): RequestNature | undefined {
  const rootUs = trace.durationOfUs(trace.root);
  const waits = waitsForNews(trace);
  if (waits.length > 0 && pathUs(trace, waits) >= MOST_OF_TIME * rootUs) {
    const words = trace.kind(trace.root) === 'server' ? 'a long poll' : 'a worker that waits for messages';
    return { kind: 'long-poll', words, spans: [...chain, ...waits] };
  }
  if (rootUs < LONG_US) return undefined;
  if (asksRepeatedly(trace))
    return { kind: 'long-poll', words: 'a request that asks until a result is there', spans: chain };
  const isEmpty = chain.some((span) => trace.httpStatus(span) === 204 || trace.httpStatus(span) === 304);
  const asksToWait = chain.some((span) =>
    ASKS_TO_WAIT.test(trace.text(span, 'url.full') + trace.text(span, 'url.query')),
  );
  const isLimit = POLL_LIMITS_S.some((limit) => Math.abs(rootUs - limit * 1e6) <= Math.max(0.5e6, limit * 0.02e6));
  if (isEmpty ? isLimit : asksToWait) return { kind: 'long-poll', words: 'a long poll', spans: chain };
  return undefined;
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

/** Between the calls of its most frequent operation, the first pause left out. */
function pausesOf(trace: Trace, span: SpanIndex): number[] {
  const children = trace.children(span).subarray(0, LISTED_AT_MOST);
  const byName = Map.groupBy(children, (child) => trace.operation(child));
  const [most = []] = [...byName.values()].sort((a, b) => b.length - a.length);
  const pauses: number[] = [];
  for (let at = 1; at < most.length; at += 1)
    pauses.push(trace.startUs(most[at] ?? 0) - trace.endUs(most[at - 1] ?? 0));
  return pauses.filter((us) => us >= LEAST_WAIT_US);
}

/** Consul's and etcd's blocking queries, Socket.IO's polling transport, CouchDB's changes. */
const ASKS_TO_WAIT = /[?&](?:wait=\d+(?:ms|s|m)|transport=polling|feed=(?:longpoll|continuous)|long_?poll=)/i;

/** Commands that block until there is news (Redis, PostgreSQL, MongoDB, SQS, Kafka, Pub/Sub, RabbitMQ). */
const BLOCKING_COMMAND =
  /^\W*(?:BLPOP|BRPOP|BRPOPLPUSH|BLMOVE|BLMPOP|BZPOPMIN|BZPOPMAX|BZMPOP|P?SUBSCRIBE|LISTEN\b|XREAD(?:GROUP)?\b.*\bBLOCK\b)/is;
const RECEIVING = /\b(?:ReceiveMessage|long[- ]?poll|StreamingPull|basic\.get|awaitData|GetRecords)\b/i;

function waitsForNews(trace: Trace): SpanIndex[] {
  const waits: SpanIndex[] = [];
  const isBlocking = trace.operationTest((name) => BLOCKING_COMMAND.test(name) || RECEIVING.test(name));
  const blocksByText = blockingStatements(trace);
  for (let span = 0; span < trace.spanCount && waits.length < LISTED_AT_MOST; span += 1) {
    if (trace.durationOfUs(span) < LEAST_WAIT_US) continue;
    // A fetch that ends at its time limit counts as failed in some clients.
    const waitsForMessage = trace.hasMark(span, MARK.receives);
    if (waitsForMessage || (!trace.failed(span) && (isBlocking(span) || blocksByText(span)))) waits.push(span);
  }
  return waits;
}

/** Where only the statement shows it. In MongoDB only a cursor that waits for new documents limits its getMore. */
function blockingStatements(trace: Trace): (span: SpanIndex) => boolean {
  const isStore = trace.databaseTest((system) => /redis|valkey|keydb|dragonfly|mongodb/i.test(system));
  let read = 0;
  return (span) => {
    if (!isStore(span) || read >= LISTED_AT_MOST) return false;
    read += 1;
    const text = trace.text(span, 'db.query.text');
    return (
      /\bBLOCK\b|awaitData|tailable|\$changeStream/i.test(text) || (/getMore/i.test(text) && /maxTimeMS/i.test(text))
    );
  };
}

const LISTED_AT_MOST = 100;
const LEAST_WAIT_US = 100_000;

/** Words of schedules and batches, as whole words of an operation, where no request is recorded. */
const JOB_WORD =
  /\b(?:cron(?:job)?|job|batch|nightly|hourly|daily|weekly|monthly|schedul(?:e|ed|er)|reconcil(?:e|er|ing)|etl|backup|vacuum|cleanup|reindex|crawl(?:er)?|worker|import|export|sync|warm(?:er|up|ing)?|prewarm|housekeeping|rollup|aggregat(?:e|ion)|compaction|migrat(?:e|ion))\b/i;
const JOB_ATTRIBUTE =
  /^(?:job|cron|batch|schedule|quartz|sidekiq|celery|hangfire|spring\.batch|k8s\.(?:cron)?job|cloud_?scheduler|dag|airflow|argo|temporal)\b/i;
/** Step Functions, Temporal, Cadence, Durable Functions, Airflow. */
const WORKFLOW =
  /\bStepFunctions\b|\bStateMachine\b|^(?:Run|Start)Workflow\b|\bWorkflow(?:Execution|Task)?\b|\borchestrat(?:or|ion):|^DAG\b/i;
const TIMED_TRIGGER: ReadonlySet<string> = new Set(['timer', 'pubsub', 'datasource', 'other']);

function jobOf(trace: Trace): RequestNature | undefined {
  const { root } = trace;
  const kind = trace.kind(root);
  const job = (words: string): RequestNature => ({ kind: 'job', words, spans: [] });
  const trigger = trace.text(root, 'faas.trigger');
  if (TIMED_TRIGGER.has(trigger))
    return job(trigger === 'timer' ? 'a scheduled function' : 'a function that an event started');
  if (kind === 'consumer' || trace.hasMark(root, MARK.processes)) return job('work on a message of a queue');
  if (WORKFLOW.test(trace.operation(root))) return job('a workflow');
  if (kind === 'server' || kind === 'client') return undefined;
  if (trace.httpStatus(root) !== 0 || trace.text(root, 'http.request.method') !== '') return undefined;
  const attributes = Object.keys(trace.attributes(root));
  const words = trace
    .operation(root)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ');
  return attributes.some((name) => JOB_ATTRIBUTE.test(name)) || JOB_WORD.test(words) ? job('a job') : undefined;
}

/** Slower models make the wait a fault again: interactive models answer with 20 and more tokens a second. */
const LEAST_TOKENS_A_SECOND = 10;

function tokensOf(trace: Trace): RequestNature | undefined {
  const spans: SpanIndex[] = [];
  let isSlow = false;
  for (const span of longSpans(trace, LEAST_WAIT_US)) {
    const attributes = Object.keys(trace.attributes(span));
    if (!attributes.some((name) => name.startsWith('gen_ai.') || name.startsWith('llm.'))) continue;
    const tokens = trace.number(span, 'gen_ai.usage.output_tokens');
    if (tokens === undefined) continue;
    if (tokens / (trace.durationOfUs(span) / 1e6) >= LEAST_TOKENS_A_SECOND) spans.push(span);
    else isSlow = true;
  }
  const isMost = pathUs(trace, spans) >= MOST_OF_TIME * trace.durationOfUs(trace.root);
  return isSlow || !isMost ? undefined : { kind: 'tokens', words: 'an answer of a language model', spans };
}

/** Ten megabytes are no page and no document: they are moved for their own sake. */
const TRANSFER_BYTES = 10_000_000;
/** A slower transfer than a megabyte a second is a fault for what is recorded. */
const LEAST_BYTES_A_SECOND = 1_000_000;

/** Files that are made and sent piece by piece. */
const FILE = /\.(?:csv|tsv|ndjson|parquet|xlsx|zip|gz|tar|iso|mp4|webm|m4s|apk|dmg|exe)(?:$|[?#])/i;

/** Work of its own: its span is recorded as internal, and nothing of a request or a message is. */
function unaskedOf(trace: Trace): RequestNature | undefined {
  const { root } = trace;
  if (trace.kind(root) !== 'internal' || trace.httpStatus(root) !== 0) return undefined;
  const isRequest = trace.text(root, 'http.request.method') !== '' || trace.text(root, 'rpc.system.name') !== '';
  if (isRequest || /^(?:GET|POST|PUT|PATCH|DELETE|HEAD|QUERY)\b|^\/|^(?:query|mutation)\b/.test(trace.operation(root)))
    return undefined;
  return UNASKED;
}

function transferOf(trace: Trace, chain: readonly SpanIndex[]): RequestNature | undefined {
  const least = MOST_OF_TIME * trace.durationOfUs(trace.root);
  const spans = longSpans(trace, least);
  for (const span of spans) {
    for (const way of ['request', 'response'] as const) {
      const bytes = trace.number(span, `http.${way}.body.size`) ?? 0;
      if (bytes < TRANSFER_BYTES || bytes / (trace.durationOfUs(span) / 1e6) < LEAST_BYTES_A_SECOND) continue;
      return { kind: 'transfer', words: way === 'request' ? 'an upload' : 'a download', spans };
    }
  }
  const isFile = chain.some((span) => FILE.test(trace.text(span, 'url.path') || trace.text(span, 'http.route')));
  if (!isFile || trace.durationOfUs(trace.root) < LONG_US) return undefined;
  return { kind: 'transfer', words: 'a download', spans: chain };
}

/** At most so many are read for their attributes. */
const READ_AT_MOST = 50;

function longSpans(trace: Trace, leastUs: number): SpanIndex[] {
  const spans: SpanIndex[] = [];
  for (let span = 0; span < trace.spanCount && spans.length < READ_AT_MOST; span += 1)
    if (trace.durationOfUs(span) >= leastUs && trace.isAwaited(span)) spans.push(span);
  return spans;
}
