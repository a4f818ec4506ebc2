import { expect, test } from 'vitest';
import { readAzureWebhook } from '#adapters/azure/webhook.ts';
import { readCloudWatchWebhook } from '#adapters/cloudwatch/webhook.ts';
import { readDatadogWebhook } from '#adapters/datadog/webhook.ts';
import { readGoogleCloudWebhook } from '#adapters/google-cloud/webhook.ts';
import { readGrafanaMessage } from '#adapters/grafana/message.ts';
import { readGrafanaWebhook } from '#adapters/grafana/webhook.ts';
import { noTroubleIn, TRIAL_WHY } from '#adapters/no-trouble.ts';

test.each([
  '[TEST] Warn: queue of mailer is long',
  'Test notification from Acme Monitor',
  'Hello! This is a test. Nothing is wrong.',
  'Acme notification test',
  'DOWNTIMEEND - db-7',
  'Ana Diaz unmuted monitor "queue of mailer is long"',
  'Scheduled downtime for db-7 has ended',
  'AWS Budgets Alert | team-search | Account: 123456789012',
  'Attack started: Latency on tag:service=search (staging), length 60 s',
  'Chaos experiment kill-search-pod started in staging',
  ':moneybag: AWS Cost Anomaly Detection found an anomaly',
  '[CUSTOM] ping on db-7 is OK!',
  'Load test search-evening finished in 20 min',
  'Test run search-evening passed: 4 of 4 thresholds',
  'Your budget team-search has exceeded your alert threshold: $410.00 of $400.00',
])('%s is no trouble', (text) => {
  expect(noTroubleIn(text)).toBeDefined();
});

test.each([
  'Smoke test alert rate is high in checkout',
  'This is a test environment of shop: error rate 12 %',
  'Browser test failed: login',
  ':fire: Custom metric of shop is above 9',
  'Load test search-evening failed: p95 above 2 s',
  'Load test cluster is down',
  'Shop is down',
  'Unplanned downtime of shop',
  'Attack started: 40,000 requests a second from 12 networks',
  'Experiment new-search: error rate is up',
  'Error budget of shop exceeded: 12 % over',
  'Cost per order is above $5 in shop',
])('%s may be trouble', (text) => {
  expect(noTroubleIn(text)).toBeUndefined();
});

const NOW_US = 1_772_400_000_000_000;

/** The alert of Grafana's contact point; `labels` beside those of its test. */
function grafana(labels: Readonly<Record<string, string>>) {
  const alert = { status: 'firing', labels, annotations: {}, startsAt: '2026-03-01T10:00:00Z', fingerprint: 'f' };
  return { status: 'firing', orgId: 1, groupKey: 'g', receiver: 'r', alerts: [alert] };
}

const LEGACY = { ruleId: 1, ruleUrl: 'https://g.example/', state: 'alerting', evalMatches: [] };

test.each([
  ['Grafana', readGrafanaWebhook(grafana({ alertname: 'TestAlert', instance: 'Grafana' }), NOW_US)],
  ['Grafana before version 9', readGrafanaWebhook({ ...LEGACY, ruleName: 'Test notification' }, NOW_US)],
  [
    'Datadog',
    readDatadogWebhook(
      { event_type: 'x', last_updated: '1', title: '[TEST] [Triggered] lag', alert_transition: 'Triggered' },
      NOW_US,
    ),
  ],
  [
    'Google Cloud',
    readGoogleCloudWebhook({ version: 'test', incident: { incident_id: '12345', state: 'OPEN' } }, NOW_US),
  ],
])('a test of %s is refused with the same reason', (_, read) => {
  expect(read).toEqual({ kind: 'other', why: TRIAL_WHY });
});

test('a rule that is called TestAlert is an alert of its own', () => {
  const read = readGrafanaWebhook(grafana({ alertname: 'TestAlert', instance: 'db-7' }), NOW_US);
  expect(read.kind).toBe('delivery');
});

test.each([
  ['[FIRING:1] TestAlert Grafana ', 'Labels:\n - alertname = TestAlert\n - instance = Grafana'],
  ['[Alerting] Test notification', 'Someone is testing the alert notification within Grafana.'],
])('Grafana’s test in Slack: %s', (title, text) => {
  const attachments = [{ title, title_link: 'https://g.example/d/x/y?viewPanel=1', text, footer: 'Grafana v11.0.0' }];
  const event = { type: 'message', subtype: 'bot_message', username: 'Grafana', channel: 'C1', ts: '1.0', attachments };
  expect(readGrafanaMessage(event)).toMatchObject({ noAlert: TRIAL_WHY });
});

test('the maintenance that Azure plans is no alert, its incident is one', () => {
  const read = (incidentType: string) =>
    readAzureWebhook(
      {
        schemaId: 'azureMonitorCommonAlertSchema',
        data: {
          essentials: {
            alertId: '/subscriptions/7/alerts/1',
            monitorCondition: 'Fired',
            monitoringService: 'ServiceHealth',
          },
          alertContext: { properties: { incidentType, title: 'Storage', service: 'Storage' } },
        },
      },
      NOW_US,
    ).kind;
  expect(['Maintenance', 'Informational', 'Incident'].map(read)).toEqual(['other', 'other', 'delivery']);
});

test('EventBridge tells the dimensions of an alarm, and the changes of its configuration apart', () => {
  const metric = { namespace: 'AWS/ECS', name: 'CPUUtilization', dimensions: { ServiceName: 'tolls' } };
  const detail = {
    alarmName: 'cpu',
    state: { value: 'ALARM', timestamp: '2026-03-01T10:00:00.000+0000' },
    configuration: {
      metrics: [
        { id: 'm', expression: 'a/b' },
        { id: 'a', metricStat: { metric, period: 60, stat: 'Average' } },
      ],
    },
  };
  const read = (type: string) => readCloudWatchWebhook({ 'detail-type': `CloudWatch Alarm ${type}`, detail }, NOW_US);
  expect(read('State Change')).toMatchObject({
    delivery: { subject: { service: 'tolls', labels: { metric: 'CPUUtilization' } } },
  });
  expect(read('Configuration Change').kind).toBe('other');
});
