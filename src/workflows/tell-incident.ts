/** An incident as `demo` prints it: the reply to its alert, its timeline, its metrics, its postmortem. */
import { type Incident, type IncidentMetrics, incidentMetrics, incidentName } from '#model/incident/incident.ts';
import { postmortemMarkdown } from '#present/documents/postmortem-markdown.ts';
import type { Report } from '#present/json/report.ts';
import { type Names, withNames } from '#present/words/people-names.ts';
import { allIncidents } from '#record/find-incidents.ts';
import { findInvestigation } from '#record/investigations.ts';
import { deliveryOf } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import { POSTMORTEM_OF } from '#workflows/postmortem-id.ts';
import { comparedWith, readPostmortem, sameChannel } from '#workflows/read-postmortem.ts';

export type ToldIncident = Readonly<{
  /** `INC-4` */
  incident: string;
  reply: Report;
  timeline: readonly Readonly<{
    id: string;
    at: string;
    notedAt: string;
    kind: string;
    text: string;
    source: string;
    link: string;
  }>[];
  metrics: IncidentMetrics;
  /** Markdown. */
  postmortem: string;
}>;

/** The newest complete one: resolved, with its postmortem drafted. Undefined if the workspace has none. */
export async function tellNewestEnded(
  store: Store,
  { workspaceId, names, iso }: Readonly<{ workspaceId: string; names: Names; iso(us: number): string }>,
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
    timeline: entries.map(({ id, atUs, notedUs, kind, text, source, link }) => ({
      id,
      at: iso(atUs),
      notedAt: iso(notedUs),
      kind,
      text: withNames(text, names),
      source: withNames(source, names),
      link,
    })),
    metrics: incidentMetrics(incident, entries),
    postmortem: postmortemMarkdown({ postmortem: await readPostmortem(store, incident, { names, compared }), names }),
  };
}
