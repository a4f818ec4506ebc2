/**
 * Metrics of a service that moved, where no requests say more: all connections in use, memory, slower responses,
 * failing responses. A caller of a slow service is slow as well, and metrics do not show which service waits for which.
 * So a service's own resources count more than symptoms that it may get from others.
 */
import { median } from 'simple-statistics';
import type { JudgedSign } from '#model/finding/detector-traits.ts';
import { sameHours } from '#model/metrics/limited.ts';
import { type Concept, type Meaning, meaningOf } from '#model/metrics/metric-names.ts';
import { type Series, valuesIn, valuesOver } from '#model/metrics/series.ts';

export type MovedSeries = Readonly<{
  service: string;
  measures: Measure;
  name: string;
  before: number;
  now: number;
  /** 0 to 1. */
  score: number;
  /** For a latency: whether the service's CPU works no more than before; undefined where no metric shows it. */
  isIdle?: boolean;
  /** For a latency: people notice it. */
  isFelt?: boolean;
}>;

export type Measure = 'connections' | 'memory' | 'latency' | 'errors' | 'cpu';

/** The detector whose name and runbook stand for each measure. */
export const MOVED_SIGNS: Readonly<Record<Measure, JudgedSign>> = {
  connections: 'full-resource',
  memory: 'full-resource',
  cpu: 'full-resource',
  latency: 'slow-answers',
  errors: 'failing-requests',
};

const MEASURES: Readonly<Partial<Record<Concept, readonly [measure: Measure, weight: number]>>> = {
  connections: ['connections', 1],
  error_share: ['errors', 0.5],
  memory_share: ['memory', 0.5],
  cpu_share: ['cpu', 0.5],
  cpu_used: ['cpu', 0.5],
  cpu_throttled: ['cpu', 0.5],
  latency: ['latency', 0.3],
};
/** Metrics of a service as a client describe other services. */
const OF_OTHERS = /client_(?:latency|duration|request)/i;

/** Values move this much every day. */
const USUAL_DEVIATIONS = 3;
/** At this many deviations a series has half of its weight. */
const HALF_AT = 10;
/** A constant series has no deviation; a fiftieth of its value does not matter. */
const LEAST_DEVIATION = 0.02;
/** Above this, a pool counts as full. */
const FULL = 0.95;
/** Converts a median absolute deviation to the standard deviation of a normal distribution. */
const DEVIATIONS_PER_MEDIAN = 1.4826;

/** The most telling first. */
export function movedSeries(
  series: readonly Series[],
  time: Readonly<{ fromUs: number; toUs: number }>,
): readonly MovedSeries[] {
  const meant = series.flatMap((one) => {
    const meaning = OF_OTHERS.test(one.name) ? undefined : meaningOf(one);
    return meaning === undefined ? [] : [{ one, meaning, service: serviceOf(one) }];
  });
  const limits = new Map(
    meant.filter(({ meaning }) => meaning.concept === 'connections_limit').map(({ one, service }) => [service, one]),
  );
  const moved: MovedSeries[] = [];
  const busier = new Map<string, boolean>();
  for (const each of meant) {
    const { one, meaning, service } = each;
    const measured = measureOf(each);
    const { past, window } = bothTimes(one, time);
    if (measured === undefined || past.length === 0 || window.length === 0 || isDaily(one, window, time)) continue;
    const [measures, weight] = measured;
    const [before, now] = [median(past), median(window)];
    if (measures === 'cpu') busier.set(service, (busier.get(service) ?? false) || now > BUSIER * before);
    const limit = Math.max(0, ...(limits.get(service)?.values ?? []));
    const share = measures === 'connections' ? fullness(before, now, limit) : surprise(past, before, now);
    const isNoticed = NOTICED[measures]?.(before, now, meaning.scale) ?? true;
    const seen = { service, measures, name: one.name, before, now, score: weight * share };
    if (share > 0 && isNoticed) moved.push(withFelt(seen, meaning));
  }
  return byGrowth(moved)
    .map((one) =>
      one.measures === 'latency' && busier.has(one.service) ? { ...one, isIdle: !busier.get(one.service) } : one,
    )
    .sort((a, b) => b.score - a.score || (a.service < b.service ? -1 : 1));
}

/** Its measure and weight; undefined where the series describes nothing of a service. */
function measureOf({
  meaning: { concept, scope, kind, isComplement },
  service,
}: Readonly<{ meaning: Meaning; service: string }>): (typeof MEASURES)[Concept] {
  return service === '' || kind !== 'gauge' || scope === 'node' || isComplement ? undefined : MEASURES[concept];
}

/** A CPU that works a fifth more than before explains some waiting. */
const BUSIER = 1.2;
/** A CPU that works less than twice as much follows its load. */
const BUSY_TIMES = 2;
/** Requests that ask for something else do not double the time of all of them. */
const FELT_TIMES = 2;
/** Up to a tenth of a second an answer feels immediate (Nielsen, Response Times). */
const FELT_SECONDS = 0.1;

function withFelt(one: MovedSeries, { scale }: Meaning): MovedSeries {
  const { measures, before, now } = one;
  const isFelt = measures === 'latency' && now >= FELT_TIMES * before && (now - before) * scale >= FELT_SECONDS;
  return isFelt ? { ...one, isFelt } : one;
}

/** Nobody notices less, in seconds. */
const LEAST_SLOWER = 0.005;

const NOTICED: Readonly<Partial<Record<Measure, (before: number, now: number, scale: number) => boolean>>> = {
  cpu: (before, now) => now >= BUSY_TIMES * before,
  latency: (before, now, scale) => (now - before) * scale >= LEAST_SLOWER,
};

/**
 * A caller adds the wait for a slow service to a longer response of its own, so the service at fault grows most, as a
 * multiple of what it was.
 */
function byGrowth(moved: readonly MovedSeries[]): readonly MovedSeries[] {
  const growthOf = ({ before, now }: MovedSeries) => now / Math.max(before, Number.MIN_VALUE);
  const grown = moved.filter(({ measures, before }) => measures === 'latency' && before > 0);
  const most = grown.reduce((sum, one) => Math.max(sum, growthOf(one)), 0);
  return moved.map((one) =>
    one.measures === 'latency' && one.before > 0 ? { ...one, score: one.score * Math.sqrt(growthOf(one) / most) } : one,
  );
}

/** The same hours of earlier days were as high, as those of a nightly job. */
function isDaily(one: Series, window: readonly number[], time: Readonly<{ fromUs: number; toUs: number }>): boolean {
  const earlier = sameHours(one, time).map((values) => median([...values]));
  return earlier.length > 0 && median(earlier) >= AS_HIGH * median([...window]);
}

const AS_HIGH = 0.9;

/** Half an hour of points shows what is usual. */
const SHORT_US = 30 * 60e6;

/**
 * A past of a few minutes may hold the beginning of the trouble: then its first half stands for health, and the trouble
 * is the upper half of what follows.
 */
function bothTimes(
  one: Series,
  { fromUs, toUs }: Readonly<{ fromUs: number; toUs: number }>,
): Readonly<{ past: readonly number[]; window: readonly number[] }> {
  const past = valuesIn(one, Number.NEGATIVE_INFINITY, fromUs);
  const window = valuesOver(one, fromUs, toUs);
  if (past.length < FEWEST_POINTS || fromUs - (one.atUs[0] ?? fromUs) > SHORT_US) return { past, window };
  const half = Math.floor(past.length / 2);
  const later = [...past.slice(half), ...window].sort((a, b) => a - b);
  return { past: past.slice(0, half), window: window.length === 0 ? [] : later.slice(Math.floor(later.length / 2)) };
}

/** With fewer points, half of them show nothing. */
const FEWEST_POINTS = 12;

function serviceOf({ labels }: Series): string {
  return labels.service ?? labels.service_name ?? labels.app ?? labels.application ?? labels.container ?? '';
}

function fullness(before: number, now: number, limit: number): number {
  return limit > 0 && now >= FULL * limit && before < FULL * limit ? 1 : 0;
}

/** One or two points have no deviation of their own, and the first of a rate() are too low. */
const FEWEST_PAST = 3;

function surprise(past: readonly number[], before: number, now: number): number {
  if (past.length < FEWEST_PAST) return 0;
  const usual = DEVIATIONS_PER_MEDIAN * median(past.map((value) => Math.abs(value - before)));
  const deviations = (now - before) / Math.max(usual, LEAST_DEVIATION * Math.abs(before), Number.MIN_VALUE);
  return deviations > USUAL_DEVIATIONS ? deviations / (deviations + HALF_AT) : 0;
}
