/** Resources with a limit: their names, and their measured points in a window. */
import { DAY_US, HOUR_US, MINUTE_US } from '#core/time-units.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import type { Measured } from '#model/metrics/measured.ts';
import type { Concept } from '#model/metrics/metric-names.ts';
import { valuesIn, valuesOver } from '#model/metrics/series.ts';
import { redact } from '#model/redaction/redaction.ts';
import { medianOf } from '#model/stats/robust.ts';

export type LimitedConcept = Extract<
  Concept,
  | 'cpu_share'
  | 'cpu_throttled'
  | 'io_wait'
  | 'gc_time'
  | 'memory_share'
  | 'memory_alarm'
  | 'store_cache_share'
  | 'disk_share'
  | 'disk_alarm'
  | 'credits_share'
  | 'open_files_share'
  | 'connections_share'
>;

const NAMES: Readonly<Record<LimitedConcept, Readonly<{ name: string; of: string }>>> = {
  cpu_share: { name: 'CPU', of: 'of its limit' },
  cpu_throttled: { name: 'CPU', of: 'of its time throttled by its limit' },
  io_wait: { name: 'CPU', of: 'of its time waiting for the disk' },
  gc_time: { name: 'garbage collection', of: 'of the time' },
  memory_share: { name: 'memory', of: 'of its limit' },
  memory_alarm: { name: 'memory', of: 'of what its alarm allows' },
  store_cache_share: { name: 'cache', of: 'full' },
  disk_share: { name: 'disk', of: 'full' },
  disk_alarm: { name: 'disk', of: 'of what its alarm allows' },
  credits_share: { name: 'burst credits', of: 'of them used up' },
  open_files_share: { name: 'open files', of: 'of their limit' },
  connections_share: { name: 'connections', of: 'of their limit' },
};

/** Servers count the threads that work on requests as a pool. A thread of MySQL is a connection. */
const OF_THREADS = /^(?:tomcat|jetty|frankenphp)[._]/;

/** Azure SQL's unit of processor, reads and writes together. */
const OF_DTUS = /(?:^|_)dtu_/;

/** `CPU at 97 % of its limit` without the number. `metric`: the name in its store. */
export function nameOfLimited(concept: LimitedConcept, metric: string): Readonly<{ name: string; of: string }> {
  if (concept === 'cpu_share' && OF_DTUS.test(metric)) return { name: 'DTU', of: 'of its limit' };
  const isOfThreads = concept === 'connections_share' && OF_THREADS.test(metric);
  return isOfThreads ? { ...NAMES[concept], name: 'threads' } : NAMES[concept];
}

export function isLimited(one: Measured): one is Measured & Readonly<{ concept: LimitedConcept }> {
  return Object.hasOwn(NAMES, one.concept);
}

/** The points of the window; all points where no time was given. */
export function windowValues(one: Pick<Measured, 'atUs' | 'values'>, { fromUs, toUs }: TimeWindow): number[] {
  const to = Number.isFinite(toUs) ? toUs : Number.POSITIVE_INFINITY;
  return Number.isFinite(fromUs) ? valuesOver(one, fromUs, to) : valuesIn(one, Number.NEGATIVE_INFINITY, to);
}

/** The level of the hour before; of all earlier points where that hour has none, undefined where nothing is before. */
export function levelBefore(one: Pick<Measured, 'atUs' | 'values'>, { fromUs }: TimeWindow): number | undefined {
  if (!Number.isFinite(fromUs)) return undefined;
  const recent = valuesIn(one, fromUs - HOUR_US, fromUs);
  const before = recent.length > 0 ? recent : valuesIn(one, Number.NEGATIVE_INFINITY, fromUs);
  return before.length === 0 ? undefined : medianOf(before);
}

/** In days back, as far as sources usually reach. */
const EARLIER_DAYS = [1, 2, 3, 4, 5, 6, 7];

/**
 * The values of the same hours of earlier days, one list a day: a nightly job uses as much in each night. Empty where no
 * earlier day is known.
 */
export function sameHours(
  one: Pick<Measured, 'atUs' | 'values'>,
  { fromUs, toUs }: Pick<TimeWindow, 'fromUs' | 'toUs'>,
): readonly (readonly number[])[] {
  if (!Number.isFinite(fromUs) || !Number.isFinite(toUs)) return [];
  return EARLIER_DAYS.map((day) => valuesIn(one, fromUs - day * DAY_US, toUs - day * DAY_US)).filter(
    (values) => values.length > 0,
  );
}

/** `97 %`, `0.4 %` */
export function shareText(share: number): string {
  const points = share * 100;
  return `${Math.abs(points) < 10 ? Number(points.toFixed(1)) : Math.round(points)} %`;
}

/** `14:31 UTC` */
export function minuteText(us: number): string {
  const minutes = Math.floor(us / MINUTE_US);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)} UTC`;
}

/** Facts about a state that lasted from one time to another. */
export function lastingFacts({ fromUs, untilUs }: Readonly<{ fromUs: number; untilUs: number }>) {
  return { since: minuteText(fromUs), sinceUs: fromUs, seconds: Math.round((untilUs - fromUs) / 1e6) };
}

/** The series that shows it, under the name in its store. */
export function metricEvidence(one: Measured, text: string): EvidenceItem {
  const where = [one.instance, one.part]
    .filter((name) => name !== '' && name !== one.service)
    .map(redact)
    .join(', ');
  return { kind: 'metric', ref: one.metric, text: `${one.metric}${where === '' ? '' : ` (${where})`}: ${text}` };
}
