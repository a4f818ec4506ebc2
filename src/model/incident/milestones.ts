/** The milestones that people set right afterwards: when the impact began, when it was detected, when a status was reached. */
import {
  DETECTED,
  declaredSeverity,
  IMPACT_START,
  type Incident,
  type IncidentStart,
  impactBeganUs,
  knownSince,
  STATUSES,
  type Status,
  type TimelineEntry,
} from '#model/incident/incident.ts';

/** Those that an incident has once. Each is a time, and has no words of people. */
export const ENTERED_MILESTONES = [IMPACT_START, DETECTED] as const;
export type EnteredMilestone = (typeof ENTERED_MILESTONES)[number];

export function enteredMilestone(id: string): EnteredMilestone | undefined {
  return ENTERED_MILESTONES.find((known) => known === id);
}

/** What the record says of it today; undefined where nobody knows. A detection always has a time. */
export function milestoneNow(
  milestone: EnteredMilestone,
  incident: Incident,
  entries: readonly TimelineEntry[],
): IncidentStart | undefined {
  if (milestone === DETECTED) return knownSince(incident, entries);
  const atUs = impactBeganUs(incident, entries);
  return atUs === undefined ? undefined : { atUs, basis: 'impact' };
}

/** The status of an entry whose time people may set right: of this incident, and neither its declaration nor a merge. */
export function stepStatus(entry: Pick<TimelineEntry, 'kind' | 'value' | 'text' | 'from'>): Status | undefined {
  if (entry.kind !== 'status' || entry.from !== undefined || declaredSeverity(entry) !== undefined) return undefined;
  return STATUSES.find((status) => status === entry.value);
}
