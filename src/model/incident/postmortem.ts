/**
 * The draft of a postmortem as data. It invents nothing: every statement cites its source, and where the record has
 * nothing the section says so and asks people.
 *
 *   T1, T2 …  a row of the timeline     F1, F2 …  a finding     E1, E2 …  a diagnosed trace and its case
 *
 * Every text names roles instead of known people. A sentence quotes people's words only where no word may be a name.
 * Names of people appear under "Responders", in the author column of the timeline, and as owners of action items.
 */

import type { Rule } from '#model/blameless/lint.ts';
import type { KnownBy } from '#model/finding/diagnosis.ts';
import type { FiveWhys } from '#model/finding/methods.ts';
import type {
  ActionItem,
  Incident,
  IncidentMetrics,
  ItemType,
  Severity,
  TimelineEntry,
  WithdrawnEntry,
} from '#model/incident/incident.ts';
import type { ItemProbe } from '#model/incident/item-probe.ts';
import type { Acceptance } from '#model/incident/postmortem-acceptance.ts';
import type { Comment } from '#model/incident/postmortem-comments.ts';
import type { Question } from '#model/incident/postmortem-questions.ts';
import type { PostmortemTemplate, SectionId } from '#model/incident/postmortem-template.ts';
import type { FeedbackAnswers } from '#model/incident/said-cause.ts';
import type { SimilarIncident } from '#model/incident/similar-incident.ts';
import type { SloObjective } from '#model/incident/slo-objective.ts';
import type { RequestCounts } from '#model/requests/request-counts.ts';

/** One diagnosis of the incident: the parts read from its report, and the case with its evidence. */
export type DiagnosedEvidence = Readonly<{
  investigationId: string;
  traceId: string;
  /** Where a person opens it; '' where there is no such place. */
  link: string;
  /** The first request that it looked at; undefined for a window. */
  request: Readonly<{ service: string; operation: string; startUs: number; durationUs: number }> | undefined;
  /** Where its time went: the operations with most time on the critical path, in order of their first step. */
  path?: readonly PathOperation[] | undefined;
  /** A healthy request of the same operation. */
  healthy?: ComparedRequest | undefined;
  /** The request that showed that the fix works. */
  fixed?: ComparedRequest | undefined;
  spanCount: number;
  errorCount: number;
  findings: readonly ReportedFinding[];
  /** Undefined where nothing was wrong. */
  diagnosis: ReportedDiagnosis | undefined;
  gaps: readonly Readonly<{ source: string; problem: string; consequence: string }>[];
  /** Undefined where nothing was wrong, and in a report of an older version. */
  whys: FiveWhys | undefined;
  /** When the first request in it began that failed or had a failed call; undefined where none is known. */
  firstFailureUs?: number | undefined;
  /** The nearest changes before it began, without the words of people. */
  changes?: readonly Readonly<{ atUs: number; text: string }>[] | undefined;
  /** Undefined where no requests were counted. */
  affected?: CountedRequests | undefined;
  /** The answers to "Was this right?": the last one of each person. */
  answers?: FeedbackAnswers | undefined;
  /** The id of the hypothesis that makes the verdict's claim: `H1`. */
  hypothesis?: string | undefined;
  /** Undefined where no case was kept. */
  case: Readonly<{ folder: string; seal: string; files: number }> | undefined;
}>;

/** Microseconds from the start of the request. */
export type PathOperation = Readonly<{
  service: string;
  operation: string;
  bars: readonly Readonly<{ startUs: number; endUs: number }>[];
}>;

export type ComparedRequest = Readonly<{ startUs: number; durationUs: number; path: readonly PathOperation[] }>;

/** The counts, with their service and time. Microseconds since the epoch. */
export type CountedRequests = RequestCounts & Readonly<{ service: string; fromUs: number; toUs: number }>;

export type ReportedFinding = Readonly<{
  detector: string;
  service: string;
  operation: string;
  title: string;
  explanation: string;
  remedy: string;
  check: string;
  runbook: string;
  evidence: readonly Readonly<{ kind: string; ref: string; text: string }>[];
}>;

export type ReportedDiagnosis = Readonly<{
  verdict: string;
  status: 'confirmed' | 'likely' | 'inconclusive';
  kind: string;
  /** The kind in words. */
  title?: string | undefined;
  service: string;
  /** Reports of older versions do not say how it is known. */
  change: Readonly<{ id: string; kind: string; service: string; at: string; knownBy?: KnownBy }> | null;
  /** Indexes into the findings: `finding` happened because of `because`. */
  chain: readonly Readonly<{ finding: number; because: number }>[];
  ruledOut: readonly Readonly<{
    kind: string;
    title?: string | undefined;
    service: string;
    why: string;
    /** Of the same field as the verdict, such as the database: what people would suspect next. */
    isAkin?: boolean | undefined;
  }>[];
}>;

export type PostmortemRecord = Readonly<{
  incident: Incident;
  entries: readonly TimelineEntry[];
  withdrawn?: readonly WithdrawnEntry[] | undefined;
  actionItems: readonly ActionItem[];
  /** Oldest first. */
  diagnoses: readonly DiagnosedEvidence[];
  similar: readonly SimilarIncident[];
  /** What the alert with this entry tells of its objective; undefined where none tells one. */
  objective?: (SloObjective & Readonly<{ entryId: string }>) | undefined;
  /** How many other incidents the workspace has. */
  others: number;
  /** The display names of the people of this incident, by id, as far as they are known. */
  names: ReadonlyMap<string, string>;
  /** All names of people of the workspace, by id: to recognise them in texts. */
  otherNames?: ReadonlyMap<string, readonly string[]> | undefined;
  /**
   * How many minutes the clock of its author was ahead of UTC when an entry was written, by the id of the entry. Without
   * those whose zone Slack does not tell.
   */
  clocks?: ReadonlyMap<string, number> | undefined;
  /** @default the built-in one */
  templates?: readonly PostmortemTemplate[] | undefined;
}>;

/** Words, and instants that each output form formats itself. */
export type Words = readonly (string | Readonly<{ atUs: number }>)[];

export type Statement = Readonly<{ words: Words; cites: readonly string[] }>;

/** `own`: a section of the team's template. */
export type PostmortemSection = DraftedSection & Readonly<{ id: SectionId | 'own' }>;

export type DraftedSection = Readonly<{
  title: string;
  /** 2 for a heading of the guide, 3 for a part of one. */
  level: 2 | 3;
  statements: readonly Statement[];
  table: 'metrics' | 'timeline' | 'evidence' | 'action-items' | 'links' | undefined;
  /** What the record does not hold, one sentence each. */
  missing: readonly string[];
  /** Questions for people. Each begins with what or how: "why did you" looks for somebody to blame. */
  questions: readonly string[];
  /** Those of the questions that people answer in Slack. */
  answerable: readonly Question[];
}>;

export type PostmortemMetric = Readonly<{
  name: string;
  /** `3 min`; undefined where the record does not have both ends. */
  value: string | undefined;
  means: string;
  cites: readonly string[];
}>;

export type PostmortemRow = Readonly<{
  mark: string;
  atUs: number;
  /** Since the row before, in whole seconds as people read the times; undefined for the first one. */
  sinceUs: number | undefined;
  /** Only where the note was made later than the event. */
  notedUs: number | undefined;
  kind: TimelineEntry['kind'];
  text: string;
  source: string;
  link: string;
  /** As the entry has them. */
  value: string;
  from: string | undefined;
  /** Where the row stands for many entries of one source that differ only in numbers: their number, and the last one. */
  repeated?: Readonly<{ count: number; untilUs: number; lastText: string }> | undefined;
}>;

export type PostmortemFinding = Readonly<ReportedFinding & { mark: string; evidenceMark: string; link: string }>;
export type PostmortemEvidence = Readonly<
  DiagnosedEvidence & {
    mark: string;
    /** People's answers against the verdict, and for it; undefined where nobody answered. */
    doubt: Said | undefined;
    support: Said | undefined;
  }
>;
/** A clause, and the entries that it rests on besides the evidence itself. */
export type Said = Readonly<{ text: string; cites: readonly string[] }>;
export type PostmortemActionItem = Readonly<
  Pick<ActionItem, 'text' | 'owner' | 'due' | 'state' | 'reason' | 'type' | 'issue'> & { mark: string }
>;

/** An action item that the record suggests, and what it rests on. */
export type Proposal = Readonly<{
  /** The same for the same suggestion in every draft. */
  id: string;
  type: ItemType;
  text: string;
  cites: readonly string[];
  /** The check that the form proposes; undefined where the record suggests none. */
  probe?: ItemProbe | undefined;
}>;

/** A sentence that a person wrote and that should be another one. */
export type Rewrite = Readonly<{
  /** The entry or the action item; '' for the title. */
  mark: string;
  sentence: string;
  rule: Rule;
  /** A postmortem with it must not be published. */
  blocks: boolean;
  /** What to write in its place. */
  advice: string;
}>;

/** The step at which the impact began. */
export const IMPACT_BEGAN = 'Impact began';

export type Postmortem = Readonly<{
  /** Its texts name roles in place of people. */
  incident: Incident;
  name: string;
  /** `Postmortem of INC-7: Logins fail`, or `Postmortem of INC-7` where the incident's title blames somebody. */
  title: string;
  /** Undefined where the timeline has no declaration. */
  declaredSeverity: Severity | undefined;
  /** Undefined while it is a draft: until a person accepts it. */
  acceptance: Acceptance | undefined;
  /** What people commented on its sections, in order of time. No section tells of them. */
  comments: readonly Comment[];
  /** The id of the person who was asked to review it. */
  reviewer: string | undefined;
  /** The last time at which the record grew. */
  asOfUs: number;
  /** When it should be reviewed; undefined while the incident is open and where no rule names a time. */
  reviewByUs: number | undefined;
  metrics: IncidentMetrics;
  /** When the impact began, the first alert and what followed, oldest first; only those that the record has. */
  steps: readonly Readonly<{ name: string; atUs: number; mark: string }>[];
  metricRows: readonly PostmortemMetric[];
  timeline: readonly PostmortemRow[];
  /** The rows of the timeline that people linked. */
  links: readonly PostmortemRow[];
  findings: readonly PostmortemFinding[];
  evidence: readonly PostmortemEvidence[];
  actionItems: readonly PostmortemActionItem[];
  sections: readonly PostmortemSection[];
  /** The few questions of the sections that people should answer first. */
  firstQuestions: readonly string[];
  /** The same, with how each is answered. */
  firstAnswerable: readonly Question[];
  proposals: readonly Proposal[];
  /** The most urgent first. */
  rewrites: readonly Rewrite[];
}>;
