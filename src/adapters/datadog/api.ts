/**
 * Datadog's HTTP API: its keys, its rate limits, and its refusals by what is wrong.
 *
 * An endpoint has a limit for the whole organization, mostly by the hour. Each answer says what is left of it and when it
 * begins anew, so nothing is asked in vain. Datadog answers a wrong API key, a wrong application key and a missing right
 * alike (403 Forbidden); two endpoints that check keys tell them apart.
 *
 * https://docs.datadoghq.com/api/latest/rate-limits/
 * https://docs.datadoghq.com/api/latest/authentication/
 * https://docs.datadoghq.com/api/latest/key-management/validate-api-and-application-keys/
 */
import { checked } from '#adapters/health.ts';
import { type Answer, type BackendOptions, openBackend, type Search } from '#adapters/http.ts';
import type { LineFields } from '#adapters/line-fields.ts';
import { BackendError, type NotABackendError } from '#core/errors.ts';
import type { Health } from '#gather/sources.ts';

export type DatadogOptions = BackendOptions &
  LineFields &
  Readonly<{
    /** `datadoghq.eu` */
    site: string;
    apiKey: string;
    appKey: string;
    /** The address of Datadog for people. @default that of the site */
    uiUrl?: URL | undefined;
  }>;

export const NAME = 'datadog';

/** What the application key needs for a port: https://docs.datadoghq.com/account_management/rbac/permissions/ */
export type Right = 'apm_read' | 'logs_read_data' | 'timeseries_query';

export type Body = Extract<Answer, { kind: 'body' }>;

export type Api = Readonly<{
  get(path: string, search: Search, signal: AbortSignal): Promise<Body>;
  post(path: string, json: unknown, signal: AbortSignal): Promise<Body>;
  /** The error for an answer that is not one of this API. */
  misplaced(path: string): NotABackendError;
  /** What Datadog says in an answer, as one short line without the keys. */
  quoted(text: string): string;
  /** The result of a check, with a remedy for the key, the site or the right that is wrong. */
  healthOf(check: () => Promise<Health>, signal: AbortSignal): Promise<Health>;
}>;

/** Memory of the spent limits, by endpoint: until when, and Datadog's words. All ports share it. */
export type SpentLimits = Map<string, Readonly<{ untilMs: number; reason: string }>>;

/** Limits are by the hour or by the day. A wrong header must not silence the source for longer. */
const LONGEST_RESET_S = 24 * 60 * 60;

const API_KEY_PATH = 'api/v1/validate';
const BOTH_KEYS_PATH = 'api/v2/validate_keys';

/** `nowMs` only measures differences. */
export function openApi(
  right: Right,
  options: DatadogOptions,
  spent: SpentLimits,
  nowMs: () => number = () => performance.now(),
): Api {
  const { site, apiKey, appKey, errors } = options;
  const check = errors && {
    ...errors,
    credentials: `${errors.credentials}, and that the application key has the scope ${right}`,
  };
  const backend = openBackend(NAME, '', {
    ...options,
    errors: check,
    headers: { 'dd-api-key': apiKey, 'dd-application-key': appKey, ...options.headers },
  });

  async function sent(path: string, send: () => Promise<Answer>): Promise<Body> {
    const limit = spent.get(path);
    const leftMs = (limit?.untilMs ?? 0) - nowMs();
    if (limit !== undefined && leftMs > 0) {
      throw new BackendError(NAME, 429, path, { reason: limit.reason, retryAfterMs: leftMs, check });
    }
    const answer = await send();
    const resetMs = noted(path, answer);
    if (answer.kind === 'body') return answer;
    const isThrottled = answer.kind === 'refusal' && answer.status === 429;
    throw backend.error(path, isThrottled ? { ...answer, retryAfterMs: answer.retryAfterMs ?? resetMs } : answer);
  }

  /** Remembers a spent limit. Returns when it begins anew, in milliseconds from now. */
  function noted(path: string, answer: Answer): number | undefined {
    if (answer.kind === 'page') return undefined;
    const [resetS, left] = ['x-ratelimit-reset', 'x-ratelimit-remaining'].map((name) => wholeIn(answer.header(name)));
    const isSpent = left === 0 || (answer.kind === 'refusal' && answer.status === 429);
    if (resetS === undefined || !isSpent) return undefined;
    const [limit, periodS] = ['x-ratelimit-limit', 'x-ratelimit-period'].map((name) => wholeIn(answer.header(name)));
    const reason = `its limit of ${limit ?? 'requests'} in ${periodS ?? '?'} s is spent`;
    const resetMs = Math.min(resetS, LONGEST_RESET_S) * 1_000;
    spent.set(path, { untilMs: nowMs() + resetMs, reason });
    return resetMs;
  }

  async function healthOf(ask: () => Promise<Health>, signal: AbortSignal): Promise<Health> {
    try {
      return await ask();
    } catch (error) {
      const isRefused = error instanceof BackendError && (error.status === 401 || error.status === 403);
      return await checked(async () => {
        if (!isRefused) throw error;
        return (await refusedBecause(signal)) ?? { ok: false, detail: error.message, remedy: error.advice };
      });
    }
  }

  /** Undefined if it stays unknown. */
  async function refusedBecause(signal: AbortSignal): Promise<Health | undefined> {
    const accepts = async (path: string) => {
      const answer = await backend.get(path, { signal });
      if (answer.kind === 'body') return true;
      return answer.status === 401 || answer.status === 403 ? false : undefined;
    };
    const isKeyKnown = await accepts(API_KEY_PATH);
    if (isKeyKnown === undefined) return undefined;
    if (!isKeyKnown) {
      return {
        ok: false,
        detail: `${site} does not know the API key`,
        remedy: `Check DATADOG_API_KEY, and DATADOG_SITE (now ${site}): a key works on one site alone.`,
      };
    }
    const areBothKnown = await accepts(BOTH_KEYS_PATH);
    if (areBothKnown === undefined) return undefined;
    if (!areBothKnown) {
      return {
        ok: false,
        detail: 'refuses the application key; the API key is right',
        remedy:
          'Check DATADOG_APP_KEY: it must be the key and not its id, and of the same organization as the API key.',
      };
    }
    return {
      ok: false,
      detail: `both keys are right, but the application key may not read this (${right})`,
      remedy: `Add the scope ${right} to the application key, and the permission to a role of its owner.`,
    };
  }

  return {
    get: (path, search, signal) => sent(path, () => backend.get(path, { signal, search })),
    post: (path, json, signal) => sent(path, () => backend.post(path, { signal, json })),
    misplaced: backend.misplaced,
    quoted: backend.quoted,
    healthOf,
  };
}

function wholeIn(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** Where people open Datadog: https://docs.datadoghq.com/getting_started/site/ */
export function uiOf({ site, uiUrl }: Pick<DatadogOptions, 'site' | 'uiUrl'>): URL {
  const hasOwnHost = site.split('.').length > 2;
  return uiUrl ?? new URL(`https://${hasOwnHost ? site : `app.${site}`}`);
}
