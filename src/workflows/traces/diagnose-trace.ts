/**
 * Diagnoses a trace id: first from the trace alone, then again with its logs and what happened around it.
 *
 *   reference ──► trace sources, in parallel ──► 'trace' ──► log stores, databases, changes, metrics, pods ──► 'final'
 *       └── no such trace? its lines in the logs name one ──┘
 *                               └── or show the request's path themselves ──► 'final'
 */

import type { AnalysedTrace, Forms, Session, SessionSettings } from '#analyse/session.ts';
import type { Clock } from '#core/clock.ts';
import { openDeadline } from '#core/deadline.ts';
import { NoSourceAnsweredError, type SpanhoundError, TraceNotFoundError } from '#core/errors.ts';
import { knownDetectors } from '#detect/known.ts';
import { requestDetectors } from '#detect/request-registry.ts';
import { askForTrace, gapOf, spokenNames } from '#gather/collect.ts';
import {
  GATHER_DEADLINE_MS,
  namedQueries,
  pastedQuery,
  requestQueries,
  SAME_INCIDENT_US,
  searchQueries,
  unsureQueries,
} from '#gather/plan.ts';
import type {
  ChangeSource,
  DatabaseSource,
  DiffSource,
  LogSource,
  MetricSource,
  OpenBody,
  PlatformSource,
  TraceSource,
} from '#gather/sources.ts';
import type { KeptEvidence } from '#model/incident/case.ts';
import { type AskedFor, type AskedReference, askedFor, idFormText } from '#model/trace/asked-for.ts';
import { mayBeTrace } from '#model/trace/datadog-id.ts';
import { sameTraceId } from '#model/trace/trace-id.ts';
import { askEarlier, type EarlierStores } from '#workflows/evidence/ask-earlier.ts';
import {
  type Answered,
  answered,
  answersOf,
  askAll,
  feedBody,
  ONLY_THE_TRACE,
  steps,
} from '#workflows/evidence/ask-logs.ts';
import { gatherAround } from '#workflows/evidence/gather-around.ts';
import { gatherDatabases } from '#workflows/evidence/gather-databases.ts';
import { gatherRequest } from '#workflows/evidence/gather-request.ts';
import { noTraceSource, type SaysSystems } from '#workflows/traces/no-trace-source.ts';

export type DiagnoseTraceParts = SaysSystems &
  Readonly<{
    traceSources: readonly TraceSource[];
    logSources: readonly LogSource[];
    /** Used for a trace with a problem. @default none */
    metricSources?: readonly MetricSource[] | undefined;
    platformSources?: readonly PlatformSource[] | undefined;
    changeSources?: readonly ChangeSource[] | undefined;
    diffSources?: readonly DiffSource[] | undefined;
    /** Used for a trace if its findings point to a database. @default none */
    databaseSources?: readonly DatabaseSource[] | undefined;
    openSession(settings: SessionSettings): Session;
    /** The links to the trace and its logs come from the sources that have them. */
    settings: SessionSettings;
    clock: Clock;
  }>;

export type DiagnoseTraceRequest = Readonly<{
  reference: AskedReference;
  forms: Forms;
  /** @default 20000 */
  deadlineMs?: number | undefined;
  signal?: AbortSignal | undefined;
}>;

export type DiagnosisStage = Readonly<{
  stage: 'trace' | 'final';
  analysed: AnalysedTrace;
  /** The evidence behind the verdict: set with the last stage, if the settings keep it. */
  evidence?: () => Promise<KeptEvidence>;
  /** The alert's service sends no traces under any known name: those that send some. */
  unknownAmong?: readonly string[];
}>;

/** Throws TraceNotFoundError if no source has the trace, NoSourceAnsweredError if no source answered. */
export async function* diagnoseTrace(
  parts: DiagnoseTraceParts,
  { reference, forms, deadlineMs = GATHER_DEADLINE_MS, signal }: DiagnoseTraceRequest,
): AsyncGenerator<DiagnosisStage> {
  if (parts.traceSources.length + parts.logSources.length === 0) {
    throw await noTraceSource(parts, 'no trace source is configured');
  }
  const deadline = openDeadline(parts.clock, deadlineMs, signal);
  let session: Session | undefined;
  try {
    const search = { ...parts, forms, signal: deadline.signal };
    const found = await findTrace(search, reference);
    session = found.session;
    if ('requestId' in found) {
      yield await diagnoseRequest(search, found);
      return;
    }
    yield { stage: 'trace', analysed: found.analysed };

    await Promise.all([addLogs(search, found, reference), addDatabases(search, found), addAround(search, found)]);
    const kept = await keptEvidence(parts, session.evidence);
    const analysed = reportOf(found.analysed.traceId, await session.reports(forms));
    yield { stage: 'final', analysed: analysed ?? found.analysed, ...kept };
  } finally {
    deadline.close();
    await session?.close();
  }
}

/** From the log lines alone. */
async function diagnoseRequest(search: Search, { session, requestId }: FoundLines): Promise<DiagnosisStage> {
  const window = await gatherRequest(search, session, requestId);
  const kept = await keptEvidence(search, session.evidence);
  const [analysed] = await session.reports({ ...search.forms, window });
  if (analysed === undefined) throw new Error('the session lost the lines that it has read');
  return { stage: 'final', analysed, ...kept };
}

/** Gathers evidence before the last report, which then uses only this. A failure here does not prevent the report. */
export async function keptEvidence(
  { settings }: Pick<DiagnoseTraceParts, 'settings'>,
  take: () => Promise<KeptEvidence>,
): Promise<Pick<DiagnosisStage, 'evidence'>> {
  if (settings.evidence === undefined) return {};
  const taken = take();
  await Promise.allSettled([taken]);
  return { evidence: () => taken };
}

type Search = DiagnoseTraceParts & Readonly<{ forms: Forms; signal: AbortSignal }>;

type Found = Readonly<{ session: Session; analysed: AnalysedTrace }>;

/** No source has the trace, but log lines contain the id. */
type FoundLines = Readonly<{ session: Session; requestId: string }>;

/** Which sources do not have it, which logs have no line of it, and which did not answer. */
type Misses = { asked: string[]; searched: string[]; failures: SpanhoundError[] };

async function findTrace(search: Search, reference: AskedReference): Promise<Found | FoundLines> {
  const pasted = reference.kind === 'trace' ? reference.id : reference.text;
  const misses: Misses = { asked: [], searched: [], failures: [] };
  const direct = await openTrace(askedAs(search, askedFor(reference, false)), pasted, misses);
  if (direct) return direct;

  // The trace may be in a source that did not answer; its lines would be the smaller part of the evidence.
  const isUnknown = misses.asked.length === 0 && misses.failures.length > 0;
  if (isUnknown && reference.kind === 'trace' && WHOLE_ID.test(reference.id)) {
    throw new NoSourceAnsweredError(misses.failures);
  }
  const noTrace = { asked: [...misses.asked], failures: [...misses.failures] };
  // The trace sources' answer to an id that is not a trace id means nothing.
  const silent = reference.kind === 'text' && search.logSources.length > 0;
  if (silent) misses.asked = [];
  const lines = await linesWith(search, pasted, misses, reference.furtherBack);
  if (lines !== undefined) {
    const found = await traceNamedIn(askedAs(search, askedFor(reference, true)), lines, pasted, misses);
    if (found === undefined) tellThereIsNoTrace(search, lines.session, noTrace);
    else await lines.session.close();
    return found ?? lines;
  }
  if (misses.asked.length + misses.searched.length === 0) throw new NoSourceAnsweredError(misses.failures);
  throw notFound(search, reference, { pasted, asked: noTrace.asked, misses });
}

function notFound(
  search: Search,
  { furtherBack }: AskedReference,
  { pasted, asked, misses }: Readonly<{ pasted: string; asked: readonly string[]; misses: Misses }>,
): TraceNotFoundError {
  const searched = furtherBack ? 'week' : 'day';
  return new TraceNotFoundError(pasted, spokenNames(asked, search.traceSources), {
    unanswered: misses.failures,
    logsOf: misses.searched.length === 0 ? 'none' : searched,
    isMoreToSearch: furtherBack !== true && longLogs(search).length > 0,
    form: idFormText(pasted),
  });
}

/** Sessions opened from now on report the requested id. */
function askedAs(search: Search, asked: AskedFor): Search {
  return { ...search, settings: { ...search.settings, asked } };
}

/** Trace ids in full length; any other length may be an order's or a request's id. */
const WHOLE_ID = /^(?:.{16}|.{32})$/;

/** The first trace named in the lines that a source has. */
async function traceNamedIn(
  search: Search,
  { session }: FoundLines,
  pasted: string,
  misses: Misses,
): Promise<Found | undefined> {
  const { traceIds } = await session.wanted();
  const others = traceIds.filter((traceId) => !sameTraceId(traceId, pasted));
  for (const traceId of others.slice(0, MAX_TRACES_TRIED)) {
    const found = await openTrace(search, traceId, misses);
    if (found) return found;
  }
  return undefined;
}

function tellThereIsNoTrace(
  { traceSources }: Search,
  session: Session,
  { asked, failures }: Pick<Misses, 'asked' | 'failures'>,
): void {
  const consequence = 'the request was reconstructed from its log lines';
  if (traceSources.length === 0)
    session.gap({ source: 'traces', problem: 'no trace source is configured', consequence });
  for (const source of new Set(asked)) session.gap({ source, problem: 'has no trace of it', consequence });
  for (const failure of failures) session.gap({ source: 'traces', problem: failure.message, consequence });
}

/** The first source that has the trace is used. */
async function openTrace(search: Search, traceId: string, misses: Misses): Promise<Found | undefined> {
  const failures: Readonly<{ source: string; error: SpanhoundError }>[] = [];
  for await (const answer of askForTrace(search.traceSources, traceId, search.signal)) {
    const { source } = answer;
    const outcome = 'error' in answer ? answer : await analyse(search, source, answer.body, traceId);
    if ('session' in outcome) {
      for (const { source, error } of failures) {
        outcome.session.gap(gapOf(source, error, 'spans found only there are missing'));
      }
      return outcome;
    }
    if (outcome.error === undefined || outcome.error instanceof TraceNotFoundError) misses.asked.push(source.name);
    else failures.push({ source: source.name, error: outcome.error });
  }
  misses.failures.push(...failures.map(({ error }) => error));
  return undefined;
}

/** An answer may hold no span of this trace: a file that only links to it, or a store that is still writing it. */
async function analyse(
  search: Search,
  { links }: TraceSource,
  body: OpenBody,
  traceId: string,
): Promise<Found | { error: SpanhoundError | undefined }> {
  const { openSession, settings, forms } = search;
  const session = openSession({ ...settings, links: { ...settings.links, ...links, logs: logsLink(search) } });
  const cost = 'the trace is incomplete: the verdict rests on the spans that were read';
  const { items, failure } = await feedBody(session, 'trace', 'trace', body, cost);
  const analysed = items > 0 ? reportOf(traceId, await session.reports(forms)) : undefined;
  if (analysed) return { session, analysed };

  await session.close();
  return { error: failure };
}

/** The first store that has a page for people. */
export function logsLink({ logSources }: Pick<DiagnoseTraceParts, 'logSources'>): string {
  return logSources.find(({ links }) => links.logs !== '')?.links.logs ?? '';
}

/** A store may keep only a half of an id, or be asked for its decimal number. */
function reportOf(traceId: string, reports: readonly AnalysedTrace[]): AnalysedTrace | undefined {
  const same = reports.find((report) => sameTraceId(report.traceId, traceId));
  return same ?? reports.find((report) => mayBeTrace(traceId, report.traceId));
}

/** One order may pass through several traces; the first ones show what happened. */
const MAX_TRACES_TRIED = 3;

/** The stores that can search the logs of a week in time. */
function longLogs({ logSources }: Search): Search['logSources'] {
  return logSources.filter(({ holdsDays }) => holdsDays);
}

/** Undefined if no store has a line with it. */
async function linesWith(all: Search, id: string, misses: Misses, furtherBack?: true): Promise<FoundLines | undefined> {
  const search = furtherBack ? { ...all, logSources: longLogs(all) } : all;
  const links = { ...search.settings.links, logs: logsLink(search) };
  const session = search.openSession({ ...search.settings, links });
  const [byText, ...byField] = searchQueries(id, search.clock.nowUs(), furtherBack);
  const first = await answersOf(search, session, steps('search', [byText]));
  const isFound = first.some(({ items }) => items > 0);
  const answers = isFound ? first : [...first, ...(await answersOf(search, session, steps('search', byField)))];
  for (const source of search.logSources) {
    const [failed] = answers.filter((answer) => answer.source === source && answer.failure && answer.items === 0);
    if (failed?.failure && !answered(source, answers)) misses.failures.push(failed.failure);
    else misses.searched.push(source.name);
  }
  if (answers.some(({ items }) => items > 0)) return { session, requestId: id };
  await session.close();
  return undefined;
}

async function addLogs(search: Search, { session, analysed }: Found, reference: AskedReference): Promise<void> {
  const pasted = reference.kind === 'text' ? reference.text : undefined;
  await gatherLogs(search, session, analysed.traceId, pasted);
}

/** Changes, metrics and pods of the services that may be behind the problem. A request without one needs no cause. */
async function addAround(search: Search, { session, analysed }: Found): Promise<void> {
  const { changeSources = [], metricSources = [], platformSources = [] } = search;
  const { diagnosis } = analysed.report;
  if (diagnosis === null || changeSources.length + metricSources.length + platformSources.length === 0) return;
  const { behind, shared, fromUs, toUs } = await session.wanted(analysed.traceId);
  const services = [...new Set([diagnosis.service, ...behind])].filter((service) => service !== '');
  await gatherAround(search, session, { services, shared, fromUs, toUs });
}

/** Whether a database may confirm or contradict such a finding. */
function isOfDatabases(detector: string): boolean {
  const { field, checkQueries } = knownDetectors(requestDetectors).of(detector);
  return field === 'database' || checkQueries.includes('sessions');
}

async function addDatabases(search: Search, { session, analysed }: Found): Promise<void> {
  if (search.databaseSources === undefined || search.databaseSources.length === 0) return;
  const isAsked = analysed.report.findings.some(({ detector }) => isOfDatabases(detector));
  if (isAsked) await gatherDatabases(search, session, 'trace');
}

/**
 * Fills the session that has the trace, one query after the other, because each depends on the one before. Each failure
 * becomes a gap.
 */
export async function gatherLogs(
  search: EarlierStores,
  session: Session,
  traceId: string,
  pasted?: string,
): Promise<void> {
  if (search.logSources.length === 0) {
    session.gap({ source: 'logs', problem: 'no log store is configured', consequence: ONLY_THE_TRACE });
    return;
  }
  const time = await session.wanted(traceId);
  const named = await askAll(search, session, [
    ...steps('named', namedQueries(traceId, time)),
    ...(pasted === undefined ? [] : steps('pasted', [pastedQuery(pasted, time)])),
  ]);
  // A store that failed would fail again, and other stores need the time too.
  const answering = { ...search, logSources: search.logSources.filter((source) => answered(source, named)) };
  const { ties } = await session.wanted(traceId);
  const ofRequest = await askAll(answering, session, steps('request', requestQueries(ties, time)));
  const { silent } = await session.wanted(traceId);
  const unsure = await askAll(answering, session, steps('unsure', unsureQueries({ ...ties, silent }, time)));
  tellWhatWasFound(answering, session, { sure: [...named, ...ofRequest], unsure });
  await askEarlier(answering, session, traceId, time.fromUs - SAME_INCIDENT_US);
}

/** The reader must know that nothing proves these lines belong to this request. */
function tellWhatWasFound(
  { logSources }: Pick<Search, 'logSources'>,
  session: Session,
  { sure, unsure }: Readonly<Record<'sure' | 'unsure', readonly Answered[]>>,
): void {
  if (sure.some(({ items }) => items > 0)) return;
  for (const source of logSources) {
    const [named, nearby] = [sure, unsure].map((answers) => answers.filter((answer) => answer.source === source));
    if (nearby?.some(({ items }) => items > 0)) {
      const consequence = 'lines of its services at that time were read instead; some may belong to other requests';
      session.gap({ source: source.name, problem: 'no line names this trace', consequence });
    } else if (![...(named ?? []), ...(nearby ?? [])].some(({ failure }) => failure)) {
      session.gap({ source: source.name, problem: 'no line of this trace was found', consequence: ONLY_THE_TRACE });
    }
  }
}
