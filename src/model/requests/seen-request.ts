/** One request in numbers, for reports about many without their spans: its start, its duration, whether it failed. */

import { type Sender, senderOf } from '#model/requests/affected-people.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { isEntry } from '#model/trace/views/entry.ts';
import { errorOrigins, saysClientError } from '#model/trace/views/error-origins.ts';
import { operationName } from '#model/trace/views/operation-name.ts';

/** Instants in microseconds since the epoch. */
export type SeenRequest = Readonly<{
  traceId: string;
  /** The source that it was read from. */
  source: string;
  sample: Sample | undefined;
  /** The start of the whole trace. */
  startUs: number;
  endUs: number;
  /**
   * The duration of the entry span of the service in question: its longest span that another service, or nobody,
   * called. Else of the root.
   */
  durationUs: number;
  /** The operation of that span, after its service's name. */
  operation: string;
  /** From the caller's view: a refused request (4xx) got its response. */
  failed: boolean;
  /** A failure began somewhere in the trace, whether or not the request failed with it. */
  failedInside: boolean;
  services: readonly string[];
  /** The caller of the service in question; empty where there is none, or it is not in the trace. */
  caller: string;
  sender?: Sender | undefined;
}>;

/**
 * How a search chose its traces. Traces that were searched because they failed or were slow show details, but never
 * frequencies; `of …` is one service or operation with few other traces. Undefined where nobody chose.
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
    operation: `${trace.service(entry)} ${operationName(trace, entry)}`,
    failed: trace.failed(entry) && !saysClientError(trace, entry),
    failedInside: errorOrigins(trace).length > 0,
    services: trace.services,
    caller: callerOf(trace, entry),
    sender: senderOf(trace, entry === trace.root ? [entry] : [entry, trace.root]),
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
    if (trace.service(span) !== service || !isEntry(trace, span)) continue;
    if (entry === undefined || trace.durationOfUs(span) > trace.durationOfUs(entry)) entry = span;
  }
  return entry ?? trace.root;
}
