/**
 * Reads metrics from Amazon CloudWatch: of functions, containers and databases, as the namespaces of AWS name them. All of
 * them are asked for in one request, each by a search expression.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
 */
import { z } from 'zod';
import { type AwsOptions, openAws } from '#adapters/aws-api.ts';
import { consolePage, consoleText } from '#adapters/aws-endpoint.ts';
import { stepOf, wholeSteps } from '#adapters/counted-steps.ts';
import { nextPages } from '#adapters/next-pages.ts';
import { onlyChunk, prometheusMatrix } from '#adapters/rewritten-rows.ts';
import { type Clock, isoFromUs, systemClock } from '#core/clock.ts';
import type { Health, MetricQuery, MetricSource, OpenBody, Query } from '#gather/sources.ts';
import { type Concept, type Scope, seriesName } from '#model/metrics/metric-names.ts';
import type { MetricNamespace } from './settings.ts';

export type CloudWatchMetricsOptions = AwsOptions &
  Readonly<{ namespaces: readonly MetricNamespace[]; clock?: Pick<Clock, 'nowUs'> }>;

const NAME = 'cloudwatch';
const ACTION = 'GetMetricData';
const RIGHTS = 'cloudwatch:GetMetricData';
const MAX_PAGE_BYTES = 32_000_000;
/** The most pages that are read of an answer. A page has at most 100,800 points. */
const MOST_PAGES = 5;
/** CloudWatch takes no longer search. */
const LONGEST_SEARCH = 1_000;
const CHECKED_US = 15 * 60 * 1_000_000;

type Metric = Readonly<{ concept: Concept; stat: 'Average' | 'Sum' | 'p95'; per: number }>;

/** `name`: the dimension with the service, or with the database. `per` divides a number into the concept's unit. */
type Namespace = Readonly<{
  dimensions: readonly string[];
  name: string;
  scope: Scope;
  metrics: Readonly<Record<string, Metric>>;
}>;

const PERCENT = { stat: 'Average', per: 100 } as const;
const MEGABYTES = { stat: 'Average', per: 1 / 1_048_576 } as const;
/** 1,024 units of ECS are one core. */
const UNITS = { stat: 'Average', per: 1_024 } as const;

const NAMESPACES: Readonly<Record<MetricNamespace, Namespace>> = {
  // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
  'AWS/Lambda': {
    ...{ dimensions: ['FunctionName'], name: 'FunctionName', scope: 'service' },
    metrics: {
      Invocations: { concept: 'requests', stat: 'Sum', per: 1 },
      Errors: { concept: 'errors', stat: 'Sum', per: 1 },
      Duration: { concept: 'latency', stat: 'p95', per: 1_000 },
    },
  },
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
  'AWS/ECS': {
    ...{ dimensions: ['ClusterName', 'ServiceName'], name: 'ServiceName', scope: 'instance' },
    metrics: {
      CPUUtilization: { concept: 'cpu_share', ...PERCENT },
      MemoryUtilization: { concept: 'memory_share', ...PERCENT },
    },
  },
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
  'ECS/ContainerInsights': {
    ...{ dimensions: ['ClusterName', 'ServiceName'], name: 'ServiceName', scope: 'instance' },
    metrics: {
      CpuUtilized: { concept: 'cpu_used', ...UNITS },
      CpuReserved: { concept: 'cpu_limit', ...UNITS },
      MemoryUtilized: { concept: 'memory_used', ...MEGABYTES },
      MemoryReserved: { concept: 'memory_limit', ...MEGABYTES },
    },
  },
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-EKS.html
  ContainerInsights: {
    ...{ dimensions: ['ClusterName', 'Namespace', 'Service'], name: 'Service', scope: 'instance' },
    metrics: {
      pod_cpu_utilization_over_pod_limit: { concept: 'cpu_share', ...PERCENT },
      pod_memory_utilization_over_pod_limit: { concept: 'memory_share', ...PERCENT },
    },
  },
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
  'AWS/RDS': {
    ...{ dimensions: ['DBInstanceIdentifier'], name: 'DBInstanceIdentifier', scope: 'database' },
    metrics: {
      CPUUtilization: { concept: 'cpu_share', ...PERCENT },
      DatabaseConnections: { concept: 'connections', stat: 'Average', per: 1 },
      FreeStorageSpace: { concept: 'disk_free', stat: 'Average', per: 1 },
      BurstBalance: { concept: 'credits_share', ...PERCENT },
    },
  },
};

export function cloudWatchMetrics(options: CloudWatchMetricsOptions): MetricSource {
  const { namespaces, region, clock = systemClock, maxBytes = MAX_PAGE_BYTES } = options;
  const aws = openAws(
    { name: NAME, signedAs: 'monitoring', contentType: 'application/json' },
    { ...options, maxBytes: Math.min(maxBytes, MAX_PAGE_BYTES) },
  );

  async function page(json: object, signal: AbortSignal): Promise<Page> {
    const headers = {
      'x-amz-target': `GraniteServiceVersion20100801.${ACTION}`,
      accept: 'application/json',
      'content-encoding': 'amz-1.0',
    };
    const answer = Page.safeParse(await aws.ask(ACTION, { path: '', json, headers }, signal));
    if (!answer.success) throw aws.misplaced(ACTION);
    return answer.data;
  }

  async function pages(json: object, signal: AbortSignal): Promise<readonly Page[]> {
    const all: Page[] = [];
    const next = nextPages(NAME, ACTION);
    for (let token: string | undefined; all.length < MOST_PAGES; ) {
      const one = await page({ ...json, ...(token !== undefined && { NextToken: token }) }, signal);
      all.push(one);
      if (one.NextToken === undefined) break;
      token = next(one.NextToken);
    }
    return all;
  }

  async function openMetrics(query: MetricQuery, signal: AbortSignal): Promise<OpenBody> {
    const { start, end } = wholeSteps(query);
    const searches = query.text.split('\n').flatMap((text) => searchIn(text) ?? []);
    const answered = await pages(
      {
        StartTime: start,
        EndTime: Math.max(end, start + query.stepSeconds),
        ScanBy: 'TimestampAscending',
        MetricDataQueries: searches.map(({ text, name }, at) => ({
          Id: `m${at}`,
          Expression: withStep(text, query.stepSeconds),
          Label: `\${PROP('Dim.${name}')}`,
        })),
      },
      signal,
    );
    const found = answered.flatMap(({ MetricDataResults }) => MetricDataResults);
    const result = found.flatMap((one) => seriesOf(one, searches[Number(one.Id.slice(1))], query.stepSeconds));
    const isCut = answered.at(-1)?.NextToken !== undefined;
    const warnings = [...new Set(answered.flatMap(({ Messages }) => Messages)), ...(isCut ? [TOO_MANY] : [])];
    const incomplete = found.filter(({ StatusCode }) => StatusCode !== '' && StatusCode !== 'Complete');
    if (incomplete.length > 0 && !isCut) warnings.push(`${incomplete.length} metrics are not complete`);
    const chunks = onlyChunk(prometheusMatrix(result, warnings));
    return { source: NAME, format: 'prometheus-json', query: shown(query), chunks };
  }

  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/graph_a_metric.html */
  function shown({ text, fromUs, toUs, stepSeconds }: MetricQuery): Query {
    const lines = text.split('\n').map((one, at) => {
      return `~(~(expression~${consoleText(withStep(one, stepSeconds))}~id~'e${at}))`;
    });
    const [start, end] = [fromUs, toUs].map((us) => consoleText(isoFromUs(Math.round(us / 1_000) * 1_000)));
    const graph = `~(view~'timeSeries~region~${consoleText(region)}~start~${start}~end~${end}~metrics~(${lines.join('')}))`;
    return { text, url: consolePage(region, `metricsV2?graph=${graph}`) };
  }

  function check(signal: AbortSignal): Promise<Health> {
    return aws.healthOf(async () => {
      // The right is asked about, and whether there is any number.
      const toUs = clock.nowUs();
      const query = { fromUs: toUs - CHECKED_US, toUs, stepSeconds: CHECKED_US / 1e6 };
      const [first] = searchesFor(namespaces, []);
      const Expression = withStep(first?.text ?? '', query.stepSeconds);
      const window = { StartTime: Math.floor(query.fromUs / 1e6), EndTime: Math.floor(toUs / 1e6) };
      const { MetricDataResults: found } = await page(
        { ...window, MetricDataQueries: [{ Id: 'm0', Expression }] },
        signal,
      );
      const of = `${first?.metric} in ${first?.namespace} of ${region}`;
      return found.some(({ Values }) => Values.length > 0)
        ? { ok: true, detail: `answers; has ${of}`, remedy: '' }
        : {
            ok: true,
            detail: `answers, but has no ${of} in the last 15 minutes`,
            remedy: 'Check CLOUDWATCH_METRICS and CLOUDWATCH_REGION if there should be some.',
          };
    }, RIGHTS);
  }

  return {
    name: NAME,
    async findMetrics({ services, fromUs, toUs }) {
      const searches = searchesFor(namespaces, services);
      if (searches.length === 0) return { queries: [], warnings: [] };
      const text = searches.map((one) => one.text).join('\n');
      return { queries: [{ text, fromUs, toUs, stepSeconds: stepOf({ fromUs, toUs }) }], warnings: [] };
    },
    openMetrics,
    check,
  };
}

const TOO_MANY = `there are more than ${MOST_PAGES} pages of points, and the rest was not read`;

type Searched = Readonly<{ text: string; namespace: string; metric: string; name: string }>;

function searchesFor(namespaces: readonly MetricNamespace[], services: readonly string[]): readonly Searched[] {
  return namespaces.flatMap((namespace) => {
    const { dimensions, name, scope, metrics } = NAMESPACES[namespace];
    // No dimension of a database names the services that use it.
    const named = scope === 'database' ? [] : services.filter((service) => service !== '');
    const condition = conditionOf(name, named);
    if (condition === undefined) return [];
    return Object.entries(metrics).map(([metric, { stat }]) => ({
      text: `SEARCH('{${[namespace, ...dimensions].join(',')}} MetricName="${metric}"${condition}', '${stat}')`,
      ...{ namespace, metric, name },
    }));
  });
}

/** '' for all; undefined if no name can be one of AWS. Names that do not fit into one search are left out. */
function conditionOf(dimension: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return '';
  const conditions: string[] = [];
  let length = 0;
  for (const one of names.filter((name) => AWS_NAME.test(name)).map((name) => `${dimension}="${name}"`)) {
    length += one.length + ' OR '.length;
    if (length > LONGEST_SEARCH - MOST_BEFORE_NAMES) break;
    conditions.push(one);
  }
  return conditions.length === 0 ? undefined : ` (${conditions.join(' OR ')})`;
}

/** Nothing in it ends a quotation. */
const AWS_NAME = /^[\w.:/-]{1,200}$/;
const MOST_BEFORE_NAMES = 200;

/** A line of a query as `searchesFor` wrote it. */
const SEARCH = /^SEARCH\('\{([\w/]{1,40}),[\w,]{1,80}\} MetricName="(\w{1,60})"/;

function searchIn(text: string): Searched | undefined {
  const [, namespace = '', metric = ''] = SEARCH.exec(text) ?? [];
  const known = isNamespace(namespace) ? NAMESPACES[namespace] : undefined;
  return known && Object.hasOwn(known.metrics, metric) ? { text, namespace, metric, name: known.name } : undefined;
}

function isNamespace(name: string): name is MetricNamespace {
  return Object.hasOwn(NAMESPACES, name);
}

function withStep(search: string, stepSeconds: number): string {
  return `${search.replace(/\)$/, '')}, ${stepSeconds})`;
}

const Text = z
  .string()
  .nullish()
  .transform((text) => text ?? '');
const Page = z.object({
  MetricDataResults: z.array(
    z.object({
      Id: z.string().regex(/^m\d{1,3}$/),
      Label: Text,
      StatusCode: Text,
      Timestamps: z
        .array(z.number())
        .nullish()
        .transform((all) => all ?? []),
      Values: z
        .array(z.number())
        .nullish()
        .transform((all) => all ?? []),
    }),
  ),
  Messages: z
    .array(z.object({ Value: Text }))
    .nullish()
    .transform((all) => (all ?? []).flatMap(({ Value }) => Value.slice(0, 200) || [])),
  NextToken: z
    .string()
    .min(1)
    .nullish()
    .transform((token) => token ?? undefined),
});
type Page = z.output<typeof Page>;

function seriesOf(
  { Label, Timestamps, Values }: Page['MetricDataResults'][number],
  of: Searched | undefined,
  stepS: number,
) {
  const known = of && isNamespace(of.namespace) ? NAMESPACES[of.namespace] : undefined;
  const metric = known?.metrics[of?.metric ?? ''];
  if (of === undefined || known === undefined || metric === undefined) return [];
  const { concept, stat, per } = metric;
  const divisor = stat === 'Sum' ? per * stepS : per;
  const values = Timestamps.flatMap((at, index) => {
    const value = Values[index];
    return value === undefined ? [] : [[at, `${value / divisor}`] as const];
  });
  const owner = known.scope === 'database' ? { instance: Label } : { service: Label };
  const labels = { metric: `${of.namespace} ${of.metric}`, ...(Label !== '' && owner) };
  return [{ metric: { __name__: seriesName({ scope: known.scope, concept }), ...labels }, values }];
}
