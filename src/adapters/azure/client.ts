/** Azure as a source: its ports share one workspace, and one check reports on both. */
import { healthOfAll } from '#adapters/health.ts';
import type { LogSource, TraceSource } from '#gather/sources.ts';
import { type LogAnalyticsOptions, openLogAnalytics } from './api.ts';
import { azureLogs } from './logs.ts';
import { azureTraces } from './traces.ts';

export function azure(options: LogAnalyticsOptions): Readonly<{ traces: TraceSource; logs: LogSource }> {
  const workspace = openLogAnalytics(options);
  const traces = azureTraces(workspace);
  const logs = azureLogs(workspace);
  const check = (signal: AbortSignal) => healthOfAll({ traces, logs }, signal);
  return { traces: { ...traces, check }, logs: { ...logs, check } };
}
