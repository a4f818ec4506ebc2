import type { Change } from '#model/changes/change.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { EvidenceKind } from '#model/finding/evidence.ts';
import type { Gap } from '#model/finding/gap.ts';
import type { Methods } from '#model/finding/methods.ts';
import type { HealthyTime, Onset } from '#model/finding/onset.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import type { ClockOffset } from '#model/logs/log-clock.ts';
import type { CorrelatedLine, RungCount } from '#model/logs/log-correlation.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { RequestTimeline } from '#model/logs/request-timeline.ts';
import type { RequestCounts } from '#model/requests/request-counts.ts';
import type { SeenRequest } from '#model/requests/seen-request.ts';
import type { AskedFor } from '#model/trace/asked-for.ts';
import type { Trace } from '#model/trace/trace.ts';

/** What was looked at, so that "nothing found" never hides "could not look". Detector ids. */
export type Checked = Readonly<{
  found: readonly string[];
  clear: readonly string[];
  /** Switched off by the configuration: they did not look. */
  off: readonly string[];
  skipped: readonly Readonly<{ detector: string; missing: readonly EvidenceKind[] }>[];
  broken: readonly Readonly<{ detector: string; message: string }>[];
}>;

/** Where the evidence can be opened. `{traceId}` and `{spanId}` stand for ids in the templates; empty where there is no such place. */
export type Links = Readonly<{ trace: string; span: string; logs: string; runbooks: string }>;

export type Correlation = Readonly<{
  /** Surest first. */
  rungs: readonly RungCount[];
  /** By which the lines of a service are placed. */
  offsets: readonly ClockOffset[];
}>;

/** What was asked about where that is no trace. */
export type WindowSubject = TimeWindow &
  Readonly<{
    kind: 'alert' | 'window';
    /** The one request that was asked about, whenever it ran. */
    requestId?: string | undefined;
    /** Only requests that pass one of these services are of it; all of them without it. */
    through?: readonly string[] | undefined;
    /** When it began; undefined where the requests do not show it. */
    onset?: Onset | undefined;
    /** Traces are of the window or of this time by when they ran; without it as they were given. */
    healthy?: HealthyTime | undefined;
    /** Why no healthy time was found, as a clause; then nothing is compared. */
    unhealthy?: string | undefined;
  }>;

/** The healthy time, or why there is none. */
export type Health = Pick<WindowSubject, 'healthy' | 'unhealthy'>;

/** One request of a time, put together from its lines. */
export type RequestInWindow = Readonly<{
  timeline: RequestTimeline;
  /** How it and others were chosen from all of the time; none where it was asked about itself. */
  exemplars: readonly Readonly<{ id: string; why: string }>[];
}>;

type Told = Readonly<{
  /** The file as it was named on the command line; empty for a trace from a backend. */
  file: string;
  judgement: Judgement;
  checked: Checked;
  /** The title of each detector by its id: people read titles. */
  titles: ReadonlyMap<string, string>;
  gaps: readonly Gap[];
  links: Links;
  /** The queries that were asked, for people to read and repeat. */
  queries: readonly Readonly<{ source: string; query: string; url: string }>[];
}>;

/** One trace with all that was read, found and concluded. */
export type Diagnosed = Told &
  Readonly<{
    trace: Trace;
    /** Undefined where nobody asked for this trace by its id. */
    asked?: AskedFor | undefined;
    logs: readonly CorrelatedLine[];
    /** By what the lines are known to be the request's; undefined where no log was read. */
    correlation: Correlation | undefined;
  }>;

/** A time: its lines, and many requests together where there are some. */
export type DiagnosedWindow = Told &
  Readonly<{
    trace: undefined;
    window: WindowSubject;
    logs: readonly LogLine[];
    /** Of the lines of one request; undefined where it was the time that was asked about. */
    correlation: Correlation | undefined;
    /** Undefined where no line says which request it is of. */
    request: RequestInWindow | undefined;
    /** Why the requests to compare with are not healthy, as a clause. What got worse beside them is worse; that nothing differs shows nothing. */
    comparedWithBad: string | undefined;
    /** How many requests were compared with how many healthy ones; 0 and 0 where none were. */
    requests: number;
    healthyRequests: number;
    /** What there is to see of them; undefined where none were compared. */
    seen: SeenWindow | undefined;
    /** Undefined where no cluster answered. */
    cluster: ClusterSeen | undefined;
  }>;

/** How the pods that were asked about are when the cluster is asked. */
export type ClusterSeen = Readonly<{
  pods: number;
  /** What of them does not serve: a phrase each. */
  notReady: readonly string[];
  /** NaN where nothing in its answers names a time. */
  takenUs: number;
}>;

export type SeenWindow = Readonly<{
  /** The requests to open. */
  exemplars: readonly Readonly<{ traceId: string; role: 'failing' | 'slow' | 'healthy'; why: string }>[];
  /** Those that nobody chose for what they show. */
  requests: readonly SeenRequest[];
  healthy: readonly SeenRequest[];
  /** How many of the requests failed or were slow. */
  affected?: RequestCounts | undefined;
  /** From the service at which it was felt to the one at fault. Empty where none is. */
  way: readonly Readonly<{ service: string; isCause: boolean; now: ShownByService; healthy: ShownByService }>[];
  /** Those that may have to do with it, in order of time. */
  changes: readonly (Pick<Change, 'atUs' | 'kind' | 'service' | 'text'> & Readonly<{ isCulprit: boolean }>)[];
}>;

/** Of the requests that pass a service, in microseconds. */
type ShownByService = Readonly<{ requests: number; failed: number; medianUs: number }>;

/** The diagnosis in the forms in which people reason about it. */
type Reasoned = Readonly<{ methods: Methods }>;

/** Everything that `present/` shows. */
export type TraceAnalysis = Diagnosed & Reasoned;
export type WindowAnalysis = DiagnosedWindow & Reasoned;
export type Analysis = TraceAnalysis | WindowAnalysis;
