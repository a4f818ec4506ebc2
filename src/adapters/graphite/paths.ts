/**
 * What a path means by its nodes after the service's name: the statistics of StatsD's and Dropwizard's timers, counters and
 * meters, tags that Micrometer writes as pairs of nodes, and names that `model/metrics/metric-names.ts` knows.
 *
 *  stats.timers.checkout.request.get_cart.upper_95       ─► service:latency, in seconds
 *  prod.checkout.web01.responses.500.m1_rate             ─► service:requests with the status 500, of web01
 *  prod.checkout.web01.jvm.memory.heap.used              ─► instance:heap_used, of web01
 *
 * https://github.com/statsd/statsd/blob/master/docs/metric_types.md
 * https://metrics.dropwizard.io/4.2.0/manual/graphite.html
 * https://docs.micrometer.io/micrometer/reference/implementations/graphite.html
 */
import { type Concept, type Meaning, meaningsOfName, plainName, seriesName } from '#model/metrics/metric-names.ts';

export type PathSeries = Readonly<{
  path: string;
  /** `service:latency` */
  name: string;
  labels: Readonly<Record<string, string>>;
  /** The path with the functions that bring it into the concept's unit. */
  expression: string;
  /** If a thing has several statistics, the one with the lowest rank is used. */
  rank: number;
}>;

/** Undefined if nothing is known about it. `at`: which node names the service. */
export function seriesOfPath(path: string, at: number, service: string): PathSeries | undefined {
  const nodes = path.split('.');
  if (!nodes.every((node) => PLAIN_NODE.test(node))) return undefined;
  const { labels, nodes: own } = partsOf(nodes.slice(at + 1), nodes[at] ?? '');
  const known = timeOf(path, own) ?? rateOf(path, own, labels.status !== undefined) ?? gaugeOf(path, own);
  if (known === undefined) return undefined;
  const { concept, scope, metric, ...series } = known;
  const operation = scope === 'service' && labels.uri === undefined ? own.slice(0, -1).join('.') : '';
  return {
    path,
    name: seriesName({ scope, concept }),
    labels: { service, ...labels, ...(operation !== '' && { operation }), metric },
    ...series,
  };
}

/** Others could end an expression; Graphite's clients replace them. */
const PLAIN_NODE = /^[\w:-]{1,200}$/;

/** Keys that Micrometer and others write before their value. */
const KEYS: ReadonlyMap<string, string> = new Map([
  ...['status', 'status_code', 'statuscode', 'code', 'response_code', 'http_status'].map(
    (key) => [key, 'status'] as const,
  ),
  ...['uri', 'path', 'route', 'handler', 'endpoint'].map((key) => [key, 'uri'] as const),
  ['method', 'method'],
  ['outcome', 'outcome'],
  ['exception', ''],
]);

/** `500`, `5xx`, `status_500`, Jetty's `5xx-responses` */
const STATUS = /^(?:(?:status|code|http)[-_]?)?([1-5](?:\d\d|xx))(?:[-_]?responses?)?$/i;

/** `web01`, `ip-10-0-0-5`, `10_0_0_5`, `checkout-5f6585d649-fnmft` */
const INSTANCE = /\d$|-[a-z\d]{5}$/i;
/** A name of a metric follows an instance: at least its subject and its statistic. */
const LEAST_AFTER_INSTANCE = 2;

/** The nodes without an instance, statuses, and pairs of a key and a value. */
type Parts = Readonly<{ labels: Readonly<Record<string, string>>; nodes: readonly string[] }>;

function partsOf(rest: readonly string[], service: string): Parts {
  const [first = '', ...others] = rest;
  const isInstance = others.length >= LEAST_AFTER_INSTANCE && INSTANCE.test(first) && !STATUS.test(first);
  const label = first.startsWith(`${service}-`) ? 'pod' : 'instance';
  const { labels, nodes } = withoutPairs(isInstance ? others : rest);
  const statuses = nodes.flatMap((node) => STATUS.exec(node)?.[1]?.toLowerCase() ?? []);
  return {
    labels: {
      ...(isInstance && { [label]: first }),
      ...(statuses[0] !== undefined && { status: statuses[0] }),
      ...labels,
    },
    nodes: nodes.filter((node) => !STATUS.test(node)),
  };
}

/** The last node is the statistic, and no value. */
function withoutPairs(all: readonly string[]) {
  const labels: Record<string, string> = {};
  const nodes: string[] = [];
  for (let at = 0; at < all.length; at += 1) {
    const key = at + 2 < all.length ? KEYS.get(all[at]?.toLowerCase() ?? '') : undefined;
    if (key === undefined) nodes.push(all[at] ?? '');
    else {
      at += 1;
      if (key !== '') labels[key] = all[at] ?? '';
    }
  }
  return { labels, nodes };
}

type Known = Pick<Meaning, 'scope'> &
  Pick<PathSeries, 'expression' | 'rank'> &
  Readonly<{ concept: Concept; metric: string }>;

/** The most useful first. All of them are milliseconds: StatsD's timers, Dropwizard's and Micrometer's defaults. */
const TIMES = [
  ...['p95', 'upper_95', '95percentile', 'p99', 'upper_99', '99percentile', 'p90', 'upper_90', 'upper_75', 'p75'],
  ...['mean', 'mean_95', 'mean_90', 'median', 'p50'],
];

/** Per second. StatsD's `count` is of its flush interval and Dropwizard's of all time, so neither is used. */
const RATES = ['m1_rate', 'rate', 'count_ps', 'm5_rate', 'm15_rate', 'mean_rate'];

const SERVED =
  /(?:^|_)(?:requests?|reqs?|responses?|http|https|rpc|grpc|api|endpoints?|controllers?|handlers?|routes?|latency|hits|dispatches)(?:_|$)/;
const FAILED = /(?:^|_)(?:errors?|failures?|failed|exceptions?|5xx)(?:_|$)/;
/** Calls to others, and work that nobody waits for. */
const NOT_SERVED =
  /(?:^|_)(?:clients?|outgoing|outbound|upstreams?|db|database|sql|jdbc|query|queries|redis|caches?|memcached|mongo|mongodb|gc|pools?|producers?|jobs?|cron)(?:_|$)/;

function timeOf(path: string, nodes: readonly string[]): Known | undefined {
  const rank = TIMES.indexOf(nodes.at(-1) ?? '');
  const words = wordsOf(nodes.slice(0, -1));
  if (rank < 0 || !SERVED.test(words) || NOT_SERVED.test(words)) return undefined;
  const expression = `scale(${path},0.001)`;
  return { concept: 'latency', scope: 'service', metric: nodes.join('.'), expression, rank };
}

function rateOf(path: string, nodes: readonly string[], hasStatus: boolean): Known | undefined {
  const rank = RATES.indexOf(nodes.at(-1) ?? '');
  const words = wordsOf(nodes.slice(0, -1));
  if (rank < 0 || NOT_SERVED.test(words)) return undefined;
  const isFailure = FAILED.test(words) && !hasStatus;
  if (!isFailure && !hasStatus && !SERVED.test(words)) return undefined;
  const concept = isFailure ? 'errors' : 'requests';
  return { concept, scope: 'service', metric: nodes.join('.'), expression: path, rank };
}

/** Names that Dropwizard's reporters give, and no exporter of Prometheus. */
const DROPWIZARD: readonly (readonly [RegExp, Concept])[] = [
  [/(?:^|_)heap_max$/, 'heap_limit'],
  [/(?:^|_)pool_active_connections$/, 'connections'],
  [/(?:^|_)pool_max_connections$/, 'connections_limit'],
  [/(?:^|_)pool_pending_connections$/, 'waiting'],
];

/** The shortest end of the path with a meaning: what stands before it may be any group of the team's. */
function gaugeOf(path: string, nodes: readonly string[]): Known | undefined {
  const left = nodes.at(-1) === 'value' ? nodes.slice(0, -1) : nodes;
  for (let count = 1; count <= left.length; count += 1) {
    const words = wordsOf(left.slice(-count));
    const own = DROPWIZARD.find(([name]) => name.test(words))?.[1];
    if (own !== undefined)
      return { concept: own, scope: 'instance', metric: left.join('.'), expression: path, rank: 0 };
    const [meaning, ...more] = meaningsOfName(words);
    // Its value depends on tags that a path does not have.
    if (meaning === undefined || more.length > 0 || Object.keys(meaning.where).length > 0) continue;
    const expression = expressionOf(path, meaning);
    if (expression === undefined) continue;
    return { concept: meaning.concept, scope: meaning.scope, metric: left.join('.'), expression, rank: meaning.rank };
  }
  return undefined;
}

function expressionOf(path: string, { kind, scale, isComplement }: Meaning): string | undefined {
  if (kind !== 'gauge' && kind !== 'counter') return undefined;
  const raw = kind === 'counter' ? `perSecond(${path})` : path;
  if (isComplement) return `offset(scale(${raw},${-scale}),1)`;
  return scale === 1 ? raw : `scale(${raw},${scale})`;
}

function wordsOf(nodes: readonly string[]): string {
  return nodes.map(plainName).join('_').replaceAll('-', '_');
}
