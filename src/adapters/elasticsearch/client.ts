/** Elasticsearch or OpenSearch as a source of log lines, of traces, or of both. One check reports on all of them. */
import { healthOfAll } from '#adapters/health.ts';
import type { LogSource, TraceSource } from '#gather/sources.ts';
import type { SearchOptions } from './api.ts';
import { elasticsearchLogs, type LogOptions } from './logs.ts';
import { elasticsearchTraces } from './traces.ts';

type ElasticsearchOptions = SearchOptions &
  Pick<LogOptions, 'timeField' | 'serviceField' | 'traceField' | 'levelField'> &
  Readonly<{
    /** The indices with lines, and those with spans; undefined if it has none to read. */
    indices: string | undefined;
    traceIndices: string | undefined;
  }>;

type ElasticsearchSources = Readonly<{ traces?: TraceSource; logs?: LogSource }>;

export function elasticsearch({ indices, traceIndices, ...options }: ElasticsearchOptions): ElasticsearchSources {
  const sources = {
    ...(traceIndices !== undefined && { traces: elasticsearchTraces({ ...options, indices: traceIndices }) }),
    ...(indices !== undefined && { logs: elasticsearchLogs({ ...options, indices }) }),
  };
  const check = (signal: AbortSignal) => healthOfAll(sources, signal);
  const { traces, logs } = sources;
  if (traces === undefined || logs === undefined) return sources;
  return { traces: { ...traces, check }, logs: { ...logs, check } };
}
