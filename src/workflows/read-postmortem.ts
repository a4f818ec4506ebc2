/** What a postmortem is made from, read from the record: the incident, its timeline, its diagnoses and their cases. */
import type { Incident, TimelineEntry } from '#model/incident.ts';
import type { DiagnosedEvidence, Postmortem } from '#model/postmortem.ts';
import { postmortemOf } from '#model/postmortem-draft.ts';
import type { SimilarIncident } from '#model/similar-incident.ts';
import type { Names } from '#present/people-names.ts';
import type { Report } from '#present/report.ts';
import { actionItemsOf } from '#record/action-items.ts';
import { casesOf, type KeptCase } from '#record/evidence.ts';
import { allIncidents, timelineOf } from '#record/incidents.ts';
import { findInvestigation } from '#record/investigations.ts';
import type { Reader } from '#record/store.ts';
import { findSimilarTo } from '#workflows/find-similar.ts';

/** Names of people do not depend on the record, and asking for them takes its time: they are handed in. */
export async function readPostmortem(reader: Reader, incident: Incident, names: Names): Promise<Postmortem> {
  const entries = await timelineOf(reader, incident.id);
  const diagnoses = await diagnosesOf(reader, incident, entries);
  return postmortemOf({
    incident,
    entries,
    actionItems: await actionItemsOf(reader, incident.id),
    diagnoses,
    ...(await compared(reader, incident)),
    names,
  });
}

async function diagnosesOf(
  reader: Reader,
  incident: Incident,
  entries: readonly TimelineEntry[],
): Promise<readonly DiagnosedEvidence[]> {
  const { workspaceId, investigationId } = incident;
  const cases = new Map((await casesOf(reader, incident)).map((kept) => [kept.investigationId, kept]));
  const inTimeline = entries.filter(({ kind, value }) => kind === 'diagnosis' && value !== '');
  const ids = new Set([
    ...(investigationId === undefined ? [] : [investigationId]),
    ...inTimeline.map(({ value }) => value),
    ...cases.keys(),
  ]);
  const diagnoses: DiagnosedEvidence[] = [];
  for (const id of ids) {
    const report = await reportOf(reader, workspaceId, id);
    const link = inTimeline.find(({ value }) => value === id)?.link ?? '';
    if (report !== undefined) diagnoses.push(diagnosedEvidence(id, report, link, cases.get(id)));
  }
  return diagnoses;
}

/** Undefined while it is not finished, and where it ended without a report. */
async function reportOf(reader: Reader, workspaceId: string, id: string): Promise<Report | undefined> {
  const investigation = await findInvestigation(reader, { id, workspaceId });
  return investigation?.state === 'done' ? (investigation.report as Report) : undefined;
}

function diagnosedEvidence(
  investigationId: string,
  { subject, trace, findings, diagnosis, gaps, methods }: Report,
  link: string,
  kept: KeptCase | undefined,
): DiagnosedEvidence {
  return {
    investigationId,
    traceId: subject.traceId,
    link,
    request: trace === null ? undefined : requestOf(trace),
    spanCount: trace?.spanCount ?? 0,
    errorCount: trace?.errorCount ?? 0,
    findings,
    diagnosis: diagnosis ?? undefined,
    gaps,
    whys: methods?.fiveWhys ?? undefined,
    case: kept && { folder: kept.folder, seal: kept.seal, files: kept.files },
  };
}

function requestOf({
  rootService,
  rootOperation,
  startTime,
  durationUs,
}: NonNullable<Report['trace']>): DiagnosedEvidence['request'] {
  return { service: rootService, operation: rootOperation, startUs: Date.parse(startTime) * 1_000, durationUs };
}

async function compared(
  reader: Reader,
  incident: Incident,
): Promise<Readonly<{ similar: readonly SimilarIncident[]; others: number }>> {
  const { similar = [] } = await findSimilarTo(reader, incident);
  const all = await allIncidents(reader);
  const others = all.filter(({ id, workspaceId }) => id !== incident.id && workspaceId === incident.workspaceId);
  return { similar, others: others.length };
}
