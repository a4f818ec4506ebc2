/** Bodies as the vendors' pages describe them, written here: an alert, its end, and what neither begins nor ends one. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readAzureWebhook } from '#adapters/azure/webhook.ts';
import { readChecklyWebhook } from '#adapters/checkly/webhook.ts';
import { readDatadogMessage } from '#adapters/datadog/message.ts';
import { readWorkflowRun } from '#adapters/github/pipelines.ts';
import { readPipeline } from '#adapters/gitlab/pipelines.ts';
import { readGoogleCloudWebhook } from '#adapters/google-cloud/webhook.ts';
import { readGrafanaWebhook } from '#adapters/grafana/webhook.ts';
import { readIlertWebhook } from '#adapters/ilert/webhook.ts';
import { readIncidentIoWebhook } from '#adapters/incidentio/webhook.ts';
import { readKapacitorWebhook } from '#adapters/kapacitor/webhook.ts';
import { readNewRelicWebhook } from '#adapters/newrelic/webhook.ts';
import { readOpsgenieWebhook } from '#adapters/opsgenie/webhook.ts';
import { readSematextWebhook } from '#adapters/sematext/webhook.ts';
import { readSentryMessage } from '#adapters/sentry/message.ts';
import { readSentryWebhook } from '#adapters/sentry/webhook.ts';
import { readSplunkWebhook } from '#adapters/splunk/webhook.ts';
import { readStatuspageWebhook } from '#adapters/statuspage/webhook.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import { readUptimeRobotWebhook } from '#adapters/uptimerobot/webhook.ts';
import { readZabbixWebhook } from '#adapters/zabbix/webhook.ts';

const NOW_US = 1_767_709_800_000_000;
const AT = '2026-01-06T14:20:00Z';
const AT_US = Date.parse(AT) * 1_000;

type Read = (body: unknown, nowUs: number) => ReadDelivery;
const subject = (read: Read, body: unknown) => {
  const said = read(body, NOW_US);
  return said.kind === 'delivery' ? said.delivery.subject : said;
};

const azure = (monitorCondition: string) => ({
  schemaId: 'azureMonitorCommonAlertSchema',
  data: {
    essentials: {
      alertId: '/subscriptions/s/providers/Microsoft.AlertsManagement/alerts/a-1',
      alertRule: 'cart errors',
      severity: 'Sev1',
      monitorCondition,
      alertTargetIDs: ['/subscriptions/s/resourcegroups/shop/providers/microsoft.web/sites/cart'],
      configurationItems: ['cart'],
      firedDateTime: AT,
      resolvedDateTime: '2026-01-06T14:25:00Z',
    },
  },
});

const google = (state: string) => ({
  version: '1.2',
  incident: {
    incident_id: 'i-1',
    state,
    policy_name: 'cart errors',
    severity: 'Critical',
    started_at: AT_US / 1e6,
    ended_at: state === 'closed' ? AT_US / 1e6 + 60 : null,
    url: 'https://console.cloud.google.com/i-1',
    resource: { type: 'cloud_run_revision', labels: { service_name: 'cart' } },
  },
});

const newRelic = (state: string) => ({
  id: 'n-1',
  issueUrl: 'https://one.newrelic.com/n-1',
  title: ['Error percentage > 5% on cart'],
  priority: 'CRITICAL',
  impactedEntities: ['cart'],
  state,
  createdAt: AT_US / 1e3,
  updatedAt: AT_US / 1e3,
  alertPolicyNames: ['Shop'],
});

const workflow = (given: object, top: object = {}) => ({
  action: 'completed',
  workflow_run: {
    id: 9,
    workflow_id: 3,
    name: 'deploy',
    conclusion: 'failure',
    head_branch: 'main',
    html_url: 'https://github.com/acme/cart/actions/runs/9',
    run_attempt: 1,
    run_started_at: AT,
    updated_at: AT,
    ...given,
  },
  repository: { name: 'cart', full_name: 'acme/cart', default_branch: 'main' },
  ...top,
});

const pipeline = (given: object) => ({
  object_kind: 'pipeline',
  object_attributes: { id: 31, ref: 'main', status: 'failed', created_at: '2026-01-06 14:20:00 UTC', ...given },
  project: {
    name: 'cart',
    path_with_namespace: 'acme/cart',
    default_branch: 'main',
    web_url: 'https://gitlab.com/acme/cart',
  },
});

const checkly = (alert_type: string) => ({
  alert_type,
  check_name: 'cart is up',
  check_id: 'c-1',
  started_at: AT,
  tags: ['service:cart'],
});
const uptime = (alertType: string) => ({
  monitorID: '7',
  monitorFriendlyName: 'cart',
  alertType,
  alertDateTime: `${AT_US / 1e6}`,
});
const zabbix = (given: object) => ({
  event_id: '5',
  event_name: 'cart is slow',
  event_value: '1',
  host_name: 'cart-1',
  ...given,
});
const opsgenie = (action: string, given: object = {}) => ({
  action,
  alert: { alertId: 'o-1', message: 'cart is slow', entity: 'cart', createdAt: AT_US / 1e3, priority: 'P2', ...given },
});
const statuspage = (status: string) => ({
  page: { id: 'p' },
  incident: { id: 's-1', name: 'cart is slow', status, created_at: AT, components: [{ name: 'cart' }] },
});
const kapacitor = (level: string) => ({
  id: 'cart:cpu',
  message: 'cart cpu',
  time: AT,
  level,
  data: { series: [{ tags: { service: 'cart' } }] },
});
const sematext = (backToNormal: unknown) => ({
  title: 'cart is slow',
  backToNormal,
  appName: 'cart',
  ruleId: '4',
  when: AT,
});
const ilert = (status: string) => ({
  id: '1',
  status,
  eventType: `alert-${status.toLowerCase()}`,
  summary: 'cart is slow',
  reportTime: AT,
  alertSource: { name: 'cart' },
});
const incident = (category: string) => ({
  event_type: 'public_incident.incident_updated_v2',
  'public_incident.incident_updated_v2': {
    id: 'x-1',
    name: 'cart is slow',
    incident_status: { name: 'Any', category },
    created_at: AT,
    custom_field_entries: [
      { custom_field: { name: 'Affected services' }, values: [{ value_catalog_entry: { name: 'cart' } }] },
    ],
  },
});
const metric = (action: string) => ({
  action,
  data: {
    metric_alert: { id: '12', title: 'x', date_started: AT, projects: ['cart'] },
    description_title: 'cart is slow',
  },
});
const grafana = (status: string) => ({
  orgId: 1,
  version: '1',
  status,
  groupKey: 'g',
  alerts: [{ status, labels: { alertname: 'slow', service: 'cart' }, startsAt: AT, endsAt: AT, fingerprint: 'f' }],
});

test('the template of New Relic’s page gives each part of an alert, an acknowledgement and its end', () => {
  const page = readFileSync('docs/newrelic.md', 'utf8');
  const template = /```\n(\s*\{[^`]*issuePageUrl[^`]*)```/.exec(page)?.[1] ?? '';
  const filled = (values: Readonly<Record<string, unknown>>) =>
    JSON.parse(
      template.replace(/\{\{ ?(?:json )?([\w.[\]]+) ?\}\}/g, (_, name) => JSON.stringify(values[name] ?? null)),
    );
  const issue = {
    issueId: 'n-7',
    issuePageUrl: 'https://one.newrelic.com/n-7',
    'annotations.title.[0]': 'Error percentage > 5%',
    priority: 'CRITICAL',
    'entitiesData.names': ['cart', 'checkout'],
    state: 'ACTIVATED',
    triggerEvent: 'STATE_CHANGE',
    createdAt: AT_US / 1e3,
    updatedAt: AT_US / 1e3,
    'accumulations.policyName': ['Shop'],
    'accumulations.conditionName': ['Error percentage'],
  };
  const [began, taken, ended] = [
    {},
    { triggerEvent: 'ACKNOWLEDGED' },
    { state: 'CLOSED', closedAt: AT_US / 1e3 + 60_000 },
  ].map((change) => subject(readNewRelicWebhook, filled({ ...issue, ...change })));
  expect(began).toMatchObject({
    key: 'n-7',
    title: 'Error percentage > 5%',
    service: 'cart',
    severity: 'CRITICAL',
    state: 'triggered',
    atUs: AT_US,
    url: 'https://one.newrelic.com/n-7',
    labels: { policy: 'Shop' },
  });
  expect(taken).toMatchObject({ key: 'n-7', state: 'acknowledged' });
  expect(ended).toMatchObject({ key: 'n-7', state: 'resolved', saidUs: AT_US + 60_000_000 });
});

describe.each<[string, Read, unknown, unknown]>([
  ['Azure Monitor', readAzureWebhook, azure('Fired'), azure('Resolved')],
  ['Google Cloud Monitoring', readGoogleCloudWebhook, google('open'), google('closed')],
  ['New Relic', readNewRelicWebhook, newRelic('ACTIVATED'), newRelic('CLOSED')],
  ['GitHub', readWorkflowRun, workflow({}), workflow({ conclusion: 'success' })],
  ['GitLab', readPipeline, pipeline({}), pipeline({ id: 32, status: 'success' })],
  ['Checkly', readChecklyWebhook, checkly('ALERT_FAILURE'), checkly('ALERT_RECOVERY')],
  ['UptimeRobot', readUptimeRobotWebhook, uptime('1'), uptime('2')],
  ['Opsgenie', readOpsgenieWebhook, opsgenie('Create'), opsgenie('Close')],
  ['Statuspage', readStatuspageWebhook, statuspage('investigating'), statuspage('resolved')],
  ['Kapacitor', readKapacitorWebhook, kapacitor('CRITICAL'), kapacitor('OK')],
  ['Sematext', readSematextWebhook, sematext('false'), sematext(true)],
  ['ilert', readIlertWebhook, ilert('PENDING'), ilert('RESOLVED')],
  ['incident.io', readIncidentIoWebhook, incident('active'), incident('closed')],
  ['Sentry', readSentryWebhook, metric('critical'), metric('resolved')],
  ['Grafana', readGrafanaWebhook, grafana('firing'), grafana('resolved')],
])('%s', (_, read, begin, end) => {
  test('posts an alert of the service at its own time, and its end with the same key', () => {
    const [began, ended] = [subject(read, begin), subject(read, end)];
    expect(began).toMatchObject({ state: 'triggered', service: 'cart', atUs: AT_US });
    expect(ended).toMatchObject({ state: 'resolved', service: 'cart' });
    expect('key' in began && 'key' in ended && began.key === ended.key && began.key !== '').toBe(true);
    expect('title' in began ? began.title : '').toMatch(/\w/);
  });

  test('repeats a request as the same delivery', () => {
    const id = (body: unknown) => {
      const said = read(body, NOW_US);
      return said.kind === 'delivery' ? said.delivery.id : '';
    };
    expect(id(begin)).toBe(id(structuredClone(begin)));
    expect(id(begin)).not.toBe(id(end));
  });

  test.each([undefined, null, [], 'text', 7, {}])('is not %j, and the answer says why', (body) => {
    const said = read(body, NOW_US);
    expect(said.kind).not.toBe('delivery');
    expect('why' in said ? said.why : '').not.toBe('');
  });
});

test('tags of Opsgenie and Checkly name the service before a host or a check does', () => {
  const tagged = { ...opsgenie('Create').alert, details: {}, entity: 'rabbit-2', tags: ['env:live', 'service:fares'] };
  expect(subject(readOpsgenieWebhook, { ...opsgenie('Create'), alert: tagged })).toMatchObject({ service: 'fares' });
  const check = { ...checkly('ALERT_FAILURE'), check_name: 'fares-web buys a ticket', tags: 'live,fares-web' };
  expect(subject(readChecklyWebhook, check)).toMatchObject({ service: 'fares-web' });
});

describe('neither begins nor ends an alert:', () => {
  test.each<[string, Read, unknown, RegExp]>([
    ['a run of another branch', readWorkflowRun, workflow({ head_branch: 'fix' }), /not the default branch/],
    ['a run that goes on', readWorkflowRun, workflow({}, { action: 'requested' }), /not known yet/],
    ['a cancelled run', readWorkflowRun, workflow({ conclusion: 'cancelled' }), /cancelled/],
    ['a push', readWorkflowRun, { ref: 'refs/heads/main' }, /workflow runs/],
    ['a running pipeline', readPipeline, pipeline({ status: 'running' }), /no result/],
    ['a merge request', readPipeline, { object_kind: 'merge_request' }, /pipelines/],
    ['a certificate', readUptimeRobotWebhook, uptime('3'), /certificate/],
    ['maintenance', readStatuspageWebhook, statuspage('scheduled'), /maintenance/],
  ])('%s', (_, read, body, why) => {
    expect(read(body, NOW_US)).toMatchObject({ kind: 'other', why: expect.stringMatching(why) });
  });
});

test('notes of people are read', () => {
  expect(
    readOpsgenieWebhook(opsgenie('AddNote', { note: 'looking', username: 'ann@shop.example' }), NOW_US),
  ).toMatchObject({
    kind: 'note',
    note: { key: 'o-1', text: 'looking', by: 'ann@shop.example' },
  });
  expect(readOpsgenieWebhook(opsgenie('EscalateNext'), NOW_US)).toMatchObject({ note: { text: 'Escalate Next' } });
});

test('Splunk posts the first row of a search', () => {
  const body = {
    sid: 'scheduler__admin__search__W2_at_1767709200_178',
    search_name: 'cart errors',
    app: 'search',
    results_link: 'https://splunk.example.com/x',
    result: { service: 'cart', count: '8', severity: 'high', trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' },
  };
  expect(subject(readSplunkWebhook, body)).toMatchObject({
    key: 'search/cart errors/cart',
    service: 'cart',
    severity: 'high',
    state: 'triggered',
    atUs: 1_767_709_200_000_000,
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  });
});

test('Zabbix posts a problem, its acknowledgement and its end', () => {
  expect(subject(readZabbixWebhook, zabbix({}))).toMatchObject({ state: 'triggered', service: 'cart-1', key: '5' });
  expect(subject(readZabbixWebhook, zabbix({ event_update_status: '1' }))).toMatchObject({ state: 'acknowledged' });
  expect(subject(readZabbixWebhook, zabbix({ event_value: '0' }))).toMatchObject({ state: 'resolved', key: '5' });
  expect(readZabbixWebhook({ event_name: 'x' }, NOW_US)).toMatchObject({ why: expect.stringContaining('{EVENT.ID}') });
});

describe('a message in a channel', () => {
  const posted = (username: string, attachment: object) => ({
    type: 'message',
    subtype: 'bot_message',
    channel: 'C1',
    ts: '1767709800.000100',
    username,
    text: '',
    attachments: [attachment],
  });
  const monitor = { title_link: 'https://app.datadoghq.com/monitors/42' };

  test('of Datadog has the key of its webhook', () => {
    const message = readDatadogMessage(
      posted('Datadog', { ...monitor, title: '[P2] [Triggered on {service:cart}] cart is slow' }),
    );
    expect(message).toMatchObject({
      alert: { key: '42/service:cart', service: 'cart', severity: 'P2', title: 'cart is slow' },
    });
    const again = readDatadogMessage(posted('Datadog', { ...monitor, title: 'Re-Triggered: cart is slow' }));
    expect(again).toMatchObject({ alert: { state: 'triggered', reminder: true } });
    const end = readDatadogMessage(posted('Datadog', { ...monitor, title: 'Recovered: cart is slow' }));
    expect(end).toMatchObject({ alert: { state: 'resolved' } });
    expect(
      readDatadogMessage(posted('Datadog', { title: 'Your weekly report', title_link: 'https://app.datadoghq.com' })),
    ).toMatchObject({ noAlert: 'a report, not an alert' });
  });

  test('of Sentry has the number of the issue', () => {
    const title_link = 'https://shop.sentry.io/issues/123/?referrer=slack';
    const message = readSentryMessage(posted('Sentry', { title: 'TypeError: x', title_link }));
    expect(message).toMatchObject({
      alert: { key: '123', title: 'TypeError: x', url: 'https://shop.sentry.io/issues/123/' },
    });
  });
});
