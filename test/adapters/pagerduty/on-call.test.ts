/** Who is on call in PagerDuty: what it is asked, as its documentation describes it, and what its answers mean. */
import nock from 'nock';
import { expect, test } from 'vitest';
import { pagerDutyOnCall } from '#adapters/pagerduty/on-call.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';

const NOW_US = Date.UTC(2026, 0, 6, 14, 30) * 1_000;
const UNTIL_US = Date.UTC(2026, 0, 6, 18, 0) * 1_000;

/** As the API reference shows it, with the users included. */
const onCall = (name: string, more: object = {}) => ({
  escalation_policy: { id: 'PT20YPA', type: 'escalation_policy_reference', summary: 'Shop' },
  escalation_level: 1,
  schedule: { id: 'PI7DH85', type: 'schedule_reference', summary: 'Payments' },
  user: { id: `P${name.toUpperCase()}`, type: 'user', summary: name, name, email: `${name}@example.com` },
  start: '2026-01-05T18:00:00Z',
  end: '2026-01-06T18:00:00Z',
  ...more,
});
const listed = (oncalls: readonly object[], more = false) => ({ oncalls, limit: 100, offset: 0, more, total: null });
const duty = (name: string, untilUs: number | undefined = UNTIL_US) => ({
  name,
  email: `${name}@example.com`,
  slackId: '',
  untilUs,
});

useMockedApis();

const source = pagerDutyOnCall({ apiKey: 's3cret', apiUrl: new URL('https://api.pagerduty.com') });
const api = () =>
  nock('https://api.pagerduty.com', {
    reqheaders: { authorization: 'Token token=s3cret', accept: 'application/vnd.pagerduty+json;version=2' },
  });
const asks = (query: Readonly<Record<string, string>>, offset = '0') =>
  api()
    .get('/oncalls')
    .query({ ...query, 'include[]': 'users', limit: '100', offset });
const ask = (place: string) => source.onCall(place, NOW_US, later());

test('a schedule: who is on call, and until when', async () => {
  asks({ 'schedule_ids[]': 'PI7DH85' }).reply(200, listed([onCall('kim')]));
  expect(await ask('schedule/PI7DH85')).toEqual({
    kind: 'known',
    place: 'PagerDuty’s schedule Payments',
    people: [duty('kim')],
  });
});

test('a policy: its levels in their order, and a person once', async () => {
  const answer = [
    onCall('boss', { escalation_level: 3, schedule: null, end: null }),
    onCall('ana', { escalation_level: 2 }),
    onCall('kim'),
    onCall('kim', { escalation_level: 2 }),
  ];
  asks({ 'escalation_policy_ids[]': 'PT20YPA' }).reply(200, listed(answer));
  expect(await ask('policy/PT20YPA')).toEqual({
    kind: 'known',
    place: 'PagerDuty’s escalation policy Shop',
    people: [duty('kim'), duty('ana'), { ...duty('boss'), untilUs: undefined }],
  });
});

test('a service: the people of its policy', async () => {
  api()
    .get('/services/PSERV1')
    .reply(200, { service: { id: 'PSERV1', name: 'checkout', escalation_policy: { id: 'PT20YPA' } } });
  asks({ 'escalation_policy_ids[]': 'PT20YPA' }).reply(200, listed([onCall('kim')]));
  expect(await ask('service/PSERV1')).toMatchObject({ place: 'PagerDuty’s service checkout', people: [duty('kim')] });
});

test('all pages are read, up to a limit', async () => {
  asks({ 'schedule_ids[]': 'PI7DH85' }).reply(200, listed([onCall('kim')], true));
  asks({ 'schedule_ids[]': 'PI7DH85' }, '100').reply(200, listed([onCall('ana')], true));
  asks({ 'schedule_ids[]': 'PI7DH85' }, '200').reply(200, listed([onCall('lea')], true));
  expect(await ask('schedule/PI7DH85')).toMatchObject({ people: [duty('kim'), duty('ana'), duty('lea')] });
});

test('a page that fails is no half of an answer', async () => {
  asks({ 'schedule_ids[]': 'PI7DH85' }).reply(200, listed([onCall('kim')], true));
  asks({ 'schedule_ids[]': 'PI7DH85' }, '100').reply(503);
  expect(await ask('schedule/PI7DH85')).toMatchObject({ kind: 'unknown' });
});

test('an empty list: the schedule says whether it exists', async () => {
  asks({ 'schedule_ids[]': 'PI7DH85' }).reply(200, listed([]));
  api()
    .get('/schedules/PI7DH85')
    .reply(200, { schedule: { id: 'PI7DH85', summary: 'Payments' } });
  expect(await ask('schedule/PI7DH85')).toEqual({ kind: 'known', place: 'PagerDuty’s schedule Payments', people: [] });

  asks({ 'schedule_ids[]': 'PNONE01' }).reply(200, listed([]));
  api()
    .get('/schedules/PNONE01')
    .reply(404, { error: { message: 'Not Found', code: 2100 } });
  expect(await ask('schedule/PNONE01')).toMatchObject({
    kind: 'unknown',
    reason: expect.stringContaining('PagerDuty has no schedule PNONE01'),
  });
});

test('names and addresses of strangers are one short line, or none', async () => {
  const user = {
    id: 'PEVE',
    name: `Eve\u0000\n<!channel> \u202e${'x'.repeat(5_000)}`,
    email: 'eve@example.com\r\nX: y',
  };
  asks({ 'schedule_ids[]': 'PI7DH85' }).reply(200, listed([onCall('kim', { user, schedule: { summary: 7 } })]));
  const answer = await ask('schedule/PI7DH85');
  expect(answer).toMatchObject({ place: 'PagerDuty’s schedule PI7DH85', people: [{ email: '' }] });
  const [eve] = answer.kind === 'known' ? answer.people : [];
  expect(eve?.name).toMatch(/^Eve <!channel> x+$/);
  expect(eve?.name.length).toBe(100);
});
