/**
 * A release whose new instances never report, while one of the old ones stopped as it began and calls to the service fail
 * since.
 *
 *                     14:00  14:02  14:04  14:06
 *   pod of v1, first    ●      ●                     stopped for the release
 *   pod of v1, second   ●      ●      ●      ●
 *   pod of v2                                        never seen: it does not start, or does not answer
 *   calls of others            0 %   38 %   12 %     fail since: a second sign
 */
import { MINUTE_US } from '#core/time-units.ts';
import { familyKey, isRelease } from '#detect/signs/versions/releases-seen.ts';
import type { VersionSeries } from '#detect/signs/versions/version-series.ts';
import type { Change } from '#model/changes/change.ts';
import type { Measured } from '#model/metrics/measured.ts';
import { medianOf } from '#model/stats/robust.ts';

export type UnstartedRelease = Readonly<{
  change: Change;
  /** The instance that stopped. */
  instance: string;
  metric: string;
  others: number;
  minutes: number;
  /** The largest share of calls to it that failed since, as its callers count them. */
  failing: number;
  failingMetric: string;
}>;

/** The old instance stops at most this long before or after the release is recorded, in minutes. */
const BEFORE = 1;
const AFTER = 3;
/** An instance that had just come may be another try. */
const FEWEST_MINUTES = 5;

export function unstartedReleases(
  metrics: readonly Measured[],
  series: readonly VersionSeries[],
  changes: readonly Change[],
  toUs: number,
  { forMinutes, minPoints }: Readonly<{ forMinutes: number; minPoints: number }>,
): readonly UnstartedRelease[] {
  return changes.filter(isRelease).flatMap((change): UnstartedRelease[] => {
    const key = familyKey(change.service);
    const own = series.filter(({ family, who }) => family === key && who.instance !== '');
    const at = Math.floor(change.atUs / MINUTE_US);
    const spans = [...Map.groupBy(own, ({ who }) => who.instance)].map(([instance, some]) => spanOf(instance, some));
    const last = spans.reduce((most, { to }) => Math.max(most, to), 0);
    const minutes = Math.min(last, Math.floor(toUs / MINUTE_US)) - at;
    const gone = spans.find(
      ({ from, to }) => to >= at - BEFORE && to <= at + AFTER && to < last - 1 && to - from >= FEWEST_MINUTES,
    );
    const isBorn = spans.some(({ from }) => from >= at - BEFORE);
    const staying = spans.filter(({ to }) => to >= last - 1);
    if (gone === undefined || isBorn || staying.length === 0 || minutes < forMinutes) return [];
    const failing = failingCalls(metrics, key, change.atUs, minPoints);
    if (failing === undefined) return [];
    return [{ change, instance: gone.instance, metric: gone.metric, others: staying.length, minutes, ...failing }];
  });
}

function spanOf(instance: string, own: readonly VersionSeries[]) {
  const minutes = own.flatMap(({ values }) => [...values.keys()]);
  return {
    instance,
    metric: own[0]?.metric ?? '',
    from: minutes.reduce((least, minute) => Math.min(least, minute), Number.POSITIVE_INFINITY),
    to: minutes.reduce((most, minute) => Math.max(most, minute), 0),
  };
}

/** Calls to it as a whole: no label names an instance. They fail since, and did not before. */
function failingCalls(
  metrics: readonly Measured[],
  key: string,
  atUs: number,
  minPoints: number,
): Pick<UnstartedRelease, 'failing' | 'failingMetric'> | undefined {
  const whole = metrics.filter(
    ({ concept, scope, service, labels }) =>
      concept === 'error_share' && scope === 'service' && labels.pod === undefined && familyKey(service) === key,
  );
  const risen = whole.flatMap((one) => {
    const [before, since] = [valuesOf(one, (us) => us < atUs - MINUTE_US), valuesOf(one, (us) => us >= atUs)];
    const most = Math.max(0, ...since);
    const usual = before.length === 0 ? 1 : Math.max(medianOf(before), ...before);
    return most - usual >= CLEAR_POINTS * minPoints ? [{ failing: most, failingMetric: one.metric }] : [];
  });
  return risen.toSorted((a, b) => b.failing - a.failing)[0];
}

/** A single minute counts, so the difference has to be clear. */
const CLEAR_POINTS = 2;

function valuesOf({ atUs, values }: Measured, isThen: (us: number) => boolean): readonly number[] {
  return Array.from(values).filter((_, at) => isThen(atUs[at] ?? 0));
}
