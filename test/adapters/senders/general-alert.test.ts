/** Bodies of senders without a reader: forms as their documentation has them, with names of our own. */
import { describe, expect, test } from 'vitest';
import { readGeneral } from '#adapters/senders/general-alert.ts';
import type { Alert } from '#model/incident/alert.ts';

const NOW_US = 1_772_400_000_000_000;

function alertIn(body: unknown): Alert {
  const read = readGeneral(body, { source: 'senders', receivedUs: NOW_US });
  if (read.kind !== 'delivery') throw new Error(`no alert: ${JSON.stringify(read)}`);
  return read.delivery.subject;
}

/** https://www.pingdom.com/resources/webhooks/ */
function pingdom(current_state: string, previous_state: string) {
  return {
    check_id: 48_211,
    check_name: 'basket-web',
    previous_state,
    current_state,
    importance_level: 'HIGH',
    state_changed_timestamp: 1_772_359_200,
    long_description: 'HTTP Server Error 503',
  };
}

/** https://docs.betteruptime.com/integrations/webhooks */
function betterStack(event: string, resolved_at: string | null) {
  const attributes = { name: 'quote-api', cause: 'Status 503', started_at: '2026-03-01T10:00:00Z', resolved_at };
  return { event, data: { id: '771', type: 'incident', attributes } };
}

describe('a body of an unknown sender', () => {
  test('is read by the names of its fields', () => {
    const read = alertIn({
      alert: { id: 'a-1', title: 'Error rate above 5 %', severity: 'high', runbook_url: 'https://wiki.example/errors' },
      status: 'firing',
      service: { name: 'cart' },
      started_at: '2026-03-01T10:00:00Z',
      custom_details: { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' },
      url: 'https://mon.example/a-1',
    });
    expect(read).toMatchObject({
      key: 'a-1',
      title: 'Error rate above 5 %',
      service: 'cart',
      severity: 'high',
      state: 'triggered',
      atUs: Date.UTC(2026, 2, 1, 10) * 1_000,
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      url: 'https://mon.example/a-1',
      links: { runbook: 'https://wiki.example/errors' },
    });
  });

  test.each([
    [pingdom('DOWN', 'UP'), pingdom('UP', 'DOWN'), 'basket-web'],
    [betterStack('started', null), betterStack('resolved', '2026-03-01T10:12:00Z'), 'quote-api'],
    [
      { event: 'monitor.down', monitor: { id: 'm1', name: 'pdf' }, incident: { id: 'i1' }, delivery: { id: 'wh_1' } },
      {
        event: 'monitor.recovered',
        monitor: { id: 'm1', name: 'pdf' },
        incident: { id: 'i1' },
        delivery: { id: 'wh_2' },
      },
      'pdf',
    ],
    [
      { titre: 'Latence', statut: 'déclenché', service: 'paiement', id_alerte: 7 },
      { titre: 'Latence', statut: 'rétabli', service: 'paiement', id_alerte: 7 },
      'paiement',
    ],
    [
      { 告警名称: '错误率过高', 告警状态: '触发', 服务: 'order-api', 规则ID: 'r1' },
      { 告警名称: '错误率过高', 告警状态: '已恢复', 服务: 'order-api', 规则ID: 'r1' },
      'order-api',
    ],
    [
      { subject: '[FIRING] Disk almost full', body: 'Service: blob-store\nSeverity: warning' },
      { subject: '[RESOLVED] Disk almost full', body: 'Service: blob-store\nSeverity: warning' },
      'blob-store',
    ],
  ])('has one key for its begin and its end: %j', (begin, end, service) => {
    const [first, second] = [alertIn(begin), alertIn(end)];
    expect([first.state, second.state]).toEqual(['triggered', 'resolved']);
    expect([first.service, second.service]).toEqual([service, service]);
    expect(second.key).toBe(first.key);
  });

  test.each([
    [{ labels: { 'app.kubernetes.io/name': 'pick-list', pod: 'pick-list-6f' } }, 'pick-list'],
    [{ tags: ['service:cart', 'env:prod'] }, 'cart'],
    [
      {
        tags: [
          ['app', 'news'],
          ['env', 'prod'],
        ],
      },
      'news',
    ],
    [{ dimensions: [{ name: 'ServiceName', value: 'scan' }] }, 'scan'],
    [{ details: '{"service":"nested"}' }, 'nested'],
    [{ ImpactedEntities: [{ type: 'SERVICE', name: 'loyalty' }], host: 'web-1' }, 'loyalty'],
    [{ message: 'Error rate of refund-flow' }, 'refund-flow'],
    [{ service: '$SERVICE', host: 'web-1' }, 'web-1'],
  ])('names its service: %j', (parts, service) => {
    expect(
      alertIn({ title: 'Error rate', state: 'alerting', id: 1, ...parts }).service ||
        alertIn({ state: 'alerting', ...parts }).service,
    ).toBe(service);
  });

  test.each([
    ['OK -> ALARM', 'triggered'],
    ['un-acknowledged', 'triggered'],
    ['in progress', 'acknowledged'],
    ['quittiert', 'acknowledged'],
    ['auto_resolved', 'resolved'],
    ['back to normal', 'resolved'],
    ['решено', 'resolved'],
    ['復旧', 'resolved'],
    ['발생', 'triggered'],
  ])('says its state as %s', (state, expected) => {
    expect(alertIn({ alert: 'slow', state, service: 'cart' }).state).toBe(expected);
  });

  test.each([
    [1_772_359_200],
    [1_772_359_200_000],
    ['1772359200000000000'],
    ['2026-03-01T11:00:00+01:00'],
    ['Sun, 01 Mar 2026 10:00:00 +0000'],
    ['March 1, 2026 10:00 AM UTC'],
    ['2026-03-01 11:00:00 CET'],
    ['20260301T100000Z'],
  ])('names its begin as %j', (started_at) => {
    expect(alertIn({ alert: 'slow', state: 'firing', started_at }).atUs).toBe(1_772_359_200_000_000);
  });

  test.each([
    [{ event: 'webhook.ping', message: 'set up' }],
    [{ event: 'incident.commented', incident: { id: 1, title: 'x', status: 'open' } }],
    [{ event: 'created', data: { id: 1, type: 'monitor', attributes: { url: 'https://a.example' } } }],
    [{ type: 'charge.succeeded', data: { object: { status: 'succeeded', description: 'an order' } } }],
    [{ ref: 'refs/heads/main', commits: [{ message: 'fix error' }] }],
    [{ event: 'backup.completed', status: 'success', database: 'orders' }],
    [{ type: 'message', ts: '1.2', text: 'cart is down?' }],
    [{ one: { payload: { id: 1 } }, two: { payload: { id: 2 } } }],
    [[]],
    ['text'],
    [undefined],
  ])('is no alert: %j', (body) => {
    expect(readGeneral(body, { source: 'senders', receivedUs: NOW_US }).kind).not.toBe('delivery');
  });
});

/** Why the body is no alert; empty where it is one. */
function refusalOf(body: unknown): string {
  const read = readGeneral(body, { source: 'senders', receivedUs: NOW_US });
  return 'why' in read ? (read.why ?? '') : '';
}

describe('the service of an alert', () => {
  test.each([
    // An entity that is named by its sort. https://www.ibm.com/docs/en/instana-observability?topic=channels-webhooks
    [
      {
        issue: { id: 'i-1', state: 'OPEN', severity: 10, text: 'Slow calls', entity: 'service', entityLabel: 'tolls' },
      },
      'tolls',
    ],
    // A rule that is named after its metric.
    [{ message: 'web-eu-7 is critical: ram_in_use = 97%', alarm: 'ram_in_use', severity: 'critical' }, 'web-eu-7'],
    // A monitor that is named by a sentence.
    [{ MonitorName: 'Errors of toll-gate', TriggerType: 'Critical', AlertID: '7' }, 'toll-gate'],
    // A controller of the code beside the project.
    [
      {
        event: 'occurred',
        project: { name: 'tolls' },
        fault: { id: 1, klass: 'X', component: 'pages', resolved: false },
      },
      'tolls',
    ],
    // The object of an event, and the workload of its pod.
    [
      {
        involvedObject: { kind: 'HelmRelease', namespace: 'x', name: 'toll-gate' },
        severity: 'error',
        reason: 'UpgradeFailed',
        message: 'Helm upgrade failed',
      },
      'toll-gate',
    ],
    [
      {
        involvedObject: { kind: 'Pod', namespace: 'x', name: 'toll-gate-5f6585d649-fnmft' },
        type: 'Warning',
        reason: 'BackOff',
        message: 'Back-off restarting failed container',
      },
      'toll-gate',
    ],
  ])('is its name, not its sort: %j', (body, service) => {
    expect(alertIn(body)).toMatchObject({ service, state: 'triggered' });
  });

  test('may be the word of a sort where the field is the service', () => {
    expect(alertIn({ title: 'Slow', status: 'firing', service: 'database', severity: 'high' }).service).toBe(
      'database',
    );
  });
});

describe('what is no alert', () => {
  test.each([
    [{ event: { type: 'incident.scheduled.created' }, data: { title: 'Upgrade', status: 'scheduled' } }, 'a plan'],
    [{ page: { id: 'p' }, maintenance: { id: 'm', name: 'Move of the database', status: 'NOTSTARTEDYET' } }, 'a plan'],
    [
      { title: 'Deployment tolls was updated', finding_type: 'configuration_change', severity: 'INFO' },
      'a change of the settings',
    ],
    [{ object_kind: 'issue', object_attributes: { title: 'Errors', type: 'Issue', action: 'open' } }, 'a ticket'],
    [
      { action: 'opened', issue: { number: 4, title: 'Alert text', state: 'open' }, repository: { full_name: 'a/b' } },
      'a ticket',
    ],
    [
      { project: { name: 'tolls' }, newIssues: [{ issueType: 'vuln', issueData: { title: 'DoS', severity: 'high' } }] },
      'a vulnerability',
    ],
    [
      { action: 'created', alert: { number: 2, state: 'open', security_advisory: { severity: 'high', summary: 'x' } } },
      'a vulnerability',
    ],
    [
      {
        name: 'Plan',
        text: 'Usage has exceeded 90% of your plan',
        alert_type: 'billing_usage_alert',
        ts: 1_772_359_200,
      },
      'a notice about costs',
    ],
    [
      {
        message: 'Application tolls is now running new version.',
        app: { status: { health: { status: 'Healthy' } } },
        trigger: 'on-deployed',
      },
      'a change that Argo CD made',
    ],
    [{ title: '[FIRING:1] TestAlert Grafana ', status: 'firing', severity: 'critical' }, 'a test notification'],
  ])('%j', (body, why) => {
    expect(refusalOf(body)).toContain(why);
  });

  test.each([
    [{ object_kind: 'issue', object_attributes: { title: 'Tiles fail', type: 'Incident', state: 'opened' } }],
    [{ alert_type: 'scheduled_search', name: 'Errors of tolls-api', status: 'triggered', severity: 'high' }],
    [{ page: { id: 'p' }, incident: { id: 'i', name: 'Checkout fails', status: 'INVESTIGATING' } }],
    [
      {
        message: 'Application tolls has degraded.',
        app: { metadata: { name: 'tolls' } },
        trigger: 'on-health-degraded',
      },
    ],
    [{ title: 'Tolls burns its budget', event_type: 'error_budget_alert', status: 'firing' }],
  ])('%j is one', (body) => {
    expect(refusalOf(body)).toBe('');
  });
});

describe('a state that stands in another word', () => {
  test('is the milestone of an incident', () => {
    const body = (current_milestone: string) => ({
      event: 'incident.updated',
      incident: { id: 'i', name: 'Scans are lost', current_milestone, started_at: '2026-02-22 13:30:00 UTC' },
    });
    expect(alertIn(body('mitigated')).state).toBe('triggered');
    expect(alertIn(body('resolved')).state).toBe('resolved');
    expect(alertIn(body('postmortem_started')).state).toBe('resolved');
  });

  test('is that of an error, and of a spike of errors', () => {
    const error = {
      error: { id: 1, error_class: 'X', error_message: 'y', times_occurred: 1, project: { name: 'tolls' } },
    };
    expect(alertIn(error)).toMatchObject({ state: 'triggered', service: 'tolls', key: '1' });
    const spike = { project: { name: 'tolls' }, trigger: { type: 'projectSpiking', message: 'Spike in errors' } };
    expect(alertIn(spike)).toMatchObject({ state: 'triggered', service: 'tolls' });
  });

  test('comes with a time of its own zone', () => {
    const body = { title: 'Toll gate', status: 'DOWN', incident_time: '22 Feb 2026 07:00:00 CET' };
    expect(alertIn(body).atUs).toBe(Date.UTC(2026, 1, 22, 6) * 1_000);
  });
});

describe('a check of a host that is up', () => {
  const host = { name: 'bru-db-1', display_name: 'bru-db-1', state: 'UP' };

  test.each([
    ['CRITICAL', 'triggered'],
    ['WARNING', 'triggered'],
    ['OK', 'resolved'],
  ])('has its own state, as objects of Icinga: %s', (state, expected) => {
    const service = { name: 'replication', state, vars: { application: 'ledger-db' } };
    expect(alertIn({ host, service, output: 'replication delay 412 s' })).toMatchObject({ state: expected });
  });

  test.each([
    ['PROBLEM', 'CRIT', 'triggered'],
    ['RECOVERY', 'OK', 'resolved'],
    ['ACKNOWLEDGEMENT', 'CRIT', 'acknowledged'],
  ])('has the state of the notification, as variables of Checkmk: %s', (NOTIFICATIONTYPE, SERVICESTATE, state) => {
    const body = {
      NOTIFICATIONTYPE,
      WHAT: 'SERVICE',
      HOSTNAME: 'bru-app-2',
      HOSTSTATE: 'UP',
      SERVICEDESC: 'Process ledger-export',
      SERVICESTATE,
      PREVIOUSSERVICEHARDSTATE: 'OK',
      SERVICEOUTPUT: 'Processes: 0 (warn/crit below 1/1)',
    };
    expect(alertIn(body)).toMatchObject({ state, service: 'ledger-export' });
  });

  test('stands for its host where it is a kind of check, and not a program', () => {
    const body = { NOTIFICATIONTYPE: 'PROBLEM', HOSTNAME: 'bru-app-2', HOSTSTATE: 'UP', SERVICEDESC: 'Disk /var' };
    expect(alertIn({ ...body, SERVICESTATE: 'CRIT' })).toMatchObject({ state: 'triggered', service: 'bru-app-2' });
  });

  test('without a check, the state of the host counts', () => {
    const body = { NOTIFICATIONTYPE: 'PROBLEM', HOSTNAME: 'bru-app-2', HOSTSTATE: 'DOWN', HOSTOUTPUT: 'no answer' };
    expect(alertIn(body)).toMatchObject({ state: 'triggered', service: 'bru-app-2' });
  });
});

test('the pool of a load balancer is named where nothing else is', () => {
  const body = {
    name: 'Pool health',
    text: 'Your pool is now unhealthy',
    data: { pool_name: 'tolls-eu', origin_name: 'tolls-1', new_health: 'Unhealthy' },
    alert_type: 'load_balancing_health_alert',
    alert_event: 'ALERT_STATE_EVENT_START',
  };
  expect(alertIn(body)).toMatchObject({ service: 'tolls-eu', state: 'triggered' });
});

test('further names of a grade, of a start and of a sample trace', () => {
  expect(alertIn(pingdom('DOWN', 'UP')).severity).toBe('HIGH');
  const alert_url = 'https://portal.example/7';
  const body = { message_type: 'CRITICAL', entity_display_name: 'queue of tolls-api', service: 'tolls-api', alert_url };
  expect(alertIn(body).severity).toBe('CRITICAL');
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  expect(alertIn({ ...body, dateStart: '2026-03-01 10:00:00', sampleTraceId: trace })).toMatchObject({
    atUs: Date.UTC(2026, 2, 1, 10) * 1_000,
    traceId: trace,
  });
});

describe('the service', () => {
  test.each([
    [
      'a tag, and not who reports',
      {
        source: 'aws.guardduty',
        'detail-type': 'GuardDuty Finding',
        detail: {
          title: 'Unusual port of i-1',
          severity: 5,
          resource: { instanceDetails: { tags: [{ key: 'service', value: 'tolls-api' }] } },
          service: { serviceName: 'guardduty' },
        },
      },
      'tolls-api',
    ],
    [
      'the dataset of a trigger of Honeycomb',
      {
        name: 'Slow bills',
        status: 'TRIGGERED',
        trigger_url: 'https://ui.honeycomb.io/acme/environments/live/datasets/bills/triggers/x1',
        description: 'Currently greater than threshold value (2)',
      },
      'bills',
    ],
    [
      'the name of a health check',
      {
        alert_type: 'health_check_status_notification',
        data: { health_check_name: 'fares-web', new_status: 'Unhealthy' },
      },
      'fares-web',
    ],
    [
      'what people added to the kind of a sensor',
      { sensor: 'HTTP Advanced fares-web', device: 'lb-1', status: 'Down', message: '502' },
      'fares-web',
    ],
    [
      'the workload of a pod, before its container and its cluster',
      { title: 'Restarts', status: 'firing', cluster: 'live-1', container: 'main', pod: 'fares-web-6f7d9c8b5-ztx4q' },
      'fares-web',
    ],
    [
      'the host of an address to which a call failed',
      {
        message: 'Got HTTP 502 response to https://fares.example/hook',
        level: 'ERROR',
        type: 'com.acme.errorlogs.error.logged',
      },
      'fares.example',
    ],
    [
      'a web service that Checkmk calls',
      { NOTIFICATIONTYPE: 'PROBLEM', HOSTNAME: 'bru-app-2', SERVICEDESC: 'HTTP fares-web', SERVICESTATE: 'CRIT' },
      'fares-web',
    ],
    [
      'the workload of a pod that Botkube names',
      {
        source: 'k8s-err-events',
        data: {
          TypeMeta: { Kind: 'Pod' },
          ObjectMeta: { name: 'fares-web-6f7d9c8b5-ztx4q' },
          Title: 'v1/pods error',
          Level: 'error',
          Reason: 'BackOff',
          Cluster: 'live-1',
        },
      },
      'fares-web',
    ],
  ])('is %s', (_, body, service) => {
    expect(alertIn(body)).toMatchObject({ service, state: 'triggered' });
  });
});

test('Wazuh reports a match of a rule without a state', () => {
  const body = {
    rule: { level: 10, description: 'User missed the password more than one time', id: '2502' },
    agent: { id: '007', name: 'fares-web-1' },
    manager: { name: 'wazuh-1' },
  };
  expect(alertIn(body)).toMatchObject({
    service: 'fares-web-1',
    state: 'triggered',
    severity: '10',
    title: 'User missed the password more than one time',
  });
});

test('Falco reports a match of a rule without a state', () => {
  const body = {
    rule: 'Binary directory written',
    priority: 'Warning',
    output: 'File below /usr/bin opened for writing',
    time: '2026-03-01T09:12:44.125Z',
    output_fields: { 'container.name': 'fares-web', 'proc.name': 'cp', 'user.name': 'root' },
  };
  expect(alertIn(body)).toMatchObject({
    title: 'Binary directory written',
    service: 'fares-web',
    state: 'triggered',
    severity: 'Warning',
    atUs: Date.UTC(2026, 2, 1, 9, 12, 44, 125) * 1_000,
  });
});

test('a body that only says which rule raised an alarm, and when, is one', () => {
  const body = { account: 'rail', ruleName: 'Origin traffic', alarmTime: '2026-03-01T09:00:00Z', monitor: '4 Gbit/s' };
  expect(alertIn(body)).toMatchObject({ title: 'Origin traffic', state: 'triggered' });
  const { alarmTime, ...settings } = body;
  expect(alarmTime).not.toBe('');
  expect(readGeneral(settings, { source: 'senders', receivedUs: NOW_US })).toMatchObject({ kind: 'unreadable' });
});

describe('the state of a body', () => {
  test('is that of its status, although the name of the check has a word of a state', () => {
    const body = { name: 'fares-month-close', last_ping: '2026-03-01T01:00:00Z' };
    expect(alertIn({ ...body, status: 'down' })).toMatchObject({ service: 'fares-month-close', state: 'triggered' });
    expect(alertIn({ ...body, status: 'up' })).toMatchObject({ state: 'resolved' });
  });

  test('is that of the event’s type, although its name says it in other words', () => {
    const event = (event_name: string, event_type: string) =>
      alertIn({ event_name, event_type, incident_id: '88', app_name: 'fares', summary: 'A transaction is slow.' });
    const begin = event('Health Rule Violation Starts', 'POLICY_OPEN_WARNING');
    expect(begin).toMatchObject({ key: '88', state: 'triggered' });
    expect(event('Health Rule Violation Ends', 'POLICY_CLOSE_WARNING')).toMatchObject({ key: '88', state: 'resolved' });
  });
});

describe('a deployment', () => {
  const vercel = (type: string, target: string | null) => ({
    type,
    createdAt: 1_772_359_200_000,
    payload: { deployment: { id: 'dpl_7', name: 'fares-web' }, target },
  });
  const ecs = (eventType: string, eventName: string) => ({
    'detail-type': 'ECS Deployment State Change',
    source: 'aws.ecs',
    time: '2026-03-01T10:00:00Z',
    resources: ['arn:aws:ecs:eu-west-1:123456789012:service/rail/fares-web'],
    detail: { eventType, eventName, reason: 'The tasks did not start.' },
  });

  test.each([
    ['of Vercel', vercel('deployment.error', 'production')],
    ['of ECS', ecs('ERROR', 'SERVICE_DEPLOYMENT_FAILED')],
  ])('%s that failed is an alert', (_, body) => {
    expect(alertIn(body)).toMatchObject({ service: 'fares-web', state: 'triggered' });
  });

  test.each([
    ['that went well', vercel('deployment.succeeded', 'production')],
    ['of a branch that failed', vercel('deployment.error', null)],
    ['of ECS that went well', ecs('INFO', 'SERVICE_DEPLOYMENT_COMPLETED')],
  ])('%s is none', (_, body) => {
    expect(readGeneral(body, { source: 'senders', receivedUs: NOW_US })).toMatchObject({ kind: 'other' });
  });
});

test.each([
  ['a service of ECS', 'arn:aws:ecs:eu-west-1:123456789012:service/rail/fares-web'],
  ['a version of a function', 'arn:aws:lambda:eu-west-1:123456789012:function:fares-web:42'],
  ['a queue', 'arn:aws:sqs:eu-west-1:123456789012:fares-web'],
  ['a balancer', 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/fares-web/50dc6c495c0c9188'],
  ['a group of logs', 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/fares-web:*'],
])('the ARN of %s ends with the service', (_, resource) => {
  expect(alertIn({ alert: 'Errors', status: 'firing', resource })).toMatchObject({ service: 'fares-web' });
});

test('the end of a check is one, in a body of the team’s own', () => {
  const body = { app: 'fares-web', check: 'card-terminal', msg: 'works again' };
  expect(alertIn({ ...body, status: 'ok' })).toMatchObject({ service: 'fares-web', state: 'resolved' });
});

test.each([
  ['a payment of a customer', { object: 'event', type: 'charge.failed', data: { object: { status: 'failed' } } }],
  [
    'a pull request',
    {
      action: 'opened',
      pull_request: { number: 12, title: 'Fix: critical alert is down', state: 'open' },
      repository: { name: 'fares', full_name: 'rail/fares' },
    },
  ],
  ['a change of an entity', { issue: { id: 'c-1', type: 'change', severity: -1, text: 'offline', entity: 'jvm' } }],
])('%s is no alert', (_, body) => {
  expect(readGeneral(body, { source: 'senders', receivedUs: NOW_US })).toMatchObject({ kind: 'other' });
});

describe('a body of a sender', () => {
  test('says what is affected, beside the project that holds it', () => {
    const body = { status: 'firing', alert: { name: 'Memory above 95' }, project: { name: 'speech' } };
    expect(alertIn({ ...body, affected_resources: [{ name: 'fares-model' }] })?.service).toBe('fares-model');
  });

  test('says that a run ended, and how', () => {
    const run = { event: 'sync_end', connector_name: 'fares_copy', data: { status: 'FAILURE_WITH_TASK' } };
    expect(alertIn(run)).toMatchObject({ service: 'fares_copy', state: 'triggered' });
    const job = { event_type: 'jobs.on_failure', job: { name: 'fares-daily' }, run: { run_id: '7' } };
    expect(alertIn(job)).toMatchObject({ service: 'fares-daily', state: 'triggered' });
    expect(
      readGeneral({ ...job, event_type: 'jobs.on_success' }, { source: 'senders', receivedUs: NOW_US }).kind,
    ).not.toBe('delivery');
  });

  test('names a workspace within an organization', () => {
    const body = {
      trigger: 'assessment:check_failure',
      message: 'Check failure detected',
      workspace_name: 'fares-dns',
    };
    expect(alertIn({ ...body, organization_name: 'rail' })?.service).toBe('fares-dns');
    expect(alertIn(body)?.service).not.toBe('fares-dns');
  });

  test('triggers and resolves by the id of an event, and the end has no text', () => {
    const begin = alertIn({
      message: 'fares-ocr: no plates read',
      status: 'trigger',
      event_id: 'k-7',
      tags: { site: 'A7' },
    });
    expect(begin).toMatchObject({ service: 'fares-ocr', key: 'k-7', state: 'triggered' });
    expect(alertIn({ status: 'resolve', event_id: 'k-7' })).toMatchObject({ key: 'k-7', state: 'resolved' });
  });

  test.each([
    [
      'a severity',
      { alert: 'fares_lag', node: 'db-3', severity: 'clear', message: 'db-3 recovered (was critical for 2m)' },
    ],
    [
      'a field of its own',
      { alert: { id: 7, name: 'fares.lag' }, incident_key: 'k', trigger_time: 1_767_709_000, clear: 'normal' },
    ],
    ['a line of a log', { Type: 'AlertStatus', AlertID: 7, LogEntry: 'Closed by monitor (rail)' }],
    ['a flag', { component: 'fares-gate', kind: 'watchdog', ok: true, consecutive_failures: 0 }],
    [
      'a program that runs again',
      { computer: 'RAIL-3', check: 'Fares service', result: 'RUNNING', previousResult: 'STOPPED' },
    ],
  ])('says its end by %s', (_, body) => {
    expect(alertIn(body)?.state).toBe('resolved');
  });

  test.each([
    ['a flag', { component: 'fares-gate', kind: 'watchdog', ok: false, consecutive_failures: 5 }, 'fares-gate'],
    ['a program that stopped', { check: 'Fares service', result: 'STOPPED', previousResult: 'RUNNING' }, 'Fares'],
    [
      'a dyno',
      { action: 'update', resource: 'dyno', data: { name: 'web.1', state: 'crashed', app: { name: 'fares' } } },
      'fares',
    ],
    [
      'sources',
      { alert: { name: 'lag' }, trigger_time: 1_767_709_000, violations: { 'fares-02': [{ value: 9 }] } },
      'fares-02',
    ],
  ])('says its trouble by %s', (_, body, service) => {
    expect(alertIn(body)).toMatchObject({ service, state: 'triggered' });
  });
});

describe('a workflow that ended', () => {
  /** https://circleci.com/docs/guides/integration/outbound-webhooks/ */
  const ended = (id: string, name: string, status: string) => ({
    type: 'workflow-completed',
    id,
    happened_at: '2026-03-01T10:00:00Z',
    webhook: { id: 'w-1', name: 'bot' },
    project: { id: 'p-1', name: 'fares-web' },
    workflow: { id: `run-${id}`, name, status, stopped_at: '2026-03-01T10:00:00Z' },
  });

  test('with a failure is an alert if it changes what runs, until it ends well', () => {
    const failed = alertIn(ended('e-1', 'deploy-prod', 'failed'));
    expect(failed).toMatchObject({ service: 'fares-web', state: 'triggered' });
    expect(alertIn(ended('e-2', 'deploy-prod', 'success'))).toMatchObject({ state: 'resolved', key: failed.key });
  });

  test('is no alert if it only builds and tests, or was stopped', () => {
    for (const [name, status] of [
      ['lint-and-test', 'failed'],
      ['deploy-prod', 'canceled'],
    ] as const) {
      const read = readGeneral(ended('e-1', name, status), { source: 'senders', receivedUs: NOW_US });
      expect(read).toMatchObject({ kind: 'other', why: expect.stringContaining('changes nothing that runs') });
    }
  });
});
