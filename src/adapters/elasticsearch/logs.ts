/** Reads log lines from Elasticsearch 7.2 and newer, and from OpenSearch. */
import { inTemplate } from '#adapters/explore-link.ts';
import { checked } from '#adapters/health.ts';
import { readJson } from '#adapters/http.ts';
import { fieldOr, type LineFields } from '#adapters/line-fields.ts';
import { emptyTally, pageOf, restOf, SMALL_PAGES, startOf } from '#adapters/line-pages.ts';
import { isoFromUs } from '#core/clock.ts';
import type { Health, LineQuery, LogQuery, LogSource, OpenBody, Query, Statistics } from '#gather/sources.ts';
import { NAME, openSearch, type SearchOptions } from './api.ts';
import { discoverLink, LAST_DAY } from './discover.ts';
import { type Found, linesIn, streamsOf } from './hits.ts';
import { type Fields, kqlOf, LEVEL_FIELDS, SERVICE_FIELDS, searchOf, TRACE_FIELDS } from './query.ts';
import { countingQueries, countingSearch, linesCounted, seriesIn } from './statistics.ts';

export type LogOptions = SearchOptions &
  LineFields &
  Readonly<{
    /** Names of indices, data streams and aliases, with commas between them. */
    indices: string;
    timeField: string;
    /** @default the first of the usual names that a line has */
    serviceField?: string | undefined;
  }>;

const MAX_PAGE_BYTES = 32_000_000;

export function elasticsearchLogs(options: LogOptions): LogSource {
  const { indices, timeField, serviceField, traceField, levelField, uiUrl } = options;
  const fields: Fields = {
    time: timeField,
    services: fieldOr(serviceField, SERVICE_FIELDS),
    traces: fieldOr(traceField, TRACE_FIELDS),
    levels: fieldOr(levelField, LEVEL_FIELDS),
  };
  const api = openSearch(options, { indices, setting: 'ELASTICSEARCH_INDICES', maxPageBytes: MAX_PAGE_BYTES });
  const { backend } = api;

  async function found(json: unknown, signal: AbortSignal): Promise<Found & Readonly<{ answer: unknown }>> {
    const result = await api.search(json, signal);
    return { ...linesIn(result, timeField), answer: result.answer };
  }

  async function openLogs(query: LogQuery, signal: AbortSignal, after = startOf(query)): Promise<OpenBody> {
    const page = pageOf(query, after, SMALL_PAGES);
    const tally = emptyTally();
    const result = await found(searchOf(query, page, fields), signal);
    // What ignores the limit, such as a wrong address, must not keep us busy.
    const hits = result.hits.slice(0, page.limit);
    const bytes = streamsOf({ ...result, hits }, { services: fields.services, traceField, levelField }, tally);
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
      if (lacks !== '') throw api.notWhole(lacks);
      const bytes = seriesIn(answer, query);
      if (bytes === undefined) throw api.misplaced();
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
    if (lacks !== '') throw api.notWhole(lacks);
  }

  function asked(query: LineQuery): Query {
    const text = kqlOf(query, fields);
    const range = { from: isoFromUs(query.fromUs), to: isoFromUs(query.toUs) };
    return { text, url: uiUrl === undefined ? api.address : discoverLink(uiUrl, text, range) };
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => {
      const answer = await backend.get('', { signal });
      // A key for indices alone may not ask for the version.
      const version = answer.kind === 'body' ? backend.quoted(versionIn(await readJson(answer.chunks))) : '';
      const page = pageOf(NEWEST, startOf(NEWEST), SMALL_PAGES);
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
