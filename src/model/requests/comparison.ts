/** What differs between healthy and failing traces of one request. Texts are as they were recorded: nothing is redacted yet. */

import type { Gap } from '#model/finding/gap.ts';
import type { CallIndex } from '#model/requests/aligned-calls.ts';
import type { Share } from '#model/stats/proportion.ts';

/** `clear`: more than healthy traces differ among themselves. `uncertain`: there are too few of them to tell. */
export type Told = 'clear' | 'uncertain';

/** Where a call stands: `path` has the calls from the root to its caller. */
export type ComparedCall = Readonly<{
  call: CallIndex;
  service: string;
  operation: string;
  path: readonly string[];
  /** The first span of the first trace of each side; empty where that side does not make the call. */
  healthySpanId: string;
  failingSpanId: string;
}>;

/** Of several traces: the median, and what nine of ten stay within. */
export type Range = Readonly<{ median: number; low: number; high: number }>;

export type StructureChange = Readonly<{
  /** `failing`: the failure begins here. `moved`: the same call, made from another place. */
  change: 'failing' | 'more' | 'added' | 'missing' | 'fewer' | 'moved';
  at: ComparedCall;
  told: Told;
  /** How often a trace makes it; of those that make it at all. */
  healthyCount: Range;
  failingCount: Range;
  /** How many traces make it. */
  healthyTraces: number;
  failingTraces: number;
  /** Further calls below it that are missing or added with it. */
  below: number;
  /** Of the critical path, what the call and all below it hold more in the failing traces. */
  pathUs: number;
  /** What was recorded of the failure. */
  failure: string;
  /** The failing traces failed before they came to it. */
  afterFailure: boolean;
  /** How many of its spans in the failing traces failed. */
  failed: number;
  /** Where it stands in the healthy traces; only of `moved`. */
  from: readonly string[];
}>;

export type DurationChange = Readonly<{
  at: ComparedCall;
  told: Told;
  /** All spans of the call in one trace together. Microseconds. */
  healthyUs: Range;
  failingUs: Range;
  /** Less the time in which something below it ran. */
  healthyOwnUs: number;
  failingOwnUs: number;
  /** How much longer its own time holds the critical path; negative where it is shorter. */
  pathUs: number;
  /** Of what the request took longer, or less long; 0 where it took the same. */
  share: number;
}>;

export type AttributeChange = Readonly<{
  name: string;
  /** `resource`: of the process, so that it is the same for every call of the service; `line`: of lines of a log. */
  of: 'span' | 'resource' | 'event' | 'line';
  at: ComparedCall;
  /** Further calls that differ in just this. */
  also: number;
  told: Told;
  /** Most frequent first, at most three; empty where the attribute is not there. */
  healthy: readonly string[];
  failing: readonly string[];
  /** How many of the healthy traces have the failing value, too. */
  healthyWith: number;
  /** What it had in the healthy traces is now empty, null or not there. */
  isEmptied: boolean;
  /** What the value is: the outcome of the request, or something that went into it. */
  role: 'input' | 'outcome' | 'instance';
  /** Of numbers: failing to healthy; 0 for others. */
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
  /** Lines a trace. */
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
  /** None where only log lines are compared. */
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
  /** Of the roots, each once; 0 is left out. */
  statuses: readonly number[];
}>;

/** What says the most, and what stands beside it in the same place. */
export type Conclusion = Readonly<{
  told: Told | 'none';
  main: Telling | undefined;
  beside: Telling | undefined;
}>;

export type Telling = Readonly<
  | { kind: 'structure'; change: StructureChange }
  | { kind: 'duration'; change: DurationChange }
  /** The request takes longer, or less long, and no call by itself does. */
  | { kind: 'whole'; change: DurationChange }
  | { kind: 'attribute'; change: AttributeChange }
  | { kind: 'response'; change: ResponseChange }
  | { kind: 'log'; change: LogChange }
>;

export type Comparison = Readonly<{
  healthy: ComparedSide;
  failing: ComparedSide;
  /** Of log lines alone: how many stretches of the healthy time, each as long as the failing one. */
  periods?: number;
  /** Of the whole request; undefined where it took as long as it does in health. */
  whole: DurationChange | undefined;
  structure: readonly StructureChange[];
  /** Those that hold most of the critical path more than before first. */
  durations: readonly DurationChange[];
  attributes: readonly AttributeChange[];
  /** Undefined where a side has no log lines. */
  logs: readonly LogChange[] | undefined;
  responses: readonly ResponseChange[];
  conclusion: Conclusion;
  gaps: readonly Gap[];
}>;

/** Whether what was wrong before a fix is gone after it, and nothing else got worse. */
export type Verification = Readonly<{
  result: 'confirmed' | 'not-confirmed' | 'too-few';
  /** Why it is this result and no other. */
  reason:
    | 'gone'
    | 'no-fault-before'
    | 'remains'
    | 'not-back'
    | 'worse'
    | 'maybe-worse'
    | 'chance'
    | 'load'
    | 'no-traces';
  /** What was wrong; undefined where nothing was found. */
  cause: Readonly<{ kind: string; service: string; operation: string; title: string }> | undefined;
  before: FaultCount;
  after: FaultCount;
  /** How likely it is that no trace after would show the fault if nothing had changed. */
  chance: number;
  /** How many traces after it takes to bring that down to one in twenty. */
  needed: number;
  /** How many requests failed, and how likely as many after as there are if nothing had changed. */
  failures: Readonly<{ before: number; after: number; chance: number; isWorse: boolean }>;
  /** How long the whole request takes, the median. Undefined where every request before failed, and so ended early. */
  whole: Readonly<{ beforeUs: number; afterUs: number }> | undefined;
  /** Requests a minute; undefined where the traces of a side are too few to tell. */
  load: Readonly<{ before: number; after: number }> | undefined;
  /** What is worse than before, surely or perhaps; the gravest first. */
  worse: readonly GotWorse[];
}>;

/** How many traces there are, and how many show the fault. `us`: how long the call at fault, and what took its place, take in one of them, the median. */
export type FaultCount = Readonly<{ traces: number; withFault: number; us: number }>;

/** `uncertain`: it may be chance, or there are too few requests to tell. */
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
    /** A part of the requests is slower: `a tenth of the requests take more than 2 s, 300 ms before`. */
    | { kind: 'some'; words: string }
    | {
        kind: 'new-call';
        service: string;
        operation: string;
        /** The callee, where the operation does not name it. */
        whom: string;
        /** How long it takes, the median of the requests that make it. */
        us: number;
        made: Share;
      }
    /** A service or a store that nearly all requests asked before, and hardly any now. */
    | { kind: 'no-longer-asked'; name: string; before: Share; after: Share }
    | { kind: 'differs'; telling: Telling }
    | { kind: 'finding'; title: string }
    | { kind: 'elsewhere'; request: string; before: Share; after: Share }
  >;
