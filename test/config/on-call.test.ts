/** Who is on call, as people write it. */
import { expect, test } from 'vitest';
import { loadConfig } from '#config/load.ts';

const lists = (env: Readonly<Record<string, string>>) => loadConfig(env).incidents;

test('targets of systems stand beside people and groups', () => {
  const { commander, page } = lists({
    SPANHOUND_ON_CALL: 'cause, pagerduty:policy/PDEF456,S0ONCALL,here',
    SPANHOUND_PAGE_ON_CALL:
      'payments team=pagerduty:schedule/PABC123,shop=U012ABC,eu=incidentio:schedule/Zahlung Süd,us=grafana:schedule/Öl',
  });
  expect(commander.onCall).toEqual(['cause', 'pagerduty:policy/PDEF456', 'S0ONCALL', 'here']);
  expect(page.onCall).toEqual([
    'payments team=pagerduty:schedule/PABC123',
    'shop=U012ABC',
    'eu=incidentio:schedule/Zahlung Süd',
    'us=grafana:schedule/Öl',
  ]);
});

test('the list of a channel has its id before each target', () => {
  const { commander } = lists({ SPANHOUND_ON_CALL_BY_CHANNEL: 'C0SECURITY=grafana:schedule/Öl,C0SECURITY=here' });
  expect(commander.onCallByChannel).toEqual([
    { channelId: 'C0SECURITY', target: 'grafana:schedule/Öl' },
    { channelId: 'C0SECURITY', target: 'here' },
  ]);
});

test('a severity has its own minutes, and its own list', () => {
  const { commander, page } = lists({
    SPANHOUND_COMMANDER_MINUTES_P2: '30',
    SPANHOUND_PAGE_MINUTES_P0: '2',
    SPANHOUND_ON_CALL_BY_SEVERITY: 'P0=cause,P0=S0EXECUTIVE',
  });
  expect(commander).toMatchObject({ minutes: 5, minutesBySeverity: { P2: 30 } });
  expect(page).toMatchObject({ minutes: 5, minutesBySeverity: { P0: 2 } });
  expect(commander.onCallBySeverity).toEqual([
    { severity: 'P0', target: 'cause' },
    { severity: 'P0', target: 'S0EXECUTIVE' },
  ]);
});

test('whoever is invited has a severity before the id', () => {
  const { channel } = lists({ SPANHOUND_CHANNEL_INVITE: 'P0=S0EXECS,P1=U012ABC' });
  expect(channel.invite).toEqual([
    { severity: 'P0', who: 'S0EXECS' },
    { severity: 'P1', who: 'U012ABC' },
  ]);
});

test.each([
  ['SPANHOUND_CHANNEL_INVITE', 'S0EXECS', 'must be a severity, =, and the id of a person'],
  ['SPANHOUND_CHANNEL_INVITE', 'P0=cause', 'must be a severity, =, and the id of a person'],
  ['SPANHOUND_ON_CALL_BY_CHANNEL', 'security=U012ABC', 'must be the id of a channel (C…), =, and the id of a person'],
  ['SPANHOUND_ON_CALL_BY_CHANNEL', 'C0SECURITY=kim', 'must be the id of a person'],
  ['SPANHOUND_ON_CALL_BY_SEVERITY', 'U012ABC', 'must be a severity, =, and the id of a person'],
  ['SPANHOUND_ON_CALL_BY_SEVERITY', 'P4=U012ABC', 'must be a severity, =, and the id of a person'],
  ['SPANHOUND_ON_CALL_BY_SEVERITY', 'P0=kim', 'must be the id of a person'],
  ['SPANHOUND_COMMANDER_MINUTES_P0', '-1', 'must be at least 0'],
  ['SPANHOUND_PAGE_MINUTES_P3', '1441', 'must be at most 1440'],
  ['SPANHOUND_ON_CALL', 'kim', 'must be the id of a person (U…) or a user group (S…) in Slack, or cause, or here'],
  [
    'SPANHOUND_ON_CALL',
    'pagerdty:schedule/P1ABC',
    'Who is on call is read from pagerduty, grafana, opsgenie, ilert, incidentio, rota, ical',
  ],
  ['SPANHOUND_ON_CALL', 'pagerduty:PABC123', 'must be a target such as pagerduty:schedule/PABC123 or'],
  ['SPANHOUND_ON_CALL', 'pagerduty:schedule/../users', 'must be a target such as'],
  ['SPANHOUND_ON_CALL', 'opsgenie:schedule/..', 'must be a target such as opsgenie:schedule/Payments'],
  ['SPANHOUND_ON_CALL', 'ilert:schedule/me', 'must be a target such as ilert:schedule/123456 or ilert:policy/123456'],
  ['SPANHOUND_ON_CALL', 'incidentio:schedule/../users', 'must be a target such as incidentio:schedule/Payments'],
  ['SPANHOUND_ON_CALL', 'grafana:Payments', 'must be a target such as grafana:schedule/Payments'],
  ['SPANHOUND_ON_CALL', 'slack:xoxb-1', 'Who is on call is read from pagerduty'],
  ['SPANHOUND_PAGE_ON_CALL', 'U012ABC', 'must be the name of a team or a service, =,'],
  ['SPANHOUND_PAGE_ON_CALL', 'payments=cause', 'a target such as pagerduty:schedule/PABC123'],
  ['SPANHOUND_PAGE_ON_CALL', 'payments=here', 'must be the id of a person'],
  ['SPANHOUND_ON_CALL_PEOPLE', 'kim@example.com', 'such as kim@example.com=U012ABC'],
  ['SPANHOUND_ON_CALL_WAIT_SECONDS', '0', 'must be at least 1'],
])('%s=%s is refused with what to write', (variable, text, why) => {
  expect(() => lists({ [variable]: text })).toThrow(why);
});
