/** Failed calls that their caller counts on: they are marked so, or one of several ways leads on. */
import { nameInWords } from '#model/text/name-in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathOf } from '#model/trace/views/answered-elsewhere.ts';
import { runsOnDevice } from '#model/trace/views/device.ts';

/** A span around the call of an optional part. */
const MOST_WRAPPERS = 2;

/**
 * The call, or the part of the code that makes it, is marked as one that may fail: `ads.optional = true`,
 * `cache.required = false`.
 */
export function isOptional(trace: Trace, call: SpanIndex): boolean {
  let span: SpanIndex | undefined = call;
  for (let level = 0; level <= MOST_WRAPPERS && span !== undefined; level += 1) {
    if (level > 0 && (!trace.isInternal(span) || !trace.isOfOneService(span, call))) return false;
    if (saysOptional(trace, span)) return true;
    span = trace.parent(span);
  }
  return false;
}

function saysOptional(trace: Trace, span: SpanIndex): boolean {
  if (AHEAD.test(nameInWords(trace.operation(span)))) return true;
  return Object.entries(trace.attributesFor(span, PURPOSE, MAY_FAIL, MUST_NOT_FAIL)).some(([name, value]) => {
    if (PURPOSE.test(name)) return AHEAD.test(String(value));
    if (MAY_FAIL.test(name)) return /^(?:true|1|yes)$/i.test(String(value));
    return MUST_NOT_FAIL.test(name) && /^(?:false|0|no)$/i.test(String(value));
  });
}

/** What is fetched before somebody asks for it. Browsers send `Purpose: prefetch` (W3C, Resource Hints). */
const AHEAD = /\bpre-?(?:fetch|load|warm)\b/i;
const PURPOSE = /(?:^|[._-])purpose$/i;
const MAY_FAIL = /(?:^|[._])(?:is_?)?(?:optional|best_?effort|fail_?open|non_?critical)$/i;
const MUST_NOT_FAIL = /(?:^|[._])(?:is_?)?(?:required|mandatory|critical)$/i;

/**
 * A step on the way to a connection, after which another way was taken: names are resolved for IPv6 and IPv4, and each
 * address is tried (RFC 8305).
 */
export function isOfManyWays(trace: Trace, call: SpanIndex): boolean {
  const caller = trace.parent(call);
  const [step = ''] = trace.operation(call).split(/[\s:(]/, 1);
  if (caller === undefined || !CONNECTS.test(step)) return false;
  return trace
    .children(caller)
    .some(
      (other) =>
        !trace.failed(other) &&
        trace.startUs(other) >= trace.startUs(call) &&
        trace.operation(other).split(/[\s:(]/, 1)[0] === step,
    );
}

/** WebRTC tries candidates: its own address, the one that a server sees, a relay (RFC 8445). */
const CONNECTS = /(?:^|[._-])(?:dns|resolve|getaddrinfo|lookup|connect|dial|tcp|tls|handshake|candidate)(?:$|[._-])/i;

/**
 * The service sends its own traces, metrics or errors. No answer depends on them: OTLP's, Zipkin's, Jaeger's, Datadog's
 * and Sentry's paths, and OTLP's methods.
 */
export function sendsTelemetry(trace: Trace, call: SpanIndex): boolean {
  if (trace.kind(call) !== 'client') return false;
  if (TELEMETRY_RPC.test(trace.text(call, 'rpc.service') || trace.operation(call))) return true;
  // A gateway for telemetry has no other work.
  return TELEMETRY_PATH.test(pathOf(trace, call)) && !TELEMETRY_PATH.test(pathOf(trace, trace.root));
}

const TELEMETRY_RPC = /\bopentelemetry\.proto\.collector\./;
const TELEMETRY_PATH =
  /^\/(?:v1\/(?:traces|metrics|logs)|api\/(?:v2\/spans|traces)|v0\.\d\/traces|api\/\d{1,19}\/(?:envelope|store))\/?$/;

/**
 * A page or an app tells somebody what its user does. Blockers stop such calls, and people miss nothing (MDN,
 * `navigator.sendBeacon`).
 */
export function isBeacon(trace: Trace, call: SpanIndex): boolean {
  if (trace.kind(call) !== 'client' || !runsOnDevice(trace.resource(call))) return false;
  const asked = `${trace.text(call, 'server.address')}${pathOf(trace, call)}`;
  return BEACON.test(asked);
}

const BEACON =
  /(?:^|[./_-])(?:analytics|beacons?|collect|metrics|pixel|plausible|matomo|piwik|posthog|mixpanel|amplitude|segment|sentry|rum|stats|telemetry|track(?:er|ing)?)(?:$|[./_-])/i;

/** The addresses at which clouds tell a machine about itself, and only in their own cloud: AWS, Azure, Google, Alibaba. */
const METADATA =
  /^(?:169\.254\.169\.254|169\.254\.170\.2|168\.63\.129\.16|100\.100\.100\.200|\[?fd00:ec2::254\]?|metadata(?:\.google\.internal)?\.?)$/i;

/** A program asks which cloud it runs in. */
export function asksForCloud(trace: Trace, call: SpanIndex): boolean {
  return METADATA.test(trace.text(call, 'server.address'));
}
