/** What is broken, where the labels name first who measured it. */
import { describe, expect, test } from 'vitest';
import { readAlertmanagerWebhook } from '#adapters/alertmanager/webhook.ts';
import { readDatadogMessage } from '#adapters/datadog/message.ts';
import { readDatadogWebhook } from '#adapters/datadog/webhook.ts';
import { readGeneral } from '#adapters/senders/general-alert.ts';

const NOW_US = 1_772_400_000_000_000;

function groupOf(labels: Readonly<Record<string, string>>) {
  const alert = {
    status: 'firing',
    labels,
    annotations: {},
    startsAt: '2026-03-01T10:00:00Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus/graph',
    fingerprint: 'f1',
  };
  return {
    version: '4',
    groupKey: '{}:{}',
    status: 'firing',
    receiver: 'bot',
    groupLabels: {},
    commonLabels: labels,
    commonAnnotations: {},
    externalURL: 'http://alertmanager',
    alerts: [alert],
  };
}

function serviceOf(labels: Readonly<Record<string, string>>): string {
  const read = readAlertmanagerWebhook(groupOf(labels));
  if (read.kind !== 'delivery') throw new Error(`no alert: ${JSON.stringify(read)}`);
  return read.delivery.subject.service;
}

describe('a group of alerts', () => {
  test.each([
    ['the host of an exporter', { job: 'node-exporter', instance: 'mq-2.lan:9100' }, 'mq-2.lan'],
    ['an address names nothing', { job: 'node-exporter', instance: '10.0.0.7:9100' }, ''],
    ['an exporter beside its target', { job: 'redis-exporter', instance: 'redis-exporter.db.svc:9121' }, ''],
    ['the pod of kube-state-metrics', { job: 'kube-state-metrics', pod: 'stock-6d4cf56db6-x9k2b' }, 'stock'],
    [
      'the object of a controller',
      { container: 'cert-manager-controller', exported_namespace: 'web', name: 'portal-tls' },
      'portal-tls',
    ],
    ['the controller itself', { container: 'cert-manager-controller', name: 'portal-tls' }, ''],
    ['the name of a rule', { alertname: 'DatasourceError', rulename: 'stock-sync is slow' }, 'stock-sync'],
    ['a rule whose name is no name', { alertname: 'DatasourceError', rulename: 'p95 is high' }, ''],
    ['a rule of one word', { alertname: 'disk_fills_soon' }, ''],
    ['a label before the name of a rule', { alertname: 'lag of stock-sync', service: 'stock' }, 'stock'],
    ['the host of Telegraf', { alertname: 'Disk fills', host: 'mq-2', path: '/data' }, 'mq-2'],
    ['the host of Telegraf is an address', { alertname: 'Disk fills', host: '10.0.0.7' }, ''],
    ['a label before the host', { alertname: 'Disk fills', host: 'mq-2', app: 'stock' }, ''],
  ])('%s', (_, labels, service) => {
    expect(serviceOf({ alertname: 'Trouble', ...labels })).toBe(service);
  });

  const mixed = (statuses: Readonly<Record<string, 'firing' | 'resolved'>>) => {
    const common = { alertname: 'ReplicasMissing', job: 'kube-state-metrics' };
    const alerts = Object.entries(statuses).map(([deployment, status], at) => ({
      status,
      labels: { ...common, deployment },
      annotations: {},
      startsAt: '2026-01-06T10:00:00Z',
      endsAt: '2026-01-06T10:10:00Z',
      fingerprint: `f${at}`,
    }));
    const group = { ...groupOf(common), status: Object.values(statuses).includes('firing') ? 'firing' : 'resolved' };
    const read = readAlertmanagerWebhook({ ...group, alerts });
    return read.kind === 'delivery' ? read.delivery.subject : undefined;
  };

  test.each([
    ['is about the alert that fires', { stock: 'resolved', portal: 'firing' } as const, 'portal', 'triggered'],
    ['names the first of two that fire', { stock: 'firing', portal: 'firing' } as const, 'stock', 'triggered'],
    ['names the first where all are over', { stock: 'resolved', portal: 'resolved' } as const, 'stock', 'resolved'],
  ])('a mixed one %s', (_, statuses, service, state) => {
    expect(mixed(statuses)).toMatchObject({ service, state });
  });
});

describe('Datadog', () => {
  const payload = (title: string, body: string) => ({
    id: '1',
    event_type: 'query_alert_monitor',
    last_updated: '1772359200000',
    title,
    body,
  });

  test.each([
    ['[Triggered] Slow pages', '**p95** over **service:stock-web,env:prod** was **> 2**', 'stock-web'],
    ['[Triggered] Too many messages on {queue:returns}', '', 'returns'],
    ['[Triggered] Disk is full', '**system.disk** over **host:mq-2** was **> 0.9**', 'mq-2'],
    ['[Triggered] Slow pages', 'See the notes of service:none of us', ''],
  ])('%s: the group stands in the text of the default payload', (title, body, service) => {
    const read = readDatadogWebhook(payload(title, body), NOW_US);
    expect(read).toMatchObject({ kind: 'delivery', delivery: { subject: { service } } });
  });

  test.each([
    ['No Data: [stock-sync] no heartbeat', '', 'stock-sync'],
    ['Warn: Disk fills on host:mq-2', '', 'mq-2'],
    ['Triggered: Slow pages', 'p95 over *service:stock-web,env:prod* was *> 2*', 'stock-web'],
  ])('a message: %s', (title, text, service) => {
    const said = readDatadogMessage({
      type: 'message',
      subtype: 'bot_message',
      bot_id: 'B1',
      username: 'Datadog',
      channel: 'C1',
      ts: '1767709800.000100',
      text: '',
      attachments: [{ title, text, title_link: 'https://app.datadoghq.eu/monitors/5' }],
    });
    expect(said).toMatchObject({ alert: { service } });
  });
});

describe('a sender without a reader', () => {
  const generalOf = (body: unknown) => {
    const read = readGeneral(body, { source: 'senders', receivedUs: NOW_US });
    if (read.kind !== 'delivery') throw new Error(`no alert: ${JSON.stringify(read)}`);
    return read.delivery.subject;
  };

  test('names the service that reports, and the instance that it is about', () => {
    const finding = {
      source: 'aws.inspectorx',
      detail: {
        title: 'Someone tries passwords',
        severity: 8,
        service: { serviceName: 'inspectorx' },
        resource: { instanceDetails: { instanceId: 'i-0a1b2c3d' } },
      },
    };
    expect(generalOf(finding).service).toBe('i-0a1b2c3d');
  });

  test('has the key of the monitor where the other key is only its name', () => {
    const body = { MONITORNAME: 'Stock page', MONITOR_ID: 77, INCIDENT_REASON: 'timeout' };
    const begin = generalOf({ ...body, STATUS: 'DOWN', entity_id: 'Stock page' });
    const end = generalOf({ ...body, STATUS: 'UP' });
    expect(begin.state).toBe('triggered');
    expect(end).toMatchObject({ state: 'resolved', key: begin.key });
  });
});
