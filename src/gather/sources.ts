/**
 * The ports of the systems that hold evidence. An adapter knows its API but not spans: it passes bytes on, and
 * `decode/` turns them into columns inside the session. Every call takes a signal, because the caller owns the
 * deadline.
 *
 * They throw only TraceNotFoundError, BackendError, NotABackendError, UnreachableError or TooLargeError on purpose. A
 * body's `chunks` may throw the same errors while they are read.
 */

import type { Change } from '#model/changes/change.ts';
import type { FoundRules } from '#model/incident/alert-rule.ts';
import type { Percentile } from '#model/requests/seen-spans.ts';
import type { ServiceFact } from '#model/services/service-fact.ts';
import type { BodyFormat } from '#model/trace/build/body.ts';

/** The query in the backend's own language, and where a person can run it again. */
export type Query = Readonly<{ text: string; url: string }>;

export type OpenBody = Readonly<{
  source: string;
  format: BodyFormat;
  query: Query;
  chunks: AsyncIterable<Uint8Array>;
  /** For a store with a page limit: where the rest begins, known after the chunks were read. */
  rest?: () => LogCursor | undefined;
}>;

/** The position in a query's results. Only the source that returned it reads it. */
export type LogCursor = Readonly<{
  /** Nanoseconds since the epoch: forwards or backwards from here, the instant included. */
  fromNs: string;
  /** Lines read so far, and how many of them have that timestamp. */
  read: number;
  atFrom: number;
  /** The longest time window for this query, if the store rejected a longer one. */
  rangeNs?: string | undefined;
  /** Some lines of one timestamp were left out, because there were more than a response holds. */
  skipped: boolean;
  /** The store's own cursor, if it has one: it then decides alone where the rest begins. */
  token?: string | undefined;
}>;

/** The result of a connection check in `doctor`. */
export type Health = Readonly<{ ok: boolean; detail: string; remedy: string }>;

export type TraceSource = Readonly<{
  name: string;
  /** The title: `Jaeger`. @default its name */
  title?: string;
  /** Hex ids of 16 or 32 digits, with or without leading zeros. */
  openTrace(traceId: string, signal: AbortSignal): Promise<OpenBody>;
  /** Traces of a service in a time window, as one body or several; missing if the source cannot search. */
  search?(query: TraceSearch, signal: AbortSignal): Promise<readonly OpenBody[]>;
  /** A search covers its whole time window: searching parts of it finds no more. */
  findsAll?: true;
  /** The store has few requests to give: a time window is searched in at most so many parts. */
  mostParts?: number;
  /** The names under which services report, unordered. Present if `search` is. */
  services?(signal: AbortSignal): Promise<readonly string[]>;
  /** Statistics over all requests that it holds; missing if it cannot compute them. */
  statistics?: Statistics;
  /** Link templates for people: see `Links` in `model/analysis.ts`. */
  links: Readonly<{ trace: string; span: string }>;
  check(signal: AbortSignal): Promise<Health>;
}>;

/**
 * The result may contain more than requested (a file holds other traces too), which the reader filters. It may also be
 * truncated at the limit.
 */
export type SpanQuery = Readonly<{
  /** The source's name for it. */
  service: string;
  /** Only traces with a span of this name, if the source can filter. */
  operation?: string;
  /** Microseconds since the epoch. */
  fromUs: number;
  toUs: number;
  /** Prefers traces with a span marked as an error, if the source can filter. */
  failing?: boolean;
  /** Only traces with a span of the service of at least this duration, if the source can filter. */
  minDurationUs?: number;
}>;

export type TraceSearch = SpanQuery & Readonly<{ limit: number }>;

export type LineQuery = Readonly<
  /** Lines whose structured metadata, label or parsed field names this trace. */
  | { by: 'trace-field'; traceId: string }
  /** Lines with this text: a trace id, or any other id that a person pasted. */
  | { by: 'text'; text: string }
  /** Lines with at least one of these texts. */
  | { by: 'any-text'; texts: readonly string[] }
  /** Lines with a field of one of these names and one of these values. */
  | { by: 'field'; names: readonly string[]; values: readonly string[] }
  /** Lines with all of these texts. */
  | { by: 'words'; words: readonly string[] }
  /** Lines of these services in the window: the weakest match. */
  | { by: 'service' }
> &
  Readonly<{
    /** Empty: every service. */
    services: readonly string[];
    /** Microseconds since the epoch. */
    fromUs: number;
    toUs: number;
  }>;

/** `newestFirst`: if there are more, the latest are kept; without it, the earliest. */
export type LogQuery = LineQuery & Readonly<{ limit: number; newestFirst?: boolean }>;

export type LogSource = Readonly<{
  name: string;
  /** The title: `Loki`. @default its name */
  title?: string;
  /** The variable of the setting for the label that names a service. */
  serviceSetting?: string;
  /** Present if it can search many days for a text within the time limit. */
  holdsDays?: true;
  openLogs(query: LogQuery, signal: AbortSignal, after?: LogCursor): Promise<OpenBody>;
  /** Statistics over all lines that it holds; missing if it cannot compute them. */
  statistics?: Statistics;
  links: Readonly<{ logs: string }>;
  check(signal: AbortSignal): Promise<Health>;
}>;

/** The metrics to find: those of these services, their machines, and the databases. */
export type MetricSearch = Readonly<{
  /** Empty: every service. */
  services: readonly string[];
  /** Microseconds since the epoch. */
  fromUs: number;
  toUs: number;
  /** The start of the time window in question: earlier data shows what is usual. */
  sinceUs?: number;
}>;

/** One query to a metrics store, in its own language. Repeated for another time, it uses the same series. */
export type MetricQuery = Readonly<{
  text: string;
  fromUs: number;
  toUs: number;
  /** Seconds between two points. */
  stepSeconds: number;
  /** It is asked for this time alone, and for no earlier day. */
  isOnce?: true;
}>;

/** Queries for existing metrics, the most important first; and the store's own words about what it left out. */
export type FoundMetrics = Readonly<{ queries: readonly MetricQuery[]; warnings: readonly string[] }>;

export type MetricSource = Readonly<{
  name: string;
  /** If it gives something else than metrics: what, and the consequence if that is missing, as a clause. */
  gives?: Readonly<{ what: string; lack: string }>;
  findMetrics(search: MetricSearch, signal: AbortSignal): Promise<FoundMetrics>;
  /** Series in the units and with the names of `model/metric-names.ts`. */
  openMetrics(query: MetricQuery, signal: AbortSignal): Promise<OpenBody>;
  /** Missing if it holds no alert rules. */
  alertRules?(signal: AbortSignal): Promise<FoundRules>;
  check(signal: AbortSignal): Promise<Health>;
}>;

/**
 * Statistics that a store of requests or lines computes over all its data: nobody reads a million requests to count the
 * failed ones.
 */
export type Statistics = Pick<MetricSource, 'findMetrics' | 'openMetrics'> &
  Readonly<{
    /** The consequence if they are missing, as a clause. */
    lack: string;
    /** Compares the p99 of an operation's durations with a limit; missing if it cannot count requests by duration. */
    percentile?(query: PercentileQuery, signal: AbortSignal): Promise<Percentile>;
    /** Present if the store does not report that it cannot count: what an empty result means, as a clause. */
    nothing?: string;
  }>;

/** The spans of a service with this name, by their start in microseconds since the epoch, and the limit of their p99. */
export type PercentileQuery = Readonly<{
  service: string;
  operation: string;
  belowUs: number;
  fromUs: number;
  toUs: number;
}>;

/** Lists of a cluster's API, the essential ones first. */
export const PLATFORM_LISTS = [
  'pods',
  'events',
  'replicasets',
  'services',
  'nodes',
  'persistentvolumeclaims',
  'persistentvolumes',
  'resourcequotas',
  'endpointslices',
  'jobs',
  'cronjobs',
  'horizontalpodautoscalers',
  'ingresses',
  'networkpolicies',
  'certificates',
] as const;

export type PlatformList = (typeof PLATFORM_LISTS)[number];

/** `namespace` is empty for all of them, and for cluster-wide objects. */
export type PlatformQuery = Readonly<{ what: PlatformList; namespace: string }>;

/** A platform reports the current state, and the last hour in its events: queries have no time window. */
export type PlatformSource = Readonly<{
  name: string;
  /** All permitted queries. */
  queries: readonly PlatformQuery[];
  openPlatform(query: PlatformQuery, signal: AbortSignal): Promise<OpenBody>;
  check(signal: AbortSignal): Promise<Health>;
}>;

/** A database reports the current state and its counters. A second reading after `pauseMs` shows the difference. */
export type DatabaseQuery = Readonly<{ pauseMs: number | undefined }>;

/** Readings in the format of a case's `database.json`, one per line. */
export type DatabaseSource = Readonly<{
  /** `postgres db1/shop` */
  name: string;
  openStatistics(query: DatabaseQuery, signal: AbortSignal): Promise<OpenBody>;
  check(signal: AbortSignal): Promise<Health>;
}>;

/** Changes of these services, and those without a service. Microseconds since the epoch. */
export type ChangeQuery = Readonly<{ services: readonly string[]; fromUs: number; toUs: number }>;

/** `warnings`: the source's own words about what it left out. */
export type FoundChanges = Readonly<{ query: Query; changes: readonly Change[]; warnings: readonly string[] }>;

/** The result may lie slightly outside the time window, and name other services: the caller filters it. */
export type ChangeSource = Readonly<{
  name: string;
  findChanges(query: ChangeQuery, signal: AbortSignal): Promise<FoundChanges>;
  check(signal: AbortSignal): Promise<Health>;
}>;

/**
 * Where to read the diff of a commit. `address` opens the commit for people, `base` is the id of the version before it.
 */
export type DiffSource = Readonly<{
  name: string;
  /** Whether the address may be a commit of this source. */
  holds(address: string): boolean;
  readDiff(commit: Readonly<{ address: string; base?: string | undefined }>, signal: AbortSignal): Promise<Diff>;
  check(signal: AbortSignal): Promise<Health>;
}>;

/** A unified diff; `isCut`: it was truncated. */
export type Diff = Readonly<{ text: string; isCut: boolean }>;

/** `warnings`: what could not be read, where, and what to do. */
export type FoundFacts = Readonly<{ facts: readonly ServiceFact[]; warnings: readonly string[] }>;

/** Whose the services are, and by which names they are known: from files, labels and annotations. */
export type ServiceFactSource = Readonly<{
  name: string;
  readFacts(signal: AbortSignal): Promise<FoundFacts>;
  check(signal: AbortSignal): Promise<Health>;
}>;
