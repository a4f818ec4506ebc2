/** Lists all declared incidents, newest first, with their metrics. */
import { type Incident, type IncidentMetrics, incidentMetrics, knownSinceUs } from '#model/incident/incident.ts';
import { allIncidents } from '#record/find-incidents.ts';
import { wholeTimeline } from '#record/merges.ts';
import type { Store } from '#record/store.ts';

export type ListedIncident = Readonly<{
  incident: Incident;
  metrics: IncidentMetrics;
  /** How long it has been known, or was known until it was resolved. */
  ageUs: number;
}>;

export async function listIncidents(store: Store): Promise<readonly ListedIncident[]> {
  const listed: ListedIncident[] = [];
  const nowUs = await store.nowUs();
  for (const incident of await allIncidents(store)) {
    const entries = await wholeTimeline(store, incident);
    listed.push({
      incident,
      metrics: incidentMetrics(incident, entries),
      ageUs: (incident.resolvedUs ?? nowUs) - knownSinceUs(incident, entries),
    });
  }
  return listed;
}
