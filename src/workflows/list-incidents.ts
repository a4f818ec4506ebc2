/** Lists the declared incidents that the reader may see, newest first, with their metrics. */
import { type Incident, type IncidentMetrics, incidentMetrics, knownSinceUs } from '#model/incident/incident.ts';
import { allIncidents } from '#record/find-incidents.ts';
import { wholeTimeline } from '#record/merges.ts';
import type { Store } from '#record/store.ts';
import { type MayShow, SHOW_ALL, shownTo } from '#workflows/may-show.ts';
import { mergesShown } from '#workflows/merges-shown.ts';

export type ListedIncident = Readonly<{
  incident: Incident;
  metrics: IncidentMetrics;
  /** How long it has been known, or was known until it was resolved. */
  ageUs: number;
}>;

export async function listIncidents(store: Store, mayShow: MayShow = SHOW_ALL): Promise<readonly ListedIncident[]> {
  const listed: ListedIncident[] = [];
  const nowUs = await store.nowUs();
  for (const incident of await shownTo(mayShow, await allIncidents(store))) {
    const shows = await mergesShown(store, (_, channelId) => mayShow(channelId), incident);
    const entries = await wholeTimeline(store, incident, shows);
    listed.push({
      incident,
      metrics: incidentMetrics(incident, entries),
      ageUs: (incident.resolvedUs ?? nowUs) - knownSinceUs(incident, entries),
    });
  }
  return listed;
}
