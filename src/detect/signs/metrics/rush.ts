/**
 * Whether a rush of users came: nearly all services get far more requests than before, the first ones as well.
 *
 *   shop     ▂▂▂▂▂▇▇▇▇    a rush: whoever is slow now may be slow without any change
 *   cart     ▁▁▁▁▁▄▄▄▄
 *
 *   shop     ▂▂▂▂▂▂▂▂▂    no rush: shop asks cart more often for each of its requests
 *   cart     ▁▁▁▁▁▄▄▄▄
 */
import { HOUR_US, MINUTE_US } from '#core/time-units.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import { measured } from '#model/metrics/measured.ts';
import { sumByMinute } from '#model/metrics/minutes.ts';
import type { Series } from '#model/metrics/series.ts';
import { medianOf } from '#model/stats/robust.ts';
import type { Points } from '#model/stats/trend.ts';

/** An estimate: half as many again come at many an evening's peak, twice as many seldom. */
const RUSH = 2;
/** The share of the services with counted requests that must get this many more. */
const MOST = 0.6;
/** One service alone does not show whether users or its caller ask more. */
const FEWEST_SERVICES = 2;
/** Fewer requests in a minute vary by chance. */
const FEWEST_REQUESTS = 10;
/** Fewer minutes do not show what is usual. */
const FEWEST_MINUTES = 3;

/** `fromUs`: the onset. `service`: the one at fault, which gets more as well where it counts its requests. */
export function isRush(
  metrics: readonly Series[],
  service: string,
  { fromUs, toUs }: Pick<TimeWindow, 'fromUs' | 'toUs'>,
): boolean {
  const counting = measured(metrics).filter(({ concept, scope }) => concept === 'requests' && scope === 'service');
  const grown = new Map<string, boolean>();
  for (const [key, own] of Map.groupBy(counting, (one) => serviceKey(one.service))) {
    const byMetric = Map.groupBy(own, ({ metric }) => metric);
    const times = [...byMetric.values()].flatMap((rates) => growthOf(rates, fromUs, toUs) ?? []);
    if (key !== '' && times.length > 0) grown.set(key, medianOf(times) >= RUSH);
  }
  if (grown.size < FEWEST_SERVICES || grown.get(serviceKey(service)) === false) return false;
  const more = [...grown.values()].filter((isMore) => isMore).length;
  return more >= FEWEST_SERVICES && more >= MOST * grown.size;
}

/** How many times as many requests come as in the hour before; undefined where too few were counted. */
function growthOf(rates: readonly Points[], onsetUs: number, toUs: number): number | undefined {
  const minutes = [...sumByMinute(rates)].map(([minute, perSecond]) => {
    return { us: minute * MINUTE_US, requests: (perSecond * MINUTE_US) / 1e6 };
  });
  const [before, since] = [
    minutes.filter(({ us }) => us >= onsetUs - HOUR_US && us < onsetUs - MINUTE_US),
    // The minute of the onset holds some of both.
    minutes.filter(({ us }) => us > onsetUs && us <= toUs),
  ].map((some) => some.map(({ requests }) => requests));
  if (before === undefined || since === undefined) return undefined;
  if (Math.min(before.length, since.length) < FEWEST_MINUTES) return undefined;
  const usual = medianOf(before);
  return usual < FEWEST_REQUESTS ? undefined : medianOf(since) / usual;
}
