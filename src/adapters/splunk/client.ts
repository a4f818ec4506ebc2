/**
 * Reads log lines from Splunk Enterprise or Splunk Cloud by its export of search results, which keeps no job. Splunk stops
 * the search when the connection ends.
 *
 * https://help.splunk.com/splunk-enterprise/search/search-manual/9.0/export-search-results/export-data-using-the-splunk-rest-api
 */
import { wholeSteps } from '#adapters/counted-steps.ts';
import { inTemplate } from '#adapters/explore-link.ts';
import { checked } from '#adapters/health.ts';
import { addressUnder, type BackendOptions, openBackend } from '#adapters/http.ts';
import { fieldOr, type LineFields } from '#adapters/line-fields.ts';
import { emptyTally, type Page, pageOf, restOf, SMALL_PAGES, startOf } from '#adapters/line-pages.ts';
import { isoFromUs } from '#core/clock.ts';
import { BackendError, NotABackendError } from '#core/errors.ts';
import type { Health, LineQuery, LogQuery, LogSource, OpenBody, Query, Statistics } from '#gather/sources.ts';
import { LEVEL_FIELDS, streamsOf, timeIn } from './lines.ts';
import { eventsOf, type Fields, quoted, SERVICE_FIELDS, TRACE_FIELDS } from './query.ts';
import { type Rows, rowsIn, WITH_END } from './rows.ts';
import { countingQuery, seriesIn } from './statistics.ts';

export type SplunkOptions = BackendOptions &
  LineFields &
  Readonly<{
    /** Names of indexes, with commas between them. */
    indexes: string;
    /** @default the first of the usual names that an event has */
    serviceField?: string | undefined;
    /** The address of Splunk Web, for links. */
    uiUrl?: URL | undefined;
  }>;

const NAME = 'splunk';
/** Since Splunk 9.0.1. */
const PATH = 'services/search/v2/jobs/export';

const MAX_PAGE_BYTES = 32_000_000;

/** Seconds since the epoch, with up to six decimals; the end is exclusive. */
type Times = Readonly<{ earliest: string; latest: string }>;

export function splunk(options: SplunkOptions): LogSource {
  const { indexes, serviceField, traceField, levelField, uiUrl, maxBytes = MAX_PAGE_BYTES } = options;
  const fields: Fields = {
    indexes,
    services: fieldOr(serviceField, SERVICE_FIELDS),
    traces: fieldOr(traceField, TRACE_FIELDS),
    levels: fieldOr(levelField, LEVEL_FIELDS),
  };
  const backend = openBackend(NAME, '', { ...options, maxBytes: Math.min(maxBytes, MAX_PAGE_BYTES) });

  async function found(search: string, { earliest, latest }: Times, signal: AbortSignal): Promise<Rows> {
    const answer = await backend.post(PATH, {
      signal,
      form: [
        ['search', `${search} ${WITH_END}`],
        ['earliest_time', earliest],
        ['latest_time', latest],
        ['output_mode', 'json'],
        ['preview', 'false'],
        ['adhoc_search_level', 'smart'],
      ],
    });
    if (answer.kind !== 'body') throw backend.error(PATH, answer);
    const parts: Uint8Array[] = [];
    for await (const chunk of answer.chunks) parts.push(chunk);
    const rows = rowsIn(Buffer.concat(parts).toString('utf8'));
    if (rows === undefined) throw backend.misplaced(PATH);
    return rows;
  }

  async function openLogs(query: LogQuery, signal: AbortSignal, after = startOf(query)): Promise<OpenBody> {
    const page = pageOf(query, after, SMALL_PAGES);
    const times = timesOf(query, page);
    const events = eventsOf(query, fields);
    const { rows, lacks } = await found(`${events} ${pageCommands(query, page)}`, times, signal);
    const tally = emptyTally();
    const bytes = streamsOf(rows, { services: fields.services, traceField, levelField }, tally);
    return {
      source: NAME,
      format: 'loki-json',
      query: shown(events, times),
      chunks: chunksOf(bytes, lacks),
      rest: () => restOf(query, page, tally),
    };
  }

  const statistics: Statistics = {
    lack: 'the numbers of lines and errors cover only the lines that were read',
    findMetrics: async (search) => ({ queries: [countingQuery(search, fields)], warnings: [] }),
    async openMetrics(query, signal) {
      const { start, end } = wholeSteps(query);
      const times = { earliest: `${start}`, latest: `${Math.max(end, start + query.stepSeconds)}` };
      const { rows, lacks } = await found(query.text, times, signal);
      // A count of a part is too low, and nothing shows by how much.
      if (lacks !== '') throw incomplete(lacks);
      const chunks = chunksOf(seriesIn(rows, query), '');
      return { source: NAME, format: 'prometheus-json', query: shown(query.text, times), chunks };
    },
  };

  /** What was found comes first, and then the reason why it is not all. */
  async function* chunksOf(bytes: Uint8Array, lacks: string): AsyncGenerator<Uint8Array> {
    yield bytes;
    if (lacks !== '') throw incomplete(lacks);
  }

  function incomplete(lacks: string): BackendError | NotABackendError {
    const isBusy = BUSY.test(lacks);
    const refusal = {
      kind: 'refusal',
      status: isBusy ? 503 : 200,
      text: lacks,
      retryAfterMs: undefined,
      header: () => '',
    };
    return backend.error(PATH, refusal as Parameters<typeof backend.error>[1]);
  }

  function shown(search: string, { earliest, latest }: Times): Query {
    const url = uiUrl === undefined ? addressUnder(options.url, PATH) : searchLink(uiUrl, search, { earliest, latest });
    return { text: search, url };
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => {
      try {
        const newest = `${eventsOf(ANY, fields)} ${timed('| head 1')}`;
        const { rows, lacks } = await found(newest, { earliest: '-1d', latest: 'now' }, signal);
        if (lacks !== '') throw incomplete(lacks);
        const ns = rows[0] && timeIn(rows[0]);
        if (ns === undefined) return nothingIn(indexes);
        return {
          ok: true,
          detail: `answers; the newest line in ${indexes} is of ${isoFromUs(Number(ns / 1_000n))}`,
          remedy: '',
        };
      } catch (error) {
        const remedy = remedyFor(error);
        if (remedy === '' || !(error instanceof Error)) throw error;
        return { ok: false, detail: error.message, remedy };
      }
    });
  }

  return {
    name: NAME,
    title: 'Splunk',
    serviceSetting: 'SPLUNK_SERVICE_FIELD',
    holdsDays: true,
    openLogs,
    statistics,
    links: { logs: uiUrl === undefined ? '' : inTemplate(traceLink(uiUrl, fields)) },
    check,
  };
}

/** A limit of searches that run at once is no fault of the search. */
const BUSY = /maximum number of concurrent|quota|not executed/i;

const ANY: LineQuery = { by: 'service', services: [], fromUs: 0, toUs: 0 };

function nothingIn(indexes: string): Health {
  return {
    ok: true,
    detail: `answers, but no line of the last day in ${indexes} can be read`,
    remedy: 'Send it lines, or check SPLUNK_INDEXES, and which indexes the role of the token’s user may search.',
  };
}

/** '' if the error says it already. */
function remedyFor(error: unknown): string {
  const status = error instanceof BackendError ? error.status : 0;
  if (status === 401) {
    return 'Check SPLUNK_TOKEN: it must be an authentication token (Settings > Tokens), and not one of the HTTP Event Collector.';
  }
  if (status === 403)
    return 'Give the role of the token’s user the capability search, and the indexes that it may search.';
  if (status === 404 || error instanceof NotABackendError) {
    return 'Check SPLUNK_URL: it must lead to the management port (8089) of Splunk 9.0.1 or later, not to Splunk Web, with its base path.';
  }
  return '';
}

/** Splunk gives the newest events first. The time as a number has all its digits, and no time zone. */
function pageCommands({ newestFirst = false }: LogQuery, { limit }: Page): string {
  return timed(newestFirst ? `| head ${limit}` : `| sort ${limit} _time`);
}

function timed(commands: string): string {
  return `${commands} | eval spanhound_time=_time`;
}

const NS_PER_US = 1_000n;

/** Splunk compares microseconds. A later page begins exactly at the time, or after it. */
function timesOf({ fromUs }: LogQuery, { startNs, endNs }: Page): Times {
  const isFirst = startNs === BigInt(Math.round(fromUs)) * NS_PER_US;
  return { earliest: secondsOf(isFirst ? startNs / NS_PER_US : ceiling(startNs)), latest: secondsOf(ceiling(endNs)) };
}

function ceiling(ns: bigint): bigint {
  return (ns + NS_PER_US - 1n) / NS_PER_US;
}

const US_PER_S = 1_000_000n;

function secondsOf(us: bigint): string {
  return `${us / US_PER_S}.${`${us % US_PER_S}`.padStart(6, '0')}`;
}

function searchLink(ui: URL, search: string, { earliest, latest }: Times): string {
  return addressUnder(ui, 'app/search/search', [
    ['q', search],
    ['earliest', earliest],
    ['latest', latest],
  ]);
}

function traceLink(ui: URL, fields: Fields): string {
  return searchLink(ui, `${eventsOf(ANY, fields)} ${quoted('{traceId}')}`, { earliest: '-24h', latest: 'now' });
}
