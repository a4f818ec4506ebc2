/** Copies of a request that a proxy sends to another version of the service. It discards their answers. */
import type { SpanIndex } from '#model/trace/columns.ts';
import { isInternalHost } from '#model/trace/service-names.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Envoy and Istio add `-shadow` to the host of the copy. */
const MIRRORED = /^(?:https?:\/\/)?[\w.-]{0,200}-(?:shadow|mirror)(?:$|[.:/])/i;
/** Spans of the sending: `mirror GET /prices`, `shadow-request`, the internal location `/mirror` of NGINX. */
const SENDS_COPY = /^\/?(?:mirror(?:ed)?|shadow(?:ed)?)(?:$|[ :]|[._-](?:request|traffic|call|copy)\b)/i;
/** Attributes that say so: `request.mirrored`, `x-envoy-shadow`, `envoy.request_mirror`, `is_shadow`, `shadow_traffic`. */
const MARK = /(?:^|[._-])(?:is_?)?(?:mirror(?:ed)?|shadow(?:ed)?)(?:[._-]?(?:request|traffic|call|copy))?$/i;
const YES = /^(?:true|1|yes)$/i;
/** `traffic.type: shadow`. */
const TYPE = /(?:^|[._-])(?:traffic|request)[._-](?:type|kind|class)$/i;
const COPY = /^(?:mirror(?:ed)?|shadow(?:ed)?)$/i;
/** Hosts by which a call or a server knows that it got a copy. */
const HOSTS = ['url.full', 'server.address', 'http.host', 'http.request.header.host'] as const;
/** A copy has few callers above it. */
const MOST_LEVELS = 20;
/** Looks for the original among this many calls. */
const MOST_COMPARED = 50;

/** Whether this call, or one above it, is a copy. */
export function isMirrored(trace: Trace, span: SpanIndex): boolean {
  let at: SpanIndex | undefined = span;
  for (let level = 0; at !== undefined && at !== trace.root && level < MOST_LEVELS; level += 1, at = trace.parent(at))
    if (isCopy(trace, at) && !isAnswer(trace, at)) return true;
  return false;
}

function isCopy(trace: Trace, call: SpanIndex): boolean {
  const kind = trace.kind(call);
  if (kind === 'client' && MIRRORED.test(trace.operation(call).slice(0, 300))) return true;
  if (kind === 'client' || kind === 'server')
    if (HOSTS.some((name) => isHostOfCopy(trace.text(call, name).slice(0, 300)))) return true;
  if (SENDS_COPY.test(trace.operation(call))) return true;
  if (kind === 'server' && MIRRORED.test(trace.service(call).slice(0, 300)) && !trace.isAwaited(call)) return true;
  return Object.entries(trace.attributesFor(call, MARK, TYPE)).some(([name, value]) =>
    MARK.test(name) ? YES.test(String(value)) : TYPE.test(name) && COPY.test(String(value)),
  );
}

/** `prices-mirror.shop.svc`; a public `ecb-mirror.example` has copies of files, and answers for itself. */
function isHostOfCopy(address: string): boolean {
  const found = MIRRORED.exec(address)?.[0] ?? '';
  if (!found.endsWith('.')) return found !== '';
  return isInternalHost(/^(?:https?:\/\/)?([\w.-]+)/.exec(address)?.[1] ?? '');
}

/** Its caller made no other call and failed with it: people got this answer, whatever its host is named. */
function isAnswer(trace: Trace, copy: SpanIndex): boolean {
  const caller = trace.parent(copy);
  if (caller === undefined || !trace.failed(caller) || !trace.isAwaited(copy)) return false;
  return ![...trace.children(caller).subarray(0, MOST_COMPARED)].some(
    (other) =>
      other !== copy && (trace.kind(other) === 'client' || trace.kind(other) === 'server') && !isCopy(trace, other),
  );
}
