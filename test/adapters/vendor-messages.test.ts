/** Messages of alerting apps in channels and the older forms of webhooks, as the vendors' pages describe them. */
import { describe, expect, test } from 'vitest';
import { readAlertmanagerMessage } from '#adapters/alertmanager/message.ts';
import { readCloudWatchMessage } from '#adapters/cloudwatch/message.ts';
import { readCloudWatchWebhook } from '#adapters/cloudwatch/webhook.ts';
import { readDatadogMessage } from '#adapters/datadog/message.ts';
import { readWorkflowRun } from '#adapters/github/pipelines.ts';
import { readGrafanaMessage } from '#adapters/grafana/message.ts';
import { isGrafanaWebhook, readGrafanaWebhook } from '#adapters/grafana/webhook.ts';
import { readOpsgenieMessage } from '#adapters/opsgenie/message.ts';
import { postedIn } from '#adapters/posted-message.ts';
import { readSplunkWebhook } from '#adapters/splunk/webhook.ts';
import { readUptimeRobotMessage } from '#adapters/uptimerobot/message.ts';
import { readUptimeRobotWebhook } from '#adapters/uptimerobot/webhook.ts';

const NOW_US = 1_767_709_800_000_000;

function posted(app: string, attachment: object) {
  return {
    type: 'message',
    subtype: 'bot_message',
    channel: 'C1',
    ts: '1767709800.000100',
    username: app,
    attachments: [attachment],
  };
}

const subjectOf = (read: typeof readSplunkWebhook, body: unknown) => {
  const said = read(body, NOW_US);
  return said.kind === 'delivery' ? said.delivery.subject : said;
};

describe('Alertmanager in Slack', () => {
  const title_link = 'http://alertmanager:9093/#/alerts?receiver=team';
  const read = (title: string, text = '') => readAlertmanagerMessage(posted('bot', { title, title_link, text }));

  test.each([
    ['[FIRING:1] Slow (cart prod critical)', 'cart'],
    ['[FIRING:1] Slow (cart-api shop cart-api eu-west-1 warning)', 'cart-api'],
    ['[FIRING:1] Slow (10.0.0.1:9100 node-exporter critical)', 'node-exporter'],
    ['[FIRING:1] Slow (cart shop critical)', ''],
    ['[FIRING:1] Slow for cart (job="cart", severity="page")', 'cart'],
    ['[FIRING:1] Slow (kube-state-metrics cart http-metrics 10.0.0.1:8080 critical)', 'cart'],
    ['[FIRING:1] DiskIsFull (/dev/sdb1 xfs 10.0.0.1:9100 node-exporter /data critical)', 'node-exporter'],
    ['[FIRING:2] QueueIsFull eu-west-1 cart (shop live critical)', 'cart'],
    ['[FIRING:2] Slow requests everywhere (shop till critical)', ''],
  ])('%s names the service “%s”', (title, service) => {
    expect(read(title)).toMatchObject({ alert: { service } });
  });

  test('lists labels as bullets', () => {
    const text = '*Details:*\n • *service:* `cart`\n • *severity:* `critical`\n - env = prod';
    expect(read('[FIRING:1] Slow', text)).toMatchObject({
      alert: { service: 'cart', severity: 'critical', labels: { alertname: 'Slow', env: 'prod' } },
    });
  });

  test.each(['*service:* cart *env:* prod *severity:* critical', 'service=`cart` env=`prod` severity=`critical`'])(
    'lists labels in one line: %s',
    (text) => {
      expect(read('[FIRING:1] Slow', text)).toMatchObject({
        alert: { service: 'cart', severity: 'critical', labels: { alertname: 'Slow', env: 'prod' } },
      });
    },
  );

  test('has a key of the listed labels where the title is the same for all alerts', () => {
    const key = (title: string, app: string) => {
      const said = read(title, `*Details:*\n • *alertname:* `.concat('`Slow`', `\n • *app:* \`${app}\``));
      return said !== undefined && 'alert' in said ? said.alert.key : '';
    };
    expect(key('[FIRING:1] Something of ours fires', 'cart')).not.toBe(
      key('[FIRING:1] Something of ours fires', 'till'),
    );
    expect(key('[FIRING:1] Something of ours fires', 'cart')).toBe(key('[RESOLVED] Something of ours fires', 'cart'));
    expect(key('[FIRING:1] Slow', 'cart')).toBe(key('[RESOLVED] Slow', 'till'));
  });

  test('says its state in front of the text where the title is the team’s own', () => {
    const attachment = { title: 'tills of the shop', title_link, text: '[RESOLVED] Slow for cart-api' };
    expect(readAlertmanagerMessage(posted('bot', attachment))).toMatchObject({
      alert: { title: 'Slow for cart-api', state: 'resolved' },
    });
  });

  test('posts the heartbeat of alerting, which is no alert', () => {
    expect(read('[FIRING:1] Watchdog (monitoring/k8s none)')).toMatchObject({
      noAlert: expect.stringContaining('heartbeat'),
    });
  });
});

describe('Grafana before version 9', () => {
  const ruleUrl = 'https://grafana.example.com/d/abc/shop?tab=alert&viewPanel=3&orgId=1';
  const body = (state: string) => ({ ruleId: 7, ruleName: 'Load', ruleUrl, state, tags: { service: 'cart' } });
  const message = (title: string, fields: readonly object[] = []) =>
    readGrafanaMessage(posted('Grafana', { title, title_link: ruleUrl, fields }));

  test('has one key for the webhook and the message', () => {
    expect(isGrafanaWebhook(body('alerting'))).toBe(true);
    const firing = { key: 'abc/3', title: 'Load', state: 'triggered' };
    expect(subjectOf(readGrafanaWebhook, body('alerting'))).toMatchObject({ ...firing, service: 'cart' });
    expect(subjectOf(readGrafanaWebhook, body('no_data'))).toMatchObject(firing);
    expect(subjectOf(readGrafanaWebhook, body('ok'))).toMatchObject({ key: 'abc/3', state: 'resolved' });
    expect(message('[Alerting] Load')).toMatchObject({ alert: firing });
    expect(message('[OK] Load')).toMatchObject({ alert: { key: 'abc/3', state: 'resolved' } });
  });

  test('names a database where no label names a service', () => {
    const tags = { db: 'orders-db-2', host: 'gate-1' };
    expect(subjectOf(readGrafanaWebhook, { ...body('alerting'), tags })).toMatchObject({ service: 'orders-db-2' });
  });

  test('says when a rule is paused', () => {
    expect(readGrafanaWebhook(body('paused'), NOW_US)).toMatchObject({ kind: 'other' });
    expect(message('[Paused] Load')).toMatchObject({ noAlert: expect.stringContaining('Paused') });
  });

  test('names the series in a message', () => {
    const series = { title: 'cart-api', value: '3.4' };
    expect(message('[Alerting] Load', [series])).toMatchObject({ alert: { service: 'cart-api' } });
    const other = { title: 'shop-web', value: '1' };
    expect(message('[Alerting] Load', [series, other])).toMatchObject({ alert: { service: '' } });
  });
});

test('Datadog names the service in the tags below the title', () => {
  const title_link = 'https://app.datadoghq.com/monitors/4711';
  const fields = [{ title: 'Tags', value: 'env:live, service:cart-api, team:till' }];
  expect(readDatadogMessage(posted('Datadog', { title: 'Triggered: Slow', title_link, fields }))).toMatchObject({
    alert: { key: '4711/', service: 'cart-api', state: 'triggered' },
  });
});

describe('Splunk On-Call', () => {
  const body = (phase: string) => ({
    'INCIDENT.INCIDENT_ID': '12',
    'STATE.CURRENT_ALERT_PHASE': phase,
    'STATE.CURRENT_STATE': phase === 'RESOLVED' ? 'OK' : 'CRITICAL',
    'STATE.SERVICE': 'cart',
    'ALERT.entity_display_name': 'cart is slow',
  });

  test.each([
    ['UNACKED', 'triggered', 'critical'],
    ['ACKED', 'acknowledged', 'critical'],
    ['RESOLVED', 'resolved', ''],
  ])('says its state by the phase %s', (phase, state, severity) => {
    const said = { key: '12', service: 'cart', title: 'cart is slow', state, severity };
    expect(subjectOf(readSplunkWebhook, body(phase))).toMatchObject(said);
    const started = { ...body(phase), 'INCIDENT.START_TIME': 1_767_709_000_000 };
    expect(subjectOf(readSplunkWebhook, started)).toMatchObject({ ...said, atUs: 1_767_709_000_000_000 });
  });

  test('is refused with what is missing', () => {
    expect(readSplunkWebhook({ 'INCIDENT.SERVICE': 'cart' }, NOW_US)).toMatchObject({
      kind: 'unreadable',
      why: expect.stringContaining('INCIDENT.INCIDENT_ID'),
    });
    expect(readSplunkWebhook(body('ROUTED'), NOW_US)).toMatchObject({ why: expect.stringContaining('ROUTED') });
  });
});

describe('one alert by message and by webhook', () => {
  test('of CloudWatch has the ARN as its key', () => {
    const title = ':rotating_light: CloudWatch Alarm | cart-5xx | eu-west-1 | Account: 123456789012';
    const key = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:cart-5xx';
    const fields = [
      { title: 'State', value: 'ALARM' },
      { title: 'TargetGroup', value: 'targetgroup/cart/6d0ecf831eec9f09' },
    ];
    expect(readCloudWatchMessage(posted('AWS', { title, fields }))).toMatchObject({
      alert: { key, service: 'cart', state: 'triggered' },
    });
    const described = [
      { title: 'State', value: 'OK' },
      { title: 'Description', value: 'Errors behind cart-api' },
    ];
    expect(readCloudWatchMessage(posted('Amazon Q', { title, fields: described }))).toMatchObject({
      alert: { service: 'cart-api', state: 'resolved' },
    });
    const alarm = { AlarmName: 'cart-5xx', AlarmArn: key, NewStateValue: 'OK', Region: 'EU (Ireland)' };
    expect(subjectOf(readCloudWatchWebhook, alarm)).toMatchObject({ key, state: 'resolved' });
  });

  test('of UptimeRobot has the name and the address as its key', () => {
    const text = 'Monitor is DOWN: Shop ( <https://shop.example.com/> ) - Reason: timeout';
    const message = readUptimeRobotMessage({ ...posted('UptimeRobot', {}), text });
    const body = {
      monitorID: 1,
      monitorFriendlyName: 'Shop',
      monitorURL: 'https://shop.example.com',
      alertType: '1',
    };
    const key = 'Shop/https://shop.example.com';
    expect(message).toMatchObject({ alert: { key } });
    expect(subjectOf(readUptimeRobotWebhook, body)).toMatchObject({ key });
    expect(subjectOf(readUptimeRobotWebhook, { ...body, monitorURL: '' })).toMatchObject({ key: '1' });
  });
});

test('a shared copy of a message is not read', () => {
  const event = posted('bot', { is_share: true, text: '*Triggered* cart' });
  expect(postedIn(event)?.message.attachments).toEqual([]);
});

test('a run for a pull request is no alert', () => {
  const workflow_run = { id: 1, name: 'tests', conclusion: 'failure', event: 'pull_request', head_branch: 'main' };
  const repository = { name: 'cart', full_name: 'acme/cart' };
  expect(readWorkflowRun({ action: 'completed', workflow_run, repository }, NOW_US)).toMatchObject({
    kind: 'other',
    why: expect.stringContaining('pull request'),
  });
});

describe('Opsgenie in Slack', () => {
  test('names the alert by its number where the link has no id of its own', () => {
    const link = { title: '#8812', title_link: 'https://eu.opsg.in/a/i/acme/short', text: '"the shop is slow"' };
    const fields = [{ title: 'Tags', value: 'service:shop-web' }];
    const begin = readOpsgenieMessage(posted('Opsgenie', { ...link, fields }));
    expect(begin).toMatchObject({ alert: { title: 'the shop is slow', service: 'shop-web', state: 'triggered' } });
    const end = readOpsgenieMessage(posted('Opsgenie', { ...link, pretext: 'Ada closed alert' }));
    expect(end).toMatchObject({ alert: { key: '#8812' } });
    expect(begin).toMatchObject({ alert: { key: '#8812' } });
  });

  test.each([
    ['[shop-web] Orders are late', 'shop-web'],
    ['[eu-west-1] Orders are late', ''],
    ['[prod-eu] Orders are late', ''],
    ['[P2] Orders are late', ''],
  ])('%s names the service “%s”', (title, service) => {
    const link = { title: `#8813: ${title}`, title_link: 'https://eu.opsg.in/a/i/acme/short' };
    expect(readOpsgenieMessage(posted('Opsgenie', link))).toMatchObject({ alert: { title, service } });
  });
});
