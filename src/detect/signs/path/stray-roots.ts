/** Roots that are cut off from the request: what lies below them, and which call they may belong to. */
import type { SpanIndex } from '#model/trace/columns.ts';
import { serviceNamed } from '#model/trace/service-names.ts';
import type { Trace } from '#model/trace/trace.ts';

/** At most three names. */
export function servicesBelow(trace: Trace, roots: readonly SpanIndex[]): string {
  const isBelow = new Uint8Array(trace.spanCount);
  for (const root of roots) isBelow.fill(1, trace.preorder(root), trace.preorderEnd(root));
  const names = new Set<string>();
  for (let span = 0; span < trace.spanCount; span += 1)
    if (isBelow[trace.preorder(span)] === 1) names.add(trace.service(span));
  return names.size > 3 ? `${names.size} services` : [...names].sort().join(', ');
}

/** The shortest call to that service that has no callee span and encloses the stray span. */
export function likelyCaller(trace: Trace, stray: SpanIndex): string {
  const isStrays = serviceNamed([trace.service(stray)]);
  let caller: SpanIndex | undefined;
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (
      trace.kind(span) !== 'client' ||
      trace.startUs(span) > trace.startUs(stray) ||
      trace.endUs(span) < trace.endUs(stray)
    )
      continue;
    if (trace.childCount(span) > 0 || isStrays(trace.peer(span)) === undefined) continue;
    if (caller === undefined || trace.durationOfUs(span) < trace.durationOfUs(caller)) caller = span;
  }
  return caller === undefined ? '' : `${trace.operation(caller)} of ${trace.service(caller)}`;
}
