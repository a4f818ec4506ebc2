/**
 * Reads log lines from Elasticsearch 7.2 and newer, and from OpenSearch. It uses plain HTTP, because the client of each
 * refuses the server of the other. Two answers come with status 200 and are errors here: no index has the name, and some
 * shards failed.
 *
 * https://www.elastic.co/guide/en/elasticsearch/reference/current/search-search.html
 */
import { inTemplate } from '#adapters/explore-link.ts';
import { checked } from '#adapters/health.ts';
import { addressUnder, type BackendOptions, openBackend, readJson, type Search } from '#adapters/http.ts';
import { emptyTally, type Limits, pageOf, restOf, startOf } from '#adapters/line-pages.ts';
import { isoFromUs } from '#core/clock.ts';
import { BackendError } from '#core/errors.ts';
import type { Health, LogQuery, LogSource, OpenBody, Query, Statistics } from '#gather/sources.ts';
import { type Found, foundIn, streamsOf } from './hits.ts';
import { type Fields, kqlOf, SERVICE_FIELDS, searchOf } from './query.ts';
import { countingQueries, countingSearch, linesCounted, seriesIn } from './statistics.ts';

export type ElasticsearchOptions = BackendOptions &
  Readonly<{
    /** Names of indices, data streams and aliases, with commas between them. */
    indices: string;
    timeField: string;
    /** @default the first of the usual names that a line has */
    serviceField?: string | undefined;
    apiKey?: string | undefined;
    /** The address of Kibana or OpenSearch Dashboards, for links. */
    uiUrl?: URL | undefined;
  }>;

const NAME = 'elasticsearch';

/** A search returns at most 10,000 (`index.max_result_window`). A tenth is parsed in milliseconds. */
const LIMITS: Limits = { lines: 1_000, rangeNs: undefined };
/** As much is parsed at once. A page of longer lines is an error that says so. */
const MAX_PAGE_BYTES = 32_000_000;

/** Some of the names may match no index. */
const TOLERANT: Search = [
  ['ignore_unavailable', 'true'],
  ['allow_no_indices', 'true'],
];

export function elasticsearch(options: ElasticsearchOptions): LogSource {
  const { indices, timeField, serviceField, apiKey, uiUrl, maxBytes = MAX_PAGE_BYTES } = options;
  const fields: Fields = { time: timeField, services: serviceField === undefined ? SERVICE_FIELDS : [serviceField] };
  const backend = openBackend(NAME, '', {
    ...options,
    maxBytes: Math.min(maxBytes, MAX_PAGE_BYTES),
    headers: { ...(apiKey !== undefined && { authorization: `ApiKey ${apiKey}` }), ...options.headers },
  });
  const path = `${indices.split(',').map(encodeURIComponent).join(',')}/_search`;

  async function found(json: unknown, signal: AbortSignal): Promise<Found & Readonly<{ answer: unknown }>> {
    const response = await backend.post(path, { signal, search: TOLERANT, json });
    if (response.kind !== 'body') throw backend.error(path, response);
    const answer = await readJson(response.chunks);
    const result = foundIn(answer, timeField);
    if (result === undefined) throw backend.misplaced(path);
    if (result.shards > 0) return { ...result, lacks: backend.quoted(result.lacks), answer };
    throw notWhole(`no index has a name like ${indices}; set ELASTICSEARCH_INDICES`);
  }

  async function openLogs(query: LogQuery, signal: AbortSignal, after = startOf(query)): Promise<OpenBody> {
    const page = pageOf(query, after, LIMITS);
    const tally = emptyTally();
    const result = await found(searchOf(query, page, fields), signal);
    // What ignores the limit, such as a wrong address, must not keep us busy.
    const hits = result.hits.slice(0, page.limit);
    const bytes = streamsOf({ ...result, hits }, fields.services, tally);
    return {
      source: NAME,
      format: 'loki-json',
      query: asked(query),
      chunks: chunksOf(bytes, result.lacks),
      rest: () => restOf(query, page, tally),
    };
  }

  const statistics: Statistics = {
    lack: 'the numbers of lines and errors cover only the lines that were read',
    findMetrics: async (search) => ({ queries: countingQueries(search, fields), warnings: [] }),
    async openMetrics(query, signal) {
      const { answer, lacks } = await found(countingSearch(query, fields), signal);
      // A count of some shards is too low, and nothing shows by how much.
      if (lacks !== '') throw notWhole(lacks);
      const bytes = seriesIn(answer, query);
      if (bytes === undefined) throw backend.misplaced(path);
      return {
        source: NAME,
        format: 'prometheus-json',
        query: asked(linesCounted(query)),
        chunks: chunksOf(bytes, ''),
      };
    },
  };

  /** What was found comes first, and then the reason why it is not all. */
  async function* chunksOf(bytes: Uint8Array, lacks: string): AsyncGenerator<Uint8Array> {
    yield bytes;
    if (lacks !== '') throw notWhole(lacks);
  }

  function notWhole(reason: string): BackendError {
    return new BackendError(NAME, 200, path, { reason });
  }

  function asked(query: LogQuery): Query {
    const text = kqlOf(query, fields);
    const range = { from: isoFromUs(query.fromUs), to: isoFromUs(query.toUs) };
    return { text, url: uiUrl === undefined ? addressUnder(options.url, path) : discoverLink(uiUrl, text, range) };
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => {
      const answer = await backend.get('', { signal });
      // A key for indices alone may not ask for the version.
      const version = answer.kind === 'body' ? backend.quoted(versionIn(await readJson(answer.chunks))) : '';
      const page = pageOf(NEWEST, startOf(NEWEST), LIMITS);
      const [line] = (await found(searchOf(NEWEST, page, fields), signal)).hits;
      return healthOf(line && Number(line.timeNs / 1_000n), { version, indices, timeField });
    });
  }

  return {
    name: NAME,
    title: 'Elasticsearch',
    serviceSetting: 'ELASTICSEARCH_SERVICE_FIELD',
    holdsDays: true,
    openLogs,
    statistics,
    links: { logs: uiUrl === undefined ? '' : inTemplate(discoverLink(uiUrl, '"{traceId}"', LAST_DAY)) },
    check,
  };
}

const LAST_DAY = { from: 'now-24h', to: 'now' };

function healthOf(
  newestUs: number | undefined,
  { version, indices, timeField }: Readonly<{ version: string; indices: string; timeField: string }>,
): Health {
  const says = version === '' ? 'answers' : `${version} answers`;
  if (newestUs === undefined) {
    return {
      ok: true,
      detail: `${says}, but no line in ${indices} has a time`,
      remedy: `Send it lines, or check ELASTICSEARCH_INDICES and ELASTICSEARCH_TIME_FIELD (now ${timeField}).`,
    };
  }
  return { ok: true, detail: `${says}; the newest line in ${indices} is of ${isoFromUs(newestUs)}`, remedy: '' };
}

/** The newest line of all. */
const NEWEST: LogQuery = { by: 'service', services: [], fromUs: 0, toUs: 4_102_444_800e6, limit: 1, newestFirst: true };

/** `OpenSearch 2.19.3`; Elasticsearch does not name itself there. */
function versionIn(info: unknown): string {
  if (typeof info !== 'object' || info === null || !('version' in info)) return '';
  const { distribution, number } = info.version as { distribution?: unknown; number?: unknown };
  if (typeof number !== 'string') return '';
  return `${distribution === 'opensearch' ? 'OpenSearch' : 'Elasticsearch'} ${number}`;
}

/** Kibana and OpenSearch Dashboards take the same address. The data view is the person's own default. */
function discoverLink(ui: URL, kql: string, { from, to }: Readonly<{ from: string; to: string }>): string {
  const state = `_g=(time:(from:${rison(from)},to:${rison(to)}))&_a=(query:(language:kuery,query:${rison(kql)}))`;
  return `${addressUnder(ui, 'app/discover')}#/?${state}`;
}

/** Text in Rison, Kibana's form of its state in an address. */
function rison(text: string): string {
  return encodeURIComponent(`'${text.replace(/[!']/g, '!$&')}'`);
}
