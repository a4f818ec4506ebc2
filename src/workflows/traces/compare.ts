/**
 * Compares two sides: failing traces with healthy ones, or traces after a fix with those before it. Each side is a
 * file, a case, or traces from the configured sources. If no healthy side is named, it is searched: other traces of the
 * same request in the same file or case, else around the time of the failing trace in its source.
 */
import type { Compared, CompareRequest, SessionPair } from '#analyse/compare-sessions.ts';
import type { Session, SessionSettings } from '#analyse/session.ts';
import { openDeadline } from '#core/deadline.ts';
import { NoSourceAnsweredError, SpanhoundError, TraceNotFoundError, UnreadableInputError } from '#core/errors.ts';
import { HOUR_US } from '#core/time-units.ts';
import { askForTrace, gapOf, spokenNames } from '#gather/collect.ts';
import { GATHER_DEADLINE_MS } from '#gather/plan.ts';
import type { OpenBody, TraceSearch, TraceSource } from '#gather/sources.ts';
import { type CaseDisk, type EvidenceRole, evidenceRole } from '#model/incident/case.ts';
import {
  type KnownTroubles,
  type Stretch,
  stretchesWithout,
  type TroubleTime,
  withMargins,
} from '#model/incident/trouble-time.ts';
import { TRACE_FORMATS } from '#model/trace/build/body.ts';
import { type DiagnoseTraceParts, gatherLogs } from '#workflows/traces/diagnose-trace.ts';
import { feedSession } from '#workflows/traces/feed-session.ts';
import { noTraceSource } from '#workflows/traces/no-trace-source.ts';

/** Where to find the traces of one side. */
export type SideSource = Readonly<
  | { kind: 'file'; path: string }
  | { kind: 'case'; path: string }
  /** Hex ids of 16 or 32 digits. */
  | { kind: 'trace'; traceId: string }
  /** Traces of the other side's request. Microseconds since the epoch. */
  | { kind: 'window'; fromUs: number; toUs: number }
>;

export type CompareParts = Omit<DiagnoseTraceParts, 'openSession'> &
  Readonly<{
    openPair(settings: SessionSettings): SessionPair;
    passFile(path: string): AsyncIterable<Uint8Array>;
    readFile(path: string): AsyncIterable<Uint8Array>;
    /** Set if cases may be named. */
    disk?: Pick<CaseDisk, 'open'> | undefined;
  }>;

export type CompareSides = Readonly<{
  as: CompareRequest['as'];
  /** For a verification, the traces before the fix. If empty, they are searched. */
  healthy: readonly SideSource[];
  failing: readonly SideSource[];
  forms: CompareRequest['forms'];
  /** Knows the times of earlier problems: no healthy trace is searched there. */
  known?: KnownTroubles | undefined;
  /** @default 20000 */
  deadlineMs?: number | undefined;
  signal?: AbortSignal | undefined;
}>;

type Presented = Extract<Compared, { kind: 'compared' }>['presented'];

const LATER = 'later';

/** One side has no traces. */
class NothingToCompareError extends SpanhoundError {
  override readonly name = 'NothingToCompareError';
  readonly code = 'SH_NO_TRACES';
  readonly advice: string;

  constructor(side: string, why: string) {
    const what =
      side === LATER ? 'the fix is not confirmed, because there is no later trace' : `there is no ${side} trace`;
    super(`${what} to compare: ${why}`);
    if (side === LATER) {
      this.advice = 'Only the same request proves the fix. Send it again or wait for it, then verify again.';
      return;
    }
    this.advice = `Name ${side === 'healthy' ? 'healthy traces of the same request from before the failure' : 'traces of the same request'}: ids, files or cases.`;
  }
}

/** Throws if a side is empty or cannot be read. */
export async function compareSides(parts: CompareParts, sides: CompareSides): Promise<Presented> {
  const { as, healthy, failing, forms, known, deadlineMs = GATHER_DEADLINE_MS, signal } = sides;
  const deadline = openDeadline(parts.clock, deadlineMs, signal);
  const pair = parts.openPair(parts.settings);
  const gathering: Gathering = { ...parts, pair, signal: deadline.signal };
  try {
    const one = await feedSide(gathering, pair.healthy, healthy);
    const other = await feedSide(gathering, pair.failing, failing);
    const request = { as, forms, ...(one && { healthy: one }), ...(other && { failing: other }) };
    if (as === 'verification') return presented(await verified(gathering, sides, request), as);
    if (healthy.length > 0) return presented(await withLogs(gathering, request), as);
    return presented(await compareWithFound(gathering, { failing, known }, request), as);
  } finally {
    deadline.close();
    await pair.close();
  }
}

type Gathering = CompareParts & Readonly<{ pair: SessionPair; signal: AbortSignal }>;

function presented(compared: Compared, as: CompareRequest['as']): Presented {
  if (compared.kind === 'compared') return compared.presented;
  const names =
    as === 'verification' ? { healthy: 'earlier', failing: LATER } : { healthy: 'healthy', failing: 'failing' };
  throw new NothingToCompareError(names[compared.side], compared.why);
}

/** The ids to compare, if a source may return more than requested. */
async function feedSide(
  gathering: Gathering,
  session: Session,
  sources: readonly SideSource[],
): Promise<readonly string[] | undefined> {
  const traceIds: string[] = [];
  for (const source of sources) {
    if (source.kind === 'file') await feedFile(gathering, session, source.path);
    else if (source.kind === 'case') await feedCase(gathering, session, source.path, 'traces');
    else if (source.kind === 'trace') traceIds.push(await feedTrace(gathering, session, source.traceId));
  }
  return traceIds.length > 0 && traceIds.length === sources.length ? traceIds : undefined;
}

const NOT_ALL = 'not all traces were compared';

async function feedFile({ passFile, readFile }: Gathering, session: Session, path: string): Promise<void> {
  const head = { format: 'auto', source: path, file: path, query: { text: path, url: '' } } as const;
  const { items, failure } = await feedSession(session, path, { ...head, kind: 'trace' }, passFile(path), NOT_ALL);
  if (items > 0) return;
  // Without a trace, the lines belong to two requests; standard input can be read once.
  const lines =
    path === '-'
      ? 0
      : (await feedSession(session, `${path} lines`, { ...head, kind: 'logs' }, recordsIn(readFile(path)), NOT_ALL))
          .items;
  if (lines > 0) return;
  throw failure ?? new UnreadableInputError(`${path} holds no spans`, `Give traces as ${TRACE_FORMATS}.`);
}

/** A longer text is not a record that somebody copied from a log. */
const LONGEST_RECORD = 1_000_000;

/** Writes a JSON value over several lines as one line, and a list as one line per item. Other text stays unchanged. */
async function* recordsIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const held: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes <= LONGEST_RECORD) held.push(chunk.slice());
    else {
      yield* held.splice(0);
      yield chunk;
    }
  }
  if (held.length === 0) return;
  const text = Buffer.concat(held);
  yield Buffer.from(asLines(text.toString()) ?? text);
}

function asLines(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return (Array.isArray(value) ? value : [value]).map((record) => `${JSON.stringify(record)}\n`).join('');
  } catch {
    return undefined; // lines, or not JSON
  }
}

type Held = Readonly<{ spans: number; lines: number; hasTraces: boolean }>;

/** `role`: the case's own traces with their lines, or its healthy ones. */
async function feedCase(
  { disk }: Gathering,
  session: Session,
  path: string,
  role: Extract<EvidenceRole, 'traces' | 'baseline'>,
): Promise<Held> {
  if (disk === undefined) throw new Error('no disk was given to read cases from');
  const folder = await disk.open(path);
  const named = (wanted: EvidenceRole) =>
    folder.entries.filter(({ name, kind }) => kind === 'file' && evidenceRole(name) === wanted).map(({ name }) => name);
  const feed = async (name: string, kind: 'trace' | 'logs') => {
    const source = `${folder.name}/${name}`;
    const head = { kind, format: 'auto', source, file: '', query: { text: source, url: '' } } as const;
    const { items, failure } = await feedSession(session, `${path}/${name}`, head, folder.chunks(name), NOT_ALL);
    if (failure) session.gap(gapOf(source, failure, NOT_ALL));
    return items;
  };
  let [spans, lines] = [0, 0];
  for (const name of named(role)) spans += await feed(name, 'trace');
  for (const name of named(role === 'traces' ? 'logs' : 'baseline-logs')) lines += await feed(name, 'logs');
  if (role === 'traces' && spans + lines === 0) {
    throw new UnreadableInputError(
      `${folder.name} holds neither spans nor log lines`,
      'Give a case with traces.json or logs.jsonl, plain or gzipped.',
    );
  }
  return { spans, lines, hasTraces: named('traces').length > 0 };
}

/** The first source that has the trace is used. */
async function feedTrace(gathering: Gathering, session: Session, traceId: string): Promise<string> {
  const { traceSources, signal } = gathering;
  if (traceSources.length === 0) {
    throw await noTraceSource(gathering, 'no trace source is configured');
  }
  const asked: string[] = [];
  const failures: SpanhoundError[] = [];
  for await (const answer of askForTrace(traceSources, traceId, signal)) {
    if ('error' in answer) {
      if (answer.error instanceof TraceNotFoundError) asked.push(answer.source.name);
      else failures.push(answer.error);
      continue;
    }
    const { items, failure } = await feedBody(session, `trace ${traceId} ${answer.source.name}`, answer.body);
    if (items > 0) return traceId;
    if (failure) failures.push(failure);
  }
  if (asked.length === 0) throw new NoSourceAnsweredError(failures);
  throw new TraceNotFoundError(traceId, spokenNames(asked, traceSources), {
    unanswered: failures,
  });
}

function feedBody(session: Session, id: string, { format, source, query, chunks }: OpenBody, sample?: 'all') {
  return feedSession(session, id, { kind: 'trace', format, source, file: '', query, sample }, chunks, NOT_ALL);
}

/** Searches backwards from the failing trace; after it only if there is nothing before. */
const WINDOWS: readonly Readonly<{ fromUs: number; toUs: number }>[] = [
  { fromUs: -HOUR_US, toUs: 0 },
  { fromUs: -24 * HOUR_US, toUs: -HOUR_US },
  { fromUs: 0, toUs: HOUR_US },
];

/** This many healthy traces are enough; fewer show too little of their variation. */
const ENOUGH_HEALTHY = 10;

/** Jaeger's default for one search. */
const MOST_FOUND = 100;

async function compareWithFound(
  gathering: Gathering,
  { failing, known }: Pick<CompareSides, 'failing' | 'known'>,
  asked: CompareRequest,
): Promise<Compared> {
  const { pair } = gathering;
  const request = { ...asked, choose: true };
  if (failing.every(({ kind }) => kind !== 'trace')) {
    for (const source of failing) await feedBeside(gathering, source);
    return await pair.compare(request);
  }
  const about = await requestAbout(pair.failing, asked.failing);
  const windows = WINDOWS.map(({ fromUs, toUs }) => ({ fromUs: about.startUs + fromUs, toUs: about.startUs + toUs }));
  const troubles = await troublesAround(known, about, windows);
  const searched = { about, windows, request };
  const apart = await compareApartFrom(gathering, { ...searched, troubles });
  const ofThem = troubles.filter(({ ofUnknownService }) => ofUnknownService !== true);
  const other = troubles.find(({ ofUnknownService }) => ofUnknownService === true);
  // An incident that names no service may have nothing to do with this one: its time is better than none.
  if (apart.kind === 'compared' || other === undefined) return apart;
  const despite = `of the time in which ${other.what}, perhaps about another service`;
  return await compareApartFrom(gathering, { ...searched, request: { ...request, despite }, troubles: ofThem });
}

/** Looks for healthy traces outside these times. */
async function compareApartFrom(
  gathering: Gathering,
  {
    about,
    windows,
    request,
    troubles,
  }: Readonly<{
    about: Awaited<ReturnType<typeof requestAbout>>;
    windows: readonly Stretch[];
    request: CompareRequest;
    troubles: readonly TroubleTime[];
  }>,
): Promise<Compared> {
  const { pair } = gathering;
  let compared: Compared = { kind: 'missing', side: 'healthy', why: 'no trace source can search' };
  for (const [at, window] of windows.entries()) {
    const found = compared.kind === 'compared' ? compared.healthy : 0;
    if (found >= ENOUGH_HEALTHY || (at === WINDOWS.length - 1 && found > 0)) break;
    // A source returns the latest traces of a time window first, so each part is searched on its own.
    for (const stretch of stretchesWithout(window, troubles).slice(-MOST_STRETCHES)) {
      await searchInto(gathering, pair.healthy, `healthy ${at} ${stretch.fromUs}`, { ...about.search, ...stretch });
    }
    compared = await pair.compare({ ...request, forms: {}, without: troubles });
  }
  if (compared.kind !== 'compared') return { ...compared, why: `${compared.why}${leftOut(troubles)}` };
  return await withLogs(gathering, { ...request, without: troubles }, compared.presented);
}

/** More parts remain only between alerts that fire repeatedly. */
const MOST_STRETCHES = 3;

async function troublesAround(
  known: KnownTroubles | undefined,
  { search: { service } }: Awaited<ReturnType<typeof requestAbout>>,
  windows: readonly Stretch[],
): Promise<readonly TroubleTime[]> {
  const fromUs = Math.min(...windows.map((window) => window.fromUs));
  const toUs = Math.max(...windows.map((window) => window.toUs));
  return withMargins((await known?.({ services: [service], fromUs, toUs })) ?? []);
}

function leftOut([trouble]: readonly TroubleTime[]): string {
  return trouble === undefined ? '' : `; the time window in which ${trouble.what} was skipped`;
}

/** In a file or a case, the healthy traces are stored with the failing ones. */
async function feedBeside(gathering: Gathering, source: SideSource): Promise<void> {
  const { healthy } = gathering.pair;
  if (source.kind === 'file') await feedFile(gathering, healthy, source.path);
  if (source.kind !== 'case') return;
  const { spans, hasTraces } = await feedCase(gathering, healthy, source.path, 'baseline');
  // A case's own traces may be healthy or not; its own lines cover one time window.
  if (spans === 0 && hasTraces) await feedCase(gathering, healthy, source.path, 'traces');
}

async function requestAbout(session: Session, traceIds: readonly string[] | undefined) {
  const reports = await session.reports(traceIds === undefined ? {} : { traceIds });
  const trace = reports.find(({ report }) => report.trace !== null)?.report.trace;
  const search = { service: trace?.rootService ?? '', operation: trace?.rootOperation ?? '', limit: MOST_FOUND };
  return { search, startUs: Date.parse(trace?.startTime ?? '') * 1_000 };
}

/** A failure of one of several sources becomes a gap. */
async function searchInto(
  { traceSources, signal }: Gathering,
  session: Session,
  id: string,
  query: TraceSearch,
): Promise<void> {
  const ask = async (source: TraceSource) => {
    try {
      const bodies = (await source.search?.(query, signal)) ?? [];
      for (const [at, body] of bodies.entries()) await feedBody(session, `${id} ${source.name} ${at}`, body, 'all');
    } catch (error) {
      if (!(error instanceof SpanhoundError)) throw error;
      session.gap(gapOf(source.name, error, 'fewer healthy traces were found'));
    }
  };
  await Promise.all(traceSources.filter(({ search }) => search).map(ask));
}

/** Limit per healthy trace, because each needs several queries. The lines of some show what is usual. */
const HEALTHY_WITH_LOGS = 5;

/** `found`: the traces chosen so far. Files and cases contain their own lines. */
async function withLogs(gathering: Gathering, request: CompareRequest, found?: Presented): Promise<Compared> {
  const { pair, logSources } = gathering;
  const healthyIds = found?.report.healthy.traces.map(({ traceId }) => traceId) ?? request.healthy ?? [];
  if (logSources.length > 0 && request.failing !== undefined) {
    for (const traceId of request.failing) await gatherLogs(gathering, pair.failing, traceId);
    for (const traceId of healthyIds.slice(0, HEALTHY_WITH_LOGS)) await gatherLogs(gathering, pair.healthy, traceId);
  }
  return await pair.compare(request);
}

/**
 * A side may name a time window: then the traces of the same request in it are read. Named traces from before the fix
 * were chosen because they have the fault; those of a time window show how often requests had it.
 */
async function verified(
  gathering: Gathering,
  { healthy, failing }: CompareSides,
  request: CompareRequest,
): Promise<Compared> {
  const { pair } = gathering;
  const chosen = healthy.flatMap((source) => (source.kind === 'trace' ? [source.traceId] : []));
  const times = { before: timesOf(healthy), after: timesOf(failing) };
  if (times.before.length + times.after.length === 0) return await pair.compare(request);
  const { search } = await requestAbout(pair.healthy, chosen.length > 0 ? chosen : undefined);
  for (const [at, time] of times.before.entries())
    await searchInto(gathering, pair.healthy, `before ${at}`, { ...search, ...time });
  for (const [at, time] of times.after.entries())
    await searchInto(gathering, pair.failing, `after ${at}`, { ...search, ...time });
  if (times.before.length === 0) return await pair.compare(request);
  const found = await pair.healthy.requests(search.service);
  const sampled = found.filter(({ sample }) => sample === 'all').map(({ traceId }) => traceId);
  return await pair.compare({ ...request, faulty: chosen, sampled });
}

function timesOf(sources: readonly SideSource[]): readonly Stretch[] {
  return sources.flatMap((source) => (source.kind === 'window' ? [{ fromUs: source.fromUs, toUs: source.toUs }] : []));
}
