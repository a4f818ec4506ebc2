/**
 * Sentry's API for one organization: JSON by GET, with the token of an internal integration. A limit that is spent says in
 * a header of its own when it begins anew.
 *
 * https://docs.sentry.io/api/ratelimits/
 */
import type { z } from 'zod';
import { checked, remedyByStatus } from '#adapters/health.ts';
import { addressUnder, type BackendOptions, openBackend, readJson, type Search } from '#adapters/http.ts';
import type { Health } from '#gather/sources.ts';

export type SentryOptions = Omit<BackendOptions, 'tenant'> &
  Readonly<{
    /** Its slug. */
    organization: string;
  }>;

export const NAME = 'sentry';

/** An event with many frames has some hundred kilobytes, a large trace some megabytes. */
const MAX_ANSWER_BYTES = 32_000_000;

export type SentryApi = Readonly<{
  /** A path behind `api/0/`. */
  get<Said>(path: string, search: Search, said: z.ZodType<Said>, signal: AbortSignal): Promise<Said>;
  /** A page for people. */
  page(path: string, search?: Search): string;
  /** The result of a check, with a remedy for the token, its rights or the organization. */
  healthOf(check: () => Promise<Health>): Promise<Health>;
}>;

export function openApi(options: SentryOptions): SentryApi {
  const { organization, url, maxBytes = MAX_ANSWER_BYTES } = options;
  const backend = openBackend(NAME, '', { ...options, maxBytes: Math.min(maxBytes, MAX_ANSWER_BYTES) });

  async function get<Said>(path: string, search: Search, said: z.ZodType<Said>, signal: AbortSignal): Promise<Said> {
    const answer = await backend.get(`api/0/${path}`, { signal, search });
    if (answer.kind === 'refusal') {
      const retryAfterMs = answer.retryAfterMs ?? resetMs(answer.status, answer.header);
      throw backend.error(path, { ...answer, retryAfterMs });
    }
    if (answer.kind === 'page') throw backend.error(path, answer);
    const read = said.safeParse(await readJson(answer.chunks));
    if (!read.success) throw backend.misplaced(path);
    return read.data;
  }

  return {
    get,
    // Sentry's own service has a host for each organization; others have one for all.
    page: /(?:^|\.)sentry\.io$/.test(url.hostname)
      ? (path, search) => addressUnder(new URL(`https://${organization}.sentry.io`), path, search)
      : (path, search) => addressUnder(url, `organizations/${organization}/${path}`, search),
    healthOf: (check) => checked(check, remedyByStatus(REMEDIES)),
  };
}

const REMEDIES: Readonly<Record<number, string>> = {
  401: 'Check SENTRY_AUTH_TOKEN, and SENTRY_URL: Sentry does not know the token there. A token of an organization (sntrys_…) may not read: make one of an internal integration.',
  403: 'Give the internal integration of SENTRY_AUTH_TOKEN the rights Organization: Read, Project: Read, and Issue & Event: Read.',
  404: 'Check SENTRY_ORG: the token knows no organization of that name at SENTRY_URL.',
};

const MOST_RESET_MS = 60_000;

/** `X-Sentry-Rate-Limit-Reset`: seconds since the epoch, by the clock of the answer. */
function resetMs(status: number, header: (name: string) => string): number | undefined {
  const leftMs = Number(header('x-sentry-rate-limit-reset')) * 1_000 - Date.parse(header('date'));
  return status === 429 && leftMs >= 0 ? Math.min(leftMs, MOST_RESET_MS) : undefined;
}
