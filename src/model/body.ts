/** What a body of bytes is. `auto` is recognised by its content: a file says no more. */
export type BodyFormat = 'jaeger-json' | 'otlp-json' | 'loki-json' | 'log-jsonl' | 'auto';

/** What a body is evidence of. A baseline holds healthy traces to compare with, and is never diagnosed itself. */
export type BodyKind = 'trace' | 'logs' | 'baseline';
