/** Where the errors of one kind are far more frequent than elsewhere in the log, or than in the healthy time. */
import { frequentStretch } from '#detect/signs/lines/rate-scan.ts';
import type { LogEvent } from '#model/logs/log-events.ts';
import { type LogLine, lineCount } from '#model/logs/log-line.ts';
import type { LogTemplates } from '#model/logs/log-templates.ts';

/** `healthy`: the share of the event in the healthy lines of its service. */
export function burstIn(
  logs: readonly LogLine[],
  row: readonly number[],
  { lines }: LogEvent,
  healthy: number | undefined,
  limits: BurstLimits,
): Burst | undefined {
  const placed = placedIn(logs, row, lines);
  return burstOf(placed, healthy, limits) ?? steady(placed, healthy, limits);
}

export type Burst = Readonly<{
  /** Places of the log. */
  lines: readonly number[];
  errors: number;
  /** Shares of the lines of the service; `worst` is that of the worst twentieth of the stretch. */
  before: number;
  during: number;
  worst: number;
  steady: boolean;
}>;
export type BurstLimits = Readonly<Record<'minErrors' | 'minRise' | 'minGain' | 'minSteadyShare', number>>;

/** The share of an event in the healthy lines of its service; undefined without healthy lines. */
export function healthyRates(
  ownLines: number,
  templates: LogTemplates,
  baselineLogs: readonly LogLine[],
): (event: LogEvent) => number | undefined {
  const perService = Map.groupBy(baselineLogs, ({ service }) => service);
  return ({ service, template }) => {
    const all = lineCount(perService.get(service) ?? []);
    const such = templates.linesOf(template).flatMap((place) => baselineLogs[place - ownLines] ?? []);
    return all === 0 ? undefined : lineCount(such.filter((line) => line.service === service)) / all;
  };
}

function burstOf(
  { hits, places, count }: Placed,
  usual: number | undefined,
  { minErrors, minRise, minGain }: BurstLimits,
): Burst | undefined {
  const stretch = frequentStretch(hits, count);
  if (stretch === undefined || stretch.hits < minErrors || stretch.gain < minGain) return undefined;
  const before = stretch.from === 0 ? (usual ?? outside(hits.length, count, stretch)) : usualBefore(hits, stretch);
  const during = stretch.hits / stretch.lines;
  if (during < minRise * Math.max(before, usual ?? 0)) return undefined;
  const inside = hits.filter((hit) => isWithin(hit, stretch));
  return {
    lines: [...new Set(places.filter((_, i) => isWithin(hits[i] ?? 0, stretch)))],
    errors: inside.length,
    before,
    during,
    worst: Math.max(during, worstShare(inside, stretch)),
    steady: false,
  };
}

/** A burst at the beginning of the log has no time before it: the lines after it count. */
function outside(hits: number, lines: number, stretch: Readonly<{ hits: number; lines: number }>): number {
  return (hits - stretch.hits) / Math.max(1, lines - stretch.lines);
}

/**
 * The share before the stretch. Errors may rise in steps, so it is the lower quartile over ten equal parts of that time.
 */
function usualBefore(hits: readonly number[], { from }: Readonly<{ from: number }>): number {
  const parts = Math.min(TENTHS, from);
  const counts = new Float64Array(parts);
  for (const hit of hits)
    if (hit < from) counts[Math.floor((hit * parts) / from)] = (counts[Math.floor((hit * parts) / from)] ?? 0) + 1;
  const quiet = ((counts.sort()[Math.floor(parts / 4)] ?? 0) * parts) / from;
  return quiet > 0 ? quiet : hits.filter((hit) => hit < from).length / from;
}

const TENTHS = 10;

/** The worst share is taken over a twentieth of the stretch, but at least over this many lines. */
const WORST_OF = 20;
const WORST_AT_LEAST = 40;

function worstShare(inside: readonly number[], { from, lines }: Readonly<{ from: number; lines: number }>): number {
  const width = Math.max(WORST_AT_LEAST, Math.ceil(lines / WORST_OF));
  if (width >= lines) return 0;
  const counts = new Map<number, number>();
  for (const hit of inside) {
    const part = Math.floor((hit - from) / width);
    if ((part + 1) * width <= lines) counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values()) / width;
}

/** Errors that last for the whole log, and are not as frequent in the healthy time. */
function steady(
  { hits, places, count }: Placed,
  usual: number | undefined,
  { minErrors, minRise, minSteadyShare }: BurstLimits,
): Burst | undefined {
  const share = hits.length / Math.max(1, count);
  const isAlone = hits.length === count;
  if (isAlone || hits.length < minErrors || share < minSteadyShare || share < minRise * (usual ?? 0)) return undefined;
  return {
    lines: [...new Set(places)],
    errors: hits.length,
    before: usual ?? share,
    during: share,
    worst: share,
    steady: true,
  };
}

/** Errors among all lines of their service. */
type Placed = Readonly<{
  /** The position of each error among these lines. */
  hits: readonly number[];
  /** The place in the log of each hit. */
  places: readonly number[];
  /** The number of lines. */
  count: number;
}>;

/** A line that stands for several counts as several. */
function placedIn(logs: readonly LogLine[], row: readonly number[], errors: readonly number[]): Placed {
  const wanted = new Set(errors);
  const hits: number[] = [];
  const places: number[] = [];
  let count = 0;
  for (const place of row) {
    const { standsFor = 1 } = logs[place] ?? {};
    for (let at = 0; at < standsFor && wanted.has(place); at += 1) {
      hits.push(count + at);
      places.push(place);
    }
    count += standsFor;
  }
  return { hits, places, count };
}

function isWithin(hit: number, { from, to }: Readonly<{ from: number; to: number }>): boolean {
  return hit >= from && hit < to;
}
