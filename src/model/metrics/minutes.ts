/** Metrics by minute: series of one metric may be scraped at other seconds. */
import { MINUTE_US } from '#core/time-units.ts';
import type { Points } from '#model/stats/trend.ts';

/** The mean of each minute that has a value, by minute since the epoch. */
export function meanByMinute({ atUs, values }: Points): ReadonlyMap<number, number> {
  const sums = new Map<number, { sum: number; of: number }>();
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const minute = Math.floor((atUs[at] ?? 0) / MINUTE_US);
    const { sum, of } = sums.get(minute) ?? { sum: 0, of: 0 };
    sums.set(minute, { sum: sum + value, of: of + 1 });
  }
  return new Map([...sums].map(([minute, { sum, of }]) => [minute, sum / of]));
}

/** Over several series: the sum of their means. */
export function sumByMinute(all: readonly Points[]): ReadonlyMap<number, number> {
  const sums = new Map<number, number>();
  for (const one of all)
    for (const [minute, value] of meanByMinute(one)) sums.set(minute, (sums.get(minute) ?? 0) + value);
  return sums;
}
