/** Google Cloud as a source: its ports share one token, and one check reports on those that are set. */
import { type GoogleUse, googleTokens } from '#adapters/google-access.ts';
import { healthOfAll } from '#adapters/health.ts';
import type { BackendOptions } from '#adapters/http.ts';
import type { AccessToken } from '#adapters/oauth-tokens.ts';
import type { LogSource, TraceSource } from '#gather/sources.ts';
import { NAME } from './api.ts';
import { type CloudLoggingOptions, cloudLogging } from './logs.ts';
import { type CloudTraceOptions, cloudTraces } from './traces.ts';

/** What is read, each with its address; undefined if it is not. */
type Wanted = Readonly<{
  traces: Pick<CloudTraceOptions, 'url' | 'project' | 'serviceLabel'> | undefined;
  logs:
    | Pick<CloudLoggingOptions, 'url' | 'projects' | 'serviceField' | 'traceField' | 'levelField' | 'traceProject'>
    | undefined;
  /** The JSON key of a service account. @default the service account of the machine */
  key: string | undefined;
}>;

/** They read, and nothing else. */
export const READS: GoogleUse = {
  name: NAME,
  setting: 'GOOGLE_CLOUD_KEY',
  scopes: 'https://www.googleapis.com/auth/trace.readonly https://www.googleapis.com/auth/logging.read',
};

export function googleCloud(
  { traces, logs, key }: Wanted,
  limits: Pick<BackendOptions, 'timeoutMs' | 'maxBytes' | 'errors'>,
  accessToken: AccessToken = googleTokens({ key, use: READS, timeoutMs: limits.timeoutMs }),
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
