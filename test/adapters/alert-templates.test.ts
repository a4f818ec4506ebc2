/** Templates of senders whose fields have other names, and services that stand at another place. */
import { describe, expect, test } from 'vitest';
import { readGroup } from '#adapters/alert-group.ts';
import { readAzureWebhook } from '#adapters/azure/webhook.ts';
import { readDatadogMessage } from '#adapters/datadog/message.ts';
import { readDatadogWebhook } from '#adapters/datadog/webhook.ts';
import { readGoogleCloudWebhook } from '#adapters/google-cloud/webhook.ts';
import { readSematextWebhook } from '#adapters/sematext/webhook.ts';
import { readSentryMessage } from '#adapters/sentry/message.ts';
import { readSentryWebhook } from '#adapters/sentry/webhook.ts';
import { readSplunkWebhook } from '#adapters/splunk/webhook.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import { readUptimeRobotMessage } from '#adapters/uptimerobot/message.ts';
import { readZabbixMessage } from '#adapters/zabbix/message.ts';
import { isZabbixBody, readZabbixWebhook } from '#adapters/zabbix/webhook.ts';

const NOW_US = 1_767_709_800_000_000;

const subject = (read: (body: unknown, nowUs: number) => ReadDelivery, body: unknown) => {
  const said = read(body, NOW_US);
  return said.kind === 'delivery' ? said.delivery.subject : said;
};

const posted = (name: string, attachment: object) => ({
  type: 'message',
  channel: 'C1',
  ts: '1767709200.000100',
  bot_id: 'B1',
  bot_profile: { name },
  text: '',
  attachments: [attachment],
});

describe('Datadog', () => {
  const body = (transition: string) => ({
    event_id: '17',
    alert_id: '987',
    event_title: `[${transition} on {service:cart}] cart is slow`,
    alert_transition: transition,
    alert_scope: 'service:cart,env:prod',
    event_msg: 'p95 too high',
    date_posix: 1_767_709_200,
    link: 'https://app.datadoghq.eu/event/event?id=17',
  });

  test('has a field for each variable by its own name', () => {
    const alert = subject(readDatadogWebhook, body('Triggered'));
    expect(alert).toMatchObject({
      title: 'cart is slow',
      service: 'cart',
      atUs: 1_767_709_200e6,
      url: 'https://app.datadoghq.eu/event/event?id=17',
    });
    const end = subject(readDatadogWebhook, body('Recovered'));
    expect(end).toMatchObject({ state: 'resolved', key: 'key' in alert ? alert.key : '' });
  });

  test('without a title is unreadable', () => {
    expect(readDatadogWebhook({ alert_transition: 'Triggered' }, NOW_US)).toMatchObject({
      kind: 'unreadable',
      why: expect.stringContaining('$EVENT_TITLE'),
    });
  });

  test('names the group in braces at the end of a title', () => {
    const title_link = 'https://app.datadoghq.eu/monitors/12?event_id=3';
    const message = readDatadogMessage(posted('Datadog', { title: 'Triggered: Lag on {service:cart}', title_link }));
    expect(message).toMatchObject({ alert: { service: 'cart', key: '12/service:cart' } });
  });
});

describe('Zabbix', () => {
  const page = 'https://zabbix.example.com/tr_events.php?triggerid=14&eventid=105';
  const body = (status: string) => ({ hostname: 'db-2', severity: 'High', status, trigger: 'Lag is high', link: page });

  test('names the event only in the address of its page', () => {
    expect(isZabbixBody(body('PROBLEM'))).toBe(true);
    expect(isZabbixBody({ ...body('PROBLEM'), link: 'https://ci.example.com/17' })).toBe(false);
    expect(subject(readZabbixWebhook, body('PROBLEM'))).toMatchObject({
      key: '105',
      title: 'Lag is high',
      service: 'db-2',
      state: 'triggered',
      url: page,
    });
    expect(subject(readZabbixWebhook, body('OK'))).toMatchObject({ key: '105', state: 'resolved' });
  });

  test.each([
    ['{EVENT.TAGSJSON}', '[{"tag":"scope","value":"capacity"},{"tag":"service","value":"label-printer"}]'],
    ['{EVENT.TAGS}', 'scope:capacity, service:label-printer'],
  ])('names the service in a tag of %s', (_, event_tags) => {
    const named = { event_id: '77', event_value: '1', event_name: 'Queue is long', host_name: 'print-1', event_tags };
    expect(subject(readZabbixWebhook, named)).toMatchObject({
      service: 'label-printer',
      labels: { host: 'print-1', scope: 'capacity' },
    });
  });

  test('posts a problem, its update and its end into a channel', () => {
    const read = (title: string) =>
      readZabbixMessage(
        posted('Zabbix', {
          title,
          title_link: page,
          fields: [
            { title: 'Host', value: 'cache-3 [10.8.0.33]' },
            { title: 'Severity', value: 'Warning' },
          ],
        }),
      );
    expect(read('Problem: Memory is full')).toMatchObject({
      alert: { key: '105', title: 'Memory is full', service: 'cache-3', severity: 'Warning', state: 'triggered' },
    });
    expect(read('Updated problem in 5m 2s: Memory is full')).toMatchObject({ alert: { reminder: true } });
    expect(read('Resolved in 22m 0s: Memory is full')).toMatchObject({ alert: { key: '105', state: 'resolved' } });
    expect(read('Weekly report')).toMatchObject({ noAlert: 'a report, not an alert' });
    expect(read('Memory')).toBeUndefined();
  });
});

describe('Azure Monitor', () => {
  const alert = (essentials: object, alertContext: object) => ({
    schemaId: 'azureMonitorCommonAlertSchema',
    data: {
      essentials: { alertRule: 'a rule', monitorCondition: 'Fired', configurationItems: ['appi'], ...essentials },
      alertContext,
    },
  });

  test('names the role of Application Insights as the service', () => {
    const condition = { allOf: [{ dimensions: [{ name: 'cloud_RoleName', value: 'pricing' }] }] };
    const read = subject(readAzureWebhook, alert({ alertId: '/alerts/a-1' }, { condition }));
    expect(read).toMatchObject({ service: 'pricing', key: 'a-1' });
  });

  test.each([
    ['Active', 'triggered'],
    ['Resolved', 'resolved'],
    ['RCA', 'resolved'],
  ])('reports an issue of Azure that is %s', (stage, state) => {
    const properties = {
      service: 'SQL Database',
      title: 'Errors in West Europe',
      trackingId: 'K1-9',
      stage,
      impactStartTime: '2026-01-06T14:20:00Z',
      impactMitigationTime: '',
    };
    const essentials = { alertId: `/alerts/${stage}`, monitoringService: 'ServiceHealth' };
    expect(subject(readAzureWebhook, alert(essentials, { properties }))).toMatchObject({
      key: 'K1-9',
      title: 'Errors in West Europe',
      service: 'SQL Database',
      state,
      atUs: Date.parse('2026-01-06T14:20:00Z') * 1_000,
    });
  });
});

test('an uptime check of Google Cloud names its host', () => {
  const incident = {
    incident_id: '0.l',
    state: 'open',
    resource: { type: 'uptime_url', labels: { host: 'api.shop' } },
  };
  expect(subject(readGoogleCloudWebhook, { version: '1.2', incident })).toMatchObject({ service: 'api.shop' });
});

test('an issue alert of Sentry names its project in the address of the event', () => {
  const url = 'https://sentry.io/api/0/projects/acme/payments-api/events/e48/';
  const body = {
    action: 'triggered',
    data: { event: { event_id: 'e48', issue_id: '11', title: 'TimeoutError', url } },
  };
  expect(subject(readSentryWebhook, body)).toMatchObject({ service: 'payments-api', key: '11' });
});

describe('Sentry in a channel', () => {
  test('names the project in the line of the context', () => {
    const message = readSentryMessage(
      posted('Sentry', {
        blocks: [
          { type: 'section', text: { type: 'mrkdwn', text: '<https://acme.sentry.io/issues/51/|*KeyError*>' } },
          {
            type: 'context',
            elements: [
              { type: 'mrkdwn', text: 'Project: <https://acme.sentry.io/issues/?project=4|cart-api>    Short ID: C-1' },
            ],
          },
        ],
      }),
    );
    expect(message).toMatchObject({ alert: { key: '51', service: 'cart-api' } });
  });

  test.each([
    ['Critical', { state: 'triggered', severity: 'critical' }],
    ['Warning', { state: 'triggered', severity: 'warning' }],
    ['Resolved', { state: 'resolved', severity: '' }],
  ])('posts a metric alert that is %s, without a name of its app', (word, expected) => {
    const link = 'https://acme.sentry.io/organizations/acme/alerts/rules/details/77/?alert=345&amp;referrer=slack';
    const text = '7 % in 5 minutes\n<!date^1767709000^Started: {date_pretty} at {time} | Sentry Incident>';
    const message = readSentryMessage({
      ...posted('', { blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] }),
      bot_profile: null,
      app_id: 'A011MFBJEUU',
      text: `<${link}|*${word}: High failure rate*>`,
    });
    expect(message).toMatchObject({
      alert: { key: 'rule 77/345', title: 'High failure rate', atUs: 1_767_709_000e6, ...expected },
    });
  });
});

test.each([
  ['Monitor is DOWN: Shop ( <https://shop.example.com> ). Reason: HTTP 503', 'triggered'],
  ['Monitor is UP: Shop ( <https://shop.example.com> ). It was down for 7 minutes', 'resolved'],
])('UptimeRobot posts one line: %s', (text, state) => {
  expect(readUptimeRobotMessage({ ...posted('UptimeRobot', {}), text })).toMatchObject({
    alert: { key: 'Shop/https://shop.example.com', service: 'Shop', state, url: 'https://shop.example.com' },
  });
});

test.each([
  ['anomalous', 'triggered'],
  ['ok', 'resolved'],
  ['manually resolved', 'resolved'],
])('a detector of Splunk Observability Cloud is %s', (status, state) => {
  const body = {
    incidentId: 'Gg1',
    detector: 'Latency',
    rule: 'p99 over 2 s',
    severity: 'Critical',
    status,
    detectorUrl: 'https://app.eu0.signalfx.com/#/detector/G/edit',
    runbookUrl: '',
    dimensions: { sf_service: 'shipping' },
    timestamp: '2026-01-06T14:20:00Z',
  };
  expect(subject(readSplunkWebhook, body)).toMatchObject({
    key: 'Gg1',
    title: 'p99 over 2 s (Latency)',
    service: 'shipping',
    severity: 'Critical',
    state,
    atUs: Date.parse('2026-01-06T14:20:00Z') * 1_000,
  });
});

test('a detector names the service in the dimensions of its input', () => {
  const key = { sf_service: 'shipping', sf_environment: 'prod' };
  const body = {
    incidentId: 'Gg2',
    detector: 'Pauses',
    status: 'anomalous',
    inputs: { A: { value: '2', key }, B: {} },
  };
  expect(subject(readSplunkWebhook, body)).toMatchObject({ service: 'shipping', labels: key });
  expect(subject(readSplunkWebhook, { ...body, dimensions: { service: 'returns' } })).toMatchObject({
    service: 'returns',
  });
});

test('Sematext says in the description what happened, and in the filters where', () => {
  const body = (backToNormal: string, description: string, host: string) => ({
    backToNormal,
    title: 'Sematext',
    description,
    ruleType: 'AF_VALUE',
    applicationId: '32',
    createTimestamp: '2026-01-06T14:20:00Z',
    filters: { 'os.host': host },
  });
  const read = (...given: Parameters<typeof body>) => {
    const alert = subject(readSematextWebhook, body(...given));
    return 'key' in alert ? alert : undefined;
  };
  const fired = read('false', 'connections: current value 431', 'db-1');
  expect(fired).toMatchObject({ title: 'connections: current value 431', service: 'db-1', state: 'triggered' });
  expect(fired?.atUs).toBe(Date.parse('2026-01-06T14:20:00Z') * 1_000);
  expect(read('true', 'connections: current value 12', 'db-1')).toMatchObject({ key: fired?.key, state: 'resolved' });
  expect(read('false', 'connections: current value 431', 'db-2')?.key).not.toBe(fired?.key);
});

test('an alert of kube-state-metrics is about the workload', () => {
  const alert = {
    status: 'firing' as const,
    labels: { alertname: 'Crash', service: 'stack-kube-state-metrics', job: 'kube-state-metrics', container: 'cart' },
    annotations: {},
    startsAt: '2026-01-06T14:20:00Z',
    url: '',
    fingerprint: 'f',
  };
  const group = {
    source: 'alertmanager',
    groupKey: 'g',
    status: 'firing' as const,
    receiver: 'r',
    truncated: 0,
    groupLabels: {},
    commonLabels: alert.labels,
    commonAnnotations: {},
    url: '',
    alerts: [alert],
  };
  expect(readGroup(group)).toMatchObject({ delivery: { subject: { service: 'cart' } } });
});
