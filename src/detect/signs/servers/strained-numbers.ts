/**
 * Numbers of servers that left their past many times over, judged by the words of their names, by their range and by
 * their shape. Nobody has to know the store: `engine_pending_compaction_bytes` × 100, `put_latency_99` × 500, a disk that
 * is busy all the time, a limit that somebody lowered.
 */
import { HOUR_US, MINUTE_US } from '#core/time-units.ts';
import { OF_CLOUD } from '#detect/signs/servers/server-series.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { rates, type Series } from '#model/metrics/series.ts';
import { medianOf } from '#model/stats/robust.ts';
import { pointsBetween } from '#model/stats/trend.ts';

export type StrainedNumber = Readonly<{
  metric: string;
  /** The words of its name and of the labels that tell what it counts. */
  what: string;
  /**
   * `lowered`: a limit that is smaller since then. `gone`: no value any more. `changed`: another state or role, where no
   * word says which one is better.
   */
  how: 'risen' | 'fallen' | 'full' | 'lowered' | 'gone' | 'changed';
  before: number;
  now: number;
  sinceUs: number;
  /** Doublings over the highest value before, at most 10. */
  size: number;
}>;

const FEWEST_BEFORE = 5;
const FEWEST_NOW = 3;
/** As often as the highest value before: work of every day does not reach it. */
const TIMES = 4;
const MOST_SIZE = 10;

/** Exporters of the clouds write a value for each period. */
const isCounter = (metric: string) =>
  /_(?:total|count|sum)$/.test(metric) && !OF_CLOUD.test(metric) && metric !== SESSIONS;
/** How many sessions of PostgreSQL are in a state now, by postgres_exporter. */
const SESSIONS = 'pg_stat_activity_count';
/** Numbers that get worse when they rise. */
const WORSE_UP =
  /latenc|duration|(?:^|_)time(?:mills?|s|_|$)|seconds|wait|pending|queue|lag(?![a-z])|behind|delay|backlog|stall|slow|busy|reject|refus|denied|error|fail|shed|throttl|time_?out|drop|oom|exceed|full|unavailable|overload|abort|retr(?:y|ies)|block|in_?progress|inflight|utili[sz]|usage|used|lost|corrupt|stale|under_?(?:replicated|min)|offline|sublevels|files_at_level|running|conflict|skew|evict|eject|stop_?writes|read_?only|unreachable|suspect|alert|diff(?![a-z])|io_time|rollback|discard|redeliver|dead_?letter|unhealthy|degraded|missing|broken|kill|cancel|flow_?control|consumption|lwlock|buffer_?pin/;
/** Numbers that get worse when they fall. */
const WORSE_DOWN =
  /avail|free|healthy|alive|live_?nodes|(?:^|_)(?:up|ready|online|leaders?|quorum|server_?status|health|in_?sync|synced|connected|reachable|writable|joined)(?:_|$)/;
/** A flag that is 1 while all is well, whatever else its name says: `slave_sql_running`, `erasure_set_status`. */
const FLAGS =
  /(?:^|_)(?:up|ready|online|healthy|health|running|alive|connected|in_?sync|synced|status|active|available|reachable|writable|joined|enabled|ok)$/;
/** Whether the server runs at all. */
export const RUNS = /(?:^|_)(?:up|ready|server_?status)$/i;
/**
 * Roles and states. A server that changes its role is no longer what its users take it for.
 * PostgreSQL, MySQL, MongoDB, Redis, Valkey, Patroni, Vitess.
 */
const ROLES =
  /(?:^|_)(?:is_?(?:replica|standby|slave|secondary|leader|primary|master)|in_?recovery)(?:_|$)|(?:member|node|replica|instance|server|shard|peer)s?_(?:state|role)$/;
/** Numbers that may be low. Zero means that nobody is connected any more. */
const WORSE_NONE = /(?:^|_)(?:conns?|connections?|clients|sessions)(?:_|$)/;
const LIMITS = /(?:^|_)(?:max|maximum|limit|quota|capacity|provisioned)(?:_|$)|maxsize|max_?bytes|memory_?size/;
/**
 * The value of a setting, as exporters write it: `pg_settings_…`, `mysql_global_variables_…`, `cassandra_config_…`; and a
 * time-out with its unit.
 */
const SETTINGS =
  /(?:^|_)(?:config|configuration|settings?|variables?|parameters?)_(?!stats)|time_?out_(?:in_)?(?:seconds|milliseconds|millis|ms)$/;
const PARTS = /(?:^|_)(?:ratio|percent(?:age)?|pct|utili[sz]ation|usage|busy|io_time)|consumption/;
/** Galera's `wsrep_flow_control_paused` is the share of time in which nobody may write. */
const OF_TIME = /latenc|duration|seconds|(?:^|_)time|flow_?control_?paused/;
/** Labels that say what one of many numbers counts. */
const TELLING = [
  // PostgreSQL: what its sessions wait for. Waits for locks of other sessions have a finding of their own.
  'wait_event',
  'wait_event_type',
  'resource_name',
  'type',
  'error_code',
  'error',
  'reason',
  'state',
  'kind',
  'level',
  'cause',
  'operation',
  'pool',
  'color',
];

/** Undefined where the number is as before, or where nothing says which way is worse. */
export function strainedNumber(series: Series, { fromUs, toUs }: TimeWindow): StrainedNumber | undefined {
  const form = formOf(series, fromUs);
  if (!Object.values(form).includes(true)) return undefined;
  const points = form.isCounting ? { ...series, ...rates(series) } : series;
  const earlier = pointsBetween(points, fromUs - HOUR_US, fromUs);
  const within = pointsBetween(points, fromUs, toUs + MINUTE_US);
  if (earlier.values.length < FEWEST_BEFORE || within.values.length < FEWEST_NOW) return undefined;
  const before = Array.from(earlier.values);
  const known = { points: within, usual: medianOf(before), most: Math.max(...before), least: Math.min(...before) };
  const { color } = series.labels;
  const found = color === undefined ? movedAs(series.name, form, known) : turnedRed(color, known);
  return found && { metric: series.name, what: saidOf(series), before: known.usual, ...found };
}

/**
 * How long a transaction has been open, and how many old rows are kept for it: InnoDB (`trx_rseg_history_len`), exporters of
 * PostgreSQL (`pg_stat_activity_max_tx_duration`, `pg_long_running_transactions_age_in_seconds`) and of SQL Server.
 * https://dev.mysql.com/doc/refman/8.4/en/innodb-purge-configuration.html
 */
const HELD =
  /history_(?:list_)?len|(?:^|_)(?:tx|trx|txn|transactions?|xact|xmin|snapshot)_(?:\w{1,20}_)?(?:age|duration|seconds|running_time)|(?:oldest|longest)_(?:running_)?(?:tx|trx|transaction|xact|xmin|snapshot)/;

/**
 * It grows for as long as somebody holds the transaction, mostly since before the window, so it is compared with the median
 * before. By itself it harms nobody: `beside` is another number of the server that moved.
 */
export function heldNumber(series: Series, beside: StrainedNumber, window: TimeWindow): StrainedNumber | undefined {
  if (!HELD.test(series.name.toLowerCase())) return undefined;
  const before = Array.from(pointsBetween(series, window.fromUs - HOUR_US, window.fromUs).values);
  const now = Array.from(pointsBetween(series, beside.sinceUs, window.toUs + MINUTE_US).values);
  if (before.length < FEWEST_BEFORE || now.length < FEWEST_NOW) return undefined;
  const usual = Math.max(1, medianOf(before));
  const least = Math.min(...now);
  if (least < TIMES * usual) return undefined;
  const size = Math.min(MOST_SIZE, Math.log2(least / usual));
  const found = { how: 'risen', now: medianOf(now), sinceUs: beside.sinceUs, size } as const;
  return { metric: series.name, what: saidOf(series), before: usual, ...found };
}

type Form = Readonly<Record<'isUp' | 'isDown' | 'isRole' | 'isFlag' | 'isSetting' | 'isLimit' | 'isCounting', boolean>>;

/** The largest value of a minute, and no limit: `aws_es_jvm_memory_pressure_maximum`, `azure_…_serverload_maximum_percent`. */
const OF_MINUTE = /_(?:maximum|minimum)(?=(?:_[a-z]{1,20}){0,2}$)/;

/** How often a limit was reached, and not how high it is: `write_provisioned_throughput_exceeded`. */
const REACHED_OFTEN = /exceed|throttl|reject|refus|denied|(?:^|_)reached(?:_|$)/;

function isLimitName(name: string): boolean {
  return !REACHED_OFTEN.test(name) && LIMITS.test(OF_CLOUD.test(name) ? name.replace(OF_MINUTE, '') : name);
}

/** What the words of its name say, and for a counter its values. All are false where nothing says which way is worse. */
function formOf(series: Series, fromUs: number): Form {
  const words = wordsOf(series);
  const name = series.name.toLowerCase();
  const isUp = WORSE_UP.test(words);
  const isSetting = !isCounter(name) && SETTINGS.test(name);
  const isLimit = isLimitName(name) || isSetting;
  const isDown = WORSE_DOWN.test(words) || WORSE_NONE.test(words);
  const [isRole, isFlag] = [ROLES.test(name), FLAGS.test(name)];
  const isKnown = isUp || isLimit || isDown;
  const isCounting = isKnown && (isCounter(series.name) || (isUp && !isLimit && onlyRises(series, fromUs)));
  return { isUp, isDown, isRole, isFlag, isSetting, isLimit, isCounting };
}

function movedAs(metric: string, form: Form, known: Known): Found | undefined {
  if (form.isRole) return changed(known);
  if (form.isLimit) return lowered(known, form.isSetting);
  const off = form.isFlag ? switchedOff(metric, known) : undefined;
  if (off !== undefined || !(form.isUp || form.isDown)) return off;
  return form.isUp ? (filled(metric, known) ?? risen(metric, known, form.isCounting)) : fallen(metric, known);
}

/** As a share of the steps before: a counter of something rare stands still in some of them. */
const MOSTLY = 0.6;

/**
 * Many exporters count without a word for it: `pg_stat_database_xact_rollback`, `mysql_global_status_slow_queries`,
 * `windows_mssql_locks_lock_waits`. What never falls, and rises at most points before, is a counter.
 */
function onlyRises({ atUs, values }: Series, fromUs: number): boolean {
  let [rises, steps] = [0, 0];
  for (let at = 1; at < values.length; at += 1) {
    const step = (values[at] ?? 0) - (values[at - 1] ?? 0);
    if (step < 0) return false;
    if ((atUs[at] ?? 0) >= fromUs) continue;
    steps += 1;
    rises += Number(step > 0);
  }
  return steps >= FEWEST_BEFORE && rises >= MOSTLY * steps;
}

/**
 * Exporters of Elasticsearch and OpenSearch write one flag for each colour of a cluster. Red means that nobody can read some
 * data, for a primary shard has no server; a cluster is also yellow while it copies shards, and answers as always.
 * https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-cluster-health
 */
function turnedRed(color: string, { points, most }: Known): Found | undefined {
  const run = color === 'red' && most === 0 ? lastRun(points, (value) => value === 1) : undefined;
  return run && { how: 'risen', ...run, size: OF_RED };
}

/** As much as a number that rose 64 times. */
const OF_RED = 6;
const RED = /(?:^|_)cluster_(?:health_)?status$/;
/** HAProxy lets requests wait for a free slot: the servers behind it do not see them. */
const HELD_BACK = /^haproxy_backend_queue_time_average_seconds$/;
/** Seconds. Whoever waits longer notices it: https://www.nngroup.com/articles/response-times-3-important-limits/ */
const LONGEST_UNNOTICED = 1;

/** A cluster that lacks servers for some of its data. */
export function isRed({ metric, how }: Pick<StrainedNumber, 'metric' | 'how'>): boolean {
  return how === 'risen' && RED.test(metric);
}

/** Somebody waits or gets no data, whether the answers of programs are measured or not. */
export function isHarm({ metric, how, now }: StrainedNumber): boolean {
  if (how !== 'risen') return false;
  return isRed({ metric, how }) || (HELD_BACK.test(metric) && now >= LONGEST_UNNOTICED);
}

/** A number that was the same in the whole baseline, and has another value from some moment until the window ends. */
function changed({ points, usual, most, least }: Known): Found | undefined {
  if (most !== least || !Number.isInteger(usual)) return undefined;
  const run = lastRun(points, (value) => value !== usual);
  return run && { how: 'changed', ...run, size: 3 };
}

function switchedOff(metric: string, { points, most, least }: Known): Found | undefined {
  if (most !== 1 || least !== 1) return undefined;
  const run = lastRun(points, (value) => value === 0);
  return run && { how: RUNS.test(metric) ? 'fallen' : 'changed', ...run, size: 3 };
}

type Known = Readonly<{
  points: Readonly<{ atUs: ArrayLike<number>; values: ArrayLike<number> }>;
  usual: number;
  most: number;
  least: number;
}>;
type Found = Pick<StrainedNumber, 'how' | 'now' | 'sinceUs' | 'size'>;

function risen(metric: string, { points, most }: Known, isCounting: boolean): Found | undefined {
  const floor = isCounting || OF_TIME.test(metric) ? LEAST_SMALL : 1;
  const limit = ALARM.test(metric) ? most + 1 : Math.max(TIMES * most, floor);
  const run = lastRun(points, (value) => value >= limit);
  if (run === undefined) return undefined;
  const doublings = Math.log2(run.now / Math.max(most, floor / TIMES));
  const size = Math.min(MOST_SIZE, ALARM.test(metric) ? Math.max(OF_ALARM, doublings) : doublings);
  return { how: 'risen', now: run.now, sinceUs: run.sinceUs, size };
}

/** A level that the server itself gives. */
export const ALARM = /(?:^|_)(?:alerts?|alarms?|stop_?writes|read_?only)(?:_|$)/;
const OF_ALARM = 3;
/** A twentieth of a second, or three in a minute. */
const LEAST_SMALL = 0.05;
/** As a share of all: the range of a number tells whether it is one of 1 or of 100. */
const FULL = 0.85;
const HAD_ROOM = 0.7;
const HUNDRED = 100;
/** Rounding, and samples that are a little late. */
const ROUNDED = 1.15;

function filled(metric: string, { points, most }: Known): Found | undefined {
  const highest = Math.max(...Array.from(points.values));
  const isOf = (whole: number) => highest <= whole * ROUNDED && highest > whole * HAD_ROOM;
  const whole = PARTS.test(metric) ? [1, HUNDRED].find(isOf) : undefined;
  if (whole === undefined || most > HAD_ROOM * whole) return undefined;
  const run = lastRun(points, (value) => value >= FULL * whole);
  return run && { how: 'full', now: run.now, sinceUs: run.sinceUs, size: 3 };
}

/** A quarter is left, or one of a few is gone. */
function fallen(metric: string, { points, usual, least }: Known): Found | undefined {
  const isCount = usual === least && usual > 0 && usual <= FEW && Number.isInteger(usual);
  const left = isCount ? least - 1 : least / TIMES;
  const limit = WORSE_DOWN.test(metric.toLowerCase()) ? left : 0;
  if (least <= 0) return undefined;
  const run = lastRun(points, (value) => value <= limit);
  return run && { how: 'fallen', now: run.now, sinceUs: run.sinceUs, size: 3 };
}

const FEW = 50;
/** Three scrapes without a value. */
const SILENT_US = 3 * MINUTE_US;

/** The time of its last value, where there is none any more; undefined where it goes on. */
export function endOf({ atUs }: Series, { fromUs, toUs }: TimeWindow): number | undefined {
  const lastUs = atUs.at(-1) ?? Number.NEGATIVE_INFINITY;
  return lastUs >= fromUs && lastUs < toUs - SILENT_US ? lastUs : undefined;
}

/** A third less room. */
const LOWERED = 0.67;

/** A setting of 0 or -1 mostly means that there is no limit. */
function lowered({ points, usual, least, most }: Known, isSetting: boolean): Found | undefined {
  if (least < usual || (isSetting && most !== least)) return undefined;
  if (usual <= 0 && !isSetting) return undefined;
  const isLess = (value: number) => (usual <= 0 || value <= LOWERED * usual) && (!isSetting || value > 0);
  const run = lastRun(points, isLess);
  return run && { how: 'lowered', now: run.now, sinceUs: run.sinceUs, size: 4 };
}

/** The last points that are so, up to the end or at least as many as show that it lasts. */
function lastRun(
  { atUs, values }: Known['points'],
  is: (value: number) => boolean,
): Readonly<{ now: number; sinceUs: number }> | undefined {
  const all = Array.from(values);
  const end = all.findLastIndex(is);
  const start = all.slice(0, end + 1).findLastIndex((value) => !is(value)) + 1;
  if (end < 0 || end - start + 1 < FEWEST_NOW || end < all.length / 2) return undefined;
  return { now: medianOf(all.slice(start, end + 1)), sinceUs: atUs[start] ?? 0 };
}

const OF_USE = /current|used|usage|in_?use|active|total|size|count|open|utili[sz]ation|value/;
const COMMON = new Set(
  'current used usage total size count value bytes max maximum limit quota capacity server'.split(' '),
);
/** As a share of the limit. */
const REACHED = 0.97;
const BELOW = 0.9;

/** Numbers that reached the limit that stands beside them, with the same labels and a word in common. */
export function reachedLimits(all: readonly Series[], { fromUs, toUs }: TimeWindow): readonly StrainedNumber[] {
  const groups = Map.groupBy(all, ({ labels }) => JSON.stringify(Object.entries(labels).sort()));
  return [...groups.values()].flatMap((own) => {
    const limits = own.filter(({ name }) => isLimitName(name.toLowerCase()));
    const used = own.filter(
      ({ name }) => !isLimitName(name.toLowerCase()) && OF_USE.test(name) && !/_total$/.test(name),
    );
    return limits.flatMap((limit) => {
      const words = new Set(tellingWords(limit.name));
      const fits = used.filter(({ name }) => tellingWords(name).some((word) => words.has(word)));
      return fits.flatMap((one) => reached(one, limit, { fromUs, toUs }) ?? []);
    });
  });
}

function tellingWords(name: string): readonly string[] {
  return name
    .toLowerCase()
    .split('_')
    .slice(1)
    .filter((word) => !COMMON.has(word));
}

function reached(
  one: Series,
  limit: Series,
  { fromUs, toUs }: Pick<TimeWindow, 'fromUs' | 'toUs'>,
): StrainedNumber | undefined {
  const before = Array.from(pointsBetween(one, fromUs - HOUR_US, fromUs).values);
  const within = pointsBetween(one, fromUs, toUs + MINUTE_US);
  const most = medianOf(Array.from(pointsBetween(limit, fromUs, toUs + MINUTE_US).values));
  if (before.length < FEWEST_BEFORE || within.values.length < FEWEST_NOW || !(most > 0)) return undefined;
  if (Math.max(...before) > BELOW * most) return undefined;
  const run = lastRun(within, (value) => value >= REACHED * most);
  const what = `${saidOf(one)} of ${Number(most.toPrecision(3))}`;
  return run && { metric: one.name, what, how: 'full', before: medianOf(before), ...run, size: 4 };
}

function wordsOf({ name, labels }: Series): string {
  const told = TELLING.map((label) => labels[label] ?? '').filter((text) => text !== '');
  return [name, ...told].join('_').toLowerCase();
}

/** `engine write stall (write_stall_percentile99)` */
function saidOf({ name, labels }: Series): string {
  const plain = name
    .replace(OF_CLOUD, '')
    .replace(/_(?:total|count)$/, '')
    .replaceAll('_', ' ');
  const told = TELLING.map((label) => labels[label] ?? '').find((text) => text !== '');
  return told === undefined ? plain : `${plain} (${told})`;
}
