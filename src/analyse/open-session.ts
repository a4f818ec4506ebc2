/** The session in this thread: used by the command line and by a worker. */
import type { LocalSession, SessionPair } from '#analyse/compare-sessions.ts';
import { drawPng } from '#analyse/draw-png.ts';
import { inOrder } from '#analyse/lines-around.ts';
import { sessionAnalyses } from '#analyse/session/analyses.ts';
import type { BodyEnd, BodyReader, OpenBody } from '#analyse/session/body-reader.ts';
import { sessionChanges } from '#analyse/session/changes.ts';
import { sessionDatabases } from '#analyse/session/databases.ts';
import { sessionEvidence } from '#analyse/session/evidence.ts';
import { sessionGaps } from '#analyse/session/gaps.ts';
import { keptBodies } from '#analyse/session/kept-bodies.ts';
import { sessionLogs } from '#analyse/session/logs.ts';
import { sessionMetrics } from '#analyse/session/metrics.ts';
import { sessionPlatform } from '#analyse/session/platform.ts';
import { sessionQueries } from '#analyse/session/queries.ts';
import { sessionTraces } from '#analyse/session/traces.ts';
import type { AnalysedTrace, BodyCount, BodyHead, Forms, SessionSettings } from '#analyse/session.ts';
import { startRedaction } from '#analyse/start-redaction.ts';
import { wantedOf } from '#analyse/wanted.ts';
import { UnreadableInputError } from '#core/errors.ts';
import type { WindowSubject } from '#model/finding/analysis.ts';
import { kindOfTrouble } from '#model/finding/diagnosis.ts';
import type { PostmortemDesk } from '#model/incident/postmortem-desk.ts';
import { earlierQuestions } from '#model/logs/earlier-logs.ts';
import { linesOfTrace } from '#model/logs/log-correlation.ts';
import { logTemplates } from '#model/logs/log-templates.ts';
import { redact } from '#model/redaction/redaction.ts';
import { seenRequest } from '#model/requests/seen-request.ts';
import { seenSpans } from '#model/requests/seen-spans.ts';
import { present } from '#present/present.ts';

export function openSession(settings: SessionSettings): LocalSession {
  const gaps = sessionGaps();
  const queries = sessionQueries();
  const kept = keptBodies(settings.evidence !== undefined);
  const traces = sessionTraces(settings.maxClockSkewUs, gaps, kept);
  const logs = sessionLogs(() => nearSeconds(), gaps);
  const metrics = sessionMetrics(gaps, kept);
  const platform = sessionPlatform(gaps);
  const databases = sessionDatabases(gaps);
  const changes = sessionChanges(gaps, kept);
  const kinds: Readonly<Record<BodyHead['kind'], Readonly<{ open: OpenBody }>>> = {
    trace: traces,
    baseline: traces,
    logs,
    'baseline-logs': logs,
    'earlier-logs': logs,
    metrics,
    platform,
    database: databases,
    changes,
  };
  const analyses = sessionAnalyses({
    settings,
    traces,
    logs,
    metrics,
    platform,
    databases,
    changes,
    gaps,
    queries,
  });
  const bodies = new Map<string, BodyReader>();
  let drawn: Readonly<{ svg: string; png: Promise<Uint8Array> }> | undefined;

  /** A log timestamp without a date is near a request, else near now. */
  const nearSeconds = (): number => {
    const trace = traces.first();
    return trace === undefined ? Date.now() / 1_000 : trace.startEpochUs / 1_000_000;
  };
  /** Logs usually change the text but not the picture. */
  const draw = (svg: string): Promise<Uint8Array> => {
    if (drawn?.svg !== svg) drawn = { svg, png: drawPng(svg) };
    return drawn.png;
  };
  /** Created each time, so that counts do not depend on earlier calls. */
  const beginRedaction = () => {
    if (settings.redaction) startRedaction(settings.redaction);
  };
  /** An error waits for the end of the body, as in a worker: nobody waits for an answer to its beginning. */
  const readerOf = (head: BodyHead): BodyReader => {
    try {
      if (!Object.hasOwn(kinds, head.kind)) throw unknownKind(head);
      return kinds[head.kind].open(head);
    } catch (error) {
      return unreadable(error);
    }
  };
  const finish = (id: string, isCut: boolean): BodyEnd => {
    const body = bodies.get(id);
    bodies.delete(id);
    analyses.evidenceChanged();
    return body?.end(isCut) ?? { items: 0 };
  };
  const analysedWindow = async (window: WindowSubject, { traceIds, health }: Forms, asked: SessionSettings) => {
    const [shown] = traceIds ?? [];
    const ofTrace = shown === undefined ? undefined : await analyses.ofTraceIn(window, shown, asked, health);
    return ofTrace ?? (await analyses.ofWindow(window, asked));
  };
  const linesOfId = (id: string) => {
    const [subject] = traces.subjects([id]);
    const several = traces.subjects().length > 1;
    const own = subject ? linesOfTrace(traces.traceOf(subject), logs.lines(), { several }) : [];
    return { logs: own, baselineLogs: logs.healthyLines() };
  };

  return {
    body(id, head) {
      bodies.set(id, readerOf(head));
      queries.add(head);
      analyses.evidenceChanged();
    },
    async bytes(id, chunk) {
      bodies.get(id)?.push(chunk);
    },
    async end(id) {
      return countOf(finish(id, false));
    },
    async abandon(id, gap) {
      let ended: BodyEnd = { items: 0 }; // none of the data can be used, as the gap says
      try {
        ended = finish(id, true);
      } catch {
        analyses.evidenceChanged();
      }
      gaps.add(ended.items > 0 && ended.cutOff ? { ...gap, cutOff: ended.cutOff } : gap);
      return countOf(ended);
    },
    gap(gap) {
      gaps.add(gap);
      analyses.evidenceChanged();
    },
    async wanted(traceId) {
      const asked = traces.subjects(traceId === undefined ? undefined : [traceId]);
      return wantedOf(asked.map(traces.traceOf), logs.lines());
    },
    async requests(service) {
      return traces.held().map((held) => seenRequest(held.trace, service, held));
    },
    async spans(asked) {
      return seenSpans(
        traces.held().map(({ trace }) => trace),
        asked,
      );
    },
    async newErrors(of) {
      const { logs: own, baselineLogs = [] } = typeof of === 'string' ? linesOfId(of) : logs.ofWindow(of);
      return earlierQuestions(own, logTemplates([...own, ...baselineLogs]));
    },
    async release(asked) {
      beginRedaction();
      const { releaseIn } = await import('#analyse/release.ts');
      return releaseIn({ traces, logs, metrics, platform, changes, gaps }, asked, settings.thresholds);
    },
    async reports(forms) {
      beginRedaction();
      const asked = forms.links ? { ...settings, links: { ...settings.links, ...forms.links } } : settings;
      if (forms.window) return [await present(await analysedWindow(forms.window, forms, asked), forms, draw)];
      await analyses.prepare();
      const found: AnalysedTrace[] = [];
      for (const analysis of analyses.ofTraces(forms.traceIds, asked, forms.health))
        found.push(await present(analysis, forms, draw));
      return found;
    },
    async *eachReport(forms) {
      beginRedaction();
      await analyses.prepare();
      const analysisOf = analyses.analyst(settings);
      const told = new Map<string, number>();
      for (const subject of traces.handOver()) {
        const analysis = analysisOf(subject);
        if (analysis === undefined) continue;
        const trouble = kindOfTrouble(analysis.judgement);
        const before = told.get(trouble) ?? 0;
        told.set(trouble, before + 1);
        yield await present(analysis, before < MOST_ALIKE ? forms : { ...forms, brief: trouble }, draw);
      }
    },
    analyses: (traceIds) => analyses.ofTraces(traceIds),
    lines: () => inOrder(logs.lines()),
    beginRedaction,
    draw,
    async redact(text) {
      beginRedaction();
      return redact(text);
    },
    draft: async (record) => (await postmortemDesk()).draft(record),
    taskProblem: async (text) => (await postmortemDesk()).taskProblem(text),
    rewrites: async (texts) => (await postmortemDesk()).rewrites(texts),
    async evidence() {
      beginRedaction();
      if (settings.evidence === undefined) throw new Error('this session was not asked to keep its evidence');
      await analyses.prepare();
      analyses.evidenceChanged(); // what is kept replaces it
      const { maxBytes } = settings.evidence;
      const parts = { traces, logs, platform, databases, changes, kept, gaps, analyses: analyses.ofTraces, maxBytes };
      return await sessionEvidence(parts);
    },
    async next() {
      const sources = traces.next();
      kept.clear();
      gaps.forget(sources);
      queries.forget(sources);
      analyses.evidenceChanged();
    },
    async close() {
      bodies.clear();
      kept.clear();
      analyses.evidenceChanged();
      for (const kind of [traces, logs, metrics, changes]) kind.close();
      for (const answers of [platform, databases]) answers.clear();
    },
  };
}

/** Few sessions need it. */
async function postmortemDesk(): Promise<PostmortemDesk> {
  return (await import('#model/incident/postmortem-desk.ts')).ownDesk;
}

function countOf({ cutOff: _, ...count }: BodyEnd): BodyCount {
  return count;
}

function unknownKind({ kind, source }: BodyHead): UnreadableInputError {
  return new UnreadableInputError(
    `${source} has a body of the unknown kind ${kind}`,
    'Another version of Spanhound wrote the data, or it is damaged. Record it again.',
  );
}

function unreadable(error: unknown): BodyReader {
  return {
    push: () => undefined,
    end() {
      throw error;
    },
  };
}

/** A reader of a thousand requests looks for the ways in which they fail; a few examples of each suffice. */
const MOST_ALIKE = 10;

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
