/** One series of a metric: the same in a case's `metrics.json` and in a response of Prometheus. */
import { MINUTE_US } from '#core/time-units.ts';

export type Series = Readonly<{
  name: string;
  labels: Readonly<Record<string, string>>;
  /** Microseconds since the epoch, ascending. */
  atUs: Float64Array;
  values: Float64Array;
}>;

/** The values in `[fromUs, toUs)`. */
export function valuesIn({ atUs, values }: Pick<Series, 'atUs' | 'values'>, fromUs: number, toUs: number): number[] {
  const found: number[] = [];
  for (let at = 0; at < atUs.length; at += 1) {
    const us = atUs[at] ?? 0;
    const value = values[at] ?? Number.NaN;
    if (us >= fromUs && us < toUs && !Number.isNaN(value)) found.push(value);
  }
  return found;
}

/**
 * The values for `[fromUs, toUs)`: each scraped value covers the time since the previous one, and counts where most of
 * that time lies.
 */
export function valuesOver({ atUs, values }: Pick<Series, 'atUs' | 'values'>, fromUs: number, toUs: number): number[] {
  const stepUs = usualStepUs(atUs);
  const found: number[] = [];
  for (let at = 0; at < atUs.length; at += 1) {
    const us = atUs[at] ?? 0;
    const value = values[at] ?? Number.NaN;
    if (Math.min(us, toUs) - Math.max(us - stepUs, fromUs) >= stepUs / 2 && !Number.isNaN(value)) found.push(value);
  }
  return found;
}

/** Per second, at each point since the previous one. A falling counter was reset to 0. */
export function rates({ atUs, values }: Pick<Series, 'atUs' | 'values'>): Pick<Series, 'atUs' | 'values'> {
  const times: number[] = [];
  const found: number[] = [];
  for (let at = 1; at < values.length; at += 1) {
    const [before, now] = [values[at - 1] ?? 0, values[at] ?? 0];
    const seconds = ((atUs[at] ?? 0) - (atUs[at - 1] ?? 0)) / 1e6;
    if (seconds <= 0) continue;
    times.push(atUs[at] ?? 0);
    found.push((now < before ? now : now - before) / seconds);
  }
  return { atUs: Float64Array.from(times), values: Float64Array.from(found) };
}

/** Without the points that mostly cover time after `toUs`; unchanged where `toUs` is NaN. */
export function seriesUntil(series: Series, toUs: number): Series {
  if (!Number.isFinite(toUs)) return series;
  const lastUs = toUs + usualStepUs(series.atUs) / 2;
  const count = series.atUs.filter((us) => us <= lastUs).length;
  return count === series.atUs.length
    ? series
    : { ...series, atUs: series.atUs.subarray(0, count), values: series.values.subarray(0, count) };
}

/** The most frequent step between two points; a minute where there are too few points. */
function usualStepUs(atUs: Float64Array): number {
  const steps = atUs.subarray(1).map((us, at) => us - (atUs[at] ?? 0));
  return steps.toSorted((a, b) => a - b)[steps.length >> 1] ?? MINUTE_US;
}

/**
 * Each series once, in order of name and labels: several responses may hold pieces of one (the window, the same time
 * yesterday), and their order must not matter.
 */
export function mergedSeries(series: readonly Series[]): readonly Series[] {
  const byKey = Map.groupBy(series, keyOf);
  return [...byKey]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, parts]) => {
      const [first, ...more] = parts;
      if (first === undefined || more.length === 0) return first === undefined ? [] : [first];
      const points = new Map(parts.flatMap(({ atUs, values }) => Array.from(atUs, (us, at) => [us, values[at] ?? 0])));
      const atUs = Float64Array.from(points.keys()).sort();
      return [{ ...first, atUs, values: atUs.map((us) => points.get(us) ?? 0) }];
    });
}

function keyOf({ name, labels }: Series): string {
  return `${name}${JSON.stringify(Object.entries(labels).sort())}`;
}
