/**
 * A 401 or 403 that says nothing about the request: whoever answers asked another service whether it may pass, got no
 * verdict, and refused it to be safe (`failure_mode_allow: false` of Envoy, `forward-auth` of Traefik, OPA).
 *
 *   GET /orders 403      [=======]   gateway
 *     Check ✗ 4           [=====]    gateway, to authz: DEADLINE_EXCEEDED
 */
import { CONNECTION_CUT, CONNECTION_REFUSED } from '#model/instruments/cut-words.ts';
import { NO_LINES } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';
import { failureTexts, saysTimedOut } from '#model/trace/views/failure-text.ts';

const REFUSALS: ReadonlySet<number> = new Set([401, 403]);
/** More calls of one request are seldom about who may send it. */
const MOST_CHECKS = 16;

export function lacksVerdict(trace: Trace, span: SpanIndex): boolean {
  if (!REFUSALS.has(trace.httpStatus(span)) || trace.kind(span) !== 'server') return false;
  if (trace.childCount(span) > MOST_CHECKS) return false;
  const calls = trace.children(span).filter((child) => trace.kind(child) === 'client');
  const last = calls.at(-1);
  return last !== undefined && asksWhoMay(trace, last) && gotNoAnswer(trace, last);
}

/** `envoy.service.auth.v3.Authorization/Check`, `POST /oauth2/introspect`, `auth-service`, `opa`. */
const ASKS_WHO_MAY =
  /(?:^|[^a-z])(?:ext_?)?(?:auth[nz]?|authorization|authorize[r]?|authentication|authenticate|introspect(?:ion)?|opa|openfga|spicedb|cerbos|keto|policy|permissions?)(?:$|[^a-z])/i;

function asksWhoMay(trace: Trace, call: SpanIndex): boolean {
  if (trace.isDatabaseCall(call)) return false;
  return [trace.operation(call), callee(trace, call), trace.text(call, 'envoy.upstream_cluster')].some((name) =>
    ASKS_WHO_MAY.test(name),
  );
}

const NO_ANSWER: ReadonlySet<string> = new Set(['DEADLINE_EXCEEDED', 'UNAVAILABLE', 'INTERNAL', 'UNKNOWN']);

function gotNoAnswer(trace: Trace, call: SpanIndex): boolean {
  if (!trace.failed(call) || trace.hasMark(call, MARK.cancelled)) return false;
  const rpc = trace.text(call, 'rpc.status_code');
  if (rpc !== '') return NO_ANSWER.has(rpc);
  const status = trace.httpStatus(call);
  if (status !== 0) return status >= 500 || status === 408;
  return failureTexts(trace, call, NO_LINES).some(
    ({ text }) => saysTimedOut(trace, call, text) || CONNECTION_REFUSED.test(text) || CONNECTION_CUT.test(text),
  );
}
