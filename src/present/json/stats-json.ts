/** The numbers of incidents as JSON: medians in minutes with two decimals; null where no incident has both ends. */
import { type IncidentStats, MEASURES } from '#model/incident/incident-stats.ts';

export function statsJson({ count, open, bySeverity, medians, durationsFromImpact }: IncidentStats) {
  return {
    count,
    open,
    bySeverity,
    medians: Object.fromEntries(
      MEASURES.map((measure) => {
        const { us, of } = medians[measure];
        return [measure, { minutes: us === undefined ? null : Math.round(us / 600_000) / 100, of }];
      }),
    ),
    durationsFromImpact,
  };
}
