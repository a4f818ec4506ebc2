/**
 * How many incidents there were, and how long they took. A median counts only incidents whose record has both of its
 * ends, and says how many these are.
 *
 *   impact ──detect──► known (alert, else declaration) ──acknowledge──► somebody has it
 *                        ├──────────────confirm───────────────► identified
 *                        ├──────────────mitigate──────────────► mitigated, fixed or resolved
 *                        └──────────────resolve───────────────► resolved
 *   ├──────────────────────────────duration───────────────────────────────► resolved
 */
import {
  alertedUs,
  apartUs,
  type Incident,
  impactBeganUs,
  incidentStart,
  isOver,
  knownSinceUs,
  lastedUs,
  SEVERITIES,
  type Severity,
  type TimelineEntry,
} from '#model/incident/incident.ts';
import { pagesOf } from '#model/incident/page.ts';
import { medianOf } from '#model/stats/robust.ts';
import { monthOf } from '#model/text/calendar.ts';

export const MEASURES = ['detect', 'acknowledge', 'confirm', 'mitigate', 'resolve', 'duration'] as const;
export type Measure = (typeof MEASURES)[number];

/**
 * The median, and the time within which 90 % of the incidents came through it (nearest rank). `of`: how many incidents
 * have both ends; the times are undefined where none has.
 */
export type MedianTime = Readonly<{ us: number | undefined; p90Us: number | undefined; of: number }>;

export type Medians = Readonly<Record<Measure, MedianTime>>;

/** Some of the incidents: those of one severity, service or month. */
export type StatsGroup = Readonly<{
  /** `P1`, `checkout` ('' if nobody knows it), `2026-11`. */
  name: string;
  count: number;
  medians: Medians;
}>;

export const GROUPED_BY = ['severity', 'service', 'month'] as const;
export type GroupedBy = (typeof GROUPED_BY)[number];

export type IncidentStats = Readonly<{
  count: number;
  /** Those that nobody has ended yet. */
  open: number;
  bySeverity: Readonly<Record<Severity, number>>;
  medians: Medians;
  /** The most severe first; the service with the most incidents first; the newest month first. */
  groups: Readonly<Record<GroupedBy, readonly StatsGroup[]>>;
  /** How many of the durations count from the start of the impact; the others, from the alert or the declaration. */
  durationsFromImpact: number;
}>;

export type CountedIncident = Readonly<{
  incident: Incident;
  entries: readonly TimelineEntry[];
  /** That of its alert, else that of its diagnosis; '' or undefined if nobody knows it. */
  service?: string;
}>;

/** Give it no merged incident: the incident into which it was merged has its entries. */
export function incidentStats(counted: readonly CountedIncident[]): IncidentStats {
  const measured = counted.map((one): Measured => ({ ...one, times: timesOf(one) }));
  const bySeverity = Object.fromEntries(
    SEVERITIES.map((severity) => [severity, counted.filter(({ incident }) => incident.severity === severity).length]),
  ) as Record<Severity, number>;
  return {
    count: counted.length,
    open: counted.filter(({ incident }) => !isOver(incident)).length,
    bySeverity,
    medians: mediansOf(measured),
    groups: {
      severity: groupsOf(measured, ({ incident }) => incident.severity).sort((a, b) => inOrder(a.name, b.name)),
      service: groupsOf(measured, ({ service = '' }) => service).sort((a, b) => b.count - a.count),
      month: groupsOf(measured, ({ incident }) => monthOf(incident.declaredUs)).sort((a, b) => inOrder(b.name, a.name)),
    },
    durationsFromImpact: measured.filter(
      ({ incident, entries, times }) =>
        times.duration !== undefined && incidentStart(incident, entries).basis === 'impact',
    ).length,
  };
}

type Measured = CountedIncident & Readonly<{ times: Partial<Record<Measure, number>> }>;

function groupsOf(measured: readonly Measured[], nameOf: (one: Measured) => string): StatsGroup[] {
  return [...Map.groupBy(measured, nameOf)].map(([name, ones]) => ({
    name,
    count: ones.length,
    medians: mediansOf(ones),
  }));
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : 1;
}

function mediansOf(measured: readonly Measured[]): Medians {
  const median = (measure: Measure): MedianTime => {
    const known = measured.flatMap(({ times }) => times[measure] ?? []).sort((a, b) => a - b);
    if (known.length === 0) return { us: undefined, p90Us: undefined, of: 0 };
    return { us: medianOf(known), p90Us: known[Math.ceil(known.length * 0.9) - 1], of: known.length };
  };
  return {
    detect: median('detect'),
    acknowledge: median('acknowledge'),
    confirm: median('confirm'),
    mitigate: median('mitigate'),
    resolve: median('resolve'),
    duration: median('duration'),
  };
}

/** In microseconds. A record that says the end came before the beginning is no measure. */
function timesOf({ incident, entries }: CountedIncident): Partial<Record<Measure, number>> {
  const knownUs = knownSinceUs(incident, entries);
  const since = (atUs: number | undefined) =>
    atUs === undefined || atUs < knownUs ? undefined : apartUs(atUs, knownUs);
  const times = {
    detect: detectionUs({ incident, entries }),
    acknowledge: alertedUs(entries) === undefined ? undefined : since(acknowledgedUs(incident, entries)),
    confirm: since(firstStepUs(entries, ['identified'])),
    mitigate: since(firstStepUs(entries, ['mitigated', 'fixed', 'resolved'])),
    resolve: since(incident.resolvedUs),
    duration: durationUs({ incident, entries }),
  };
  return Object.fromEntries(Object.entries(times).filter(([, us]) => us !== undefined && us >= 0));
}

/** As the overview and the postmortem say it: until the end, from where `incidentStart` says. */
function durationUs({ incident, entries }: CountedIncident): number | undefined {
  const { resolvedUs } = incident;
  return resolvedUs === undefined ? undefined : lastedUs(incident, incidentStart(incident, entries), resolvedUs);
}

/**
 * From the start of the impact to the first alert, else to the declaration, in microseconds. Undefined if nobody knows
 * the start, or if the record puts it after the detection.
 */
export function detectionUs({ incident, entries }: CountedIncident): number | undefined {
  const beganUs = impactBeganUs(incident, entries);
  const us = beganUs === undefined ? undefined : apartUs(knownSinceUs(incident, entries), beganUs);
  return us !== undefined && us >= 0 ? us : undefined;
}

/** In the alerting system, by an answer to a page, or by the declaration: whichever came first. */
function acknowledgedUs({ declaredUs }: Incident, entries: readonly TimelineEntry[]): number {
  const there = entries.filter(({ kind, text, source }) => {
    return kind === 'note' && text.startsWith('Acknowledged: ') && !PERSON.test(source);
  });
  const pages = pagesOf(entries).flatMap(({ acknowledged }) => acknowledged?.atUs ?? []);
  return Math.min(declaredUs, ...there.map(({ atUs }) => atUs), ...pages);
}

/** People's notes may begin with the same word. */
const PERSON = /^[UW][A-Z0-9]{4,20}$/;

function firstStepUs(entries: readonly TimelineEntry[], steps: readonly string[]): number | undefined {
  const times = entries.filter(({ kind, value }) => kind === 'status' && steps.includes(value)).map(({ atUs }) => atUs);
  return times.length === 0 ? undefined : Math.min(...times);
}
