/** The differences between healthy and failing traces of one request. Texts are as recorded, before redaction. */

import type { Gap } from '#model/finding/gap.ts';
import type { CallIndex } from '#model/requests/aligned-calls.ts';
import type { Share } from '#model/stats/proportion.ts';

/** `clear`: larger than the differences among healthy traces. `uncertain`: there are too few of them. */
export type Told = 'clear' | 'uncertain';

/** The place of a call: `path` has the calls from the root to its caller. */
export type ComparedCall = Readonly<{
  call: CallIndex;
  service: string;
  operation: string;
  path: readonly string[];
  /** The first span of the first trace of each side; empty where that side does not make the call. */
  healthySpanId: string;
  failingSpanId: string;
}>;

/** Over several traces: the median, and the range of nine in ten. */
export type Range = Readonly<{ median: number; low: number; high: number }>;

export type StructureChange = Readonly<{
  /** `failing`: the failure begins here. `moved`: the same call, made from another place. */
  change: 'failing' | 'more' | 'added' | 'missing' | 'fewer' | 'moved';
  at: ComparedCall;
  told: Told;
  /** How often a trace makes it, among those that make it at all. */
  healthyCount: Range;
  failingCount: Range;
  /** How many traces make it. */
  healthyTraces: number;
  failingTraces: number;
  /** Further calls below it that are missing or added with it. */
  below: number;
  /** How much more of the critical path the call and everything below it hold in the failing traces. */
  pathUs: number;
  /** The recorded failure. */
  failure: string;
  /** The failing traces failed before they reached it. */
  afterFailure: boolean;
  /** How many of its spans failed in the failing traces. */
  failed: number;
  /** Its place in the healthy traces; only for `moved`. */
  from: readonly string[];
}>;

export type DurationChange = Readonly<{
  at: ComparedCall;
  told: Told;
  /** All spans of the call in one trace together. Microseconds. */
  healthyUs: Range;
  failingUs: Range;
  /** Without the time in which something below it ran. */
  healthyOwnUs: number;
  failingOwnUs: number;
  /** How much longer its own time holds the critical path; negative where it is shorter. */
  pathUs: number;
  /** As a share of the request's longer or shorter duration; 0 where it took the same time. */
  share: number;
}>;

export type AttributeChange = Readonly<{
  name: string;
  /** `resource`: of the process, so equal for every call of the service; `line`: from log lines. */
  of: 'span' | 'resource' | 'event' | 'line';
  at: ComparedCall;
  /** How many more calls have this difference. */
  also: number;
  told: Told;
  /** Most frequent first, at most three; empty where the attribute is not there. */
  healthy: readonly string[];
  failing: readonly string[];
  /** How many of the healthy traces also have the failing value. */
  healthyWith: number;
  /** Its value in the healthy traces is now empty, null or missing. */
  isEmptied: boolean;
  /** The role of the value: the outcome of the request, or an input. */
  role: 'input' | 'outcome' | 'instance';
  /** For numbers: failing divided by healthy; 0 for others. */
  ratio: number;
}>;

export type LogChange = Readonly<{
  change: 'appeared' | 'vanished' | 'more' | 'fewer';
  template: string;
  /** One line of it. */
  example: string;
  service: string;
  level: string;
  told: Told;
  /** Lines per trace. */
  healthyCount: number;
  failingCount: number;
  healthyTraces: number;
}>;

export type ResponseChange = Readonly<{
  at: ComparedCall;
  measure: 'bytes' | 'rows';
  told: Told;
  healthy: Range;
  failing: number;
}>;

export type ComparedTrace = Readonly<{ traceId: string; startUs: number; durationUs: number; failed: boolean }>;

export type ComparedSide = Readonly<{
  /** Empty where only log lines are compared. */
  traces: readonly ComparedTrace[];
  /** How many log lines; only where there are no traces. */
  lines?: number;
  /** `GET /orders on web` */
  request: string;
  /** How they were chosen, as a clause. */
  chosen: string;
  durationUs: Range;
  /** How many of them failed. */
  failed: number;
  /** The statuses of the roots, each once, without 0. */
  statuses: readonly number[];
}>;

/** The most telling difference, and what differs in the same place. */
export type Conclusion = Readonly<{
  told: Told | 'none';
  main: Telling | undefined;
  beside: Telling | undefined;
}>;

export type Telling = Readonly<
  | { kind: 'structure'; change: StructureChange }
  | { kind: 'duration'; change: DurationChange }
  /** The request takes longer or shorter, but no single call does. */
  | { kind: 'whole'; change: DurationChange }
  | { kind: 'attribute'; change: AttributeChange }
  | { kind: 'response'; change: ResponseChange }
  | { kind: 'log'; change: LogChange }
>;

/** A difference that makes the request longer or shorter. */
export type TimeChange = Readonly<
  | { kind: 'duration'; change: DurationChange }
  /** `share`: as of a duration. */
  | { kind: 'structure'; change: StructureChange; share: number }
>;

/** What the two sides are to each other. Only differences within one request can be faults. */
export type Relation = 'one-request' | 'different-requests' | 'same-traces';

export type Comparison = Readonly<{
  relation: Relation;
  healthy: ComparedSide;
  failing: ComparedSide;
  /** For log lines alone: the number of healthy periods, each as long as the failing one. */
  periods?: number;
  /** For the whole request; undefined where it took as long as in the baseline. */
  whole: DurationChange | undefined;
  structure: readonly StructureChange[];
  /** Those with the most additional time on the critical path first. */
  durations: readonly DurationChange[];
  /** Durations, and calls that are made on one side only or more often; those with the most time first. */
  times: readonly TimeChange[];
  attributes: readonly AttributeChange[];
  /** Undefined where a side has no log lines. */
  logs: readonly LogChange[] | undefined;
  responses: readonly ResponseChange[];
  conclusion: Conclusion;
  gaps: readonly Gap[];
  /** Too few healthy traces to show how much they vary. The conclusion depends on it, so it is no gap like the others. */
  few: Gap | undefined;
}>;

/** Whether the fault before a fix is gone after it, and nothing else got worse. */
export type Verification = Readonly<{
  result: 'confirmed' | 'not-confirmed' | 'too-few';
  /** The reason for this result. */
  reason:
    | 'gone'
    | 'no-fault-before'
    | 'remains'
    | 'not-back'
    /** The call at fault is no longer made, or in far fewer requests: that is no proof. */
    | 'not-made'
    | 'worse'
    | 'maybe-worse'
    | 'chance'
    | 'load'
    | 'no-traces';
  /** The fault; undefined where nothing was found. */
  /** `problem`: the title of the detector. `title`: that of its finding. */
  cause: Readonly<{ kind: string; problem: string; service: string; operation: string; title: string }> | undefined;
  before: FaultCount;
  after: FaultCount;
  /** The chance that no trace after would show the fault if nothing had changed. */
  chance: number;
  /** How many traces after are needed to bring that down to one in twenty. */
  needed: number;
  /** How many requests failed, and the chance of as many after if nothing had changed. */
  failures: Readonly<{ before: number; after: number; chance: number; isWorse: boolean }>;
  /** The median duration of the whole request. Undefined where every request before failed, and so ended early. */
  whole: Readonly<{ beforeUs: number; afterUs: number }> | undefined;
  /** Requests per minute; undefined where a side has too few traces. */
  load: Readonly<{ before: number; after: number }> | undefined;
  /** New calls since the fix; where the call at fault is no longer made, one of them may be it under another name. */
  added: readonly Readonly<{ service: string; operation: string; us: number }>[];
  /** What got worse, certainly or perhaps; the most severe first. */
  worse: readonly GotWorse[];
}>;

/**
 * How many traces there are, and how many show the fault. `made`: how many make the call at fault, or what replaced it;
 * all where the fault is no call. `us`: the median of its time in one trace that makes it.
 */
export type FaultCount = Readonly<{ traces: number; withFault: number; made: number; us: number }>;

/** `uncertain`: it may be chance, or there are too few requests. */
export type GotWorse = Readonly<{ told: Told }> &
  Readonly<
    | {
        kind: 'failures';
        before: Share;
        after: Share;
        /** The fault was a failure, and requests still fail of something else. */
        still: boolean;
      }
    /** Requests were refused (4xx), which is no failure of the service. */
    | { kind: 'refusals'; before: Share; after: Share }
    | { kind: 'whole'; beforeUs: number; afterUs: number }
    /** Some of the requests are slower: `the p90 latency is 2 s, 300 ms before`. */
    | { kind: 'some'; words: string }
    | {
        kind: 'new-call';
        service: string;
        operation: string;
        /** The callee, where the operation does not name it. */
        whom: string;
        /** Its median duration in the requests that make it. */
        us: number;
        made: Share;
      }
    /** A service or a database that nearly all requests called before, and hardly any now. */
    | { kind: 'no-longer-asked'; name: string; before: Share; after: Share }
    | { kind: 'differs'; telling: Telling }
    | { kind: 'finding'; title: string }
    | { kind: 'elsewhere'; request: string; before: Share; after: Share }
  >;
