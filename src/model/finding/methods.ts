/**
 * A diagnosis in the forms in which people reason about an incident: the 5 Whys, hypotheses, a fishbone, what failed
 * first, the checklist. Each is made from evidence and marks where the evidence ends; people fill the rest.
 */
import type { EvidenceItem } from '#model/finding/finding.ts';

/**
 * The evidence for a statement. `ref` is a span's id, a log line's time in nanoseconds, the number of a finding or of a
 * ruled out cause in the report, or a detector's id.
 */
export type Citation = Readonly<{
  kind: EvidenceItem['kind'] | 'finding' | 'ruled-out' | 'detector';
  ref: string;
  text: string;
  /** Where it can be seen; '' where there is no such place, or before a report is made. */
  url: string;
}>;

/** `shown`: the evidence says it. `suggested`: its shape suggests it. `open`: the evidence ends before it. */
export type WhyStanding = 'shown' | 'suggested' | 'open';

export type Why = Readonly<{
  /** From 1. */
  number: number;
  standing: WhyStanding;
  /** The answer; for an open one, the question for people. */
  text: string;
  evidence: readonly Citation[];
  /** For an open one: what to look at next. */
  lookAt: string;
}>;

export type FiveWhys = Readonly<{ symptom: string; evidence: readonly Citation[]; whys: readonly Why[] }>;

/** Only a person sets `confirmed`. */
export type HypothesisState = 'open' | 'supported' | 'refuted' | 'confirmed';

export type CheckQuery = Readonly<{ language: 'TraceQL' | 'LogQL' | 'SQL' | 'kubectl'; text: string }>;

/** The claim that this is the cause. */
export type Hypothesis = Readonly<{
  /** `H1` */
  id: string;
  claim: string;
  kind: string;
  service: string;
  operation: string;
  state: HypothesisState;
  supports: readonly Citation[];
  contradicts: readonly Citation[];
  /** What would prove it wrong, and the queries that show it. */
  check: string;
  queries: readonly CheckQuery[];
}>;

/** The first failure of each operation and kind of evidence. */
export type FirstFailure = Readonly<{
  /** Since the trace's start, and since the failure before; microseconds. */
  atUs: number;
  afterUs: number;
  service: string;
  operation: string;
  text: string;
  evidence: Citation;
}>;

export type FishboneEntry = Readonly<{
  /** `question`: no evidence covers it, but people may know. */
  standing: 'found' | 'ruled-out' | 'not-looked-at' | 'question';
  text: string;
  evidence: readonly Citation[];
}>;

export type FishboneCategory = Readonly<{
  name: string;
  /** `nothing-found` where something was examined, `not-looked-at` where nothing was. */
  state: 'found' | 'nothing-found' | 'not-looked-at';
  entries: readonly FishboneEntry[];
}>;

export type Fishbone = Readonly<{ effect: string; categories: readonly FishboneCategory[] }>;

export type ChecklistItem = Readonly<{
  id: string;
  text: string;
  /** What was done, where something completed the step; otherwise it is open. */
  done: string;
  evidence: readonly Citation[];
}>;

export type ChecklistBox = Readonly<{ title: string; minutes: number; items: readonly ChecklistItem[] }>;

export type Methods = Readonly<{
  /** Null where nothing is wrong with the request. */
  fiveWhys: FiveWhys | null;
  hypotheses: readonly Hypothesis[];
  fishbone: Fishbone;
  firstFailures: readonly FirstFailure[];
  checklist: readonly ChecklistBox[];
}>;
