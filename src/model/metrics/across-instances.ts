/**
 * The latency of a service whose instances were all replaced, and what waits in them: no instance has both a healthy time
 * and the window, so none of them can be compared with itself.
 *
 *   old pods   ▁▁▁▁▁▁▁▁▁▁          5 ms
 *   new pods             ▆▆▆▆▆▆   30 ms     the service: 5 ms before, 30 ms now
 */
import { memoize } from '#core/memoize.ts';
import { MINUTE_US } from '#core/time-units.ts';
import type { Measured } from '#model/metrics/measured.ts';
import type { Concept, Scope } from '#model/metrics/metric-names.ts';
import { meanByMinute } from '#model/metrics/minutes.ts';
import { isOfInstance } from '#model/platform/instance-version.ts';

/** One series for each metric and operation of such a service, over its instances. */
export const acrossInstances = memoize((all: readonly Measured[]): readonly Measured[] => {
  const parts = all.filter(({ concept, scope }) => SCOPES[concept] === scope);
  const groups = Map.groupBy(parts, (one) => JSON.stringify([one.service, one.metric, one.part, meantBy(one)]));
  return [...groups.values()].flatMap((own) => (areReplaced(own) ? wholeOf(own) : []));
});

/** What is compared, and which scope it has where instances have values of their own. */
const SCOPES: Partial<Readonly<Record<Concept, Scope>>> = { latency: 'service', waiting: 'instance' };

/** All labels that say what is measured. */
function meantBy({ labels }: Measured): readonly (readonly [string, string])[] {
  return Object.entries(labels)
    .filter(([name]) => !isOfInstance(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** As a share of the whole time. An instance without values in the first or in the last part did not run throughout. */
const ENDS = 0.1;

function areReplaced(own: readonly Measured[]): boolean {
  const firstOf = ({ atUs }: Measured) => atUs[0] ?? 0;
  const lastOf = ({ atUs }: Measured) => atUs.at(-1) ?? 0;
  const fromUs = own.reduce((least, one) => Math.min(least, firstOf(one)), Number.POSITIVE_INFINITY);
  const toUs = own.reduce((most, one) => Math.max(most, lastOf(one)), 0);
  const endUs = (toUs - fromUs) * ENDS;
  const isThroughout = (one: Measured) => firstOf(one) <= fromUs + endUs && lastOf(one) >= toUs - endUs;
  return own.length > 1 && !own.some(isThroughout);
}

/** In each minute, the mean of the instances that ran. */
function wholeOf(own: readonly Measured[]): readonly Measured[] {
  const [first] = own;
  if (first === undefined) return [];
  const minutes = new Map<number, { sum: number; of: number }>();
  for (const one of own)
    for (const [minute, value] of meanByMinute(one)) {
      const { sum, of } = minutes.get(minute) ?? { sum: 0, of: 0 };
      minutes.set(minute, { sum: sum + value, of: of + 1 });
    }
  const known = [...minutes].sort(([a], [b]) => a - b);
  return [
    {
      ...first,
      instance: '',
      labels: Object.fromEntries(meantBy(first)),
      atUs: Float64Array.from(known, ([minute]) => minute * MINUTE_US),
      values: Float64Array.from(known, ([, { sum, of }]) => sum / of),
    },
  ];
}
