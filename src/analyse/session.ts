/**
 * One analysis: bytes in, reports out. The same contract in this thread (`openSession`) and in a worker (`pool.ts`);
 * nothing but what stands here crosses.
 */

import type { RedactionConfig } from '#analyse/start-redaction.ts';
import type { Health, Links, WindowSubject } from '#model/finding/analysis.ts';
import type { FishboneCategories } from '#model/finding/cause-fields.ts';
import type { Severity } from '#model/finding/finding.ts';
import type { Gap } from '#model/finding/gap.ts';
import type { KeptEvidence } from '#model/incident/case.ts';
import type { EarlierQuestion } from '#model/logs/earlier-logs.ts';
import type { Ties } from '#model/logs/log-correlation.ts';
import type { Sample, SeenRequest } from '#model/requests/seen-request.ts';
import type { AskedFor } from '#model/trace/asked-for.ts';
import type { BodyFormat, BodyKind } from '#model/trace/build/body.ts';
import type { Presented, PresentedForms } from '#present/present.ts';

/** All settings of one analysis, plain data. */
export type SessionSettings = Readonly<{
  /** By detector id, then by the threshold's name; what is missing has its default. */
  thresholds: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Ids of detectors that do not look. */
  off?: readonly string[];
  /** By detector id, where every finding of it is to be called that. */
  severities?: Readonly<Record<string, Severity>>;
  links: Links;
  maxClockSkewUs: number;
  /** The categories of the fishbone; the usual ones without it. */
  fishbone?: FishboneCategories | undefined;
  /** What the one trace was asked for as; without it nobody asked for one. */
  asked?: AskedFor;
  /** What is taken out of every text; what is usual without it, and then by its kind alone. */
  redaction?: RedactionConfig;
  /** Where it is set, the bodies stay in memory until the session closes, for `evidence`. */
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
  /** The answer to a search: its traces are whole, and one that came before is not put together with it. */
  sample?: Sample | undefined;
  /** Of lines of earlier days: what they answer. */
  asks?: EarlierAsk;
}>;

/** Times in microseconds since the epoch. */
export type EarlierAsk = EarlierQuestion & Readonly<{ fromUs: number; toUs: number }>;

/** What a body held: spans or log lines; and how many traces, where it answers a search. */
export type BodyCount = Readonly<{ items: number; traces?: number }>;

/** What is worth asking for next, told by what has come so far. Times in microseconds since the epoch. */
export type Wanted = Readonly<{
  traceIds: readonly string[];
  services: readonly string[];
  operations: readonly string[];
  fromUs: number;
  toUs: number;
  /** By what else than its trace id the lines of a request can be known. */
  ties: Ties;
  /** Without any trace: ids of the requests whose lines say best how requests fail. */
  failing: readonly string[];
  /** Services of the traces of which no line is certain. */
  silent: readonly string[];
}>;

/** Which forms to make: a CLI wants text of a width, Slack wants blocks and a picture. */
export type Forms = PresentedForms &
  Readonly<{
    /** Only these traces; all that came without it. */
    traceIds?: readonly string[];
    /** Where they can be opened, where that is not as the settings say. */
    links?: Partial<Links>;
    /** Instead of the traces one report of all lines that came, whichever request they are of. */
    window?: WindowSubject;
    /** Which healthy traces the traces are compared with; all that came without it. */
    health?: Health;
  }>;

/** The forms of each trace of a file. */
export type FileForms = Omit<Forms, 'traceIds' | 'links' | 'window' | 'health' | 'brief'>;

/** Everything asked for of one trace, already redacted and escaped for where it goes. */
export type AnalysedTrace = Presented;

export type Session = Readonly<{
  /** Announces a body; its bytes follow in order. */
  body(id: string, head: BodyHead): void;
  /** Resolves when the bytes were taken: at most 4 MB are in flight. */
  bytes(id: string, chunk: Uint8Array): Promise<void>;
  /** Rejects with UnreadableInputError where the body is not what it should be. */
  end(id: string): Promise<BodyCount>;
  /** The body will not come (any further): what came is used as far as it goes, and the gap is reported. */
  abandon(id: string, gap: Gap): Promise<BodyCount>;
  /** Evidence that was never asked for or could not be. */
  gap(gap: Gap): void;
  /** For the one trace, or for all that came. */
  wanted(traceId?: string): Promise<Wanted>;
  /** Every trace that came, healthy ones as well, as a request to that service. */
  requests(service: string): Promise<readonly SeenRequest[]>;
  /** Errors of which it is worth asking whether they were there before: of a trace, or of a time. */
  newErrors(of: string | WindowSubject): Promise<readonly EarlierQuestion[]>;
  /** One for each trace that has come so far; may be asked again as more evidence comes. */
  reports(forms: Forms): Promise<readonly AnalysedTrace[]>;
  /**
   * The same for the last time, and one by one: with its report a trace is forgotten. A file may hold tens of thousands; of
   * those in which the same is wrong, or nothing, only the first are told of at length. A worker makes all of them before the first one is
   * handed over, and forgets and shortens none.
   */
  eachReport(forms: FileForms): AsyncIterable<AnalysedTrace>;
  /**
   * What has come, as the files of a case without credentials. Reports that are made after it rest on just these files:
   * replayed, they give the same. The same bodies give the same bytes. Only where the settings ask for it.
   */
  evidence(): Promise<KeptEvidence>;
  /** An SVG of ours as a PNG. */
  draw(svg: string): Promise<Uint8Array>;
  /** Forgets the traces that have come, and what was said of them; lines and healthy traces stay, for the next ones. */
  next(): Promise<void>;
  close(): Promise<void>;
}>;
