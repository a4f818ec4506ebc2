/** Reads the timeline of an incident for the operator. */
import { type Incident, type IncidentMetrics, incidentMetrics, type TimelineEntry } from '#model/incident/incident.ts';
import { wholeTimeline } from '#record/merges.ts';
import type { Store } from '#record/store.ts';
import { findIncidentNamed } from '#workflows/find-incident.ts';

export type ReadTimeline = Readonly<{
  incident: Incident;
  metrics: IncidentMetrics;
  /** In the order of events, with those of merged incidents. */
  entries: readonly TimelineEntry[];
}>;

/** Throws if there is no such incident. */
export async function readTimeline(store: Store, named: string): Promise<ReadTimeline> {
  const incident = await findIncidentNamed(store, named);
  const entries = await wholeTimeline(store, incident);
  return { incident, metrics: incidentMetrics(incident, entries), entries };
}
