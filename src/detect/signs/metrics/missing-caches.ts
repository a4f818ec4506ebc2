/** Caches whose metrics count far more misses than before, and that do not fill up again. */
import { HOUR_US, MINUTE_US } from '#core/time-units.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { type Measured, measured } from '#model/metrics/measured.ts';
import { sumByMinute } from '#model/metrics/minutes.ts';
import type { Series } from '#model/metrics/series.ts';
import { medianOf } from '#model/stats/robust.ts';

export type MissingCache = Readonly<{
  service: string;
  /** Empty where the process or server has one cache only. */
  part: string;
  metric: string;
  /** Shares of the lookups that miss. */
  now: number;
  before: number;
  sinceUs: number;
  untilUs: number;
}>;

type Limits = Readonly<{ minMoreMisses: number; forMinutes: number }>;

/** With fewer lookups in a minute, a share is chance. */
const FEWEST_LOOKUPS = 10;
/** A smaller share of misses leaves most reads to the cache. */
const LEAST_MISSED = 0.3;
/** Fewer minutes do not show what is usual. */
const FEWEST_BEFORE = 5;

/** The cache with the largest share of misses first. */
export function missingCaches(metrics: readonly Series[], window: TimeWindow, limits: Limits): readonly MissingCache[] {
  if (!Number.isFinite(window.fromUs)) return [];
  const all = measured(metrics);
  const full = new Set(all.filter((one) => isFull(one, window)).map(({ service }) => service));
  const counted = all.filter(({ concept }) => concept === 'cache_hits' || concept === 'cache_misses');
  const caches = Map.groupBy(counted, ({ service, part, labels }) => [service, part, labels.cache ?? ''].join('\n'));
  return [...caches.values()]
    .flatMap((own) => missing(own, window, limits) ?? [])
    .filter(({ service }) => !full.has(service))
    .sort((a, b) => b.now - a.now || (a.service < b.service ? -1 : 1));
}

/** A cache whose memory is full evicts what it holds: that its memory is full says more. */
const FULL = 0.95;

function isFull({ concept, atUs, values }: Measured, { fromUs, toUs }: TimeWindow): boolean {
  return (
    concept === 'memory_share' &&
    values.some((value, at) => {
      const us = atUs[at] ?? 0;
      return us >= fromUs && us <= toUs && value >= FULL;
    })
  );
}

type Minute = Readonly<{ us: number; share: number }>;

function missing(own: readonly Measured[], window: TimeWindow, limits: Limits): MissingCache | undefined {
  const [first] = own;
  const minutes = sharesOf(own);
  const usual = minutes.filter(({ us }) => us >= window.fromUs - HOUR_US && us < window.fromUs);
  if (first === undefined || first.service === '' || usual.length < FEWEST_BEFORE) return undefined;
  const before = medianOf(usual.map(({ share }) => share));
  const least = Math.max(LEAST_MISSED, limits.minMoreMisses * before);
  const within = minutes.filter(({ us }) => us >= window.fromUs && us <= window.toUs);
  const from = within.findLastIndex(({ share }) => share < least) + 1;
  const run = within.slice(from);
  const [start, end] = [run[0], run.at(-1)];
  if (start === undefined || end === undefined || end.us - start.us < limits.forMinutes * MINUTE_US) return undefined;
  if (fillsUp(run)) return undefined;
  const { service, part, labels, metric } = first;
  const now = medianOf(run.map(({ share }) => share));
  return { service, part: labels.cache ?? part, metric, now, before, sinceUs: start.us, untilUs: end.us };
}

function sharesOf(own: readonly Measured[]): readonly Minute[] {
  const of = (wanted: Measured['concept']) => sumByMinute(own.filter(({ concept }) => concept === wanted));
  const [hits, misses] = [of('cache_hits'), of('cache_misses')];
  return [...new Set([...hits.keys(), ...misses.keys()])]
    .sort((a, b) => a - b)
    .flatMap((minute) => {
      const [hit = 0, missed = 0] = [hits.get(minute), misses.get(minute)];
      const looks = (hit + missed) * (MINUTE_US / 1e6);
      return looks < FEWEST_LOOKUPS ? [] : [{ us: minute * MINUTE_US, share: missed / (hit + missed) }];
    });
}

/** After a purge or a restart a cache misses everything, and then less and less. */
const FILLING = 0.85;

function fillsUp(run: readonly Minute[]): boolean {
  const third = Math.ceil(run.length / 3);
  const [first, last] = [run.slice(0, third), run.slice(-third)].map((some) =>
    medianOf(some.map(({ share }) => share)),
  );
  return (last ?? 0) < FILLING * (first ?? 0);
}
