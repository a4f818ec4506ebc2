/**
 * Waits in a pooler between a service and its database. The client's span only shows a long query. The pooler says that
 * clients waited for a connection at that time, and that its servers answered the queries quickly.
 *
 *   SELECT ledger   [==================================]   2.5 s
 *   the pooler's line                                   ·    query 3000 us, wait 2400000 us
 */
import type { EvidenceItem } from '#model/finding/finding.ts';
import { POOL_STATS } from '#model/instruments/pool-words.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

type PoolerWait = Readonly<{ span: SpanIndex; waitUs: number; item: EvidenceItem }>;

/** PgBouncer's average time of a query on its server. */
const QUERY = /\bquery (\d{1,12}) us\b/;
/** A query that takes a few times the average may be slow by itself. */
const LONGER = 10;

/** Calls on the critical path that took at least `leastUs`, and much longer than the pooler's servers took for a query. */
export function poolerWaits(trace: Trace, logs: readonly LogLine[], leastUs: number): readonly PoolerWait[] {
  const [said] = logs.flatMap(({ line, timeNs }) => {
    const averageUs = Number(QUERY.exec(line)?.[1] ?? 0);
    const item: EvidenceItem = { kind: 'log', ref: timeNs, text: line };
    return averageUs > 0 && POOL_STATS.test(line) ? [{ averageUs, item }] : [];
  });
  if (said === undefined) return [];
  return spansWith(trace, { heldUs: leastUs }).flatMap((span): PoolerWait[] => {
    const us = trace.durationOfUs(span);
    if (!trace.isDatabaseCall(span) || trace.failed(span) || us < LONGER * said.averageUs) return [];
    return [{ span, waitUs: us - said.averageUs, item: said.item }];
  });
}
