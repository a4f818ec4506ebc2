/**
 * Diagnoses recorded cases: the same evidence in the same order in the same session gives the original report. A case
 * from another origin is read as far as possible, and the report lists what it lacks.
 */
import type { AnalysedTrace, Forms, ReleaseQuestion, Session, SessionSettings } from '#analyse/session.ts';
import { type ErrorRecord, errorRecord, SpanhoundError, UnreadableInputError } from '#core/errors.ts';
import { detectors } from '#detect/registry.ts';
import { checkedOf, runDetectors } from '#detect/run.ts';
import { gapOf } from '#gather/collect.ts';
import type { WindowSubject } from '#model/finding/analysis.ts';
import type { Gap } from '#model/finding/gap.ts';
import {
  CASE_MANIFEST,
  type CaseDisk,
  type CaseFolder,
  type EvidenceRole,
  evidenceRole,
  type ManifestFields,
} from '#model/incident/case.ts';
import { type RequestCounts, requestCounts } from '#model/requests/request-counts.ts';
import type { BodyKind } from '#model/trace/build/body.ts';
import { sameTraceId } from '#model/trace/trace-id.ts';
import { presentNothing } from '#present/nothing.ts';
import type { PresentedRelease } from '#present/words/release.ts';
import { answerOf, besideHealth, namedByAlert } from '#workflows/alerts/judge-alert.ts';
import { changedFiles } from '#workflows/cases/verify-case.ts';
import { feedSession } from '#workflows/traces/feed-session.ts';

export type ReplayCaseParts = Readonly<{
  openSession(settings: SessionSettings): Session;
  settings: SessionSettings;
  disk: Pick<CaseDisk, 'open'>;
}>;

/** `case` is the name of the folder. */
export type ReplayedCase = Readonly<{ case: string } & ({ analysed: AnalysedTrace } | { error: ErrorRecord })>;

/** Yields one result per folder, in order. A bad folder does not affect the others. */
export async function* replayCases(
  parts: ReplayCaseParts,
  { folders, forms }: Readonly<{ folders: readonly string[]; forms: Forms }>,
): AsyncGenerator<ReplayedCase> {
  for (const path of folders) {
    let name = path;
    try {
      const folder = await parts.disk.open(path);
      name = folder.name;
      yield { case: name, analysed: await replay(parts, folder, forms) };
    } catch (error) {
      if (!(error instanceof SpanhoundError)) throw error;
      yield { case: name, error: errorRecord(error) };
    }
  }
}

type Replay = Readonly<{
  folder: CaseFolder;
  fields: ManifestFields;
  forms: Forms;
  gaps: Gap[];
  session: Session;
  settings: SessionSettings;
  /** Reads each file once, whoever asks for it first. */
  read: Set<string>;
}>;

async function replay(parts: ReplayCaseParts, folder: CaseFolder, forms: Forms): Promise<AnalysedTrace> {
  return await withReplay(parts, folder, forms, diagnose);
}

/** The newest rollout in a recorded case, from all of its evidence. */
export async function replayRelease(
  parts: ReplayCaseParts,
  path: string,
  asked: Omit<ReleaseQuestion, 'lookedIn'>,
): Promise<PresentedRelease> {
  const folder = await parts.disk.open(path);
  return await withReplay(parts, folder, {}, async (replay) => {
    await readTraces(replay);
    if (pathsOf(folder, 'traces').length === 0) await readBaselines(replay);
    for (const path of pathsOf(folder, 'logs')) await read(replay, path, 'logs', NOT_ALL_LINES);
    await readAround(replay);
    for (const gap of replay.gaps) replay.session.gap(gap);
    return await replay.session.release({
      ...asked,
      lookedIn: folder.entries.filter(isEvidence).map(({ name }) => name),
    });
  });
}

function isEvidence({ name, kind }: CaseFolder['entries'][number]): boolean {
  return kind === 'file' && evidenceRole(name) !== undefined;
}

async function withReplay<Result>(
  parts: ReplayCaseParts,
  folder: CaseFolder,
  forms: Forms,
  judge: (replay: Replay) => Promise<Result>,
): Promise<Result> {
  const manifest = await folder.readManifest(CASE_MANIFEST);
  const fields = manifest?.value ?? {};
  const { settings } = parts;
  const session = besideHealth(parts.openSession(settings), fields.judged ?? {});
  const replay: Replay = { folder, fields, forms, gaps: [], session, settings, read: new Set() };
  replay.gaps.push(...(fields.gaps ?? missing(folder)));
  replay.gaps.push(...(manifest?.mistakes ?? [NO_MANIFEST]).map((problem) => doubt(CASE_MANIFEST, problem)));
  replay.gaps.push(...(await changedFiles(folder, fields)).map(({ path, problem }) => doubt(path, problem)));
  try {
    return await judge(replay);
  } finally {
    await session.close();
  }
}

async function readBaselines(replay: Replay): Promise<void> {
  for (const path of inOrder(pathsOf(replay.folder, 'baseline'))) await read(replay, path, 'baseline', NOT_COMPARED);
  for (const path of pathsOf(replay.folder, 'baseline-logs')) {
    await read(replay, path, 'baseline-logs', LINES_NOT_COMPARED);
  }
}

/** For logs: the earlier days to compare with. */
async function readEarlier(replay: Replay): Promise<void> {
  for (const path of pathsOf(replay.folder, 'earlier-logs')) {
    await read(replay, path, 'earlier-logs', 'only the supplied log lines could show whether an error is new');
  }
}

/** In the order in which they were gathered. */
function inOrder(paths: readonly string[]): readonly string[] {
  return paths.toSorted((a, b) => numberOf(a) - numberOf(b));
}

/** `traces-10.json` comes after `traces-9.json`. */
function numberOf(path: string): number {
  return Number(/-(\d+)\./.exec(path)?.[1] ?? 0);
}

function pathsOf({ entries }: CaseFolder, role: EvidenceRole): readonly string[] {
  return entries.filter(({ name, kind }) => kind === 'file' && evidenceRole(name) === role).map(({ name }) => name);
}

function listed({ files = [] }: ManifestFields, path: string) {
  return files.find((file) => file.path === path);
}

async function readTraces(replay: Replay): Promise<void> {
  const cost = 'not all traces of the case were examined';
  const paths = pathsOf(replay.folder, 'traces');
  if (paths.length > 0) await readBaselines(replay);
  for (const path of inOrder(paths)) await read(replay, path, 'trace', cost);
}

/** Each judged on its own. */
async function tracesOf(replay: Replay): Promise<readonly AnalysedTrace[]> {
  const all = await replay.session.reports({});
  // A search finds more than requested, and all of it is kept.
  const asked = all.filter((trace) => isAsked(trace, askedOf(replay.fields, all)));
  return asked.length > 0 ? asked : all;
}

/** A file may hold other traces, and a trace of the window may have begun before it. */
function isAsked({ report }: AnalysedTrace, { service, fromUs, toUs }: ReturnType<typeof askedOf>): boolean {
  const startUs = Date.parse(report.subject.from) * 1_000;
  const endUs = startUs + (report.trace?.durationUs ?? 0);
  return startUs <= toUs && endUs >= fromUs && (report.trace?.services.includes(service) ?? false);
}

async function read(
  { folder, fields, gaps, session, read }: Replay,
  path: string,
  kind: BodyKind,
  cost: string,
): Promise<number> {
  const kept = listed(fields, path);
  const { source = path, query = '', search, sample = search === undefined ? undefined : 'all' } = kept ?? {};
  // A store that answered may have had no lines.
  const format = kept !== undefined && KEPT_AS_LINES.has(kind) ? 'log-jsonl' : 'auto';
  const head = { kind, format, source, file: '', query: { text: query, url: '' }, sample } as const;
  if (read.has(path)) return 0;
  read.add(path);
  const { items, failure } = await feedSession(session, path, head, folder.chunks(path), cost);
  if (failure) gaps.push(gapOf(source, failure, cost));
  return items;
}

const KEPT_AS_LINES: ReadonlySet<BodyKind> = new Set(['logs', 'baseline-logs', 'earlier-logs']);

async function diagnose(replay: Replay): Promise<AnalysedTrace> {
  const { fields } = replay;
  await readTraces(replay);
  const early = await windowAtOnce(replay);
  if (early?.report.compared !== undefined) return await shownIn(replay, early, askedOf(fields, []), []);
  const traces = await tracesOf(replay);
  const [first] = traces;
  if (first === undefined) return await withoutTrace(replay);

  const { kind, traceId = '' } = fields.subject ?? {};
  const named = traces.find((trace) => sameTraceId(trace.traceId, fields.alert?.traceId || traceId));
  if (kind === 'trace' || (kind === undefined && traces.length === 1)) return await withLogs(replay, named ?? first);
  if (fields.alert?.traceId && named) return namedByAlert(await withLogs(replay, named));
  return await diagnoseTime(replay, traces, early);
}

/** All requests of a time, with all evidence of it. */
async function diagnoseTime(
  replay: Replay,
  traces: readonly AnalysedTrace[],
  early: AnalysedTrace | undefined,
): Promise<AnalysedTrace> {
  const asked = askedOf(replay.fields, traces);
  const ofWindow = early ?? (await windowReport(replay, asked));
  return await shownIn(replay, ofWindow, asked, traces);
}

/** Counts these requests: a search may have found more. */
async function affectedAmong(
  { session }: Replay,
  traces: readonly AnalysedTrace[],
  service: string,
): Promise<RequestCounts | undefined> {
  const judged = new Set(traces.map(({ traceId }) => traceId));
  return requestCounts((await session.requests(service)).filter(({ traceId }) => judged.has(traceId)));
}

/** On the request that shows the verdict best, where one does. */
async function shownIn(
  replay: Replay,
  ofWindow: AnalysedTrace,
  asked: Asked,
  traces: readonly AnalysedTrace[],
): Promise<AnalysedTrace> {
  const { session, forms, fields, settings } = replay;
  const { trace, span } = settings.links;
  const { analysed } = await answerOf(session, ofWindow, windowOf(replay, asked), {
    atUs: fields.alert?.atUs ?? asked.toUs,
    forms,
    links: async () => () => ({ trace, span }),
    asked: async () => traces.map(({ traceId }) => traceId),
    affected: await affectedAmong(replay, traces, asked.service),
  });
  return analysed;
}

type Asked = ReturnType<typeof askedOf>;

function windowOf({ fields }: Replay, { service, fromUs, toUs }: Asked): WindowSubject {
  const kind = fields.subject?.kind === 'window' ? 'window' : 'alert';
  return { service, fromUs, toUs, ...fields.judged, kind };
}

/** If the case has a time window and a healthy one, its requests are known without a look at each trace. */
async function windowAtOnce(replay: Replay): Promise<AnalysedTrace | undefined> {
  const { folder, fields } = replay;
  const asked = askedOf(fields, []);
  const isOfTime = fields.subject?.kind !== 'trace' && !fields.alert?.traceId;
  if (!isOfTime || !Number.isFinite(asked.fromUs - asked.toUs) || pathsOf(folder, 'baseline').length === 0)
    return undefined;
  return await windowReport(replay, asked);
}

/** From all evidence of the window: requests and healthy ones, lines, metrics, the platform, databases, changes. */
async function windowReport(replay: Replay, asked: Asked): Promise<AnalysedTrace> {
  const { folder, session, forms } = replay;
  for (const path of pathsOf(folder, 'logs')) await read(replay, path, 'logs', NOT_ALL_LINES);
  await readDatabases(replay);
  await readAround(replay);
  for (const gap of replay.gaps) session.gap(gap);
  const [analysed] = await session.reports({ ...forms, window: windowOf(replay, asked) });
  if (analysed === undefined) throw new Error('the session lost the traces that it has read');
  return analysed;
}

async function readChanges(replay: Replay): Promise<void> {
  for (const path of pathsOf(replay.folder, 'changes')) await read(replay, path, 'changes', NOT_SUSPECTED);
}

async function readDatabases(replay: Replay): Promise<number> {
  let items = 0;
  for (const path of pathsOf(replay.folder, 'database')) items += await read(replay, path, 'database', NOT_SAID);
  return items;
}

/** What happened around the time: metrics, pods and changes. */
async function readAround(replay: Replay): Promise<void> {
  const { folder } = replay;
  for (const path of pathsOf(folder, 'metrics')) await read(replay, path, 'metrics', NOT_ALL_METRICS);
  for (const path of pathsOf(folder, 'platform')) await read(replay, path, 'platform', NOT_ALL_OBJECTS);
  await readChanges(replay);
}

/** Presents the single trace with its logs, what happened around it, and all gaps. */
async function withLogs(replay: Replay, { traceId }: AnalysedTrace): Promise<AnalysedTrace> {
  for (const path of pathsOf(replay.folder, 'logs')) await read(replay, path, 'logs', NOT_ALL_LINES);
  await readEarlier(replay);
  await readDatabases(replay);
  await readAround(replay);
  for (const gap of replay.gaps) replay.session.gap(gap);
  const [analysed] = await replay.session.reports({ ...replay.forms, traceIds: [traceId] });
  if (analysed === undefined) throw new Error('the session lost the trace that it has read');
  return analysed;
}

/** The subject of the case; if it has none, derived from its traces. Microseconds since the epoch. */
function askedOf({ subject, window, alert }: ManifestFields, traces: readonly AnalysedTrace[]) {
  const instant = (iso: string | undefined) => (iso === undefined ? Number.NaN : Date.parse(iso) * 1_000);
  const [from, to] = [instant(subject?.from ?? window?.from), instant(subject?.to ?? window?.to)];
  const starts = traces.map(({ report }) => instant(report.subject.from));
  return {
    service: subject?.service ?? alert?.service ?? '',
    fromUs: Number.isNaN(from) ? Math.min(...starts) : from,
    toUs: Number.isNaN(to) ? Math.max(...starts) : to,
  };
}

/** The report from log lines if there is no trace; without lines, the list of what is missing. */
async function withoutTrace(replay: Replay): Promise<AnalysedTrace> {
  const { folder, fields, gaps, session } = replay;
  if (!folder.entries.some(isEvidence)) {
    throw new UnreadableInputError(
      `${folder.name} holds no evidence`,
      'A case holds traces.json, logs.jsonl, metrics.json, platform.json, database.json or changes.json, each of them plain or gzipped.',
    );
  }
  const { service, fromUs, toUs } = askedOf(fields, []);
  const kind = fields.subject?.kind === 'alert' ? 'alert' : 'window';
  const window = { kind, service, fromUs, toUs, requestId: fields.subject?.requestId } as const;
  let items = 0;
  for (const path of pathsOf(folder, 'logs')) items += await read(replay, path, 'logs', NOT_ALL_LINES);
  for (const path of pathsOf(folder, 'platform')) items += await read(replay, path, 'platform', NOT_ALL_OBJECTS);
  for (const path of pathsOf(folder, 'metrics')) items += await read(replay, path, 'metrics', NOT_ALL_METRICS);
  items += await readDatabases(replay);
  if (items === 0) gaps.push(...unused(replay));
  if (items === 0) return presentNothing(window, gaps, checkedOf(runDetectors(detectors, {}, {}, replay.settings.off)));
  await readChanges(replay);
  await readBaselines(replay);
  await readEarlier(replay);
  for (const gap of gaps) session.gap(gap);
  const [analysed] = await session.reports({ ...replay.forms, window });
  if (analysed === undefined) throw new Error('the session lost the lines that it has read');
  return analysed;
}

const ONLY_THE_TRACE = 'the verdict rests on the trace alone';

const NO_MANIFEST = 'is missing';

function doubt(path: string, problem: string): Gap {
  return { source: path, problem, consequence: 'the case may differ from what was gathered' };
}

/** What a case from another origin lacks. Our own cases list their gaps themselves. */
function missing(folder: CaseFolder): Gap[] {
  const wanted = [
    { role: 'traces', path: 'traces.json', consequence: 'no trace detectors ran' },
    { role: 'logs', path: 'logs.jsonl', consequence: ONLY_THE_TRACE },
  ] as const;
  return wanted
    .filter(({ role }) => pathsOf(folder, role).length === 0)
    .map(({ path, consequence }) => ({ source: path, problem: 'is not in this case', consequence }));
}

const NOT_COMPARED = 'fewer healthy traces were compared';

const LINES_NOT_COMPARED = 'no log lines were compared with a healthy time window';

const NOT_ALL_LINES = 'not all lines of the case were read';

const NOT_ALL_OBJECTS = 'not all Kubernetes objects were read';

const NOT_SAID = 'the statistics of databases were not read';

const NOT_ALL_METRICS = 'not all metrics were looked at';

const NOT_SUSPECTED = 'no change was considered as the cause';

const NOT_USED = {
  metrics: 'no metric was looked at',
  platform: 'no pod was looked at',
  database: NOT_SAID,
  changes: NOT_SUSPECTED,
} as const;

/** Evidence that was not read, because the verdict did not need it. */
function unused({ folder, read }: Replay): Gap[] {
  return (['metrics', 'platform', 'database', 'changes'] as const).flatMap((role) =>
    pathsOf(folder, role)
      .filter((path) => !read.has(path))
      .map((path) => ({ source: path, problem: 'was not used', consequence: NOT_USED[role] })),
  );
}
