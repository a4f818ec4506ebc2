/** The numbers of incidents as JSON: medians and 90th percentiles in minutes with two decimals; null where no incident has both ends. */
import {
  GROUPED_BY,
  type IncidentStats,
  MEASURES,
  type Medians,
  type StatsGroup,
} from '#model/incident/incident-stats.ts';
import { shown } from '#present/words/plain-text.ts';

export function statsJson({ count, open, bySeverity, medians, groups, durationsFromImpact }: IncidentStats) {
  return {
    count,
    open,
    bySeverity,
    medians: mediansJson(medians),
    durationsFromImpact,
    groups: Object.fromEntries(GROUPED_BY.map((by) => [by, groups[by].map(groupJson)])),
  };
}

/** `name` is null for a service that nobody knows. */
function groupJson({ name, count, medians }: StatsGroup) {
  return { name: name === '' ? null : shown(name), count, medians: mediansJson(medians) };
}

function mediansJson(medians: Medians) {
  return Object.fromEntries(
    MEASURES.map((measure) => {
      const { us, p90Us, of } = medians[measure];
      return [measure, { minutes: minutes(us), p90Minutes: minutes(p90Us), of }];
    }),
  );
}

function minutes(us: number | undefined): number | null {
  return us === undefined ? null : Math.round(us / 600_000) / 100;
}
