/** ClickHouse as a source of traces, of log lines, or of both, in the tables of OpenTelemetry's exporter. */
import { healthOfAll } from '#adapters/health.ts';
import type { LogSource, TraceSource } from '#gather/sources.ts';
import { type ClickHouseOptions, openClickHouse } from './api.ts';
import { clickHouseLogs } from './logs.ts';
import { clickHouseTraces } from './traces.ts';

/** Undefined tables are not read. */
type Tables = Readonly<{ tracesTable: string | undefined; logsTable: string | undefined }>;

type ClickHouseSources = Readonly<{ traces?: TraceSource; logs?: LogSource }>;

export function clickHouse({ tracesTable, logsTable, ...options }: ClickHouseOptions & Tables): ClickHouseSources {
  const api = openClickHouse(options);
  const sources = {
    ...(tracesTable !== undefined && { traces: clickHouseTraces(api, tracesTable) }),
    ...(logsTable !== undefined && { logs: clickHouseLogs(api, logsTable) }),
  };
  const check = (signal: AbortSignal) => healthOfAll(sources, signal);
  const { traces, logs } = sources;
  if (traces === undefined || logs === undefined) return sources;
  return { traces: { ...traces, check }, logs: { ...logs, check } };
}
