/** What a postmortem is made from, read from the record: the incident, its timeline, its diagnoses and their cases. */
import type { Incident, TimelineEntry } from '#model/incident.ts';
import { incidentName } from '#model/incident.ts';
import type { DiagnosedEvidence, Postmortem, SimilarIncident } from '#model/postmortem.ts';
import { postmortemOf } from '#model/postmortem-draft.ts';
import type { Names } from '#present/people-names.ts';
import type { Report } from '#present/report.ts';
import { actionItemsOf } from '#record/action-items.ts';
import { casesOf, type KeptCase } from '#record/evidence.ts';
import { allIncidents, timelineOf } from '#record/incidents.ts';
import { findInvestigation } from '#record/investigations.ts';
import type { Reader } from '#record/store.ts';

/** Names of people do not depend on the record, and asking for them takes its time: they are handed in. */
export async function readPostmortem(reader: Reader, incident: Incident, names: Names): Promise<Postmortem> {
  const entries = await timelineOf(reader, incident.id);
  const diagnoses = await diagnosesOf(reader, incident, entries);
  return postmortemOf({
    incident,
    entries,
    actionItems: await actionItemsOf(reader, incident.id),
    diagnoses,
    ...(await compared(reader, incident, diagnoses)),
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

/** Of the other incidents, the newest ones: each costs reading its report. */
const MOST_COMPARED = 20;

/** Those whose verdict names the same kind of fault in the same service. */
async function compared(
  reader: Reader,
  incident: Incident,
  diagnoses: readonly DiagnosedEvidence[],
): Promise<Readonly<{ similar: readonly SimilarIncident[]; others: number }>> {
  const verdicts = diagnoses.flatMap(({ diagnosis }) => diagnosis ?? []);
  const others = (await allIncidents(reader))
    .filter(({ id, workspaceId }) => id !== incident.id && workspaceId === incident.workspaceId)
    .slice(0, MOST_COMPARED);
  const similar: SimilarIncident[] = [];
  for (const other of others) {
    if (other.investigationId === undefined) continue;
    const theirs = (await reportOf(reader, other.workspaceId, other.investigationId))?.diagnosis;
    if (!theirs || !verdicts.some(({ kind, service }) => kind === theirs.kind && service === theirs.service)) continue;
    const items = await actionItemsOf(reader, other.id);
    similar.push({ name: incidentName(other), title: other.title, verdict: theirs.verdict, actionItems: items.length });
  }
  return { similar, others: others.length };
}
