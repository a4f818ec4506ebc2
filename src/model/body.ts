/** What a body of bytes is. `auto` is recognised by its content: a file says no more. */
export type BodyFormat = 'jaeger-json' | 'otlp-json' | 'loki-json' | 'log-jsonl' | 'auto';

/** What a body is evidence of. Baselines hold healthy traces, or lines, to compare with, and are never diagnosed themselves. */
export type BodyKind = 'trace' | 'logs' | 'baseline' | 'baseline-logs';
