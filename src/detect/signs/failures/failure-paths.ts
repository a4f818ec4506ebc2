import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';
import { operationName } from '#model/trace/views/operation-name.ts';

/**
 * The path of a failure through a request, from its origin to the callers that passed it on. `atUs` is in microseconds
 * since the epoch.
 */
export type Failure = Readonly<{
  trace: Trace;
  origin: string;
  operation: string;
  atUs: number;
  span: SpanIndex;
  /** The nearest caller first, each service once. */
  passedOn: readonly Readonly<{ service: string; afterUs: number; span: SpanIndex }>[];
}>;

/** `known`: all services of the requests. `isOfCaller`: calls that their caller ended too early. */
export function failuresIn(
  trace: Trace,
  known: ReadonlySet<string>,
  isOfCaller: (trace: Trace, span: SpanIndex) => boolean,
): Failure[] {
  return errorOrigins(trace).flatMap(({ spans: [span], path }): Failure[] => {
    if (span === undefined) return [];
    // No answer: it is the callee's failure, if the callee is one of the services.
    const called = callee(trace, span);
    const isOther = known.has(called) && called !== trace.service(span) && !isOfCaller(trace, span);
    const origin = isOther ? called : trace.service(span);
    const way = isOther ? [span, ...path] : path;
    const passedOn = new Map<string, Failure['passedOn'][number]>();
    for (const each of way) {
      const service = trace.service(each);
      if (service === origin || !trace.failed(each)) continue;
      // The service's answer is its last failing span.
      passedOn.set(service, { service, afterUs: trace.endUs(each) - trace.endUs(span), span: each });
    }
    const atUs = trace.startEpochUs + trace.endUs(span);
    return [{ trace, origin, operation: operationName(trace, span), atUs, span, passedOn: [...passedOn.values()] }];
  });
}
