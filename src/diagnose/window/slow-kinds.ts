/** What to call it that a service is slow: what its lines complain of, else where the time goes. */
import type { LogSwitch } from '#diagnose/window/log-switches.ts';
import type { MovedSeries } from '#diagnose/window/moved-series.ts';
import type { SlowSuspect } from '#diagnose/window/slow-places.ts';
import { reachedLimit } from '#model/metrics/resource-limits.ts';

/** Less than three to one is no complaint that came with it. */
const LEAST_NATS = 1;

const LOCK = /\b(?:dead)?lock(?:s|ed)?\b|\bmutex\b|\blatch\b/i;
const LIMITS: Readonly<Record<string, string>> = {
  connections: 'pool-exhaustion',
  memory: 'memory',
  'disk space': 'disk',
};

export function kindOfSlow(
  suspect: SlowSuspect,
  switches: readonly LogSwitch[],
  moved: readonly MovedSeries[],
): string {
  const { service, trouble, places } = suspect;
  for (const { example, change, nats, service: whose } of switches) {
    if (whose !== service || change !== 'began' || nats < LEAST_NATS) continue;
    const reached = reachedLimit(example.line);
    if (reached !== undefined) return LIMITS[reached.resource] ?? 'resource-exhausted';
    if (LOCK.test(example.line)) return 'lock-contention';
  }
  if (moved.some((one) => one.service === service && one.measures === 'connections')) return 'pool-exhaustion';
  // Where whatever it asks its stores takes longer, and its own work does not, they are slow.
  const [most] = places;
  if (most?.place.isOfStore && trouble !== 'calls' && trouble !== 'network') return 'dependency';
  return trouble === 'processor' ? 'cpu' : 'network-delay';
}
