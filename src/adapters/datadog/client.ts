/** Datadog as a source: its ports share what is known of its rate limits, and one check reports on all of them. */
import type { Health, LogSource, MetricSource, TraceSource } from '#gather/sources.ts';
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
  const check = (signal: AbortSignal) => healthOf({ traces, logs, metrics }, signal);
  return { traces: { ...traces, check }, logs: { ...logs, check }, metrics: { ...metrics, check } };
}

/** A wrong key fails all of them alike: it is said once. */
async function healthOf(sources: DatadogSources, signal: AbortSignal): Promise<Health> {
  const parts = await Promise.all(
    Object.entries(sources).map(async ([kind, source]) => ({ kind, ...(await source.check(signal)) })),
  );
  const [first] = parts;
  const areAlike = parts.every(({ ok, detail }) => ok === first?.ok && detail === first.detail);
  return {
    ok: parts.every(({ ok }) => ok),
    detail: areAlike ? (first?.detail ?? '') : parts.map(({ kind, detail }) => `${kind}: ${detail}`).join('; '),
    remedy: [...new Set(parts.map(({ remedy }) => remedy))].filter((remedy) => remedy !== '').join(' '),
  };
}
