/**
 * An API of Google Cloud: its access, and what its refusals mean. The message of an error says which of many things lacks.
 *
 * “Errors”: https://cloud.google.com/apis/design/errors
 */
import { checked } from '#adapters/health.ts';
import { type Answer, addressUnder, type Backend, openBackend, readJson } from '#adapters/http.ts';
import { authorizationOf, type TokenOptions } from '#adapters/oauth-tokens.ts';
import { BackendError, type SpanhoundError } from '#core/errors.ts';
import type { Health } from '#gather/sources.ts';

export const NAME = 'google-cloud';

export type Api = Readonly<{
  /** `cloudtrace.googleapis.com`, as people enable it. */
  service: string;
  /** The least role: `roles/cloudtrace.user`. */
  role: string;
  /** The setting with the project. */
  setting: string;
}>;

export type GoogleApi = Pick<Backend, 'misplaced' | 'error'> &
  Readonly<{
    get(path: string, search: readonly (readonly [string, string])[], signal: AbortSignal): Promise<Answer>;
    post(path: string, json: unknown, signal: AbortSignal): Promise<Answer>;
    /** The JSON of an answer; throws the error for a refusal. */
    jsonOf(path: string, answer: Answer): Promise<unknown>;
    /** The error for an answer that is not whole. */
    lacking(path: string, reason: string): BackendError;
    /** The result of a check, with a remedy for what Google refused. */
    healthOf(check: () => Promise<Health>): Promise<Health>;
  }>;

const CONSOLE = new URL('https://console.cloud.google.com');

/** A page of the console: `traces/explorer;traceId=…`. */
export function consolePage(page: string, project: string): string {
  return addressUnder(CONSOLE, page, [['project', project]]);
}

export function openGoogleApi(api: Api, { accessToken, ...options }: TokenOptions): GoogleApi {
  const backend = openBackend(NAME, '', options);
  const headers = (signal: AbortSignal) => authorizationOf(accessToken, signal);

  return {
    misplaced: backend.misplaced,
    error: backend.error,
    get: async (path, search, signal) => backend.get(path, { signal, search, headers: await headers(signal) }),
    post: async (path, json, signal) => backend.post(path, { signal, json, headers: await headers(signal) }),
    async jsonOf(path, answer) {
      if (answer.kind !== 'body') throw backend.error(path, answer);
      return await readJson(answer.chunks);
    },
    lacking: (path, reason) => new BackendError(NAME, 200, path, { reason, check: options.errors }),
    healthOf: (check) => checked(check, (error) => remedyFor(error, api)),
  };
}

/** '' if the error says it already. */
function remedyFor(error: SpanhoundError, { service, role, setting }: Api): string {
  if (!(error instanceof BackendError)) return '';
  const { message, status } = error;
  if (/insufficient authentication scopes/i.test(message))
    return 'Give the machine the access scope cloud-platform. The roles of its service account still limit what it reads.';
  if (/has not been used in project|it is disabled|API is not enabled/i.test(message))
    return `Enable the API in the project: gcloud services enable ${service}`;
  if (/invalid_grant|invalid_client/.test(message))
    return 'Check GOOGLE_CLOUD_KEY: the key may be deleted, or its account disabled. Check the clock of this machine as well.';
  if (status === 403) return `Check ${setting}, and give the service account the role ${role} in the project.`;
  return status === 404 ? `Check ${setting}: Google Cloud knows no such project.` : '';
}
