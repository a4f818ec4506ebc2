import type { SpanIndex } from '#model/trace/columns.ts';

/** Numbers and names that a detector's sentences are made of. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/** Evidence for a finding's claim. `ref` is a span id, or a log line's time in nanoseconds. */
export type EvidenceItem = Readonly<{
  kind: 'span' | 'log' | 'metric' | 'change' | 'event';
  ref: string;
  text: string;
  /** Its URL in the source; missing where that follows from `ref`, or is unknown. */
  url?: string;
  /** The line may belong to another request: it shares only a service, a client or a time with this one. */
  unsure?: boolean;
}>;

/** What a detector returns: where, how much, and the facts. No words, no judgement. */
export type Sighting = Readonly<{
  /** The service whose code, data store or dependency must change. */
  service: string;
  /** The affected operation; missing where the sighting is about the service. */
  operation?: string;
  /** The first one is the one to open. Missing where no span of one trace shows it. */
  spans?: readonly SpanIndex[];
  /** Those of `spans` that only waited above, or passed the failure on: they are no cause. */
  callers?: readonly SpanIndex[];
  /** How many further spans it is about: of very many only some are listed, and those are no measure of all. */
  unlisted?: number;
  /** The log lines that show it, by their positions in order of time. */
  lines?: readonly number[];
  /** At most how much shorter the trace gets if this is fixed, measured on the critical path; 0 where missing. */
  wastedUs?: number;
  /**
   * The additional time on the critical path that the callers spend between these spans: it goes when they go, and is
   * part of `explains`.
   */
  pausesUs?: number;
  /** The delay of work that no span of the trace waits for, but that people or systems outside wait for. */
  lateUs?: number;
  /** Parts of a caller's own time that this explains. */
  explains?: readonly Stretch[];
  /**
   * Nothing recorded names it: it follows only from a gap, a missing span or the order of spans, and stays one of
   * several possible causes.
   */
  inferred?: true;
  /** Healthy requests of the same operation have as much of it. */
  isUsual?: true;
  /** What other instances of its service logged then, where nothing shows which of them served the request. */
  otherInstances?: readonly string[];
  facts: Facts;
  /** Evidence beyond the spans: events, log lines. */
  evidence?: readonly EvidenceItem[];
}>;

/** `[startUs, endUs)` of a span's time, in microseconds from the trace's start. */
export type Stretch = Readonly<{ span: SpanIndex; startUs: number; endUs: number }>;

/** A finding in words. Each is one or two plain sentences without markup. */
export type Words = Readonly<{
  /** Names service, operation, cause and size: it becomes the verdict when this finding is the root cause. */
  title: string;
  explanation: string;
  remedy: string;
  /** What would prove this wrong. */
  check: string;
  /** Where nothing recorded names the cause: all possible causes, including the claim itself. */
  couldBe?: readonly Candidate[];
  /** Detectors whose cause these sentences name beside their own: their silence rules nothing out. */
  names?: readonly string[];
  headline?: Headline;
  /** Facts of one line each for the first message; missing where the title and the explanation have them. */
  reasons?: readonly string[];
}>;

/**
 * The first line of an answer, in two clauses without brackets and with at most one number together: what is wrong for
 * whom, and why. Names go through `inWords`. Missing where the title, shortened, says as much.
 */
export type Headline = Readonly<{
  /** Missing where the symptom says it: `POST /login fails`. */
  what?: string;
  /** `user-service has run out of database connections`. Missing where `what` says all. */
  why?: string;
  /** A clause after `what` that is true of whole evidence only: `nothing records why`. */
  unrecorded?: string;
  /** `what` is how the evidence was understood, and no observation: an unsure answer says so. */
  isReading?: true;
}>;

/** One of several possible causes. */
export type Candidate = Readonly<{
  what: string;
  /** What would confirm this one, as a clause: `a thread dump shows it waiting`. */
  shownBy: string;
  /** The detectors of this cause: their silence does not rule it out. */
  names?: readonly string[];
  /** Recorded words that `what` quotes. */
  quotes?: readonly string[];
}>;

export type SpanSighting = Sighting & Required<Pick<Sighting, 'operation' | 'spans' | 'wastedUs'>>;

export type Finding = SpanSighting &
  Words &
  Readonly<{
    detector: string;
    /** `runbooks/<detector>.md` */
    runbook: string;
  }>;

export type Severity = 'critical' | 'high' | 'medium' | 'low';

/** How many of the examined requests show a finding, and how many healthy ones they were compared with. */
export type Reach = Readonly<{
  requests: number;
  of: number;
  /** Of the baseline; both 0 where nothing was compared. */
  healthy: number;
  ofHealthy: number;
}>;

/** A finding that `diagnose/` has weighed. */
export type JudgedFinding = Finding &
  Readonly<{
    severity: Severity;
    /** The share of the symptom that this explains, 0 to 1. */
    share: number;
    /**
     * How much earlier the request would end without this alone; less than `wastedUs` where other work runs in
     * parallel.
     */
    wonUs: number;
    /** The probability that this is the cause, 0 to 1; over all findings the sum is at most 1. */
    confidence: number;
    /** Missing where no single request can show it: a level, a change, a pod, or all requests together. */
    reach?: Reach;
    /** Why it is not the verdict, as a clause; missing where the verdict, or the chain to it, names it. */
    whyNotFirst?: string;
  }>;

/** The spans that are the cause, without those that only waited for them. */
export function ownSpans({ spans, callers = [] }: Pick<Finding, 'spans' | 'callers'>): readonly SpanIndex[] {
  if (callers.length === 0) return spans;
  const above = new Set(callers);
  return spans.filter((span) => !above.has(span));
}
