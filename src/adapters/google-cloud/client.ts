/** Google Cloud as a source: its ports share one token, and one check reports on those that are set. */
import { healthOfAll } from '#adapters/health.ts';
import type { BackendOptions } from '#adapters/http.ts';
import type { AccessToken } from '#adapters/oauth-tokens.ts';
import type { LogSource, TraceSource } from '#gather/sources.ts';
import { googleTokens } from './access.ts';
import { type CloudLoggingOptions, cloudLogging } from './logs.ts';
import { type CloudTraceOptions, cloudTraces } from './traces.ts';

/** What is read, each with its address; undefined if it is not. */
type Wanted = Readonly<{
  traces: Pick<CloudTraceOptions, 'url' | 'project' | 'serviceLabel'> | undefined;
  logs: Pick<CloudLoggingOptions, 'url' | 'projects' | 'serviceField' | 'traceProject'> | undefined;
  /** The JSON key of a service account. @default the service account of the machine */
  key: string | undefined;
}>;

export function googleCloud(
  { traces, logs, key }: Wanted,
  limits: Pick<BackendOptions, 'timeoutMs' | 'maxBytes' | 'errors'>,
  accessToken: AccessToken = googleTokens({ key, timeoutMs: limits.timeoutMs }),
): Partial<Readonly<{ traces: TraceSource; logs: LogSource }>> {
  const common = { ...limits, accessToken };
  const sources = {
    ...(traces && { traces: cloudTraces({ ...common, ...traces }) }),
    ...(logs && { logs: cloudLogging({ ...common, ...logs }) }),
  };
  const check = (signal: AbortSignal) => healthOfAll(sources, signal);
  return {
    ...(sources.traces && { traces: { ...sources.traces, check } }),
    ...(sources.logs && { logs: { ...sources.logs, check } }),
  };
}
