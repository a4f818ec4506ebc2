/**
 * Calls that ended with an exception, although nobody set an error status: code that records an exception has to set
 * the status as well, and often does not. A GraphQL server answers 200 and puts a resolver's error into the body.
 */
import { NO_LINES } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { recordsException } from '#model/trace/event-text.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failureTexts, saysCancelled, saysNothingThere } from '#model/trace/views/failure-text.ts';
import { isRefusedByGraphql } from '#model/trace/views/graphql-answers.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

/** In order. Calls of databases are left out: a caught conflict or an empty result is an answer there. */
export function thrownCalls(trace: Trace): SpanIndex[] {
  return spansWith(trace, { kinds: ['client'], operation: isOfGraphql }).filter((span) => {
    // Few spans have events, and the rest is read from their attributes.
    if (!trace.hasEvents(span) || trace.failed(span) || trace.isDatabaseCall(span)) return false;
    if (isRefusedByGraphql(trace, span) || trace.httpStatus(span) >= 400) return false;
    return endsWithException(trace, span) && !wasRepeated(trace, span);
  });
}

/** https://www.npmjs.com/package/@opentelemetry/instrumentation-graphql */
function isOfGraphql(operation: string): boolean {
  return /^graphql[. ](?:execute|resolve)\b/i.test(operation);
}

/** An exception that left the call is recorded when it ends; an earlier one belongs to an attempt inside of it. */
export function endsWithException(trace: Trace, span: SpanIndex): boolean {
  if (!trace.hasEvents(span)) return false;
  const fromUs = trace.endUs(span) - Math.max(AT_THE_END_US, trace.durationOfUs(span) / 10);
  const isLate = trace.events(span).some((event) => recordsException(event) && event.atUs >= fromUs);
  return (
    isLate && !failureTexts(trace, span, NO_LINES).some(({ text }) => saysCancelled(text) || saysNothingThere(text))
  );
}

const AT_THE_END_US = 5_000;

/** A later call of this name gave the answer. */
function wasRepeated(trace: Trace, span: SpanIndex): boolean {
  const caller = trace.parent(span);
  if (caller === undefined) return false;
  return trace
    .children(caller)
    .some((other) => trace.startUs(other) >= trace.endUs(span) && trace.operation(other) === trace.operation(span));
}
