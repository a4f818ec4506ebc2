/** Forms of alerts that several senders share, with names of our own. */
import { describe, expect, test } from 'vitest';
import { readAlertmanagerWebhook } from '#adapters/alertmanager/webhook.ts';
import { readAzureWebhook } from '#adapters/azure/webhook.ts';
import { readCloudWatchMessage } from '#adapters/cloudwatch/message.ts';
import { readCloudWatchWebhook } from '#adapters/cloudwatch/webhook.ts';
import { readPipeline } from '#adapters/gitlab/pipelines.ts';
import { readGrafanaWebhook } from '#adapters/grafana/webhook.ts';
import { readIlertWebhook } from '#adapters/ilert/webhook.ts';
import { readGeneral } from '#adapters/senders/general-alert.ts';
import { mappedMessages } from '#adapters/senders/message.ts';
import { readOnCallIncident } from '#adapters/splunk/on-call.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import { readZabbixMessage } from '#adapters/zabbix/message.ts';
import { notificationIn } from '#core/notification-text.ts';
import type { Alert, AlertMessage } from '#model/incident/alert.ts';

const NOW_US = 1_772_400_000_000_000;
const general = (body: unknown) => readGeneral(body, { source: 'senders', receivedUs: NOW_US });
const messages = mappedMessages({});

function subject(read: ReadDelivery | undefined): Alert {
  if (read?.kind !== 'delivery') throw new Error(`no alert: ${JSON.stringify(read)}`);
  return read.delivery.subject;
}

function alertIn(message: AlertMessage | undefined): Alert {
  if (message === undefined || !('alert' in message)) throw new Error('the message holds no alert');
  return message.alert;
}

function posted(username: string, parts: object) {
  const event = { type: 'message', subtype: 'bot_message', bot_id: 'B1', channel: 'C1', ts: '1772400000.000100' };
  return { ...event, username, text: '', ...parts };
}

type Firing = Readonly<{ labels: Readonly<Record<string, string>>; startsAt: string; status?: 'firing' | 'resolved' }>;

function group(alerts: readonly Firing[]) {
  const isOver = alerts.every(({ status }) => status === 'resolved');
  return {
    version: '4',
    orgId: 1,
    receiver: 'bot',
    status: isOver ? 'resolved' : 'firing',
    groupKey: '{}:{alertname="Lag"}',
    groupLabels: { alertname: 'Lag' },
    alerts: alerts.map((one, at) => ({ status: 'firing', annotations: {}, fingerprint: `f${at}`, ...one })),
  };
}

describe('no alert', () => {
  test('a test, a mute and a downtime in a channel', () => {
    for (const title of ['[TEST] Triggered: lag of mailer', 'Ana muted monitor "lag"', 'DOWNTIMESTART - db-7'])
      expect(messages(posted('Datadog', { attachments: [{ color: 'd00000', title }] }))).not.toHaveProperty('alert');
  });

  test('the sample of an action group', () => {
    const sub = '/subscriptions/11111111-1111-1111-1111-111111111111';
    const essentials = { alertId: `${sub}/alerts/1`, alertRule: 'test-logAlertRule', monitorCondition: 'Fired' };
    const body = { schemaId: 'azureMonitorCommonAlertSchema', data: { essentials } };
    expect(readAzureWebhook(body, NOW_US).kind).toBe('other');
    const real = { ...body, data: { essentials: { ...essentials, alertRule: 'mailer errors' } } };
    expect(subject(readAzureWebhook(real, NOW_US)).title).toBe('mailer errors');
  });

  test('a line of a chat, a retrospective, an event about success, and a pipeline of a merge request', () => {
    const chat = { 'CHAT.TEXT': 'looking', 'STATE.ENTITY_ID': 'db-7', 'STATE.CURRENT_ALERT_PHASE': 'UNACKED' };
    expect(readOnCallIncident(chat, NOW_US)?.kind).toBe('other');
    expect(general({ event: { type: 'incident.post_mortem.created' }, data: { title: 'Outage of mailer' } }).kind).toBe(
      'other',
    );
    const event = { involvedObject: { kind: 'HelmRelease', name: 'mailer' }, message: 'Upgrade failed over to none' };
    expect(general({ ...event, severity: 'info', reason: 'UpgradeSucceeded' }).kind).toBe('other');
    const run = { id: 3, ref: 'main', status: 'failed', source: 'merge_request_event' };
    const project = { name: 'mailer', path_with_namespace: 'acme/mailer', default_branch: 'main' };
    expect(readPipeline({ object_kind: 'pipeline', object_attributes: run, project }, NOW_US).kind).toBe('other');
  });
});

describe('the service', () => {
  test('is what a probe calls, unless a label names it', () => {
    const labels = { alertname: 'Probe', job: 'blackbox', instance: 'https://mail.example.com/ping' };
    const read = (more: object) =>
      subject(readAlertmanagerWebhook(group([{ labels: { ...labels, ...more }, startsAt: '2026-03-01T10:00:00Z' }])));
    expect(read({}).service).toBe('mail.example.com');
    expect(read({ instance: 'db-7:5432' }).service).toBe('db-7:5432');
    expect(read({ service: 'mailer' }).service).toBe('mailer');
    expect(read({ job: 'mailer', instance: '10.0.0.7:9090' }).service).toBe('');
  });

  test('stands in the dimensions of an alarm in a channel', () => {
    const text = ':large_green_circle: CloudWatch Alarm | dlq depth | us-east-1 | Account: 123456789012';
    const fields = ['*State*\nOK', '*Dimensions*\nQueueName=mailer-dlq'].map((field) => ({
      type: 'mrkdwn',
      text: field,
    }));
    const read = readCloudWatchMessage(posted('AWS Chatbot', { text, blocks: [{ type: 'section', fields }] }));
    expect(alertIn(read)).toMatchObject({
      service: 'mailer-dlq',
      state: 'resolved',
      key: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:dlq depth',
    });
  });

  test('is one of several tags, or the host without its address', () => {
    const title_link = 'https://zabbix.example.com/tr_events.php?triggerid=14&eventid=105';
    const fields = (tags: string) =>
      Object.entries({ Host: 'db-7 [10.0.0.7]', 'Event time': '2026.03.01 10:00:00', 'Event tags': tags }).map(
        ([name, value]) => ({ title: name, value }),
      );
    const read = (tags: string) =>
      alertIn(
        readZabbixMessage(posted('Zabbix', { attachments: [{ title: 'Lag', title_link, fields: fields(tags) }] })),
      );
    expect(read('scope: lag, service: mailer')).toMatchObject({ service: 'mailer', state: 'triggered', key: '105' });
    expect(read('`scope: lag`  `service: mailer`').service).toBe('mailer');
    expect(read('scope: lag').service).toBe('db-7');
  });

  test('stands in brackets before the state, or in a form of an uptime check', () => {
    const text = 'Uptime Kuma Alert\n[Mail page] [✅ Up] 200 - OK';
    expect(alertIn(messages(posted('Uptime Kuma', { text })))).toMatchObject({
      service: 'Mail page',
      state: 'resolved',
    });
    const form = { Status: 'Down', StatusCode: '500', URL: 'https://mail.example.com', Name: 'Mail page' };
    expect(subject(general(form))).toMatchObject({ service: 'Mail page', state: 'triggered' });
  });
});

test('the default message of an OpenSearch monitor is an alert that fires', () => {
  const text = 'Monitor fares just entered alert status. Please investigate the issue.\n- Trigger: fare-api 5xx\n';
  expect(subject(general(notificationIn(`${text}- Severity: 2`)))).toMatchObject({
    title: 'fares: fare-api 5xx',
    service: 'fare-api',
    severity: '2',
    state: 'triggered',
  });
});

test('a notification of Nagios in plain text is read, and its end has its key', () => {
  const body = (type: string, state: string) =>
    notificationIn(
      `Notification Type: ${type}\n\nService: mailer queue\nHost: mx-2\nState: ${state}\n\nInfo:\n\nx ${type}`,
    );
  const [begin, end] = [body('PROBLEM', 'CRITICAL'), body('RECOVERY', 'OK')].map((one) => subject(general(one)));
  expect(begin).toMatchObject({ service: 'mailer queue', state: 'triggered', severity: 'CRITICAL' });
  expect(end).toMatchObject({ state: 'resolved', key: begin?.key });
});

test('the key of a group of Grafana names the service whose alert fires longest', () => {
  const key = (...alerts: Firing[]) => subject(readGrafanaWebhook(group(alerts), NOW_US)).key;
  const a: Firing = { labels: { alertname: 'Lag', service: 'mailer' }, startsAt: '2026-03-01T10:00:00Z' };
  const b: Firing = { labels: { alertname: 'Lag', service: 'billing' }, startsAt: '2026-03-01T10:05:00Z' };
  const over = { status: 'resolved' } as const;
  expect(key(b)).not.toBe(key(a));
  expect([key(a, b), key(a, { ...b, ...over }), key({ ...a, ...over }, { ...b, ...over })]).toEqual(
    Array(3).fill(key(a)),
  );
  expect(key({ ...a, ...over }, b)).toBe(key(b));
});

describe('other fields', () => {
  test('a severity is a word where the sender has one', () => {
    const issue = { id: 'i1', state: 'OPEN', severity: 5, text: 'Slow calls', start: 1_772_399_000_000 };
    expect(subject(general({ issue })).severity).toBe('warning');
    const item = { id: 7, title: 'TypeError', level: 30, last_occurrence: { level: 'warning' } };
    expect(subject(general({ event_name: 'new_item', data: { item } })).severity).toBe('warning');
    const labels = { alertname: 'Lag', acme_severity: 'major' };
    const read = readAlertmanagerWebhook(group([{ labels, startsAt: '2026-03-01T10:00:00Z' }]));
    expect(subject(read).severity).toBe('major');
  });

  test('an alert of ilert begins when it was made', () => {
    const body = { id: 1, status: 'PENDING', eventType: 'alert-created', createdAt: '2026-03-01T10:00:00Z' };
    expect(subject(readIlertWebhook(body, NOW_US)).atUs).toBe(Date.UTC(2026, 2, 1, 10) * 1_000);
  });

  test.each([
    ['its name', [{ id: 3, name: 'shop-web' }]],
    ['a service with an impact', [{ impact: 'DEGRADED', service: { id: 3, name: 'shop-web' } }]],
  ])('the affected service of ilert is %s', (_, affectedServices) => {
    const body = { id: 1, status: 'PENDING', eventType: 'alert-created', alertSource: { name: 'Icinga' } };
    expect(subject(readIlertWebhook({ ...body, affectedServices }, NOW_US)).service).toBe('shop-web');
    expect(subject(readIlertWebhook(body, NOW_US)).service).toBe('Icinga');
  });

  test('the description of an alarm without dimensions names the service', () => {
    const alarm = {
      AlarmName: 'shop degraded',
      AlarmArn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop degraded',
      AlarmDescription: 'Errors and latency of shop-web',
      AlarmRule: 'ALARM(a) AND ALARM(b)',
      NewStateValue: 'ALARM',
      StateChangeTime: '2026-03-01T10:00:00.000+0000',
    };
    expect(subject(readCloudWatchWebhook(alarm, NOW_US)).service).toBe('shop-web');
  });

  test('the group of an action of Kibana says the state', () => {
    const body = (actionGroup: string) => ({ rule: { id: 'r', name: 'Lag' }, alert: { id: 'mailer', actionGroup } });
    expect(subject(general(body('query matched'))).state).toBe('triggered');
    expect(subject(general(body('recovered'))).state).toBe('resolved');
  });

  test('a card of a crashing pod names its container', () => {
    const lines =
      ':fire: `firing` `high` *Crashing pod mailer-5d-x*\n:siren: *Alert:* it crashes\n● Container `mailer`';
    const read = alertIn(messages(posted('Robusta', { text: lines })));
    expect(read).toMatchObject({ service: 'mailer', severity: 'high', state: 'triggered' });
  });
});
