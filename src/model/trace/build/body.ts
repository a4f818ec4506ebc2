/** What a body of bytes is. `auto` is recognised by its content: a file says no more. */
export type BodyFormat =
  | 'jaeger-json'
  | 'otlp-json'
  | 'loki-json'
  | 'log-jsonl'
  | 'prometheus-json'
  | 'tempo-metrics-json'
  | 'kubernetes-json'
  | 'database-json'
  | 'auto';

/**
 * Between the answers of a store that could not give all lines in one: each is a line. The next may begin with lines of
 * the instant with which the one before ended, which count once.
 */
export const ANSWER_SEPARATOR = '\n';

/**
 * What a body is evidence of. Baselines hold healthy traces, or lines, to compare with, and are never diagnosed themselves;
 * earlier logs say whether something was logged in the days before.
 */
export type BodyKind =
  | 'trace'
  | 'logs'
  | 'baseline'
  | 'baseline-logs'
  | 'earlier-logs'
  | 'metrics'
  | 'platform'
  | 'database'
  | 'changes';
