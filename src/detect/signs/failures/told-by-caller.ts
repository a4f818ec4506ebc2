/** What the code that made a call says about its failure, where the call itself says nothing. */
import type { EvidenceItem } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';
import type { ErrorOrigin } from '#model/trace/views/error-origins.ts';
import { failureMessage, type LinesBySpan } from '#model/trace/views/failure-text.ts';

/**
 * Drivers without messages on their spans: the code that called them records the exception, after the last attempt.
 * Undefined where another call of that code failed, too.
 */
export function saidByCaller(
  trace: Trace,
  { spans, path: [caller], rivals, isBeside }: ErrorOrigin,
  lines: LinesBySpan,
): EvidenceItem | undefined {
  const [span = trace.root] = spans;
  if (caller === undefined || rivals > 0 || isBeside || !trace.isOfOneService(caller, span)) return undefined;
  const isOne = trace.children(caller).every((child) => !trace.failed(child) || spans.includes(child));
  return isOne ? failureMessage(trace, caller, lines) : undefined;
}
