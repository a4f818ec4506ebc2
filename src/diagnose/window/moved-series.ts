/**
 * Metrics of a service that moved, where no requests say more: all connections in use, memory, slower responses,
 * failing responses. A caller of a slow service is slow as well, and metrics do not show which service waits for which.
 * So a service's own resources count more than symptoms that it may get from others.
 */
import { median } from 'simple-statistics';
import type { JudgedSign } from '#model/finding/detector-traits.ts';
import { type Concept, meaningOf } from '#model/metrics/metric-names.ts';
import { type Series, valuesIn, valuesOver } from '#model/metrics/series.ts';

export type MovedSeries = Readonly<{
  service: string;
  measures: Measure;
  name: string;
  before: number;
  now: number;
  /** 0 to 1. */
  score: number;
}>;

export type Measure = 'connections' | 'memory' | 'latency' | 'errors';

/** The detector whose name and runbook stand for each measure. */
export const MOVED_SIGNS: Readonly<Record<Measure, JudgedSign>> = {
  connections: 'full-resource',
  memory: 'full-resource',
  latency: 'slow-answers',
  errors: 'failing-requests',
};

const MEASURES: Readonly<Partial<Record<Concept, readonly [measure: Measure, weight: number]>>> = {
  connections: ['connections', 1],
  error_share: ['errors', 0.5],
  memory_share: ['memory', 0.5],
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
  for (const { one, meaning, service } of meant) {
    const { concept, scope, kind, isComplement } = meaning;
    const found = MEASURES[concept];
    if (found === undefined || service === '' || kind !== 'gauge' || scope === 'node' || isComplement) continue;
    const past = valuesIn(one, Number.NEGATIVE_INFINITY, time.fromUs);
    const window = valuesOver(one, time.fromUs, time.toUs);
    if (past.length === 0 || window.length === 0) continue;
    const [before, now] = [median(past), median(window)];
    const [measures, weight] = found;
    const limit = Math.max(0, ...(limits.get(service)?.values ?? []));
    const share = measures === 'connections' ? fullness(before, now, limit) : surprise(past, before, now);
    if (share > 0) moved.push({ service, measures, name: one.name, before, now, score: weight * share });
  }
  return moved.sort((a, b) => b.score - a.score || (a.service < b.service ? -1 : 1));
}

function serviceOf({ labels }: Series): string {
  return labels.service ?? labels.service_name ?? labels.app ?? labels.container ?? '';
}

function fullness(before: number, now: number, limit: number): number {
  return limit > 0 && now >= FULL * limit && before < FULL * limit ? 1 : 0;
}

function surprise(past: readonly number[], before: number, now: number): number {
  const usual = DEVIATIONS_PER_MEDIAN * median(past.map((value) => Math.abs(value - before)));
  const deviations = (now - before) / Math.max(usual, LEAST_DEVIATION * Math.abs(before), Number.MIN_VALUE);
  return deviations > USUAL_DEVIATIONS ? deviations / (deviations + HALF_AT) : 0;
}
