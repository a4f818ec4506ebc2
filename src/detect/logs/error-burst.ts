/**
 * Errors of one kind, far more often than the same log shows them elsewhere, or all the time.
 *
 *   lines    ............................................................................
 *   errors            x              x     x x xx xxx xxxx xxxx x xx     x
 *                                          └─ onset ────── end ─┘        0.1 % of the lines → 60 %
 *
 * The stretch is the one for which its errors are least probable by chance, among all stretches; before it is the rate
 * that the service had until then, or in a healthy time. What always comes with it is told with it.
 */
import { defineDetector } from '#detect/detector.ts';
import { countedLines } from '#detect/signs/counted-lines.ts';
import { frequentStretch } from '#detect/signs/rate-scan.ts';
import type { Sighting } from '#model/finding/finding.ts';
import { type LogEvent, logEvents } from '#model/logs/log-events.ts';
import { type LogLine, lineCount } from '#model/logs/log-line.ts';
import { citedLines, saidIn, whoseLog, withText } from '#model/logs/log-sighting.ts';
import type { LogTemplates } from '#model/logs/log-templates.ts';
import { clockText, timeOf } from '#model/logs/log-times.ts';
import type { Series } from '#model/metrics/series.ts';
import { counted } from '#model/text/count-text.ts';

/** The guide’s rule for windows: more than one in twenty. */
const MANY_ERRORS = 0.05;

export const errorBurst = defineDetector({
  id: 'error-burst',
  title: 'Burst of errors',
  why: 'Its start and end show what to look for: a deploy, a job, a maintenance window.',
  runbook: 'runbooks/error-burst.md',
  clear: 'no kind of error was more frequent than elsewhere in the log',
  silent: [
    'It compares shares of the lines of one service. If the service logs more of everything, or nothing, no share changes.',
    'It reports an error that lasts for the whole log only if it is frequent and not normal in a healthy time.',
    'It ignores few errors, because some come together by chance.',
    'The service must also log other lines, because a log of only errors has no rate.',
  ],
  role: 'mechanism',
  field: 'code',
  coverage: 'failing-lines',
  nextWhys: {
    unsaid: {
      ask: 'Why so often, and why at that time?',
      lookAt: 'The first of these lines, the lines right before it, and the load.',
    },
  },
  checkQueries: ['log'],
  namesCause: 'never',
  logSeverity: ({ share }) => (Number(share) >= MANY_ERRORS ? 'high' : 'medium'),
  needs: ['logs', 'templates'],
  uses: ['baselineLogs', 'metrics'],
  thresholds: {
    minErrors: {
      default: 10,
      min: 3,
      unit: 'lines',
      means: 'Errors of one kind within the burst',
      why: 'Fewer may be retries of one request.',
    },
    minRise: {
      default: 3,
      min: 1,
      unit: 'times',
      means: 'Rate within the burst, divided by the rate before',
      why: 'Double load often doubles errors without a fault. Three times as many of the same lines has another cause.',
    },
    minGain: {
      default: 12,
      min: 0,
      unit: 'nats',
      means: 'How much better two rates explain the log than one (logarithm of the likelihood ratio)',
      why: 'About 13,000 periods are compared. By chance one of them reaches 12 in less than one of ten logs.',
    },
    minSteadyShare: {
      default: 0.02,
      min: 0,
      max: 1,
      unit: 'share of the lines of the service',
      means: 'Errors that last for the whole log',
      why: 'A failure rate of 2 % is twenty times the error budget of 99.9 %. Below it many services log errors all the time.',
    },
  },

  detect({ logs, templates, baselineLogs = [], metrics = [] }, thresholds) {
    const rows = Map.groupBy(logs.keys(), (place) => logs[place]?.service ?? '');
    const healthy = healthyRates(logs.length, templates, baselineLogs);
    return logEvents(logs, templates).flatMap((event) => {
      const row = rows.get(event.service) ?? [];
      const before = healthy(event);
      const placed = placedIn(logs, row, event.lines);
      const burst = burstOf(placed, before, thresholds) ?? steady(placed, before, thresholds);
      return burst === undefined ? [] : withCount(sightingOf(logs, event, burst), logs, metrics);
    });
  },

  say({ service, said, errors, from, to, before, during, worst, steady: lasts, companions, inAll }) {
    const who = whoseLog(String(service));
    const rate =
      lasts === true ? `${percent(during)} of its lines` : `${percent(before)} of its lines → ${percent(worst)}`;
    const when = from === to ? `at ${from}` : `from ${from} to ${to}`;
    return {
      title: `${who}: ${counted(Number(errors), 'error')} “${said}” ${when}, ${rate}`,
      explanation:
        lasts === true
          ? `The errors last from the first to the last line of the log, so these lines do not show when they began.${tail(companions)}${inAll}`
          : `Before ${from} ${percent(before)} of the lines of ${who} were such errors; then ${percent(during)}, at its worst ${percent(worst)}.${tail(companions)}${inAll}`,
      remedy: `Find out what began ${lasts === true ? 'before the first of these lines' : `at ${from}`}${from === to || lasts === true ? '' : ` and ended at ${to}`}: a deploy, a job, a maintenance window, an outage of what the line names.`,
      check: 'The log of the same hour of an ordinary day has as many of these errors.',
    };
  },
});

type Burst = Readonly<{
  /** Places of the log. */
  lines: readonly number[];
  errors: number;
  /** Shares of the lines of the service; `worst` of a twentieth of the stretch. */
  before: number;
  during: number;
  worst: number;
  steady: boolean;
}>;
type Thresholds = Readonly<Record<'minErrors' | 'minRise' | 'minGain' | 'minSteadyShare', number>>;

/** What is usual of an event, of the healthy time's lines of its service; undefined where there are none. */
function healthyRates(
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
  { minErrors, minRise, minGain }: Thresholds,
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

/** A burst with which the log begins has no before; what comes after it is what is left. */
function outside(hits: number, lines: number, stretch: Readonly<{ hits: number; lines: number }>): number {
  return (hits - stretch.hits) / Math.max(1, lines - stretch.lines);
}

/** Of the tenths of what comes before it the quieter quarter: errors that rise in steps were not always so many. */
function usualBefore(hits: readonly number[], { from }: Readonly<{ from: number }>): number {
  const parts = Math.min(TENTHS, from);
  const counts = new Float64Array(parts);
  for (const hit of hits)
    if (hit < from) counts[Math.floor((hit * parts) / from)] = (counts[Math.floor((hit * parts) / from)] ?? 0) + 1;
  const quiet = ((counts.sort()[Math.floor(parts / 4)] ?? 0) * parts) / from;
  return quiet > 0 ? quiet : hits.filter((hit) => hit < from).length / from;
}

const TENTHS = 10;

/** Lines that a share is taken of, however long the stretch. */
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

/** Errors that are there all the time, and not in the healthy time. */
function steady(
  { hits, places, count }: Placed,
  usual: number | undefined,
  { minErrors, minRise, minSteadyShare }: Thresholds,
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

/** Errors in the row of all lines of their service. */
type Placed = Readonly<{
  /** Where each stands among so many lines. */
  hits: readonly number[];
  /** The place in the log of each hit. */
  places: readonly number[];
  count: number;
}>;

/** A line that stands for several takes the room of several. */
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

function sightingOf(logs: readonly LogLine[], event: LogEvent, burst: Burst): Sighting {
  const { service, with: others } = event;
  const [first = 0] = burst.lines;
  const last = burst.lines.at(-1) ?? first;
  const following = others.filter(({ fails }) => fails).flatMap((other) => other.lines);
  const next = event.lines.find((place) => place > last) ?? logs.length;
  return {
    service,
    lines: [...burst.lines, ...following.filter((place) => place >= first && place < next)].sort((a, b) => a - b),
    facts: {
      said: saidIn(logs[first]),
      errors: burst.errors,
      from: clockText(logs[first]?.timeNs ?? ''),
      to: clockText(logs[last]?.timeNs ?? ''),
      before: burst.before,
      during: burst.during,
      worst: burst.worst,
      share: burst.during,
      steady: burst.steady,
      companions: withText(logs, others),
    },
    evidence: citedLines(logs, [first, ...others.map((other) => other.lines[0] ?? 0), last]),
  };
}

/** With how many there were in all, where that is more than were read. */
function withCount(sighting: Sighting, logs: readonly LogLine[], metrics: readonly Series[]): Sighting {
  const { lines = [], service, facts, evidence = [] } = sighting;
  const time = timeOf(lines.flatMap((place) => logs[place] ?? []));
  const found = countedLines(metrics, service, time);
  if (found === undefined || found.errors <= Number(facts.errors))
    return { ...sighting, facts: { ...facts, inAll: '' } };
  const usual = found.shareBefore < 0 ? '' : `, ${percent(found.shareBefore)} in the hour before`;
  const text = `${found.errors} of all ${found.lines} lines of that time are errors (${percent(found.errors / found.lines)}${usual})`;
  return {
    ...sighting,
    facts: { ...facts, inAll: ` Counted over all lines: ${text}.` },
    evidence: [...evidence, { kind: 'metric', ref: found.metric, text }],
  };
}

type Fact = string | number | boolean | undefined;

function tail(companions: Fact): string {
  return companions === '' ? '' : ` With them came ${companions}.`;
}

/** `0.1 %`, `60 %` */
function percent(share: Fact): string {
  const points = Number(share) * 100;
  if (points === 0) return '0 %';
  if (points < 0.1) return 'under 0.1 %';
  return `${points < 10 ? Number(points.toFixed(1)) : Math.round(points)} %`;
}
