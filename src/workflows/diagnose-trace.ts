/**
 * An id becomes a diagnosis: from the trace alone as soon as it is there, and again once the logs have come.
 *
 *   reference ──► trace sources, side by side ──► 'trace' ──► log stores, side by side ──► 'final'
 *       └── no trace id? its lines in the logs name one ──┘
 */
import type { AnalysedTrace, Forms, Session, SessionSettings } from '#analyse/session.ts';
import type { Clock } from '#core/clock.ts';
import { openDeadline } from '#core/deadline.ts';
import { ConfigError, NoSourceAnsweredError, SpanhoundError, TraceNotFoundError } from '#core/errors.ts';
import { askForTrace, gapOf } from '#gather/collect.ts';
import {
  GATHER_DEADLINE_MS,
  namedQueries,
  pastedQuery,
  requestQueries,
  textSearch,
  unsureQueries,
} from '#gather/plan.ts';
import type { LogQuery, LogSource, OpenBody, TraceSource } from '#gather/sources.ts';
import type { BodyKind } from '#model/body.ts';
import type { KeptEvidence } from '#model/case.ts';
import { sameTraceId, type TraceReference } from '#model/trace-id.ts';
import { type Fed, feedSession } from '#workflows/feed-session.ts';

export type DiagnoseTraceParts = Readonly<{
  traceSources: readonly TraceSource[];
  logSources: readonly LogSource[];
  openSession(settings: SessionSettings): Session;
  /** The links to the trace and its logs are those of the sources that have them. */
  settings: SessionSettings;
  clock: Clock;
}>;

export type DiagnoseTraceRequest = Readonly<{
  reference: TraceReference;
  forms: Forms;
  /** @default 20000 */
  deadlineMs?: number | undefined;
  signal?: AbortSignal | undefined;
}>;

export type DiagnosisStage = Readonly<{
  stage: 'trace' | 'final';
  analysed: AnalysedTrace;
  /** What the verdict rests on: with the last one, where the settings say that it is kept. */
  evidence?: () => Promise<KeptEvidence>;
}>;

/** Throws TraceNotFoundError where no source has the trace, NoSourceAnsweredError where none could say. */
export async function* diagnoseTrace(
  parts: DiagnoseTraceParts,
  { reference, forms, deadlineMs = GATHER_DEADLINE_MS, signal }: DiagnoseTraceRequest,
): AsyncGenerator<DiagnosisStage> {
  if (parts.traceSources.length === 0) {
    throw new ConfigError('no source of traces is configured: set JAEGER_URL to the address of a Jaeger query service');
  }
  const deadline = openDeadline(parts.clock, deadlineMs, signal);
  let session: Session | undefined;
  try {
    const search = { ...parts, forms, signal: deadline.signal };
    const found = await findTrace(search, reference);
    session = found.session;
    yield { stage: 'trace', analysed: found.analysed };

    await addLogs(search, found, reference);
    const kept = await keptEvidence(parts, session.evidence);
    const analysed = reportOf(found.analysed.traceId, await session.reports(forms));
    yield { stage: 'final', analysed: analysed ?? found.analysed, ...kept };
  } finally {
    deadline.close();
    await session?.close();
  }
}

/** Asked for before the last report, which then rests on just this. That it could not be had costs nobody the report. */
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

/** Who said no, and who said nothing. */
type Misses = { asked: string[]; failures: SpanhoundError[] };

async function findTrace(search: Search, reference: TraceReference): Promise<Found> {
  const pasted = reference.kind === 'trace' ? reference.id : reference.text;
  const misses: Misses = { asked: [], failures: [] };
  const direct = await openTrace(search, pasted, misses);
  if (direct) return direct;

  if (mayStandInLogs(reference)) {
    // What the trace sources said of an id that is none of theirs is no answer.
    const silent = reference.kind === 'text' && search.logSources.length > 0;
    if (silent) misses.asked = [];
    for (const traceId of await traceIdsInLogs(search, pasted, misses)) {
      const found = await openTrace(search, traceId, misses);
      if (found) return found;
    }
  }
  if (misses.asked.length === 0) throw new NoSourceAnsweredError(misses.failures);
  throw new TraceNotFoundError(pasted, [...new Set(misses.asked)].join(' or '), misses.failures);
}

/** The first source that has it wins. */
async function openTrace(search: Search, traceId: string, misses: Misses): Promise<Found | undefined> {
  const failures: Readonly<{ source: string; error: SpanhoundError }>[] = [];
  for await (const answer of askForTrace(search.traceSources, traceId, search.signal)) {
    const { source } = answer;
    const outcome = 'error' in answer ? answer : await analyse(search, source, answer.body, traceId);
    if ('session' in outcome) {
      for (const { source, error } of failures) {
        outcome.session.gap(gapOf(source, error, 'spans that only it has are missing'));
      }
      return outcome;
    }
    if (outcome.error === undefined || outcome.error instanceof TraceNotFoundError) misses.asked.push(source.name);
    else failures.push({ source: source.name, error: outcome.error });
  }
  misses.failures.push(...failures.map(({ error }) => error));
  return undefined;
}

/** An answer may still hold no span of this trace: a file that only links to it, a store that is still writing it. */
async function analyse(
  { openSession, settings, logSources, forms }: Search,
  { links }: TraceSource,
  body: OpenBody,
  traceId: string,
): Promise<Found | { error: SpanhoundError | undefined }> {
  const logs = logSources.find((source) => source.links.logs !== '')?.links.logs ?? '';
  const session = openSession({ ...settings, links: { ...settings.links, ...links, logs } });
  const cost = 'the trace is not whole: the verdict rests on the spans that came';
  const { items, failure } = await feed(session, 'trace', 'trace', body, cost);
  const analysed = items > 0 ? reportOf(traceId, await session.reports(forms)) : undefined;
  if (analysed) return { session, analysed };

  await session.close();
  return { error: failure };
}

function reportOf(traceId: string, reports: readonly AnalysedTrace[]): AnalysedTrace | undefined {
  return reports.find((report) => sameTraceId(report.traceId, traceId));
}

/** As trace ids are written in full; any other length may be an order's or a request's. */
const WHOLE_ID = /^(?:.{16}|.{32})$/;

function mayStandInLogs(reference: TraceReference): boolean {
  return reference.kind === 'text' || !WHOLE_ID.test(reference.id);
}

/** One order may have passed through several traces; the first ones tell what happened. */
const MAX_TRACES_TRIED = 3;

async function traceIdsInLogs(search: Search, text: string, misses: Misses): Promise<readonly string[]> {
  const session = search.openSession(search.settings);
  try {
    const query = textSearch(text, search.clock.nowUs());
    await Promise.all(
      search.logSources.map(async (source) => {
        const { items, failure } = await askLogs(search, session, source, query, 'search');
        if (items === 0 && failure) misses.failures.push(failure);
        else
          misses.asked.push(
            items > 0 ? `${source.name}, whose lines with it name no trace that is there` : source.name,
          );
      }),
    );
    return (await session.wanted()).traceIds.slice(0, MAX_TRACES_TRIED);
  } finally {
    await session.close();
  }
}

async function addLogs(search: Search, { session, analysed }: Found, reference: TraceReference): Promise<void> {
  const pasted = reference.kind === 'text' ? reference.text : undefined;
  await gatherLogs(search, session, analysed.traceId, pasted);
}

/**
 * Into the session that has the trace, one rung of the ladder after the other, since each leads to the next; what could
 * not be had becomes a gap.
 */
export async function gatherLogs(
  search: Pick<Search, 'logSources' | 'signal'>,
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
  // A store that failed would fail again, and the time is not only its own.
  const answering = { ...search, logSources: search.logSources.filter((source) => answered(source, named)) };
  const { ties } = await session.wanted(traceId);
  const ofRequest = await askAll(answering, session, steps('request', requestQueries(ties, time)));
  const { silent } = await session.wanted(traceId);
  const unsure = await askAll(answering, session, steps('unsure', unsureQueries({ ...ties, silent }, time)));
  tellWhatWasFound(answering, session, { sure: [...named, ...ofRequest], unsure });
}

const ONLY_THE_TRACE = 'the verdict rests on the trace alone';

type Asked = Readonly<{ step: string; query: LogQuery }>;
type Answered = Asked & Fed & Readonly<{ source: LogSource }>;

function steps(name: string, queries: readonly LogQuery[]): readonly Asked[] {
  return queries.map((query) => ({ step: `${name} ${query.by}`, query }));
}

function answered(source: LogSource, answers: readonly Answered[]): boolean {
  return answers.some((answer) => answer.source === source && answer.failure === undefined);
}

/** Every store, side by side. */
async function askAll(
  search: Pick<Search, 'logSources' | 'signal'>,
  session: Session,
  queries: readonly Asked[],
): Promise<readonly Answered[]> {
  const answers = await Promise.all(
    search.logSources.flatMap((source) =>
      queries.map(async ({ step, query }) => {
        return { source, step, query, ...(await askLogs(search, session, source, query, step)) };
      }),
    ),
  );
  for (const source of search.logSources) {
    tellGaps(
      session,
      source,
      answers.filter((answer) => answer.source === source),
    );
  }
  return answers;
}

/** A reader must know where nothing says that the lines are this request's. */
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

/** One for each kind of trouble, however many of the queries met it. */
function tellGaps(session: Session, { name }: LogSource, answers: readonly Answered[]): void {
  const failed = answers.find(({ items, failure, told }) => items === 0 && failure && !told);
  if (failed?.failure) session.gap(gapOf(name, failed.failure, ONLY_THE_TRACE));
  const full = answers.find(({ query, items }) => items >= query.limit);
  if (full === undefined) return;
  const problem = `has more than ${full.query.limit} lines for this trace`;
  session.gap({ source: name, problem, consequence: 'only the earliest were read' });
}

async function askLogs(
  { signal }: Pick<Search, 'signal'>,
  session: Session,
  source: LogSource,
  query: LogQuery,
  step: string,
): Promise<Fed> {
  try {
    const body = await source.openLogs(query, signal);
    return await feed(session, `logs ${source.name} ${step}`, 'logs', body, 'the lines that did not come are missing');
  } catch (error) {
    if (error instanceof SpanhoundError) return { items: 0, failure: error };
    throw error;
  }
}

function feed(session: Session, id: string, kind: BodyKind, body: OpenBody, cost: string): Promise<Fed> {
  const { format, source, query, chunks } = body;
  return feedSession(session, id, { kind, format, source, file: '', query }, chunks, cost);
}
