/** Reads the data of a postmortem from the record: the incident, its timeline, its diagnoses and their cases. */

import { knownDetectors, titlesOf } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { changeWithoutText } from '#model/changes/change-words.ts';
import {
  type ActionItem,
  type Incident,
  ITEM_STATES,
  reasonOfItem,
  type TimelineEntry,
} from '#model/incident/incident.ts';
import type { DiagnosedEvidence, Postmortem, PostmortemRecord } from '#model/incident/postmortem.ts';
import { ownDesk, type PostmortemDesk } from '#model/incident/postmortem-desk.ts';
import type { SimilarIncident } from '#model/incident/similar-incident.ts';
import { objectiveIn } from '#model/incident/slo-objective.ts';
import type { TimeStretch } from '#model/requests/requests-over-time.ts';
import type { Report, ReportedCounts } from '#present/json/report.ts';
import { operationsOnPath, type ReportedRequest } from '#present/json/request-path.ts';
import type { Names } from '#present/words/people-names.ts';
import { problemName } from '#present/words/problem-name.ts';
import { alertLabelsOf } from '#record/alerts.ts';
import type { KeptCase } from '#record/evidence.ts';
import { answersOn } from '#record/feedback.ts';
import { allIncidents } from '#record/find-incidents.ts';
import { findInvestigation } from '#record/investigations.ts';
import { type ShowsMerged, wholeActionItems, wholeCases, wholeTimeline, wholeWithdrawn } from '#record/merges.ts';
import type { Reader } from '#record/store.ts';
import { offsetAt, type Zone } from '#utilities/time-zone.ts';
import { findSimilarTo } from '#workflows/incidents/find-similar.ts';
import type { MayShow } from '#workflows/rights/may-show.ts';

/** What is requested from Slack before the record is read: people's names, and which other incidents may be named. */
export type AskedOfSlack = Readonly<{
  names: Names;
  otherNames?: PostmortemRecord['otherNames'];
  /** By the id of the person. */
  zones?: ReadonlyMap<string, Zone>;
  compared: Compared;
  templates?: PostmortemRecord['templates'];
  /** @default all, for the operator */
  shows?: ShowsMerged;
  /** The record as it was at that time. */
  untilUs?: number;
}>;

/** `desk`: the bot's is in a worker. Never call it inside a transaction with that. */
export async function readPostmortem(
  reader: Reader,
  incident: Incident,
  asked: AskedOfSlack,
  desk: PostmortemDesk = ownDesk,
): Promise<Postmortem> {
  return await desk.draft(await readRecord(reader, incident, asked));
}

export async function readRecord(
  reader: Reader,
  incident: Incident,
  { names, otherNames = new Map(), zones = new Map(), compared, templates, shows, untilUs }: AskedOfSlack,
): Promise<PostmortemRecord> {
  const entries = await wholeTimeline(reader, incident, shows, untilUs);
  const cases = await wholeCases(reader, incident, shows);
  const diagnoses = await diagnosesOf(reader, incident, { entries, cases });
  const actionItems = await wholeActionItems(reader, incident, shows);
  const objective = await objectiveOf(reader, incident);
  return {
    incident,
    entries,
    withdrawn: await wholeWithdrawn(reader, incident, shows, untilUs),
    actionItems: untilUs === undefined ? actionItems : itemsAt(actionItems, entries, untilUs),
    diagnoses,
    objective,
    ...compared,
    names,
    otherNames,
    clocks: clocksOf(entries, zones),
    templates,
  };
}

function clocksOf(entries: readonly TimelineEntry[], zones: ReadonlyMap<string, Zone>): ReadonlyMap<string, number> {
  return new Map(
    entries.flatMap(({ id, source, notedUs }) => {
      const zone = zones.get(source);
      return zone === undefined ? [] : [[id, offsetAt(zone, Math.floor(notedUs / 1e6)) / 60] as const];
    }),
  );
}

/** Of the first alert that tells one. */
async function objectiveOf(reader: Reader, { id }: Incident): Promise<PostmortemRecord['objective']> {
  for (const { entryId, labels } of await alertLabelsOf(reader, id)) {
    const objective = objectiveIn(labels);
    if (objective !== undefined) return { ...objective, entryId };
  }
  return undefined;
}

/** The items that were there, in the state that the entries of that time give them. */
function itemsAt(
  items: readonly ActionItem[],
  entries: readonly TimelineEntry[],
  untilUs: number,
): readonly ActionItem[] {
  const isState = (value: string) => ITEM_STATES.some((state) => value.startsWith(`${state}=`));
  const changes = entries.filter(({ kind, value }) => kind === 'action' && isState(value));
  return items
    .filter(({ createdUs }) => createdUs <= untilUs)
    .map((item) => {
      const last = changes.findLast(({ value }) => value.endsWith(`=${item.id}`));
      const state = ITEM_STATES.find((known) => last?.value.startsWith(`${known}=`)) ?? 'open';
      return { ...item, state, reason: last === undefined ? '' : reasonOfItem(last.text) };
    });
}

async function diagnosesOf(
  reader: Reader,
  incident: Incident,
  { entries, cases }: Recorded,
): Promise<readonly DiagnosedEvidence[]> {
  const kept = new Map(cases.map((one) => [one.investigationId, one]));
  const diagnoses: DiagnosedEvidence[] = [];
  for (const { id, report, answers } of await reportsOf(reader, incident, { entries, cases })) {
    const link = entries.find(({ kind, value }) => kind === 'diagnosis' && value === id)?.link ?? '';
    diagnoses.push({ ...diagnosedEvidence(id, report, link, kept.get(id)), answers });
  }
  return diagnoses;
}

type Recorded = Readonly<{ entries: readonly TimelineEntry[]; cases: readonly KeptCase[] }>;

/** `id`: the investigation. `answers`: how many people said that it was right, and wrong. */
export type AnsweredReport = Readonly<{ id: string; report: Report; answers: DiagnosedEvidence['answers'] }>;

/** The finished diagnoses of an incident: of its declaration, of its timeline, and of its cases, each once. */
export async function reportsOf(
  reader: Reader,
  { workspaceId, investigationId }: Incident,
  { entries, cases }: Recorded,
): Promise<readonly AnsweredReport[]> {
  const inTimeline = entries.filter(({ kind, value }) => kind === 'diagnosis' && value !== '');
  const ids = new Set([
    ...(investigationId === undefined ? [] : [investigationId]),
    ...inTimeline.map(({ value }) => value),
    ...cases.map((kept) => kept.investigationId),
  ]);
  const reports: AnsweredReport[] = [];
  for (const id of ids) {
    const report = await reportOf(reader, workspaceId, id);
    if (report !== undefined) reports.push({ id, report, answers: await answersOn(reader, id) });
  }
  return reports;
}

/** Undefined while it is unfinished, or if it ended without a report. */
async function reportOf(reader: Reader, workspaceId: string, id: string): Promise<Report | undefined> {
  const investigation = await findInvestigation(reader, { id, workspaceId });
  return investigation?.state === 'done' ? (investigation.report as Report) : undefined;
}

function diagnosedEvidence(
  investigationId: string,
  {
    subject,
    trace,
    criticalPath,
    exemplars,
    findings,
    diagnosis,
    gaps,
    methods,
    affected,
    changes = [],
    healthyRequest,
    fixedRequest,
  }: Report,
  link: string,
  kept: KeptCase | undefined,
): DiagnosedEvidence {
  return {
    investigationId,
    traceId: subject.traceId,
    link,
    request: trace === null ? undefined : requestOf(trace),
    path: operationsOnPath(criticalPath ?? []),
    healthy: comparedIn(healthyRequest),
    fixed: comparedIn(fixedRequest),
    spanCount: trace?.spanCount ?? 0,
    errorCount: trace?.errorCount ?? 0,
    findings,
    diagnosis: diagnosis === null ? undefined : withTitles(diagnosis),
    firstFailureUs: firstFailureUs(trace, exemplars),
    gaps,
    whys: methods?.fiveWhys ?? undefined,
    affected: affected && countedIn(subject, affected),
    changes: changes.map(({ at, ...change }) => ({ atUs: Date.parse(at) * 1_000, text: changeWithoutText(change) })),
    hypothesis: hypothesisOf(diagnosis, methods),
    case: kept && { folder: kept.folder, seal: kept.seal, files: kept.files },
  };
}

/** People read titles, and reports have ids. */
function withTitles(diagnosis: NonNullable<Report['diagnosis']>): DiagnosedEvidence['diagnosis'] {
  const titles = titlesOf(detectors);
  const fieldOf = (kind: string) => (titles.has(kind) ? knownDetectors(detectors).of(kind).field : undefined);
  const field = fieldOf(diagnosis.kind);
  return {
    ...diagnosis,
    title: problemName(diagnosis.kind, titles),
    ruledOut: diagnosis.ruledOut.map((one) => ({
      ...one,
      title: problemName(one.kind, titles),
      isAkin: field !== undefined && fieldOf(one.kind) === field,
    })),
  };
}

/** Reports of older versions have no times of their exemplars. */
function firstFailureUs(trace: Report['trace'], exemplars: Report['exemplars'] = []): number | undefined {
  const failing = exemplars.flatMap(({ role, at }) => (role === 'failing' && at !== undefined ? [at] : []));
  const shown = trace !== null && trace.errorCount > 0 ? [trace.startTime] : [];
  const times = [...failing, ...shown].map((at) => Date.parse(at) * 1_000).filter((us) => !Number.isNaN(us));
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Undefined if the report has no time. */
function countedIn(
  { service, from, to }: Report['subject'],
  { failing, overTime, ...counts }: ReportedCounts,
): DiagnosedEvidence['affected'] {
  const [fromUs, toUs] = [Date.parse(from) * 1_000, Date.parse(to) * 1_000];
  if (Number.isNaN(fromUs + toUs)) return undefined;
  const [firstUs, lastUs] = [Date.parse(failing?.first ?? '') * 1_000, Date.parse(failing?.last ?? '') * 1_000];
  return {
    ...counts,
    service,
    fromUs,
    toUs,
    ...(!Number.isNaN(firstUs + lastUs) && { failing: { firstUs, lastUs } }),
    ...(overTime && { overTime: overTime.flatMap(stretchIn) }),
  };
}

function stretchIn({ from, to, ...stretch }: NonNullable<ReportedCounts['overTime']>[number]): readonly TimeStretch[] {
  const [fromUs, toUs] = [Date.parse(from) * 1_000, Date.parse(to) * 1_000];
  return toUs > fromUs ? [{ ...stretch, fromUs, toUs }] : [];
}

/** The hypothesis with the verdict's kind and service. */
function hypothesisOf(diagnosis: Report['diagnosis'], methods: Report['methods']): string | undefined {
  const isVerdict = ({ kind, service }: Readonly<{ kind: string; service: string }>) =>
    kind === diagnosis?.kind && service === diagnosis.service;
  return methods?.hypotheses.find(isVerdict)?.id;
}

/** Undefined for a request without a time. */
function comparedIn(request: ReportedRequest | undefined): DiagnosedEvidence['healthy'] {
  const startUs = Date.parse(request?.startTime ?? '') * 1_000;
  if (request === undefined || Number.isNaN(startUs)) return undefined;
  return { startUs, durationUs: request.durationUs, path: request.path };
}

function requestOf({
  rootService,
  rootOperation,
  startTime,
  durationUs,
}: NonNullable<Report['trace']>): DiagnosedEvidence['request'] {
  return { service: rootService, operation: rootOperation, startUs: Date.parse(startTime) * 1_000, durationUs };
}

/** The incidents that the draft's readers may see: similar ones, and their number. */
export type Compared = Readonly<{ similar: readonly SimilarIncident[]; others: number }>;

/** A draft that is passed on names incidents of other channels only if Slack confirms that its readers may see them. */
export const sameChannel =
  ({ channelId }: Incident): MayShow =>
  async (other) =>
    other === channelId;

/** Channels are checked one by one. A workspace with more channels shows fewer incidents, never secret ones. */
const MOST_CHANNELS = 100;

export async function comparedWith(reader: Reader, incident: Incident, mayShow: MayShow): Promise<Compared> {
  const { similar = [] } = await findSimilarTo(reader, incident, mayShow);
  const all = await allIncidents(reader);
  const others = all.filter(({ id, workspaceId }) => id !== incident.id && workspaceId === incident.workspaceId);
  const shown = new Set<string>();
  for (const channelId of [...new Set(others.map((other) => other.channelId))].slice(0, MOST_CHANNELS)) {
    if (await mayShow(channelId)) shown.add(channelId);
  }
  return { similar, others: others.filter(({ channelId }) => shown.has(channelId)).length };
}
