/**
 * The facts about a detector apart from detection: judgement, methods and workflows look them up by a finding's
 * detector.
 */
import type { CauseField } from '#model/finding/cause-fields.ts';
import type { Facts, Finding, Severity } from '#model/finding/finding.ts';
import type { ChecklistStep } from '#model/incident/checklist.ts';

/**
 *  mechanism     names why something is slow or fails
 *  failure       something failed; the fact `reachedRoot` says whether it affected the request
 *  description   says where the time went, or that a number is odd, without a mechanism: it is left out where a finding
 *                explains that time, and is never more than inconclusive
 */
export type DetectorRole = 'mechanism' | 'failure' | 'description';

/** What a finding covers: it decides which other findings say the same, and more. */
export type Coverage =
  /** Events in its spans and below them. */
  | 'spans'
  /** The fact that its calls are made, but not the work inside each call. */
  | 'calls'
  /** Times of its spans without any record. */
  | 'gap'
  /** The owner of the time, without a reason: behind a finding that says more, unless that holds far less time. */
  | 'own-time'
  /** The missing part of the response. */
  | 'answer'
  /** The content of its log lines. */
  | 'lines'
  /** The fact that log lines report a failure, without its kind. */
  | 'failing-lines'
  /** Log lines that make nothing fail. */
  | 'harmless-lines'
  /** The behaviour of a service over a time. */
  | 'service'
  /** A pod that does not run: its callers cannot work. */
  | 'pod'
  /** The same requests that judgement compares with healthy ones: it is no independent evidence. */
  | 'requests'
  /** A change that people made. */
  | 'change';

/** A question for people, never an answer, and where to look for the answer. */
export type NextWhy = Readonly<{ ask: string; lookAt: string }>;

export type NextWhys = Readonly<{
  /** The next question for people, where the evidence gives no reason. */
  unsaid: NextWhy;
  /**
   * Only for a detector that says that something is slow or failed, but not why. Where a plan, an error or a log line
   * says why, these follow as the next questions.
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
 * What a person runs to check whether a finding is the cause. Every span offers a search for similar traces, and every
 * finding without a span offers the log of its service.
 *
 *  log         the log of the service
 *  pod         kubectl describe pod
 *  plan        EXPLAIN of the statement
 *  lock-waits  which session of the database waits for which
 *  sessions    which clients hold the connections of the database
 */
export type CheckKind = 'log' | 'pod' | 'plan' | 'lock-waits' | 'sessions';

/**
 * Signs that judgement sees itself, where no detector reports a finding. They use the name and the runbook of the
 * detector that lists the sign.
 */
export const JUDGED_SIGNS = [
  'own-time',
  'failure-origin',
  'failing-requests',
  'early-timeout',
  'slow-answers',
  'full-resource',
  'sick-zone',
  'full-pool',
  'reached-limit',
  'lock-wait',
  'stopped-process',
  'slow-statement',
  'new-lines',
  'cut-calls',
  'lost-call',
  'never-made',
] as const;
export type JudgedSign = (typeof JUDGED_SIGNS)[number];

/**
 * What a harmless line of the request's own services may say, so that a finding is no fault.
 *
 *  reason         why the time is taken: a plan, a limit, a person, a machine
 *  work           how much was done, in the time that such work takes
 *  exported-rows  how many rows were copied, at the usual pace
 *  refill         that its cache was filled anew by plan, which takes one request a moment
 *  substitute     what was given instead of the failed part
 *  turn           that a lock lets one at a time do the work, which is what it is for
 *  attempt        that a later attempt did the work, of which no span came
 *  refusal        that a customer or a bank refused, as the failed call says, too
 *  setting        that a server replaces the process because of a setting
 */
export type Excuse =
  | 'reason'
  | 'work'
  | 'exported-rows'
  | 'refill'
  | 'substitute'
  | 'turn'
  | 'attempt'
  | 'refusal'
  | 'setting';

export type DetectorTraits = Readonly<{
  id: string;
  title: string;
  /** The runbook of `id`. */
  runbook: `runbooks/${string}.md`;
  role: DetectorRole;
  /** Its field in the fishbone. Findings of `instrumentation` and `clock` describe the trace data, not the system. */
  field: CauseField;
  coverage: Coverage;
  nextWhys: NextWhys;
  checkQueries: readonly CheckKind[];
  /**
   * Whether the evidence names the cause in words or numbers, not only by its shape. `always`: the detector reports
   * only such evidence.
   */
  namesCause: 'always' | 'never' | ((finding: Pick<Finding, 'facts' | 'evidence'>) => boolean);
  /** How much its log findings affect people; `high` by default. Traces and windows show that themselves. */
  logSeverity?(facts: Facts): Severity;
  /**
   * How recorded messages, events and lines name the same thing: such a record in another finding keeps the silence of
   * this detector from ruling it out.
   */
  saidAs?: RegExp;
  /** Each of these answers for the finding alone. None by default. */
  excusedBy?: readonly Excuse[];
  /** Checklist steps that are done once it has looked, each with what was done. */
  ticks?: Partial<Readonly<Record<ChecklistStep, string>>>;
  signs?: readonly JudgedSign[];
}>;

/** All loaded detectors. */
export type Detectors = Readonly<{
  all: readonly DetectorTraits[];
  /** Safe defaults for an id without a detector, such as a kind of fault in a window. */
  of(id: string): Omit<DetectorTraits, 'id' | 'runbook'>;
  /** The detector that lists this sign. Throws where none does. */
  named(sign: JudgedSign): DetectorTraits;
  /** Whether it reads log lines instead of a trace. */
  isOfLogs(id: string): boolean;
}>;
