/** The numbers of incidents, as sentences that Slack and the command line share. */
import { SEVERITIES } from '#model/incident/incident.ts';
import {
  GROUPED_BY,
  type GroupedBy,
  type IncidentStats,
  MEASURES,
  type Measure,
  type MedianTime,
  type StatsGroup,
} from '#model/incident/incident-stats.ts';
import { periodText, type StatsPeriod } from '#model/incident/stats-period.ts';
import { capitalised } from '#model/text/capitalised.ts';
import { counted } from '#model/text/count-text.ts';
import { spanText } from '#model/text/duration.ts';
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

/** `within`: `, 90 % within 9 min`; '' for fewer than two. */
export type StatsLine = Readonly<{ label: string; time: string; within: string; note: string }>;

/** `Time to detect`, `3 min`, `5 of 7: from the start of the impact …`; empty without an incident. */
export function statsLines({ stats }: ShownStats): readonly StatsLine[] {
  if (stats.count === 0) return [];
  return MEASURES.map((measure) => {
    const { us, p90Us, of } = stats.medians[measure];
    return {
      label: LABELS[measure],
      time: us === undefined ? 'not known' : spanText(us),
      within: p90Us === undefined || of < 2 ? '' : `, 90 % within ${spanText(p90Us)}`,
      note: `${of} of ${stats.count}: ${MEANINGS[measure]}${measure === 'duration' ? exceptions(stats) : ''}`,
    };
  });
}

/** Durations whose incidents have no known start. */
function exceptions({ medians: { duration }, durationsFromImpact }: IncidentStats): string {
  const others = duration.of - durationsFromImpact;
  return others === 0 ? '' : `, or from the alert or the declaration where nobody knows that start (${others})`;
}

/** `title`: `by severity`. `text`: `5 incidents. Detect 3 min, 9 min (4); …`. */
export type StatsSection = Readonly<{
  title: string;
  groups: readonly Readonly<{ name: string; text: string }>[];
}>;

/** What the times of each group are. */
export const GROUP_NOTE =
  'Each time is the median. The next one is the time within which 90 % of the incidents came through, and the number in brackets says of how many.';

const SECTION_TITLES: Readonly<Record<GroupedBy, string>> = {
  severity: 'by severity',
  service: 'by service',
  month: 'by month (UTC)',
};

/** A section for each way to group them that has more than one group. */
export function statsSections({ groups }: IncidentStats): readonly StatsSection[] {
  return GROUPED_BY.filter((by) => groups[by].length > 1).map((by) => ({
    title: SECTION_TITLES[by],
    groups: groups[by].map((group) => ({ name: shown(group.name) || 'Service not known', text: groupText(group) })),
  }));
}

function groupText({ count, medians }: StatsGroup): string {
  const known = GROUP_MEASURES.flatMap((measure) => {
    const time = timeText(medians[measure]);
    return time === '' ? [] : [`${measure} ${time}`];
  });
  return `${counted(count, 'incident')}. ${known.length === 0 ? 'No time is known.' : `${capitalised(known.join('; '))}.`}`;
}

/** The duration is a matter of the incident, not of the team. */
const GROUP_MEASURES = MEASURES.filter((measure) => measure !== 'duration');

/** `3 min, 9 min (4)`; '' where no incident has both ends. */
function timeText({ us, p90Us, of }: MedianTime): string {
  if (us === undefined || p90Us === undefined) return '';
  return `${spanText(us)}${of < 2 ? '' : `, ${spanText(p90Us)}`} (${of})`;
}
