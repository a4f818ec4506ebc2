/** Gathers what happened around one request: changes before it, the metrics and the pods of its time. */
import type { Session } from '#analyse/session.ts';
import { aroundRequest, type RequestTime } from '#gather/plan.ts';
import { type AskedChanges, gatherChanges } from '#workflows/evidence/gather-changes.ts';
import { type AskedMetrics, gatherMetrics } from '#workflows/evidence/gather-metrics.ts';
import { type AskedPlatform, gatherPlatform } from '#workflows/evidence/gather-platform.ts';

export type AskedAround = AskedChanges & Omit<AskedMetrics, 'traceSources' | 'logSources'> & AskedPlatform;

/** Never throws on purpose: each failure becomes a gap. `services`: those that may be behind its problem; `shared`: their databases and machines. */
export async function gatherAround(
  { changeSources, diffSources, metricSources, platformSources, clock, signal }: AskedAround,
  session: Session,
  { services, shared, ...time }: RequestTime & Readonly<{ services: readonly string[]; shared: readonly string[] }>,
): Promise<void> {
  const { changes, metrics } = aroundRequest(time, clock.nowUs());
  await Promise.all([
    gatherChanges({ changeSources, diffSources, signal }, session, { services, shared, ...changes }),
    gatherMetrics({ metricSources, clock, signal }, session, { services, ...metrics }),
    gatherPlatform({ platformSources, signal }, session),
  ]);
}
