/** What is known of a detector beside how it detects: judgement, methods and workflows ask for it by a finding's detector. */
import type { CauseField } from '#model/finding/cause-fields.ts';
import type { Facts, Finding, Severity } from '#model/finding/finding.ts';
import type { ChecklistStep } from '#model/incident/checklist.ts';

/**
 *   mechanism     names why something is slow or fails
 *   failure       something failed; whether anybody suffered from it stands in the facts, as `reachedRoot`
 *   description   says where the time went, or that a number is odd, and names no mechanism: it is left out where a finding
 *                 explains that time, and is never more than inconclusive
 */
export type DetectorRole = 'mechanism' | 'failure' | 'description';

/** What a finding speaks of: it decides which other findings say the same, and say more. */
export type Coverage =
  /** What happens in its spans and below them. */
  | 'spans'
  /** That its calls are made, and not what happens inside of each. */
  | 'calls'
  /** Stretches of its spans in which nothing was recorded. */
  | 'gap'
  /** Whose time it is, without a reason: never before a finding that says more, however small. */
  | 'own-time'
  /** What the answer lacks. */
  | 'answer'
  /** What its log lines say. */
  | 'lines'
  /** That log lines tell of a failure, and not of which kind. */
  | 'failing-lines'
  /** Log lines on which nothing fails. */
  | 'harmless-lines'
  /** What a service shows over a time. */
  | 'service'
  /** A pod that does not run: what needs it cannot work. */
  | 'pod'
  /** The same requests that judgement compares with healthy ones: it is no evidence of its own. */
  | 'requests'
  /** Something that people changed. */
  | 'change';

/** A question for people, never an answer: what to ask, and where to look for it. */
export type NextWhy = Readonly<{ ask: string; lookAt: string }>;

export type NextWhys = Readonly<{
  /** What is asked where nothing recorded says why it is so. */
  unsaid: NextWhy;
  /**
   * Only for a detector that says that something is slow or failed, and not why. Where a plan, an error or a log line says
   * why, that answers the first question, and these follow it.
   */
  said?: readonly NextWhy[];
}>;

/** For a detector without a question of its own. */
export const USUAL_WHYS: NextWhys = {
  unsaid: {
    ask: 'Why does it behave like this?',
    lookAt: 'The log of this service at that time, and its code at the place that the span names.',
  },
};

/**
 * What a person runs to see whether a finding is the cause. A search for similar traces is offered for every span, and the
 * log of the service for every finding without a span.
 *
 *   log         the log of the service
 *   pod         kubectl describe pod
 *   plan        EXPLAIN of the statement
 *   lock-waits  which session of the database waits for which
 *   sessions    who holds the connections of the database
 */
export type CheckKind = 'log' | 'pod' | 'plan' | 'lock-waits' | 'sessions';

/**
 * Signs that judgement sees by itself, where no detector reports a finding. What it says of them has the name and the
 * runbook of the detector that lists the sign.
 */
export const JUDGED_SIGNS = [
  'own-time',
  'failure-origin',
  'failing-requests',
  'slow-answers',
  'full-resource',
  'full-pool',
  'reached-limit',
  'lock-wait',
  'slow-statement',
  'new-lines',
  'cut-calls',
] as const;
export type JudgedSign = (typeof JUDGED_SIGNS)[number];

export type DetectorTraits = Readonly<{
  id: string;
  title: string;
  /** Where `id` has its runbook. */
  runbook: `runbooks/${string}.md`;
  role: DetectorRole;
  /** Where it stands in the fishbone. What is found in `instrumentation` and `clock` is about the trace and not about the system. */
  field: CauseField;
  coverage: Coverage;
  nextWhys: NextWhys;
  checkQueries: readonly CheckKind[];
  /** Whether the evidence names the cause in words or numbers, rather than that its shape suggests it. `always`: it speaks only where that is so. */
  namesCause: 'always' | 'never' | ((finding: Pick<Finding, 'facts' | 'evidence'>) => boolean);
  /** How much people suffer from what it finds in a log; `high` where it is left out. Traces and windows show that themselves. */
  logSeverity?(facts: Facts): Severity;
  /** How other findings name the same thing in a sentence: where one does, the silence of this detector rules nothing out. */
  saidAs?: RegExp;
  /** Steps of the checklist that are done when it has looked, each with what was done. */
  ticks?: Partial<Readonly<Record<ChecklistStep, string>>>;
  signs?: readonly JudgedSign[];
}>;

/** All detectors that were loaded. */
export type Detectors = Readonly<{
  all: readonly DetectorTraits[];
  /** Of an id that no detector has, such as a kind of fault in a window: what is safe to assume of anything. */
  of(id: string): Omit<DetectorTraits, 'id' | 'runbook'>;
  /** The detector whose name a sign has. Throws where no detector lists it. */
  named(sign: JudgedSign): DetectorTraits;
  /** Whether it reads lines of a log and no trace. */
  isOfLogs(id: string): boolean;
}>;
