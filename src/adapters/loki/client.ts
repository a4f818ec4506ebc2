/** Reads log lines from Loki's HTTP API. Every error of Loki's is text/plain; times are nanoseconds, or they find nothing. */
import { addressUnder, type BackendOptions, openBackend, readJson, type Search } from '#adapters/http.ts';
import { NotABackendError, SpanhoundError } from '#core/errors.ts';
import type { Health, LogQuery, LogSource, OpenBody, Query } from '#gather/sources.ts';
import { logQl } from './logql.ts';

export type LokiOptions = BackendOptions &
  Readonly<{
    /** The stream label that names the service. @default service_name, which Loki adds by itself */
    selectorLabel?: string | undefined;
    /** Where people open Grafana; with it, queries are links into Explore. */
    grafanaUrl?: URL | undefined;
  }>;

const SELECTOR_LABEL = 'service_name';
const TENANT_HEADER = 'x-scope-orgid';

/** Loki's own limit (`max_entries_limit_per_query`): one more is an error and not a shorter answer. */
const MAX_LINES = 5000;

/** Else stream labels, metadata and parsed fields come as one set, and one stream splits into as many as there are lines. */
const CATEGORIZED = { 'x-loki-response-encoding-flags': 'categorize-labels' };

const QUERY_PATH = 'loki/api/v1/query_range';
const LABELS_PATH = 'loki/api/v1/labels';

export function loki({ selectorLabel = SELECTOR_LABEL, grafanaUrl, ...options }: LokiOptions): LogSource {
  const name = 'loki';
  const backend = openBackend(name, TENANT_HEADER, options);

  async function openLogs(query: LogQuery, signal: AbortSignal): Promise<OpenBody> {
    const text = logQl(query, selectorLabel);
    const search: Search = [['query', text], ...rangeOf(query)];
    const answer = await backend.get(QUERY_PATH, { signal, search, headers: CATEGORIZED });
    if (answer.kind !== 'body') throw backend.error(QUERY_PATH, answer);
    return { source: name, format: 'loki-json', query: asked(text, query, search), chunks: answer.chunks };
  }

  function asked(text: string, { fromUs, toUs }: LogQuery, search: Search): Query {
    const range = { from: `${Math.floor(fromUs / 1000)}`, to: `${Math.ceil(toUs / 1000)}` };
    const url = grafanaUrl ? exploreLink(grafanaUrl, text, range) : addressUnder(options.url, QUERY_PATH, search);
    return { text, url };
  }

  async function check(signal: AbortSignal): Promise<Health> {
    try {
      await checkReady(signal);
      const answer = await backend.get(LABELS_PATH, { signal });
      if (answer.kind !== 'body') throw backend.error(LABELS_PATH, answer);
      const labels = labelsIn(await readJson(answer.chunks));
      if (!labels) throw new NotABackendError(name, LABELS_PATH);
      return healthOf(labels, selectorLabel);
    } catch (error) {
      if (!(error instanceof SpanhoundError)) throw error;
      return { ok: false, detail: error.message, remedy: error.advice };
    }
  }

  /** A gateway in front often hides `/ready`; only Loki's own "not yet" counts. */
  async function checkReady(signal: AbortSignal): Promise<void> {
    const answer = await backend.get('ready', { signal });
    if (answer.kind === 'refusal' && answer.status === 503) throw backend.error('ready', answer);
    if (answer.kind === 'body') await readJson(answer.chunks);
  }

  return { name, openLogs, links: { logs: logsLink(grafanaUrl, selectorLabel) }, check };
}

/** Oldest first, so that a cut loses the end and not the beginning. Loki's end is exclusive, and must be after the start. */
function rangeOf({ fromUs, toUs, limit }: LogQuery): Search {
  return [
    ['start', nanoseconds(fromUs)],
    ['end', nanoseconds(Math.max(toUs, fromUs) + 1)],
    ['limit', `${Math.min(Math.max(Math.trunc(limit), 1), MAX_LINES)}`],
    ['direction', 'forward'],
  ];
}

/** 2026 in nanoseconds is beyond what a double holds exactly. */
function nanoseconds(us: number): string {
  return `${BigInt(Math.round(us)) * 1000n}`;
}

/** Grafana picks its default Loki by the type alone. */
function exploreLink(grafana: URL, expr: string, range: { from: string; to: string }): string {
  const datasource = { type: 'loki' };
  const pane = { datasource: 'loki', queries: [{ refId: 'A', expr, queryType: 'range', datasource }], range };
  return addressUnder(grafana, 'explore', [
    ['schemaVersion', '1'],
    ['panes', JSON.stringify({ logs: pane })],
  ]);
}

function logsLink(grafana: URL | undefined, selectorLabel: string): string {
  if (!grafana) return '';
  const text = logQl({ by: 'text', text: '{traceId}', services: [], fromUs: 0, toUs: 0, limit: 1 }, selectorLabel);
  return exploreLink(grafana, text, { from: 'now-24h', to: 'now' }).replace('%7BtraceId%7D', '{traceId}');
}

/** The list is missing where nothing was ever ingested; undefined for anything that is not Loki's answer. */
function labelsIn(list: unknown): readonly string[] | undefined {
  if (typeof list !== 'object' || list === null || !('status' in list) || list.status !== 'success') return undefined;
  const labels = 'data' in list ? list.data : [];
  return Array.isArray(labels) ? labels.filter((label) => typeof label === 'string') : undefined;
}

function healthOf(labels: readonly string[], selectorLabel: string): Health {
  if (labels.length === 0) {
    return {
      ok: true,
      detail: 'answers, but holds no line of the last hours',
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
  return { ok: true, detail: `answers; services by the label ${selectorLabel}`, remedy: '' };
}
