import type { SpanIndex } from '#model/trace/columns.ts';

/** Numbers and names that a detector's sentences are made of. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/** Something that shows what a finding claims. `ref` is a span id, or a log line's time in nanoseconds. */
export type EvidenceItem = Readonly<{
  kind: 'span' | 'log' | 'metric' | 'change' | 'event';
  ref: string;
  text: string;
  /** Where its source shows it; missing where that follows from `ref`, or is not known. */
  url?: string;
  /** A line that may be another request's: it shares no more than a service, a client or a time with this one. */
  unsure?: boolean;
}>;

/** What a detector returns: where, how much, and the facts. No words, no judgement. */
export type Sighting = Readonly<{
  /** The service whose code, data store or dependency must change. */
  service: string;
  /** The operation that suffers; empty where the sighting is about the service. */
  operation: string;
  /** The first one is the one to open. Empty where only lines of a log show it. */
  spans: readonly SpanIndex[];
  /** How many others it is about: of very many only some are listed, which are no measure of all. */
  unlisted?: number;
  /** Of the log, the lines that show it, by their places in order of time. */
  lines?: readonly number[];
  /** At most how much shorter the trace gets if this is fixed, measured on the critical path. */
  wastedUs: number;
  /** Of the critical path beside that, what the callers do between these spans: it goes when they go, and is part of `explains`. */
  pausesUs?: number;
  /** By how much something began too late for which nobody in the trace waits, but somebody outside of it does. */
  lateUs?: number;
  /** Stretches of a caller's own time that this is the reason of. */
  explains?: readonly Stretch[];
  /** Nothing recorded names it: it follows from a gap, a missing span or the order of spans alone, and stays one of several things that it may be. */
  inferred?: true;
  facts: Facts;
  /** Further evidence than the spans: events, log lines. */
  evidence?: readonly EvidenceItem[];
}>;

/** `[startUs, endUs)` of a span's time, in microseconds from the trace's start. */
export type Stretch = Readonly<{ span: SpanIndex; startUs: number; endUs: number }>;

/** A finding in words. Each is one or two plain sentences without markup. */
export type Words = Readonly<{
  /** Names service, operation, cause and size: it becomes the verdict when this finding is the root. */
  title: string;
  explanation: string;
  remedy: string;
  /** What would prove this wrong. */
  check: string;
  /** Where nothing recorded tells: everything that it could be, the claim itself among it. */
  couldBe?: readonly Candidate[];
}>;

/** One of several things that something could be. */
export type Candidate = Readonly<{
  what: string;
  /** What would show that it is this one, as a clause: `a thread dump shows it waiting`. */
  shownBy: string;
}>;

export type Finding = Sighting &
  Words &
  Readonly<{
    detector: string;
    /** `runbooks/<detector>.md` */
    runbook: string;
  }>;

export type Severity = 'critical' | 'high' | 'medium' | 'low';

/** A finding that `diagnose/` has weighed. */
export type JudgedFinding = Finding &
  Readonly<{
    severity: Severity;
    /** Of the symptom, how much this explains, 0 to 1. */
    share: number;
    /** By how much the request would end earlier without this alone; less than `wastedUs` where other work runs beside it. */
    wonUs: number;
    /** How probable it is that this is the cause, 0 to 1: of all findings together at most 1. */
    confidence: number;
    /** Why it is not the verdict, as a clause; missing where the verdict, or the chain to it, names it. */
    whyNotFirst?: string;
  }>;
