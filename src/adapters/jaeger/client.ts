/**
 * Reads traces from Jaeger's query service: the HTTP API of its own UI (v1), or the OTLP one (v3) if v1 is not served.
 *
 * Jaeger answers every unknown path with 200 and the page of its UI, and sends errors and v3's JSON as text/plain. Only
 * the body shows whether the address is wrong.
 */

import { checked, healthOfServices } from '#adapters/health.ts';
import {
  type Answer,
  addressUnder,
  type BackendOptions,
  openBackend,
  parsed,
  readJson,
  type Search,
} from '#adapters/http.ts';
import { isoFromUs } from '#core/clock.ts';
import { TraceNotFoundError } from '#core/errors.ts';
import type { Health, OpenBody, TraceSearch, TraceSource } from '#gather/sources.ts';
import type { BodyFormat } from '#model/trace/build/body.ts';
import { traceIdForms } from '#model/trace/trace-id.ts';

export type JaegerOptions = BackendOptions &
  Readonly<{
    /** The address of Jaeger's UI for people. @default the query service's own address */
    uiUrl?: URL | undefined;
    /** Uses only this API. @default v1, then v3 if v1 is not served */
    api?: JaegerApi | undefined;
  }>;

type JaegerApi = 'v1' | 'v3';

type Api = Readonly<{
  traces: string;
  services: string;
  format: BodyFormat;
  search(query: TraceSearch): Search;
}>;

const APIS: Readonly<Record<JaegerApi, Api>> = {
  v1: { traces: 'api/traces', services: 'api/services', format: 'jaeger-json', search: searchV1 },
  v3: { traces: 'api/v3/traces', services: 'api/v3/services', format: 'otlp-json', search: searchV3 },
};

/** The default of Jaeger's `multi_tenancy.header`. */
const TENANT_HEADER = 'x-tenant';

export function jaeger({ uiUrl, api, ...options }: JaegerOptions): TraceSource {
  const name = 'jaeger';
  const backend = openBackend(name, TENANT_HEADER, options);
  const tracePage = `${addressUnder(uiUrl ?? options.url, 'trace/')}{traceId}`;
  /** The API that has answered; the other one is no longer tried. */
  let known = api;

  async function openTrace(traceId: string, signal: AbortSignal): Promise<OpenBody> {
    // An id that is not hex would be refused as malformed.
    const forms = /^[0-9a-f]{1,32}$/i.test(traceId) ? traceIdForms(traceId) : [];
    for (const id of forms) {
      const { api, answer } = await firstServed((api) => `${APIS[api].traces}/${id}`, signal);
      if (answer.kind !== 'body') continue;
      const query = { text: `GET /${APIS[api].traces}/${id}`, url: tracePage.replace('{traceId}', id) };
      return { source: name, format: APIS[api].format, query, chunks: answer.chunks };
    }
    throw new TraceNotFoundError(traceId, name);
  }

  async function search(query: TraceSearch, signal: AbortSignal): Promise<readonly OpenBody[]> {
    const { api, answer } = await firstServed(
      (api) => APIS[api].traces,
      signal,
      (api) => APIS[api].search(query),
    );
    if (answer.kind !== 'body') return []; // v3 answers an empty result with "not found"
    const text = `GET /${APIS[api].traces}?${new URLSearchParams(APIS[api].search(query).map(([...pair]) => pair))}`;
    const url = addressUnder(uiUrl ?? options.url, 'search', searchV1(query));
    return [{ source: name, format: APIS[api].format, query: { text, url }, chunks: answer.chunks }];
  }

  async function services(signal: AbortSignal): Promise<readonly string[]> {
    const { api, answer } = await firstServed((api) => APIS[api].services, signal);
    const names = answer.kind === 'body' ? servicesIn(await readJson(answer.chunks)) : [];
    if (names === undefined) throw backend.misplaced(APIS[api].services);
    return names;
  }

  /** The response of the first API at this address: a body, or Jaeger's own message that there is none. */
  async function firstServed(
    path: (api: JaegerApi) => string,
    signal: AbortSignal,
    search: (api: JaegerApi) => Search = () => [],
  ): Promise<{ api: JaegerApi; answer: Answer }> {
    const candidates: readonly JaegerApi[] = known ? [known] : ['v1', 'v3'];
    for (const candidate of candidates) {
      const answer = await backend.get(path(candidate), { signal, search: search(candidate) });
      if (answer.kind === 'body' || saysNotFound(answer)) {
        known = candidate;
        return { api: candidate, answer };
      }
      if (!isNotServed(answer)) throw backend.error(path(candidate), answer);
    }
    throw backend.misplaced(path(candidates[0] ?? 'v1'));
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => {
      return healthOfServices(await services(signal));
    });
  }

  return {
    name,
    openTrace,
    search,
    services,
    links: { trace: tracePage, span: `${tracePage}?uiFind={spanId}` },
    check,
  };
}

/**
 * `lookback` has no effect here, and there are no pages: results over the limit cannot be read. Jaeger's storages treat
 * `error=true` differently (the in-memory one inverts it), so this search only adds to other results.
 */
function searchV1({ service, operation, fromUs, toUs, limit, failing, minDurationUs }: TraceSearch): Search {
  return [
    ['service', service],
    ...(operation === undefined ? [] : ([['operation', operation]] as const)),
    ['start', `${fromUs}`],
    ['end', `${toUs}`],
    ['limit', `${limit}`],
    ...(failing ? ([['tags', '{"error":"true"}']] as const) : []),
    ...(minDurationUs === undefined ? [] : ([['minDuration', `${minDurationUs}us`]] as const)),
  ];
}

function searchV3({ service, operation, fromUs, toUs, limit, minDurationUs }: TraceSearch): Search {
  return [
    ['query.service_name', service],
    ...(operation === undefined ? [] : ([['query.operation_name', operation]] as const)),
    ['query.start_time_min', isoFromUs(fromUs)],
    ['query.start_time_max', isoFromUs(toUs)],
    ['query.num_traces', `${limit}`],
    ...(minDurationUs === undefined ? [] : ([['query.duration_min', `${minDurationUs}us`]] as const)),
  ];
}

/** Jaeger's envelope around a 404. A bare 404 comes from a proxy and says nothing about the trace. */
function saysNotFound(answer: Answer): boolean {
  if (answer.kind !== 'refusal' || answer.status !== 404) return false;
  const said = parsed(answer.text) as
    | { errors?: readonly { code?: unknown }[] | null; error?: { httpCode?: unknown } }
    | null
    | undefined;
  return said?.errors?.[0]?.code === 404 || said?.error?.httpCode === 404;
}

function isNotServed(answer: Answer): boolean {
  if (answer.kind === 'page') return answer.status === 200 || answer.status === 404;
  return answer.kind === 'refusal' && [404, 405, 501].includes(answer.status);
}

/** `data` is null if no service has reported yet; undefined for any other response. */
function servicesIn(list: unknown): readonly string[] | undefined {
  if (typeof list !== 'object' || list === null) return undefined;
  const { data, services } = list as { data?: unknown; services?: unknown };
  if (data === undefined && services === undefined) return undefined;
  const names = data ?? services ?? [];
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : undefined;
}
