/**
 * Reads traces from Zipkin's API v2, as its own UI does.
 *
 * The server completes and shortens ids itself, but refuses capital letters in them. It keeps the names of services and
 * spans in lower case. It answers a missing trace with 404 and the id; every other 404 is no answer of this API.
 *
 * https://zipkin.io/zipkin-api/
 */
import { checked, healthOfServices } from '#adapters/health.ts';
import { type Answer, addressUnder, type BackendOptions, openBackend, readJson, type Search } from '#adapters/http.ts';
import { TraceNotFoundError } from '#core/errors.ts';
import type { Health, OpenBody, Query, TraceSearch, TraceSource } from '#gather/sources.ts';

export type ZipkinOptions = BackendOptions &
  Readonly<{
    /** The address of Zipkin's UI for people. @default `zipkin/` below the server's own address */
    uiUrl?: URL | undefined;
  }>;

const TRACES = 'api/v2/traces';
const SERVICES = 'api/v2/services';

export function zipkin({ uiUrl, ...options }: ZipkinOptions): TraceSource {
  const name = 'zipkin';
  const backend = openBackend(name, '', options);
  const ui = uiUrl ?? pagesOf(options.url);
  const tracePage = `${addressUnder(ui, 'traces/')}{traceId}`;

  async function openTrace(traceId: string, signal: AbortSignal): Promise<OpenBody> {
    // Another id would be refused as malformed.
    if (!/^[0-9a-f]{1,32}$/i.test(traceId)) throw new TraceNotFoundError(traceId, name);
    const id = traceId.toLowerCase();
    const path = `api/v2/trace/${id}`;
    const answer = await backend.get(path, { signal });
    if (saysNotFound(answer, id)) throw new TraceNotFoundError(traceId, name);
    return opened(path, answer, { text: `GET /${path}`, url: tracePage.replace('{traceId}', id) });
  }

  async function search(query: TraceSearch, signal: AbortSignal): Promise<readonly OpenBody[]> {
    const asked = searchOf(query);
    const answer = await backend.get(TRACES, { signal, search: asked });
    const text = `GET /${TRACES}?${new URLSearchParams(asked.map(([...pair]) => pair))}`;
    return [opened(TRACES, answer, { text, url: addressUnder(ui, '', asked) })];
  }

  function opened(path: string, answer: Answer, query: Query): OpenBody {
    return { source: name, format: 'zipkin-json', query, chunks: chunksOf(path, answer) };
  }

  /** Whatever is there is found at its path: a 404 is no answer of this API. */
  function chunksOf(path: string, answer: Answer): AsyncIterable<Uint8Array> {
    if (answer.kind === 'body') return answer.chunks;
    if (answer.kind === 'refusal' && answer.status === 404) throw backend.misplaced(path);
    throw backend.error(path, answer);
  }

  async function services(signal: AbortSignal): Promise<readonly string[]> {
    const answer = await backend.get(SERVICES, { signal });
    const names = await readJson(chunksOf(SERVICES, answer));
    if (!Array.isArray(names)) throw backend.misplaced(SERVICES);
    return names.filter((name) => typeof name === 'string');
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => healthOfServices(await services(signal)));
  }

  return { name, openTrace, search, services, links: { trace: tracePage, span: '' }, check };
}

/** The server answers the API below its pages, too, so people may give that address. */
function pagesOf(url: URL): URL {
  return /\/zipkin\/?$/.test(url.pathname) ? url : new URL(addressUnder(url, 'zipkin/'));
}

/** Times are milliseconds; the newest traces come first, and there are no pages. `error` is the tag of failed spans. */
function searchOf({ service, operation, fromUs, toUs, limit, failing, minDurationUs }: TraceSearch): Search {
  const fromMs = Math.floor(fromUs / 1_000);
  const toMs = Math.ceil(toUs / 1_000);
  return [
    ['serviceName', service],
    ...(operation === undefined ? [] : ([['spanName', operation]] as const)),
    ['endTs', `${toMs}`],
    ['lookback', `${Math.max(1, toMs - fromMs)}`],
    ['limit', `${limit}`],
    ...(failing ? ([['annotationQuery', 'error']] as const) : []),
    ...(minDurationUs === undefined ? [] : ([['minDuration', `${minDurationUs}`]] as const)),
  ];
}

/** The answer names the id without some of its zeros. A bare 404 comes from a proxy or another server. */
function saysNotFound(answer: Answer, id: string): boolean {
  if (answer.kind !== 'refusal' || answer.status !== 404) return false;
  return answer.text.includes(id.replace(/^0+/, '')) && answer.text.includes('not found');
}
