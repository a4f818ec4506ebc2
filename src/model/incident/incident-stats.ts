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

export const MEASURES = ['detect', 'acknowledge', 'confirm', 'mitigate', 'resolve', 'duration'] as const;
export type Measure = (typeof MEASURES)[number];

/** `of`: how many incidents have both ends; undefined where none has. */
export type MedianTime = Readonly<{ us: number | undefined; of: number }>;

export type IncidentStats = Readonly<{
  count: number;
  /** Those that nobody has ended yet. */
  open: number;
  bySeverity: Readonly<Record<Severity, number>>;
  medians: Readonly<Record<Measure, MedianTime>>;
  /** How many of the durations count from the start of the impact; the others, from the alert or the declaration. */
  durationsFromImpact: number;
}>;

export type CountedIncident = Readonly<{ incident: Incident; entries: readonly TimelineEntry[] }>;

/** Give it no merged incident: the incident into which it was merged has its entries. */
export function incidentStats(counted: readonly CountedIncident[]): IncidentStats {
  const times = counted.map(timesOf);
  const median = (measure: Measure): MedianTime => {
    const known = times.flatMap((one) => one[measure] ?? []);
    return { us: known.length === 0 ? undefined : medianOf(known), of: known.length };
  };
  const bySeverity = Object.fromEntries(
    SEVERITIES.map((severity) => [severity, counted.filter(({ incident }) => incident.severity === severity).length]),
  ) as Record<Severity, number>;
  return {
    count: counted.length,
    open: counted.filter(({ incident }) => !isOver(incident)).length,
    bySeverity,
    medians: {
      detect: median('detect'),
      acknowledge: median('acknowledge'),
      confirm: median('confirm'),
      mitigate: median('mitigate'),
      resolve: median('resolve'),
      duration: median('duration'),
    },
    durationsFromImpact: counted.filter(
      ({ incident, entries }, at) =>
        times[at]?.duration !== undefined && incidentStart(incident, entries).basis === 'impact',
    ).length,
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
