/** The pools of connections that the metrics of services show. */
import { measured } from '#model/metrics/measured.ts';
import type { PoolLevel } from '#model/metrics/pool-level.ts';
import type { Series } from '#model/metrics/series.ts';

/** Web servers count their threads like connections. */
const OF_THREADS = /thread|worker/i;

export function poolLevels(series: readonly Series[]): readonly PoolLevel[] {
  return measured(series).flatMap(({ concept, scope, service, instance, metric, atUs, values }): PoolLevel[] => {
    if (scope !== 'instance' || OF_THREADS.test(metric)) return [];
    if (concept !== 'connections_share' && concept !== 'waiting') return [];
    const measures = concept === 'waiting' ? 'waiting' : 'share';
    return [{ measures, service, instance, metric, atUs, values }];
  });
}
