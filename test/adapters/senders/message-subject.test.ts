/** Messages of apps in whose titles only the name of a check, an object or a job says what is broken. */
import { describe, expect, test } from 'vitest';
import { readOpsgenieMessage } from '#adapters/opsgenie/message.ts';
import { mappedMessages } from '#adapters/senders/message.ts';
import { readUptimeRobotMessage } from '#adapters/uptimerobot/message.ts';
import { readZabbixMessage } from '#adapters/zabbix/message.ts';

const read = mappedMessages({});

function message(username: string, parts: object) {
  const own = {
    type: 'message',
    subtype: 'bot_message',
    bot_id: 'B1',
    channel: 'C1',
    ts: '1767709800.000100',
    text: '',
  };
  return { ...own, username, ...parts };
}

function alertIn(event: unknown, reader = read) {
  const said = reader(event);
  return said !== undefined && 'alert' in said ? said.alert : undefined;
}

/** A card with a title, a colour and a text. */
function card(username: string, title: string, rest: object = {}) {
  return message(username, { attachments: [{ title, ...rest }] });
}

describe('an alert and its end', () => {
  test.each([
    ['Pingdom', 'Map page (map.example.org) is down', 'Map page (map.example.org) is up', 'Map page'],
    [
      'StatusCake',
      'Map page | https://map.example.org Is Down',
      'Map page | https://map.example.org Is Up',
      'Map page',
    ],
    ['Healthchecks.io', '"night-sync" is DOWN.', '"night-sync" received a ping and is now UP.', 'night-sync'],
    ['Uptime Kuma', '[Map] [🔴 Down] connect ETIMEDOUT', '[Map] [✅ Up] 200 - OK', 'Map'],
    [
      'Elastic Alerts',
      'map-api slow is firing because of the following conditions:',
      'map-api slow has recovered:',
      'map-api',
    ],
  ])('%s: have one key, which holds neither the state nor what was measured', (app, begin, end, service) => {
    const first = alertIn(card(app, begin, { color: '#d9534f' }));
    const last = alertIn(card(app, end, { color: '#5cb85c' }));
    expect(first).toMatchObject({ state: 'triggered', service });
    expect(last).toMatchObject({ state: 'resolved', service, key: first?.key });
  });

  test('two checks of one app have two keys', () => {
    const keys = ['Map page (map.example.org) is down', 'Map tiles (tiles.example.org) is down'].map(
      (title) => alertIn(card('Pingdom', title))?.key,
    );
    expect(new Set(keys).size).toBe(2);
  });

  test('UptimeRobot’s name has no marks', () => {
    const alert = alertIn(
      message('UptimeRobot', { text: 'Monitor is DOWN: *Map API* ( <https://map.example.org> ) - Reason: 503' }),
      readUptimeRobotMessage,
    );
    expect(alert).toMatchObject({ service: 'Map API', title: 'Map API is down' });
  });

  test('Opsgenie says in a sentence below the title that an alert is closed', () => {
    const linked = { title_link: 'https://acme.app.opsgenie.com/alert/detail/5', color: '#2eb886' };
    const of = (text: string) =>
      alertIn(card('Opsgenie', '#77: Queue grows', { ...linked, text }), readOpsgenieMessage);
    expect(of('Alert closed by Ann Lee')).toMatchObject({ state: 'resolved', key: '#77' });
    expect(of('Alert acknowledged via Slack')).toMatchObject({ state: 'acknowledged', key: '#77' });
    expect(of('Alert closed-loop control does not answer')).toMatchObject({ state: 'triggered' });
  });

  test('Zabbix names the host and the severity in lines of one text', () => {
    const text = '*Problem started* at 10:00\n*Host:* mq-2\n*Severity:* High';
    const title_link = 'https://zabbix.example/tr_events.php?triggerid=4&eventid=991';
    const alert = alertIn(card('zabbix', 'Problem: Disk is full', { title_link, text }), readZabbixMessage);
    expect(alert).toMatchObject({ service: 'mq-2', severity: 'High', key: '991' });
  });
});

describe('a group of alerts', () => {
  test('fires while one of them fires', () => {
    const alert = alertIn(card('alertmanager', '[FIRING:2, RESOLVED:1] MapSlow', { text: ' - service = map-api' }));
    expect(alert).toMatchObject({ state: 'triggered', service: 'map-api' });
  });

  test('names in code what the lines are about, and no environment', () => {
    const text = '*[FIRING:2] prod-eu / Restarts*\n>`map-api` restarted 4 times\n>`map-db` restarted 3 times';
    expect(alertIn(message('prom-bot', { text }))).toMatchObject({ service: 'map-api', state: 'triggered' });
  });
});

describe('the object of a message', () => {
  test.each([
    [
      'Cloud Alerts',
      'Alert firing: restarts of labels {namespace_name=maps, container_name=map-api} are above 3',
      'map-api',
    ],
    ['VictorOps', 'Incident #12: CRITICAL mq-2/queue', 'mq-2'],
    ['Cronitor', 'night-sync has not completed on schedule', 'night-sync'],
    ['PRTG', '[PRTG Network Monitor] *mq-2 Disk* on mq-2 *Down* (1 % free) | Group: Lab', 'mq-2'],
    ['mq-2', '[mq-2] Volume 1 on mq-2 has become degraded. Please replace the drive.', 'mq-2'],
    [
      'Elastic Cloud',
      ':warning: Your deployment *map-logs* is unhealthy: no space. <https://c.example|Open deployment>',
      'map-logs',
    ],
  ])('%s: %s', (app, text, service) => {
    expect(alertIn(message(app, { text }))).toMatchObject({ state: 'triggered', service });
  });

  test('is the dataset of Honeycomb, and not the column', () => {
    const text = 'p99(duration_ms) > 800\nDataset: map-api · Environment: prod';
    expect(alertIn(card('Honeycomb', 'Triggered: Slow tiles', { text }))).toMatchObject({ service: 'map-api' });
  });

  test('has the process behind it in parentheses, in Dynatrace', () => {
    const text = '*Impact*: SERVICE\n*Entity*: MapRenderer (jetty-1)';
    const alert = alertIn(card('Dynatrace', 'Open Problem P-12: Slow answers', { text }));
    expect(alert).toMatchObject({ service: 'MapRenderer', key: 'P-12' });
  });

  test('is the pod of a warning of Kubernetes', () => {
    const fields = { reason: 'BackOff', object: 'Pod/map-api-6d4cf56db6-x9k2b', count: '9' };
    const listed = Object.entries(fields).map(([title, value]) => ({ title, value }));
    const event = (text: string) =>
      message('events', { text, attachments: [{ color: '#d00000', title: 'Back-off restarting', fields: listed }] });
    expect(alertIn(event('*Warning* BackOff'))).toMatchObject({ service: 'map-api', state: 'triggered' });
    expect(alertIn(event('*Normal* Scheduled'))).toBeUndefined();
  });

  test('is the container of a match of Falco', () => {
    const text = '09:00:01.1: Critical A shell was spawned (user=root container_name=map-api)';
    const fields = [
      { title: 'rule', value: 'Terminal shell in container' },
      { title: 'priority', value: 'Critical' },
    ];
    const alert = alertIn(message('Falcosidekick', { attachments: [{ color: '#e20b0b', text, fields }] }));
    expect(alert).toMatchObject({ service: 'map-api', severity: 'Critical', state: 'triggered' });
  });

  test('is the project of an error, which stands in the address', () => {
    const title_link = 'https://app.bugsnag.com/acme/map-android/errors/5f';
    const alert = alertIn(card('Bugsnag', 'IndexError in Tile.kt:12', { color: '#ff5a60', title_link }));
    expect(alert).toMatchObject({ service: 'map-android', state: 'triggered' });
  });
});

describe('Jenkins', () => {
  const run = (text: string) => alertIn(message('jenkins', { attachments: [{ fallback: text, text }] }));

  test('a deploy that fails begins an alert, and one that is back to normal ends it', () => {
    const begin = run('maps » map-api-deploy - #41 Failure after 3 min 2 sec (<https://ci.example/job/41|Open>)');
    expect(begin).toMatchObject({ service: 'map-api-deploy', state: 'triggered', url: 'https://ci.example/job/41' });
    const end = run('maps » map-api-deploy - #42 Back to normal after 2 min 1 sec (<https://ci.example/job/42|Open>)');
    expect(end).toMatchObject({ state: 'resolved', key: begin?.key });
  });

  test.each([
    'map-api-tests - #7 Failure after 1 min 3 sec (<https://ci.example/7|Open>)',
    'map-api-deploy - #43 Success after 2 min 1 sec (<https://ci.example/43|Open>)',
    'map-api-deploy - #44 Started by changes from Ann (2 files changed)',
  ])('%s: is no alert', (text) => {
    expect(run(text)).toBeUndefined();
  });
});

describe('the severity', () => {
  test.each([
    ['Rollbar', '[map-api] production - New Critical: #3 KeyError', {}, 'Critical'],
    ['Sumo Logic', 'Critical Monitor Alert: map-api logins', {}, 'Critical'],
    ['VictorOps', 'Incident #12: CRITICAL mq-2/queue', {}, 'CRITICAL'],
    [
      'netdata on mq-2',
      'md0 = 1 failed device',
      { author_name: 'mq-2', text: 'mdstat\nmq-2 is critical', color: 'danger' },
      'critical',
    ],
  ])('of %s stands at its place: %s', (app, title, rest, severity) => {
    expect(alertIn(card(app, title, rest))).toMatchObject({ severity });
  });
});

test.each([
  ['Deploy Bot', 'Deployment map-api is done'],
  ['Billing', 'Your plan ends soon and you will not get *down* alerts'],
  ['Wiki', 'The page “Alerts” is up for review'],
  ['Shop', '“Summer sale” is now up (shop.example.org)'],
  ['Calendar', 'The night shift is not on schedule'],
])('%s: %s — is no alert', (app, text) => {
  expect(alertIn(message(app, { text }))).toBeUndefined();
});
