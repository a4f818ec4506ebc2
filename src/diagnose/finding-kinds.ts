/** What kinds of findings there are, as far as judgement tells them apart. Detector ids. */

/** Something failed. Whether anybody suffered from it stands in the facts, as `reachedRoot`. */
export const FAILURES: ReadonlySet<string> = new Set([
  'circuit-open',
  'error-origin',
  'poison-message',
  'retry-storm',
  'swallowed-error',
  'timeout-cascade',
]);

/** About the record and not about the system: they cause nothing and follow from nothing. */
export const ABOUT_THE_TRACE: ReadonlySet<string> = new Set(['broken-trace', 'clock-skew']);

/** Says only whose time it is: never before a finding that says more, however small. */
export const WITHOUT_A_REASON = 'bottleneck';

/** Other than in healthy traces: slower, or more often. Any mechanism on the same spans says more. */
export const AGAINST_BASELINE: ReadonlySet<string> = new Set(['slower-than-baseline', 'span-count-anomaly']);

/** What the detectors are, as far as judgement needs it. */
export type DetectorFacts = Readonly<{
  /** Ids of detectors that describe where time went without naming a mechanism. */
  descriptive: ReadonlySet<string>;
  /** Ids of detectors that read lines of a log and no trace. */
  ofLogs: ReadonlySet<string>;
  /** Detectors that looked and found nothing, with what that means; of no service. The same objects for many traces. */
  cleared: readonly Readonly<{ kind: string; service: ''; why: string }>[];
}>;
