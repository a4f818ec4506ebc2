/**
 * Reads metrics through Prometheus' HTTP API, which Thanos, Mimir, Cortex and VictoriaMetrics also have. It first
 * discovers the existing series (`discovery.ts`). The backend computes rates and quantiles.
 */

import { type AlertRules, rulesText } from '#adapters/alert-rules.ts';
import { exploreLink, exploreRange } from '#adapters/explore-link.ts';
import { checked } from '#adapters/health.ts';
import { addressUnder, type BackendOptions, openBackend, readJson, type Search } from '#adapters/http.ts';
import { isoFromUs } from '#core/clock.ts';
import { SpanhoundError } from '#core/errors.ts';
import type {
  FoundFacts,
  FoundMetrics,
  Health,
  MetricQuery,
  MetricSearch,
  MetricSource,
  OpenBody,
  Query,
  ServiceFactSource,
} from '#gather/sources.ts';
import { factValue, type ServiceFact } from '#model/services/service-fact.ts';
import { isObject } from '#model/text/json-object.ts';
import { quoted } from '#model/text/query-string.ts';
import { alertRulesIn, foundRulesIn, troubleOf } from './alert-rules.ts';
import { expressionsFor, type LabelSet, neighbourSelectors, serviceSelectors } from './discovery.ts';
import { asPeopleAsk } from './promql.ts';

export type PrometheusOptions = BackendOptions &
  Readonly<{
    /** The address of its UI for people. @default the address of its API */
    uiUrl?: URL | undefined;
    /** The address of Grafana; with it, queries are links into Explore. */
    grafanaUrl?: URL | undefined;
  }>;

/** The tenant header of Mimir and Cortex; that of Thanos can be set as a header. */
const TENANT_HEADER = 'x-scope-orgid';

const SERIES_PATH = 'api/v1/series';
const QUERY_PATH = 'api/v1/query';
const RANGE_PATH = 'api/v1/query_range';
const LABELS_PATH = 'api/v1/labels';
const BUILD_PATH = 'api/v1/status/buildinfo';
const RULES_PATH = 'api/v1/rules';

/** One service of a large system has some thousands. Older versions ignore the parameter and send all. */
const MOST_SERIES = 10_000;

/** Prometheus refuses a query with more points per series. */
const MOST_POINTS = 11_000;
/** More than a picture's columns; enough to see a one-minute peak in half a day. */
const WANTED_POINTS = 720;

/** The default if the interval is unknown: the scrape interval of Kubernetes' own exporters. */
const USUAL_INTERVAL_S = 30;
/** A rate needs two points; four intervals survive one failed scrape. */
const INTERVALS_OF_A_RATE = 4;
const COUNTED_MINUTES = 10;
/** Prometheus ignores a point older than this. */
const MOST_INTERVAL_S = 300;

export function prometheus({ uiUrl, grafanaUrl, ...options }: PrometheusOptions): MetricSource & ServiceFactSource {
  const name = 'prometheus';
  const backend = openBackend(name, TENANT_HEADER, options);

  async function findMetrics(search: MetricSearch, signal: AbortSignal): Promise<FoundMetrics> {
    const own = await seriesOf(serviceSelectors(search.services), search, signal);
    if (own.labels.length === 0) return { queries: [], warnings: own.warnings };
    const [others, intervalS] = await Promise.all([
      seriesOf(neighbourSelectors(search.services, own.labels), search, signal),
      intervalOf(own.labels[0] ?? {}, search, signal),
    ]);
    const known = new Set(own.labels.map(keyOf));
    const found = { own: own.labels, others: others.labels.filter((labels) => !known.has(keyOf(labels))) };
    const { fromUs, toUs } = search;
    const stepSeconds = Math.max(intervalS, Math.ceil((toUs - fromUs) / 1e6 / WANTED_POINTS));
    const texts = expressionsFor(search.services, found, intervalS * INTERVALS_OF_A_RATE);
    const queries = texts.map((text) => ({ text, fromUs, toUs, stepSeconds }));
    return { queries, warnings: [...new Set([...own.warnings, ...others.warnings])] };
  }

  async function seriesOf(selectors: readonly string[], { fromUs, toUs }: MetricSearch, signal: AbortSignal) {
    const matches = selectors.map((selector) => ['match[]', selector] as const);
    const time = [...secondsOf(fromUs, toUs), ['limit', `${MOST_SERIES}`]] as const;
    const { data, warnings } = await ask(SERIES_PATH, [...matches, ...time], signal);
    return { labels: (Array.isArray(data) ? data : []).flatMap(labelsIn), warnings };
  }

  /** The interval of these series' points, in seconds. */
  async function intervalOf(one: LabelSet, { toUs }: MetricSearch, signal: AbortSignal): Promise<number> {
    const matchers = Object.entries(one).map(([label, value]) => `${label}=${quoted(value)}`);
    const query = `{${matchers.join(',')}}[${COUNTED_MINUTES}m]`;
    try {
      const { data } = await ask(
        QUERY_PATH,
        [
          ['query', query],
          ['time', seconds(toUs)],
        ],
        signal,
      );
      return usualGap(data) ?? USUAL_INTERVAL_S;
    } catch (error) {
      if (!(error instanceof SpanhoundError)) throw error;
      return USUAL_INTERVAL_S; // a coarser picture is better than none
    }
  }

  async function ask(path: string, search: Search, signal: AbortSignal) {
    const answer = await backend.get(path, { signal, search });
    if (answer.kind !== 'body') throw backend.error(path, answer);
    const said = await readJson(answer.chunks);
    if (!isObject(said) || said.status !== 'success') throw backend.misplaced(path);
    return { data: said.data, warnings: textsIn(said.warnings) };
  }

  async function openMetrics(query: MetricQuery, signal: AbortSignal): Promise<OpenBody> {
    const search = rangeOf(query);
    const answer = await backend.get(RANGE_PATH, { signal, search });
    if (answer.kind !== 'body') throw backend.error(RANGE_PATH, answer);
    return { source: name, format: 'prometheus-json', query: asked(query), chunks: answer.chunks };
  }

  function asked(query: MetricQuery): Query {
    const text = asPeopleAsk(query.text);
    const shown = { ...query, text };
    return { text, url: grafanaUrl ? metricsLink(grafanaUrl, shown) : graphLink(uiUrl ?? options.url, shown) };
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => {
      const { data } = await ask(LABELS_PATH, [], signal);
      if (textsIn(data).length === 0) {
        return {
          ok: true,
          detail: 'answers, but holds no series',
          remedy: 'Let it scrape something, or check the tenant if it does already.',
        };
      }
      const [version, rules] = await Promise.all([versionSaid(signal), alertRules(signal)]);
      const said = ['answers', version === '' ? '' : `version ${version}`, rules === undefined ? '' : rulesText(rules)];
      const detail = said.filter((text) => text !== '').join('; ');
      return { ok: true, detail, remedy: rules === undefined ? '' : troubleOf(rules) };
    });
  }

  /** The labels of everything that is scraped. */
  async function readFacts(signal: AbortSignal): Promise<FoundFacts> {
    const { data, warnings } = await ask(QUERY_PATH, [['query', SCRAPED]], signal);
    const result = isObject(data) && Array.isArray(data.result) ? data.result : [];
    const labels = result.flatMap((one) => (isObject(one) ? labelsIn(one.metric) : []));
    const more =
      labels.length > MOST_SERIES ? [`${name} scrapes more than ${MOST_SERIES} services; the rest was not read`] : [];
    return { facts: labels.slice(0, MOST_SERIES).flatMap(factsOf), warnings: [...warnings, ...more] };
  }

  /** Undefined if it has no rules of its own: VictoriaMetrics and Thanos may keep them elsewhere. */
  async function alertRules(signal: AbortSignal): Promise<AlertRules | undefined> {
    try {
      const { data } = await ask(RULES_PATH, [['type', 'alert']], signal);
      return alertRulesIn(data, backend.quoted);
    } catch (error) {
      if (!(error instanceof SpanhoundError)) throw error;
      return undefined;
    }
  }

  /** '' if a gateway hides it. */
  async function versionSaid(signal: AbortSignal): Promise<string> {
    try {
      const { data } = await ask(BUILD_PATH, [], signal);
      const version = isObject(data) && typeof data.version === 'string' ? data.version : '';
      return /^[\w.+-]{1,40}$/.test(version) ? version : '';
    } catch (error) {
      if (!(error instanceof SpanhoundError)) throw error;
      return '';
    }
  }

  return {
    ...{ name, findMetrics, openMetrics, readFacts, check },
    alertRules: async (signal) => foundRulesIn((await ask(RULES_PATH, [['type', 'alert']], signal)).data),
  };
}

/** `up` has one series for each target: https://prometheus.io/docs/concepts/jobs_instances/ */
const SCRAPED = 'group by (job, service, namespace) (up)';

/** A job may be a whole cluster or an exporter: its labels count for a service that another source knows. */
function factsOf({ job = '', service: label = '', namespace }: LabelSet): readonly ServiceFact[] {
  // The operator of Prometheus writes `namespace/name`.
  const ofJob = factValue(job.slice(job.lastIndexOf('/') + 1));
  const service = factValue(label) ?? ofJob;
  if (service === undefined) return [];
  const said = { service, origin: 'prometheus', place: `prometheus, job ${job}`, ifKnown: true } as const;
  const space = factValue(namespace);
  return [
    ...(ofJob === undefined || ofJob === service ? [] : [{ ...said, kind: 'alias' as const, value: ofJob }]),
    ...(space === undefined ? [] : [{ ...said, kind: 'namespace' as const, value: space }]),
  ];
}

/** Aligned to whole steps, so that a query always has the same points. */
function rangeOf({ text, fromUs, toUs, stepSeconds }: MetricQuery): Search {
  const step = Math.max(1, Math.ceil(stepSeconds), Math.ceil((toUs - fromUs) / 1e6 / (MOST_POINTS - 1)));
  const start = Math.floor(fromUs / 1e6 / step) * step;
  return [
    ['query', text],
    ['start', `${start}`],
    ['end', `${Math.max(start, Math.floor(toUs / 1e6 / step) * step)}`],
    ['step', `${step}`],
  ];
}

function secondsOf(fromUs: number, toUs: number): Search {
  return [
    ['start', seconds(fromUs)],
    ['end', seconds(toUs)],
  ];
}

function seconds(us: number): string {
  return `${us / 1e6}`;
}

function metricsLink(grafana: URL, query: MetricQuery): string {
  const shown = { expr: query.text, range: true };
  return exploreLink(grafana, 'metrics', { type: 'prometheus', query: shown, range: exploreRange(query) });
}

/** The page of Prometheus and Thanos. */
function graphLink(ui: URL, { text, fromUs, toUs }: MetricQuery): string {
  return addressUnder(ui, 'graph', [
    ['g0.expr', text],
    ['g0.tab', '0'],
    ['g0.range_input', `${Math.max(1, Math.ceil((toUs - fromUs) / 1e6))}s`],
    ['g0.end_input', isoFromUs(toUs)],
  ]);
}

function labelsIn(one: unknown): LabelSet[] {
  if (!isObject(one)) return [];
  const pairs = Object.entries(one).flatMap(([name, value]) =>
    typeof value === 'string' && LABEL_NAME.test(name) ? [[name, value] as const] : [],
  );
  return [Object.fromEntries(pairs)];
}

/** Names are not quoted in PromQL, so other names, which version 3 allows, are not used. */
const LABEL_NAME = /^[A-Za-z_]\w*$/;

/** The median interval between two points of the first series in a response; undefined with fewer than two points. */
function usualGap(data: unknown): number | undefined {
  const result = isObject(data) && Array.isArray(data.result) ? data.result : [];
  const points: unknown[] = isObject(result[0]) && Array.isArray(result[0].values) ? result[0].values : [];
  const times = points.flatMap((point) => (Array.isArray(point) && typeof point[0] === 'number' ? [point[0]] : []));
  const gaps = times.slice(1).map((time, at) => time - (times[at] ?? time));
  const usual = gaps.sort((a, b) => a - b)[gaps.length >> 1];
  return usual === undefined ? undefined : Math.min(MOST_INTERVAL_S, Math.max(1, Math.round(usual)));
}

/** Backends order the labels of a series differently. */
function keyOf(labels: LabelSet): string {
  return JSON.stringify(Object.entries(labels).sort());
}

function textsIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
}
