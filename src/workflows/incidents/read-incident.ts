/** Reads an incident for somebody outside of Slack: its facts, its action items, its kept cases. */
import {
  type ActionItem,
  type Incident,
  type IncidentMetrics,
  type IncidentStart,
  incidentMetrics,
  incidentStart,
} from '#model/incident/incident.ts';
import type { KeptCase } from '#record/evidence.ts';
import { wholeActionItems, wholeTimeline } from '#record/merges.ts';
import type { Store } from '#record/store.ts';
import { casesShown } from '#workflows/cases/read-case.ts';
import { findIncidentNamed } from '#workflows/incidents/find-incident.ts';
import { mergesShown } from '#workflows/incidents/merges-shown.ts';
import type { MayShow } from '#workflows/rights/may-show.ts';

export type ReadIncident = Readonly<{
  incident: Incident;
  metrics: IncidentMetrics;
  start: IncidentStart;
  /** With those of merged incidents that the reader may see. */
  items: readonly ActionItem[];
  /** Oldest first: `number` of `read_case` counts them from 1. */
  cases: readonly KeptCase[];
}>;

/** Throws if there is no such incident. */
export async function readIncident(store: Store, named: string, mayShow: MayShow): Promise<ReadIncident> {
  const incident = await findIncidentNamed(store, named, mayShow);
  const shows = await mergesShown(store, (_, channelId) => mayShow(channelId), incident);
  const entries = await wholeTimeline(store, incident, shows);
  return {
    incident,
    metrics: incidentMetrics(incident, entries),
    start: incidentStart(incident, entries),
    items: await wholeActionItems(store, incident, shows),
    cases: await casesShown(store, incident, mayShow),
  };
}
