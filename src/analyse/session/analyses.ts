/** Combines all evidence of a session to judge each trace, and a time window. */

import { analyseTrace } from '#analyse/analyse-trace.ts';
import { analyseWindow, servicesNamed } from '#analyse/analyse-window.ts';
import type { Around, around } from '#analyse/around-request.ts';
import type { RequestJudge } from '#analyse/judged-requests.ts';
import { lookWith } from '#analyse/look.ts';
import type { SessionChanges } from '#analyse/session/changes.ts';
import type { SessionDatabases } from '#analyse/session/databases.ts';
import type { SessionGaps } from '#analyse/session/gaps.ts';
import type { SessionLogs } from '#analyse/session/logs.ts';
import type { SessionMetrics } from '#analyse/session/metrics.ts';
import type { SessionPlatform } from '#analyse/session/platform.ts';
import type { SessionQueries } from '#analyse/session/queries.ts';
import type { SessionTraces, Subject } from '#analyse/session/traces.ts';
import type { SessionSettings } from '#analyse/session.ts';
import { windowRequests } from '#analyse/window-requests.ts';
import { knownDetectors } from '#detect/known.ts';
import { cutIn, missingPart, withinCut } from '#diagnose/cut-off.ts';
import { chooseHealthy } from '#diagnose/healthy-choice.ts';
import { methodsOf } from '#diagnose/methods.ts';
import { versionChanges } from '#model/changes/seen-versions.ts';
import type { Health, TraceAnalysis, WindowAnalysis, WindowSubject } from '#model/finding/analysis.ts';
import { linesOfTrace } from '#model/logs/log-correlation.ts';
import { changesWith } from '#model/platform/platform-changes.ts';
import { publishedIn } from '#model/requests/linked-messages.ts';
import type { Trace } from '#model/trace/trace.ts';

export type AnalysesParts = Readonly<{
  settings: SessionSettings;
  traces: SessionTraces;
  logs: SessionLogs;
  metrics: SessionMetrics;
  platform: SessionPlatform;
  databases: SessionDatabases;
  changes: SessionChanges;
  gaps: SessionGaps;
  queries: SessionQueries;
}>;

export type SessionAnalyses = Readonly<{
  /** Loads what judges the time around a request, where there is evidence of it. Call before a trace is analysed. */
  prepare(): Promise<void>;
  /** For all traces in question now. Undefined for a trace without spans. */
  analyst(asked: SessionSettings, health?: Health): (subject: Subject) => TraceAnalysis | undefined;
  /** Of these traces, or of all. */
  ofTraces(traceIds?: readonly string[], asked?: SessionSettings, health?: Health): Generator<TraceAnalysis>;
  ofWindow(window: WindowSubject, asked: SessionSettings): Promise<WindowAnalysis>;
  /** Call when evidence came or went: the window is judged again. */
  evidenceChanged(): void;
  /** One trace of the window, with the judgement of the window; undefined where the session has no such trace. */
  ofTraceIn(
    window: WindowSubject,
    traceId: string,
    asked: SessionSettings,
    health?: Health,
  ): Promise<TraceAnalysis | undefined>;
}>;

export function sessionAnalyses(parts: AnalysesParts): SessionAnalyses {
  const { settings, traces, logs, metrics, platform, databases, changes, gaps, queries } = parts;
  const look = lookWith(settings);
  let judgedRequests: RequestJudge | undefined;
  let judgeAround: typeof around | undefined;
  /** Alerts ask for the window first, and then for the trace that shows its verdict best. */
  let lastWindow: Readonly<{ asked: string; analysis: WindowAnalysis }> | undefined;

  const aroundRequests = (): Around | undefined =>
    judgeAround?.({
      series: metrics.until(Number.POSITIVE_INFINITY),
      profiles: metrics.profiles(),
      platform: platform.read(),
      changes: changes.all(),
      lines: logs.lines(),
      requests: changes.all() === undefined ? [] : further(traces),
    });

  const analystWith = (
    asked: SessionSettings,
    health: Health | undefined,
    ofTime: Around | undefined,
  ): ReturnType<SessionAnalyses['analyst']> => {
    const lines = logs.lines();
    const baselineLogs = logs.healthyLines();
    const statistics = databases.read();
    traces.question();
    const several = traces.subjects().length > 1;
    const cut = cutIn(gaps.all);
    const published = publishedIn(traces.subjects().map(({ spans }) => spans));
    return (subject) => {
      const trace = traces.traceOf(subject);
      if (trace.spanCount === 0) return undefined;
      const own = logs.wereRead() ? linesOfTrace(trace, lines, { several }) : undefined;
      const { baseline, gap } = traces.comparedWith(trace, health);
      const beside = { baseline, baselineLogs, databases: statistics, earlierLogs: logs.earlier(), published };
      const known = gap ? [...gaps.all, gap] : gaps.all;
      return analyseTrace(
        look,
        { trace, logs: own, around: ofTime, ...beside, missing: missingPart(cut, [trace.traceId]) },
        asked,
        known,
        queries.ofTrace(),
        subject.file,
      );
    };
  };
  const analyst: SessionAnalyses['analyst'] = (asked, health) => analystWith(asked, health, aroundRequests());
  const ofTraces: SessionAnalyses['ofTraces'] = function* (traceIds, asked = settings, health) {
    const analysisOf = analyst(asked, health);
    for (const subject of traces.subjects(traceIds)) {
      const analysis = analysisOf(subject);
      if (analysis) yield analysis;
    }
  };
  const analysedWindow: SessionAnalyses['ofWindow'] = async (window, asked) => {
    const ofTime = windowRequests(window, traces.held());
    const lines = logs.ofWindow(window);
    const cluster = platform.read();
    const evidence = {
      ...lines,
      earlierLogs: logs.earlier(),
      ...ofTime,
      series: metrics.until(window.toUs),
      profiles: metrics.profiles(),
      platform: cluster,
      databases: databases.read(),
      changes: changesWith(
        changes.all(),
        cluster,
        servicesNamed(window, ofTime.requests, lines.logs),
        versionChanges([...ofTime.healthyRequests, ...ofTime.requests, ...ofTime.chosen]),
      ),
    };
    judgedRequests ??= (await import('#analyse/judged-requests.ts')).requestJudge(look);
    const analysed = await analyseWindow(look, window, evidence, asked, judgedRequests);
    const missing = missingPart(
      cutIn(gaps.all),
      ofTime.requests.map(({ traceId }) => traceId),
    );
    const diagnosed = {
      ...analysed,
      file: '',
      judgement: withinCut(analysed.judgement, missing),
      missing,
      gaps: [...gaps.all, ...analysed.gaps],
      queries: queries.all(),
    };
    const { detectors } = await import('#detect/registry.ts');
    return { ...diagnosed, methods: methodsOf(diagnosed, knownDetectors(detectors), settings.fishbone) };
  };
  const ofWindow: SessionAnalyses['ofWindow'] = async (window, asked) => {
    const key = JSON.stringify(window);
    if (lastWindow?.asked !== key) lastWindow = { asked: key, analysis: await analysedWindow(window, asked) };
    return { ...lastWindow.analysis, links: asked.links };
  };
  const healthyBeside = (trace: Trace, { healthy: time }: WindowSubject): Trace | undefined => {
    const isUsual = ({ trace: { startEpochUs }, isHealthy }: ReturnType<SessionTraces['held']>[number]) =>
      time === undefined ? isHealthy : startEpochUs >= time.fromUs && startEpochUs < time.toUs;
    const usual = traces.held().filter(isUsual);
    const [id] = chooseHealthy(
      usual.map((one) => one.trace),
      trace,
      1,
    ).traceIds;
    return usual.find((one) => one.trace.traceId === id)?.trace;
  };
  return {
    evidenceChanged() {
      lastWindow = undefined;
    },
    async prepare() {
      const isAny = metrics.areAny() || platform.read() !== undefined || changes.all() !== undefined;
      if (isAny) judgeAround ??= (await import('#analyse/around-request.ts')).around;
    },
    analyst,
    ofTraces,
    ofWindow,
    async ofTraceIn(window, traceId, asked, health) {
      // What happened around the request is judged with the window.
      const [subject] = traces.subjects([traceId]);
      const ofTrace = subject && analystWith(asked, health, undefined)(subject);
      if (ofTrace === undefined) return undefined;
      const { traceInWindow } = await import('#analyse/trace-in-window.ts');
      const { detectors } = await import('#detect/registry.ts');
      const together = await ofWindow(window, asked);
      const beside = together.comparedWithBad === undefined ? healthyBeside(ofTrace.trace, window) : undefined;
      return { ...traceInWindow(ofTrace, together, knownDetectors(detectors), settings.fishbone), beside };
    },
  };
}

/** A trace is built when it is needed. With more traces than this, building all of them for this alone takes too long. */
const MOST_FURTHER = 50;

/** The traces that are at hand before any is judged, so that all are judged with the same ones. */
function further(traces: SessionTraces): readonly Trace[] {
  return traces.subjects().length > MOST_FURTHER ? [] : traces.held().map(({ trace }) => trace);
}
