import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import type { EarlierLog } from '#model/logs/earlier-logs.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { LogTemplates } from '#model/logs/log-templates.ts';
import type { Profile } from '#model/metrics/hot-functions.ts';
import type { PoolLevel } from '#model/metrics/pool-level.ts';
import type { Series } from '#model/metrics/series.ts';
import type { Platform } from '#model/platform/platform.ts';
import type { Baseline } from '#model/requests/baseline.ts';
import type { PublishedElsewhere } from '#model/requests/linked-messages.ts';
import type { DatabaseStatistics } from '#model/sql/database-statistics.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Everything that detectors can ask for, by name. A new kind of evidence is one line here. */
export type Evidence = Readonly<{
  trace: Trace;
  /** Messages that other traces published, where spans link to other traces. */
  published: PublishedElsewhere;
  /** In order of time: the trace's own log lines, or without a trace all lines of the window. */
  logs: readonly LogLine[];
  /**
   * The templates of the lines, one per message, mined on first use; lines of `baselineLogs` are numbered after them.
   */
  templates: LogTemplates;
  /** Lines of the baseline, or of the time before, in order of time. */
  baselineLogs: readonly LogLine[];
  /** Whether errors occurred in the days before, according to log stores. */
  earlierLogs: readonly EarlierLog[];
  /** The usual values of the same request, from healthy traces. */
  baseline: Baseline;
  /** The window in question, and its service. */
  window: TimeWindow;
  /** Requests of that window, in the order in which they came. */
  requests: readonly Trace[];
  /** Requests of the baseline. */
  healthyRequests: readonly Trace[];
  /** Metrics of the window and of the time before. */
  metrics: readonly Series[];
  /** Pods, nodes, events and rollouts of the cluster, at present and as far back as it remembers. */
  platform: Platform;
  /** Statistics that databases report, at present and since they began to count. */
  databases: readonly DatabaseStatistics[];
  /** In order of time; present and empty where a source was asked and knew of none. */
  changes: readonly Change[];
  /** What the changes have to explain, where one request is in question. */
  symptoms: ChangeSymptoms;
  /** Pools of connections around the request, by their metrics. */
  pools: readonly PoolLevel[];
  /** Which functions used the processors of services. */
  profiles: readonly Profile[];
}>;

export type EvidenceKind = keyof Evidence;
