/** Nodes that ran out of something of their own: the kernel's table of connections, files, a disk, memory. */
import type { TimeWindow } from '#model/finding/time-window.ts';
import { isLimited, levelBefore, nameOfLimited, windowValues } from '#model/metrics/limited.ts';
import { measured } from '#model/metrics/measured.ts';
import type { Series } from '#model/metrics/series.ts';
import { medianOf } from '#model/stats/robust.ts';

/** `level`, `before`: shares of the limit, 0 to 1; `before` is undefined where nothing is known. `of`: `of their limit`. */
export type FullNode = Readonly<{
  resource: string;
  of: string;
  level: number;
  before: number | undefined;
  metric: string;
}>;

/** No connection, file or byte is left: the same level as for a resource of a service. */
const FULL = 0.98;
/** At the end of the window it is full; when it filled is not known beforehand. */
const LAST_POINTS = 5;

/** By the node's name. A busy processor is left out: it follows from what runs there. */
export function fullNodes(series: readonly Series[], window: TimeWindow): ReadonlyMap<string, FullNode> {
  const full = new Map<string, FullNode>();
  for (const one of measured(series)) {
    if (one.scope !== 'node' || !isLimited(one) || /^(?:cpu|io)_/.test(one.concept)) continue;
    const values = windowValues(one, window).slice(-LAST_POINTS);
    const level = values.length === 0 ? 0 : medianOf(values);
    const before = levelBefore(one, window);
    if (level < FULL || (before ?? 0) >= FULL) continue;
    const { name, of } = nameOfLimited(one.concept, one.metric);
    full.set(one.instance, { resource: name, of, level, before, metric: one.metric });
  }
  return full;
}
