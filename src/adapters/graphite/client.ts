/**
 * Reads metrics from Graphite. It first finds the paths and the tagged series of the services, and then asks for those with
 * a known meaning. Graphite computes rates and units.
 *
 *  POST /metrics/expand ─► nodes of the services ─► POST /metrics/expand ─► their paths ─┐
 *  GET /tags/findSeries, for each tag that names services ───────────────────────────────┴─► POST /render
 *
 * https://graphite.readthedocs.io/en/latest/metrics_api.html
 * https://graphite.readthedocs.io/en/latest/render_api.html
 * https://graphite.readthedocs.io/en/latest/tags.html
 */
import { exploreLink, exploreRange } from '#adapters/explore-link.ts';
import { checked } from '#adapters/health.ts';
import { addressUnder, type BackendOptions, openBackend, readJson, type Search } from '#adapters/http.ts';
import { onlyChunk, prometheusMatrix } from '#adapters/rewritten-rows.ts';
import { BackendError, NotABackendError } from '#core/errors.ts';
import type {
  FoundMetrics,
  Health,
  MetricQuery,
  MetricSearch,
  MetricSource,
  OpenBody,
  Query,
} from '#gather/sources.ts';
import { meaningsOfName } from '#model/metrics/metric-names.ts';
import { isObject } from '#model/text/json-object.ts';
import { type PathSeries, seriesOfPath } from './paths.ts';
import {
  asPeopleAsk,
  nodesOf,
  patternsBelow,
  placesOf,
  SERVICE_TAGS,
  tagExpression,
  tagTarget,
  targetsOf,
} from './targets.ts';

export type GraphiteOptions = Omit<BackendOptions, 'tenant'> &
  Readonly<{
    /** Where paths name a service: `prod.*.{service}`. @default as one of the first four nodes */
    paths?: readonly string[];
    /** The address of Graphite for people. @default the address of its API */
    uiUrl?: URL | undefined;
    /** The address of Grafana; with it, queries are links into Explore. */
    grafanaUrl?: URL | undefined;
  }>;

const NAME = 'graphite';
const EXPAND_PATH = 'metrics/expand';
const FIND_PATH = 'metrics/find';
const TAGS_PATH = 'tags/findSeries';
const RENDER_PATH = 'render';

/** A pattern such as `*.*.checkout` may match in each of many environments. */
const MOST_PLACES = 50;
/** Series of one concept in an answer. A person reads no more, and Graphite opens a file for each. */
const MOST_SERIES = 120;
/** More queries are more than a person would read, and too slow. */
const MOST_QUERIES = 60;
/** More than a picture's columns. Graphite then takes the mean of neighbouring points. */
const WANTED_POINTS = 720;
/** Carbon's usual retention begins with 10 s: https://graphite.readthedocs.io/en/latest/config-carbon.html */
const LEAST_STEP_S = 10;

export function graphite({ paths = [], uiUrl, grafanaUrl, ...options }: GraphiteOptions): MetricSource {
  const backend = openBackend(NAME, '', options);

  async function json(path: string, signal: AbortSignal, ask: Readonly<{ form: Search } | { search: Search }>) {
    const answer =
      'form' in ask ? await backend.post(path, { signal, ...ask }) : await backend.get(path, { signal, ...ask });
    if (answer.kind !== 'body') throw backend.error(path, answer);
    return await readJson(answer.chunks);
  }

  async function findMetrics(search: MetricSearch, signal: AbortSignal): Promise<FoundMetrics> {
    const [byPath, byTag] = await Promise.all([ofPaths(search, signal), ofTags(search.services, signal)]);
    const { fromUs, toUs } = search;
    const stepSeconds = Math.max(LEAST_STEP_S, Math.ceil((toUs - fromUs) / 1e6 / WANTED_POINTS));
    const texts = [...byPath.texts, ...byTag].slice(0, MOST_QUERIES);
    return { queries: texts.map((text) => ({ text, fromUs, toUs, stepSeconds })), warnings: byPath.warnings };
  }

  async function ofPaths({ services }: MetricSearch, signal: AbortSignal) {
    const places = placesOf(paths, services);
    if (places.length === 0) return { texts: [], warnings: [] };
    const found = await expanded(places, false, signal);
    const kept = found.slice(0, MOST_PLACES);
    if (kept.length === 0) return { texts: [], warnings: [] };
    const leaves = await expanded(patternsBelow(kept), true, signal);
    const names = new Map(services.flatMap((service) => nodesOf(service).map((node) => [node, service] as const)));
    const depths = new Map(kept.map((place) => [place, place.split('.').length - 1]));
    const series = leaves.flatMap((leaf) => {
      const at = placeIn(leaf, depths);
      const node = leaf.split('.')[at] ?? '';
      return seriesOfPath(leaf, at, names.get(node) ?? node) ?? [];
    });
    const { texts, warnings } = textsOf(series);
    const more = found.length > kept.length ? [`has more than ${MOST_PLACES} places that name the service`] : [];
    return { texts, warnings: [...more, ...warnings] };
  }

  async function expanded(patterns: readonly string[], leavesOnly: boolean, signal: AbortSignal) {
    const form = [
      ...patterns.map((pattern) => ['query', pattern] as const),
      ['leavesOnly', leavesOnly ? '1' : '0'],
    ] as const;
    const said = await json(EXPAND_PATH, signal, { form });
    if (!isObject(said) || !Array.isArray(said.results)) throw backend.misplaced(EXPAND_PATH);
    return said.results.filter((path) => typeof path === 'string').sort();
  }

  /** The first tag under which a series is found names its service. */
  async function ofTags(services: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    const found = await Promise.all(
      SERVICE_TAGS.map(async (tag) => {
        const expression = tagExpression(tag, services);
        return expression === undefined ? [] : (await tagged(expression, signal)).map((name) => ({ name, expression }));
      }),
    );
    const known = new Set<string>();
    return found.flat().flatMap(({ name, expression }) => {
      if (known.has(name) || meaningsOfName(name).length === 0) return [];
      known.add(name);
      return tagTarget(name, expression) ?? [];
    });
  }

  /** The names of the series. Empty if this Graphite has no tags: versions before 1.1, some proxies. */
  async function tagged(expression: string, signal: AbortSignal): Promise<readonly string[]> {
    try {
      const said = await json(TAGS_PATH, signal, { search: [['expr', expression]] });
      const series = Array.isArray(said) ? said.filter((one) => typeof one === 'string') : [];
      return [...new Set(series.map((one) => one.split(';')[0] ?? ''))].sort();
    } catch (error) {
      const lacksTags =
        error instanceof BackendError ? WITHOUT_TAGS.has(error.status) : error instanceof NotABackendError;
      if (!lacksTags) throw error;
      return [];
    }
  }

  async function openMetrics(query: MetricQuery, signal: AbortSignal): Promise<OpenBody> {
    const form = [
      ['target', query.text],
      ['format', 'json'],
      ['maxDataPoints', `${WANTED_POINTS}`],
      ...rangeOf(query),
    ] as const;
    const said = await json(RENDER_PATH, signal, { form });
    if (!Array.isArray(said)) throw backend.misplaced(RENDER_PATH);
    const result = said.flatMap(seriesIn);
    if (result.length < said.length) throw backend.misplaced(RENDER_PATH);
    return {
      source: NAME,
      format: 'prometheus-json',
      query: shown(query),
      chunks: onlyChunk(prometheusMatrix(result)),
    };
  }

  function shown(query: MetricQuery): Query {
    const text = asPeopleAsk(query.text);
    const range = exploreRange(query);
    if (grafanaUrl)
      return { text, url: exploreLink(grafanaUrl, 'metrics', { type: 'graphite', query: { target: text }, range }) };
    const picture = [['target', text], ...rangeOf(query), ['width', '1200'], ['height', '600']] as const;
    return { text, url: addressUnder(uiUrl ?? options.url, RENDER_PATH, picture) };
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => {
      const roots = await json(FIND_PATH, signal, { search: [['query', '*']] });
      if (!Array.isArray(roots)) throw backend.misplaced(FIND_PATH);
      if (roots.length === 0) {
        return {
          ok: true,
          detail: 'answers, but holds no series',
          remedy: 'Send it metrics, or check GRAPHITE_URL and the rights of its user.',
        };
      }
      return { ok: true, detail: 'answers', remedy: '' };
    });
  }

  return { name: NAME, findMetrics, openMetrics, check };
}

/** Answers of servers that do not have the endpoint. */
const WITHOUT_TAGS: ReadonlySet<number> = new Set([400, 404, 405, 501]);

/** Which node of the path is the service's: that of the longest place. */
function placeIn(path: string, depths: ReadonlyMap<string, number>): number {
  const nodes = path.split('.');
  for (let count = nodes.length; count > 0; count -= 1) {
    const at = depths.get(nodes.slice(0, count).join('.'));
    if (at !== undefined) return at;
  }
  return 0;
}

/** One query, or a few, for each concept. Of several statistics of one thing the best is used. */
function textsOf(all: readonly PathSeries[]): Readonly<{ texts: readonly string[]; warnings: readonly string[] }> {
  const best = new Map<string, PathSeries>();
  for (const one of all.toSorted((a, b) => a.rank - b.rank)) {
    const key = keyOf(one);
    if (!best.has(key)) best.set(key, one);
  }
  const byName = [...Map.groupBy(best.values(), ({ name }) => name)].sort(([a], [b]) => orderOf(a) - orderOf(b));
  const warnings = byName.flatMap(([name, series]) =>
    series.length > MOST_SERIES
      ? [`has more than ${MOST_SERIES} series of ${name.replace(':', ' ')}; the rest was not read`]
      : [],
  );
  const texts = byName.flatMap(([, series]) =>
    targetsOf(series.toSorted((a, b) => (a.path < b.path ? -1 : 1)).slice(0, MOST_SERIES)),
  );
  return { texts, warnings };
}

/** The same thing: all labels, with the metric's name without its statistic. */
function keyOf({ name, labels: { metric = '', ...labels } }: PathSeries): string {
  const isOneNumber = !name.startsWith('service:');
  return JSON.stringify([name, labels, isOneNumber ? '' : metric.slice(0, Math.max(0, metric.lastIndexOf('.')))]);
}

const FIRST = ['service:', 'instance:', 'database:', 'node:'];

function orderOf(name: string): number {
  return FIRST.findIndex((scope) => name.startsWith(scope));
}

/** Seconds since the epoch. */
function rangeOf({ fromUs, toUs }: Pick<MetricQuery, 'fromUs' | 'toUs'>): Search {
  return [
    ['from', `${Math.floor(fromUs / 1e6)}`],
    ['until', `${Math.ceil(toUs / 1e6)}`],
  ];
}

/** `target` is an alias of ours or a tagged series: both have the form `name;label=value;label=value`. */
function seriesIn(one: unknown) {
  if (!isObject(one) || typeof one.target !== 'string' || !Array.isArray(one.datapoints)) return [];
  const [name = '', ...tags] = one.target.split(';');
  const labels = tags.flatMap((tag) => {
    const at = tag.indexOf('=');
    return at > 0 ? [[tag.slice(0, at), tag.slice(at + 1)] as const] : [];
  });
  const values = one.datapoints.flatMap((point: unknown) => {
    const [value, seconds]: readonly unknown[] = Array.isArray(point) ? point : [];
    return typeof value === 'number' && typeof seconds === 'number' ? [[seconds, `${value}`] as const] : [];
  });
  return [{ metric: { ...Object.fromEntries(labels), __name__: name }, values }];
}
