import type { Change } from '#model/changes/change.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import type { EarlierLog } from '#model/logs/earlier-logs.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { LogTemplates } from '#model/logs/log-templates.ts';
import type { Series } from '#model/metrics/series.ts';
import type { Platform } from '#model/platform/platform.ts';
import type { Baseline } from '#model/requests/baseline.ts';
import type { DatabaseStatistics } from '#model/sql/database-statistics.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Everything that detectors can ask for, by name. A new kind of evidence is a line here. */
export type Evidence = Readonly<{
  trace: Trace;
  /** In order of time: the trace's own log lines, or without a trace all lines of the time that was asked about. */
  logs: readonly LogLine[];
  /** What they say, one message each, mined when first asked for; lines of `baselineLogs` are numbered behind them. */
  templates: LogTemplates;
  /** Lines of a healthy time, or of the time before, in order of time. */
  baselineLogs: readonly LogLine[];
  /** Whether errors were there in the days before, as log stores answered. */
  earlierLogs: readonly EarlierLog[];
  /** What is usual of the same request, from healthy traces of it. */
  baseline: Baseline;
  /** The time that was asked about, and whose. */
  window: TimeWindow;
  /** Requests of that time, in the order in which they came. */
  requests: readonly Trace[];
  /** Requests of a healthy time. */
  healthyRequests: readonly Trace[];
  /** Of that time and of the time before. */
  metrics: readonly Series[];
  /** Pods, nodes, events and rollouts of the cluster, as they are now and as far back as it remembers. */
  platform: Platform;
  /** What databases say of themselves, as they are now and as they counted since. */
  databases: readonly DatabaseStatistics[];
  /** In order of time; there and empty where somebody was asked and knew of none. */
  changes: readonly Change[];
}>;

export type EvidenceKind = keyof Evidence;
