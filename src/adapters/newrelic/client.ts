/** New Relic as a source: its ports share one connection, and one check reports on all of them. */
import { healthOfAll } from '#adapters/health.ts';
import type { LogSource, MetricSource, TraceSource } from '#gather/sources.ts';
import { newRelicLogs } from './logs.ts';
import { newRelicMetrics } from './metrics.ts';
import { type NewRelicOptions, openNerdGraph } from './nerdgraph.ts';
import { newRelicTraces } from './traces.ts';

type NewRelicSources = Readonly<{ traces: TraceSource; logs: LogSource; metrics: MetricSource }>;

export function newRelic(options: NewRelicOptions): NewRelicSources {
  const nerdGraph = openNerdGraph(options);
  const traces = newRelicTraces(nerdGraph, options);
  const logs = newRelicLogs(nerdGraph, options);
  const metrics = newRelicMetrics(nerdGraph, options);
  const check = (signal: AbortSignal) => healthOfAll({ traces, logs, metrics }, signal);
  return { traces: { ...traces, check }, logs: { ...logs, check }, metrics: { ...metrics, check } };
}
