/** Datadog as a source: its ports share what is known of its rate limits, and one check reports on all of them. */
import { healthOfAll } from '#adapters/health.ts';
import type { LogSource, MetricSource, TraceSource } from '#gather/sources.ts';
import type { DatadogOptions, SpentLimits } from './api.ts';
import { datadogLogs } from './logs.ts';
import { datadogMetrics } from './metrics.ts';
import { datadogTraces } from './traces.ts';

type DatadogSources = Readonly<{ traces: TraceSource; logs: LogSource; metrics: MetricSource }>;

export function datadog(options: DatadogOptions): DatadogSources {
  const spent: SpentLimits = new Map();
  const traces = datadogTraces(options, spent);
  const logs = datadogLogs(options, spent);
  const metrics = datadogMetrics(options, spent);
  const check = (signal: AbortSignal) => healthOfAll({ traces, logs, metrics }, signal);
  return { traces: { ...traces, check }, logs: { ...logs, check }, metrics: { ...metrics, check } };
}
