/** Builds PromQL for the discovered series: external text is quoted, or is a known label name. */
import { type Meaning, seriesName } from '#model/metrics/metric-names.ts';
import { STATUS_LABELS } from '#model/metrics/request-status.ts';
import { quoted } from '#model/text/query-string.ts';

type Asked = Readonly<{
  meaning: Meaning;
  /** The store's own name. */
  name: string;
  labels: ReadonlySet<string>;
  series: readonly Readonly<Record<string, string>>[];
  matchers: readonly string[];
  /** The range of a rate. */
  rateSeconds: number;
}>;

/** The labels that stay separate in the result; everything else (CPUs, scrape addresses, versions) is summed. */
const KEPT = [
  ...['namespace', 'service', 'service_name', 'app', 'application', 'deployment', 'destination_workload'],
  ...[
    'destination_service_name',
    'exported_service',
    'job',
    'pod',
    'container',
    'instance',
    'node',
    'host_name',
    'k8s_node_name',
    'device',
  ],
  ...['mountpoint', 'persistentvolumeclaim', 'pool', 'pool_name', 'db_client_connection_pool_name', 'queue', 'topic'],
  ...['consumergroup', 'consumer_group', 'group', 'queue_name', 'subscription', 'envoy_cluster_name', 'ingress'],
];

/** The operations of a service, as long as there are few. */
const OPERATIONS = [
  ...['http_route', 'route', 'uri', 'handler', 'span_name', 'rpc_method', 'grpc_method', 'operation', 'path'],
  ...['http_request_method', 'method'],
];
/** Which alert it is. */
const OF_ALERTS = ['alertname', 'severity'];
/** Paths with ids are not operations. */
const MOST_OPERATIONS = 40;

/**
 * One expression, or two for a histogram: the durations and the number of requests. `or` between them would drop those
 * with the same labels.
 */
export function expressions(asked: Asked): readonly string[] {
  const { meaning, name } = asked;
  if (meaning.kind !== 'histogram') return [named(scaled(resultOf(asked), meaning), meaning, name)];
  const metric = name.replace(/_count$/, '');
  const requests = `sum${by(asked, [...OPERATIONS, ...STATUS_LABELS])}(${rate(asked)})`;
  return [
    named(scaled(quantileOf(asked, metric), meaning), meaning, metric),
    named(requests, { ...meaning, concept: 'requests' }, metric),
  ];
}

function resultOf(asked: Asked): string {
  const { kind, scope, concept } = asked.meaning;
  if (kind === 'idle') return `1 - avg${by(asked)}(${rate(asked)})`;
  if (kind === 'gauge') {
    const more = concept === 'alerts' ? OF_ALERTS : scope === 'service' ? OPERATIONS : [];
    return `${aggregateOf(asked.meaning)}${by(asked, more)}(${selected(asked)})`;
  }
  const aggregate = concept === 'io_wait' ? 'avg' : 'sum';
  return `${aggregate}${by(asked, concept === 'requests' ? [...OPERATIONS, ...STATUS_LABELS] : [])}(${rate(asked)})`;
}

/** For a value that is later subtracted from 1, the maximum would give the minimum. */
function aggregateOf({ concept, isComplement }: Meaning): string {
  if (isComplement) return 'avg';
  return SUMMED.has(concept) ? 'sum' : 'max';
}

/** States of one pool, partitions of one topic. */
const SUMMED: ReadonlySet<Meaning['concept']> = new Set(['connections', 'queue_depth']);

/** p95 if there are buckets, else the mean. */
function quantileOf(asked: Asked, metric: string): string {
  const grouped = by(asked, OPERATIONS);
  const part = (suffix: string) => rate({ ...asked, name: `${metric}_${suffix}` });
  const p95 = `histogram_quantile(0.95, sum${by(asked, ['le', ...OPERATIONS])}(${part('bucket')}))`;
  return `${p95} or sum${grouped}(${part('sum')}) / sum${grouped}(${part('count')})`;
}

function scaled(text: string, { scale, isComplement }: Meaning): string {
  const value = scale === 1 ? text : `(${text}) * ${scale}`;
  return isComplement ? `1 - (${value})` : value;
}

/** The series of a response have lost their name: this restores it, with the name for people. */
function named(text: string, meaning: Meaning, metric: string): string {
  const name = quoted(seriesName(meaning));
  return `label_replace(label_replace(${text}, "__name__", ${name}, "", ""), "metric", ${quoted(metric)}, "", "")`;
}

/** The query as a person would write it, without our internal names. */
export function asPeopleAsk(text: string): string {
  return NAMED.exec(text)?.[1] ?? text;
}

const NAMED = /^label_replace\(label_replace\((.+), "__name__", "[\w:]+", "", ""\), "metric", "[^"]*", "", ""\)$/s;

function rate(asked: Asked): string {
  return `rate(${selected(asked)}[${asked.rateSeconds}s])`;
}

function selected({ name, matchers, meaning, labels }: Asked): string {
  const where = Object.entries(meaning.where).flatMap(([label, value]) => {
    const found = [...labels].find((one) => matches(label, one));
    return found === undefined ? [] : [`${found}=~${quoted(value)}`];
  });
  const all = [...matchers, ...where];
  // Names with other characters need quotes.
  return PLAIN_NAME.test(name) ? `${name}{${all.join(',')}}` : `{${[`__name__=${quoted(name)}`, ...all].join(',')}}`;
}

const PLAIN_NAME = /^[A-Za-z_:][\w:]*$/;

function by({ labels, series }: Asked, more: readonly string[] = []): string {
  const kept = KEPT.filter((label) => labels.has(label));
  const further = more.filter((label) => label === 'le' || (labels.has(label) && isTellable(series, label)));
  return ` by (${[...kept, ...further].join(', ')}) `;
}

function isTellable(series: Asked['series'], label: string): boolean {
  return new Set(series.map((one) => one[label] ?? '')).size <= MOST_OPERATIONS;
}

/** Whether one of the series matches, or none has the label. */
export function hasLabelOf(series: Asked['series'], label: string, value: string): boolean {
  return series.some((one) => {
    const names = Object.keys(one).filter((name) => matches(label, name));
    return names.length === 0 || names.some((name) => matches(value, one[name] ?? ''));
  });
}

/** The patterns of `model/metric-names.ts`, anchored like PromQL's. */
function matches(pattern: string, text: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(text);
}
