/** The query that keeps a connection from others. */

import type { LogLine } from '#model/logs/log-line.ts';
import { isConnectionWait } from '#model/sql/connection-wait.ts';
import { querySuspicion } from '#model/sql/query-plan.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** A query this long holds its connection long enough to make others wait: pools are sized for quick queries. */
const HOLDS_LONG_US = 100_000;

export function queryName(trace: Trace, query: SpanIndex): string {
  return queryLabel(trace.queryShape(query)) || trace.operation(query);
}

/** The service's query that holds a connection longest. */
export function longestQuery(trace: Trace, service: string, logs: readonly LogLine[]) {
  let longest: SpanIndex | undefined;
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (!trace.isDatabaseCall(span) || trace.service(span) !== service) continue;
    if (trace.failed(span) || isConnectionWait(trace.operation(span))) continue;
    if (longest === undefined || trace.durationOfUs(span) > trace.durationOfUs(longest)) longest = span;
  }
  if (longest === undefined || trace.durationOfUs(longest) < HOLDS_LONG_US) return undefined;
  return {
    label: queryName(trace, longest),
    heldUs: trace.durationOfUs(longest),
    ...querySuspicion(trace, longest, logs),
  };
}
