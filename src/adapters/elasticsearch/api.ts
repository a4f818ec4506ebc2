/**
 * The search API over plain HTTP, because the client of each product refuses the server of the other. Two answers come
 * with status 200 and are errors here: no index has the name, and some shards failed.
 *
 * https://www.elastic.co/guide/en/elasticsearch/reference/current/search-search.html
 */
import { addressUnder, type Backend, type BackendOptions, openBackend, readJson, type Search } from '#adapters/http.ts';
import { BackendError, type NotABackendError } from '#core/errors.ts';
import { type Answered, answerOf } from './answer.ts';

export type SearchOptions = BackendOptions &
  Readonly<{
    apiKey?: string | undefined;
    /** The address of Kibana or OpenSearch Dashboards, for links. */
    uiUrl?: URL | undefined;
  }>;

export type SearchApi = Readonly<{
  backend: Backend;
  /** Where searches go. */
  path: string;
  /** The address of the searches, for people without a UI. */
  address: string;
  /** Throws if no index has one of the names; `lacks` is one line for people. */
  search(json: unknown, signal: AbortSignal): Promise<Answered & Readonly<{ answer: unknown }>>;
  notWhole(reason: string): BackendError;
  misplaced(): NotABackendError;
}>;

/** Names of indices, data streams and aliases, with commas between them, and the setting that has them. */
type Indices = Readonly<{ indices: string; setting: string; maxPageBytes: number }>;

export const NAME = 'elasticsearch';

/** Some of the names may match no index. */
const TOLERANT: Search = [
  ['ignore_unavailable', 'true'],
  ['allow_no_indices', 'true'],
];

/** `maxPageBytes`: as much is parsed at once. A larger page is an error that says so. */
export function openSearch(options: SearchOptions, { indices, setting, maxPageBytes }: Indices): SearchApi {
  const { apiKey, maxBytes = maxPageBytes } = options;
  const backend = openBackend(NAME, '', {
    ...options,
    maxBytes: Math.min(maxBytes, maxPageBytes),
    headers: { ...(apiKey !== undefined && { authorization: `ApiKey ${apiKey}` }), ...options.headers },
  });
  const path = `${indices.split(',').map(encodeURIComponent).join(',')}/_search`;

  async function search(json: unknown, signal: AbortSignal): Promise<Answered & Readonly<{ answer: unknown }>> {
    const response = await backend.post(path, { signal, search: TOLERANT, json });
    if (response.kind !== 'body') throw backend.error(path, response);
    const answer = await readJson(response.chunks);
    const result = answerOf(answer);
    if (result === undefined) throw misplaced();
    const lacks = backend.quoted(result.lacks);
    if (result.shards > 0) return { ...result, lacks, answer };
    // Where no cluster was there, no index was asked for its name.
    if (lacks !== '') throw notWhole(lacks);
    throw notWhole(`no index has a name like ${indices}; set ${setting}`);
  }

  function notWhole(reason: string): BackendError {
    return new BackendError(NAME, 200, path, { reason });
  }

  function misplaced(): NotABackendError {
    return backend.misplaced(path);
  }

  return { backend, path, address: addressUnder(options.url, path), search, notWhole, misplaced };
}
