/**
 * Reads traces from Tempo's HTTP API. A search returns ids only: each trace is opened by its id when it is read. Tempo
 * itself computes statistics (TraceQL metrics) over all data of a time window.
 *
 * For a missing trace, Tempo answers 200 with an empty body (v2) or 404 with none (v1); errors are text.
 */

import { z } from 'zod';
import { type ExploreQuery, exploreLink, exploreRange, inTemplate } from '#adapters/explore-link.ts';
import { unlessItBegins } from '#adapters/first-bytes.ts';
import { checked, healthOfServices } from '#adapters/health.ts';
import { type Answer, addressUnder, type BackendOptions, openBackend, readJson, type Search } from '#adapters/http.ts';
import { SpanhoundError, TraceNotFoundError } from '#core/errors.ts';
import type { Health, MetricQuery, OpenBody, Query, Statistics, TraceSearch, TraceSource } from '#gather/sources.ts';
import { traceIdForms } from '#model/trace/trace-id.ts';
import { readTraces } from './read-traces.ts';
import { type Counted, countedBy, countingQueries, countOf, MOST_HOURS, spansOf } from './traceql.ts';

export type TempoOptions = BackendOptions &
  Readonly<{
    /** The address of Grafana, which shows Tempo's traces: Tempo has no UI. */
    grafanaUrl?: URL | undefined;
  }>;

const TENANT_HEADER = 'x-scope-orgid';

const SEARCH_PATH = 'api/search';
const COUNT_PATH = 'api/metrics/query_range';
/** With the scope of the attribute in the name, and without it for older versions. */
const SERVICE_PATHS = ['api/v2/search/tag/resource.service.name/values', 'api/search/tag/service.name/values'] as const;

type TraceApi = 'v2' | 'v1';
type Found = Readonly<{ path: string; chunks: AsyncIterable<Uint8Array> }>;
const TRACE_PATHS: Readonly<Record<TraceApi, string>> = { v2: 'api/v2/traces', v1: 'api/traces' };

export function tempo({ grafanaUrl, ...options }: TempoOptions): TraceSource {
  const name = 'tempo';
  const backend = openBackend(name, TENANT_HEADER, options);
  /** Versions before 2.7 have only v1. */
  let hasV2 = true;
  const read = readTraces();

  async function openTrace(traceId: string, signal: AbortSignal): Promise<OpenBody> {
    // An id that is not hex would be refused as malformed.
    const [id] = /^[0-9a-f]{1,32}$/i.test(traceId) ? traceIdForms(traceId) : [];
    const found = id === undefined ? undefined : await traceOf(id, signal);
    if (id === undefined || found === undefined) throw new TraceNotFoundError(traceId, name);
    const query = { text: `GET /${found.path}`, url: traceLink().replace('{traceId}', id) };
    return { source: name, format: 'otlp-json', query, chunks: found.chunks };
  }

  /** A trace that moves from memory to disk is briefly in neither, so v1 is queried if v2 does not have it. */
  async function traceOf(id: string, signal: AbortSignal): Promise<Found | undefined> {
    return (hasV2 ? await traceFrom('v2', id, signal) : undefined) ?? (await traceFrom('v1', id, signal));
  }

  async function traceFrom(api: TraceApi, id: string, signal: AbortSignal): Promise<Found | undefined> {
    const path = `${TRACE_PATHS[api]}/${id}`;
    const answer = await backend.get(path, { signal });
    if (answer.kind === 'body') {
      const chunks = await unlessItBegins(answer.chunks, NOTHING);
      return chunks && { path, chunks };
    }
    if (!isMissing(answer)) throw backend.error(path, answer);
    if (isNotServed(answer) && api === 'v1') throw backend.misplaced(path);
    if (isNotServed(answer)) hasV2 = false;
    return undefined;
  }

  async function search(query: TraceSearch, signal: AbortSignal): Promise<readonly OpenBody[]> {
    const text = spansOf(query);
    const found = await ask(
      SEARCH_PATH,
      [['q', text], ['limit', `${query.limit}`], ['spss', '1'], ...seconds(query)],
      signal,
    );
    const ids = tracesIn(found);
    if (ids === undefined) throw backend.misplaced(SEARCH_PATH);
    const asked = askedFor(text, query);
    return ids.map((id) => ({ source: name, format: 'otlp-json', query: asked, chunks: chunksOf(id, signal) }));
  }

  async function* chunksOf(id: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const known = read.chunksOf(id);
    if (known !== undefined) {
      for (const chunk of known) yield new Uint8Array(chunk);
      return;
    }
    const found = await traceOf(id, signal);
    if (found === undefined) throw new TraceNotFoundError(id, name);
    yield* read.keeping(id, found.chunks);
  }

  async function services(signal: AbortSignal): Promise<readonly string[]> {
    for (const path of SERVICE_PATHS) {
      const answer = await backend.get(path, { signal });
      if (answer.kind !== 'body') {
        if (isMissing(answer)) continue;
        throw backend.error(path, answer);
      }
      const names = valuesIn(await readJson(answer.chunks));
      if (names !== undefined) return names;
    }
    throw backend.misplaced(SERVICE_PATHS[0]);
  }

  const statistics: Statistics = {
    lack: 'rates and durations cover only the requests that were read',
    nothing: 'counted no requests: its metrics-generator has no local-blocks processor, or there are no server spans',
    async findMetrics(search) {
      const isLonger = search.toUs - search.fromUs > MOST_HOURS * 3_600e6;
      const warnings = isLonger ? [`was asked to count only the last ${MOST_HOURS} h of that time window`] : [];
      return { queries: countingQueries(search), warnings };
    },
    async openMetrics(query, signal) {
      const { text } = query;
      const { stepSeconds, ...range } = wholeSteps(query);
      const asked: Search = [['q', text], ['step', `${stepSeconds}s`], ...seconds(range)];
      const answer = await backend.get(COUNT_PATH, { signal, search: asked });
      if (answer.kind !== 'body') throw backend.error(COUNT_PATH, answer);
      const chunks = framed(answer.chunks, { ...countedBy(text), ...range });
      return { source: name, format: 'tempo-metrics-json', query: askedFor(text, range), chunks };
    },
    async percentile({ belowUs, ...query }, signal) {
      const [requests, slower] = await Promise.all([
        countAll(query, signal),
        countAll({ ...query, minDurationUs: belowUs }, signal),
      ]);
      return { requests, slower };
    },
  };

  /** Tempo refuses a long time, so it counts parts of it. */
  async function countAll(search: CountedSpans, signal: AbortSignal): Promise<number> {
    let sum = 0;
    for (const { stepSeconds, ...range } of partsOf(search)) {
      const asked: Search = [['q', countOf(search)], ['step', `${stepSeconds}s`], ...seconds(range)];
      const { success, data } = Counts.safeParse(await ask(COUNT_PATH, asked, signal));
      if (!success) throw backend.misplaced(COUNT_PATH);
      sum += data.series.flatMap(({ samples }) => samples).reduce((all, { value }) => all + value, 0);
    }
    return sum;
  }

  async function ask(path: string, search: Search, signal: AbortSignal): Promise<unknown> {
    const answer = await backend.get(path, { signal, search });
    if (answer.kind !== 'body') throw backend.error(path, answer);
    return await readJson(answer.chunks);
  }

  function askedFor(text: string, time: Time): Query {
    const url = grafanaUrl
      ? tracesLink(grafanaUrl, text, exploreRange(time))
      : addressUnder(options.url, SEARCH_PATH, [['q', text], ...seconds(time)]);
    return { text, url };
  }

  function traceLink(): string {
    if (!grafanaUrl) return `${addressUnder(options.url, `${TRACE_PATHS.v2}/`)}{traceId}`;
    return inTemplate(tracesLink(grafanaUrl, '{traceId}', LONG_AGO));
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => {
      const health = healthOfServices(await services(signal));
      return health.remedy === '' ? { ...health, detail: `${health.detail}; ${await countingSaid(signal)}` } : health;
    });
  }

  /** Tempo is healthy even without its counts. */
  async function countingSaid(signal: AbortSignal): Promise<string> {
    try {
      const found = await ask(
        COUNT_PATH,
        [
          ['q', '{ } | rate()'],
          ['since', '5m'],
          ['step', '60s'],
        ],
        signal,
      );
      const series = typeof found === 'object' && found !== null && 'series' in found ? found.series : [];
      return Array.isArray(series) && series.length > 0 ? 'counts requests' : 'counted none of the last 5 min';
    } catch (error) {
      if (!(error instanceof SpanhoundError)) throw error;
      return 'does not count requests';
    }
  }

  const span = grafanaUrl ? inTemplate(tracesLink(grafanaUrl, '{traceId}', LONG_AGO, '{spanId}')) : '';
  return { name, openTrace, search, services, statistics, links: { trace: traceLink(), span }, check };
}

type Time = Pick<TraceSearch, 'fromUs' | 'toUs'>;
type CountedSpans = Omit<TraceSearch, 'limit'>;

/** Tempo leaves out what is 0 or empty. */
const Counts = z.object({
  series: z.array(z.object({ samples: z.array(z.object({ value: z.number().default(0) })).default([]) })).default([]),
});

/** Whole minutes, none of them in two parts. */
function partsOf({ fromUs, toUs }: Time): readonly Omit<MetricQuery, 'text'>[] {
  const [start, end] = [fromUs, toUs].map((us) => Math.floor(us / 1e6 / MINUTE_S) * MINUTE_S) as [number, number];
  const seconds = MOST_HOURS * 3_600;
  return Array.from({ length: Math.ceil((end - start) / seconds) }, (_, part) => {
    const begin = start + part * seconds;
    const last = Math.min(end, begin + seconds);
    return { fromUs: begin * 1e6, toUs: last * 1e6, stepSeconds: MINUTE_S };
  });
}

/** So that a query always has the same points; a query for one number uses whole minutes. */
function wholeSteps({ fromUs, toUs, stepSeconds }: MetricQuery): Omit<MetricQuery, 'text'> {
  const isOne = stepSeconds * 1e6 >= toUs - fromUs;
  const grid = isOne ? MINUTE_S : stepSeconds;
  const start = Math.floor(fromUs / 1e6 / grid) * grid;
  const end = Math.max(Math.floor(toUs / 1e6 / grid) * grid, start + grid);
  return { fromUs: start * 1e6, toUs: end * 1e6, stepSeconds: isOne ? end - start : stepSeconds };
}

const MINUTE_S = 60;

/** Tempo takes whole seconds, and refuses an empty time range. */
function seconds({ fromUs, toUs }: Time): Search {
  const start = Math.floor(fromUs / 1e6);
  return [
    ['start', `${start}`],
    ['end', `${Math.max(start + 1, Math.ceil(toUs / 1e6))}`],
  ];
}

/** The trace may be of any day. */
const LONG_AGO = { from: 'now-30d', to: 'now' };

function tracesLink(grafana: URL, text: string, range: ExploreQuery['range'], spanId?: string): string {
  const query = { query: text, queryType: 'traceql' };
  const panelsState = spanId === undefined ? undefined : { trace: { spanId } };
  return exploreLink(grafana, 'traces', { type: 'tempo', query, range, panelsState });
}

function isMissing(answer: Exclude<Answer, { kind: 'body' }>): boolean {
  return answer.status === 404;
}

/** Tempo reports a missing trace with an empty answer. */
function isNotServed(answer: Exclude<Answer, { kind: 'body' }>): boolean {
  return answer.kind === 'page' || /page not found/i.test(answer.text);
}

/** `{"trace":{},"metrics":{}}` */
const NOTHING = /^\s*\{\s*(?:"(?:trace|batches)"\s*:\s*(?:\{\s*\}|\[\s*\]|null)|\})/;

/** A response does not say what its numbers mean, so this precedes it. */
async function* framed(chunks: AsyncIterable<Uint8Array>, counted: Counted & Time): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`{"counted":${JSON.stringify(counted)},"answer":`);
  yield* chunks;
  yield Buffer.from('}');
}

/** Ids without leading zeros, as Tempo writes them here. */
function tracesIn(found: unknown): readonly string[] | undefined {
  if (typeof found !== 'object' || found === null) return undefined;
  const traces = 'traces' in found ? (found.traces ?? []) : 'metrics' in found ? [] : undefined;
  if (!Array.isArray(traces)) return undefined;
  const ids = traces.map((trace: { traceID?: unknown } | null) => trace?.traceID);
  return [...new Set(ids.filter((id) => typeof id === 'string' && /^[0-9a-f]{1,32}$/i.test(id)))].map((id) =>
    `${id}`.padStart(32, '0'),
  );
}

/** Texts, or texts with their type. */
function valuesIn(found: unknown): readonly string[] | undefined {
  if (typeof found !== 'object' || found === null) return undefined;
  const values = 'tagValues' in found ? (found.tagValues ?? []) : 'metrics' in found ? [] : undefined;
  if (!Array.isArray(values)) return undefined;
  const texts = values.map((one: unknown) =>
    typeof one === 'object' && one !== null && 'value' in one ? one.value : one,
  );
  return texts.filter((text) => typeof text === 'string');
}
