/**
 * One analysis: bytes in, reports out. The contract is the same in this thread (`openSession`) and in a worker
 * (`pool.ts`); nothing else crosses.
 */

import type { RedactionConfig } from '#analyse/start-redaction.ts';
import type { Health, Links, WindowSubject } from '#model/finding/analysis.ts';
import type { FishboneCategories } from '#model/finding/cause-fields.ts';
import type { Severity } from '#model/finding/finding.ts';
import type { Gap } from '#model/finding/gap.ts';
import type { KeptEvidence } from '#model/incident/case.ts';
import type { PostmortemDesk } from '#model/incident/postmortem-desk.ts';
import type { EarlierQuestion } from '#model/logs/earlier-logs.ts';
import type { Ties } from '#model/logs/log-correlation.ts';
import type { Sample, SeenRequest } from '#model/requests/seen-request.ts';
import type { SeenSpans, SpanQuestion } from '#model/requests/seen-spans.ts';
import type { AskedFor } from '#model/trace/asked-for.ts';
import type { BodyFormat, BodyKind } from '#model/trace/build/body.ts';
import type { Presented, PresentedForms } from '#present/present.ts';
import type { PresentedRelease } from '#present/words/release.ts';

/** All settings of one analysis, as plain data. */
export type SessionSettings = Readonly<{
  /** By detector id, then by the threshold's name; a missing one has its default. */
  thresholds: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Ids of detectors that are switched off. */
  off?: readonly string[];
  /** By detector id: the configured severity of all its findings. */
  severities?: Readonly<Record<string, Severity>>;
  links: Links;
  maxClockSkewUs: number;
  /** The categories of the fishbone; the default ones if missing. */
  fishbone?: FishboneCategories | undefined;
  /** The name under which the single trace was requested; missing if none was. */
  asked?: AskedFor;
  /** What is redacted in every text; the defaults if missing, and then without keyed names. */
  redaction?: RedactionConfig;
  /** If set, the bodies stay in memory until the session closes, for `evidence`. */
  evidence?: Readonly<{ maxBytes: number }>;
}>;

export type BodyHead = Readonly<{
  kind: BodyKind;
  format: BodyFormat;
  /** `jaeger`, `loki`, or the file's name. */
  source: string;
  /** The file as named on the command line; empty for a backend's answer. */
  file: string;
  query: Readonly<{ text: string; url: string }>;
  /** The answer to a search: its traces are complete, so an earlier one is not merged with it. */
  sample?: Sample | undefined;
  /** For lines of earlier days: the question that they answer. */
  asks?: EarlierAsk;
}>;

/** Times in microseconds since the epoch. */
export type EarlierAsk = EarlierQuestion & Readonly<{ fromUs: number; toUs: number }>;

/** The content of a body: the number of spans or log lines; and of traces, for a search. */
export type BodyCount = Readonly<{ items: number; traces?: number }>;

/** What to request next, judged by the data so far. Times in microseconds since the epoch. */
export type Wanted = Readonly<{
  traceIds: readonly string[];
  services: readonly string[];
  operations: readonly string[];
  fromUs: number;
  toUs: number;
  /** Other ids of a request besides its trace id. */
  ties: Ties;
  /** Without any trace: ids of the requests whose lines show best how requests fail. */
  failing: readonly string[];
  /** Services of the traces without any certain line, and callees whose connection broke: those write no id. */
  silent: readonly string[];
  /** For a single trace: the services that may be behind its failure or its length, the likeliest first. */
  behind: readonly string[];
  /** The databases that these services read, and the machines that they run on: a change of one may be behind it, too. */
  shared: readonly string[];
}>;

/** Times in microseconds since the epoch; `lookedIn`: the sources that were asked, for people. */
export type ReleaseQuestion = Readonly<{ service: string; fromUs: number; toUs: number; lookedIn: readonly string[] }>;

/** The forms to make: a CLI needs text of a width, Slack needs blocks and a picture. */
export type Forms = PresentedForms &
  Readonly<{
    /** Only these traces; all if missing. */
    traceIds?: readonly string[];
    /** Where they can be opened, if it differs from the settings. */
    links?: Partial<Links>;
    /**
     * Instead of the traces, one report of the whole window. With one of `traceIds`, that trace is shown with the
     * judgement of the window.
     */
    window?: WindowSubject;
    /** The healthy traces to compare with; all if missing. */
    health?: Health;
  }>;

/** The forms of each trace of a file. */
export type FileForms = Omit<Forms, 'traceIds' | 'links' | 'window' | 'health' | 'brief'>;

/** All requested forms of one trace, already redacted and escaped for their destination. */
export type AnalysedTrace = Presented;

export type Session = Readonly<{
  /** Announces a body; its bytes follow in order. */
  body(id: string, head: BodyHead): void;
  /** Resolves when the bytes were accepted: at most 4 MB are in flight. */
  bytes(id: string, chunk: Uint8Array): Promise<void>;
  /** Rejects with UnreadableInputError if the body has the wrong format. */
  end(id: string): Promise<BodyCount>;
  /** The body ends early or never comes: its data so far is used, and the gap is reported. */
  abandon(id: string, gap: Gap): Promise<BodyCount>;
  /** Evidence that was never requested, or could not be read. */
  gap(gap: Gap): void;
  /** For the single trace, or for all data. */
  wanted(traceId?: string): Promise<Wanted>;
  /** Every trace, including healthy ones, as a request to that service. */
  requests(service: string): Promise<readonly SeenRequest[]>;
  /** The spans of one operation, in all data so far. */
  spans(asked: SpanQuestion): Promise<SeenSpans>;
  /** Errors whose earlier occurrence is worth a query: for a trace, or for a time window. */
  newErrors(of: string | WindowSubject): Promise<readonly EarlierQuestion[]>;
  /** How the newest rollout of a service does, by all data so far. */
  release(asked: ReleaseQuestion): Promise<PresentedRelease>;
  /** One for each trace so far; may be called again with more evidence. */
  reports(forms: Forms): Promise<readonly AnalysedTrace[]>;
  /**
   * The last call, trace by trace: each trace is dropped after its report, because a file may hold tens of thousands.
   * Among traces with the same problem, or none, only the first get full reports. A worker creates all reports before
   * it returns the first, and drops and shortens none.
   */
  eachReport(forms: FileForms): AsyncIterable<AnalysedTrace>;
  /**
   * All data as the files of a case, without credentials. Later reports use exactly these files, so a replay gives the
   * same report. The same bodies give the same bytes. Only if the settings request evidence.
   */
  evidence(): Promise<KeptEvidence>;
  /** Renders one of our SVGs as a PNG. */
  draw(svg: string): Promise<Uint8Array>;
  /** A text that is no part of the data, without its credentials. */
  redact(text: string): Promise<string>;
  /** Drops the traces and their results; lines and healthy traces stay for the next ones. */
  next(): Promise<void>;
  close(): Promise<void>;
}> &
  PostmortemDesk;
