/**
 * The ports of the systems that hold evidence. An adapter knows its API and nothing of spans: it hands bytes on, and
 * `decode/` turns them into columns inside the session. Every call takes a signal: the caller owns the deadline.
 *
 * They throw TraceNotFoundError, BackendError, NotABackendError, UnreachableError or TooLargeError and nothing else on
 * purpose. A body's `chunks` may throw the same while it is read.
 */

import type { Change } from '#model/changes/change.ts';
import type { BodyFormat } from '#model/trace/build/body.ts';

/** What was asked, in the backend's own language, and where a person can ask it again. */
export type Query = Readonly<{ text: string; url: string }>;

export type OpenBody = Readonly<{
  source: string;
  format: BodyFormat;
  query: Query;
  chunks: AsyncIterable<Uint8Array>;
  /** Of a store that hands out so many lines at once: where the rest begins, known when the chunks were read. */
  rest?: () => LogCursor | undefined;
}>;

/** How far a query was answered. Only the source that gave it reads it. */
export type LogCursor = Readonly<{
  /** Nanoseconds since the epoch: from here on, or back from here, the instant included. */
  fromNs: string;
  /** Lines that came so far, and how many of them lie at that instant. */
  read: number;
  atFrom: number;
  /** The longest time that this query may ask for at once, where the store could not answer for longer. */
  rangeNs?: string | undefined;
  /** Lines of an instant had to be left out, for there were more than one answer holds. */
  skipped: boolean;
}>;

/** What `doctor` says of a connection. */
export type Health = Readonly<{ ok: boolean; detail: string; remedy: string }>;

export type TraceSource = Readonly<{
  name: string;
  /** As people write it: `Jaeger`. @default its name */
  title?: string;
  /** Hex ids of 16 or 32 digits, with or without leading zeros. */
  openTrace(traceId: string, signal: AbortSignal): Promise<OpenBody>;
  /** Traces of a service in a window, as one body or as several; missing where the source cannot search. */
  search?(query: TraceSearch, signal: AbortSignal): Promise<readonly OpenBody[]>;
  /** A search gives all of its time: asking for parts of it finds no more. */
  findsAll?: true;
  /** The names under which services report, in no order. Present where `search` is. */
  services?(signal: AbortSignal): Promise<readonly string[]>;
  /** Of all requests that it holds; missing where it cannot count them. */
  statistics?: Statistics;
  /** Templates for people: see `Links` in `model/analysis.ts`. */
  links: Readonly<{ trace: string; span: string }>;
  check(signal: AbortSignal): Promise<Health>;
}>;

/**
 * What comes may be more than was asked for (a file holds other traces too) and is told apart by whoever reads it; what
 * was asked for may be cut at the limit.
 */
export type TraceSearch = Readonly<{
  /** As the source names it. */
  service: string;
  /** Only traces with a span of this name, where the source can tell. */
  operation?: string;
  /** Microseconds since the epoch. */
  fromUs: number;
  toUs: number;
  limit: number;
  /** Prefers traces with a span marked as an error, where the source can tell. */
  failing?: boolean;
  /** Only traces with a span of the service at least this long, where the source can tell. */
  minDurationUs?: number;
}>;

export type LogQuery = Readonly<
  /** Lines whose structured metadata, label or parsed field names this trace. */
  | { by: 'trace-field'; traceId: string }
  /** Lines that hold this text: a trace id, or any other id that a person pasted. */
  | { by: 'text'; text: string }
  /** Lines that hold one of these texts or more. */
  | { by: 'any-text'; texts: readonly string[] }
  /** Lines that have a field of one of these names with one of these values. */
  | { by: 'field'; names: readonly string[]; values: readonly string[] }
  /** Lines that hold all of these texts. */
  | { by: 'words'; words: readonly string[] }
  /** Lines of these services in the window: the weakest tie. */
  | { by: 'service' }
> &
  Readonly<{
    /** Empty: every service. */
    services: readonly string[];
    /** Microseconds since the epoch. */
    fromUs: number;
    toUs: number;
    limit: number;
    /** Where there are more, the latest are kept. Without it the earliest are. */
    newestFirst?: boolean;
  }>;

export type LogSource = Readonly<{
  name: string;
  /** The variable of the setting that says which label names a service. */
  serviceSetting?: string;
  /** Present where it can be asked what of many days holds a text, and answers with the time in mind. */
  holdsDays?: true;
  openLogs(query: LogQuery, signal: AbortSignal, after?: LogCursor): Promise<OpenBody>;
  /** Of all lines that it holds; missing where it cannot count them. */
  statistics?: Statistics;
  links: Readonly<{ logs: string }>;
  check(signal: AbortSignal): Promise<Health>;
}>;

/** What of the metrics matters: those of these services, of what they run on, and of the databases beside them. */
export type MetricSearch = Readonly<{
  /** Empty: every service. */
  services: readonly string[];
  /** Microseconds since the epoch. */
  fromUs: number;
  toUs: number;
  /** Where the time in question begins: what is before it shows what was usual. */
  sinceUs?: number;
}>;

/** One question to a store of metrics, in its own language. Asked again for another time, it is asked of the same series. */
export type MetricQuery = Readonly<{
  text: string;
  fromUs: number;
  toUs: number;
  /** Between two points. */
  stepSeconds: number;
}>;

/** Questions about what exists, those that matter most first; what the store says that it left out, in its words. */
export type FoundMetrics = Readonly<{ queries: readonly MetricQuery[]; warnings: readonly string[] }>;

export type MetricSource = Readonly<{
  name: string;
  findMetrics(search: MetricSearch, signal: AbortSignal): Promise<FoundMetrics>;
  /** Series in the units of `model/metric-names.ts`, named as it names them. */
  openMetrics(query: MetricQuery, signal: AbortSignal): Promise<OpenBody>;
  check(signal: AbortSignal): Promise<Health>;
}>;

/**
 * What a store of requests or lines counts itself, over all that it holds of a time: nobody reads a million of them to know
 * how many failed.
 */
export type Statistics = Pick<MetricSource, 'findMetrics' | 'openMetrics'> &
  Readonly<{
    /** What it costs where they cannot be had, as a clause. */
    lack: string;
    /** Present where the store says nothing of not counting: what it means that nothing was counted, as a clause. */
    nothing?: string;
  }>;

/** Lists of a cluster's API, those first without which the others say little. */
export const PLATFORM_LISTS = ['pods', 'events', 'replicasets', 'services', 'nodes', 'persistentvolumeclaims'] as const;

export type PlatformList = (typeof PLATFORM_LISTS)[number];

/** `namespace` is empty for all of them, and for what belongs to none. */
export type PlatformQuery = Readonly<{ what: PlatformList; namespace: string }>;

/** A platform tells of now, and of the last hour by its events: it is asked without a time. */
export type PlatformSource = Readonly<{
  name: string;
  /** All that may be asked of it. */
  queries: readonly PlatformQuery[];
  openPlatform(query: PlatformQuery, signal: AbortSignal): Promise<OpenBody>;
  check(signal: AbortSignal): Promise<Health>;
}>;

/** A database tells of now, and of all that it has counted: read a second time after `pauseMs`, of what happened meanwhile. */
export type DatabaseQuery = Readonly<{ pauseMs: number | undefined }>;

/** Readings in the form of a case's `database.json`, one a line. */
export type DatabaseSource = Readonly<{
  /** `postgres db1/shop` */
  name: string;
  openStatistics(query: DatabaseQuery, signal: AbortSignal): Promise<OpenBody>;
  check(signal: AbortSignal): Promise<Health>;
}>;

/** Changes of these services, and of none in particular. Microseconds since the epoch. */
export type ChangeQuery = Readonly<{ services: readonly string[]; fromUs: number; toUs: number }>;

/** `warnings`: what the source says that it left out, in its words. */
export type FoundChanges = Readonly<{ query: Query; changes: readonly Change[]; warnings: readonly string[] }>;

/** What it tells may lie a little beside the time, and be of other services: whoever asked knows whom they asked about. */
export type ChangeSource = Readonly<{
  name: string;
  findChanges(query: ChangeQuery, signal: AbortSignal): Promise<FoundChanges>;
  check(signal: AbortSignal): Promise<Health>;
}>;

/** Where the lines of a commit are read. `address` is where people open the commit, `base` the id of what ran before it. */
export type DiffSource = Readonly<{
  name: string;
  /** It may be a commit of this source, by its address. */
  holds(address: string): boolean;
  readDiff(commit: Readonly<{ address: string; base?: string | undefined }>, signal: AbortSignal): Promise<Diff>;
  check(signal: AbortSignal): Promise<Health>;
}>;

/** As a unified diff; `isCut`: there is more of it. */
export type Diff = Readonly<{ text: string; isCut: boolean }>;
