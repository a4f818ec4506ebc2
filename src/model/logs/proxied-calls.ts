/**
 * Lines of a proxy about a call that it could not pass on. They name no trace, but the request and the upstream.
 *
 *   connect() failed (111: Connection refused) …, request: "GET /prices/8 HTTP/1.1", upstream: "http://prices:8080/…"
 *   "GET /prices/8 HTTP/1.1" 503 UO upstream_reset_before_response_started{overflow} - "-" 0 91 0 …
 */
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { comparableId } from '#model/trace/id-forms.ts';
import { serviceOfCluster } from '#model/trace/proxy-flags.ts';
import { withoutClusterDomain } from '#model/trace/service-names.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';

/** The proxy writes its line before its answer arrives. A tenth of a second is what people do not notice. */
const APART_US = 100_000;
/** Where more calls failed, a line would fit too many. */
const MOST_FAILURES = 100;
const LONGEST = 4_000;

/** nginx and its relatives. https://nginx.org/en/docs/ngx_core_module.html#error_log */
const NGINX = /\bupstream\b[^\n]{0,600}\brequest: "([A-Z]{3,7}) ([^\s"]{1,1000})/;
/** Envoy's default format; an answer of its upstream has no flag. https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage */
const ENVOY = /"([A-Z]{3,7}) ([^\s"]{1,1000}) HTTP\/[\d.]{1,3}" ([45]\d\d|0) [A-Z]{2,5}(?:,[A-Z]{2,5}){0,5} /;
const NGINX_UPSTREAM = /\bupstream: "\w{1,20}:\/\/([\w.-]{1,253})/;
const ISTIO_CLUSTER = /\boutbound\|\d{1,5}\|[^|\s]{0,100}\|[\w.-]{1,253}/;

/** The line with the id of the call, where it fits exactly one; otherwise as it is. */
export function withProxiedCall<Line extends LogLine>(trace: Trace, line: Line): Line {
  if (line.spanId !== '' || line.traceId !== '') return line;
  const text = textOf(line);
  const found = NGINX.exec(text) ?? ENVOY.exec(text);
  if (found === null) return line;
  const [, method = '', target = '', status = ''] = found;
  const path = pathOf(target);
  const atUs = epochUsOf(line) - trace.startEpochUs;
  const unanswered = unansweredCalls(trace);
  const named = unanswered.get(`${method} ${path}`) ?? callsOfCluster(trace, unanswered.get(NO_TARGET) ?? [], text);
  const calls = named.filter((span) => {
    const isThen = atUs >= trace.startUs(span) - APART_US && atUs <= trace.endUs(span) + APART_US;
    const answered = trace.httpStatus(span);
    return isThen && (status === '' || status === '0' || answered === 0 || answered === Number(status));
  });
  const [first] = calls.length > 1 ? [] : calls;
  const call = first ?? (calls.length === 0 ? ownCall(trace, line, { request: `${method} ${path}`, atUs }) : undefined);
  if (call === undefined) return line;
  return { ...line, spanId: comparableId(trace.spanId(call)), level: 'error' };
}

/** Whether the line of a proxy without an id names the request of the root, and was written when it ended. */
export function namesRequest(trace: Trace, line: LogLine): boolean {
  if (line.spanId !== '' || line.traceId !== '') return false;
  const [, method = '', target = ''] = NGINX.exec(textOf(line)) ?? [];
  const { root } = trace;
  const atUs = epochUsOf(line) - trace.startEpochUs;
  const isThen = method !== '' && Math.abs(atUs - trace.endUs(root)) <= APART_US;
  const route = `${trace.text(root, 'http.request.method')} ${trace.text(root, 'http.route')}`;
  return isThen && [requestOf(trace, root), route].includes(`${method} ${pathOf(target)}`);
}

/**
 * The failed call below the proxy's own span of that request. The call may have neither method nor path, and its upstream
 * may have answered: with headers that are too large for the proxy, or with half an answer. Where several calls of the
 * request failed, the address of the upstream tells them apart.
 */
function ownCall(
  trace: Trace,
  { service, line }: LogLine,
  { request, atUs }: Readonly<{ request: string; atUs: number }>,
): SpanIndex | undefined {
  const [, host = ''] = NGINX_UPSTREAM.exec(textOf({ line })) ?? [];
  if (host === '') return undefined;
  const failed = failedSpans(trace);
  if (failed.length > MOST_FAILURES) return undefined;
  const calls = failed.filter((call) => {
    const asked = trace.parent(call);
    if (asked === undefined || trace.kind(call) !== 'client' || trace.service(call) !== service) return false;
    if (trace.service(asked) !== service || requestOf(trace, asked) !== request) return false;
    return atUs >= trace.startUs(call) - APART_US && atUs <= trace.endUs(call) + APART_US;
  });
  const [only, ...others] = calls.length > 1 ? calls.filter((call) => addressOf(trace, call) === host) : calls;
  return others.length === 0 ? only : undefined;
}

function addressOf(trace: Trace, call: SpanIndex): string {
  return trace.text(call, 'server.address') || trace.text(call, 'network.peer.address');
}

/** Proxies write what they could not pass on into their access log, whose lines have the level of all others. */
export function reportsProxyFailure(line: Pick<LogLine, 'line'>): boolean {
  return ENVOY.test(textOf(line));
}

/** https://linkerd.io/2/tasks/debugging-502s/ */
const LINKERD = /\bservice ([a-z][\w.-]{0,252}):\d{1,5}\b.{0,300}\bfail-?fast\b/i;

/** The upstream that a proxy's line names; empty in other lines, and where it has an address alone. */
export function upstreamIn(line: Pick<LogLine, 'line'>): string {
  const text = textOf(line);
  if (NGINX.test(text)) return NGINX_UPSTREAM.exec(text)?.[1] ?? '';
  if (ENVOY.test(text)) return serviceOfCluster(ISTIO_CLUSTER.exec(text)?.[0] ?? '');
  return withoutClusterDomain(LINKERD.exec(text)?.[1] ?? '');
}

/** Collectors that wrap the line in fields of their own escape its quotes. */
function textOf({ line }: Pick<LogLine, 'line'>): string {
  return line.slice(0, LONGEST).replaceAll('\\"', '"');
}

/** Failed calls without a span of the callee, by method and path. Some proxies record only the request itself. */
const unansweredCalls = view((trace): ReadonlyMap<string, readonly SpanIndex[]> => {
  const isOfProxy = (span: SpanIndex) => trace.kind(span) === 'client' || trace.kind(span) === 'server';
  const calls = failedSpans(trace).filter((span) => isOfProxy(span) && trace.childCount(span) === 0);
  if (calls.length > MOST_FAILURES) return new Map();
  return Map.groupBy(calls, (span) => requestOf(trace, span));
});

/** `GET /prices/8`; ` /` where neither is recorded. */
function requestOf(trace: Trace, span: SpanIndex): string {
  const path = trace.text(span, 'url.path') || trace.text(span, 'url.full').replace(ORIGIN, '');
  return `${trace.text(span, 'http.request.method')} ${pathOf(path)}`;
}

/** The key of calls whose spans have no method and no path. */
const NO_TARGET = ' /';

/**
 * Envoy's span of a call may have nothing but the host and the route in its name: `prices.shop.svc.cluster.local:8080/*`.
 * https://istio.io/latest/docs/tasks/observability/distributed-tracing/overview/
 */
function callsOfCluster(trace: Trace, calls: readonly SpanIndex[], text: string): readonly SpanIndex[] {
  const [, port = '', , host = ''] = ISTIO_CLUSTER.exec(text)?.[0].split('|') ?? [];
  return host === '' ? [] : calls.filter((span) => trace.operation(span).startsWith(`${host}:${port}/`));
}

const ORIGIN = /^\w{1,20}:\/\/[^/?#]{0,300}/;

function pathOf(target: string): string {
  return target.replace(/[?#].*$/s, '') || '/';
}
