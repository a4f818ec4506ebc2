/** What CloudWatch is asked for metrics, and what its answers mean, as its documentation describes them. */
import { describe, expect, test } from 'vitest';
import { cloudWatch } from '#adapters/cloudwatch/client.ts';
import { cloudWatchMetrics } from '#adapters/cloudwatch/metrics.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import type { MetricQuery, MetricSource } from '#gather/sources.ts';
import { measured } from '#model/metrics/measured.ts';
import { type AskedAws, answeringAws, awsAnswer, awsAt, awsError } from '#test/aws-services.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { hang, type Recorded, type Reply, refuse, startRecordedServer } from '#test/recorded-server.ts';

const AT_S = Date.UTC(2026, 0, 6, 14, 30) / 1_000;
const SEARCH = { services: ['checkout', 'a") OR ("'], fromUs: AT_S * 1e6, toUs: (AT_S + 600) * 1e6 };
const ALL = ['AWS/Lambda', 'AWS/ECS', 'ECS/ContainerInsights', 'ContainerInsights', 'AWS/RDS'] as const;

type Answering = (one: AskedAws) => Recorded | Reply;

async function against<T>(
  answer: Answering,
  use: (source: MetricSource, asked: readonly AskedAws[]) => Promise<T>,
  { namespaces = ALL as readonly (typeof ALL)[number][], maxBytes = 1_000_000 } = {},
): Promise<T> {
  const asked: AskedAws[] = [];
  await using server = await startRecordedServer(answeringAws(asked, answer));
  const clock = { nowUs: () => SEARCH.toUs };
  return await use(cloudWatchMetrics({ ...awsAt(server.url), namespaces, clock, maxBytes }), asked);
}

async function askedOf(source: MetricSource, search = SEARCH) {
  const [query] = (await source.findMetrics(search, later())).queries;
  if (query === undefined) throw new Error('nothing is asked for');
  const opened = await source.openMetrics(query, later());
  const body = metricsBody('cloudwatch');
  for await (const chunk of opened.chunks) body.push(chunk);
  return { query, shown: opened.query, series: body.end(), warnings: body.warnings() };
}

type MetricDataQuery = Readonly<{ Id: string; Expression: string; Label: string }>;
const queriesOf = (asked: readonly AskedAws[]) => (asked[0]?.json.MetricDataQueries ?? []) as MetricDataQuery[];

/** A number of each metric that is asked for. */
const numbers: Answering = ({ json }) =>
  awsAnswer({
    MetricDataResults: (json.MetricDataQueries as MetricDataQuery[]).map(({ Id, Label }) => ({
      ...{ Id, Label: (Label ?? '').includes('DBInstance') ? 'shop-db' : 'checkout', StatusCode: 'Complete' },
      ...{ Timestamps: [AT_S, AT_S + 60, AT_S + 120], Values: [60, 90] },
    })),
    Messages: [],
  });

const ONE: MetricQuery = {
  text: `SEARCH('{AWS/Lambda,FunctionName} MetricName="Invocations"', 'Sum')`,
  ...{ fromUs: SEARCH.fromUs, toUs: SEARCH.toUs, stepSeconds: 60 },
};

testHttpSource('Amazon CloudWatch', {
  answer: awsAnswer({
    MetricDataResults: [{ Id: 'm0', Label: 'checkout', StatusCode: 'Complete', Timestamps: [AT_S], Values: [60] }],
    Messages: [],
  }),
  readsWhole: true,
  lacks: ['token', 'user'],
  connect({ url, headers, timeoutMs, maxBytes }) {
    const source = cloudWatchMetrics({ ...awsAt(url), headers, timeoutMs, maxBytes, namespaces: ALL });
    return { ask: (signal) => source.openMetrics(ONE, signal), check: (signal) => source.check(signal) };
  },
});

describe('metrics of CloudWatch', () => {
  test('are asked for once, by signed searches from which no name breaks out', () =>
    against(numbers, async (source, asked) => {
      const { query, shown } = await askedOf(source);
      expect(asked).toHaveLength(1);
      expect(asked[0]).toMatchObject({
        action: 'GetMetricData',
        json: { StartTime: AT_S, EndTime: AT_S + 600, ScanBy: 'TimestampAscending' },
        headers: {
          'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData',
          'content-type': 'application/json',
          'content-encoding': 'amz-1.0',
        },
      });
      expect(asked[0]?.headers.authorization).toMatch(/\/20260106\/eu-west-1\/monitoring\/aws4_request, /);
      const all = queriesOf(asked);
      expect(all).toHaveLength(15);
      expect(all[0]).toEqual({
        Id: 'm0',
        Expression: `SEARCH('{AWS/Lambda,FunctionName} MetricName="Invocations" (FunctionName="checkout")', 'Sum', 60)`,
        Label: `\${PROP('Dim.FunctionName')}`,
      });
      expect(all.at(-1)?.Expression).toBe(
        `SEARCH('{AWS/RDS,DBInstanceIdentifier} MetricName="BurstBalance"', 'Average', 60)`,
      );
      expect(query.text.split('\n')).toHaveLength(15);
      expect(shown.url).toMatch(
        /^https:\/\/eu-west-1\.console\.aws\.amazon\.com\/cloudwatch\/home\?region=eu-west-1#metricsV2\?graph=~\(view~'timeSeries~region~'eu-west-1~start~'2026-01-06T14\*3a30\*3a00\.000Z~/,
      );
      expect(shown.url).not.toMatch(/[ "<>]/);
    }));

  test('have the units of their concepts, per service or per database', () =>
    against(numbers, async (source) => {
      const { series, warnings } = await askedOf(source);
      expect(warnings).toEqual([]);
      const read = series.map(({ name, labels, values }) => [name, labels.service ?? labels.instance, values[0]]);
      expect(read).toEqual([
        ['service:requests', 'checkout', 1],
        ['service:errors', 'checkout', 1],
        ['service:latency', 'checkout', 0.06],
        ['instance:cpu_share', 'checkout', 0.6],
        ['instance:memory_share', 'checkout', 0.6],
        ['instance:cpu_used', 'checkout', 60 / 1_024],
        ['instance:cpu_limit', 'checkout', 60 / 1_024],
        ['instance:memory_used', 'checkout', 60 * 1_048_576],
        ['instance:memory_limit', 'checkout', 60 * 1_048_576],
        ['instance:cpu_share', 'checkout', 0.6],
        ['instance:memory_share', 'checkout', 0.6],
        ['database:cpu_share', 'shop-db', 0.6],
        ['database:connections', 'shop-db', 60],
        ['database:disk_free', 'shop-db', 60],
        ['database:credits_share', 'shop-db', 0.6],
      ]);
      expect(measured(series).map(({ concept }) => concept)).toEqual(expect.arrayContaining(['requests', 'cpu_share']));
    }));

  test('of every service have no condition, and of names that AWS cannot have nothing is asked', async () => {
    const only = { namespaces: ['AWS/ECS'] as const };
    await against(
      numbers,
      async (source, asked) => {
        await askedOf(source, { ...SEARCH, services: [] });
        expect(queriesOf(asked)[0]?.Expression).toBe(
          `SEARCH('{AWS/ECS,ClusterName,ServiceName} MetricName="CPUUtilization"', 'Average', 60)`,
        );
        expect(await source.findMetrics({ ...SEARCH, services: ['a b'] }, later())).toEqual({
          queries: [],
          warnings: [],
        });
        const many = Array.from({ length: 200 }, (_, at) => `service-${at}`);
        const [query] = (await source.findMetrics({ ...SEARCH, services: many }, later())).queries;
        expect(query?.text.split('\n').every((text) => text.length < 1_024)).toBe(true);
      },
      only,
    );
  });

  test('come in pages, of which five are read', () => {
    let page = 0;
    return against(
      () => {
        page += 1;
        return awsAnswer({
          MetricDataResults: [
            { Id: 'm0', Label: 'checkout', Timestamps: [AT_S], Values: [6], StatusCode: 'PartialData' },
          ],
          NextToken: `page ${page}`,
          Messages: [{ Code: 'MaxMetricsExceeded', Value: 'Maximum number of allowed metrics exceeded' }],
        });
      },
      async (source, asked) => {
        const { warnings, series } = await askedOf(source);
        expect(asked.map(({ json }) => json.NextToken)).toEqual([
          undefined,
          ...[1, 2, 3, 4].map((one) => `page ${one}`),
        ]);
        expect(series.length).toBeGreaterThan(0);
        expect(warnings.join('; ')).toMatch(/Maximum number of allowed metrics exceeded.*more than 5 pages/);
      },
    );
  });

  test('that are not complete are said to be so', () =>
    against(
      () => awsAnswer({ MetricDataResults: [{ Id: 'm0', Timestamps: null, StatusCode: 'InternalError' }] }),
      async (source) => {
        expect((await askedOf(source)).warnings).toEqual(['1 metrics are not complete']);
      },
    ));
});

describe('an answer of CloudWatch that has no metrics', () => {
  test.each<[string, Answering, object]>([
    ['no rights', () => awsError('AccessDenied', 'not authorized', 403), { status: 403, retryable: false }],
    ['401', () => refuse(401), { status: 401 }],
    ['404', () => refuse(404), { status: 404 }],
    ['a limit', () => awsError('Throttling', 'Rate exceeded'), { status: 429, retryable: true }],
    ['429', () => refuse(429, { 'retry-after': '2' }), { status: 429, retryAfterMs: 2_000 }],
    ['a wrong search', () => awsError('ValidationError', 'Error in expression'), { status: 400, retryable: false }],
    ['503', () => refuse(503), { status: 503, retryable: true }],
    ['a redirect', () => refuse(302, { location: 'https://login.example/' }), { status: 302 }],
    ['a page', () => refuse(200, { 'content-type': 'text/html' }, '<p>'), { code: 'SH_NOT_A_BACKEND' }],
    ['other JSON', () => awsAnswer({ MetricDataResults: 7 }), { code: 'SH_NOT_A_BACKEND' }],
    ['cut JSON', () => refuse(200, {}, '{"MetricDataResults":['), { code: 'SH_NOT_A_BACKEND' }],
  ])('%s', (_, answer, error) =>
    against(answer, async (source) => {
      await expect(askedOf(source)).rejects.toMatchObject(error);
    }),
  );

  test('is waited for as long as the caller waits, and read no further than the cap', async () => {
    const query = {
      text: `SEARCH('{AWS/ECS,ClusterName,ServiceName} MetricName="CPUUtilization"', 'Average')`,
      ...SEARCH,
      stepSeconds: 60,
    };
    await against(hang, async (source) => {
      await expect(source.openMetrics(query, AbortSignal.timeout(30))).rejects.toThrow(/timed out$/);
    });
    await against(
      numbers,
      async (source) => {
        await expect(source.openMetrics(query, later())).rejects.toMatchObject({ code: 'SH_TOO_LARGE' });
      },
      { maxBytes: 50 },
    );
  });
});

describe('the check of metrics', () => {
  test.each<[string, Answering, object]>([
    ['numbers', numbers, { ok: true, detail: 'answers; has Invocations in AWS/Lambda of eu-west-1' }],
    [
      'none',
      () => awsAnswer({ MetricDataResults: [] }),
      { ok: true, remedy: expect.stringContaining('CLOUDWATCH_METRICS') },
    ],
    [
      'no rights',
      () => awsError('AccessDenied', 'no', 403),
      { remedy: expect.stringMatching(/^Allow cloudwatch:GetMetricData /) },
    ],
    [
      'a wrong key',
      () => awsError('InvalidClientTokenId', 'no', 403),
      { remedy: expect.stringContaining('AWS_ACCESS_KEY_ID') },
    ],
  ])('with %s', (_, answer, health) =>
    against(answer, async (source) => {
      expect(await source.check(later())).toMatchObject(health);
    }),
  );

  test('is one for lines and metrics', async () => {
    const at = { region: 'eu-west-1', groups: ['shop'], namespaces: ['AWS/RDS'] as const };
    const both = cloudWatch(at);
    expect(both.logs?.check).toBe(both.metrics?.check);
    expect(Object.keys(cloudWatch({ ...at, groups: [] }))).toEqual(['metrics']);
    expect(Object.keys(cloudWatch({ ...at, namespaces: [] }))).toEqual(['logs']);
  });
});
