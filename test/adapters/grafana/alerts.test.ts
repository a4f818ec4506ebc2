/** Grafana's alert rules, against answers in the form that its source and its documentation give; no real one has answered. */
import { describe, expect, test } from 'vitest';
import { grafanaAlerts } from '#adapters/grafana/alerts.ts';
import { grafana } from '#adapters/grafana/client.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import { textOf } from '#test/bytes.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { reportOfMetrics } from '#test/metric-store.ts';
import { type Reply, recorded, refuse, replay, startRecordedServer } from '#test/recorded-server.ts';

/** OrdersWait fires since 12:23:30 UTC. */
const FROM_US = Date.UTC(2026, 10, 28, 12, 20) * 1_000;
const WINDOW = { fromUs: FROM_US, toUs: FROM_US + 900e6 };
const DAY_US = 86_400e6;

const RULES = replay(recorded('grafana/rules'));
const SILENCED = replay(recorded('grafana/silenced'));

testHttpSource('Grafana’s alert rules', {
  answer: recorded('grafana/rules'),
  readsWhole: true,
  connect({ token, ...options }) {
    const source = grafanaAlerts({ ...options, tokens: token === undefined ? [] : [token] });
    const text = JSON.stringify({ organisation: 0, services: ['checkout'], toUs: WINDOW.toUs });
    return {
      ask: (signal) => source.openMetrics({ text, ...WINDOW, stepSeconds: 60 }, signal),
      check: (signal) => source.check(signal),
    };
  },
});

function json(body: unknown): Reply {
  return refuse(200, { 'content-type': 'application/json' }, JSON.stringify(body));
}

/** A group with these rules. */
function rulesOf(...rules: object[]): Reply {
  const all = rules.map((rule) => ({ type: 'alerting', health: 'ok', labels: { service: 'checkout' }, ...rule }));
  return json({ status: 'success', data: { groups: [{ name: 'g', file: 'f', rules: all }] } });
}

function grafanaServer({ rules = RULES, silenced = SILENCED } = {}) {
  return startRecordedServer(({ path }) => (path.endsWith('/rules') ? rules : silenced));
}

type Answers = Parameters<typeof grafanaServer>[0];

async function alertsOf(services: readonly string[], answers: Answers = {}, window = WINDOW) {
  await using server = await grafanaServer(answers);
  const source = grafanaAlerts({ url: new URL('/base', server.url), tokens: ['glsa_1'] });
  const [query] = (await source.findMetrics({ services, ...window }, later())).queries;
  if (query === undefined) throw new Error('nothing is asked for');
  const body = await source.openMetrics(query, later());
  const decoder = metricsBody('grafana');
  decoder.push(Buffer.from(await textOf(body.chunks)));
  const series = decoder.end();
  return { series, warnings: decoder.warnings(), query: body.query, requests: server.requests };
}

const namesIn = ({ series }: Awaited<ReturnType<typeof alertsOf>>) => series.map(({ labels }) => labels.alertname);

describe('Grafana’s alert rules', () => {
  test('say which alerts of the services fire since when, and which of them are silenced', async () => {
    const { series, query, requests } = await alertsOf(['checkout']);
    expect(series.map(({ name, labels, atUs }) => [name, labels.alertname, labels.silenced, atUs[0]])).toEqual([
      ['service:alerts', 'OrdersWait', 'false', FROM_US + 210e6],
      ['service:alerts', 'Payments are slower than agreed', 'false', FROM_US + 240e6],
      ['service:alerts', 'OldQueue', 'true', FROM_US - DAY_US + 240e6],
    ]);
    expect(series[0]?.labels).toMatchObject({ service: 'checkout', severity: 'critical', metric: 'Grafana' });
    expect(query.text).toBe('alert rules of checkout');
    expect(query.url).toMatch(/\/base\/alerting\/list$/);
    expect(requests.map(({ path, search }) => `${path}?${search}`)).toEqual([
      '/base/api/prometheus/grafana/api/v1/rules?limit_alerts=1000',
      '/base/api/alertmanager/grafana/api/v2/alerts?active=false&silenced=true&inhibited=false',
    ]);
    expect(requests[0]?.headers.authorization).toBe('Bearer glsa_1');
  });

  test('are listed with their state, paused ones and broken ones, too', async () => {
    const broken = { name: 'Bad', health: 'error', lastError: 'no' };
    const rules = rulesOf({ name: 'Slow' }, { name: 'Off', isPaused: true }, broken);
    await using server = await grafanaServer({ rules });
    const found = await grafanaAlerts({ url: server.url, tokens: [] }).alertRules?.(later());
    expect(found?.rules.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'Slow active',
      'Off paused',
      'Bad broken',
    ]);
    expect(found?.isAll).toBe(true);
  });

  test('say of every service where none is named', async () => {
    const read = await alertsOf([]);
    expect(namesIn(read)).toEqual(['OrdersWait', 'Payments are slower than agreed', 'OldQueue', 'CartHeartbeat']);
    expect(read.query.text).toBe('alert rules of every service');
  });

  test('that say nothing are gaps: no data, or a query that fails', async () => {
    const { warnings } = await alertsOf(['checkout']);
    expect(warnings).toEqual([
      'cannot evaluate 1 alert rule (StockReads): [sse.dataQueryError] failed to execute query [A]: dial tcp 10.0.0.7:3306: connect: connection refused',
      'has no data for 1 alert rule (QueueAge)',
    ]);
  });

  test('of another service, or of before they said nothing, are no gaps', async () => {
    expect((await alertsOf(['nobody'])).warnings).toEqual([]);
    expect((await alertsOf(['nobody'])).series).toEqual([]);
    const before = { fromUs: FROM_US - DAY_US, toUs: FROM_US - DAY_US + 60e6 };
    expect(await alertsOf(['checkout'], {}, before)).toMatchObject({ series: [], warnings: [] });
  });

  test('fire although their data is missing, if the team wants it so', async () => {
    const read = await alertsOf(['cart']);
    expect(namesIn(read)).toEqual(['CartHeartbeat']);
    expect(read.warnings).toEqual(['has no data for 1 alert rule (CartHeartbeat)']);
  });

  test.each([
    ['Alerting', true],
    ['Alerting (Error, KeepLast)', true],
    ['Alerting (NoData, KeepLast)', true],
    ['Recovering', true],
    ['Alerting (Error)', false],
    ['Error', false],
    ['NoData', false],
    ['Pending', false],
    ['Normal (MissingSeries)', false],
    ['Normal (Paused)', false],
    ['Normal (Error)', false],
  ])('with the state %s: fires is %s', async (state, fires) => {
    const alert = { labels: { alertname: 'A', service: 'checkout' }, state, activeAt: '2026-11-28T12:23:30.5+00:00' };
    expect(namesIn(await alertsOf(['checkout'], { rules: rulesOf({ name: 'A', alerts: [alert] }) }))).toEqual(
      fires ? ['A'] : [],
    );
  });

  test('name a rule whose query fails, whatever the team makes of it, and none that is quiet without data', async () => {
    const quiet = { labels: {}, activeAt: '2026-11-20T12:00:00Z' };
    const rules = rulesOf(
      { name: 'Ignored', health: 'error', alerts: [{ ...quiet, state: 'Normal (Error)' }] },
      { name: 'Quiet', health: 'nodata', alerts: [{ ...quiet, state: 'Normal (NoData)' }] },
      { name: 'New', health: 'nodata', alerts: null },
      { name: 'Paused', health: 'error', isPaused: true },
      { name: 'Fine', alerts: [] },
    );
    expect((await alertsOf(['checkout'], { rules })).warnings).toEqual([
      'cannot evaluate 1 alert rule (Ignored): its query fails',
      'has no data for 1 alert rule (New)',
    ]);
  });

  test('say that not all alerts of a rule are named', async () => {
    const alert = { labels: { service: 'checkout' }, state: 'Alerting', activeAt: '2026-11-28T12:23:30Z' };
    const rule = { name: 'Many', alerts: Array.from({ length: 1_000 }, () => alert), totals: { alerting: 1_203 } };
    expect((await alertsOf(['checkout'], { rules: rulesOf(rule) })).warnings).toEqual([
      'names only 1,000 alerts of the rule Many',
    ]);
  });

  test('are reported although Grafana does not say which are silenced', async () => {
    const { series, warnings } = await alertsOf(['checkout'], { silenced: refuse(403, {}, 'alert.instances:read') });
    expect(series.map(({ labels }) => labels.silenced)).toEqual([undefined, undefined, undefined]);
    expect(warnings.at(-1)).toMatch(/^does not say which alerts are silenced: grafana answered 403 .*instances:read$/);
    const other = await alertsOf(['checkout'], { silenced: json({ message: 'hello' }) });
    expect(other.warnings.at(-1)).toMatch(/^does not say which alerts are silenced: /);
  });

  test('need no request about silences where no alert fires, and none for the day before', async () => {
    const { requests } = await alertsOf(['nobody']);
    expect(requests).toHaveLength(1);
    await using server = await grafanaServer();
    const source = grafanaAlerts({ url: server.url, tokens: ['glsa_1'] });
    const [query] = (await source.findMetrics({ services: ['checkout'], ...WINDOW }, later())).queries;
    if (query === undefined) throw new Error('nothing is asked for');
    const earlier = { ...query, fromUs: query.fromUs - DAY_US, toUs: query.toUs - DAY_US };
    await textOf((await source.openMetrics(earlier, later())).chunks);
    expect(server.requests).toEqual([]);
  });

  test('of several organisations are asked with the token of each', async () => {
    await using server = await startRecordedServer(({ path, headers }) => {
      if (headers.authorization === 'Bearer glsa_2') return refuse(401, {}, '{"message":"Invalid API key"}');
      return path.endsWith('/rules') ? RULES : SILENCED;
    });
    const source = grafana({ url: server.url, token: undefined, alertsToken: 'glsa_1, glsa_2' }).metrics;
    if (source === undefined) throw new Error('alert rules are read');
    const { gaps, report } = await reportOfMetrics(source, { service: 'checkout', ...WINDOW }, 3_600e6);
    expect(report?.findings).toHaveLength(3);
    expect(gaps.map(({ problem }) => problem)).toContainEqual(expect.stringContaining('401'));
    expect(await source.check(later())).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/^grafana \(token 1\): answers; .*; grafana \(token 2\): .*401/),
    });
  });

  test('that fire are findings, and no verdict', async () => {
    await using server = await grafanaServer();
    const source = grafanaAlerts({ url: server.url, tokens: ['glsa_1'] });
    const { report } = await reportOfMetrics(source, { service: 'checkout', ...WINDOW }, 3_600e6);
    expect(report?.findings.map(({ title }) => title)).toEqual([
      'checkout: the alert “Payments are slower than agreed” fires since 12:24 UTC',
      'checkout: the alert OrdersWait fires since 12:23 UTC',
      'checkout: the alert OldQueue fires since 23 h 56 min before that time (silenced)',
    ]);
    expect(report?.diagnosis).toBeNull();
    expect(report?.gaps.map(({ source: of, problem }) => `${of} ${problem}`)).toContain(
      'grafana has no data for 1 alert rule (QueueAge)',
    );
  });

  test.each([
    {},
    { status: 'error', error: 'failure getting rules' },
    { status: 'success', data: { groups: 5 } },
    {
      status: 'success',
      data: { groups: [{ rules: [{ type: 'alerting', name: 'A', alerts: [{ labels: {}, state: 'Alerting' }] }] }] },
    },
    'text',
    null,
  ])('another server’s JSON is not the API: %j', async (body) => {
    await expect(alertsOf(['checkout'], { rules: json(body) })).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
  });

  test('are summed up in its check', async () => {
    const checked = async (rules: Reply) => {
      await using server = await grafanaServer({ rules });
      return await grafanaAlerts({ url: server.url, tokens: ['glsa_1'] }).check(later());
    };
    expect(await checked(RULES)).toEqual({
      ok: true,
      detail:
        'answers; 9 alert rules, 4 fire: Payments are slower than agreed since 2026-11-28 12:24 UTC, OrdersWait since 2026-11-28 12:23 UTC, CartHeartbeat since 2026-11-28 12:12 UTC, …; 1 rule is paused',
      remedy:
        'Grafana cannot evaluate 1 alert rule (StockReads): its page Alert rules says why. Grafana has no data for 2 alert rules (QueueAge, CartHeartbeat): correct their queries.',
    });
    expect(await checked(json({ status: 'success', data: { groups: [] } }))).toMatchObject({
      ok: true,
      detail: 'answers, but shows no alert rule',
      remedy: expect.stringContaining('role Viewer'),
    });
    expect(await checked(refuse(404, { 'content-type': 'application/json' }, '{"message":"Not found"}'))).toEqual({
      ok: false,
      detail: 'grafana answered 404 to api/prometheus/grafana/api/v1/rules: Not found',
      remedy: expect.stringContaining('version 9'),
    });
    const denied = '{"message":"Permissions needed: alert.rules:read","title":"Access denied"}';
    expect(await checked(refuse(403, { 'content-type': 'application/json' }, denied))).toMatchObject({
      ok: false,
      remedy: expect.stringContaining('alert.rules:read'),
    });
  });
});

test('one check reports on annotations and on alert rules', async () => {
  await using server = await startRecordedServer(({ path }) => (path.endsWith('/annotations') ? json([]) : RULES));
  const { changes, metrics } = grafana({ url: server.url, token: 'glsa_1', alertsToken: 'glsa_1' });
  const health = await metrics?.check(later());
  expect(health?.detail).toMatch(
    /^annotations: answers, but has no annotations yet; alert rules: answers; 9 alert rules/,
  );
  expect(await changes?.check(later())).toEqual(health);
  expect(grafana({ url: server.url, token: undefined, alertsToken: ' , ' })).toEqual({});
  expect(Object.keys(grafana({ url: server.url, token: 'glsa_1', alertsToken: undefined }))).toEqual(['changes']);
});
