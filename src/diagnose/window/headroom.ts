/**
 * How much of its own headroom a service used up: from what its processor was used before the window, which share of the
 * way to its limit. Against its own past alone an idle service that wakes up would look worse than one at its limit.
 */
import { median } from 'simple-statistics';
import { meaningOf } from '#model/metric-names.ts';
import { type Series, valuesIn, valuesOver } from '#model/series.ts';

export type Headroom = Readonly<{ service: string; instance: string; share: number; before: number; now: number }>;

/** The most that any instance of each service used up, the most first. Shares of the limit, 0 to 1. */
export function headroomUsed(
  series: readonly Series[],
  { fromUs, toUs }: Readonly<{ fromUs: number; toUs: number }>,
): readonly Headroom[] {
  const most = new Map<string, Headroom>();
  for (const one of series) {
    const { concept, scope, scale = 1 } = meaningOf(one) ?? {};
    if (concept !== 'cpu_share' || scope !== 'instance') continue;
    const service = one.labels.service ?? one.labels.app ?? one.labels.container ?? '';
    const past = valuesIn(one, Number.NEGATIVE_INFINITY, fromUs);
    const window = valuesOver(one, fromUs, toUs)
      .sort((a, b) => b - a)
      .slice(0, 2);
    if (service === '' || past.length === 0 || window.length === 0) continue;
    const before = Math.min(1, median(past) * scale);
    const now = Math.min(1, (window.reduce((sum, value) => sum + value, 0) / window.length) * scale);
    const share = before >= 1 ? 0 : Math.max(0, (now - before) / (1 - before));
    const known = most.get(service);
    if (known === undefined || share > known.share)
      most.set(service, { service, instance: one.labels.pod ?? '', share, before, now });
  }
  return [...most.values()].sort((a, b) => b.share - a.share || (a.service < b.service ? -1 : 1));
}
