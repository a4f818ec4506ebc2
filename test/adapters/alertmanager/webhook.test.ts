import { describe, expect, test } from 'vitest';
import { readAlertmanagerApi, readAlertmanagerWebhook } from '#adapters/alertmanager/webhook.ts';
import { alertmanagerGroup, firing } from '#test/alertmanager.ts';
import { recordedBody } from '#test/recorded-server.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

function deliveryOf(body: unknown) {
  const read = readAlertmanagerWebhook(body);
  if (read.kind !== 'delivery') throw new Error(read.kind);
  return read.delivery;
}

/** Alertmanager 0.35.0 behind Prometheus 2.42: it fires, is repeated, ends, and fires again. */
describe('an outage as a real Alertmanager posts it', () => {
  const [first, repeated, ended, again] = (
    JSON.parse(recordedBody('alertmanager/webhooks').toString()) as readonly unknown[]
  ).map(deliveryOf);

  test('is one group with one alert of the service', () => {
    expect(first?.subject).toMatchObject({
      key: '{}:{alertname="OrdersWait", service="checkout"}',
      title: 'OrdersWait: Orders wait in the queue of checkout',
      service: 'checkout',
      severity: 'critical',
      state: 'triggered',
    });
    expect(first?.members.map(({ key, state }) => [key, state])).toEqual([
      ['7ead6d1303486685/2026-11-27T01:25:00.696Z', 'triggered'],
    ]);
  });

  test('is the same delivery when it is repeated', () => {
    expect(repeated?.id).toBe(first?.id);
  });

  test('ends at the time that it names, under the same key', () => {
    expect(ended?.subject).toMatchObject({ state: 'resolved', saidUs: Date.parse('2026-11-27T01:25:28.696Z') * 1_000 });
    expect(ended?.members[0]?.key).toBe(first?.members[0]?.key);
  });

  test('fires again in the same group, as an alert with a start of its own', () => {
    expect(again?.subject).toMatchObject({ key: first?.subject.key, state: 'triggered' });
    expect(again?.members[0]?.key).toBe('7ead6d1303486685/2026-11-27T01:25:53.696Z');
  });
});

describe('a group of alerts', () => {
  test('is one subject, and each of its alerts is known by its fingerprint and start', () => {
    const { subject, members, truncated } = deliveryOf(alertmanagerGroup([firing('a1'), firing('b2')]));
    expect(subject).toMatchObject({
      source: 'alertmanager',
      key: '{}:{alertname="SlowCheckout"}',
      title: 'SlowCheckout (2 alerts)',
      service: 'checkout',
      severity: 'critical',
      state: 'triggered',
      atUs: Date.UTC(2026, 0, 6, 14, 30) * 1_000,
    });
    expect(members.map(({ key }) => key)).toEqual(['a1/2026-01-06T14:30:00Z', 'b2/2026-01-06T14:30:00Z']);
    expect(truncated).toBe(0);
  });

  test('of one alert has that alert’s name', () => {
    expect(deliveryOf(alertmanagerGroup([firing('a1')])).subject.title).toBe('SlowCheckout: p95 is 2.3 s');
  });

  test('began with the first of those that still fire', () => {
    const old = { ...firing('a1'), startsAt: '2026-01-06T13:00:00Z', status: 'resolved' };
    const { subject } = deliveryOf(alertmanagerGroup([old, firing('b2')]));
    expect(subject.atUs).toBe(Date.UTC(2026, 0, 6, 14, 30) * 1_000);
  });

  test('was said when its last alert began, or ended where all of them are over', () => {
    const at = (minute: number) => `2026-01-06T14:${minute}:00Z`;
    const us = (minute: number) => Date.UTC(2026, 0, 6, 14, minute) * 1_000;
    const over = { ...firing('a1'), startsAt: at(10), endsAt: at(50), status: 'resolved' };
    const later = { ...firing('b2'), startsAt: at(20) };
    expect(deliveryOf(alertmanagerGroup([over, later])).subject.saidUs).toBe(us(20));
    const bothOver = [over, { ...later, status: 'resolved', endsAt: at(40) }];
    const { subject, members } = deliveryOf(alertmanagerGroup(bothOver, { status: 'resolved' }));
    expect([subject.saidUs, ...members.map(({ saidUs }) => saidUs)]).toEqual([us(50), us(50), us(40)]);
  });

  test('that is sent again without news is the same delivery, and one that says more is another', () => {
    const [one, two] = [firing('a1'), firing('b2')];
    const first = deliveryOf(alertmanagerGroup([one, two])).id;
    expect(deliveryOf(alertmanagerGroup([two, one])).id).toBe(first);
    expect(deliveryOf(alertmanagerGroup([one])).id).not.toBe(first);
    expect(deliveryOf(alertmanagerGroup([one, two], { status: 'resolved' })).id).toBe(first);
    expect(deliveryOf(alertmanagerGroup([one, { ...two, status: 'resolved' }])).id).not.toBe(first);
  });

  test('says how many alerts were left out', () => {
    expect(deliveryOf(alertmanagerGroup([firing('a1')], { truncatedAlerts: 7 })).truncated).toBe(7);
  });

  test.each([
    ['label trace_id', { labels: { trace_id: TRACE } }],
    ['annotation traceID', { annotations: { traceID: TRACE } }],
    ['annotation exemplar', { annotations: { exemplar: TRACE } }],
    ['link in the annotation dashboard', { annotations: { dashboard: `https://jaeger/trace/${TRACE}` } }],
  ])('names a trace by the %s of one of its alerts', (_, named) => {
    expect(deliveryOf(alertmanagerGroup([firing('a1'), { ...firing('b2'), ...named }])).subject.traceId).toBe(TRACE);
  });

  test('names none by a fingerprint of the form of one', () => {
    const alert = { ...firing(TRACE), annotations: { summary: TRACE } };
    expect(deliveryOf(alertmanagerGroup([alert])).subject.traceId).toBe('');
  });

  test('may have labels that no JavaScript object has by itself', () => {
    const labels = { alertname: 'x', constructor: 'y' };
    expect(deliveryOf(alertmanagerGroup([{ ...firing('a1'), labels }])).members[0]?.labels).toEqual(labels);
  });

  test.each([undefined, {}, { version: '3' }, { ...alertmanagerGroup([firing('a')]), alerts: [] }])(
    'is none: %j',
    (body) => expect(readAlertmanagerWebhook(body).kind).toBe('unreadable'),
  );
});

describe('metrics of an exporter', () => {
  const scraped = { alertname: 'ReplicasMismatch', job: 'kube-state-metrics', service: 'mon-kube-state-metrics' };

  test.each([
    ['a deployment', { container: 'kube-state-metrics', deployment: 'ledger-api' }, 'ledger-api'],
    ['a stateful set', { container: 'kube-state-metrics', statefulset: 'ledger-db' }, 'ledger-db'],
    ['the pod of a deployment', { pod: 'ledger-api-6d4b75cb6d-hwxzq' }, 'ledger-api'],
    ['an app that is probed', { service: 'probes-blackbox-exporter', app: 'ledger-web' }, 'ledger-web'],
    [
      'an address',
      { service: 'probes-blackbox-exporter', instance: 'https://ledger.example/health' },
      'ledger.example',
    ],
    ['nothing else', {}, 'mon-kube-state-metrics'],
  ])('are about %s', (_, labels, service) => {
    const alert = { ...firing('a1'), labels: { ...scraped, ...labels } };
    expect(deliveryOf(alertmanagerGroup([alert])).members[0]?.service).toBe(service);
  });

  test('name the workload that still fires where a group has only the exporter in common', () => {
    const over = { ...firing('a1'), labels: { ...scraped, deployment: 'ledger-export' }, status: 'resolved' };
    const fires = { ...firing('b2'), labels: { ...scraped, deployment: 'ledger-api' } };
    const { subject } = deliveryOf(alertmanagerGroup([over, fires], { commonLabels: scraped, groupLabels: {} }));
    expect(subject.service).toBe('ledger-api');
  });
});

test('a list of alerts from the API has the labels in common that all of them have', () => {
  const labels = { alertname: 'TargetDown', service: 'till-reader' };
  const read = readAlertmanagerApi([
    { ...firing('a1'), labels: { ...labels, instance: 'till-1' } },
    { ...firing('b2'), labels: { ...labels, instance: 'till-2' } },
  ]);
  expect(read).toMatchObject({ delivery: { subject: { service: 'till-reader' } } });
});

test('an alert that burns an error budget keeps the objective that its rule names, and so does its group', () => {
  const rule = 'shop:errors:ratio_rate1h > (14.4 * 0.001)';
  const burning = (id: string, expr: string) => ({
    ...firing(id),
    generatorURL: `http://prometheus:9090/graph?g0.expr=${encodeURIComponent(expr)}&g0.tab=1`,
  });
  const objective = { slo_objective: '99.9', slo_period: '30d' };
  const one = deliveryOf(alertmanagerGroup([burning('a', rule)]));
  expect(one.members[0]?.labels).toMatchObject(objective);
  expect(one.subject.labels).toMatchObject({ ...objective, service: 'checkout' });
  const two = deliveryOf(alertmanagerGroup([burning('a', rule), burning('b', 'up == 0')]));
  expect(two.subject.labels).not.toHaveProperty('slo_objective');
});

describe('a crash loop, as kube-prometheus tells it', () => {
  const loop = { alertname: 'KubePodCrashLooping', namespace: 'shop', job: 'kube-state-metrics' };
  const looping = (id: string, container: string, pod: string) => ({
    ...firing(id),
    labels: { ...loop, container, pod },
  });

  test.each([
    ['app', 'checkout-6d4b75cb6d-hwxzq', 'checkout'],
    ['app', 'checkout-6f7d9c-x2x', 'checkout'],
    ['main', 'ledger-db-0', 'ledger-db'],
    ['istio-proxy', 'cart-web-6d4b75cb6d-hwxzq', 'cart-web'],
  ])('of the container %s in %s is of its workload', (container, pod, service) => {
    const { members } = deliveryOf(alertmanagerGroup([looping('a1', container, pod)]));
    expect(members[0]?.service).toBe(service);
  });

  test('keeps a container with a name of its own for a guess', () => {
    const { members } = deliveryOf(alertmanagerGroup([looping('a1', 'ledger', 'shop-6d4b75cb6d-hwxzq')]));
    expect(members[0]?.service).toBe('');
  });

  test.each([[['app', 'app']], [['checkout', 'cart']]])(
    'of two services names both: containers %s',
    ([first = '', second = '']) => {
      const both = [looping('a1', first, 'checkout-6d4b75cb6d-hwxzq'), looping('b2', second, 'cart-6d4b75cb6d-hwxzq')];
      const { subject } = deliveryOf(alertmanagerGroup(both, { commonLabels: loop, groupLabels: {} }));
      expect(subject.title).toContain('(2 alerts: checkout, cart)');
    },
  );
});
