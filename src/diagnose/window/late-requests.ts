/** Requests that take so much longer than healthy ones of their kind that people notice. */
import { requestKind, usualDurations } from '#model/requests/affected-requests.ts';
import type { Trace } from '#model/trace/trace.ts';

/** So many times as long as nearly all healthy requests of the kind. */
const LATE_TIMES = 2;
/** As a share of the requests. One in twenty healthy ones is longer than the 95th percentile, twice as long hardly any. */
export const LATE_SHARE = 0.2;

/** Undefined where no healthy request is of the same kind. */
export function lateAgainst(healthyTraces: readonly Trace[]): (trace: Trace) => boolean | undefined {
  const usual = usualDurations(healthyTraces);
  return (trace) => {
    const p95Us = usual.get(requestKind(trace))?.p95Us;
    return p95Us === undefined ? undefined : trace.durationOfUs(trace.root) > LATE_TIMES * p95Us;
  };
}
