/** Reads the timeline of an incident for somebody outside of Slack. */
import {
  type Incident,
  type IncidentMetrics,
  type IncidentStart,
  incidentMetrics,
  incidentStart,
  type TimelineEntry,
} from '#model/incident/incident.ts';
import { auditIncident } from '#record/audit.ts';
import { wholeTimeline } from '#record/merges.ts';
import type { Store } from '#record/store.ts';
import { findIncidentNamed } from '#workflows/incidents/find-incident.ts';
import { mergesShown } from '#workflows/incidents/merges-shown.ts';
import { type MayShow, SHOW_ALL } from '#workflows/rights/may-show.ts';

export type ReadTimeline = Readonly<{
  incident: Incident;
  metrics: IncidentMetrics;
  start: IncidentStart;
  /** In the order of events, with those of merged incidents that the reader may see. */
  entries: readonly TimelineEntry[];
}>;

/** Throws if there is no such incident. `actor`: a program that reads it, for the audit log. */
export async function readTimeline(
  store: Store,
  named: string,
  mayShow: MayShow = SHOW_ALL,
  actor?: string,
): Promise<ReadTimeline> {
  const incident = await findIncidentNamed(store, named, mayShow);
  const shows = await mergesShown(store, (_, channelId) => mayShow(channelId), incident);
  const entries = await wholeTimeline(store, incident, shows);
  const seen = { what: 'timeline' };
  if (actor !== undefined) await store.transaction((tx) => auditIncident(tx, incident, actor, 'incident.shown', seen));
  return { incident, metrics: incidentMetrics(incident, entries), start: incidentStart(incident, entries), entries };
}
