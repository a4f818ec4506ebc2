/**
 * What is measured of a service and moved, where no requests tell more: connections that are all in use, memory, answers
 * that take longer, answers that fail. Whoever waits for a slow service is slow as well, and by metrics alone nobody
 * knows who waits for whom: so what is a service's own counts more than what it may have from others.
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

/** What the detector is named for by whose runbook it is looked at. */
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
/** What a service sees as a client is about others. */
const OF_OTHERS = /client_(?:latency|duration|request)/i;

/** Values move by as much every day. */
const USUAL_DEVIATIONS = 3;
/** As many deviations are half of what may be said. */
const HALF_AT = 10;
/** A series that stands still has no deviation; of a fiftieth of its value nobody speaks. */
const LEAST_DEVIATION = 0.02;
/** A pool has something left. */
const FULL = 0.95;
/** The deviation of a normal distribution, from the median of the absolute ones. */
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
