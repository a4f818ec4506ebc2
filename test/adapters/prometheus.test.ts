import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PrometheusOptions, prometheus } from '#adapters/prometheus/client.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import type { MetricQuery } from '#gather/sources.ts';
import { textOf } from '#test/bytes.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { type Reply, recorded, refuse, replay, type SeenRequest, startRecordedServer } from '#test/recorded-server.ts';

/** The time of the recordings. */
const UP: MetricQuery = { text: 'up', fromUs: 1_795_156_120e6, toUs: 1_795_156_180e6, stepSeconds: 15 };

testHttpSource('Prometheus', {
  answer: recorded('prometheus/query-range'),
  tenantHeader: 'x-scope-orgid',
  connect(options) {
    const source = prometheus(options);
    return { ask: (signal) => source.openMetrics(UP, signal), check: (signal) => source.check(signal) };
  },
});

function json(body: unknown): Reply {
  return refuse(200, { 'content-type': 'application/json' }, JSON.stringify(body));
}

describe('prometheus', () => {
  async function ask(query: MetricQuery, options: Partial<PrometheusOptions> = {}, name = 'query-range') {
    await using server = await startRecordedServer(() => replay(recorded(`prometheus/${name}`)));
    const body = await prometheus({ url: server.url, ...options }).openMetrics(query, later());
    const text = await textOf(body.chunks);
    return { body, text, asked: Object.fromEntries(server.requests[0]?.search ?? []) };
  }

  test('says from the labels of what it scrapes by which other name and in which namespace a service runs', async () => {
    const result = [
      { metric: { job: 'monitoring/payments', service: 'payments-api', namespace: 'shop' }, value: [1, '1'] },
      { metric: { job: 'checkout' }, value: [1, '1'] },
      { metric: {}, value: [1, '1'] },
      'nonsense',
    ];
    await using server = await startRecordedServer(() =>
      json({ status: 'success', data: { resultType: 'vector', result } }),
    );
    const { facts, warnings } = await prometheus({ url: server.url }).readFacts(later());
    expect(facts.map(({ service, kind, value, ifKnown }) => [service, kind, value, ifKnown])).toEqual([
      ['payments-api', 'alias', 'payments', true],
      ['payments-api', 'namespace', 'shop', true],
    ]);
    expect(warnings).toEqual([]);
    expect(server.requests[0]?.search.get('query')).toBe('group by (job, service, namespace) (up)');
  });

  test('lists its alert rules; an answer without any says nothing about rules elsewhere', async () => {
    const listed = async (rules: readonly object[]) => {
      await using server = await startRecordedServer(() => json({ status: 'success', data: { groups: [{ rules }] } }));
      return await prometheus({ url: server.url }).alertRules?.(later());
    };
    const rule = (name: string, health: string) => ({ type: 'alerting', name, health, alerts: [] });
    expect(await listed([rule('Slow', 'ok'), rule('Bad', 'err'), { type: 'recording', name: 'r' }])).toEqual({
      rules: [
        { name: 'Slow', state: 'active' },
        { name: 'Bad', state: 'broken' },
      ],
      isAll: true,
    });
    expect(await listed([])).toEqual({ rules: [], isAll: false });
  });

  test('hands on the series of a recorded answer, as they came', async () => {
    const { body, text, asked } = await ask(UP);
    const decoder = metricsBody('prometheus');
    decoder.push(Buffer.from(text));
    const series = decoder.end();
    expect(body).toMatchObject({ source: 'prometheus', format: 'prometheus-json', query: { text: 'up' } });
    expect(asked).toEqual({ query: 'up', start: '1795156110', end: '1795156170', step: '15' });
    expect(series.map(({ name, labels }) => [name, labels.job])).toEqual([
      ['up', 'loki'],
      ['up', 'checkout'],
      ['up', 'hotrod'],
      ['up', 'jaeger'],
    ]);
  });

  test.each([
    [7 * 86_400, 15],
    [365 * 86_400, 60],
    [10_999, 1],
    [11_000, 1],
  ])('asks for %i s at %i s in at most 11,000 points', async (seconds, stepSeconds) => {
    const { asked } = await ask({ ...UP, fromUs: UP.toUs - seconds * 1e6, stepSeconds });
    expect((Number(asked.end) - Number(asked.start)) / Number(asked.step) + 1).toBeLessThanOrEqual(11_000);
    expect(Number(asked.step)).toBeGreaterThanOrEqual(stepSeconds);
  });

  test.each([
    ['query-parse-error', 400, 'invalid parameter "query": 1:4: parse error'],
    ['query-range-too-many', 400, 'exceeded maximum resolution of 11,000 points'],
    ['query-exec-error', 422, 'found duplicate series for the match group'],
    ['query-timeout', 422, 'vector cannot contain metrics with the same labelset'],
    ['unknown', 404, '404 page not found'],
  ])('says why it was refused, in its own words (%s)', async (recording, status, said) => {
    const error = await ask(UP, {}, recording).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'SH_BACKEND', status, advice: expect.stringContaining(said) });
    expect(error.advice).not.toContain('errorType');
  });

  test('what an answer lacks is told by the one who reads it; what is only a hint is not', () => {
    const warned = { status: 'success', data: { resultType: 'matrix', result: [] }, warnings: ['store-2 timed out'] };
    const decoder = metricsBody('prometheus');
    decoder.push(Buffer.from(JSON.stringify(warned)));
    expect(decoder.end()).toEqual([]);
    expect(decoder.warnings()).toEqual(['store-2 timed out']);
    const hinted = metricsBody('prometheus');
    hinted.push(Buffer.from(JSON.stringify({ ...warned, warnings: undefined, infos: ['might not be a counter'] })));
    expect(hinted.end()).toEqual([]);
    expect(hinted.warnings()).toEqual([]);
  });

  test('links to the same question on its own page, or in Grafana where there is one', async () => {
    const own = new URL((await ask(UP, { uiUrl: new URL('https://thanos.example/ui') })).body.query.url);
    expect(own.origin + own.pathname).toBe('https://thanos.example/ui/graph');
    expect(Object.fromEntries(own.searchParams)).toMatchObject({ 'g0.expr': 'up', 'g0.range_input': '60s' });
    const explore = new URL((await ask(UP, { grafanaUrl: new URL('https://grafana.example/g') })).body.query.url);
    expect(explore.origin + explore.pathname).toBe('https://grafana.example/g/explore');
    const { metrics } = JSON.parse(explore.searchParams.get('panes') ?? '');
    expect(metrics.queries[0].expr).toBe('up');
    expect(metrics.range).toEqual({ from: '1795156120000', to: '1795156180000' });
  });

  test('names its version in the check', async () => {
    await using server = await startRecordedServer(({ path }) =>
      replay(recorded(path.endsWith('/labels') ? 'prometheus/labels' : 'prometheus/buildinfo')),
    );
    expect(await prometheus({ url: server.url }).check(later())).toEqual({
      ok: true,
      detail: 'answers; version 2.42.0+ds',
      remedy: '',
    });
  });

  test('says in its check which alert rules fire since when, and which it cannot evaluate', async () => {
    const alert = (state: string, activeAt: string) => ({
      labels: { service: 'checkout' },
      state,
      activeAt,
      value: '1',
    });
    const rule = (name: string, health: string, alerts: object[] = []) => ({ type: 'alerting', name, health, alerts });
    const rules = [
      rule('OrdersWait', 'ok', [alert('firing', '2026-11-28T12:25:00Z'), alert('firing', '2026-11-28T12:20:31.5Z')]),
      rule('SlowPay', 'ok', [alert('pending', '2026-11-28T12:20:00Z')]),
      rule('Broken\u202e', 'err'),
      { type: 'recording', name: 'job:up', health: 'err' },
      'nonsense',
    ];
    const groups = [{ name: 'rules', file: 'rules.yml', interval: 15, rules }];
    const checked = async (data: unknown) => {
      await using server = await startRecordedServer(({ path }) => {
        if (path.endsWith('/rules')) return data === undefined ? refuse(404) : json({ status: 'success', data });
        return replay(recorded(path.endsWith('/labels') ? 'prometheus/labels' : 'prometheus/buildinfo'));
      });
      return await prometheus({ url: server.url }).check(later());
    };
    expect(await checked({ groups })).toEqual({
      ok: true,
      detail: 'answers; version 2.42.0+ds; 3 alert rules, 1 fires: OrdersWait since 2026-11-28 12:20 UTC',
      remedy: 'Prometheus cannot evaluate 1 alert rule (Broken): its page Status, Rules says why.',
    });
    expect(await checked(JSON.parse(recorded('prometheus/rules').body.toString()).data)).toMatchObject({
      detail: expect.stringMatching(/; 4 alert rules, 1 fires: CheckoutScraped since 2026-11-28 13:18 UTC$/),
      remedy: expect.stringContaining('1 alert rule (Duplicates)'),
    });
    expect(await checked({ groups: [{ rules: [rule('SlowPay', 'ok')] }] })).toMatchObject({
      detail: expect.stringMatching(/; 1 alert rule, none fires$/),
    });
    for (const none of [undefined, {}, { groups: [] }, { groups: 5 }]) {
      expect(await checked(none)).toMatchObject({ ok: true, detail: 'answers; version 2.42.0+ds', remedy: '' });
    }
  });

  test('says in its check that there is nothing in it', async () => {
    await using server = await startRecordedServer(() => json({ status: 'success', data: [] }));
    const { ok, remedy } = await prometheus({ url: server.url }).check(later());
    expect([ok, remedy]).toEqual([true, expect.stringContaining('tenant')]);
  });
});

type Labels = Readonly<Record<string, string>>;

/** A store that has these series, and a point every 15 seconds. */
function storeOf(own: readonly Labels[], others: readonly Labels[] = [], warnings?: readonly string[]) {
  return ({ path, search }: SeenRequest): Reply => {
    if (path.endsWith('/query')) {
      const values = Array.from({ length: 40 }, (_, at) => [1_795_156_000 + at * 15, '1']);
      return json({ status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, values }] } });
    }
    const isNeighbours = search.getAll('match[]').some((selector) => selector.includes('mysql_global'));
    return json({ status: 'success', data: isNeighbours ? others : own, warnings });
  };
}

async function found(
  own: readonly Labels[],
  { others = [], services = ['checkout'], hours = 1 }: { others?: Labels[]; services?: string[]; hours?: number } = {},
) {
  await using server = await startRecordedServer(storeOf(own, others));
  const search = { services, fromUs: UP.toUs - hours * 3_600e6, toUs: UP.toUs };
  const { queries } = await prometheus({ url: server.url }).findMetrics(search, later());
  return { queries, texts: queries.map(({ text }) => text), requests: server.requests };
}

const OTEL = { __name__: 'http_server_request_duration_seconds_count', service_name: 'checkout', http_route: '/pay' };
const POD = { pod: 'checkout-5f6585d649-fnmft', container: 'server', node: 'n1' };

describe('prometheus finds out what there is to ask', () => {
  test('of a histogram: its quantile and how many requests, by operation and code', async () => {
    const { texts } = await found([{ ...OTEL, http_response_status_code: '200' }]);
    expect(texts).toEqual([
      expect.stringMatching(/histogram_quantile\(0\.95, sum by \(service_name, le, http_route\)/),
      expect.stringMatching(
        /^label_replace\(label_replace\(sum by \(service_name, http_route, http_response_status_code\)/,
      ),
    ]);
    expect(texts[0]).toContain('"__name__", "service:latency"');
    expect(texts[1]).toContain('"__name__", "service:requests"');
    for (const text of texts) expect(text).toContain('service_name=~"checkout"');
  });

  test('rates are taken over four of the intervals at which there are points', async () => {
    const { queries } = await found([OTEL]);
    expect(queries[0]?.text).toContain('[60s]');
    expect(queries[0]?.stepSeconds).toBe(15);
    expect((await found([OTEL], { hours: 48 })).queries[0]?.stepSeconds).toBe(240);
  });

  test('of its pods: what they use and may use; of their node: what it waits for; of databases: connections', async () => {
    const { texts, requests } = await found(
      [
        { __name__: 'container_cpu_usage_seconds_total', ...POD },
        { __name__: 'container_memory_working_set_bytes', ...POD },
        { __name__: 'kube_pod_container_resource_limits', ...POD, resource: 'cpu' },
        { __name__: 'kube_pod_container_resource_limits', ...POD, resource: 'memory' },
      ],
      {
        others: [
          { __name__: 'node_cpu_seconds_total', instance: '10.0.0.5:9100', node: 'n1', mode: 'iowait', cpu: '0' },
          { __name__: 'node_cpu_seconds_total', instance: '10.0.0.5:9100', node: 'n1', mode: 'idle', cpu: '0' },
          { __name__: 'pg_stat_activity_count', instance: 'db:9187', datname: 'shop' },
          { __name__: 'pg_settings_max_connections', instance: 'db:9187' },
        ],
      },
    );
    const names = texts.map((text) => /"__name__", "([\w:]+)"/.exec(text)?.[1]);
    expect(names).toEqual([
      'instance:cpu_used',
      'instance:cpu_limit',
      'instance:memory_limit',
      'instance:memory_used',
      'database:lock_waits',
      'database:connections',
      'database:connections_limit',
      'node:io_wait',
      'node:cpu_share',
    ]);
    expect(texts[1]).toContain('resource=~"cpu"');
    expect(texts[8]).toContain('1 - avg by (instance, node) (rate(node_cpu_seconds_total{node=~"n1",mode=~"idle"}');
    const asked = requests.flatMap(({ search }) => search.getAll('match[]'));
    expect(asked.some((selector) => selector.includes('node=~"n1"'))).toBe(true);
  });

  test('of queues that have its name as a word: what waits in them, and not in those of others', async () => {
    const lag = (consumergroup: string, partition = '0') => ({
      __name__: 'kafka_consumergroup_lag',
      consumergroup,
      partition,
      topic: 'orders',
      job: 'kafka-exporter',
    });
    const { texts, requests } = await found([OTEL], {
      others: [lag('orders.checkout-v2'), lag('orders.checkout-v2', '1'), lag('checkouts'), lag('billing')],
    });
    const [, , queues] = texts;
    expect(texts).toHaveLength(3);
    expect(queues).toMatch(/"service:queue_depth".+"kafka_consumergroup_lag"/);
    expect(queues).toContain('sum by (job, topic, consumergroup) (kafka_consumergroup_lag{consumergroup=~');
    const asked = requests.flatMap(({ search }) => search.getAll('match[]')).filter((one) => one.includes('kafka_'));
    expect(asked.length).toBeGreaterThan(0);
    const pattern = /consumergroup=~"((?:[^"\\]|\\.)*)"/.exec(asked.join('\n'))?.[1] ?? '';
    const matches = (group: string) => new RegExp(`^(?:${pattern})$`).test(group);
    expect(['checkout', 'orders.checkout-v2', 'checkouts', 'recheckout'].map(matches)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('of a proxy in front of it: requests by code, and how long they take', async () => {
    const cluster = { envoy_cluster_name: 'outbound|80||checkout.shop.svc.cluster.local', job: 'envoy' };
    const { texts } = await found([
      { __name__: 'envoy_cluster_upstream_rq_time_count', ...cluster },
      { __name__: 'envoy_cluster_upstream_rq', ...cluster, envoy_response_code: '503' },
      {
        __name__: 'envoy_cluster_upstream_rq',
        ...cluster,
        envoy_cluster_name: 'outbound|80||cart.shop.svc.cluster.local',
      },
    ]);
    expect(texts).toHaveLength(3);
    expect(texts[0]).toMatch(/\(histogram_quantile\(0\.95, .+\) \* 0\.001/);
    expect(texts[2]).toContain(
      'sum by (job, envoy_cluster_name, envoy_response_code) (rate(envoy_cluster_upstream_rq{',
    );
    for (const text of texts) expect(text).toContain('envoy_cluster_name=~"(?:.*[|])?(?:checkout)(?:[.].*)?"');
  });

  test('of the alerts that fire on it: which one', async () => {
    const alert = { __name__: 'ALERTS', alertname: 'OrdersWait', severity: 'critical', service: 'checkout' };
    const { texts } = await found([
      { ...alert, alertstate: 'firing' },
      { ...alert, alertstate: 'pending' },
      { ...alert, alertstate: 'firing', service: 'cart' },
    ]);
    expect(texts).toHaveLength(1);
    expect(texts[0]).toContain(
      'max by (service, alertname, severity) (ALERTS{service=~"checkout",alertstate=~"firing"}), "__name__", "service:alerts"',
    );
  });

  test('of the alerts that Grafana evaluates: those that fire, and none without data', async () => {
    const alert = { alertname: 'OrdersWait', service: 'checkout', alertstate: 'firing' };
    const { texts } = await found([
      { ...alert, __name__: 'GRAFANA_ALERTS', grafana_alertstate: 'alerting', grafana_rule_uid: 'a1' },
      { ...alert, __name__: 'GRAFANA_ALERTS', grafana_alertstate: 'nodata', grafana_rule_uid: 'a2' },
      { ...alert, __name__: 'ALERTS' },
    ]);
    expect(texts).toHaveLength(2);
    expect(texts.join()).toContain(
      'GRAFANA_ALERTS{service=~"checkout",alertstate=~"firing",grafana_alertstate=~"[Aa]lerting|[Rr]ecovering"}',
    );
    const without = await found([{ ...alert, __name__: 'GRAFANA_ALERTS', grafana_alertstate: 'nodata' }]);
    expect(without.texts).toEqual([]);
  });

  test('of what is told by its idle part: the mean of it, and not the most', async () => {
    const { texts } = await found(
      [{ __name__: 'process_cpu_seconds_total', service_name: 'checkout', host_name: 'h1' }],
      {
        others: [
          { __name__: 'system_cpu_utilization_ratio', host_name: 'h1', cpu: 'cpu0', state: 'idle' },
          { __name__: 'system_cpu_utilization_ratio', host_name: 'h1', cpu: 'cpu0', state: 'user' },
        ],
      },
    );
    expect(texts[1]).toContain(
      '1 - (avg by (host_name) (system_cpu_utilization_ratio{host_name=~"h1",state=~"idle"}))',
    );
  });

  test('one number that several exporters tell is asked of the surest', async () => {
    const { texts } = await found([
      { __name__: 'process_resident_memory_bytes', ...POD },
      { __name__: 'container_memory_rss', ...POD },
      { __name__: 'container_memory_working_set_bytes', ...POD },
    ]);
    expect(texts).toEqual([expect.stringContaining('"container_memory_working_set_bytes"')]);
  });

  test('paths with ids in them are no operations', async () => {
    const many = Array.from({ length: 41 }, (_, at) => ({ ...OTEL, http_route: `/orders/${at}` }));
    expect((await found(many)).texts[0]).toContain('sum by (service_name, le)');
  });

  test('what nobody knows a meaning of, and what is of another service, is not asked', async () => {
    expect((await found([{ __name__: 'go_info', job: 'checkout' }])).texts).toEqual([]);
    expect((await found([{ ...OTEL, service_name: 'cart' }])).texts).toEqual([]);
    expect((await found([])).texts).toEqual([]);
  });

  test('every service where none is named', async () => {
    const { texts, requests } = await found([OTEL], { services: [] });
    expect(texts[0]).not.toContain('service_name=~');
    expect(requests[0]?.search.getAll('match[]')).toHaveLength(1);
  });

  test('tells what the store left out', async () => {
    await using server = await startRecordedServer(storeOf([OTEL], [], ['results truncated due to limit']));
    const search = { services: ['checkout'], fromUs: UP.fromUs, toUs: UP.toUs };
    const { warnings } = await prometheus({ url: server.url }).findMetrics(search, later());
    expect(warnings).toEqual(['results truncated due to limit']);
  });

  test('no name from outside leaves its quotes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), async (name) => {
        const { texts, requests } = await found([{ ...OTEL, service_name: name, 'odd"label': '} or up' }], {
          services: [name],
        });
        const selectors = requests.flatMap(({ search }) => search.getAll('match[]'));
        for (const text of [...texts, ...selectors]) {
          const bare = text.replaceAll(/"(?:\\.|[^"\\])*"/g, '""');
          expect(bare).toMatch(/^[\w\s{}()[\]=~,.\-/*+:"]*$/);
          expect(bare).not.toContain('odd');
        }
      }),
      { numRuns: 30 },
    );
  });
});
