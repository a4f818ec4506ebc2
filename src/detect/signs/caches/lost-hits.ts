/** Services whose cache lookups miss much more often than in the baseline. */
import { fallbacksOf, knownMisses, looksOf, suspectedMisses } from '#detect/signs/caches/cache-misses.ts';
import type { Share } from '#model/stats/proportion.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** A lookup that missed, and the read after it. */
export type LostHit = Readonly<{ trace: Trace; caller: SpanIndex; span: SpanIndex; read: SpanIndex }>;

export type LostHits = Readonly<{
  service: string;
  now: Share;
  before: Share;
  misses: readonly LostHit[];
  /** In the baseline. */
  usualMisses: readonly LostHit[];
}>;

type Looked = { looks: number; misses: LostHit[] };

/** Fewer lookups do not show which share of them misses. */
const FEWEST_LOOKS = 10;

/** Services with enough lookups on both sides, the one with the most misses first. */
export function lostHits(requests: readonly Trace[], healthy: readonly Trace[]): readonly LostHits[] {
  const before = lookedUp(healthy);
  return [...lookedUp(requests)]
    .flatMap(([service, { looks, misses }]): LostHits[] => {
      const usual = before.get(service);
      if (usual === undefined || usual.looks < FEWEST_LOOKS || looks < FEWEST_LOOKS) return [];
      return [
        {
          service,
          now: { times: misses.length, of: looks },
          before: { times: usual.misses.length, of: usual.looks },
          misses,
          usualMisses: usual.misses,
        },
      ];
    })
    .sort((a, b) => b.misses.length - a.misses.length || (a.service < b.service ? -1 : 1));
}

function lookedUp(traces: readonly Trace[]): ReadonlyMap<string, Looked> {
  const services = new Map<string, Looked>();
  const ofService = (service: string): Looked => {
    const known = services.get(service) ?? { looks: 0, misses: [] };
    services.set(service, known);
    return known;
  };
  for (const trace of traces) {
    for (const look of looksOf(trace)) ofService(trace.service(look)).looks += 1;
    for (const { caller, miss, read } of knownMisses(trace, suspectedMisses(trace, fallbacksOf(trace))))
      ofService(trace.service(miss)).misses.push({ trace, caller, span: miss, read });
  }
  return services;
}
