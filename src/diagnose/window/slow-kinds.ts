/** Names the reason for a slow service: its own complaints in the log, else where the time goes. */
import type { LogSwitch } from '#diagnose/window/log-switches.ts';
import type { MovedSeries } from '#diagnose/window/moved-series.ts';
import type { SlowSuspect } from '#diagnose/window/slow-places.ts';
import type { Detectors, JudgedSign } from '#model/finding/detector-traits.ts';
import { reachedLimit } from '#model/metrics/resource-limits.ts';

/** Below three to one a complaint did not come with the slowness. */
const LEAST_NATS = 1;

const LOCK = /\b(?:dead)?lock(?:s|ed)?\b|\bmutex\b|\blatch\b/i;
const LIMITS: Readonly<Record<string, SlowKind>> = {
  connections: 'full-pool',
  memory: 'memory',
  'disk space': 'disk',
};

/** The sign of a detector, or a fault that no detector looks for. */
export type SlowKind =
  | Extract<JudgedSign, 'lock-wait' | 'full-pool' | 'reached-limit'>
  | 'memory'
  | 'disk'
  | 'dependency'
  | 'cpu'
  | 'network-delay';

export function kindOfSlow(
  suspect: SlowSuspect,
  switches: readonly LogSwitch[],
  moved: readonly MovedSeries[],
): SlowKind {
  const { service, trouble, places } = suspect;
  for (const { example, change, nats, service: whose } of switches) {
    if (whose !== service || change !== 'began' || nats < LEAST_NATS) continue;
    const reached = reachedLimit(example.line);
    if (reached !== undefined) return LIMITS[reached.resource] ?? 'reached-limit';
    if (LOCK.test(example.line)) return 'lock-wait';
  }
  if (moved.some((one) => one.service === service && one.measures === 'connections')) return 'full-pool';
  // Where all calls to its databases take longer, but its own work does not, the databases are slow.
  const [most] = places;
  if (most?.place.isOfStore && trouble !== 'calls' && trouble !== 'network') return 'dependency';
  return trouble === 'cpu' ? 'cpu' : 'network-delay';
}

/** Its name in a verdict. */
export function nameOfSlow(kind: SlowKind, detectors: Detectors): string {
  return kind === 'lock-wait' || kind === 'full-pool' || kind === 'reached-limit' ? detectors.named(kind).id : kind;
}
