/** Who is on call in Jira Service Management: what it is asked, as its documentation describes it, and its answers. */
import nock from 'nock';
import { expect, test } from 'vitest';
import { opsgenie } from '#adapters/opsgenie/index.ts';
import { jiraOnCall } from '#adapters/opsgenie/jira-on-call.ts';
import { loadConfig } from '#config/load.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';

useMockedApis();

const CLOUD = '11111111-2222-4333-8444-555555555555';
const SCHEDULE = 'f8f2a4ec-54b2-4513-865b-8cb3b81c9544';
const OPTIONS = { token: 't0ken', user: 'bot@example.com', cloudId: CLOUD, url: new URL('https://api.atlassian.com') };
const source = jiraOnCall(OPTIONS);
const authorization = `Basic ${Buffer.from('bot@example.com:t0ken').toString('base64')}`;
const api = () => nock('https://api.atlassian.com', { reqheaders: { authorization } });
const SCHEDULES = `/jsm/ops/api/${CLOUD}/v1/schedules`;
const users = (...values: readonly object[]) => ({ maxResults: 50, startAt: 0, total: values.length, values });
const KIM = {
  accountId: '5b2b-kim',
  accountType: 'atlassian',
  displayName: 'Kim Park',
  emailAddress: 'kim@example.com',
};

test('a name is looked up, and the people on call get their names and addresses, each once', async () => {
  api()
    .get(SCHEDULES)
    .query({ query: 'Payments', size: 100 })
    .reply(200, {
      values: [
        { id: 'other', name: 'Payments EU' },
        { id: SCHEDULE, name: 'Payments', timezone: 'UTC', enabled: true },
      ],
      links: {},
    })
    .get(`${SCHEDULES}/${SCHEDULE}/on-calls`)
    .query({ flat: true })
    .reply(200, { onCallUsers: ['5b2b-kim', '712020:ana', '5b2b-kim'] })
    .get(`/ex/jira/${CLOUD}/rest/api/3/user/bulk`)
    .query({ maxResults: 50, accountId: ['5b2b-kim', '712020:ana'] })
    .reply(200, users({ accountId: '712020:ana', displayName: 'Ana' }, KIM));
  expect(await source.onCall('schedule/Payments', 0, later())).toEqual({
    kind: 'known',
    place: 'Jira Service Management’s schedule Payments',
    people: [
      { name: 'Kim Park', email: 'kim@example.com', slackId: '', untilUs: undefined },
      { name: 'Ana', email: '', slackId: '', untilUs: undefined },
    ],
  });
});

test('an id is asked at once, and an empty schedule has nobody', async () => {
  api().get(`${SCHEDULES}/${SCHEDULE}/on-calls`).query(true).reply(200, { onCallUsers: [] });
  expect(await source.onCall(`schedule/${SCHEDULE}`, 0, later())).toMatchObject({ kind: 'known', people: [] });
});

test('people whom Jira does not name have their account id as a name', async () => {
  api()
    .get(`${SCHEDULES}/${SCHEDULE}/on-calls`)
    .query(true)
    .reply(200, { onCallUsers: ['5b2b-kim'] })
    .get(`/ex/jira/${CLOUD}/rest/api/3/user/bulk`)
    .query(true)
    .reply(403, { message: 'no' });
  expect(await source.onCall(`schedule/${SCHEDULE}`, 0, later())).toMatchObject({
    people: [{ name: '5b2b-kim', email: '' }],
  });
});

test('a schedule that is missing or has a twin is said', async () => {
  const twins = [
    { id: 'a1', name: 'Payments' },
    { id: 'b2', name: 'Payments' },
  ];
  api().get(SCHEDULES).query(true).reply(200, { values: twins }).get(SCHEDULES).query(true).reply(200, { values: [] });
  expect(await source.onCall('schedule/Payments', 0, later())).toMatchObject({
    reason: expect.stringContaining('opsgenie:schedule/a1, opsgenie:schedule/b2'),
  });
  expect(await source.onCall('schedule/Payments', 0, later())).toMatchObject({
    reason: expect.stringContaining('has no schedule Payments'),
  });
  api().get(`${SCHEDULES}/${SCHEDULE}/on-calls`).query(true).reply(404, {});
  expect(await source.onCall(`schedule/${SCHEDULE}`, 0, later())).toMatchObject({ kind: 'unknown' });
});

test('a refused token is said, and never quoted', async () => {
  api().get(`${SCHEDULES}/${SCHEDULE}/on-calls`).query(true).reply(401, { message: 't0ken is wrong' });
  const answer = await source.onCall(`schedule/${SCHEDULE}`, 0, later());
  expect(answer).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('OPSGENIE_API_KEY') });
  expect(JSON.stringify(answer)).not.toContain('t0ken');
});

test('with the id of a site and its user, Jira is asked in place of Opsgenie', async () => {
  const env = { OPSGENIE_API_KEY: 't0ken', OPSGENIE_JIRA_CLOUD_ID: CLOUD, OPSGENIE_JIRA_USER: 'bot@example.com' };
  expect((await opsgenie.onCall?.open(loadConfig(env)))?.title).toBe('Jira Service Management');
  expect((await opsgenie.onCall?.open(loadConfig({ OPSGENIE_API_KEY: 'k3y' })))?.title).toBe('Opsgenie');
});
