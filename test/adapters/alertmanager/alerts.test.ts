import { describe, expect, test } from 'vitest';
import { alertmanagerAlerts } from '#adapters/alertmanager/client.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import { textOf } from '#test/bytes.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { reportOfMetrics } from '#test/metric-store.ts';
import { type Reply, recorded, refuse, replay, startRecordedServer } from '#test/recorded-server.ts';

/** The time of the recording: OrdersWait fires since 12:23:31.5 UTC. */
const FROM_US = Date.UTC(2026, 10, 28, 12, 20) * 1_000;
const WINDOW = { fromUs: FROM_US, toUs: FROM_US + 900e6 };
const ALERTS = replay(recorded('alertmanager/alerts'));

testHttpSource('Alertmanager', {
  answer: recorded('alertmanager/alerts'),
  tenantHeader: 'x-scope-orgid',
  readsWhole: true,
  connect(options) {
    const source = alertmanagerAlerts(options);
    const query = { text: '["checkout"]', ...WINDOW, stepSeconds: 60 };
    return { ask: (signal) => source.openMetrics(query, signal), check: (signal) => source.check(signal) };
  },
});

function json(body: unknown): Reply {
  return refuse(200, { 'content-type': 'application/json' }, JSON.stringify(body));
}

async function alertsOf(services: readonly string[], reply = ALERTS, window = WINDOW) {
  await using server = await startRecordedServer(() => reply);
  const source = alertmanagerAlerts({ url: server.url, uiUrl: new URL('https://alerts.example/am') });
  const [query] = (await source.findMetrics({ services, ...window }, later())).queries;
  if (query === undefined) throw new Error('nothing is asked for');
  const body = await source.openMetrics(query, later());
  const decoder = metricsBody('alertmanager');
  decoder.push(Buffer.from(await textOf(body.chunks)));
  return { series: decoder.end(), query: body.query, asked: Object.fromEntries(server.requests[0]?.search ?? []) };
}

describe('alertmanager', () => {
  test('reads which alerts of the services fire, without those that are silenced', async () => {
    const { series, query, asked } = await alertsOf(['checkout']);
    expect(asked).toEqual({ active: 'true', silenced: 'false', inhibited: 'true' });
    expect(series.map(({ name, labels, atUs }) => [name, labels.alertname, labels.severity, atUs[0]])).toEqual([
      ['service:alerts', 'OrdersWait', 'critical', FROM_US + 211.5e6],
      ['service:alerts', 'Inhibited', undefined, FROM_US + 240e6],
    ]);
    expect(series[0]?.atUs.length).toBe(12);
    expect(query).toEqual({ text: 'alerts checkout', url: 'https://alerts.example/am/#/alerts' });
  });

  test('reads those of every service where none is named, since their start', async () => {
    const { series, query } = await alertsOf([]);
    expect(series.map(({ labels }) => labels.service)).toEqual(['checkout', 'checkout', 'cart']);
    expect(series[2]?.atUs[0]).toBe(FROM_US - 86_400e6 + 240e6);
    expect(series[2]?.atUs.length).toBeLessThanOrEqual(720);
    expect(query.text).toBe('alerts of every service');
  });

  test('knows a rule only while its alert fires', async () => {
    await using server = await startRecordedServer(() => ALERTS);
    const found = await alertmanagerAlerts({ url: server.url }).alertRules?.(later());
    expect(found?.rules).toContainEqual({ name: 'OrdersWait', state: 'active' });
    expect(found?.isAll).toBe(false);
  });

  test('knows nothing of a time before they began', async () => {
    const day = 86_400e6;
    expect((await alertsOf(['checkout'], ALERTS, { fromUs: FROM_US - day, toUs: FROM_US })).series).toEqual([]);
    expect((await alertsOf(['nobody'])).series).toEqual([]);
  });

  test('an alert that fires is a finding, and no verdict', async () => {
    await using server = await startRecordedServer(() => ALERTS);
    const { report, gaps } = await reportOfMetrics(
      alertmanagerAlerts({ url: server.url }),
      { service: 'checkout', ...WINDOW },
      3_600e6,
    );
    expect(gaps).toEqual([]);
    expect(report?.findings.map(({ title }) => title).sort()).toEqual([
      'checkout: the alert Inhibited fires since 12:24 UTC',
      'checkout: the alert OrdersWait fires since 12:23 UTC',
    ]);
    expect(report?.diagnosis).toBeNull();
  });

  test('an alert of the day before says how long ago it began', async () => {
    await using server = await startRecordedServer(() => ALERTS);
    const { report } = await reportOfMetrics(
      alertmanagerAlerts({ url: server.url }),
      { service: 'cart', ...WINDOW },
      3_600e6,
    );
    expect(report?.findings[0]?.title).toBe('cart: the alert OfCart fires since 23 h 56 min before that time');
  });

  test.each([{}, { data: [] }, [5], [{ labels: {} }], 'text', null])(
    'another server’s JSON is not the API: %j',
    async (body) => {
      await expect(alertsOf(['checkout'], json(body))).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
    },
  );

  test('says in its check what fires', async () => {
    const checked = async (reply: Reply) => {
      await using server = await startRecordedServer(() => reply);
      return await alertmanagerAlerts({ url: server.url }).check(later());
    };
    expect(await checked(ALERTS)).toEqual({
      ok: true,
      detail: 'answers; 3 alerts fire, the last one (Inhibited) since 2026-11-28 12:24 UTC',
      remedy: '',
    });
    expect(await checked(json([]))).toEqual({ ok: true, detail: 'answers; no alert fires', remedy: '' });
    expect(await checked(refuse(401))).toMatchObject({ ok: false });
  });
});
