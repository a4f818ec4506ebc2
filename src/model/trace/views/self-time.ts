import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';

const timesOf = view(selfTimes);

/** The duration without the time in which any child ran. Microseconds. */
export function selfUs(trace: Trace, span: SpanIndex): number {
  return timesOf(trace)[span] ?? 0;
}

/** For each span its duration less the union of its children's intervals, in microseconds. Linear: children come in order of start. */
function selfTimes(trace: Trace): Float64Array {
  const own = new Float64Array(trace.spanCount);
  for (let span = 0; span < trace.spanCount; span += 1) {
    const end = trace.endUs(span);
    let covered = 0;
    let reachedUs = trace.startUs(span);
    for (const child of trace.children(span)) {
      if (!trace.isAwaited(child)) continue;
      const from = Math.max(trace.startUs(child), reachedUs);
      const to = Math.min(trace.endUs(child), end);
      if (to > from) {
        covered += to - from;
        reachedUs = to;
      }
    }
    own[span] = trace.durationOfUs(span) - covered;
  }
  return own;
}
