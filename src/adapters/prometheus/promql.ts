/** PromQL from what series were found: what came from outside stands in quoted strings, or is known to be a label's name. */
import { type Meaning, seriesName } from '#model/metrics/metric-names.ts';
import { quoted } from '#model/text/query-string.ts';

type Asked = Readonly<{
  meaning: Meaning;
  /** As the store calls it. */
  name: string;
  labels: ReadonlySet<string>;
  series: readonly Readonly<Record<string, string>>[];
  matchers: readonly string[];
  /** What a rate is taken over. */
  rateSeconds: number;
}>;

/** By what the answer is told apart; everything else (processors, addresses of scrapers, versions) is summed up. */
const KEPT = [
  ...['namespace', 'service', 'service_name', 'app', 'deployment', 'destination_workload', 'destination_service_name'],
  ...['exported_service', 'job', 'pod', 'container', 'instance', 'node', 'host_name', 'k8s_node_name', 'device'],
  ...['mountpoint', 'persistentvolumeclaim', 'pool', 'pool_name', 'db_client_connection_pool_name', 'queue', 'topic'],
  ...['consumergroup', 'consumer_group', 'group', 'queue_name', 'subscription', 'envoy_cluster_name', 'ingress'],
];

/** What of a service is asked for; as long as there are few of them. */
const OPERATIONS = [
  ...['http_route', 'route', 'uri', 'handler', 'span_name', 'rpc_method', 'grpc_method', 'operation', 'path'],
  ...['http_request_method', 'method'],
];
/** Paths with ids in them are no operations. */
const MOST_OPERATIONS = 40;

/** What tells a failed request from another. */
const CODES = [
  ...['code', 'status', 'status_code', 'http_response_status_code', 'http_status_code', 'response_code'],
  ...[
    'envoy_response_code',
    'grpc_code',
    'grpc_status',
    'rpc_grpc_status_code',
    'rpc_response_status_code',
    'classification',
    'outcome',
  ],
];

/** One expression, or two of a histogram: how long requests take, and how many there are. `or` between them would lose those whose labels are alike. */
export function expressions(asked: Asked): readonly string[] {
  const { meaning, name } = asked;
  if (meaning.kind !== 'histogram') return [named(scaled(resultOf(asked), meaning), meaning, name)];
  const metric = name.replace(/_count$/, '');
  const requests = `sum${by(asked, [...OPERATIONS, ...CODES])}(${rate(asked)})`;
  return [
    named(scaled(quantileOf(asked, metric), meaning), meaning, metric),
    named(requests, { ...meaning, concept: 'requests' }, metric),
  ];
}

function resultOf(asked: Asked): string {
  const { kind, scope, concept } = asked.meaning;
  if (kind === 'idle') return `1 - avg${by(asked)}(${rate(asked)})`;
  if (kind === 'gauge')
    return `${aggregateOf(asked.meaning)}${by(asked, scope === 'service' ? OPERATIONS : [])}(${selected(asked)})`;
  const aggregate = concept === 'io_wait' ? 'avg' : 'sum';
  return `${aggregate}${by(asked, concept === 'requests' ? [...OPERATIONS, ...CODES] : [])}(${rate(asked)})`;
}

/** Of what is taken from 1 afterwards the most would leave the least. */
function aggregateOf({ concept, isComplement }: Meaning): string {
  if (isComplement) return 'avg';
  return SUMMED.has(concept) ? 'sum' : 'max';
}

/** States of one pool, partitions of one topic. */
const SUMMED: ReadonlySet<Meaning['concept']> = new Set(['connections', 'queue_depth']);

/** p95 where there are buckets, else the mean. */
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

/** An answer's series have lost their name: it is put back, with the one under which a person finds them. */
function named(text: string, meaning: Meaning, metric: string): string {
  const name = quoted(seriesName(meaning));
  return `label_replace(label_replace(${text}, "__name__", ${name}, "", ""), "metric", ${quoted(metric)}, "", "")`;
}

/** What was asked, as a person would ask it: without the names that are only for us. */
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
  // Names of other letters need quotes.
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

/** Whether one of the series has it as it must be, or none says anything of it. */
export function hasLabelOf(series: Asked['series'], label: string, value: string): boolean {
  return series.some((one) => {
    const names = Object.keys(one).filter((name) => matches(label, name));
    return names.length === 0 || names.some((name) => matches(value, one[name] ?? ''));
  });
}

/** Patterns are those of `model/metric-names.ts`, anchored as PromQL anchors them. */
function matches(pattern: string, text: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(text);
}
