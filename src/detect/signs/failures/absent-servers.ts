/**
 * Statements that failed because no server of the store took them: it starts, moves or is offline, or too few of its members
 * answered. Their span is as long as the client tried, and no plan of the statement would help.
 */
import { STORE_AWAY, TOO_FEW_REPLICAS } from '#model/instruments/replica-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failureTexts, type LinesBySpan } from '#model/trace/views/failure-text.ts';

export function lackedServer(trace: Trace, span: SpanIndex, lines: LinesBySpan): boolean {
  const isFailed = trace.failed(span);
  const said = isFailed ? failureTexts(trace, span, lines).map(({ text }) => text) : [];
  const logged = (lines.get(trace.spanId(span)) ?? []).map(({ line }) => line);
  if ([...said, ...logged].some((text) => TOO_FEW_REPLICAS.test(text))) return true;
  return isFailed && [...said, ...logged, ...saidByCode(trace, span, lines)].some((text) => STORE_AWAY.test(text));
}

/** Drivers without messages on their spans: the code that called them logs the exception. Only where no other call failed. */
function saidByCode(trace: Trace, span: SpanIndex, lines: LinesBySpan): readonly string[] {
  const caller = trace.parent(span);
  if (caller === undefined || !trace.isOfOneService(caller, span)) return [];
  const isOnly = trace.children(caller).every((child) => child === span || !trace.failed(child));
  return isOnly ? (lines.get(trace.spanId(caller)) ?? []).map(({ line }) => line) : [];
}
