/** What bodies and messages say in places that only some senders use, with forms and names of our own. */
import { describe, expect, test } from 'vitest';
import { readAlertmanagerMessage } from '#adapters/alertmanager/message.ts';
import { readAlertmanagerWebhook } from '#adapters/alertmanager/webhook.ts';
import { readChecklyWebhook } from '#adapters/checkly/webhook.ts';
import { readCloudWatchMessage } from '#adapters/cloudwatch/message.ts';
import { readDatadogMessage } from '#adapters/datadog/message.ts';
import { readGitLabMessage } from '#adapters/gitlab/message.ts';
import { readLegacyAlert } from '#adapters/grafana/legacy.ts';
import { readIncidentIoWebhook } from '#adapters/incidentio/webhook.ts';
import { readSematextWebhook } from '#adapters/sematext/webhook.ts';
import { readGeneral } from '#adapters/senders/general-alert.ts';
import { mappedMessages } from '#adapters/senders/message.ts';
import { readSentryMessage } from '#adapters/sentry/message.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import { readUptimeRobotMessage } from '#adapters/uptimerobot/message.ts';

const NOW_US = Date.UTC(2026, 0, 6, 14, 30) * 1_000;
const TEN_US = Date.UTC(2026, 0, 6, 10) * 1_000;

function subjectOf(read: ReadDelivery | undefined) {
  return read?.kind === 'delivery' ? read.delivery.subject : read;
}

const general = (body: unknown) => subjectOf(readGeneral(body, { source: 'senders', receivedUs: NOW_US }));

function posted(username: string, parts: object) {
  const base = { type: 'message', subtype: 'bot_message', bot_id: 'B1', channel: 'C1', ts: '1767709800.000100' };
  return { ...base, text: '', username, ...parts };
}

const readMessage = mappedMessages({});

function alertOf(username: string, parts: string | object) {
  const said = readMessage(posted(username, typeof parts === 'string' ? { text: parts } : parts));
  return said !== undefined && 'alert' in said ? said.alert : undefined;
}

function section(text: string) {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

function group(labels: Readonly<Record<string, string>>) {
  const alert = { status: 'firing', labels, annotations: {}, startsAt: '2026-01-06T10:00:00Z', fingerprint: 'f' };
  return { version: '4', groupKey: 'g', status: 'firing', receiver: 'r', alerts: [alert], commonLabels: labels };
}

describe('what an exporter measures', () => {
  test.each([
    [{ job: 'rabbitmq-exporter', instance: 'rabbitmq-exporter:9419', queue: 'invoice-mails' }, 'invoice-mails'],
    [{ service: 'kminion-exporter', group_id: 'stock-loader', topic_name: 'stock' }, 'stock-loader'],
    [{ job: 'kube-state-metrics', horizontalpodautoscaler: 'menu-api' }, 'menu-api'],
    [{ job: 'postgres-exporter', instance: 'postgres-exporter:9187', datname: 'orders' }, 'orders'],
    [{ job: 'postgres-exporter', instance: 'db-7:9187', datname: 'orders' }, 'db-7'],
    [{ job: 'kafka-exporter', service: 'menu-api', topic: 'stock' }, 'menu-api'],
  ])('%j is about %s', (labels, service) => {
    const read = readAlertmanagerWebhook(group({ alertname: 'Late', ...labels }));
    expect(subjectOf(read)).toMatchObject({ service });
  });

  test('stands in the list of labels of a message', () => {
    const title_link = 'http://alertmanager:9093/#/alerts?receiver=team';
    const card = { title: '[FIRING:1] Late', title_link, text: '• *queue:* `invoice-mails`\n• *job:* `mq-exporter`' };
    expect(readAlertmanagerMessage(posted('bot', { attachments: [card] }))).toMatchObject({
      alert: { service: 'invoice-mails' },
    });
  });

  test.each(['priority', 'prioridad', 'Gravité', 'schweregrad'])('the label %s is the severity', (name) => {
    expect(subjectOf(readAlertmanagerWebhook(group({ alertname: 'Late', [name]: 'P2' })))).toMatchObject({
      severity: 'P2',
    });
  });
});

test('the end of an old rule of Grafana has no series: its message names the service', () => {
  const rule = { ruleId: 7, ruleName: 'Slow pages', ruleUrl: '', evalMatches: [], message: 'menu-api answers late' };
  expect(subjectOf(readLegacyAlert({ ...rule, state: 'ok' }, NOW_US))).toMatchObject({
    service: 'menu-api',
    state: 'resolved',
  });
  expect(subjectOf(readLegacyAlert({ ...rule, message: 'all is late', state: 'ok' }, NOW_US))).toMatchObject({
    service: '',
  });
});

describe('an end that repeats only its key', () => {
  test.each([
    [{ routing_key: 'r', event_action: 'acknowledge', dedup_key: 'menu/late' }, 'menu/late', 'acknowledged'],
    [{ message_type: 'RECOVERY', entity_id: 'disk/web-1' }, 'disk/web-1', 'resolved'],
    [{ issue: { id: 'ab-12', state: 'CLOSED', end: 1_767_693_600_000 } }, 'ab-12', 'resolved'],
    [{ action: 'close', incident_id: 'I-7' }, 'I-7', 'resolved'],
  ])('%j', (body, key, state) => {
    expect(general(body)).toMatchObject({ key, state, service: '' });
  });

  test.each([
    { ticket: { id: '7', status: 'closed', closed_at: '2026-01-06T10:00:00Z' } },
    { order: { id: '7', status: 'completed', ended_at: '2026-01-06T10:00:00Z' } },
  ])('%j is none', (body) => {
    expect(general(body)).toMatchObject({ kind: 'unreadable' });
  });
});

describe('a run that went well', () => {
  test.each(['Release 3.1 of menu-api completed', 'menu-api deployed to production by Ann', 'Rollout succeeded'])(
    '%s is no alert',
    (title) => {
      expect(general({ event_type: 'event_alert', title })).toMatchObject({ kind: 'other' });
    },
  );

  test.each([
    'Deployment of menu-api 2.0 failed',
    'Nightly pipeline did not complete',
    'Sync finished with errors',
    'Build passed its deadline late',
  ])('%s is one', (title) => {
    expect(general({ event_type: 'event_alert', title })).toMatchObject({ title, state: 'triggered' });
  });

  test('ends the alert of one that failed', () => {
    const body = { status: 'resolved', alert_id: '4', title: 'Deployment of menu-api succeeded' };
    expect(general(body)).toMatchObject({ state: 'resolved', key: '4' });
  });
});

describe('the state of a check', () => {
  test.each([
    ['ALERT', 'triggered'],
    ['RECOVERY', 'resolved'],
  ])('is its type %s, whatever its name is', (type, state) => {
    const body = { monitor: 'month-close', name: 'month-close', type, description: 'month-close: ran late' };
    expect(general(body)).toMatchObject({ service: 'month-close', state });
  });

  test.each([
    ['TROUBLE', 'triggered', ''],
    ['CRITICAL', 'triggered', 'CRITICAL'],
    ['UP', 'resolved', ''],
  ])('is the status %s in capitals', (STATUS, state, severity) => {
    expect(general({ MONITORNAME: 'Menu shop', MONITORTYPE: 'URL', STATUS })).toMatchObject({
      service: 'Menu shop',
      state,
      severity,
    });
  });

  test.each([
    ['Menu shop has recovered', 'ALERT_RECOVERY', 'resolved'],
    ['Menu shop has degraded', 'ALERT_DEGRADED', 'triggered'],
  ])('Checkly’s “%s” names the check', (event, alert_type, state) => {
    const read = readChecklyWebhook({ event, alert_type, check_id: 'c-1', started_at: '2026-01-06T10:00:00Z' }, NOW_US);
    expect(subjectOf(read)).toMatchObject({ service: 'Menu shop', state, key: 'c-1', atUs: TEN_US });
  });

  test('a body of Checkly without a name is unreadable', () => {
    const body = { event: 'Something else', alert_type: 'ALERT_FAILURE', check_id: 'c-1' };
    expect(readChecklyWebhook(body, NOW_US)).toMatchObject({ kind: 'unreadable' });
  });

  test('a sentence in the field of the event names the check of an unknown sender', () => {
    const body = { event: 'Menu shop is down', check_id: '4', link: 'https://checks.example/4' };
    expect(general(body)).toMatchObject({ title: 'Menu shop is down', service: 'Menu shop', state: 'triggered' });
  });
});

describe('a name behind the type of its entity', () => {
  test.each([
    ['High CPU on Process group menu-loader', 'menu-loader'],
    ['Response time degradation on Kubernetes workload menu-api', 'menu-api'],
    ['Failure rate increase on Web request service MenuController', 'MenuController'],
  ])('%s', (ImpactedEntity, service) => {
    const body = { ProblemTitle: 'Degradation', State: 'OPEN', ProblemID: 'P-2', ImpactedEntity };
    expect(general(body)).toMatchObject({ service });
    expect(alertOf('Dynatrace', `OPEN Problem P-3: ${ImpactedEntity}`)).toMatchObject({ service });
  });
});

describe('a name in a message', () => {
  test.each([
    [':red_circle: <https://shop.example|Menu shop> is down', 'Menu shop', 'triggered'],
    [':white_check_mark: <https://shop.example|Menu shop> is up again', 'Menu shop', 'resolved'],
    ['*Menu shop* incident started', 'Menu shop', 'triggered'],
    ['*Menu shop* alert acknowledged by Ann Lee', 'Menu shop', 'acknowledged'],
    ['[menus/staging] ActiveRecord::Deadlocked: deadlock detected', 'menus', 'triggered'],
    ['[WARNING] menus@shop is not meeting its SLOs', 'menus', 'triggered'],
    ['menus@shop incident resolved', 'menus', 'resolved'],
  ])('%s', (text, service, state) => {
    expect(alertOf('Watchtower monitor', text)).toMatchObject({ service, state });
  });

  test('is the same key from the beginning to the end', () => {
    const keys = (texts: readonly string[]) => new Set(texts.map((text) => alertOf('Pager', text)?.key));
    expect(
      keys(['started', 'acknowledged by Ann', 'resolved by Ben Lee'].map((one) => `*Menu shop* incident ${one}`)),
    ).toEqual(new Set(['Menu shop/menu shop']));
    expect(keys(['is down', 'is up again'].map((one) => `<https://shop.example|Menu shop> ${one}`)).size).toBe(1);
    expect(keys(['Monitor is DOWN: Menu shop', 'Monitor is DOWN: Fish shop']).size).toBe(2);
  });

  test('the text of a link that only opens something is none', () => {
    expect(alertOf('Watchtower monitor', 'Monitor is DOWN: Menu shop <https://x.example|View incident>')).toMatchObject(
      { service: '' },
    );
  });

  test('UptimeRobot links the name of the monitor', () => {
    const text = 'Monitor is UP: <https://shop.example|Menu shop>. It was down for 4 minutes';
    expect(readUptimeRobotMessage(posted('UptimeRobot', { text }))).toMatchObject({
      alert: { service: 'Menu shop', state: 'resolved', key: 'Menu shop/https://shop.example' },
    });
  });

  test('a component that is code is no service', () => {
    const fields = [
      { title: 'Component', value: 'menus#update' },
      { title: 'Project', value: 'menu-web' },
    ];
    const card = { color: '#f00', title: 'Redis::TimeoutError', title_link: 'https://err.example/faults/22', fields };
    expect(alertOf('Airbrake', { attachments: [card] })).toMatchObject({ service: 'menu-web' });
  });
});

describe('the text of a script', () => {
  test.each([
    'Job menu-export auf web-3 abgebrochen',
    ':x: menu-export sur web-3 a échoué (code 2)',
    'Échec de menu-export sur web-3',
    '❌ El proceso menu-export ha fallado en web-3',
    'menu-export em web-3 falhou (código 1)',
    'menu-export su web-3 fallito',
    '夜間バッチ menu-export が失敗しました',
    'menu-export 在 web-3 上执行失败',
    'menu-export on web-3 failed (exit 3)',
  ])('%s', (text) => {
    expect(alertOf('cron-bot', text)).toMatchObject({ service: 'menu-export', state: 'triggered' });
  });

  test.each(['Umfrage fehlgeschlagen, bitte erneut versuchen', 'Le vote a échoué, merci de réessayer'])(
    '%s names nothing',
    (text) => {
      expect(alertOf('Geekbot', text)).toBeUndefined();
    },
  );
});

describe('the grade of a message', () => {
  test.each([
    ['*🔴 Prometheus Alert Firing - Low - menu-api is slow*', 'Low'],
    ['🔴 Firing | critical | menu-api is slow', 'critical'],
    ['[FIRING:1] :warning: MenuSlow', 'warning'],
    ['[FIRING:1] 🔥 MenuSlow', 'critical'],
  ])('%s', (text, severity) => {
    expect(alertOf('Watchtower monitor', text)).toMatchObject({ severity });
  });

  test.each(['Severidade', 'Gravedad', 'Priorità', '优先级'])('stands in the field %s', (name) => {
    expect(alertOf('Watchtower monitor', `🔴 menu-api is down\n*${name}:* alta`)).toMatchObject({ severity: 'alta' });
  });
});

describe('the start of a message', () => {
  test.each([
    ['*Depuis:* 2026-01-06 11:00 CET'],
    ['*Seit:* 2026-01-06 10:00 UTC'],
    ['Started at Jan 6, 11:00am CET'],
    ['Triggered on Tue Jan 06 2026 10:00:00 UTC'],
    ['Since <!date^1767693600^{date_pretty}|some time ago>'],
  ])('%s', (line) => {
    expect(alertOf('Pager', `🔴 [CRITICAL] menu-api is down\n${line}`)).toMatchObject({ atUs: TEN_US });
  });

  test.each(['Started at Jan 6, 11:00am', 'Started by Ann', 'Started at Jan 7, 11:00am CET'])(
    '“%s” names no time before the message with a zone',
    (line) => {
      expect(alertOf('Pager', `🔴 [CRITICAL] menu-api is down\n${line}`)).toMatchObject({ atUs: NOW_US + 100 });
    },
  );

  test('is the last trigger of a monitor of Datadog', () => {
    const card = {
      title: 'Triggered: Slow on service:menu-api',
      title_link: 'https://app.datadoghq.com/monitors/7',
      text: 'The monitor was last triggered at Tue Jan 06 2026 10:00:00 UTC.',
    };
    expect(readDatadogMessage(posted('Datadog', { attachments: [card] }))).toMatchObject({ alert: { atUs: TEN_US } });
  });

  test('is an instant of Slack behind Sentry’s word', () => {
    const text =
      '<https://acme.sentry.io/alerts/rules/details/7/|Warning: Slow menu-api>\nStarted <!date^1767693600^x|y>';
    const blocks = [{ type: 'section', text: { type: 'mrkdwn', text } }];
    expect(readSentryMessage(posted('Sentry', { attachments: [{ blocks }] }))).toMatchObject({
      alert: { atUs: TEN_US },
    });
  });

  test('is that of the incident, not that of the event about it', () => {
    const incident = { id: 'I1', title: 'Slow', status: 'triggered', created_at: '2026-01-06T10:00:00Z' };
    const body = { messages: [{ event: 'incident.trigger', created_on: '2026-01-06T10:05:00Z', incident }] };
    expect(general(body)).toMatchObject({ atUs: TEN_US });
  });
});

describe('the title of a message', () => {
  test.each([
    ['Rollbar', '[menu-web] staging - 10th Error', 'triggered'],
    ['Rollbar', '[menu-web] staging - Resolved Item', 'resolved'],
    ['Bugsnag', 'New error in *menu-web* (production)', 'triggered'],
  ])('of %s is the error below “%s”', (app, pretext, state) => {
    const title = 'NilError in Menu.render';
    const card = { pretext, title, title_link: 'https://errors.example/acme/items/772211' };
    expect(alertOf(app, { attachments: [card] })).toMatchObject({ title, state, service: 'menu-web' });
  });

  test('has its state in front, not a field', () => {
    const card = { title: 'Resolved: menu-api slow requests', text: 'Currently less than threshold value (30)' };
    expect(alertOf('Honeycomb', { attachments: [card] })).toMatchObject({ title: card.title, state: 'resolved' });
    expect(alertOf('Pager', 'Triggered: 10:04\nHigh error rate on menu-api')).toMatchObject({
      title: 'High error rate on menu-api',
    });
  });
});

describe('AppSignal', () => {
  const incident = {
    time: '2026-01-06 10:00:00 UTC',
    number: 31,
    site: 'Menu app',
    environment: 'production',
    url: 'https://appsignal.com/acme/sites/5b/incidents/31',
    namespace: 'web',
    action: 'MenusController#show',
    hostname: 'web-1',
  };
  const shared = { key: 'Menu app/production/31', service: 'Menu app', state: 'triggered', atUs: TEN_US };

  test('reports an error', () => {
    const exception = { ...incident, exception: 'Menus::EmptyError', message: 'no dish left\nat line 1' };
    expect(general({ exception })).toMatchObject({
      ...shared,
      title: 'Menus::EmptyError: no dish left',
      url: incident.url,
      labels: { action: 'MenusController#show', hostname: 'web-1' },
    });
  });

  test('reports a slow action', () => {
    expect(general({ performance: { ...incident, duration: 2_004.9 } })).toMatchObject({
      ...shared,
      title: 'Slow MenusController#show: 2005 ms',
    });
  });

  test('reports a deploy, which is no alert', () => {
    const marker = { marker_id: 'm', site: 'Menu app', revision: 'a1', user: 'ann' };
    expect(general({ marker })).toMatchObject({ kind: 'other' });
  });

  test.each([
    ['open', 'triggered'],
    ['closed', 'resolved'],
  ])('reports an alert of a metric that is %s', (state, said) => {
    const alert = {
      alert_id: 'a-1',
      state,
      site: 'Menu app',
      metric_name: 'transaction_exception_rate',
      trigger_label: 'Exception rate',
      opened_at: '2026-01-06T10:00:00Z',
    };
    expect(general({ alert })).toMatchObject({ key: 'a-1', title: 'Exception rate', service: 'Menu app', state: said });
  });
});

describe('the default text of Graylog', () => {
  const text = (lines: Readonly<Record<string, string>>) =>
    [
      '--- [Event Definition] ---------------------------',
      'Title:       Menu errors',
      'Type:        aggregation-v1',
      '--- [Event] --------------------------------------',
      'Timestamp:            2026-01-06T10:00:00.000Z',
      'Source:               log-1',
      ...Object.entries(lines).map(([name, value]) => `${name}:     ${value}`),
      '--- [Backlog] ------------------------------------',
      'service: fish-api',
    ].join('\n');

  test.each([
    [{ Key: 'menu-api', Priority: '3' }, 'menu-api', 'high'],
    [{ Key: 'a|b', service: 'menu-api', Priority: '1' }, 'menu-api', 'low'],
    [{ Alert: 'true' }, '', ''],
  ])('with %j is an alert', (lines, service, severity) => {
    const card = { pretext: 'Custom Message:', text: text(lines), color: '#FF0000' };
    const found = alertOf('Graylog', { text: '*Alert _Menu errors_* triggered:\n> _many_', attachments: [card] });
    expect(found).toMatchObject({ title: 'Menu errors', state: 'triggered', service, severity, atUs: TEN_US });
  });

  test('of an event that is no alert is none', () => {
    expect(alertOf('Graylog', text({ Alert: 'false' }))).toBeUndefined();
  });
});

describe('incident.io', () => {
  const delivered = (type: string, content: object) =>
    subjectOf(readIncidentIoWebhook({ event_type: type, [type]: content }, NOW_US));
  const alert = { id: 'A7', title: 'Sums differ', status: 'firing', created_at: '2026-01-06T10:00:00Z' };

  test.each([
    [{ attributes: { Service: 'ledger-sums' } }, 'ledger-sums'],
    [{ metadata: { service: 'ledger-sums', severity: 'high' } }, 'ledger-sums'],
    [{ attributes: { Service: 'ledger-sums' }, metadata: { service: 'probe' } }, 'ledger-sums'],
    [{ title: 'Sums of ledger-sums differ' }, 'ledger-sums'],
    [{ attributes: 'none' }, ''],
  ])('names the service of an alert in %j', (parts, service) => {
    const read = delivered('public_alert.alert_created_v1', { ...alert, ...parts });
    expect(read).toMatchObject({ key: 'A7', state: 'triggered', service, atUs: TEN_US });
  });

  test.each([
    ['ledger-sums is wrong for refunds.\nSeen after shop-web was restarted', 'ledger-sums'],
    ['People see wrong sums.\nSeen after shop-web was restarted', ''],
  ])('names the service of an incident in its first sentence: %j', (summary, service) => {
    const incident = { id: 'I7', name: 'Sums are wrong', summary, incident_status: { category: 'active' } };
    expect(delivered('public_incident.incident_created_v2', incident)).toMatchObject({ service, state: 'triggered' });
  });
});

describe('Sematext without the name of an app', () => {
  const read = (parts: object) =>
    subjectOf(readSematextWebhook({ title: 'Swap', applicationId: '7', backToNormal: 'false', ...parts }, NOW_US));

  test.each([
    [{ filters: 'container.name=tile-maker,env=live' }, 'tile-maker'],
    [{ filters: { 'container.name': 'tile-maker' } }, 'tile-maker'],
    [{ filters: 'os.host=tile-9' }, 'tile-9'],
    [{ title: '[Alert] Swap of tile-maker' }, 'tile-maker'],
    [{}, ''],
  ])('names the service in %j', (parts, service) => {
    expect(read(parts)).toMatchObject({ service, state: 'triggered' });
  });

  test('has one key for an alert and its end', () => {
    const begun = { ruleType: 'THRESHOLD', filters: 'container.name=tile-maker' };
    const end = { ...begun, backToNormal: 'true' };
    expect(read(end)).toMatchObject({ state: 'resolved', key: (read(begun) as { key: string }).key });
  });
});

test.each([
  ['Warn: Lag of tiles', '', 'warning'],
  ['Re-Warn: Lag of tiles', '', 'warning'],
  ['Triggered: Lag of tiles', '', ''],
  ['[P2] [Warn] Lag of tiles', 'lag 9 on `service:tile-maker`', 'P2'],
])('Datadog grades %j', (title, text, severity) => {
  const title_link = 'https://app.datadoghq.com/monitors/71';
  expect(readDatadogMessage(posted('Datadog', { attachments: [{ title, title_link, text }] }))).toMatchObject({
    alert: { state: 'triggered', severity, service: text === '' ? '' : 'tile-maker' },
  });
});

test('CloudWatch names the dimensions behind a metric', () => {
  const fields = [
    { title: 'State', value: 'ALARM' },
    { title: 'Metric', value: 'AWS/SQS ApproximateAgeOfOldestMessage QueueName=tile-jobs' },
  ];
  const title = 'CloudWatch Alarm | old-tiles | eu-west-1 | Account: 123456789012';
  expect(readCloudWatchMessage(posted('AWS', { attachments: [{ title, fields }] }))).toMatchObject({
    alert: { service: 'tile-jobs' },
  });
});

test.each([
  ['<https://git.example/maps/tiles|maps / tiles>', { alert: { key: 'maps/tiles//main', service: 'tiles' } }],
  ['<https://git.example/maps/tiles|the tiles>', { noAlert: expect.stringContaining('no pipeline') }],
])('GitLab names a project in a link to it: %j', (project, expected) => {
  const text = `${project}: Pipeline <https://git.example/-/pipelines/71|#71> of branch main by Ann failed in 01:00`;
  expect(readGitLabMessage(posted('GitLab', { attachments: [{ text, color: 'danger' }] }))).toMatchObject(expected);
});

describe('a message whose title does not say all', () => {
  test.each<[string, object, object]>([
    [
      'New Relic',
      {
        text: 'Issue activated',
        blocks: [
          section("Swap > 90 on 'tile-maker'"),
          section('*Issue activated* · High priority'),
          section('*Policy:* Maps'),
        ],
      },
      { service: 'tile-maker', severity: 'High' },
    ],
    [
      'Argo CD',
      { attachments: [{ title: 'tiles', text: ':exclamation: Application tiles has degraded.' }] },
      { title: 'Application tiles has degraded.', service: 'tiles' },
    ],
    [
      'Dynatrace',
      { attachments: [{ title: 'Problem P-71: Slow', text: 'OPEN · Impacted: Service tile-maker · Zone maps' }] },
      { key: 'P-71', service: 'tile-maker', state: 'triggered' },
    ],
    [
      'Dynatrace',
      { attachments: [{ title: 'Problem P-71: Slow', text: 'RESOLVED · Impacted: Service tile-maker' }] },
      { key: 'P-71', service: 'tile-maker', state: 'resolved' },
    ],
    [
      'Dynatrace',
      { attachments: [{ title: 'Problem P-71: Slow', text: 'OPEN · Impacted: 12 users' }] },
      { service: '' },
    ],
    ['Kibana', { text: "alert 'slow tiles of tile-maker' is active:\n\n- Value: 7" }, { service: 'tile-maker' }],
    ['Kibana', { text: "alert 'slow tiles' is active:\n\n- Value: 7" }, { service: 'slow tiles' }],
    [
      'Bugsnag',
      { attachments: [{ title: 'Spike in errors in tile-maker (live)', text: '700 events in a minute' }] },
      { service: 'tile-maker', state: 'triggered' },
    ],
    [
      'Splunk Observability',
      { attachments: [{ title: 'Major Alert: tile-maker backlog (Maps)', text: 'Signal value 71' }] },
      { service: 'tile-maker', severity: 'Major', state: 'triggered' },
    ],
    [
      'StatusCake',
      { text: "Website | Your site 'Map page' (https://map.example) went down - HTTP 502" },
      { key: 'Map page/map page', service: 'Map page', state: 'triggered' },
    ],
    [
      'StatusCake',
      { text: "Website | Your site 'Map page' (https://map.example) went up - HTTP 200" },
      { key: 'Map page/map page', service: 'Map page', state: 'resolved' },
    ],
  ])('of %s: %j', (app, parts, expected) => {
    expect(alertOf(app, parts)).toMatchObject(expected);
  });

  test('does not have in its key whom it pages', () => {
    const paged = alertOf('Grafana', ':red_circle: *tile-maker* | tiles are late | <!subteam^S7|@maps-oncall>');
    const end = alertOf('Grafana', ':large_green_circle: *tile-maker* | tiles are late');
    expect(paged).toMatchObject({ state: 'triggered', service: 'tile-maker' });
    expect(end).toMatchObject({ state: 'resolved', key: paged?.key });
  });

  test('is no end where a measure went up', () => {
    expect(alertOf('StatusCake', 'The response time (of Map page) of tile-maker went up - 900 ms')?.state).not.toBe(
      'resolved',
    );
  });

  test('is no alert where a digest counts alerts, or an application is well', () => {
    expect(alertOf('Splunk Observability', 'Backlog review: 3 critical alerts were closed')).toBeUndefined();
    expect(alertOf('Argo CD', { attachments: [{ title: 'tiles', text: 'Application tiles is up.' }] })?.state).not.toBe(
      'triggered',
    );
  });
});

describe('a notification about a check of a host', () => {
  test.each([
    ['icinga', ':red_circle: PROBLEM - *mail-7* / ntp is *CRITICAL*: offset 9 s', 'mail-7', 'triggered'],
    ['icinga', ':green_circle: RECOVERY - *mail-7* / ntp is *OK*: offset 0.1 s', 'mail-7', 'resolved'],
    [
      'icinga',
      'ACKNOWLEDGEMENT - *mail-7* / ntp is *CRITICAL*: being mended (Comment by ann)',
      'mail-7',
      'acknowledged',
    ],
    ['Checkmk', 'Checkmk PROBLEM - mail-7/ntp OK → CRIT', 'mail-7', 'triggered'],
    ['Checkmk', 'Checkmk RECOVERY - mail-7/ntp CRIT -> OK', 'mail-7', 'resolved'],
    ['Checkmk', 'Checkmk PROBLEM - mail-7/Process tile-maker OK → CRIT', 'Process tile-maker', 'triggered'],
  ])('of %s has the host and the check as its key: %j', (app, text, service, state) => {
    const key = service === 'mail-7' ? 'mail-7/ntp' : `mail-7/${service}`;
    expect(alertOf(app, text)).toMatchObject({ key, service, state });
  });
});

describe('PRTG', () => {
  test.each([
    ['[Maps] Ping (gate-7) Down (no answer) Group: Gates', 'triggered'],
    ['[Maps] Ping (gate-7) Down (Acknowledged) (seen)', 'acknowledged'],
    ['Ping (gate-7) Warning (80 ms)', 'triggered'],
    ['[Maps] Ping (gate-7) Up (OK) Group: Gates. Downtime: 4 m', 'resolved'],
  ])('names the sensor, the device and the state: %j', (text, state) => {
    expect(alertOf('PRTG', text)).toMatchObject({ key: 'gate-7/Ping', service: 'gate-7', state });
  });

  test('pauses a sensor, which is no alert', () => {
    expect(alertOf('PRTG', '[Maps] Ping (gate-7) Paused (by ann) Group: Gates')).toBeUndefined();
  });
});

describe('the status page of a vendor', () => {
  const read = (step: string) =>
    alertOf('Tiles Status', `*Tiles Status* — ${step}: Late *mails*. We look. <https://status.tiles.example/i/7|View>`);

  test('posts the steps of an incident', () => {
    const begun = { title: 'Late mails', service: 'Tiles', key: 'https://status.tiles.example/i/7' };
    expect(read('Investigating')).toMatchObject({ ...begun, state: 'triggered' });
    expect(read('Resolved')).toMatchObject({ ...begun, state: 'resolved' });
  });

  test('announces work, which is no alert', () => {
    expect(read('Scheduled')).toBeUndefined();
  });
});
