import type { EvidenceItem } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';

/** One request of a window as evidence: `trace 4bf9…: GET /orders of shop fails`. */
export function requestItem(trace: Trace, does: string): EvidenceItem {
  const { root } = trace;
  const what = `${trace.operation(root)} of ${trace.service(root)}`;
  return { kind: 'span', ref: trace.spanId(root), text: `trace ${trace.traceId}: ${what} ${does}` };
}
