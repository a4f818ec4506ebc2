/**
 * Where the code threw the exception of a failed span: the innermost frame outside of libraries, from the stack trace of
 * its event or of its log line.
 */
import { logFields } from '#model/logs/log-fields.ts';
import { exceptionIn, frameIn, type LogException } from '#model/logs/log-stack.ts';
import { cutLine } from '#model/text/cut-text.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import type { Trace } from '#model/trace/trace.ts';
import type { LinesBySpan } from '#model/trace/views/failure-text.ts';

/** Characters of a frame that are shown; the source has the whole. */
const LONGEST_PLACE = 120;

/**
 * `thrownAt`: `com.shop.Discount.apply(Discount.java:42)`, as the runtime wrote it. `thrownType`: the exception that was
 * thrown there, `java.lang.ArithmeticException`; empty where the stack has none. Nothing where no frame is the service's own.
 */
export function thrownIn(
  trace: Trace,
  span: SpanIndex,
  lines: LinesBySpan,
): Readonly<{ thrownAt: string; thrownType: string }> | undefined {
  const events = trace.hasEvents(span) ? trace.events(span) : [];
  const found = [
    ...events.map(({ attributes }) =>
      recorded(canonicalText(attributes, 'exception.type'), canonicalText(attributes, 'exception.stacktrace')),
    ),
    ...(lines.get(trace.spanId(span)) ?? []).map((line) => logFields(line).exception),
  ].find((exception) => exception !== undefined && exception.frame !== '');
  return found && { thrownAt: cutLine(found.frame, LONGEST_PLACE), thrownType: cutLine(found.type, LONGEST_PLACE) };
}

function recorded(type: string, stack: string): LogException | undefined {
  if (stack === '') return undefined;
  return exceptionIn(stack) ?? { type, message: '', frame: frameIn(stack) };
}
