/** The response flags that a proxy recorded on its spans. */
import type { SpanIndex } from '#model/trace/columns.ts';
import { haproxyState } from '#model/trace/haproxy-states.ts';
import type { ProxyFlag } from '#model/trace/proxy-flag.ts';
import { proxyFlagsOf } from '#model/trace/proxy-flags.ts';
import type { Trace } from '#model/trace/trace.ts';

export const TERMINATION = 'haproxy.termination_state';

/** The one that says most first. */
export function recordedFlags(trace: Trace, span: SpanIndex): readonly ProxyFlag[] {
  const flags = trace.text(span, 'envoy.response_flags');
  if (flags === '') return [haproxyState(trace.text(span, TERMINATION)) ?? []].flat();
  return proxyFlagsOf(flags, trace.httpStatus(span), trace.text(span, 'envoy.response_code_details'));
}

/** A proxy records its flags on the request that it got and on the call that it made: the latter, where both agree. */
export function flaggedSpan(trace: Trace, span: SpanIndex): SpanIndex {
  const only = trace.childCount(span) === 1 ? trace.firstChild(span) : undefined;
  const isSame =
    only !== undefined && trace.isOfOneService(only, span) && trace.httpStatus(only) === trace.httpStatus(span);
  return isSame ? only : span;
}
