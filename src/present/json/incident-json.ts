/** An incident and its timeline as JSON. */
import type { EntryFile } from '#model/incident/entry-file.ts';
import {
  type Incident,
  type IncidentMetrics,
  type IncidentStart,
  incidentName,
  type TimelineEntry,
} from '#model/incident/incident.ts';
import { isoInstant } from '#present/words/instant.ts';
import { type Names, withNames } from '#present/words/people-names.ts';
import { shown } from '#present/words/plain-text.ts';

/** Unknown times and metrics are null. `durationFrom` names what `durationMinutes` counts from. */
export function incidentJson({
  incident,
  metrics,
  start,
}: Readonly<{ incident: Incident; metrics: IncidentMetrics; start: IncidentStart }>) {
  return {
    incident: incidentName(incident),
    title: shown(incident.title),
    severity: incident.severity,
    status: incident.status,
    declaredAt: isoInstant(incident.declaredUs),
    declaredBy: incident.declaredBy,
    detectedBy: incident.detectedBy,
    detection: shown(incident.detection),
    impactStartAt: start.basis === 'impact' ? isoInstant(start.atUs) : null,
    resolvedAt: instant(incident.resolvedUs),
    roles: incident.roles,
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, minutes]) => [name, minutes ?? null])),
    durationFrom: start.basis,
    id: incident.id,
    workspace: incident.workspaceId,
    channel: incident.channelId,
  };
}

function instant(us: number | undefined): string | null {
  return us === undefined ? null : isoInstant(us);
}

export type TimelineEntryJson = ReturnType<typeof timelineJson>[number];

/** People appear with their names, as far as these are known. */
export function timelineJson(entries: readonly TimelineEntry[], names: Names) {
  return entries.map(({ id, atUs, notedUs, kind, text, source, link, files }) => ({
    id,
    at: isoInstant(atUs),
    notedAt: isoInstant(notedUs),
    kind,
    text: shown(withNames(text, names)),
    source: shown(withNames(source, names)),
    link: shown(link),
    ...(files === undefined ? {} : { files: files.map(fileJson) }),
  }));
}

/** `bytes` and `sha256` are null if nobody knows them. `state` says whether there is a copy. */
function fileJson({ name, type, bytes, sha256, state, isDeleted }: EntryFile) {
  const sums = { bytes: bytes ?? null, sha256: sha256 === '' ? null : sha256 };
  return { name: shown(name), type, ...sums, state, deletedInSlack: isDeleted };
}

/** The same, and the incident of each entry: this one, or one that is merged into it. */
export function wholeTimelineJson(incident: Incident, entries: readonly TimelineEntry[], names: Names) {
  const name = incidentName(incident);
  return timelineJson(entries, names).map((entry, at) => ({ ...entry, of: entries[at]?.from ?? name }));
}
