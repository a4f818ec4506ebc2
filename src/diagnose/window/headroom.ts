/**
 * How much of its own headroom a service used up: the rise of its CPU usage as a share of the distance from its usage
 * before the window to its limit. Compared only with its own past, an idle service that wakes up would look worse than
 * one at its limit.
 */

import type { TimeWindow } from '#model/finding/time-window.ts';
import { levelBefore } from '#model/metrics/limited.ts';
import { measured } from '#model/metrics/measured.ts';
import { type Series, valuesOver } from '#model/metrics/series.ts';

export type Headroom = Readonly<{ service: string; instance: string; share: number; before: number; now: number }>;

/** The instance of each service that used up most, the most first. Shares of the limit, 0 to 1. */
export function headroomUsed(series: readonly Series[], window: TimeWindow): readonly Headroom[] {
  const most = new Map<string, Headroom>();
  for (const one of measured(series)) {
    if (one.concept !== 'cpu_share' || one.scope !== 'instance') continue;
    const { service, instance } = one;
    const past = levelBefore(one, window);
    const busiest = valuesOver(one, window.fromUs, window.toUs)
      .sort((a, b) => b - a)
      .slice(0, 2);
    if (past === undefined || busiest.length === 0) continue;
    const before = Math.min(1, past);
    const now = Math.min(1, busiest.reduce((sum, value) => sum + value, 0) / busiest.length);
    const share = before >= 1 ? 0 : Math.max(0, (now - before) / (1 - before));
    const known = most.get(service);
    if (known === undefined || share > known.share)
      most.set(service, { service, instance: instance === service ? '' : instance, share, before, now });
  }
  return [...most.values()].sort((a, b) => b.share - a.share || (a.service < b.service ? -1 : 1));
}
