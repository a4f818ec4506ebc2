import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type InfluxDbOptions, influxDb } from '#adapters/influxdb/client.ts';
import { fieldMeaning } from '#adapters/influxdb/fields.ts';
import { namingIn, seriesOf } from '#adapters/influxdb/tags.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import type { MetricQuery } from '#gather/sources.ts';
import { measured } from '#model/metrics/measured.ts';
import { textOf } from '#test/bytes.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { reportOfMetrics } from '#test/metric-store.ts';
import { type Reply, recorded, refuse, replay, startRecordedServer } from '#test/recorded-server.ts';

/** The time of the recordings: the trouble begins at 12:20 UTC. */
const BEGINS_US = Date.UTC(2026, 10, 28, 12, 20) * 1_000;
const WINDOW = { service: 'checkout', fromUs: BEGINS_US, toUs: BEGINS_US + 900e6 };
const SEARCH = { services: ['checkout'], fromUs: BEGINS_US - 900e6, toUs: WINDOW.toUs };

const CPU: MetricQuery = {
  text: 'SELECT mean("usage_iowait") / 100 AS "node:io_wait;usage_iowait" FROM "cpu" WHERE ("host" = \'n1\')',
  fromUs: SEARCH.fromUs,
  toUs: SEARCH.toUs,
  stepSeconds: 60,
};

const at = (url: URL, options: Partial<InfluxDbOptions> = {}) => influxDb({ url, database: 'telegraf', ...options });

testHttpSource('InfluxDB', {
  answer: recorded('influxdb/select-cpu'),
  readsWhole: true,
  connect(options) {
    const source = influxDb({ ...options, database: 'telegraf' });
    return { ask: (signal) => source.openMetrics(CPU, signal), check: (signal) => source.check(signal) };
  },
});

function json(body: unknown): Reply {
  return refuse(200, { 'content-type': 'application/json' }, JSON.stringify(body));
}

function recordingOf(query: string): string {
  if (query.startsWith('SHOW TAG VALUES FROM')) return 'hosts';
  if (query.startsWith('SHOW TAG VALUES')) return 'tag-values';
  if (query.startsWith('SHOW FIELD KEYS')) return 'field-keys';
  if (query.startsWith('SHOW MEASUREMENTS')) return 'measurements';
  // Earlier days.
  if (Number(/time < (\d+)ms/.exec(query)?.[1]) < SEARCH.fromUs / 1e3) return 'select-none';
  return `select-${/FROM "(\w+)"/.exec(query)?.[1]}`;
}

/** Answers as the real one did; `asked` collects what it was asked. */
function store(asked: URLSearchParams[] = [], answers: Readonly<Record<string, Reply>> = {}) {
  return startRecordedServer(({ search }) => {
    asked.push(search);
    const name = recordingOf(search.get('q') ?? '');
    return answers[name] ?? replay(recorded(`influxdb/${name}`));
  });
}

async function found(answers: Readonly<Record<string, Reply>> = {}, services = ['checkout'], hours = 0.5) {
  const asked: URLSearchParams[] = [];
  await using server = await store(asked, answers);
  const search = { services, fromUs: SEARCH.toUs - hours * 3_600e6, toUs: SEARCH.toUs };
  const { queries, warnings } = await at(server.url).findMetrics(search, later());
  return {
    queries,
    texts: queries.map(({ text }) => text),
    warnings,
    asked: asked.map((search) => search.get('q') ?? ''),
  };
}

async function opened(reply: Reply, options: Partial<InfluxDbOptions> = {}) {
  await using server = await startRecordedServer(() => reply);
  const body = await at(server.url, options).openMetrics(CPU, later());
  const decoder = metricsBody('influxdb');
  decoder.push(Buffer.from(await textOf(body.chunks)));
  const series = decoder.end();
  return { body, series, warnings: decoder.warnings(), asked: Object.fromEntries(server.requests[0]?.search ?? []) };
}

describe('influxdb', () => {
  test('finds which measurements name the service, and its machines', async () => {
    const { texts, asked, warnings } = await found();
    expect(asked.map((query) => query.split(/ FROM | WITH /)[0])).toEqual([
      'SHOW TAG VALUES',
      'SHOW TAG VALUES',
      'SHOW FIELD KEYS',
    ]);
    expect(asked[1]).toContain(`"pod_name" = 'checkout-5f6585d649-fnmft'`);
    expect(texts.map((text) => /FROM "(\w+)"/.exec(text)?.[1])).toEqual([
      ...['cpu', 'disk', 'http_requests_total', 'http_server_requests', 'jvm_memory_max', 'jvm_memory_used'],
      ...['kubernetes_pod_container', 'mem', 'postgresql'],
    ]);
    expect(texts[0]).toContain(`WHERE ("host" = 'n1' OR "node_name" = 'n1') AND ("cpu" = 'cpu-total')`);
    expect(texts[2]).toBe(
      `SELECT max("counter") AS "http_requests_total;counter" FROM "http_requests_total" WHERE ("service" = 'checkout')`,
    );
    expect(texts[3]).toContain('sum("count") / 60 AS "service:requests;count"');
    expect(texts.join('\n')).not.toMatch(/rootfs|"free"|upper|cart/);
    expect(warnings).toEqual([]);
  });

  test('counts over longer steps in a longer window', async () => {
    const { queries } = await found({}, ['checkout'], 48);
    expect(queries[3]?.stepSeconds).toBe(240);
    expect(queries[3]?.text).toContain('sum("count") / 240');
  });

  test('asks one database, with times in milliseconds and all tags apart', async () => {
    const { asked, body } = await opened(replay(recorded('influxdb/select-cpu')), { retentionPolicy: 'autogen' });
    expect(asked).toMatchObject({ db: 'telegraf', rp: 'autogen', epoch: 'ms' });
    expect(asked.q).toMatch(
      / AND time >= 1795867500000ms AND time < 1795869300000ms GROUP BY time\(60s\), \* fill\(none\)$/,
    );
    expect(body.query).toEqual({ text: asked.q?.replace(' AS "node:io_wait;usage_iowait"', ''), url: '' });
  });

  test('reads a machine, a pod and requests under their meaning', async () => {
    const of = async (name: string) =>
      measured((await opened(replay(recorded(`influxdb/${name}`)))).series).map(
        ({ concept, service, instance, values }) => [
          concept,
          service,
          instance,
          Math.round((values[0] ?? 0) * 1_000) / 1_000,
        ],
      );
    expect(await of('select-cpu')).toContainEqual(['cpu_share', 'n1', 'n1', expect.closeTo(0.3, 2)]);
    expect(await of('select-kubernetes_pod_container')).toContainEqual([
      'cpu_share',
      'checkout',
      'checkout-5f6585d649-fnmft',
      expect.closeTo(0.2, 1),
    ]);
    expect(await of('select-http_server_requests')).toContainEqual([
      'latency',
      'checkout',
      '',
      expect.closeTo(0.12, 2),
    ]);
  });

  test('an incident is diagnosed from what the real one answered', async () => {
    await using server = await store();
    const { report, gaps } = await reportOfMetrics(at(server.url), WINDOW, 900e6);
    expect(gaps).toEqual([]);
    expect(report?.diagnosis).toMatchObject({ service: 'checkout', kind: 'cpu' });
  });

  test('every service where none is named, without machines', async () => {
    const { texts, asked } = await found({}, []);
    expect(texts.find((text) => text.includes('http_requests_total'))).toContain(
      `"service" = 'cart' OR "service" = 'checkout'`,
    );
    expect(asked.join()).not.toContain('FROM "cpu"');
  });

  test('a part of an answer is a warning', async () => {
    const { series, warnings } = await opened(replay(recorded('influxdb/select-partial')));
    expect(series[0]?.values.length).toBe(50);
    expect(warnings).toEqual([expect.stringContaining('max-row-limit')]);
    const partial = json({ results: [{ series: [], partial: true }] });
    expect((await found({ 'tag-values': partial })).warnings).toEqual([expect.stringContaining('left out')]);
  });

  test.each([
    ['unauthorized', 401, 'unable to parse authentication credentials'],
    ['unauthorized-password', 401, 'authorization failed'],
    ['forbidden', 403, 'requires READ on telegraf'],
    ['parse-error', 400, 'error parsing query'],
    ['tag-values-unknown-database', 404, 'database not found: nosuch'],
  ])('says why it was refused, in its own words (%s)', async (recording, status, said) => {
    const error = await opened(replay(recorded(`influxdb/${recording}`))).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'SH_BACKEND', status, advice: expect.stringContaining(said) });
  });

  test.each([[], { data: [] }, { results: 1 }, 'text', null])(
    'another server’s JSON is not the API: %j',
    async (body) => {
      await expect(opened(json(body))).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
    },
  );

  test('what is no series in an answer is left out', async () => {
    const odd = {
      results: [
        null,
        {
          series: [
            null,
            { name: 5 },
            { name: 'cpu', columns: [1], values: 5 },
            {
              name: 'cpu',
              columns: ['time', 'node:io_wait;x'],
              values: [5, [1], ['a', 2], [60_000, '3'], [60_000, 0.5]],
            },
          ],
        },
      ],
    };
    const { series } = await opened(json(odd));
    expect(series.map(({ name, values }) => [name, [...values]])).toEqual([['node:io_wait', [0.5]]]);
  });

  test('links into Grafana where there is one', async () => {
    const { query } = (
      await opened(replay(recorded('influxdb/select-cpu')), { grafanaUrl: new URL('https://grafana.example') })
    ).body;
    const { metrics } = JSON.parse(new URL(query.url).searchParams.get('panes') ?? '');
    expect(metrics.queries[0]).toMatchObject({ query: query.text, rawQuery: true, datasource: { type: 'influxdb' } });
  });

  test('says in its check which version it is, or that the database is empty or not there', async () => {
    const checked = async (name: string) => {
      await using server = await startRecordedServer(() => replay(recorded(`influxdb/${name}`)));
      return await at(server.url).check(later());
    };
    expect(await checked('measurements')).toEqual({ ok: true, detail: 'answers; version 1.6.7~rc0', remedy: '' });
    expect(await checked('measurements-none')).toMatchObject({
      ok: true,
      remedy: 'Check INFLUXDB_DATABASE (now telegraf).',
    });
    expect(await checked('tag-values-unknown-database')).toMatchObject({
      ok: false,
      remedy: expect.stringContaining('INFLUXDB_DATABASE'),
    });
    expect(await checked('unauthorized')).toMatchObject({ ok: false });
  });

  test('no name from outside leaves its quotes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), async (service, measurement) => {
        const values = json({
          results: [{ series: [{ name: measurement, columns: ['key', 'value'], values: [['service', service]] }] }],
        });
        const keys = json({
          results: [
            {
              series: [
                {
                  name: measurement,
                  columns: ['fieldKey', 'fieldType'],
                  values: [
                    ['cpu_usage_percent', 'float'],
                    [service, 'float'],
                  ],
                },
              ],
            },
          ],
        });
        const { texts, asked } = await found(
          { 'tag-values': values, 'field-keys': keys, hosts: json({ results: [] }) },
          [service],
        );
        for (const text of [...texts, ...asked]) {
          const bare = text.replaceAll(/"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'/g, '_');
          expect(bare).toMatch(/^[\w\s(),=*/.-]*$/);
        }
      }),
      { numRuns: 60 },
    );
  });
});

test.each([
  ['cpu', 'usage_idle', 'node:cpu_share', '1 - mean("usage_idle") / 100'],
  ['diskio', 'io_time', 'node:disk_busy', 'non_negative_derivative(max("io_time"), 1s) / 1000'],
  ['prometheus', 'http_requests_total', 'http_requests_total', 'max("http_requests_total")'],
  ['http_requests_total', 'counter', 'http_requests_total', 'max("counter")'],
  ['checkout_queue_depth', 'value', 'checkout_queue_depth', 'mean("value")'],
  ['jvm_memory_used', 'value', 'jvm_memory_used_bytes', 'mean("value")'],
  ['http.server.request.duration.seconds', 'count', 'http.server.request.duration.seconds_count', 'max("count")'],
])('%s, %s is %s', (measurement, field, name, expression) => {
  expect(fieldMeaning(measurement, field, 60)).toEqual({ field, name, expression });
});

test.each([
  ['cpu', 'toString'],
  ['constructor', 'name'],
  ['checkout', 'x" FROM "y'],
  ['prometheus', 'go_info'],
])('nothing is known of %s, %s', (measurement, field) => {
  expect(fieldMeaning(measurement, field, 60)).toBeUndefined();
});

test('a pod is the service’s, and not that of a service whose name begins alike', () => {
  const tagged = (...pods: string[]) => [
    { name: 'm', tags: {}, columns: ['key', 'value'], values: pods.map((pod) => ['pod_name', pod]) },
  ];
  const values = ['checkout-5f6585d649-fnmft', 'checkout-0', 'checkout-worker-5f6585d649-fnmft', 'checkouts-0'];
  expect(namingIn(tagged(...values), ['checkout']).get('m')?.values).toEqual(values.slice(0, 2));
});

test('tags are labels as other stores call them', () => {
  const row = { columns: ['time', 'node:disk_share;used_percent'], values: [[1_000, 0.5]] };
  const [disk] = seriesOf({ name: 'disk', tags: { host: 'n1', path: '/data' }, ...row });
  expect(disk?.metric).toEqual({
    host_name: 'n1',
    mountpoint: '/data',
    metric: 'disk.used_percent',
    __name__: 'node:disk_share',
  });
  const [web] = seriesOf({ name: 'web', tags: { path: '/pay', 'service.name': 'a' }, ...row });
  expect(web?.metric).toMatchObject({ path: '/pay', service_name: 'a' });
});
