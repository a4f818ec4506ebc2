/** One request in numbers, for what is told of many without their spans: when it began, how long it took, whether it failed. */

import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { errorOrigins, saysClientError } from '#model/trace/views/error-origins.ts';

/** Instants in microseconds since the epoch. */
export type SeenRequest = Readonly<{
  traceId: string;
  /** Where it was read. */
  source: string;
  sample: Sample | undefined;
  /** Of the whole trace. */
  startUs: number;
  endUs: number;
  /** Of the service in question: its longest span that another service, or nobody, asked for. Else of the root. */
  durationUs: number;
  /** That span's, behind its service's name. */
  operation: string;
  /** As the caller sees it: a refused request (4xx) got its answer. */
  failed: boolean;
  /** A failure began somewhere in the trace, whether or not the request failed with it. */
  failedInside: boolean;
  services: readonly string[];
  /** Who asked the service in question for it; empty where nobody did, or it is not in the trace. */
  caller: string;
}>;

/**
 * How a search chose its traces. What was searched for because it failed or was slow shows how, and never how often;
 * `of …` is one service or operation of which few came otherwise. Undefined where nobody chose.
 */
export type Sample = 'all' | 'failing' | 'slow' | `of ${string}`;

/** Whether its traces may stand for all requests of their time. */
export function isUnchosen(sample: Sample | undefined): boolean {
  return sample === undefined || sample === 'all';
}

export function seenRequest(
  trace: Trace,
  service: string,
  { source, sample }: Pick<SeenRequest, 'source' | 'sample'>,
): SeenRequest {
  const entry = entryOf(trace, service);
  return {
    traceId: trace.traceId,
    source,
    sample,
    startUs: trace.startEpochUs,
    endUs: trace.startEpochUs + trace.durationUs,
    durationUs: trace.durationOfUs(entry),
    operation: `${trace.service(entry)} ${trace.operation(entry)}`,
    failed: trace.failed(entry) && !saysClientError(trace, entry),
    failedInside: errorOrigins(trace).length > 0,
    services: trace.services,
    caller: callerOf(trace, entry),
  };
}

function callerOf(trace: Trace, entry: SpanIndex): string {
  const parent = trace.parent(entry);
  return parent === undefined ? '' : trace.service(parent);
}

function entryOf(trace: Trace, service: string): SpanIndex {
  let entry: SpanIndex | undefined;
  if (!trace.services.includes(service)) return trace.root;
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (trace.service(span) !== service) continue;
    const parent = trace.parent(span);
    if (parent !== undefined && trace.isOfOneService(parent, span)) continue;
    if (entry === undefined || trace.durationOfUs(span) > trace.durationOfUs(entry)) entry = span;
  }
  return entry ?? trace.root;
}
