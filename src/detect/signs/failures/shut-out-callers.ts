/**
 * The mesh did not let a caller in: the proxy before the callee refused the call by the policy of the callee, which never
 * got the request.
 *
 *   GET ledger/of/7 ✗ 403     [========]    accounts
 *     ledger:8080/*  403        [====]      mesh: rbac_access_denied_matched_policy[none]
 *
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/rbac_filter
 */
import type { EvidenceItem } from '#model/finding/finding.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { cutFirstLine } from '#model/text/cut-text.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { isInternalHost, withoutClusterDomain } from '#model/trace/service-names.ts';
import type { Trace } from '#model/trace/trace.ts';
import { calledName, hostInAddress } from '#model/trace/views/called-host.ts';

/** Envoy and Istio; Linkerd's proxy. */
const SHUT_OUT =
  /\brbac_access_denied\w{0,20}|\bRBAC: access denied\b|\bunauthorized (?:connection|request) on server\b/i;
const FORBIDDEN = 403;
/** The proxy writes its line before its answer arrives. A tenth of a second is what people do not notice. */
const APART_US = 100_000;
/** `"GET /of/7 HTTP/1.1" 403 - rbac_access_denied_matched_policy[none]` */
const ACCESS = /"([A-Z]{3,7}) (\/[^\s"?]{0,1000})(?:\?[^\s"]{0,1000})? HTTP\/[\d.]{1,3}" 403 /;
const LONGEST_MESSAGE = 200;
const LONGEST_READ = 4_000;

/** The service whose policy shut the caller out, and the words; undefined where nothing says so. */
export function shutOutBy(
  trace: Trace,
  call: SpanIndex,
  texts: readonly EvidenceItem[],
  logs: readonly LogLine[],
): Readonly<{ service: string; item: EvidenceItem }> | undefined {
  const status = trace.httpStatus(call);
  if (trace.kind(call) !== 'client' || !trace.failed(call) || (status !== FORBIDDEN && status !== 0)) return undefined;
  const item =
    texts.find(({ text }) => SHUT_OUT.test(text)) ?? ofProxySpan(trace, call) ?? ofAccessLine(trace, call, logs);
  if (item === undefined) return undefined;
  const service = guardedService(trace, call);
  if (service === '' || service === trace.service(call)) return undefined;
  return { service, item: { ...item, text: cutFirstLine(item.text, LONGEST_MESSAGE) } };
}

/** Whose policy it is. The span below the call is that of a proxy, so the address says more. */
function guardedService(trace: Trace, call: SpanIndex): string {
  const called = calledName(trace, call);
  const host = withoutClusterDomain(hostInAddress(trace, call) || trace.text(call, 'server.address'));
  if (trace.childCount(call) === 0 || !isInternalHost(host)) return called;
  return host.split('.', 1)[0] ?? called;
}

function ofProxySpan(trace: Trace, call: SpanIndex): EvidenceItem | undefined {
  for (const span of trace.children(call)) {
    const text = trace.text(span, 'envoy.response_code_details');
    if (SHUT_OUT.test(text) && trace.childCount(span) === 0) return { kind: 'span', ref: trace.spanId(span), text };
  }
  return undefined;
}

/** The line names no request, but the method, the path and the time of just this call. */
function ofAccessLine(trace: Trace, call: SpanIndex, logs: readonly LogLine[]): EvidenceItem | undefined {
  const method = trace.text(call, 'http.request.method');
  const path = /^\w{1,20}:\/\/[^/?#]{1,260}(\/[^?#\s]{0,1000})/.exec(trace.text(call, 'url.full'))?.[1] ?? '';
  if (method === '' || path === '') return undefined;
  const [fromUs, toUs] = [trace.startUs(call) - APART_US, trace.endUs(call) + APART_US];
  const line = logs.find((one) => {
    const text = one.line.slice(0, LONGEST_READ);
    const atUs = epochUsOf(one) - trace.startEpochUs;
    if (atUs < fromUs || atUs > toUs || !SHUT_OUT.test(text)) return false;
    const [, asked = '', target = ''] = ACCESS.exec(text) ?? [];
    return asked === method && target === path;
  });
  return line && { kind: 'log', ref: line.timeNs, text: logMessage(line) };
}
