/** What to ask of the log stores: lines that name the trace, in a field or in their text; where none does, its services at that time. */
import type { LogQuery } from '#gather/sources.ts';
import { traceIdDigits } from '#model/trace-id.ts';

/** All within one limit of time, so that a person who waits gets what there is. */
export const GATHER_DEADLINE_MS = 20_000;

/** Loki's own limit for one query. */
const MAX_LOG_LINES = 5000;

/** Lines that name the trace may be late: batches, queues, the clocks of hosts. */
const NAMED_MARGIN_US = 10 * 60 * 1_000_000;

/** Lines that merely share a service and a time: any wider, and other requests outnumber this one. */
const NEARBY_MARGIN_US = 2 * 1_000_000;

/** An id is pasted while its incident is fresh; a day is also what log stores allow for one query. */
const SEARCH_BACK_US = 24 * 60 * 60 * 1_000_000;

/** What is known of the trace. Microseconds since the epoch. */
export type Known = Readonly<{ services: readonly string[]; fromUs: number; toUs: number }>;

export type LogPlan = Readonly<{
  /** Asked side by side: one service writes the id into a field, another into its text. */
  named: readonly LogQuery[];
  /** Only where none of those finds a line. Missing where it would ask for every line of every service. */
  nearby?: LogQuery;
}>;

export function logPlan(traceId: string, { services, fromUs, toUs }: Known): LogPlan {
  const window = { services: [], fromUs: fromUs - NAMED_MARGIN_US, toUs: toUs + NAMED_MARGIN_US, limit: MAX_LOG_LINES };
  const named: LogQuery[] = [
    { by: 'trace-field', traceId, ...window },
    // Without its leading zeros, the id is part of every form of itself.
    { by: 'text', text: traceIdDigits(traceId), ...window },
  ];
  if (services.length === 0) return { named };
  const near = { fromUs: fromUs - NEARBY_MARGIN_US, toUs: toUs + NEARBY_MARGIN_US, limit: MAX_LOG_LINES };
  return { named, nearby: { by: 'service', services, ...near } };
}

/** Lines that hold an id which is no trace's, to learn the trace from them. */
export function textSearch(text: string, nowUs: number): LogQuery {
  return { by: 'text', text, services: [], fromUs: nowUs - SEARCH_BACK_US, toUs: nowUs, limit: MAX_LOG_LINES };
}
