/** The numbers of incidents, as sentences that Slack and the command line share. */
import { SEVERITIES } from '#model/incident/incident.ts';
import { type IncidentStats, MEASURES, type Measure } from '#model/incident/incident-stats.ts';
import { periodText, type StatsPeriod } from '#model/incident/stats-period.ts';
import { durationText } from '#model/text/duration.ts';
import { shown } from '#present/words/plain-text.ts';

export type ShownStats = Readonly<{
  stats: IncidentStats;
  period: StatsPeriod;
  /** '' for all. */
  service: string;
}>;

/** `7 incidents in the last 30 days: 2 P1, 5 P2. 1 is open.` */
export function statsHead({ stats, period, service }: ShownStats): string {
  const { count, open, bySeverity } = stats;
  const where = service === '' ? '' : ` of ${shown(service)}`;
  const when = periodText(period);
  if (count === 0) return `No incident${where} ${when}.`;
  const severities = SEVERITIES.flatMap((one) => (bySeverity[one] === 0 ? [] : [`${bySeverity[one]} ${one}`]));
  const still = open === 0 ? '' : ` ${open} ${open === 1 ? 'is' : 'are'} open.`;
  return `${count} ${count === 1 ? 'incident' : 'incidents'}${where} ${when}: ${severities.join(', ')}.${still}`;
}

const MEANINGS: Readonly<Record<Measure, string>> = {
  detect: 'from the start of the impact to the alert or the declaration',
  acknowledge: 'from the alert until somebody had it',
  confirm: 'from the alert or the declaration to identified',
  mitigate: 'from the alert or the declaration to mitigated',
  resolve: 'from the alert or the declaration to resolved',
  duration: 'from the start of the impact to resolved',
};

const LABELS: Readonly<Record<Measure, string>> = {
  detect: 'Time to detect',
  acknowledge: 'Time to acknowledge',
  confirm: 'Time to confirm the cause',
  mitigate: 'Time to mitigate',
  resolve: 'Time to resolve',
  duration: 'Duration',
};

export type StatsLine = Readonly<{ label: string; time: string; note: string }>;

/** `Time to detect`, `3 min`, `5 of 7: from the start of the impact …`; empty without an incident. */
export function statsLines({ stats }: ShownStats): readonly StatsLine[] {
  if (stats.count === 0) return [];
  return MEASURES.map((measure) => {
    const { us, of } = stats.medians[measure];
    return {
      label: LABELS[measure],
      time: us === undefined ? 'not known' : durationText(us),
      note: `${of} of ${stats.count}: ${MEANINGS[measure]}${measure === 'duration' ? exceptions(stats) : ''}`,
    };
  });
}

/** Durations whose incidents have no known start. */
function exceptions({ medians: { duration }, durationsFromImpact }: IncidentStats): string {
  const others = duration.of - durationsFromImpact;
  return others === 0 ? '' : `, or from the alert or the declaration where nobody knows that start (${others})`;
}
