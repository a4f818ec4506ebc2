/**
 * Reads log lines from Loki's HTTP API. All of Loki's errors are text/plain. Times must be nanoseconds; other units
 * find nothing.
 */

import { wholeSteps } from '#adapters/counted-steps.ts';
import { type ExploreQuery, exploreLink, exploreRange, inTemplate } from '#adapters/explore-link.ts';
import { checked } from '#adapters/health.ts';
import { addressUnder, type BackendOptions, openBackend, readJson, type Search } from '#adapters/http.ts';
import { fieldOr, type LineFields } from '#adapters/line-fields.ts';
import { emptyTally, type Page, pageOf, restOf, startOf } from '#adapters/line-pages.ts';
import { SpanhoundError } from '#core/errors.ts';
import type {
  Health,
  LogCursor,
  LogQuery,
  LogSource,
  MetricQuery,
  OpenBody,
  Query,
  Statistics,
} from '#gather/sources.ts';
import { logQl, TRACE_FIELDS } from './logql.ts';
import { counted, lessonOf, USUAL_LIMITS } from './pages.ts';
import { labelOf, withSetFields } from './set-fields.ts';
import { asPeopleAsk, countingQueries, LEVEL_LABELS } from './statistics.ts';

export type LokiOptions = BackendOptions &
  LineFields &
  Readonly<{
    /** The stream label that names the service. @default service_name, which Loki adds itself */
    selectorLabel?: string | undefined;
    /** The address of Grafana; with it, queries are links into Explore. */
    grafanaUrl?: URL | undefined;
  }>;

const SELECTOR_LABEL = 'service_name';
const TENANT_HEADER = 'x-scope-orgid';

/** Otherwise stream labels, metadata and parsed fields come as one set, and one stream splits into one per line. */
const CATEGORIZED = { 'x-loki-response-encoding-flags': 'categorize-labels' };

/** Allows for both limits and for two smaller time windows: more refusals have another cause. */
const MAX_LESSONS = 4;

const QUERY_PATH = 'loki/api/v1/query_range';
const LABELS_PATH = 'loki/api/v1/labels';
const LIMITS_PATH = 'loki/api/v1/drilldown-limits';

export function loki({
  selectorLabel = SELECTOR_LABEL,
  grafanaUrl,
  traceField,
  levelField,
  ...options
}: LokiOptions): LogSource {
  const traces = fieldOr(traceField, TRACE_FIELDS).map(labelOf);
  // A field within the lines is no label: then what Loki detected counts.
  const levels = [...(levelField === undefined ? [] : [labelOf(levelField)]), ...LEVEL_LABELS];
  const name = 'loki';
  const backend = openBackend(name, TENANT_HEADER, options);

  /** The limits from Loki's refusals, which hold for every query. */
  let limits = USUAL_LIMITS;

  async function openLogs(query: LogQuery, signal: AbortSignal, after = startOf(query)): Promise<OpenBody> {
    const text = logQl(query, selectorLabel, traces);
    let cursor: LogCursor | undefined = after;
    for (let lessons = 0; ; lessons += 1) {
      const page = pageOf(query, cursor, limits);
      const search: Search = [['query', text], ...rangeOf(page, query)];
      const answer = await backend.get(QUERY_PATH, { signal, search, headers: CATEGORIZED });
      if (answer.kind === 'body') {
        const body = { source: name, format: 'loki-json', query: asked(text, query, search) } as const;
        return { ...body, ...pageOfBody(query, page, withSetFields(answer.chunks, { traceField, levelField })) };
      }
      cursor = lessons < MAX_LESSONS && answer.kind === 'refusal' ? learned(answer, page) : undefined;
      if (cursor === undefined) throw backend.error(QUERY_PATH, answer);
    }
  }

  /** Where to query again, with a smaller query; undefined if that would not help. */
  function learned(refusal: Parameters<typeof lessonOf>[0], page: Page): LogCursor | undefined {
    const lesson = lessonOf(refusal, page, limits);
    if (lesson === undefined) return undefined;
    if ('rangeNs' in lesson) return { ...page.before, rangeNs: `${lesson.rangeNs}` };
    limits = lesson.limits;
    return page.before;
  }

  const statistics: Statistics = {
    lack: 'the numbers of lines and errors cover only the lines that were read',
    findMetrics: async (search) => ({ queries: countingQueries(search, selectorLabel, levels), warnings: [] }),
    async openMetrics(query, signal) {
      const { start, end } = wholeSteps(query);
      const shown = asPeopleAsk(query.text);
      const range = [
        ['start', `${start}`],
        ['end', `${end}`],
        ['step', `${query.stepSeconds}`],
      ] as const;
      const answer = await backend.get(QUERY_PATH, { signal, search: [['query', query.text], ...range] });
      if (answer.kind !== 'body') throw backend.error(QUERY_PATH, answer);
      const said = asked(shown, query, [['query', shown], ...range]);
      return { source: name, format: 'prometheus-json', query: said, chunks: answer.chunks };
    },
  };

  function asked(text: string, time: Pick<MetricQuery, 'fromUs' | 'toUs'>, search: Search): Query {
    const url = grafanaUrl
      ? linesLink(grafanaUrl, text, exploreRange(time))
      : addressUnder(options.url, QUERY_PATH, search);
    return { text, url };
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => {
      await checkReady(signal);
      const answer = await backend.get(LABELS_PATH, { signal });
      if (answer.kind !== 'body') throw backend.error(LABELS_PATH, answer);
      const labels = labelsIn(await readJson(answer.chunks));
      if (!labels) throw backend.misplaced(LABELS_PATH);
      return healthOf(labels, selectorLabel, await limitsSaid(signal));
    });
  }

  /** A gateway often hides `/ready`; only Loki's own "not yet" counts. */
  async function checkReady(signal: AbortSignal): Promise<void> {
    const answer = await backend.get('ready', { signal });
    if (answer.kind === 'refusal' && answer.status === 503) throw backend.error('ready', answer);
    if (answer.kind === 'body') await readJson(answer.chunks);
  }

  /** Loki's limits, available since 3.0 and unless a gateway hides them; '' if unknown. */
  async function limitsSaid(signal: AbortSignal): Promise<string> {
    // Loki without tenants calls its only one `fake`, and requires the name here.
    const headers: Record<string, string> = options.tenant === undefined ? { [TENANT_HEADER]: 'fake' } : {};
    try {
      const answer = await backend.get(LIMITS_PATH, { signal, headers });
      return answer.kind === 'body' ? limitsIn(await readJson(answer.chunks)) : '';
    } catch (error) {
      if (!(error instanceof SpanhoundError)) throw error;
      return ''; // Loki is well if it answers everything else
    }
  }

  return {
    name,
    serviceSetting: 'LOKI_SELECTOR_LABEL',
    holdsDays: true,
    openLogs,
    statistics,
    links: { logs: logsLink(grafanaUrl, selectorLabel) },
    check,
  };
}

function pageOfBody(
  query: LogQuery,
  page: Page,
  chunks: AsyncIterable<Uint8Array>,
): Pick<Required<OpenBody>, 'chunks' | 'rest'> {
  const tally = emptyTally();
  return { chunks: counted(chunks, tally), rest: () => restOf(query, page, tally) };
}

/** In nanoseconds: the year 2026 exceeds the exact range of a double. */
function rangeOf({ startNs, endNs, limit }: Page, { newestFirst = false }: LogQuery): Search {
  return [
    ['start', `${startNs}`],
    ['end', `${endNs}`],
    ['limit', `${limit}`],
    ['direction', newestFirst ? 'backward' : 'forward'],
  ];
}

function linesLink(grafana: URL, expr: string, range: ExploreQuery['range']): string {
  return exploreLink(grafana, 'logs', { type: 'loki', query: { expr, queryType: 'range' }, range });
}

function logsLink(grafana: URL | undefined, selectorLabel: string): string {
  if (!grafana) return '';
  const text = logQl({ by: 'text', text: '{traceId}', services: [], fromUs: 0, toUs: 0 }, selectorLabel);
  return inTemplate(linesLink(grafana, text, { from: 'now-24h', to: 'now' }));
}

/** The list is missing if nothing was ever ingested; undefined for any other response. */
function labelsIn(list: unknown): readonly string[] | undefined {
  if (typeof list !== 'object' || list === null || !('status' in list) || list.status !== 'success') return undefined;
  const labels = 'data' in list ? list.data : [];
  return Array.isArray(labels) ? labels.filter((label) => typeof label === 'string') : undefined;
}

/** `at most 5000 lines and 30d1h at once; keeps 31d`, with Loki's own durations; 0 is no limit. */
function limitsIn(said: unknown): string {
  const limits = typeof said === 'object' && said !== null && 'limits' in said ? said.limits : undefined;
  if (typeof limits !== 'object' || limits === null) return '';
  const of = (limit: string): string => {
    const value: unknown = Reflect.get(limits, limit);
    const text = typeof value === 'number' || typeof value === 'string' ? `${value}` : '';
    return /^[1-9]\w*$/.test(text) ? text : '';
  };
  const [lines, length, kept] = [of('max_entries_limit_per_query'), of('max_query_length'), of('retention_period')];
  const atOnce = [lines && `${lines} lines`, length].filter((limit) => limit !== '').join(' and ');
  return [atOnce && `at most ${atOnce} at once`, kept && `keeps ${kept}`].filter((part) => part !== '').join('; ');
}

function healthOf(labels: readonly string[], selectorLabel: string, limits: string): Health {
  if (labels.length === 0) {
    return {
      ok: true,
      detail: 'answers, but has no lines from the last hours',
      remedy: 'Send it logs, or check the tenant if there are some already.',
    };
  }
  if (!labels.includes(selectorLabel)) {
    return {
      ok: false,
      detail: `no stream has the label ${selectorLabel}`,
      remedy: `Set the selector label of Loki to the one that names the service. It has: ${labels.join(', ')}.`,
    };
  }
  const detail = ['answers', `services by the label ${selectorLabel}`, limits].filter((part) => part !== '').join('; ');
  return { ok: true, detail, remedy: '' };
}
