/**
 * Reads log lines through Datadog's logs search, in pages by its cursor.
 *
 * https://docs.datadoghq.com/api/latest/logs/#search-logs
 */
import { addressUnder, readJson } from '#adapters/http.ts';
import { BackendError } from '#core/errors.ts';
import type { Health, LogCursor, LogQuery, LogSource, OpenBody, Query } from '#gather/sources.ts';
import { type DatadogOptions, NAME, openApi, type SpentLimits, uiOf } from './api.ts';
import { type LogPage, logPageIn, streamsOf } from './lines.ts';
import { linesOf, type SearchWindow, windowOf } from './query.ts';
import { lineStatistics } from './statistics.ts';

const PATH = 'api/v2/logs/events/search';

/** The most that Datadog returns at once. */
const PAGE_LINES = 1_000;
/** A page is parsed at once. */
const MAX_PAGE_BYTES = 32_000_000;

const START: LogCursor = { fromNs: '0', read: 0, atFrom: 0, skipped: false };

type Wanted = Readonly<{ query: string; window: SearchWindow; isNewestFirst: boolean; limit: number }>;

export function datadogLogs(options: DatadogOptions, spent: SpentLimits): LogSource {
  const { traceField, levelField, maxBytes = MAX_PAGE_BYTES } = options;
  const api = openApi('logs_read_data', { ...options, maxBytes: Math.min(maxBytes, MAX_PAGE_BYTES) }, spent);
  const ui = uiOf(options);

  async function openLogs(query: LogQuery, signal: AbortSignal, after = START): Promise<OpenBody> {
    const text = linesOf(query, traceField);
    const window = windowOf(query);
    const limit = Math.min(PAGE_LINES, Math.max(1, Math.trunc(query.limit) - after.read));
    const wanted = { query: text, window, isNewestFirst: query.newestFirst ?? false, limit };
    const page = await pageOf(wanted, signal, after.token);
    const read = after.read + page.data.length;
    const token = page.data.length < limit || read >= query.limit ? undefined : page.meta?.page?.after;
    return {
      source: NAME,
      format: 'loki-json',
      query: shown(text, window),
      chunks: chunksOf(page, { traceId: query.by === 'trace-field' ? query.traceId : '', traceField, levelField }),
      rest: () => (token === undefined ? undefined : { ...START, read, token }),
    };
  }

  async function pageOf(wanted: Wanted, signal: AbortSignal, cursor?: string): Promise<LogPage> {
    const { query, window, isNewestFirst, limit } = wanted;
    const page = { limit, ...(cursor !== undefined && { cursor }) };
    const sort = isNewestFirst ? '-timestamp' : 'timestamp';
    const answer = await api.post(PATH, { filter: { query, ...window }, sort, page }, signal);
    const found = logPageIn(await readJson(answer.chunks));
    if (found === undefined) throw api.misplaced(PATH);
    return { ...found, data: found.data.slice(0, limit) };
  }

  function shown(text: string, { from, to }: SearchWindow): Query {
    const time = [
      ['from_ts', from],
      ['to_ts', to],
    ] as const;
    return { text, url: addressUnder(ui, 'logs', [['query', text], ...time, ['live', 'false']]) };
  }

  function check(signal: AbortSignal): Promise<Health> {
    return api.healthOf(async () => {
      const window = { from: 'now-1d', to: 'now' };
      const { data } = await pageOf({ query: '*', window, isNewestFirst: true, limit: 1 }, signal);
      const newest = data[0]?.attributes.timestamp;
      if (newest !== undefined)
        return { ok: true, detail: `answers; the newest line is of ${api.quoted(newest)}`, remedy: '' };
      return {
        ok: true,
        detail: 'answers, but no line of the last day can be read',
        remedy: 'Send it logs, or check which indexes the owner of the application key may read.',
      };
    }, signal);
  }

  return {
    name: NAME,
    title: 'Datadog',
    holdsDays: true,
    openLogs,
    statistics: lineStatistics(api, ui),
    links: { logs: `${addressUnder(ui, 'logs')}?query=trace_id%3A{traceId}` },
    check,
  };
}

/** What was found comes first, and then the reason why it is not all. */
async function* chunksOf(page: LogPage, of: Parameters<typeof streamsOf>[1]): AsyncGenerator<Uint8Array> {
  yield streamsOf(page, of);
  if (page.meta?.status === 'timeout') {
    throw new BackendError(NAME, 200, PATH, { reason: 'the search timed out, so lines may be missing' });
  }
}
