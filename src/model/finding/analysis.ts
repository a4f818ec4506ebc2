import type { Change } from '#model/changes/change.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { EvidenceKind } from '#model/finding/evidence.ts';
import type { Gap, MissingPart } from '#model/finding/gap.ts';
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

/** What was examined, so that "nothing found" never hides "could not look". Detector ids. */
export type Checked = Readonly<{
  found: readonly string[];
  clear: readonly string[];
  /** Switched off by the configuration: they did not run. */
  off: readonly string[];
  skipped: readonly Readonly<{ detector: string; missing: readonly EvidenceKind[] }>[];
  broken: readonly Readonly<{ detector: string; message: string }>[];
}>;

/**
 * Where the evidence can be opened. `{traceId}` and `{spanId}` are placeholders in the templates; empty where there is
 * no such place.
 */
export type Links = Readonly<{ trace: string; span: string; logs: string; runbooks: string }>;

export type Correlation = Readonly<{
  /** Most certain first. */
  rungs: readonly RungCount[];
  /** The clock corrections by which the lines of a service are placed. */
  offsets: readonly ClockOffset[];
}>;

/** The subject of an investigation that is not a trace. */
export type WindowSubject = TimeWindow &
  Readonly<{
    kind: 'alert' | 'window';
    /** The one request in question, whenever it ran. */
    requestId?: string | undefined;
    /** Restricts the window to requests through one of these services. */
    through?: readonly string[] | undefined;
    /** When the problem began; undefined where the requests do not show it. */
    onset?: Onset | undefined;
    /** The baseline: traces belong to it or to the window by their times. Without it they stay as given. */
    healthy?: HealthyTime | undefined;
    /** Why there is no baseline, as a clause; then nothing is compared. */
    unhealthy?: string | undefined;
  }>;

/** The baseline, or why there is none. */
export type Health = Pick<WindowSubject, 'healthy' | 'unhealthy'>;

/** One request of a window, put together from its lines. */
export type RequestInWindow = Readonly<{
  timeline: RequestTimeline;
  /** How this request and others were chosen from the window; none where the request itself was in question. */
  exemplars: readonly Readonly<{ id: string; why: string }>[];
}>;

type Told = Readonly<{
  /** The file name from the command line; empty for a trace from a backend. */
  file: string;
  judgement: Judgement;
  checked: Checked;
  /** The title of each detector by its id: people read titles. */
  titles: ReadonlyMap<string, string>;
  gaps: readonly Gap[];
  /** The evidence that was cut off: the verdict is then at most unsure. Undefined if all of it arrived. */
  missing?: MissingPart | undefined;
  links: Links;
  /** The queries that ran, for people to read and repeat. */
  queries: readonly Readonly<{ source: string; query: string; url: string }>[];
}>;

/** One trace with all that was read, found and concluded. */
export type Diagnosed = Told &
  Readonly<{
    trace: Trace;
    /** Undefined where nobody asked for this trace by its id. */
    asked?: AskedFor | undefined;
    logs: readonly CorrelatedLine[];
    /** What ties the lines to the request; undefined where no log was read. */
    correlation: Correlation | undefined;
    /** A healthy request of the same operation, for a request that stands for a window; undefined where none is known. */
    beside?: Trace | undefined;
    /** The nearest changes before the request; undefined where no source was asked. */
    changes?: readonly RequestChange[] | undefined;
  }>;

/**
 * What the verdict says of a change; missing where it does not name it. `possible`: the verdict is unsure. `near`: only its
 * time leads to it.
 */
export type ChangeRole = 'cause' | 'possible' | 'near';

/** A change before a request. */
export type RequestChange = SeenWindow['changes'][number];

/** A window: its lines, and its requests where there are some. */
export type DiagnosedWindow = Told &
  Readonly<{
    trace: undefined;
    window: WindowSubject;
    logs: readonly LogLine[];
    /** For the lines of one request; undefined for a whole window. */
    correlation: Correlation | undefined;
    /** Undefined where no line names its request. */
    request: RequestInWindow | undefined;
    /**
     * Why the requests of the baseline are not healthy, as a clause. A change for the worse still counts, but equality
     * proves nothing.
     */
    comparedWithBad: string | undefined;
    /** The trace that shows the verdict best; undefined where no single request shows it. */
    shownBy: string | undefined;
    /** How many requests were compared with how many healthy ones; 0 and 0 for no comparison. */
    requests: number;
    healthyRequests: number;
    /** What to show of the requests; undefined where none were compared. */
    seen: SeenWindow | undefined;
    /** Undefined where no cluster answered. */
    cluster: ClusterSeen | undefined;
  }>;

/** The state of the examined pods at the time of the cluster's answer. */
export type ClusterSeen = Readonly<{
  pods: number;
  /** A phrase for each pod that does not serve. */
  notReady: readonly string[];
  /** NaN where its answers contain no time. */
  takenUs: number;
}>;

export type SeenWindow = Readonly<{
  /** The requests to open. */
  exemplars: readonly Readonly<{
    traceId: string;
    role: 'failing' | 'slow' | 'healthy';
    why: string;
    /** Only of a failing one. */
    startUs?: number;
  }>[];
  /** Requests that were sampled, not chosen for what they show. */
  requests: readonly SeenRequest[];
  healthy: readonly SeenRequest[];
  /** How many of the requests failed or were slow. */
  affected?: RequestCounts | undefined;
  /** From the service with the symptom to the service at fault. Empty where there is none. */
  way: readonly Readonly<{ service: string; isCause: boolean; now: ShownByService; healthy: ShownByService }>[];
  /** Changes that may be related, in order of time. */
  changes: readonly (Pick<Change, 'atUs' | 'kind' | 'service' | 'id' | 'text'> &
    Readonly<{ role?: ChangeRole | undefined }>)[];
}>;

/** Numbers of the requests that pass a service, in microseconds. */
type ShownByService = Readonly<{ requests: number; failed: number; medianUs: number }>;

/** The diagnosis in the forms in which people reason about it. */
type Reasoned = Readonly<{ methods: Methods }>;

/** Everything that `present/` shows. */
export type TraceAnalysis = Diagnosed & Reasoned;
export type WindowAnalysis = DiagnosedWindow & Reasoned;
export type Analysis = TraceAnalysis | WindowAnalysis;
