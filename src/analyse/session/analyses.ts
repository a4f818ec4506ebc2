/** Combines all evidence of a session to judge each trace, and a time window. */

import { analyseTrace } from '#analyse/analyse-trace.ts';
import { analyseWindow, servicesNamed } from '#analyse/analyse-window.ts';
import { lookWith } from '#analyse/look.ts';
import { bySource } from '#analyse/session/by-source.ts';
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
import { methodsOf } from '#diagnose/methods.ts';
import type { Health, TraceAnalysis, WindowAnalysis, WindowSubject } from '#model/finding/analysis.ts';
import { linesOfTrace } from '#model/logs/log-correlation.ts';
import { changesWith } from '#model/platform/platform-changes.ts';

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
  /** For all traces in question now. Undefined for a trace without spans. */
  analyst(asked: SessionSettings, health?: Health): (subject: Subject) => TraceAnalysis | undefined;
  /** Of these traces, or of all. */
  ofTraces(traceIds?: readonly string[], asked?: SessionSettings, health?: Health): Generator<TraceAnalysis>;
  ofWindow(window: WindowSubject, asked: SessionSettings): Promise<WindowAnalysis>;
}>;

export function sessionAnalyses(parts: AnalysesParts): SessionAnalyses {
  const { settings, traces, logs, metrics, platform, databases, changes, gaps, queries } = parts;
  const look = lookWith(settings);

  const analyst: SessionAnalyses['analyst'] = (asked, health) => {
    const lines = logs.lines();
    const baselineLogs = logs.healthyLines();
    const statistics = databases.read();
    traces.question();
    const several = traces.subjects().length > 1;
    return (subject) => {
      const trace = traces.traceOf(subject);
      if (trace.spanCount === 0) return undefined;
      const own = logs.wereRead() ? linesOfTrace(trace, lines, { several }) : undefined;
      const { baseline, gap } = traces.comparedWith(trace, health);
      const beside = { baseline, baselineLogs, databases: statistics, earlierLogs: logs.earlier() };
      const known = gap ? [...gaps.all, gap] : gaps.all;
      return analyseTrace(look, { trace, logs: own, ...beside }, asked, known, queries.all, subject.file);
    };
  };
  return {
    analyst,
    *ofTraces(traceIds, asked = settings, health) {
      const analysisOf = analyst(asked, health);
      for (const subject of traces.subjects(traceIds)) {
        const analysis = analysisOf(subject);
        if (analysis) yield analysis;
      }
    },
    async ofWindow(window, asked) {
      const ofTime = windowRequests(window, traces.held());
      const lines = logs.ofWindow(window);
      const cluster = platform.read();
      const evidence = {
        ...lines,
        earlierLogs: logs.earlier(),
        ...ofTime,
        series: metrics.until(window.toUs),
        platform: cluster,
        databases: databases.read(),
        changes: changesWith(changes.all(), cluster, servicesNamed(window, ofTime.requests, lines.logs)),
      };
      const analysed = await analyseWindow(look, window, evidence, asked);
      // Parallel queries are answered in any order.
      const inOneOrder = queries.all.toSorted(bySource);
      const diagnosed = { ...analysed, file: '', gaps: [...gaps.all, ...analysed.gaps], queries: inOneOrder };
      const { detectors } = await import('#detect/registry.ts');
      return { ...diagnosed, methods: methodsOf(diagnosed, knownDetectors(detectors), settings.fishbone) };
    },
  };
}
