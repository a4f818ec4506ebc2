/** The session in this thread: what the command line uses, and what a worker runs. */

import { analyseTrace } from '#analyse/analyse-trace.ts';
import { analyseWindow, servicesNamed } from '#analyse/analyse-window.ts';
import { type BodyBytes, bodyBytes } from '#analyse/body-bytes.ts';
import type { LocalSession, SessionPair } from '#analyse/compare-sessions.ts';
import { drawPng } from '#analyse/draw-png.ts';
import { earlierAnswers } from '#analyse/earlier-answers.ts';
import { foundAgain, healthyTraces } from '#analyse/healthy-traces.ts';
import { heldAnswers } from '#analyse/held-answers.ts';
import type { Cited, KeptBody, LogLines } from '#analyse/kept-evidence.ts';
import { inOrder, linesAround } from '#analyse/lines-around.ts';
import { lookWith } from '#analyse/look.ts';
import type { AnalysedTrace, BodyHead, SessionSettings } from '#analyse/session.ts';
import { startRedaction } from '#analyse/start-redaction.ts';
import { wantedOf } from '#analyse/wanted.ts';
import { type HeldTrace, windowRequests } from '#analyse/window-requests.ts';
import { changesBody, type DecodedChanges } from '#decode/changes-json.ts';
import { type DatabaseReading, databaseBody, refusalsIn } from '#decode/database-readings.ts';
import { databaseStatisticsOf } from '#decode/database-statistics.ts';
import { kubernetesBody, withoutSecrets } from '#decode/kubernetes-lists.ts';
import { platformOf } from '#decode/kubernetes-platform.ts';
import { type LogBody, logBody } from '#decode/log-body.ts';
import { type MetricsBody, metricsBody } from '#decode/metrics-json.ts';
import { type BodyDecoder, type Damage, type TraceBody, type TraceSpans, traceBody } from '#decode/trace-body.ts';
import { knownDetectors } from '#detect/known.ts';
import { methodsOf } from '#diagnose/methods.ts';
import type { Analysis, Health, TraceAnalysis, WindowAnalysis, WindowSubject } from '#model/analysis.ts';
import { type EvidenceFile, type EvidenceRole, evidenceRole } from '#model/case.ts';
import type { Change } from '#model/change.ts';
import { kindOfTrouble } from '#model/diagnosis.ts';
import { earlierQuestions } from '#model/earlier-logs.ts';
import type { Gap } from '#model/gap.ts';
import { hexId } from '#model/id-forms.ts';
import { linesOfRequest, linesOfTrace } from '#model/log-correlation.ts';
import type { LogLine } from '#model/log-line.ts';
import { logTemplates } from '#model/log-templates.ts';
import { changesWith } from '#model/platform-changes.ts';
import { seenRequest } from '#model/seen-request.ts';
import { mergedSeries, type Series, seriesUntil } from '#model/series.ts';
import type { SpanTable } from '#model/span-table.ts';
import type { Trace } from '#model/trace.ts';
import { buildTrace } from '#model/trace-builder.ts';
import { present } from '#present/present.ts';

type OpenBody = Readonly<{
  head: BodyHead;
  traces?: TraceBody;
  metrics?: MetricsBody;
  platform?: ReturnType<typeof kubernetesBody>;
  database?: BodyDecoder<readonly DatabaseReading[]>;
  changes?: BodyDecoder<DecodedChanges>;
  logs?: LogBody;
  /** Answers of earlier days, as a case keeps them. */
  earlier?: Uint8Array[];
  /** Every byte of it, where it may become evidence. */
  kept: Uint8Array[];
}>;

/** One trace of one file, or of all backends together. */
type Subject = Pick<HeldTrace, 'source' | 'sample'> & {
  file: string;
  traceId: string;
  spans: SpanTable;
  trace: Trace | undefined;
};

export function openSession(settings: SessionSettings): LocalSession {
  const bodies = new Map<string, OpenBody>();
  const subjects = new Map<string, Subject>();
  const keptBodies: (KeptBody & Readonly<{ head: BodyHead }>)[] = [];
  const logBodies: LogLines[] = [];
  const healthyLogBodies: LogLines[] = [];
  const healthy = healthyTraces(settings.maxClockSkewUs);
  const series: Series[] = [];
  const platform = heldAnswers({ body: kubernetesBody, cleaned: withoutSecrets, together: platformOf });
  const databases = heldAnswers({ body: databaseBody, together: databaseStatisticsOf });
  const earlier = earlierAnswers();
  const look = lookWith(settings);
  /** Undefined where nobody was asked. */
  let changes: Change[] | undefined;
  const openBytes: { kind: BodyHead['kind']; bytes: BodyBytes }[] = [];
  /** Of traces, in question. */
  const sources = new Set<string>();
  /** The lines without credentials, once their evidence was taken. */
  let redactedLines: readonly LogLine[] | undefined;
  const gaps: Gap[] = [];
  const toldSamples = new Set<string>();
  const queries: Analysis['queries'][number][] = [];
  let drawn: Readonly<{ svg: string; png: Promise<Uint8Array> }> | undefined;

  const addTraces = ({ file, source, sample }: BodyHead, decoded: readonly TraceSpans[]): number => {
    const items = decoded.reduce((sum, { spans }) => sum + spans.count(), 0); // before parts of a trace are put together
    for (const { traceId, spans } of decoded) {
      const key = `${file}\n${padded(traceId)}`;
      const known = subjects.get(key);
      if (known === undefined) subjects.set(key, { file, source, sample, traceId, spans, trace: undefined });
      else if (sample === undefined) {
        known.spans.append(spans);
        known.trace = undefined;
      } else Object.assign(known, foundAgain(known, spans, sample));
    }
    return items;
  };
  const addLogs = ({ kind, source, query }: BodyHead, lines: readonly LogLine[]): number => {
    (kind === 'logs' ? logBodies : healthyLogBodies).push({ source, query: query.text, lines });
    redactedLines = undefined;
    return lines.length;
  };
  /** Evidence is made of the bytes themselves: then they stay in memory anyway. */
  const bytesOf = ({ kind, file }: BodyHead) => {
    if (settings.evidence) return undefined;
    const bytes = bodyBytes(file);
    openBytes.push({ kind, bytes });
    return bytes;
  };
  /** The order in which backends answered is no part of the evidence. */
  const logLines = (): readonly LogLine[] =>
    redactedLines ?? logBodies.toSorted(bySource).flatMap(({ lines }) => lines);
  /** A log without a line is no proof of health. */
  const healthyLines = (): readonly LogLine[] | undefined => {
    const lines = healthyLogBodies.toSorted(bySource).flatMap((body) => body.lines);
    return lines.length === 0 ? undefined : inOrder(lines);
  };
  /** Most often the logs change the words and not the picture. */
  const draw = (svg: string): Promise<Uint8Array> => {
    if (drawn?.svg !== svg) drawn = { svg, png: drawPng(svg) };
    return drawn.png;
  };
  /** Two queries of one source that fail in one way are one gap to the reader. */
  const addGap = (gap: Gap) => {
    const known = gaps.some(
      (other) => other.source === gap.source && other.problem === gap.problem && other.consequence === gap.consequence,
    );
    if (!known) gaps.push(gap);
  };
  /** A time that is asked for in parts is told by its first part. */
  const isToldAlready = ({ kind, source, sample }: BodyHead): boolean => {
    const key = `${kind}\n${source}\n${sample}`;
    const isTold = sample !== undefined && toldSamples.has(key);
    toldSamples.add(key);
    return isTold;
  };
  /** Each time anew, so that what is counted does not depend on what was asked before. */
  const beginRedaction = () => {
    if (settings.redaction) startRedaction(settings.redaction);
  };
  const rolesOf = ({ kind }: BodyHead) =>
    kind === 'baseline'
      ? { add: healthy.add, cost: 'fewer healthy traces were compared' }
      : { add: addTraces, cost: NOT_WHOLE };
  const keep = (head: BodyHead, chunks: readonly Uint8Array[]) => {
    const { source, sample, query } = head;
    if (settings.evidence) keptBodies.push({ head, source, query: query.text, sample, chunks });
  };
  /** What is missing of traces of which some came. */
  const tellOf = (traces: TraceBody, source: string, { isCut, cost }: Readonly<{ isCut: boolean; cost: string }>) => {
    for (const problem of problemsOf(traces.damage(), isCut)) addGap({ source, problem, consequence: cost });
    for (const problem of traces.remarks().slice(0, MOST_REMARKS)) addGap({ source, problem, consequence: NOT_GIVEN });
  };
  const finish = (id: string, isCut: boolean) => {
    const body = bodies.get(id);
    bodies.delete(id);
    if (body === undefined) return { items: 0 };
    const { head, traces, kept } = body;
    if (traces === undefined) return { items: finishOther(body, isCut) };
    const { add, cost } = rolesOf(head);
    const decoded = traces.end();
    const items = add(head, decoded);
    // An answer that found nothing has no end to miss; what is no answer at all was refused.
    if (items > 0) tellOf(traces, head.source, { isCut, cost });
    if (items > 0) keep(head, traces.mended() ?? kept);
    return { items, ...(head.sample !== undefined && { traces: decoded.length }) };
  };
  const finishOther = (body: OpenBody, isCut: boolean): number => {
    const { head, logs, metrics, platform: answers, database, changes } = body;
    if (body.earlier) return earlier.read(head.source, Buffer.concat(body.earlier));
    if (changes) return finishChanges(body, changes);
    if (database) return finishDatabase(head, database);
    if (logs && head.asks) return earlier.add(head.source, head.asks, logs.end());
    if (logs) return finishLogs(head, logs, isCut);
    return answers ? finishPlatform(head, answers, isCut) : finishMetrics(head, metrics, body.kept);
  };
  const finishMetrics = (head: BodyHead, metrics: MetricsBody | undefined, kept: readonly Uint8Array[]): number => {
    const found = metrics?.end() ?? [];
    for (const problem of metrics?.warnings() ?? [])
      addGap({ source: head.source, problem, consequence: 'not all metrics were looked at' });
    for (const one of found) series.push(one);
    if (found.length > 0) keep(head, kept);
    return found.length;
  };
  const finishPlatform = (head: BodyHead, answers: ReturnType<typeof kubernetesBody>, isCut: boolean): number => {
    const found = platform.add(head, answers.end());
    if (answers.damaged() > 0 && !isCut) {
      addGap({ source: head.source, problem: 'sent answers that are cut off', consequence: NOT_ALL_OBJECTS });
    }
    return found;
  };
  const finishDatabase = (head: BodyHead, database: BodyDecoder<readonly DatabaseReading[]>): number => {
    const readings = database.end();
    for (const { what, problem } of readings.flatMap(refusalsIn))
      addGap({ source: head.source, problem, consequence: REFUSED[what] ?? 'not all that it could say was read' });
    return databases.add(head, readings);
  };
  const finishChanges = ({ head, kept }: OpenBody, body: BodyDecoder<DecodedChanges>): number => {
    const { source } = head;
    const { changes: found, unread } = body.end();
    if (unread > 0)
      addGap({ source, problem: unreadChanges(unread, found.length + unread), consequence: NOT_SUSPECTED });
    changes = [...(changes ?? []), ...found];
    keep(head, kept);
    return found.length;
  };
  const finishLogs = (head: BodyHead, logs: LogBody, isCut: boolean): number => {
    const lines = logs.end();
    for (const problem of problemsOf(logs.damage(), isCut))
      addGap({ source: head.source, problem, consequence: 'not all of its lines were read' });
    for (const remark of logs.remarks()) addGap({ source: head.source, ...remark });
    return addLogs(head, lines);
  };
  /** Where times of a log may be taken for near: those of a request, else now. */
  const nearSeconds = (): number => {
    const [subject] = subjects.values();
    return subject === undefined ? Date.now() / 1_000 : traceOf(subject).startEpochUs / 1_000_000;
  };
  const traceOf = (subject: Subject): Trace => {
    subject.trace ??= buildTrace(subject.spans, subject.traceId, settings.maxClockSkewUs);
    return subject.trace;
  };
  const heldTraces = (): HeldTrace[] => {
    for (const { traceId } of subjects.values()) healthy.asked(traceId);
    const asked = [...subjects.values()]
      .map((subject) => ({ ...subject, trace: traceOf(subject), isHealthy: false }))
      .filter(({ trace }) => trace.spanCount > 0);
    return [...asked, ...healthy.all().map((held) => ({ ...held, isHealthy: true }))];
  };
  /** Undefined for a trace without spans. */
  const analyst = (asked: SessionSettings, health?: Health): ((subject: Subject) => TraceAnalysis | undefined) => {
    const lines = logLines();
    const baselineLogs = healthyLines();
    const told = databases.read();
    for (const { traceId } of subjects.values()) healthy.asked(traceId);
    const several = subjects.size > 1;
    return (subject) => {
      const trace = traceOf(subject);
      if (trace.spanCount === 0) return undefined;
      const logs = logBodies.length > 0 ? linesOfTrace(trace, lines, { several }) : undefined;
      const { baseline, gap } = healthy.comparedWith(trace, health);
      const evidence = { trace, logs, baseline, baselineLogs, databases: told, earlierLogs: earlier.all() };
      return analyseTrace(look, evidence, asked, gap ? [...gaps, gap] : gaps, queries, subject.file);
    };
  };
  function* analyses(traceIds?: readonly string[], asked = settings, health?: Health): Generator<TraceAnalysis> {
    const analysisOf = analyst(asked, health);
    for (const subject of subjects.values()) {
      const analysis = isWanted(subject.traceId, traceIds) ? analysisOf(subject) : undefined;
      if (analysis) yield analysis;
    }
  }
  const linesOfWindow = (window: WindowSubject) => {
    const { before, within } =
      window.requestId === undefined
        ? linesAround(window, inOrder(logLines()))
        : { before: [], within: linesOfRequest(window.requestId, logLines()) };
    return { logs: within, baselineLogs: healthyLines() ?? (before.length > 0 ? before : undefined) };
  };
  const linesOfId = (id: string) => {
    const subject = [...subjects.values()].find(({ traceId }) => isWanted(traceId, [id]));
    const logs = subject ? linesOfTrace(traceOf(subject), logLines(), { several: subjects.size > 1 }) : [];
    return { logs, baselineLogs: healthyLines() };
  };
  const windowAnalysis = async (window: WindowSubject, asked: SessionSettings): Promise<WindowAnalysis> => {
    const { logs, baselineLogs } = linesOfWindow(window);
    const ofTime = windowRequests(window, heldTraces());
    const cluster = platform.read();
    const requests = {
      earlierLogs: earlier.all(),
      ...ofTime,
      series: mergedSeries(series).map((one) => seriesUntil(one, window.toUs)),
      platform: cluster,
      databases: databases.read(),
      changes: changesWith(changes, cluster, servicesNamed(window, ofTime.requests, logs)),
    };
    const analysed = await analyseWindow(look, window, { logs, baselineLogs, ...requests }, asked);
    // Questions that were asked at once are answered in any order.
    const inOneOrder = queries.toSorted(bySource);
    const diagnosed = { ...analysed, file: '', gaps: [...gaps, ...analysed.gaps], queries: inOneOrder };
    const { detectors } = await import('#detect/registry.ts');
    return { ...diagnosed, methods: methodsOf(diagnosed, knownDetectors(detectors), settings.fishbone) };
  };
  /** A text is cut and taken apart before it is shown: where a credential was taken out, that has to come first. */
  const restOn = (files: readonly EvidenceFile[], bodies: typeof keptBodies): void => {
    const changed = files.filter(({ redactions }) => redactions.length > 0);
    const ofRole = (role: EvidenceRole) => changed.find(({ path }) => evidenceRole(path) === role);
    const logs = ofRole('logs');
    platform.restOn(ofRole('platform'));
    databases.restOn(ofRole('database'));
    earlier.restOn(ofRole('earlier-logs'));
    if (logs) redactedLines = decoded(logBody('log-jsonl', logs.source), logs.bytes);
    const usualLogs = ofRole('baseline-logs');
    if (usualLogs) {
      const lines = decoded(logBody('log-jsonl', usualLogs.source), usualLogs.bytes);
      healthyLogBodies.splice(0, healthyLogBodies.length, { source: usualLogs.source, query: usualLogs.query, lines });
    }
    if (ofRole('changes') !== undefined) {
      const kept = files.filter(({ path }) => evidenceRole(path) === 'changes');
      changes = kept.flatMap(({ source, bytes }) => decoded(changesBody(source), bytes).changes);
    }
    if (ofRole('traces') !== undefined || ofRole('baseline') !== undefined) restOnTraces(files, bodies);
  };
  const restOnTraces = (files: readonly EvidenceFile[], bodies: typeof keptBodies): void => {
    subjects.clear();
    healthy.clear();
    for (const [role, kind] of [
      ['traces', 'trace'],
      ['baseline', 'baseline'],
    ] as const) {
      const own = files.filter(({ path }) => evidenceRole(path) === role);
      for (const [index, { head }] of bodies.filter(({ head }) => head.kind === kind).entries()) {
        // A copy, for details are read from it later, and the file is moved to another thread.
        const bytes = own[index]?.bytes.slice();
        if (bytes) rolesOf(head).add(head, decoded(traceBody(head.format, head.source), bytes));
      }
    }
  };

  const readerOf = (head: BodyHead): Omit<OpenBody, 'head' | 'kept'> => {
    if (head.kind === 'metrics') return { metrics: metricsBody(head.source) };
    if (head.kind === 'platform') return { platform: kubernetesBody(head.source) };
    if (head.kind === 'database') return { database: databaseBody(head.source) };
    if (head.kind === 'changes') return { changes: changesBody(head.source) };
    if (head.kind === 'earlier-logs' && head.asks === undefined) return { earlier: [] };
    if (LINE_KINDS.has(head.kind)) return { logs: logBody(head.format, head.source, nearSeconds) };
    return { traces: traceBody(head.format, head.source, bytesOf(head)) };
  };
  const closeBytes = (isDone: (kind: BodyHead['kind']) => boolean) => {
    for (const open of openBytes.splice(0)) {
      if (isDone(open.kind)) open.bytes.close();
      else openBytes.push(open);
    }
  };

  return {
    body(id, head) {
      if (head.kind === 'trace') sources.add(head.source);
      bodies.set(id, { head, kept: [], ...readerOf(head) });
      if (head.query.text !== '' && !isToldAlready(head))
        queries.push({ source: head.source, query: head.query.text, url: head.query.url });
    },
    async bytes(id, chunk) {
      const body = bodies.get(id);
      if (body) (decoderOf(body) ?? body.earlier)?.push(chunk);
      if ((body?.traces ?? body?.metrics ?? body?.changes) && settings.evidence) body.kept.push(chunk);
    },
    async end(id) {
      return finish(id, false);
    },
    async abandon(id, gap) {
      addGap(gap);
      try {
        return finish(id, true);
      } catch {
        return { items: 0 }; // nothing of what came can be used, as the gap says
      }
    },
    gap: addGap,
    async wanted(traceId) {
      const wanted = traceId === undefined ? undefined : [traceId];
      const asked = [...subjects.values()].filter((subject) => isWanted(subject.traceId, wanted));
      return wantedOf(asked.map(traceOf), logLines());
    },
    async requests(service) {
      return heldTraces().map((held) => seenRequest(held.trace, service, held));
    },
    async newErrors(of) {
      const { logs, baselineLogs = [] } = typeof of === 'string' ? linesOfId(of) : linesOfWindow(of);
      return earlierQuestions(logs, logTemplates([...logs, ...baselineLogs]));
    },
    async reports(forms) {
      beginRedaction();
      const asked = forms.links ? { ...settings, links: { ...settings.links, ...forms.links } } : settings;
      if (forms.window) return [await present(await windowAnalysis(forms.window, asked), forms, draw)];
      const found: AnalysedTrace[] = [];
      for (const analysis of analyses(forms.traceIds, asked, forms.health))
        found.push(await present(analysis, forms, draw));
      return found;
    },
    async *eachReport(forms) {
      beginRedaction();
      const analysisOf = analyst(settings);
      const told = new Map<string, number>();
      for (const [key, subject] of subjects) {
        // Of a copy, for the same reason.
        const analysis = analysisOf({ ...subject });
        subjects.delete(key);
        if (analysis === undefined) continue;
        const trouble = kindOfTrouble(analysis.judgement);
        const before = told.get(trouble) ?? 0;
        told.set(trouble, before + 1);
        yield await present(analysis, before < MOST_ALIKE ? forms : { ...forms, brief: trouble }, draw);
        // Columns are young and their table is old: what an old object refers to is kept by the collector of young ones.
        subject.spans.clear();
      }
    },
    analyses,
    lines: () => inOrder(logLines()),
    beginRedaction,
    draw,
    async evidence() {
      beginRedaction();
      if (settings.evidence === undefined) throw new Error('this session was not asked to keep its evidence');
      const bodies = keptBodies.toSorted(bySource);
      const ofKind = (kind: BodyHead['kind']) => bodies.filter(({ head }) => head.kind === kind);
      const { keptEvidence } = await import('#analyse/kept-evidence.ts');
      const { isWhole, ...kept } = keptEvidence({
        traces: ofKind('trace'),
        beside: {
          baseline: ofKind('baseline'),
          metrics: ofKind('metrics'),
          platform: platform.kept(),
          database: databases.kept(),
          changes: ofKind('changes'),
        },
        logs: logBodies.toSorted(bySource),
        healthyLogs: healthyLogBodies.toSorted(bySource),
        earlierLogs: earlier.all(),
        gaps: [...gaps],
        cited: () => citedBy([...analyses()]),
        maxBytes: settings.evidence.maxBytes,
      });
      if (isWhole) restOn(kept.files, bodies);
      return kept;
    },
    async next() {
      subjects.clear();
      healthy.asksNothing();
      keptBodies.length = 0;
      gaps.splice(0, gaps.length, ...gaps.filter(({ source }) => !sources.has(source)));
      queries.splice(0, queries.length, ...queries.filter(({ source }) => !sources.has(source)));
      sources.clear();
      closeBytes((kind) => kind === 'trace');
    },
    async close() {
      bodies.clear();
      subjects.clear();
      healthy.clear();
      keptBodies.length = 0;
      logBodies.length = 0;
      healthyLogBodies.length = 0;
      series.length = 0;
      platform.clear();
      databases.clear();
      earlier.clear();
      changes = undefined;
      closeBytes(() => true);
    },
  };
}

/** Who reads of a thousand requests looks for the ways in which they fail; some of each show how it is. */
const MOST_ALIKE = 10;

/** Of bodies that hold lines. */
const LINE_KINDS: ReadonlySet<BodyHead['kind']> = new Set(['logs', 'baseline-logs', 'earlier-logs']);

/** The same as `pool.ts` opens in one of its threads. */
export function openPair(settings: SessionSettings): SessionPair {
  const [healthy, failing] = [openSession(settings), openSession(settings)];
  return {
    healthy,
    failing,
    compare: async (request) =>
      (await import('#analyse/compare-sessions.ts')).compareSessions(healthy, failing, request),
    close: async () => void (await Promise.all([healthy.close(), failing.close()])),
  };
}

/** What breaks off is told by whoever abandoned it. */
function problemsOf({ isCut, damagedLines, lines, firstDamaged }: Damage, isAbandoned: boolean): string[] {
  const problems: string[] = [];
  if (damagedLines > 0) {
    const are = damagedLines === 1 ? 'is' : 'are';
    problems.push(`${damagedLines} of ${lines} lines ${are} damaged, the first is line ${firstDamaged}`);
  }
  if (isCut && !isAbandoned) problems.push('is cut short or damaged, and was read as far as it is whole');
  return problems;
}

function decoderOf({ traces, logs, metrics, platform, database, changes }: OpenBody): BodyDecoder<unknown> | undefined {
  return traces ?? logs ?? metrics ?? platform ?? database ?? changes;
}

/** What nobody sees without it, by what was refused. */
const REFUSED: Readonly<Record<string, string>> = {
  statements: 'what statements take by the database’s own account is not known',
  sessions: 'who waits for whom in the database is not known',
  waits: 'since when its sessions wait for locks is not known',
  tables: 'which tables it reads as a whole is not known',
};

const NOT_ALL_OBJECTS = 'not all that Kubernetes said was looked at';
function unreadChanges(unread: number, all: number): string {
  return `${unread} of ${all} changes cannot be read`;
}

const NOT_SUSPECTED = 'they were not considered as the cause';

const NOT_GIVEN = 'what it did not give was not looked at: the verdict rests on the spans that came';

/** A store that fails again and again says nothing new. */
const MOST_REMARKS = 5;

const NOT_WHOLE = 'the trace is not whole: the verdict rests on the spans that came';

function decoded<T>(decoder: BodyDecoder<T>, bytes: Uint8Array): T {
  decoder.push(bytes);
  return decoder.end();
}

function bySource(a: Readonly<{ source: string; query: string }>, b: typeof a): number {
  return compareTexts(a.source, b.source) || compareTexts(a.query, b.query);
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function citedBy(analyses: readonly TraceAnalysis[]): Cited {
  const evidence = analyses.flatMap(({ judgement }) => judgement.findings.flatMap((finding) => finding.evidence ?? []));
  return {
    traces: analyses.map(({ trace, judgement }) => ({
      trace,
      spans: judgement.findings.flatMap(({ spans }) => spans),
    })),
    lines: new Set(evidence.filter(({ kind }) => kind === 'log').map(({ ref }) => ref)),
  };
}

function isWanted(traceId: string, wanted: readonly string[] | undefined): boolean {
  return wanted === undefined || wanted.some((id) => padded(id) === padded(traceId));
}

/** The forms of one id are equal when all are hex and 32 digits long. */
function padded(id: string): string {
  return hexId(id).padStart(32, '0');
}
