import { text as bodyOf } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GraphiteOptions, graphite } from '#adapters/graphite/client.ts';
import { seriesOfPath } from '#adapters/graphite/paths.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import type { MetricQuery } from '#gather/sources.ts';
import { textOf } from '#test/bytes.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { reportOfMetrics } from '#test/metric-store.ts';
import { type Reply, recorded, refuse, replay, startRecordedServer } from '#test/recorded-server.ts';

/** The time of the recordings: the trouble begins at 12:20 UTC. */
const BEGINS_US = Date.UTC(2026, 10, 28, 12, 20) * 1_000;
const WINDOW = { service: 'checkout', fromUs: BEGINS_US, toUs: BEGINS_US + 900e6 };
const SEARCH = { services: ['checkout'], fromUs: BEGINS_US - 900e6, toUs: WINDOW.toUs };

const LATENCY: MetricQuery = {
  text: 'alias(scale(stats.timers.checkout.request.pay.upper_95,0.001),"service:latency;service=checkout")',
  fromUs: SEARCH.fromUs,
  toUs: SEARCH.toUs,
  stepSeconds: 10,
};

testHttpSource('Graphite', {
  answer: recorded('graphite/render-service-latency'),
  readsWhole: true,
  connect(options) {
    const source = graphite(options);
    return { ask: (signal) => source.openMetrics(LATENCY, signal), check: (signal) => source.check(signal) };
  },
});

function json(body: unknown): Reply {
  return refuse(200, { 'content-type': 'application/json' }, JSON.stringify(body));
}

type Asked = Readonly<{ path: string; form: URLSearchParams }>;

/** Answers as the real one did; `asked` collects what it was asked. */
function store(asked: Asked[] = [], answers: Readonly<Record<string, Reply>> = {}) {
  return startRecordedServer(({ path, search }) => async (response, request) => {
    const form = request.method === 'POST' ? new URLSearchParams(await bodyOf(request)) : search;
    asked.push({ path, form });
    const name = recordingOf({ path, form });
    await (answers[name] ?? replay(recorded(`graphite/${name}`)))(response, request);
  });
}

function recordingOf({ path, form }: Asked): string {
  if (path === '/metrics/expand') return form.get('leavesOnly') === '1' ? 'leaves' : 'places';
  if (path === '/metrics/find') return 'roots';
  if (path === '/tags/findSeries') return form.get('expr')?.startsWith('service=') ? 'tagged' : 'tagged-none';
  // Earlier days.
  if (Number(form.get('until')) < SEARCH.fromUs / 1e6) return 'render-none';
  const [, name = 'tagged'] = /"([a-z]+:[a-z_]+);/.exec(form.get('target') ?? '') ?? [];
  return `render-${name.replace(':', '-')}`;
}

async function found(
  options: Partial<GraphiteOptions> = {},
  answers: Readonly<Record<string, Reply>> = {},
  services = ['checkout'],
) {
  const asked: Asked[] = [];
  await using server = await store(asked, answers);
  const { queries, warnings } = await graphite({ url: server.url, ...options }).findMetrics(
    { ...SEARCH, services },
    later(),
  );
  return { queries, texts: queries.map(({ text }) => text), warnings, asked };
}

async function opened(query: MetricQuery, reply: Reply, options: Partial<GraphiteOptions> = {}) {
  await using server = await startRecordedServer(() => reply);
  const body = await graphite({ url: server.url, ...options }).openMetrics(query, later());
  const decoder = metricsBody('graphite');
  decoder.push(Buffer.from(await textOf(body.chunks)));
  return { body, series: decoder.end() };
}

describe('graphite', () => {
  test('finds what the service has, and asks for what has a meaning', async () => {
    const { texts, asked, warnings } = await found();
    expect(texts).toHaveLength(11);
    expect(texts[0]).toContain('stats.timers.checkout.request.pay.count_ps');
    expect(texts[1]).toBe(
      'alias(scale(stats.timers.checkout.request.pay.upper_95,0.001),"service:latency;service=checkout;operation=request.pay;metric=request.pay.upper_95")',
    );
    expect(texts.at(-1)).toBe("seriesByTag('name=http_requests_total','service=~^(?:checkout)$')");
    expect(texts.join('\n')).not.toMatch(/build|db\.query|pay\.mean|name=up/);
    expect(warnings).toEqual([]);
    const [places, leaves] = asked
      .filter(({ path }) => path === '/metrics/expand')
      .map(({ form }) => form.getAll('query'));
    expect(places).toEqual(['checkout', '*.checkout', '*.*.checkout', '*.*.*.checkout']);
    expect(leaves).toContain('prod.eu.checkout.*.*');
  });

  test('brings each number into the unit of its concept, with the labels of its path', async () => {
    const { series } = await opened(LATENCY, replay(recorded('graphite/render-service-latency')));
    expect(series.map(({ name, labels }) => [name, labels.service, labels.operation])).toEqual([
      ['service:latency', 'checkout', 'request.pay'],
    ]);
    expect(series[0]?.values[0]).toBeCloseTo(0.12, 2);
    expect(series[0]?.values.at(-1)).toBeCloseTo(0.9, 2);
    const { series: requests } = await opened(LATENCY, replay(recorded('graphite/render-service-requests')));
    expect(requests.map(({ labels }) => labels.status ?? '').sort()).toEqual(['', '200', '500']);
  });

  test('reads tagged series under their own names and tags', async () => {
    const { series } = await opened(LATENCY, replay(recorded('graphite/render-tagged')));
    expect(series[0]).toMatchObject({ name: 'http_requests_total', labels: { code: '200', service: 'checkout' } });
  });

  test('an incident is diagnosed from what the real one answered', async () => {
    await using server = await store();
    const { report, gaps } = await reportOfMetrics(graphite({ url: server.url }), WINDOW, 900e6);
    expect(gaps).toEqual([]);
    expect(report?.diagnosis).toMatchObject({ service: 'checkout', kind: 'cpu' });
  });

  test('only one place is searched where the configuration says which', async () => {
    const { asked } = await found({ paths: ['prod.*.{service}'] }, {}, ['checkout', 'pay.svc']);
    expect(asked[0]?.form.getAll('query')).toEqual(['prod.*.{checkout,pay_svc,pay-svc}']);
  });

  test('without services it reads only where the configuration says what one is', async () => {
    expect((await found({}, {}, [])).asked).toEqual([]);
    const { texts, asked } = await found({ paths: ['prod.*.{service}'] }, {}, []);
    expect(asked[0]?.form.getAll('query')).toEqual(['prod.*.*']);
    expect(texts[0]).toContain('service=checkout');
  });

  test('a Graphite without tags has paths alone', async () => {
    for (const status of [400, 404, 405, 501]) {
      const { texts } = await found({}, { tagged: refuse(status), 'tagged-none': refuse(status) });
      expect(texts).toHaveLength(10);
    }
    const page = refuse(404, { 'content-type': 'text/html' }, '<h1>no</h1>');
    expect((await found({}, { tagged: page, 'tagged-none': page })).texts).toHaveLength(10);
    await expect(found({}, { tagged: refuse(403) })).rejects.toMatchObject({ status: 403 });
  });

  test('says what it left out', async () => {
    const many = Array.from({ length: 130 }, (_, at) => `stats.timers.checkout.request.op${at}x.upper_95`);
    const places = Array.from({ length: 51 }, (_, at) => `env${at}.checkout`);
    expect((await found({}, { leaves: json({ results: many }) })).warnings).toEqual([
      'has more than 120 series of service latency; the rest was not read',
    ]);
    expect((await found({}, { places: json({ results: places }), leaves: json({ results: [] }) })).warnings).toEqual([
      'has more than 50 places that name the service',
    ]);
  });

  test.each([
    ['metrics/expand', { places: json([]) }],
    ['metrics/expand', { leaves: json({ results: 1 }) }],
  ])('another server’s JSON is not the API (%s)', async (_, answers) => {
    await expect(found({}, answers)).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
  });

  test('a refused target is an error, and another form is not the API', async () => {
    await expect(opened(LATENCY, replay(recorded('graphite/render-unknown-function')))).rejects.toMatchObject({
      status: 400,
    });
    await expect(opened(LATENCY, json({ data: [] }))).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
    await expect(opened(LATENCY, json([{ data: [] }]))).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
    expect((await opened(LATENCY, replay(recorded('graphite/render-none')))).series).toEqual([]);
  });

  test('points without a value, and infinite ones, are left out', async () => {
    const answer = '[{"target":"service:latency;service=a","datapoints":[[null,1],[1e9999,2],[3,3],["4",4],[5]]}]';
    const { series } = await opened(LATENCY, refuse(200, { 'content-type': 'application/json' }, answer));
    expect(series.map(({ values }) => [...values])).toEqual([[3]]);
  });

  test('links to the picture of the same target, or into Grafana where there is one', async () => {
    const answer = replay(recorded('graphite/render-service-latency'));
    const own = new URL(
      (await opened(LATENCY, answer, { uiUrl: new URL('https://graphite.example/g') })).body.query.url,
    );
    expect(own.origin + own.pathname).toBe('https://graphite.example/g/render');
    expect(own.searchParams.get('target')).toBe('scale(stats.timers.checkout.request.pay.upper_95,0.001)');
    const { query } = (await opened(LATENCY, answer, { grafanaUrl: new URL('https://grafana.example') })).body;
    const { metrics } = JSON.parse(new URL(query.url).searchParams.get('panes') ?? '');
    expect(metrics.queries[0]).toMatchObject({ target: query.text, datasource: { type: 'graphite' } });
  });

  test('says in its check whether there is anything in it', async () => {
    await using server = await store();
    expect(await graphite({ url: server.url }).check(later())).toEqual({ ok: true, detail: 'answers', remedy: '' });
    await using empty = await store([], { roots: json([]) });
    const { ok, remedy } = await graphite({ url: empty.url }).check(later());
    expect([ok, remedy]).toEqual([true, expect.stringContaining('GRAPHITE_URL')]);
    await using other = await store([], { roots: json({}) });
    expect(await graphite({ url: other.url }).check(later())).toMatchObject({ ok: false });
  });

  test('no name from outside changes a pattern or a target', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), fc.string(), async (service, node) => {
        const leaves = json({ results: [`stats.timers.checkout.request.${node}.upper_95`] });
        const { texts, asked } = await found({}, { leaves }, [service, 'checkout']);
        for (const pattern of asked.flatMap(({ form }) => form.getAll('query'))) {
          expect(pattern).toMatch(/^(?:(?:\*|[\w-]+|\{[\w,-]+\})(?:\.|$))+$/);
        }
        for (const expr of asked.flatMap(({ form }) => form.getAll('expr'))) {
          expect(expr).toMatch(/^\w+=~\^\(\?:[\w.:/|[\] -]+\)\$$/);
        }
        for (const text of texts.filter((one) => one.startsWith('alias'))) {
          expect(text).toMatch(/^alias\(scale\([\w.:-]+,0\.001\),"[\w:.;=/ -]+"\)$/);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('a path of Graphite', () => {
  const told = (path: string, at: number) => {
    const series = seriesOfPath(path, at, 'checkout');
    if (series === undefined) return undefined;
    const { service: _, metric: _metric, ...labels } = series.labels;
    return [series.name, series.expression.replace(path, '…'), labels];
  };

  test.each([
    // StatsD
    [
      'stats.timers.checkout.request.get_cart.upper_95',
      2,
      ['service:latency', 'scale(…,0.001)', { operation: 'request.get_cart' }],
    ],
    ['stats.timers.checkout.request.count_ps', 2, ['service:requests', '…', { operation: 'request' }]],
    [
      'stats.counters.checkout.responses.5xx.rate',
      2,
      ['service:requests', '…', { status: '5xx', operation: 'responses' }],
    ],
    ['stats.counters.checkout.errors.rate', 2, ['service:errors', '…', { operation: 'errors' }]],
    ['stats.gauges.checkout.queue.depth', 2, ['service:queue_depth', '…', { operation: 'queue' }]],
    // Dropwizard
    [
      'checkout.web01.http.requests.p95',
      0,
      ['service:latency', 'scale(…,0.001)', { instance: 'web01', operation: 'http.requests' }],
    ],
    [
      'checkout.web01.http.5xx-responses.m1_rate',
      0,
      ['service:requests', '…', { instance: 'web01', status: '5xx', operation: 'http' }],
    ],
    ['checkout.web01.jvm.memory.heap.used', 0, ['instance:heap_used', '…', { instance: 'web01' }]],
    ['checkout.web01.jvm.memory.heap.max', 0, ['instance:heap_limit', '…', { instance: 'web01' }]],
    ['checkout.HikariPool-1.pool.PendingConnections', 0, ['instance:waiting', '…', { instance: 'HikariPool-1' }]],
    // Micrometer
    [
      'checkout.httpServerRequests.exception.None.method.GET.outcome.SERVER_ERROR.status.500.uri._pay.m1_rate',
      0,
      ['service:requests', '…', { method: 'GET', outcome: 'SERVER_ERROR', status: '500', uri: '_pay' }],
    ],
    // Names as in other stores
    ['prod.checkout.checkout-0.cpu_usage_percent', 1, ['instance:cpu_share', 'scale(…,0.01)', {}]],
    [
      'prod.checkout.checkout-0.container.memory_working_set_bytes',
      1,
      ['instance:memory_used', '…', { pod: 'checkout-0' }],
    ],
    ['prod.checkout.availability_percent', 1, ['service:error_share', 'offset(scale(…,-0.01),1)', {}]],
    ['prod.checkout.oom_kills_total', 1, ['instance:oom_kills', 'perSecond(…)', {}]],
    // What it calls, what nobody waits for, and what nobody knows
    ['stats.timers.checkout.db.query.upper_95', 2, undefined],
    ['stats.timers.checkout.http.client.requests.upper_95', 2, undefined],
    ['stats.timers.checkout.request.count', 2, undefined],
    ['stats.timers.checkout.nightly_job.mean', 2, undefined],
    ['checkout.web01.build.number', 0, undefined],
    ['checkout.requests{a}.p95', 0, undefined],
  ])('%s', (path, at, expected) => {
    expect(told(path, at)).toEqual(expected);
  });
});
