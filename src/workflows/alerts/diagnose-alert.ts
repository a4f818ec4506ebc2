/**
 * Diagnoses an alert from the trace that it names, or from the failing and slow traces of its service around its time.
 * It reports first from the traces alone, then again with the logs of the trace that shows the fault best.
 *
 *   alert ──► names a trace ──► as `/trace`
 *     └──► its service's traces in the window ──► one judgement of all evidence ──► 'trace' ──► 'final'
 */
import type { AnalysedTrace, Forms } from '#analyse/session.ts';
import { within } from '#core/clock.ts';
import { openDeadline } from '#core/deadline.ts';
import { NoSourceAnsweredError, SpanhoundError, TraceNotFoundError } from '#core/errors.ts';
import { GATHER_DEADLINE_MS } from '#gather/plan.ts';
import type { LogSource } from '#gather/sources.ts';
import type { WindowSubject } from '#model/finding/analysis.ts';
import type { Gap } from '#model/finding/gap.ts';
import type { KnownTroubles } from '#model/incident/trouble-time.ts';
import { requestCounts } from '#model/requests/request-counts.ts';
import type { SeenRequest } from '#model/requests/seen-request.ts';
import { answerOf, besideHealth, isOfWindow, type LinksOf, namedByAlert } from '#workflows/alerts/judge-alert.ts';
import { gatherChanges } from '#workflows/evidence/gather-changes.ts';
import { gatherDatabases } from '#workflows/evidence/gather-databases.ts';
import { gatherMetrics } from '#workflows/evidence/gather-metrics.ts';
import { gatherPlatform } from '#workflows/evidence/gather-platform.ts';
import { gatherLinesOf } from '#workflows/evidence/gather-request.ts';
import {
  type DiagnoseTraceParts,
  type DiagnosisStage,
  diagnoseTrace,
  gatherLogs,
  keptEvidence,
  logsLink,
} from '#workflows/traces/diagnose-trace.ts';
import { gatherBeside } from '#workflows/window/beside.ts';
import { deepen } from '#workflows/window/deepen.ts';
import { askedRequests, isIn, traceLinks, type WindowHunt } from '#workflows/window/hunt.ts';
import { type AlertSubject, NoTracesError, openWindow, UnknownServiceError } from '#workflows/window/open-window.ts';
import { windowOf } from '#workflows/window/subject.ts';
import { survey } from '#workflows/window/survey.ts';

export type DiagnoseAlertRequest = Readonly<{
  alert: AlertSubject;
  forms: Forms;
  /** Evidence known to be missing from the start. */
  gaps?: readonly Gap[];
  /** Knows the times of earlier problems; the command line has no record of them. */
  known?: KnownTroubles | undefined;
  /** @default the time window around the alert */
  window?: Readonly<{ fromUs: number; toUs: number }>;
  /** @default 20000 */
  deadlineMs?: number | undefined;
  /** After this long, the answer so far is sent: the person on call waits. Without it, only whole answers are. */
  firstVerdictMs?: number | undefined;
  signal?: AbortSignal | undefined;
}>;

/** Alerts wait for their rule's `for` and its evaluation, so their problem began minutes earlier. */
const BEFORE_US = 15 * 60 * 1_000_000;
const AFTER_US = 5 * 60 * 1_000_000;

/** Without a trace source: the service logged nothing at that time, or logs under another name. */
class NoLinesError extends SpanhoundError {
  override readonly name = 'NoLinesError';
  readonly code = 'SH_NO_TRACES';
  readonly advice: string;

  constructor(service: string, asked: readonly Pick<LogSource, 'name' | 'serviceSetting'>[]) {
    const sources = asked.map(({ name }) => name);
    super(
      `${sources.join(' and ')} ${sources.length === 1 ? 'has' : 'have'} no data about ${service} around that time`,
    );
    const settings = asked.flatMap(({ serviceSetting = [] }) => serviceSetting);
    const see = settings.length === 0 ? '' : ` (see ${settings.join(', ')})`;
    this.advice = `It may have another name in the log store${see}, its lines may be past retention, or they may still be arriving.`;
  }
}

/** Throws if neither the alert's trace nor any trace of its service could be read. */
export async function* diagnoseAlert(
  parts: DiagnoseTraceParts,
  request: DiagnoseAlertRequest,
): AsyncGenerator<DiagnosisStage> {
  const { alert, gaps = [] } = request;
  if (alert.traceId === '') return yield* diagnoseTime(parts, request);
  try {
    yield* diagnoseNamedTrace(parts, request);
  } catch (error) {
    if (!(error instanceof TraceNotFoundError)) throw error;
    const gap = { source: 'alert', problem: error.message, consequence: 'other traces of its service were examined' };
    try {
      yield* diagnoseTime(parts, { ...request, gaps: [...gaps, gap] });
    } catch (second) {
      // That the named trace is missing is more useful than that nothing else was found either.
      throw second instanceof UnknownServiceError || second instanceof NoTracesError ? error : second;
    }
  }
}

/** From the traces of that time; without any, from the logs of its service. */
async function* diagnoseTime(parts: DiagnoseTraceParts, request: DiagnoseAlertRequest): AsyncGenerator<DiagnosisStage> {
  const { alert, gaps = [] } = request;
  const { metricSources = [], platformSources = [], databaseSources = [] } = parts;
  const others = [...parts.logSources, ...metricSources, ...platformSources, ...databaseSources];
  const mayBeInLogs = others.length > 0 && (alert.otherNames?.[0] ?? alert.service) !== '';
  if (mayBeInLogs && !parts.traceSources.some(({ search }) => search)) {
    const gap = { source: 'traces', problem: 'no trace source is configured', consequence: withoutTraces(parts) };
    const stage = await diagnoseLines(parts, { ...request, gaps: [...gaps, gap] });
    if (stage !== undefined) return yield stage;
    throw new NoLinesError(alert.service, others);
  }
  try {
    yield* diagnoseWindow(parts, request);
  } catch (error) {
    const isMissing = error instanceof UnknownServiceError || error instanceof NoTracesError;
    if (!isMissing || !mayBeInLogs) throw error;
    const gap = { source: 'traces', problem: error.message, consequence: withoutTraces(parts) };
    const stage = await diagnoseLines(parts, { ...request, gaps: [...gaps, gap] });
    if (stage === undefined) throw error;
    yield error instanceof UnknownServiceError ? { ...stage, unknownAmong: error.known } : stage;
  }
}

/** `the verdict rests on log lines and metrics alone` */
function withoutTraces({
  logSources,
  metricSources = [],
  platformSources = [],
  databaseSources = [],
}: DiagnoseTraceParts): string {
  const kinds = [
    ...(logSources.length > 0 ? ['log lines'] : []),
    ...(metricSources.length > 0 ? ['metrics'] : []),
    ...(platformSources.length > 0 ? ['the platform'] : []),
    ...(databaseSources.length > 0 ? ['databases'] : []),
  ];
  return `the verdict rests on ${kinds.join(' and ')} alone`;
}

/** Undefined if the service has no lines and no metrics of that time, and the platform has no data about it. */
async function diagnoseLines(
  parts: DiagnoseTraceParts,
  { alert, forms, gaps = [], window: asked, deadlineMs = GATHER_DEADLINE_MS, signal }: DiagnoseAlertRequest,
): Promise<DiagnosisStage | undefined> {
  const time = asked ?? { fromUs: alert.atUs - BEFORE_US, toUs: alert.atUs + AFTER_US };
  const deadline = openDeadline(parts.clock, deadlineMs, signal);
  const links = { ...parts.settings.links, logs: logsLink(parts) };
  const session = parts.openSession({ ...parts.settings, links });
  try {
    const service = alert.otherNames?.[0] ?? alert.service;
    const stores = { ...parts, signal: deadline.signal };
    const [lines, series, platform, databases] = await Promise.all([
      gatherLinesOf(stores, session, { service, ...time }),
      gatherMetrics(stores, session, { services: [service], ...time }),
      gatherPlatform(stores, session),
      gatherDatabases(stores, session, 'window'),
      gatherChanges(stores, session, { services: [service], ...time }),
    ]);
    const items = lines.items + series.items;
    const ofAll = platform.items + databases.items;
    const failures = [
      ...[lines, series].flatMap(({ failure }) => failure ?? []),
      ...platform.failures,
      ...databases.failures,
    ];
    if (items + ofAll === 0 && failures.length > 0) throw new NoSourceAnsweredError(failures);
    if (items + ofAll === 0) return undefined;
    for (const gap of gaps) session.gap(gap);
    const kept = await keptEvidence(parts, async () => ({ ...(await session.evidence()), alert }));
    const window = { kind: asked === undefined ? 'alert' : 'window', service, ...time } as const;
    const [analysed] = await session.reports({ ...forms, window });
    if (analysed === undefined) throw new Error('the session lost the lines that it has read');
    // Other services' pods and databases always exist: they say nothing about a service that is unknown.
    if (items > 0 || isOfWindow(analysed) || isToldBy(parts, analysed)) return { stage: 'final', analysed, ...kept };
    if (failures.length > 0) throw new NoSourceAnsweredError(failures);
    return undefined;
  } finally {
    deadline.close();
    await session.close();
  }
}

async function* diagnoseNamedTrace(
  parts: DiagnoseTraceParts,
  { alert, forms, deadlineMs, signal }: DiagnoseAlertRequest,
): AsyncGenerator<DiagnosisStage> {
  const reference = { kind: 'trace', id: alert.traceId } as const;
  for await (const found of diagnoseTrace(parts, { reference, forms, deadlineMs, signal })) {
    const { evidence } = found;
    const ofAlert = evidence && { evidence: async () => ({ ...(await evidence()), alert }) };
    yield { ...found, analysed: namedByAlert(found.analysed), ...ofAlert };
  }
}

async function* diagnoseWindow(
  parts: DiagnoseTraceParts,
  {
    alert,
    forms,
    gaps = [],
    known,
    window,
    deadlineMs = GATHER_DEADLINE_MS,
    firstVerdictMs,
    signal,
  }: DiagnoseAlertRequest,
): AsyncGenerator<DiagnosisStage> {
  const deadline = openDeadline(parts.clock, deadlineMs, signal);
  let hunt: WindowHunt | undefined;
  try {
    const asked = window ? ({ ...window, kind: 'window' } as const) : timeOf(alert, parts.clock.nowUs());
    hunt = await openWindow(parts, { alert, asked, known, signal: deadline.signal });
    for (const gap of gaps) hunt.session.gap(gap);
    yield* surveyed(hunt, { alert, forms, firstVerdictMs });
    const first = await judged(hunt, { alert, forms });
    if (first === undefined) throw new NoTracesError(hunt);
    yield { stage: 'trace', analysed: first.analysed };

    const second = (await deepen(hunt)) ? await judged(hunt, { alert, forms }) : first;
    if (second !== undefined && second !== first) yield { stage: 'trace', analysed: second.analysed };
    await gatherAll(hunt, second ?? first);
    yield await lastStage(hunt, { alert, forms });
  } finally {
    deadline.close();
    await hunt?.session.close();
  }
}

/** The evidence of the time, and the lines of the request that shows the judgement best. */
async function gatherAll(hunt: WindowHunt, { representative, subject, analysed }: Judged): Promise<void> {
  const ofOne = representative !== undefined && hunt.logSources.length > 0 ? [representative] : [];
  await Promise.all([
    gatherBeside(hunt, subject, servicesInQuestion(analysed), analysed.traceId),
    ...ofOne.map((traceId) => gatherLogs(hunt, hunt.session, traceId)),
  ]);
}

/** There is no data beyond now. */
function timeOf({ atUs }: AlertSubject, nowUs: number) {
  return { kind: 'alert', fromUs: atUs - BEFORE_US, toUs: Math.max(atUs, Math.min(atUs + AFTER_US, nowUs)) } as const;
}

type Judging = Pick<DiagnoseAlertRequest, 'alert' | 'forms'>;

/** A slow backend must not delay the evidence that is already there. */
async function* surveyed(
  hunt: WindowHunt,
  { firstVerdictMs, ...judging }: Judging & Pick<DiagnoseAlertRequest, 'firstVerdictMs'>,
): AsyncGenerator<DiagnosisStage> {
  if (firstVerdictMs === undefined) return await survey(hunt);
  const done = survey(hunt).then(() => true);
  done.catch(() => undefined); // reported when it is awaited
  if (await within(hunt.clock, firstVerdictMs, done)) return;
  const early = await judged(hunt, judging);
  if (early !== undefined) yield { stage: 'trace', analysed: early.analysed };
  await done;
}

async function lastStage(hunt: WindowHunt, judging: Judging): Promise<DiagnosisStage> {
  const subject = await windowOf(hunt);
  const { fromUs, toUs, service, through, onset, healthy, unhealthy } = subject;
  const kept = await keptEvidence(hunt, async () => ({
    ...(await hunt.session.evidence()),
    alert: judging.alert,
    judged: { fromUs, toUs, service, through, onset, healthy, unhealthy },
  }));
  const last = await judged(hunt, judging);
  if (last === undefined) throw new Error('the session lost the traces that it has found');
  return { stage: 'final', analysed: last.analysed, ...kept };
}

/** If the service has no other data, a database with a problem may be the cause. */
function isToldBy({ databaseSources = [] }: DiagnoseTraceParts, { report }: AnalysedTrace): boolean {
  const names = new Set(databaseSources.map(({ name }) => name));
  return report.findings.some(({ evidence }) => evidence.some(({ ref }) => names.has(ref)));
}

/** `representative`: the request that shows the judgement best, where none were compared. */
type Judged = Readonly<{ analysed: AnalysedTrace; subject: WindowSubject; representative?: string }>;

/** Undefined if there are no requests, and no other evidence of the time says what is wrong. */
async function judged(hunt: WindowHunt, { alert, forms }: Judging): Promise<Judged | undefined> {
  const subject = await windowOf(hunt);
  const [together] = await hunt.session.reports({ ...forms, window: subject });
  const requests = (await askedRequests(hunt)).filter((request) => isIn(request, subject));
  if (together === undefined || (requests.length === 0 && !isOfWindow(together))) return undefined;
  const { analysed, shownBy } = await answerOf(besideHealth(hunt.session, subject), together, subject, {
    atUs: alert.atUs,
    forms,
    links: async () => linksAmong(hunt, requests),
    asked: async () => requests.map(({ traceId }) => traceId),
    affected: requestCounts(requests),
  });
  const representative = isOfWindow(together) ? undefined : shownBy;
  return { analysed, subject, ...(representative && { representative }) };
}

function linksAmong(hunt: WindowHunt, requests: readonly SeenRequest[]): LinksOf {
  const sources = new Map(requests.map(({ traceId, source }) => [traceId, source]));
  return (traceId) => traceLinks(hunt, sources.get(traceId) ?? '');
}

/** The services whose lines may show more: the service itself, and those that the requests point to. */
function servicesInQuestion({ report }: AnalysedTrace): readonly string[] {
  const suspects = (report.diagnosis?.ranking ?? []).filter(({ score }) => score > 0).slice(0, MOST_SUSPECTS);
  return [...new Set([report.subject.service, ...suspects.map(({ service }) => service)])].filter(
    (name) => name !== '',
  );
}

const MOST_SUSPECTS = 5;
