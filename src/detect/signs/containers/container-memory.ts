/** How the memory of a container grew until it ended, by its metric. */
import { linearRegression, linearRegressionLine, rSquared } from 'simple-statistics';
import { memoize } from '#core/memoize.ts';
import { meaningOf } from '#model/metrics/metric-names.ts';
import type { Series } from '#model/metrics/series.ts';
import type { Terminated } from '#model/platform/platform.ts';
import type { OwnContainer } from '#model/platform/platform-pods.ts';
import { memoryText } from '#model/text/size-text.ts';

export type Growth = Readonly<{ fromBytes: number; toBytes: number; bytesPerHour: number; isSteady: boolean }>;

/** A line through fewer points proves nothing. */
const FEWEST_POINTS = 5;
/** The least R² of a straight line through a steady growth. */
const STEADY = 0.8;

export function growthOf(
  { pod, container: { name } }: Pick<OwnContainer, 'pod' | 'container'>,
  end: Terminated,
  metrics: readonly Series[],
): Growth | undefined {
  const isOwn = ({ labels }: Series) => (labels.container ?? labels['k8s.container.name'] ?? name) === name;
  const series = memoryByLabel(metrics).get(pod.name)?.find(isOwn);
  if (series === undefined) return undefined;
  const scale = meaningOf(series)?.scale ?? 1;
  const points: number[][] = [];
  for (const [at, us] of series.atUs.entries()) {
    const value = (series.values[at] ?? Number.NaN) * scale;
    if (us >= end.startedUs && us <= end.finishedUs && Number.isFinite(value)) points.push([us / 3.6e9, value]);
  }
  const [first, last] = [points[0]?.[1], points.at(-1)?.[1]];
  if (points.length < FEWEST_POINTS || first === undefined || last === undefined) return undefined;
  const line = linearRegression(points);
  const isSteady = line.m > 0 && rSquared(points, linearRegressionLine(line)) >= STEADY;
  return { fromBytes: first, toBytes: last, bytesPerHour: line.m, isSteady };
}

/** Series of used memory, by the values of their labels. */
const memoryByLabel = memoize((metrics: readonly Series[]) => {
  const byLabel = new Map<string, Series[]>();
  for (const series of metrics) {
    if (!isMemory(series)) continue;
    for (const value of new Set(Object.values(series.labels))) {
      const known = byLabel.get(value);
      if (known === undefined) byLabel.set(value, [series]);
      else known.push(series);
    }
  }
  return byLabel;
});

function isMemory(series: Series): boolean {
  const meaning = meaningOf(series);
  return meaning?.concept === 'memory_used' && meaning.scope === 'instance';
}

export function growthText({ fromBytes, toBytes, bytesPerHour, isSteady }: Growth): string {
  const steadily = isSteady ? `, ${memoryText(bytesPerHour)} an hour` : '';
  return `from ${memoryText(fromBytes)} to ${memoryText(toBytes)}${steadily}`;
}
