import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';

export type FailureReach = Readonly<{
  /** Whether the failure made the whole request fail. */
  root(spans: readonly SpanIndex[]): boolean;
  /** Whether the failure had an effect: no later attempt repaired it. */
  anybody(spans: readonly SpanIndex[]): boolean;
}>;

const [SOMEBODY, ROOT] = [1, 2];

/** How far failures reached, by the spans at their origins and on their way up. Computed on first use, because most traces need none. */
export function failureReach(trace: Trace): FailureReach {
  let known: Uint8Array | undefined;
  const reach = () => {
    known ??= reachBySpan(trace);
    return known;
  };
  return {
    root: (spans) => spans.some((span) => reach()[span] === ROOT),
    anybody: (spans) => spans.some((span) => (reach()[span] ?? 0) > 0),
  };
}

function reachBySpan(trace: Trace): Uint8Array {
  const reach = new Uint8Array(trace.spanCount);
  for (const { spans, path, symptom } of errorOrigins(trace)) {
    const far = symptom === trace.root ? ROOT : SOMEBODY;
    for (const span of spans) reach[span] = Math.max(reach[span] ?? 0, far);
    for (const span of path) reach[span] = Math.max(reach[span] ?? 0, far);
  }
  return reach;
}
