/**
 * How much of its own headroom a service used up: the rise of its CPU usage as a share of the distance from its usage
 * before the window to its limit. Compared only with its own past, an idle service that wakes up would look worse than
 * one at its limit.
 */

import { plainStore } from '#diagnose/window/called-stores.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { levelBefore, nameOfLimited, sameHours } from '#model/metrics/limited.ts';
import { type Measured, measured } from '#model/metrics/measured.ts';
import { type Series, valuesOver } from '#model/metrics/series.ts';
import { medianOf } from '#model/stats/robust.ts';

export type Headroom = Readonly<{
  service: string;
  instance: string;
  share: number;
  before: number;
  now: number;
  /** The processor is that of a database, and not that of a service. */
  isOfStore: boolean;
  /** `CPU`, or what a database counts instead. */
  unit: string;
  /** The processor itself has room: reads or writes of the log are what is at its limit. */
  isOther?: boolean;
}>;

/** https://learn.microsoft.com/azure/azure-sql/database/monitoring-metrics-alerts: DTUs are the largest of three shares. */
const PROCESSOR_OF_DTUS = /^azure_(?:microsoft_sql_\w{1,60}_)?cpu_percent(?:_average|_maximum)?(?:_percent)?$/;
/** In percent. */
const HAS_ROOM = 50;

/** Exporters put the name of the database system first: `mysql_cpu_utilization`, `mongodb.cpu.usage`. */
const OF_DATABASE_SYSTEM =
  /^(?:aws_(?:rds|docdb|neptune|redshift|elasticache|memorydb)|rds|azure_(?:microsoft_)?sql|(?:stackdriver_)?cloudsql|postgres(?:ql)?|pg|mysql|mariadb|mssql|sqlserver|oracle(?:db)?|mongo(?:db)?|cassandra|elasticsearch|opensearch|clickhouse|influx(?:db)?)[_.]/i;

/**
 * The instance of each service that used up most, the most first. Shares of the limit, 0 to 1. `stores`: names of the
 * databases that requests call.
 */
export function headroomUsed(
  series: readonly Series[],
  window: TimeWindow,
  stores: ReadonlySet<string>,
): readonly Headroom[] {
  const most = new Map<string, Headroom>();
  const all = measured(series);
  const shares = all.filter(({ concept, scope }) => concept === 'cpu_share' && scope === 'instance');
  const limits = new Map(
    all.flatMap(({ concept, instance, values }) =>
      concept === 'cpu_limit' ? [[instance, values.at(-1) ?? 0] as const] : [],
    ),
  );
  const ofServices = Map.groupBy(shares, ({ service }) => service);
  for (const one of shares) {
    const used = headroomOf(one, window) ?? headroomOfNew(one, { ofServices, limits }, window);
    if (used === undefined) continue;
    // Where the labels name no service, the machine is what is known.
    const service = one.service || one.instance;
    const known = most.get(service);
    if (known !== undefined && used.share <= known.share) continue;
    const instance = one.instance === service ? '' : one.instance;
    const unit = nameOfLimited('cpu_share', one.metric).name;
    const isOther = unit !== 'CPU' && hasIdleProcessor(service, series, window);
    most.set(service, { service, instance, ...used, isOfStore: isOfStore(one, stores), unit, isOther });
  }
  return [...most.values()].sort((a, b) => b.share - a.share || (a.service < b.service ? -1 : 1));
}

/** The share of the processor alone is known, and low. */
function hasIdleProcessor(service: string, series: readonly Series[], { fromUs, toUs }: TimeWindow): boolean {
  const own = series.filter(
    ({ name, labels }) => PROCESSOR_OF_DTUS.test(name) && Object.values(labels).includes(service),
  );
  const now = own.flatMap((one) => valuesOver(one, fromUs, toUs));
  return now.length >= FEWEST_POINTS && medianOf(now) < HAS_ROOM;
}

/**
 * Services whose processors used up their headroom: their own, or those of the machines that are labelled with them. Also
 * those whose limit stops them in every second period, and did not before.
 */
export function filledProcessors(series: readonly Series[], window: TimeWindow): ReadonlySet<string> {
  const all = measured(series).filter(({ service }) => service !== '');
  const pasts = Map.groupBy(
    all.filter(({ concept }) => concept === 'cpu_share' || concept === 'cpu_throttled'),
    ({ service, concept }) => `${service}\n${concept}`,
  );
  const filled = all.filter((one) => {
    const used = one.concept === 'cpu_share' ? headroomOf(one, window) : undefined;
    if (used !== undefined) return used.now >= FULL && used.share >= FILLED;
    return isFullOfNew(one, pasts.get(`${one.service}\n${one.concept}`) ?? [], window);
  });
  return new Set(filled.map(({ service }) => service));
}

/** kubernetes-mixin warns of throttling from a quarter of the periods on; at half, the container stands as often as it works. */
const THROTTLED: Readonly<Record<'now' | 'before', number>> = { now: 0.5, before: 0.25 };

/**
 * New pods have no past of their own: they are compared with the pods that they replace. Each process works hard while it
 * starts, so most of the points have to be full.
 */
function isFullOfNew(one: Measured, ofService: readonly Measured[], window: TimeWindow): boolean {
  const least = { cpu_share: { now: FULL, before: FILLED }, cpu_throttled: THROTTLED };
  const limits = one.concept === 'cpu_share' || one.concept === 'cpu_throttled' ? least[one.concept] : undefined;
  const values = valuesOver(one, window.fromUs, window.toUs);
  if (limits === undefined || values.length < FEWEST_POINTS || medianOf(values) < limits.now) return false;
  const before = ofService.flatMap((other) => levelBefore(other, window) ?? []);
  return before.length > 0 && medianOf(before) < limits.before;
}

/** `limits`: the CPU limit of each instance, where it is known. */
type Others = Readonly<{
  ofServices: ReadonlyMap<string, readonly Measured[]>;
  limits: ReadonlyMap<string, number>;
}>;

/** After a lower limit, new pods replace those that had more: the two are compared. */
function headroomOfNew(
  one: Measured,
  { ofServices, limits }: Others,
  window: TimeWindow,
): Pick<Headroom, 'share' | 'before' | 'now'> | undefined {
  const limit = limits.get(one.instance);
  if (one.service === '' || limit === undefined || levelBefore(one, window) !== undefined) return undefined;
  const roomier = (ofServices.get(one.service) ?? []).filter(({ instance }) => (limits.get(instance) ?? 0) > limit);
  if (!isFullOfNew(one, roomier, window)) return undefined;
  const before = medianOf(roomier.flatMap((other) => levelBefore(other, window) ?? []));
  const now = busiest(valuesOver(one, window.fromUs, window.toUs)) ?? before;
  return { share: Math.max(0, (now - before) / (1 - before)), before, now };
}

/** A pod that has just started shows no level. */
const FEWEST_POINTS = 5;

/** Most of what was left: a processor that was nearly full before was no reason to be slow then. */
const FILLED = 0.5;

function isOfStore({ metric, service, instance }: Measured, stores: ReadonlySet<string>): boolean {
  return OF_DATABASE_SYSTEM.test(metric) || [service, instance].some((name) => stores.has(plainStore(name)));
}

/** Undefined where either time has no value. */
function headroomOf(one: Measured, window: TimeWindow): Pick<Headroom, 'share' | 'before' | 'now'> | undefined {
  const past = levelBefore(one, window);
  const now = busiest(valuesOver(one, window.fromUs, window.toUs));
  if (past === undefined || now === undefined) return undefined;
  const earlier = sameHours(one, window).flatMap((values) => busiest(values) ?? []);
  const before = Math.min(1, Math.max(past, earlier.length === 0 ? 0 : medianOf(earlier)));
  // At its limit already, it did the same work before the problem.
  return { share: before >= FULL ? 0 : Math.max(0, (now - before) / (1 - before)), before, now };
}

/** As a share of the limit: the rest is the noise of one sample. */
const FULL = 0.95;

/** The mean of the two busiest points, at most 1. */
function busiest(values: readonly number[]): number | undefined {
  const most = values.toSorted((a, b) => b - a).slice(0, 2);
  return most.length === 0 ? undefined : Math.min(1, most.reduce((sum, value) => sum + value, 0) / most.length);
}
