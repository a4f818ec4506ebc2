/** The spans of one operation, in numbers: how long they took, and how many carry an attribute. */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { operationName } from '#model/trace/views/operation-name.ts';

/** `attribute`: '' where none is asked for. Spans that began in this time, in microseconds since the epoch. */
export type SpanQuestion = Readonly<{
  service: string;
  operation: string;
  attribute: string;
  fromUs: number;
  toUs: number;
}>;

/** Microseconds. `carrying`: how many have the attribute. */
export type SeenSpans = Readonly<{ durationsUs: readonly number[]; carrying: number }>;

/**
 * What decides whether a p99 is below a limit: `slower` of the requests took as long or longer. `us`: the p99 in
 * microseconds; undefined where a store only counts. That of a store is an estimate, and the counts are exact.
 */
export type Percentile = Readonly<{ requests: number; slower: number; us?: number | undefined }>;

/** `operation`: either the name of the span, or the name that reports show for it. */
export function seenSpans(traces: Iterable<Trace>, asked: SpanQuestion): SeenSpans {
  const { service, attribute } = asked;
  const durationsUs: number[] = [];
  let carrying = 0;
  for (const trace of traces) {
    if (!trace.services.includes(service)) continue;
    for (let span = 0; span < trace.spanCount; span += 1) {
      if (!isAskedFor(trace, span, asked)) continue;
      durationsUs.push(trace.durationOfUs(span));
      if (attribute !== '' && carries(trace, span, attribute)) carrying += 1;
    }
  }
  return { durationsUs, carrying };
}

function isAskedFor(trace: Trace, span: SpanIndex, { service, operation, fromUs, toUs }: SpanQuestion): boolean {
  const startUs = trace.startEpochUs + trace.startUs(span);
  if (trace.service(span) !== service || startUs < fromUs || startUs > toUs) return false;
  return trace.operation(span) === operation || operationName(trace, span) === operation;
}

/** By the name that the sender wrote, or by the current one of OpenTelemetry. */
function carries(trace: Trace, span: SpanIndex, attribute: string): boolean {
  return (
    Object.hasOwn(trace.attributes(span), attribute) ||
    Object.hasOwn(trace.resource(span), attribute) ||
    trace.text(span, attribute) !== ''
  );
}
