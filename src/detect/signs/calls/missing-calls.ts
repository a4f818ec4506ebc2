/** Where a service that is missing from a trace should have been called. */
import type { Baseline, UsualService } from '#model/requests/baseline.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { answerOf } from '#model/trace/views/call-span.ts';

type Place = Readonly<{
  /** The call, or else the span that should have made it. */
  span: SpanIndex;
  isCalled: boolean;
}>;

/** Where the service should be. Undefined where its caller is missing, too: then the caller is reported. */
export function placesOf(trace: Trace, { groups }: Baseline): (service: UsualService) => Place | undefined {
  const groupOf = new Map<string, number>();
  for (let group = 0; group < groups.count; group += 1) groupOf.set(groups.name(group), group);
  const firstOf = (names: readonly string[], passes: (span: SpanIndex) => boolean) => {
    for (const name of names) {
      const group = groupOf.get(name);
      const span = group === undefined ? undefined : groups.spans(group).find(passes);
      if (span !== undefined) return span;
    }
    return undefined;
  };
  return ({ calls, callers }) => {
    const made = firstOf(calls, (span) => isBareCall(trace, span));
    if (made !== undefined) return { span: made, isCalled: true };
    const caller = firstOf(callers, () => true);
    return caller === undefined ? undefined : { span: caller, isCalled: false };
  };
}

/** A call without the callee's span, because calls of one name may go to several services. Where kinds are not recorded, a leaf. */
function isBareCall(trace: Trace, span: SpanIndex): boolean {
  if (trace.kind(span) === 'client') return answerOf(trace, span) === undefined;
  return trace.kind(span) === 'unspecified' && trace.childCount(span) === 0;
}

/** The span that should have made the call failed, or one of its children did. */
export function isCutShort(trace: Trace, caller: SpanIndex): boolean {
  if (trace.failed(caller)) return true;
  const children = trace.children(caller);
  for (let at = 0; at < children.length; at += 1) if (trace.failed(children[at] ?? 0)) return true;
  return false;
}
