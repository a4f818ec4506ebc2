/** Sentry as a source of errors, and of traces if the settings say so. One check reports on both. */
import { healthOfAll } from '#adapters/health.ts';
import type { LogSource, TraceSource } from '#gather/sources.ts';
import type { SentryOptions } from './api.ts';
import { sentryErrors } from './errors.ts';
import { sentryTraces } from './traces.ts';

type SentrySources = Readonly<{ logs: LogSource; traces?: TraceSource }>;

export function sentry(options: SentryOptions, hasTraces: boolean): SentrySources {
  const errors = sentryErrors(options);
  if (!hasTraces) return { logs: errors };
  const traces = sentryTraces(options);
  const check = (signal: AbortSignal) => healthOfAll({ errors, traces }, signal);
  return { logs: { ...errors, check }, traces: { ...traces, check } };
}
