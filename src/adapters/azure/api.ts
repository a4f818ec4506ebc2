/**
 * The query API of Log Analytics: it runs Kusto in one workspace. An answer with some rows may have an error beside them.
 *
 * “Azure Monitor Log Analytics API request format”: https://learn.microsoft.com/azure/azure-monitor/logs/api/request-format
 * “Azure Monitor Log Analytics API response format”: https://learn.microsoft.com/azure/azure-monitor/logs/api/response-format
 */
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { checked } from '#adapters/health.ts';
import { openBackend, readJson } from '#adapters/http.ts';
import { authorizationOf, type TokenOptions } from '#adapters/oauth-tokens.ts';
import { BackendError, type SpanhoundError } from '#core/errors.ts';
import type { Health, Query } from '#gather/sources.ts';
import { NAME } from './access.ts';

export type LogAnalyticsOptions = TokenOptions &
  Readonly<{
    /** The GUID of the workspace. */
    workspace: string;
    /** Its address in Azure Resource Manager, for links: `/subscriptions/…/workspaces/shop`. @default no links */
    resource?: string | undefined;
  }>;

export type Row = Readonly<Record<string, unknown>>;

/** `lacks`: why the rows are not all; undefined if they are. */
export type Found = Readonly<{ rows: readonly Row[]; lacks: BackendError | undefined }>;

export type LogAnalytics = Readonly<{
  /** At most `MOST_ROWS` rows. Throws if the query failed. */
  find(kusto: string, signal: AbortSignal): Promise<Found>;
  /** The result of a check, with a remedy for what Azure refused. */
  healthOf(check: () => Promise<Health>): Promise<Health>;
  /** A query as a person can run it again. */
  shown(kusto: string): Query;
}>;

/** The API itself gives 500,000 rows or about 100 MB. */
export const MOST_ROWS = 10_000;
const MAX_ANSWER_BYTES = 64_000_000;
const DEFAULT_TIMEOUT_MS = 15_000;
const PORTAL = 'https://portal.azure.com';

export function openLogAnalytics(options: LogAnalyticsOptions): LogAnalytics {
  const {
    workspace,
    resource,
    accessToken,
    timeoutMs = DEFAULT_TIMEOUT_MS,
    maxBytes = MAX_ANSWER_BYTES,
    ...at
  } = options;
  const backend = openBackend(NAME, '', { ...at, timeoutMs, maxBytes: Math.min(maxBytes, MAX_ANSWER_BYTES) });
  const path = `v1/workspaces/${encodeURIComponent(workspace)}/query`;
  const lacking = (reason: string) => new BackendError(NAME, 200, path, { reason, check: at.errors });

  async function find(kusto: string, signal: AbortSignal): Promise<Found> {
    const headers = {
      // A pause of the answer would end the request before.
      prefer: `wait=${Math.max(1, Math.floor(timeoutMs / 1_000) - 1)}`,
      ...(await authorizationOf(accessToken, signal)),
    };
    const answer = await backend.post(path, { signal, headers, json: { query: kusto } });
    if (answer.kind !== 'body') throw backend.error(path, answer);
    const read = Answer.safeParse(await readJson(answer.chunks));
    if (!read.success) throw backend.misplaced(path);
    const { tables, error } = read.data;
    const rows = (tables[0]?.rows ?? []).map((row) => rowOf(tables[0]?.columns ?? [], row));
    if (error !== undefined) return { rows, lacks: lacking(backend.quoted(reasonOf(error))) };
    const isCut = rows.length >= MOST_ROWS;
    return { rows, lacks: isCut ? lacking(`it has more than ${MOST_ROWS.toLocaleString('en')} rows`) : undefined };
  }

  return {
    find,
    healthOf: (check) => checked(check, remedyFor),
    shown: (text) => ({ text, url: resource === undefined ? PORTAL : logsPage(resource, text) }),
  };
}

const Problem = z.object({
  code: z.string().catch(''),
  message: z.string().catch(''),
  details: z.array(z.object({ code: z.string().catch(''), message: z.string().catch('') })).catch([]),
});

const Answer = z.object({
  tables: z.array(z.object({ columns: z.array(z.object({ name: z.string() })), rows: z.array(z.array(z.unknown())) })),
  error: Problem.optional(),
});

function rowOf(columns: readonly Readonly<{ name: string }>[], row: readonly unknown[]): Row {
  return Object.fromEntries(columns.map(({ name }, at) => [name, row[at]]));
}

/** The details say what the error itself does not. */
function reasonOf({ code, message, details }: z.output<typeof Problem>): string {
  return [code, ...details.map((one) => one.message || one.code), message].filter((part) => part !== '').join(': ');
}

/** “Share a link to a query”: the portal reads the query as base64 of gzip. */
function logsPage(resource: string, kusto: string): string {
  const query = encodeURIComponent(gzipSync(kusto).toString('base64'));
  const blade = `Microsoft_Azure_Monitoring_Logs/LogsBlade/resourceId/${encodeURIComponent(resource)}`;
  return `${PORTAL}/#blade/${blade}/source/LogsBlade.AnalyticsShareLinkToQuery/q/${query}`;
}

/** '' if the error says it already. */
function remedyFor(error: SpanhoundError): string {
  if (!(error instanceof BackendError)) return '';
  const { message, status } = error;
  if (/AADSTS7000222/.test(message))
    return 'The client secret has expired: make a new one, and set AZURE_CLIENT_SECRET.';
  if (/AADSTS7000215/.test(message))
    return 'Check AZURE_CLIENT_SECRET: it must be the value of the secret, and not its id.';
  if (/AADSTS(?:700016|90002|900023)/.test(message))
    return 'Check AZURE_TENANT_ID and AZURE_CLIENT_ID: the tenant does not know the application.';
  if (status === 403)
    return 'Give the application the role Log Analytics Reader on the workspace. A new role takes some minutes.';
  return status === 404 ? 'Check AZURE_LOG_ANALYTICS_WORKSPACE: it is the id of the workspace, a GUID.' : '';
}
