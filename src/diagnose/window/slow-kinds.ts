/** Names the reason for a slow service: its own complaints in the log, else where the time goes. */
import type { LogSwitch } from '#diagnose/window/log-switches.ts';
import type { SlowSuspect } from '#diagnose/window/slow-places.ts';
import type { WindowSigns } from '#diagnose/window/window-signs.ts';
import type { Detectors, JudgedSign } from '#model/finding/detector-traits.ts';
import { LOCK_WAITING } from '#model/instruments/lock-words.ts';
import { reachedLimit } from '#model/metrics/resource-limits.ts';

/** Below three to one a complaint did not come with the slowness. */
const LEAST_NATS = 1;

const LOCK = /\b(?:dead)?lock(?:s|ed)?\b|\bmutex\b|\blatch\b/i;
const LIMITS: Readonly<Record<string, SlowKind>> = {
  connections: 'full-pool',
  memory: 'memory',
  'disk space': 'disk',
  'disk writes': 'disk',
  // Whoever is asked grants so much and no more.
  quota: 'dependency',
};

/** The sign of a detector, or a fault that no detector looks for. */
export type SlowKind =
  | Extract<
      JudgedSign,
      'lock-wait' | 'stopped-process' | 'full-pool' | 'reached-limit' | 'slow-statement' | 'slow-answers'
    >
  | 'memory'
  | 'disk'
  | 'dependency'
  | 'slow-database'
  | 'cpu'
  | 'network-delay';

export function kindOfSlow(
  suspect: SlowSuspect,
  { switches, moved, filled, locks, pauses }: Pick<WindowSigns, 'switches' | 'moved' | 'filled' | 'locks' | 'pauses'>,
): SlowKind {
  const { service, trouble, places, isOneStatement } = suspect;
  const said = saidBy(service, switches) ?? (pauses.has(service) ? 'stopped-process' : undefined);
  if (said !== undefined) return said;
  if (moved.some((one) => one.service === service && one.measures === 'connections')) return 'full-pool';
  // Where all calls to its databases take longer, but its own work does not, the databases are slow.
  const [most] = places;
  if (most?.place.isOfStore && trouble !== 'calls' && trouble !== 'network') {
    if (!most.place.isOfDatabase) return 'dependency';
    return locks.has(service) ? 'lock-wait' : ofDatabase(isOneStatement);
  }
  // Its own time may hide the way to a callee without spans, but a processor that is full explains it.
  if (trouble === 'cpu' || (trouble === 'itself' && filled.has(service))) return 'cpu';
  return trouble === 'itself' && most?.place.recordsCalls ? 'slow-answers' : 'network-delay';
}

function ofDatabase(isOneStatement: boolean): SlowKind {
  return isOneStatement ? 'slow-statement' : 'slow-database';
}

/** What its new complaints name. */
function saidBy(service: string, switches: readonly LogSwitch[]): SlowKind | undefined {
  for (const { example, change, nats, service: whose } of switches) {
    if (whose !== service || change !== 'began' || nats < LEAST_NATS) continue;
    const reached = reachedLimit(example.line);
    if (reached !== undefined) return LIMITS[reached.resource] ?? 'reached-limit';
    if (LOCK.test(example.line) || LOCK_WAITING.test(example.line)) return 'lock-wait';
  }
  return undefined;
}

/** Its name in a verdict. */
export function nameOfSlow(kind: SlowKind, detectors: Detectors): string {
  switch (kind) {
    case 'lock-wait':
    case 'stopped-process':
    case 'full-pool':
    case 'reached-limit':
    case 'slow-statement':
    case 'slow-answers':
      return detectors.named(kind).id;
    // A database without spans is part of the service that asks it: nothing else that is recorded got slower.
    case 'slow-database':
      return detectors.named('slow-answers').id;
    default:
      return kind;
  }
}
