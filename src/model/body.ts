/** What a body of bytes is. `auto` is recognised by its content: a file says no more. */
export type BodyFormat = 'jaeger-json' | 'otlp-json' | 'loki-json' | 'log-jsonl' | 'auto';

/** What a body is evidence of. */
export type BodyKind = 'trace' | 'logs';
