/** An incident as `demo` prints it: the reply to its alert, its timeline, its metrics, its postmortem. */
import {
  type Incident,
  type IncidentMetrics,
  incidentMetrics,
  incidentName,
  incidentStart,
  knownSince,
  type StartBasis,
} from '#model/incident/incident.ts';
import { postmortemMarkdown } from '#present/documents/postmortem-markdown.ts';
import { type TimelineEntryJson, timelineJson } from '#present/json/incident-json.ts';
import type { Report } from '#present/json/report.ts';
import type { Names } from '#present/words/people-names.ts';
import { allIncidents } from '#record/find-incidents.ts';
import { findInvestigation } from '#record/investigations.ts';
import { deliveryOf } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import { POSTMORTEM_OF } from '#workflows/postmortem/postmortem-id.ts';
import { comparedWith, readPostmortem, sameChannel } from '#workflows/postmortem/read-postmortem.ts';

export type ToldIncident = Readonly<{
  /** `INC-4` */
  incident: string;
  reply: Report;
  timeline: readonly TimelineEntryJson[];
  metrics: IncidentMetrics;
  /** Where confirmation and repair count from. */
  knownFrom: StartBasis;
  /** Where the duration counts from. */
  durationFrom: StartBasis;
  /** Markdown. */
  postmortem: string;
}>;

/** The newest complete one: resolved, with its postmortem drafted. Undefined if the workspace has none. */
export async function tellNewestEnded(
  store: Store,
  { workspaceId, names }: Readonly<{ workspaceId: string; names: Names }>,
): Promise<ToldIncident | undefined> {
  let incident: Incident | undefined;
  for (const candidate of await allIncidents(store)) {
    if (candidate.workspaceId !== workspaceId || candidate.status !== 'resolved') continue;
    if ((await deliveryOf(store, POSTMORTEM_OF(candidate.id))) === undefined) continue;
    if (incident === undefined || candidate.number > incident.number) incident = candidate;
  }
  if (incident?.investigationId === undefined) return undefined;
  const investigation = await findInvestigation(store, { id: incident.investigationId, workspaceId });
  if (investigation?.state !== 'done') return undefined;

  const entries = await timelineOf(store, incident.id);
  const compared = await comparedWith(store, incident, sameChannel(incident));
  return {
    incident: incidentName(incident),
    reply: investigation.report as Report,
    timeline: timelineJson(entries, names),
    metrics: incidentMetrics(incident, entries),
    knownFrom: knownSince(incident, entries).basis,
    durationFrom: incidentStart(incident, entries).basis,
    postmortem: postmortemMarkdown({ postmortem: await readPostmortem(store, incident, { names, compared }), names }),
  };
}
