/** Streams: connections that stay open for as long as somebody listens. */
import { NO_LINES } from '#model/logs/log-line.ts';
import { nameInWords } from '#model/text/name-in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failureTexts } from '#model/trace/views/failure-text.ts';
import { LONG_US, MOST_OF_TIME, REPEATED } from '#model/trace/views/request-spans.ts';

/** What kind of stream it is, with its article; undefined for none. */
export function streamOf(trace: Trace, chain: readonly SpanIndex[]): string | undefined {
  for (const span of chain) {
    const words = streamWords(trace, span);
    if (words !== undefined) return words;
  }
  if (chain.some((span) => isStreamRoute(trace, span))) return 'a stream';
  return chain.some((span) => isSession(trace, span)) ? 'a session' : undefined;
}

/** Its status or headers opened a connection, on which messages follow: they cannot change that answer any more. */
export function isOpenedConnection(trace: Trace, span: SpanIndex): boolean {
  const words = streamWords(trace, span);
  return words === 'a WebSocket' || words === 'an event stream';
}

/** Conventions before 1.24 wrote the name of a header with underscores. */
const HEADERS = {
  upgrade: namesOfHeader('upgrade'),
  type: namesOfHeader('content-type'),
  accept: namesOfHeader('accept'),
};

function namesOfHeader(name: string): readonly string[] {
  const names = new Set([name, name.replace('-', '_')]);
  return ['response', 'request'].flatMap((way) => [...names].map((each) => `http.${way}.header.${each}`));
}

function streamWords(trace: Trace, span: SpanIndex): string | undefined {
  const header = (name: keyof typeof HEADERS) =>
    HEADERS[name]
      .map((each) => trace.text(span, each))
      .join(' ')
      .toLowerCase();
  const protocol = trace.text(span, 'network.protocol.name').toLowerCase();
  if (
    trace.httpStatus(span) === 101 ||
    header('upgrade').includes('websocket') ||
    protocol.startsWith('websocket') ||
    /^wss?$/i.test(trace.text(span, 'url.scheme'))
  )
    return 'a WebSocket';
  if (`${header('type')}${header('accept')}`.includes('text/event-stream')) return 'an event stream';
  if (trace.text(span, 'messaging.system.name') === 'phoenix' || trace.text(span, 'phoenix.channel.topic') !== '')
    return 'a WebSocket'; // a channel of Phoenix
  if (isStreamingRpc(trace, span)) return 'a gRPC stream';
  if (/(?:^|[?&])(?:watch|follow)=(?:true|1)\b/.test(trace.text(span, 'url.query') || trace.text(span, 'url.full')))
    return 'a watch';
  return sendsRepeatedly(trace, span);
}

/** Routes that frameworks and their documentation give to streams; a shorter answer of such a route is none. */
const STREAM_ROUTE =
  /(?:^|\/)(?:sse|wss?|websocket|socket\.io|sockjs|eventsource|signalr|hubs?\/[\w-]+|stream|live)(?:$|[/?#])/i;
/** Hosts that only serve streams, as LaunchDarkly's, Split's and Ably's. */
const STREAM_HOST = /^(?:client)?(?:stream(?:ing)?|sse|realtime|push|ws)\d{0,2}[.-]/i;
const LEAST_STREAM_US = 30_000_000;

function isStreamRoute(trace: Trace, span: SpanIndex): boolean {
  if (trace.durationOfUs(span) < LEAST_STREAM_US) return false;
  if (STREAM_HOST.test(trace.text(span, 'server.address')) && !trace.failed(span)) return true;
  return STREAM_ROUTE.test(trace.text(span, 'http.route') || trace.text(span, 'url.path') || trace.operation(span));
}

/** Methods are called so by etcd, Envoy's xDS, Kubernetes' health checks, Pub/Sub and their like. */
const STREAMING_METHOD =
  /^(?:Watch|Subscribe|Stream|Listen|Tail|Follow)|(?:Stream|Watch|Subscribe|StreamingPull|KeepAlive)$/;

function isStreamingRpc(trace: Trace, span: SpanIndex): boolean {
  if (trace.text(span, 'rpc.system.name') === '') return false;
  const method = trace.text(span, 'rpc.method') || trace.operation(span);
  return STREAMING_METHOD.test(method.slice(method.lastIndexOf('/') + 1)) || receivesRepeatedly(trace, span);
}

/**
 * Clients give a gRPC stream a deadline and open it anew, and servers end connections at an age. It is a fault where the
 * callee failed too, or where the stream was short.
 */
export function endsAtDeadline(trace: Trace, span: SpanIndex): boolean {
  if (!trace.failed(span) || trace.durationOfUs(span) < LEAST_STREAM_US || !isStreamingRpc(trace, span)) return false;
  const isOver = trace.hasMark(span, MARK.timedOut) && trace.text(span, 'rpc.status_code') === 'DEADLINE_EXCEEDED';
  if (!isOver && !failureTexts(trace, span, NO_LINES).some(({ text }) => ENDED_BY_AGE.test(text))) return false;
  return !trace.children(span).some((child) => trace.failed(child) && !endsAtDeadline(trace, child));
}

/** gRPC's MAX_CONNECTION_AGE, and a server's GOAWAY before it shuts down: clients connect again. */
const ENDED_BY_AGE = /\bmax[ _]?(?:connection[ _])?(?:age|idle)\b|\bgraceful(?:ly)?[ _]?(?:stop|shut|clos)/i;

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

/** Protocols of connections that stay open: messaging, sound and pictures, calls, terminals. */
const SESSION_PROTOCOL = /^(?:mqtts?|amqps?|stomp|xmpp|webrtc|rtmps?|rtsp|srtp?|rtp|sip|srt|ssh|irc|nats)$/i;
const SESSION_ATTRIBUTE = /^(?:mqtt|webrtc|rtc|sip|rtmp)\./;
/** What stays open, as the last word of an operation: `mqtt.session`, `tunnel`. `get connection` waits for one. */
const SESSION_NAME = /(?:^|[\s._/:-])(?:session|subscription|tunnel|connection|call)$/i;
const OPENS = /\b(?:get|open|acquire|create|wait|check ?out|borrow|connect|start|new|begin)\b/i;

/** A connection that ended without an error after it was open for long. */
function isSession(trace: Trace, span: SpanIndex): boolean {
  if (trace.durationOfUs(span) < LEAST_STREAM_US || trace.failed(span) || trace.isDatabaseCall(span)) return false;
  if (SESSION_PROTOCOL.test(trace.text(span, 'network.protocol.name'))) return true;
  if (trace.kind(span) === 'client' || trace.text(span, 'http.request.method') !== '') return false;
  if (trace.hasAttribute(span, SESSION_ATTRIBUTE)) return true;
  const words = nameInWords(trace.operation(span));
  return SESSION_NAME.test(words) && !OPENS.test(words);
}

/** What says that things go on, and what does not: a name about trouble. */
const GOES_ON =
  /\b(?:sent|send|received?|message|chunk|event|heartbeat|ping|tick|push(?:ed)?|emit(?:ted)?|keep ?alive|progress|frame|segment|step|batch|page|row)/i;
const TROUBLE =
  /wait|retr(?:y|ie)|attempt|fail|error|exception|time.?d?.?out|connect|block|queue|throttl|slow|stall|lock|gc\b|pause|reject|refus|drop|abort|cancel|miss|warn|stuck|pending|poll/i;
const PROGRESS = /\b(?:progress|percent|iteration|epoch|step|batch|page|row|segment)/i;
/** Such an event has no other purpose. */
const REPORTS = /\b(?:progress|percent|iteration|epoch)/i;
/** So many events of any other name show as well that the work went on. */
const OFTEN = 5;

/** Shorter work needs no report (Nielsen: the flow of thought). */
const LEAST_PROGRESS_US = 1_000_000;

/** `progress: {"iteration": 100}` and `page 10 of 48` are of one kind with the next ones: values follow the name. */
function kindOfEvent(name: string): string {
  return (
    name
      .slice(0, LONGEST_KIND)
      .split(/[\d:={]/, 1)[0]
      ?.trim() || name
  );
}

const LONGEST_KIND = 100;

type Kind = { first: number; last: number; times: number; counter: number; counts: boolean };

/** Events of one kind over most of the span: what was sent or received, or that the work goes on. */
function sendsRepeatedly(trace: Trace, span: SpanIndex): string | undefined {
  const us = trace.durationOfUs(span);
  if (!trace.hasEvents(span) || us < LEAST_PROGRESS_US) return undefined;
  const isLong = us >= LONG_US;
  const isAlone = trace.childCount(span) === 0;
  const goesOn = [...kindsOfEvents(trace, span)].find(([name, { first, last, times, counts }]) => {
    const words = nameInWords(name);
    const reports = REPORTS.test(words);
    // A short request with calls of its own counts them, too.
    if (!isLong && !reports && !(counts && isAlone && times >= OFTEN)) return false;
    return times >= (reports || GOES_ON.test(words) ? REPEATED : OFTEN) && last - first >= MOST_OF_TIME * us;
  });
  if (goesOn === undefined) return undefined;
  return !isLong || PROGRESS.test(nameInWords(goesOn[0])) ? 'work that records its progress' : 'a stream';
}

function kindsOfEvents(trace: Trace, span: SpanIndex): ReadonlyMap<string, Kind> {
  const seen = new Map<string, Kind>();
  for (const { name, atUs, attributes } of trace.events(span)) {
    if (TROUBLE.test(name)) continue;
    const kind = kindOfEvent(name);
    const counter = Object.values(attributes).find((value) => typeof value === 'number') ?? Number.NaN;
    const known = seen.get(kind);
    if (known === undefined) seen.set(kind, { first: atUs, last: atUs, times: 1, counter, counts: counter >= 0 });
    else {
      known.counts &&= counter > known.counter;
      known.counter = counter;
      known.last = atUs;
      known.times += 1;
    }
  }
  return seen;
}
