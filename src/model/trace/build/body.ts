/** The format of a response body. `auto` is recognised by its content: a file gives no other hint. */
export type BodyFormat =
  | 'jaeger-json'
  | 'otlp-json'
  | 'zipkin-json'
  | 'loki-json'
  | 'log-jsonl'
  | 'prometheus-json'
  | 'tempo-metrics-json'
  | 'kubernetes-json'
  | 'database-json'
  | 'auto';

/** The formats of traces that files may have, for texts. */
export const TRACE_FORMATS =
  'Jaeger JSON, OTLP JSON, Tempo JSON, Zipkin v2 JSON or spans of Datadog’s API, plain or gzipped';

/**
 * Separates the responses of a store that could not return all lines in one; each response is a line. The next response
 * may begin with lines of the instant at which the previous one ended; they count once.
 */
export const ANSWER_SEPARATOR = '\n';

/**
 * The kind of evidence in a body. Baselines hold healthy traces or lines for comparison, and are never diagnosed;
 * earlier logs show whether something was logged in the days before.
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
