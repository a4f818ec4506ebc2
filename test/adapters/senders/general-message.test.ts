/** Messages of apps whose layout has no reader. */
import { describe, expect, test } from 'vitest';
import { mappedMessages } from '#adapters/senders/message.ts';

const read = mappedMessages({});

function message(username: string, parts: object) {
  return {
    type: 'message',
    subtype: 'bot_message',
    bot_id: 'B1',
    username,
    channel: 'C1',
    ts: '1767709800.000100',
    text: '',
    ...parts,
  };
}

function alertIn(event: unknown) {
  const said = read(event);
  return said !== undefined && 'alert' in said ? said.alert : undefined;
}

function card(title: string, { color, fields }: Readonly<{ color: string; fields: Readonly<Record<string, string>> }>) {
  const listed = Object.entries(fields).map(([name, value]) => ({ title: name, value }));
  return {
    attachments: [{ color, title, title_link: 'https://acme.ilert.com/alert/view.jsf?id=77123', fields: listed }],
  };
}

describe('a message of an alerting app without a reader', () => {
  test('is read by its fields, and its end by the same key', () => {
    const title = 'Alert #77123: High error rate';
    const fields = (Status: string) => ({ 'Affected service': 'menu-planner', Status, Priority: 'High' });
    const begin = alertIn(message('ilert', card(title, { color: '#e01e5a', fields: fields('Pending') })));
    const end = alertIn(message('ilert', card(title, { color: '#2eb67d', fields: fields('Resolved') })));
    expect(begin).toMatchObject({
      source: 'ilert',
      key: '77123',
      service: 'menu-planner',
      state: 'triggered',
      severity: 'High',
    });
    expect(end).toMatchObject({ source: 'ilert', key: '77123', state: 'resolved' });
  });

  test('is read by its blocks and its buttons', () => {
    const blocks = [
      { type: 'header', text: { type: 'plain_text', text: '🔥 INC-481: Checkout is failing' } },
      {
        type: 'section',
        fields: [
          { type: 'mrkdwn', text: '*Status:* Investigating' },
          { type: 'mrkdwn', text: '*Affected services:* checkout' },
        ],
      },
      {
        type: 'actions',
        elements: [
          { type: 'button', text: { type: 'plain_text', text: 'Runbook' }, url: 'https://wiki.example/checkout' },
        ],
      },
    ];
    expect(alertIn(message('incident.io', { blocks }))).toMatchObject({
      source: 'incidentio',
      key: 'INC-481',
      service: 'checkout',
      state: 'triggered',
      links: { runbook: 'https://wiki.example/checkout' },
    });
  });

  test.each([
    ['Deploy Bot', '✅ Deployed cart v12 to production'],
    ['Geekbot', 'Daily standup report: 3 alerts resolved'],
    ['Jira Cloud', 'OPS-9 Alert rules for cart — Status: Open, Priority: High'],
    ['GitHub', 'Pull request opened by ann: fix failing alert'],
    ['Lunch', 'Warning: pizza is here'],
    ['CI', 'Build passed on main'],
  ])('is not what %s posts: %s', (username, text) => {
    expect(alertIn(message(username, { text }))).toBeUndefined();
  });
});

describe('an app with a text of its own', () => {
  /** https://github.com/elastic/kibana: the default text of its rules */
  const kibana = (value: string, state: string) =>
    message('Elastic', {
      text: `Latency is ${value} s in the last 5 mins for service: tolls, env: live.\n\nLatency of bills ${state}\n\n- Service name: tolls`,
    });

  test('Kibana names the rule in its own line', () => {
    const begin = alertIn(kibana('3.4', 'is active with the following conditions:'));
    const end = alertIn(kibana('0.2', 'has recovered.'));
    expect(begin).toMatchObject({ service: 'tolls', state: 'triggered' });
    expect(end).toMatchObject({ service: 'tolls', state: 'resolved', key: begin?.key });
  });

  test('Healthchecks.io names the check in the title and the project beside it', () => {
    const parts = {
      color: '#a30200',
      title: '“Nightly dump” is DOWN.',
      fields: [{ title: 'Project', value: 'Books' }],
    };
    expect(alertIn(message('Healthchecks.io', { attachments: [parts] }))).toMatchObject({ service: 'Nightly dump' });
  });

  test('Checkmk begins and ends by the type of its notification', () => {
    const checkmk = (type: string, state: string) =>
      alertIn(
        message('Check_MK', {
          attachments: [
            {
              title: `Host ${type} notification`,
              text: `Host: <https://c.example|bill-db> (IP: 10.0.0.1)\nState: ${state}`,
            },
          ],
        }),
      );
    const begin = checkmk('PROBLEM', 'DOWN');
    expect(begin).toMatchObject({ service: 'bill-db', state: 'triggered' });
    expect(checkmk('RECOVERY', 'UP')).toMatchObject({ service: 'bill-db', state: 'resolved', key: begin?.key });
  });

  test('Robusta names the container among other fields of a line', () => {
    const blocks = [
      '🔴 `high` Crashing pod toll-gate-58f6d9c7b4-lq8mz in namespace x',
      '*Container:* `gate`  *Restarts:* `4`',
    ];
    const parts = blocks.map((text) => ({ type: 'section', text: { type: 'mrkdwn', text } }));
    expect(alertIn(message('Robusta', { blocks: parts }))).toMatchObject({ service: 'gate', state: 'triggered' });
  });
});

describe('several labels in one line', () => {
  test.each([
    ['`', '`'],
    ['"', '"'],
  ])('stay apart between %s', (open, close) => {
    const quoted = (name: string, value: string) => `${name}=${open}${value}${close}`;
    const line = [
      quoted('job', 'blackbox'),
      quoted('app', 'ticket-gate'),
      quoted('instance', 'https://gate.example/up?a=1&b=2'),
      quoted('severity', 'page'),
    ].join(' ');
    expect(alertIn(message('vmalert', { text: `*[FIRING:1]* \`ProbeFails\`\n${line}` }))).toMatchObject({
      service: 'ticket-gate',
      severity: 'page',
      labels: { job: 'blackbox', app: 'ticket-gate' },
    });
  });

  test('stay apart behind bold names', () => {
    const text = ':warning: [WARNING] ConsumerStuck\n*cluster:* oslo-2 *tenant:* rail *component:* ticket-gate';
    expect(alertIn(message('mimir-alertmanager', { text }))).toMatchObject({
      service: 'ticket-gate',
      severity: 'WARNING',
      labels: { cluster: 'oslo-2', tenant: 'rail' },
    });
  });
});

test('a field of a section has its name in bold above the value, without a colon', () => {
  const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
  const fields = ['*Service*\nticket-gate', '*Severity*\nsev2', '*Escalation*\nRail'];
  const blocks = [
    section(':rotating_light: *[GATE-4471]* <https://spike.example/incidents/GATE-4471|Gates stay closed>'),
    { type: 'section', fields: fields.map((text) => ({ type: 'mrkdwn', text })) },
    { type: 'context', elements: [{ type: 'mrkdwn', text: 'Status: *Triggered*' }] },
  ];
  expect(alertIn(message('Spike', { blocks }))).toMatchObject({
    service: 'ticket-gate',
    severity: 'sev2',
    state: 'triggered',
    key: 'GATE-4471',
  });
});

test('an application that the title names in quotes comes before a component in a field', () => {
  const title = "ALERT: Application 'ticket-gate' on node osl-app-3 is Down";
  const attachments = [{ color: 'danger', title, text: 'Component: gate.exe process – Down' }];
  expect(alertIn(message('SolarWinds', { attachments }))).toMatchObject({ service: 'ticket-gate', state: 'triggered' });
});

describe('an app that says itself that it posts an alert', () => {
  test('has it in a heading above the title, as Wazuh does', () => {
    const fields = [
      { title: 'Agent', value: '(004) - ticket-gate-2' },
      { title: 'Rule ID', value: '5710 _(Level 8)_' },
    ];
    const card = { color: 'danger', pretext: 'WAZUH Alert', title: 'Login of a user that does not exist.', fields };
    expect(alertIn(message('wazuh', { attachments: [card] }))).toMatchObject({
      title: 'Login of a user that does not exist.',
      service: 'ticket-gate-2',
      state: 'triggered',
    });
  });

  test.each([
    ['Critical', 'triggered'],
    ['ResolvedCritical', 'resolved'],
  ])('has the title and the state in fields, as Sumo Logic does: %s', (value, state) => {
    const page = 'https://service.eu.sumologic.com/ui/#/alert/0000000000C0FFEE';
    const fields = [
      { title: 'Name', value: `<${page}|Errors of ticket-gate>` },
      { title: 'Trigger Type', value },
      { title: 'Trigger Condition', value: 'Greater than 10 in the last 5 minutes' },
    ];
    const card = { color: '#BF0000', pretext: 'Sumo Logic Monitor Alert', fields };
    expect(alertIn(message('Sumo Logic', { attachments: [card] }))).toMatchObject({
      title: 'Errors of ticket-gate',
      service: 'ticket-gate',
      key: '0000000000C0FFEE',
      state,
    });
  });

  test('says the state in bold, and the subject in the next line', () => {
    const text = '*ALERT FIRED* `OPS.LAG`\nPipe `GATE_EVENTS` is 40 minutes behind\nTriggered at 04:12';
    expect(alertIn(message('Warehouse Alerts', { text }))).toMatchObject({
      service: 'GATE_EVENTS',
      state: 'triggered',
    });
  });

  test('names the host and the chart, as Netdata does, with one key until the end', () => {
    const said = (status: string, color: string) =>
      alertIn(
        message('netdata', {
          text: `osl-mq-2 ${status}, \`mq.ready\`, *messages ready = 4821*`,
          attachments: [{ color, title: 'messages ready = 4821', text: 'number of ready messages' }],
        }),
      );
    const begin = said('needs attention', 'warning');
    expect(begin).toMatchObject({ service: 'osl-mq-2', state: 'triggered' });
    expect(said('is critical', 'danger')).toMatchObject({ key: begin?.key, state: 'triggered' });
    expect(said('recovered', 'good')).toMatchObject({ key: begin?.key, state: 'resolved' });
  });

  test('names the task that failed and its DAG, as callbacks of Airflow do', () => {
    const text = ':red_circle: Task Failed.\n*Task*: load_fares\n*Dag*: `fares_daily`\n*Exception*: OperationalError';
    expect(alertIn(message('airflow', { text }))).toMatchObject({
      title: 'Task Failed.',
      service: 'fares_daily',
      state: 'triggered',
    });
  });

  test('passes on a graded detection, as Tines does', () => {
    const fields = ['*Application:*\nticket-gate', '*Rule:*\nShell started in a container'];
    const blocks = [
      { type: 'section', text: { type: 'mrkdwn', text: '*High severity detection routed by story “Triage”*' } },
      { type: 'section', fields: fields.map((text) => ({ type: 'mrkdwn', text })) },
    ];
    expect(alertIn(message('Tines', { blocks }))).toMatchObject({
      service: 'ticket-gate',
      severity: 'High',
      state: 'triggered',
    });
  });

  test('reports an error of Flux with the object as the author, and no success', () => {
    const card = (color: string, text: string) => ({
      color,
      author_name: 'helmrelease/ticket-gate.rail',
      text,
      fields: [{ title: 'revision', value: '1.8.3' }],
    });
    const failed = card('danger', 'Helm upgrade failed for release rail/ticket-gate: timed out\nlast logs: …');
    expect(alertIn(message('flux', { attachments: [failed] }))).toMatchObject({
      key: 'helmrelease/ticket-gate.rail',
      title: 'Helm upgrade failed for release rail/ticket-gate: timed out',
      service: 'ticket-gate',
      state: 'triggered',
      labels: { revision: '1.8.3', namespace: 'rail' },
    });
    const went = card('good', 'Helm upgrade succeeded for release rail/ticket-gate');
    expect(read(message('flux', { attachments: [went] }))).toBeUndefined();
  });

  test('says the state before the colon of a title', () => {
    const card = {
      color: '#c0392b',
      title: 'Alert triggered: High response time',
      text: '*gate-api* (web): p95 is 4 s',
    };
    expect(alertIn(message('Heroku', { attachments: [card] }))?.title).toBe('Alert triggered: High response time');
  });
});

test('the runs of a check have the key of the check', () => {
  const said = (run: string, state: string) => {
    const title = `Check "gate-api /fares" has ${state}`;
    const title_link = `https://app.checklyhq.com/checks/4b1d99c2-0a51-4c36-9d2c-5f4f7a0e8b11/results/${run}`;
    return alertIn(message('Checkly', { attachments: [{ title, title_link }] }));
  };
  const begin = said('000101', 'failed');
  expect(begin).toMatchObject({ key: '4b1d99c2-0a51-4c36-9d2c-5f4f7a0e8b11', state: 'triggered' });
  expect(said('000202', 'recovered')).toMatchObject({ key: begin?.key, state: 'resolved' });
});

describe('what apps say that is no alert', () => {
  test.each([
    ['Linear', 'Refactoring of ticket-gate needs attention', { Status: 'In Progress' }],
    ['Asana', 'Task failed review: docs of ticket-gate', { Status: 'Open' }],
    ['Jira', 'High severity bug was reported', { Impact: 'Rail', Status: 'Open' }],
    ['Jira', 'Story “Gates” is blocked', { Status: 'Blocked', Impact: 'Rail' }],
    ['Snyk', '3 high severity vulnerabilities in ticket-gate', { Severity: 'High', Status: 'Open' }],
  ])('%s: %s', (app, title, fields) => {
    expect(alertIn(message(app, card(title, { color: '#e01e5a', fields })))).toBeUndefined();
  });
});

describe('an app whose title alone does not look like an alert', () => {
  test('says in Japanese what occurred and what is back', () => {
    const said = (step: string, color: string) =>
      alertIn(
        message('運用通知', {
          attachments: [{ color, title: `【${step}】応答時間`, text: 'サービス: fares-web\n重要度: 中' }],
        }),
      );
    const begin = said('発生', 'danger');
    expect(begin).toMatchObject({ service: 'fares-web', state: 'triggered', severity: '中' });
    expect(said('復旧', 'good')).toMatchObject({ key: begin?.key, state: 'resolved' });
    expect(said('完了', 'good')).toBeUndefined();
  });

  test('says in the preview of its card which host it is', () => {
    const card = (grade: string, color: string) =>
      alertIn(
        message('bot', {
          attachments: [
            { color, title: 'ram_in_use = 93%', fallback: `gate-host-2 ${grade} - system.ram - ram_in_use` },
          ],
        }),
      );
    const begin = card('CRITICAL', 'danger');
    expect(begin).toMatchObject({ service: 'gate-host-2', state: 'triggered', severity: 'critical' });
    expect(card('CLEAR', 'good')).toMatchObject({ key: begin?.key, state: 'resolved', severity: '' });
  });

  test('says that a job is late, if it is an app that watches', () => {
    const text = 'fares-nightly-dump is missing';
    expect(alertIn(message('Job Monitor', { text }))).toMatchObject({
      service: 'fares-nightly-dump',
      state: 'triggered',
    });
    expect(alertIn(message('lunch-bot', { text }))).toBeUndefined();
  });

  test('names itself in the first line, and says below to which state a check changed', () => {
    const said = (state: string) =>
      alertIn(
        message('Edgeview', {
          text: `*Edgeview Health Check Alert*\nCheck \`api.fares.example\` changed status to *${state}*.`,
        }),
      );
    const begin = said('Unhealthy');
    expect(begin).toMatchObject({ service: 'api.fares.example', state: 'triggered' });
    expect(said('Healthy')).toMatchObject({ key: begin?.key, state: 'resolved' });
  });
});

test('Nagios’ sentence names a check and its host; a check that is only a kind is about the host', () => {
  const said = (step: string, check: string, output: string) =>
    alertIn(
      message('nagios', { text: `${step}: Service *${check}* on host *gate-1* is *${output}*: ${output} - measured` }),
    );
  const begin = said('PROBLEM', 'fares_backlog_age', 'CRITICAL');
  expect(begin).toMatchObject({ service: 'fares_backlog_age', state: 'triggered', severity: 'CRITICAL' });
  expect(said('RECOVERY', 'fares_backlog_age', 'OK')).toMatchObject({ key: begin?.key, state: 'resolved' });
  expect(said('PROBLEM', 'HTTP', 'WARNING')).toMatchObject({ service: 'gate-1', severity: 'WARNING' });
});

describe('the service of a message', () => {
  test.each([
    ['Nagios', '*PROBLEM* - web-1/fares-web is CRITICAL: HTTP CRITICAL', 'fares-web', 'triggered'],
    ['Nagios', '*RECOVERY* - web-1/fares-web is OK: HTTP OK', 'fares-web', 'resolved'],
    ['cron-bot', ':fire: *fares-web* nightly dump FAILED on db-host-1: `no space left`', 'fares-web', 'triggered'],
    [
      'Elastic',
      'Latency threshold alert is firing because of the following conditions:\n\n- Service name: fares-web\n- Type: request',
      'fares-web',
      'triggered',
    ],
    [
      'Robusta',
      '🔥 `Firing` *Prometheus Alert*\n• alertname `HighErrors`\n• service `fares-web`',
      'fares-web',
      'triggered',
    ],
  ])('of %s: %j', (app, text, service, state) => {
    expect(alertIn(message(app, { text }))).toMatchObject({ service, state });
  });
});
