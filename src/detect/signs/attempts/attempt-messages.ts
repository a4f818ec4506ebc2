/** The messages of failed attempts, and whether the reason changed on the way. */
import type { EvidenceItem } from '#model/finding/finding.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { type FailureReason, failureReason, failureTexts, type LinesBySpan } from '#model/trace/views/failure-text.ts';

type AttemptMessage = Readonly<{ item: EvidenceItem | undefined; reason: FailureReason }>;

/** The messages of the first two and the last three attempts: enough to see a change. */
export function attemptMessages(trace: Trace, attempts: readonly SpanIndex[], lines: LinesBySpan): AttemptMessage[] {
  const chosen = new Set([...attempts.slice(0, 2), ...attempts.slice(-3)]);
  return [...chosen].map((attempt) => {
    const texts = failureTexts(trace, attempt, lines);
    return { item: texts[0], reason: failureReason(trace, attempt, texts) };
  });
}

/** The first attempt did not fail because of overload, but the last one did. */
export function madeWorse([first, ...later]: readonly AttemptMessage[]): boolean {
  return first?.reason !== 'overload' && later.at(-1)?.reason === 'overload';
}
