/**
 * Numbers of servers that left their past many times over, judged by the words of their names, by their range and by
 * their shape. Nobody has to know the store: `engine_pending_compaction_bytes` × 100, `put_latency_99` × 500, a disk that
 * is busy all the time, a limit that somebody lowered.
 */
import { OF_CLOUD } from '#detect/signs/servers/server-series.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { rates, type Series } from '#model/metrics/series.ts';
import { medianOf } from '#model/stats/robust.ts';
import { pointsBetween } from '#model/stats/trend.ts';

export type StrainedNumber = Readonly<{
  metric: string;
  /** The words of its name and of the labels that tell what it counts. */
  what: string;
  /** `lowered`: a limit that is smaller since then. `gone`: no value any more. */
  how: 'risen' | 'fallen' | 'full' | 'lowered' | 'gone';
  before: number;
  now: number;
  sinceUs: number;
  /** Doublings over the highest value before, at most 10. */
  size: number;
}>;

const HOUR_US = 3_600_000_000;
const MINUTE_US = 60_000_000;
const FEWEST_BEFORE = 5;
const FEWEST_NOW = 3;
/** As often as the highest value before: work of every day does not reach it. */
const TIMES = 4;
const MOST_SIZE = 10;

/** Exporters of the clouds write a value for each period. */
const isCounter = (metric: string) => /_(?:total|count|sum)$/.test(metric) && !OF_CLOUD.test(metric);
/** Numbers that get worse when they rise. */
const WORSE_UP =
  /latenc|duration|(?:^|_)time(?:mills?|s|_|$)|seconds|wait|pending|queue|lag(?![a-z])|behind|delay|backlog|stall|slow|busy|reject|refus|denied|error|fail|shed|throttl|time_?out|drop|oom|exceed|full|unavailable|overload|abort|retr(?:y|ies)|block|in_?progress|inflight|utili[sz]|usage|used|lost|corrupt|stale|under_?(?:replicated|min)|offline|sublevels|files_at_level|running|conflict|skew|evict|eject|stop_?writes|read_?only|unreachable|suspect|alert|diff(?![a-z])|io_time/;
/** Numbers that get worse when they fall. */
const WORSE_DOWN =
  /avail|free|healthy|alive|live_?nodes|(?:^|_)(?:up|ready|online|leaders?|quorum|server_?status)(?:_|$)/;
/** Numbers that may be low. Zero means that nobody is connected any more. */
const WORSE_NONE = /(?:^|_)(?:conns?|connections?|clients|sessions)(?:_|$)/;
const LIMITS = /(?:^|_)(?:max|maximum|limit|quota|capacity|provisioned)(?:_|$)|maxsize|max_?bytes|memory_?size/;
const PARTS = /(?:^|_)(?:ratio|percent(?:age)?|pct|utili[sz]ation|usage|busy|io_time)/;
const OF_TIME = /latenc|duration|seconds|(?:^|_)time/;
/** Labels that say what one of many numbers counts. */
const TELLING = [
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
];

/** Undefined where the number is as before, or where nothing says which way is worse. */
export function strainedNumber(series: Series, { fromUs, toUs }: TimeWindow): StrainedNumber | undefined {
  const metric = series.name;
  const words = wordsOf(series);
  const isUp = WORSE_UP.test(words);
  const isLimit = LIMITS.test(metric.toLowerCase());
  if (!isUp && !isLimit && !WORSE_DOWN.test(words) && !WORSE_NONE.test(words)) return undefined;
  const points = isCounter(metric) ? { ...series, ...rates(series) } : series;
  const earlier = pointsBetween(points, fromUs - HOUR_US, fromUs);
  const within = pointsBetween(points, fromUs, toUs + MINUTE_US);
  if (earlier.values.length < FEWEST_BEFORE || within.values.length < FEWEST_NOW) return undefined;
  const before = Array.from(earlier.values);
  const known = { points: within, usual: medianOf(before), most: Math.max(...before), least: Math.min(...before) };
  const found = isLimit
    ? lowered(known)
    : isUp
      ? (filled(metric, known) ?? risen(metric, known))
      : fallen(metric, known);
  return found && { metric, what: saidOf(series), before: known.usual, ...found };
}

type Known = Readonly<{
  points: Readonly<{ atUs: ArrayLike<number>; values: ArrayLike<number> }>;
  usual: number;
  most: number;
  least: number;
}>;
type Found = Pick<StrainedNumber, 'how' | 'now' | 'sinceUs' | 'size'>;

function risen(metric: string, { points, most }: Known): Found | undefined {
  const floor = isCounter(metric) || OF_TIME.test(metric) ? LEAST_SMALL : 1;
  const limit = ALARM.test(metric) ? most + 1 : Math.max(TIMES * most, floor);
  const run = lastRun(points, (value) => value >= limit);
  if (run === undefined) return undefined;
  const doublings = Math.log2(run.now / Math.max(most, floor / TIMES));
  const size = Math.min(MOST_SIZE, ALARM.test(metric) ? Math.max(OF_ALARM, doublings) : doublings);
  return { how: 'risen', now: run.now, sinceUs: run.sinceUs, size };
}

/** A level that the server itself gives. */
const ALARM = /(?:^|_)(?:alerts?|alarms?|stop_?writes|read_?only)(?:_|$)/;
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

function lowered({ points, usual, least }: Known): Found | undefined {
  if (usual <= 0 || least < usual) return undefined;
  const run = lastRun(points, (value) => value <= LOWERED * usual);
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
    const limits = own.filter(({ name }) => LIMITS.test(name.toLowerCase()));
    const used = own.filter(
      ({ name }) => !LIMITS.test(name.toLowerCase()) && OF_USE.test(name) && !/_total$/.test(name),
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
