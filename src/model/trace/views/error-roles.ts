/**
 * The role of each span in a failure:
 *
 *  [ GET /cart                  ]   stopped      succeeded although a call failed: here the failure ended
 *    [ GET /price ✗ 500       ]     propagated   failed, and so did a call of its own
 *      [ SELECT ✗           ]       origin       failed, and nothing below it did
 *
 * It only records which span failed below which, as Uber's CRISP does. `error-origins.ts` decides whether a failure
 * affected anybody.
 */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';

export type ErrorRole = 'origin' | 'propagated' | 'stopped';

/** The role of the span in a failure; undefined for most. */
export function errorRole(trace: Trace, span: SpanIndex): ErrorRole | undefined {
  return rolesOf(trace).get(span);
}

const rolesOf = view(errorRoles);

/** The spans with a role, in order of start. */
function errorRoles(trace: Trace): ReadonlyMap<SpanIndex, ErrorRole> {
  const failedBelow = new Uint8Array(trace.spanCount);
  for (let span = 0; span < trace.spanCount; span += 1) {
    const parent = trace.parent(span);
    if (parent !== undefined && trace.failed(span) && isKnownTo(trace, parent, span)) failedBelow[parent] = 1;
  }
  const roles = new Map<SpanIndex, ErrorRole>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (trace.failed(span)) roles.set(span, failedBelow[span] === 1 ? 'propagated' : 'origin');
    else if (failedBelow[span] === 1) roles.set(span, 'stopped');
  }
  return roles;
}

/** The processing of a message, or work after the caller has ended, no longer concerns the caller. */
function isKnownTo(trace: Trace, caller: SpanIndex, call: SpanIndex): boolean {
  return (
    trace.isAwaited(call) && trace.startUs(call) <= trace.endUs(caller) && trace.endUs(call) >= trace.startUs(caller)
  );
}
