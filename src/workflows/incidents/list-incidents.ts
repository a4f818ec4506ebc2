/** Lists the declared incidents that the reader may see, newest first, with their metrics. */
import {
  type Incident,
  type IncidentMetrics,
  type IncidentStart,
  incidentMetrics,
  incidentStart,
  lastedUs,
} from '#model/incident/incident.ts';
import { allIncidents } from '#record/find-incidents.ts';
import { mergedInto, wholeTimeline } from '#record/merges.ts';
import type { Store } from '#record/store.ts';
import { mergesShown } from '#workflows/incidents/merges-shown.ts';
import { type MayShow, SHOW_ALL, shownTo } from '#workflows/rights/may-show.ts';

export type ListedIncident = Readonly<{
  incident: Incident;
  metrics: IncidentMetrics;
  start: IncidentStart;
  /** From the start until now, or until it was resolved. */
  lastedUs: number;
  /** The one that took it in, if the reader may see it. */
  into?: Incident | undefined;
}>;

export async function listIncidents(store: Store, mayShow: MayShow = SHOW_ALL): Promise<readonly ListedIncident[]> {
  const listed: ListedIncident[] = [];
  const nowUs = await store.nowUs();
  for (const incident of await shownTo(mayShow, await allIncidents(store))) {
    const shows = await mergesShown(store, (_, channelId) => mayShow(channelId), incident);
    const entries = await wholeTimeline(store, incident, shows);
    const start = incidentStart(incident, entries);
    const into = await mergedInto(store, incident);
    const [shownInto] = into === undefined ? [] : await shownTo(mayShow, [into]);
    listed.push({
      incident,
      metrics: incidentMetrics(incident, entries),
      start,
      lastedUs: lastedUs(incident, start, nowUs),
      into: shownInto,
    });
  }
  return listed;
}
