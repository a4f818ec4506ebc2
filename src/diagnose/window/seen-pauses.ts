/**
 * Services that collections of garbage stop for much of the window, and hardly did before: by the lines of their runtime,
 * or by a metric of the time in collections. A span of a stopped process shows only that its own work takes longer.
 */
import type { TimeWindow } from '#model/finding/time-window.ts';
import { GC_LINES, isConcurrent } from '#model/instruments/gc-words.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { measured } from '#model/metrics/measured.ts';
import { type Series, valuesIn } from '#model/metrics/series.ts';
import { medianOf } from '#model/stats/robust.ts';
import { amountIn } from '#model/trace/wait-amounts.ts';

/** What shows the pauses: the line of the longest one, or the metric. */
export type SeenPause = Readonly<{ kind: 'log' | 'metric'; ref: string; text: string }>;

export type PauseTimes = Pick<TimeWindow, 'fromUs' | 'toUs'> &
  Readonly<{ logs: readonly LogLine[]; healthyLogs: readonly LogLine[]; series: readonly Series[] }>;

/** As a share of the time. Coroot warns of a JVM in safepoints at the same share. */
const MUCH = 0.05;
/** Times the share before: the same work in a smaller heap collects a little more often. */
const GROWN = 3;
/** One pause may be chance. */
const FEWEST = 3;
/** G1 aims at shorter pauses (MaxGCPauseMillis). */
const LONG_US = 200_000;

/** By service. */
export function seenPauses(times: PauseTimes): ReadonlyMap<string, SeenPause> {
  return new Map([...inMetrics(times), ...inLines(times)]);
}

function inLines({ logs, healthyLogs }: PauseTimes): readonly (readonly [string, SeenPause])[] {
  const now = pausesBy(logs);
  if (now.size === 0) return [];
  const before = pausesBy(healthyLogs);
  return [...now].flatMap(([service, pauses]) => {
    const share = shareOf(pauses);
    const [longest] = pauses.toSorted((a, b) => b.us - a.us);
    if (longest === undefined || pauses.length < FEWEST || share < MUCH) return [];
    if (share < GROWN * shareOf(before.get(service) ?? [])) return [];
    return [[service, { kind: 'log', ref: longest.line.timeNs, text: longest.line.line }] as const];
  });
}

type Paused = Readonly<{ line: LogLine; us: number }>;

/** Long pauses of each service. Concurrent phases stop nothing. */
function pausesBy(lines: readonly LogLine[]): ReadonlyMap<string, readonly Paused[]> {
  const long = lines.flatMap((line): Paused[] => {
    const us = isConcurrent(line.line) ? 0 : amountIn(line.line, GC_LINES);
    return us >= LONG_US ? [{ line, us }] : [];
  });
  return Map.groupBy(long, ({ line }) => line.service);
}

/** Of the time from the first pause to the end of the last one, by the busiest of the service's pods. */
function shareOf(pauses: readonly Paused[]): number {
  const byPod = Map.groupBy(pauses, ({ line: { labels } }) => labels.pod ?? labels.instance ?? labels.host ?? '');
  return Math.max(0, ...[...byPod.values()].map(shareOfPod));
}

function shareOfPod(pauses: readonly Paused[]): number {
  if (pauses.length < 2) return 0;
  const ends = pauses.map(({ line }) => epochUsOf(line));
  const [from, to] = ends.reduce(([a, b], us) => [Math.min(a, us), Math.max(b, us)], [ends[0] ?? 0, ends[0] ?? 0]);
  const stopped = pauses.reduce((sum, { us }) => sum + us, 0);
  return to === from ? 0 : stopped / (to - from + LONG_US);
}

function inMetrics({ series, fromUs, toUs }: PauseTimes): readonly (readonly [string, SeenPause])[] {
  return measured(series)
    .filter(({ concept, service }) => concept === 'gc_time' && service !== '')
    .flatMap((one) => {
      const [before, now] = [valuesIn(one, Number.NEGATIVE_INFINITY, fromUs), valuesIn(one, fromUs, toUs)];
      if (before.length === 0 || now.length === 0) return [];
      const [was, is] = [medianOf(before), medianOf(now)];
      if (is < MUCH || is < GROWN * was) return [];
      const text = `${one.service} spends ${percent(is)} of the time in garbage collection, ${percent(was)} before`;
      return [[one.service, { kind: 'metric', ref: one.metric, text }] as const];
    });
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}
