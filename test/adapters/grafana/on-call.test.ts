/** Who is on call in Grafana OnCall and IRM: what they are asked, as the documentation says, and what answers mean. */
import nock from 'nock';
import { expect, test } from 'vitest';
import { grafanaOnCall } from '#adapters/grafana/on-call.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';

useMockedApis();

const source = grafanaOnCall({
  token: 'glsa_s3cret',
  apiUrl: new URL('https://oncall.example.com/oncall'),
  grafanaUrl: new URL('https://user:hidden@acme.grafana.net/'),
});
const api = () =>
  nock('https://oncall.example.com/oncall/api/v1', {
    reqheaders: { authorization: 'glsa_s3cret', 'x-grafana-url': 'https://acme.grafana.net' },
  });
const NOW_US = Date.UTC(2026, 0, 6, 14, 30) * 1_000;
const END = '2026-01-06T18:00:00Z';
const ID = 'SBM7DV7BKFUYU';
/** As the documentation shows them, shortened. */
const schedule = (onCallNow: readonly string[], more: object = {}) => ({
  id: ID,
  name: 'Payments',
  type: 'web',
  team_id: null,
  on_call_now: onCallNow,
  ...more,
});
const page = (results: readonly object[], next: string | null = null) => ({ count: 1, next, previous: null, results });
const finds = (name: string, results: readonly object[]) =>
  api().get('/schedules/').query({ name }).reply(200, page(results));
const shift = (id: string, more: object = {}) => ({
  user_pk: id,
  user_email: `${id.toLowerCase()}@example.com`,
  user_username: id.toLowerCase(),
  shift_start: '2026-01-05T18:00:00Z',
  shift_end: END,
  ...more,
});
const shifts = (results: readonly object[], { at = 1, next = null as string | null } = {}) =>
  api()
    .get(`/schedules/${ID}/final_shifts`)
    .query({ start_date: '2026-01-05', end_date: '2026-01-07', page: `${at}` })
    .reply(200, page(results, next));
const user = (id: string, slack: unknown) =>
  api()
    .get(`/users/${id}/`)
    .reply(200, { id, email: `${id.toLowerCase()}@example.com`, slack, username: id.toLowerCase(), role: 'user' });
const person = (id: string, slackId: string) => ({
  name: id.toLowerCase(),
  email: `${id.toLowerCase()}@example.com`,
  slackId,
  untilUs: Date.parse(END) * 1_000,
});
const asked = (target: string) => source.onCall(`schedule/${target}`, NOW_US, later());

test('a name: the users on call, each once, with the end of the shift', async () => {
  finds('Payments', [schedule(['UKIM', 'UANA', 'UKIM'])]);
  shifts([shift('UANA'), shift('UKIM'), shift('UKIM', { shift_start: END, shift_end: '2026-01-07T18:00:00Z' })]);
  user('UKIM', [{ user_id: 'U0KIM23', team_id: 'T1' }]);
  user('UANA', { user_id: 'U0ANA23', team_id: 'T1' });
  expect(await asked('Payments')).toEqual({
    kind: 'known',
    place: 'Grafana OnCall’s schedule Payments',
    people: [person('UKIM', 'U0KIM23'), person('UANA', 'U0ANA23')],
  });
});

test('an id, where no schedule has that name', async () => {
  finds(ID, []);
  api()
    .get(`/schedules/${ID}/`)
    .reply(200, schedule(['UKIM']));
  shifts([]);
  user('UKIM', null);
  expect(await asked(ID)).toMatchObject({ people: [{ ...person('UKIM', ''), untilUs: undefined }] });
});

test('an empty schedule has nobody, and asks no further', async () => {
  finds('Payments', [schedule([])]);
  expect(await asked('Payments')).toEqual({
    kind: 'known',
    place: 'Grafana OnCall’s schedule Payments',
    people: [],
  });
});

test('two schedules with one name: the answer has both ids', async () => {
  finds('Payments', [schedule(['UKIM']), schedule(['UANA'], { id: 'S3Z477AHDXTMF' })]);
  expect(await asked('Payments')).toEqual({
    kind: 'unknown',
    reason:
      'Grafana OnCall has 2 schedules with that name. Write the id of one: grafana:schedule/SBM7DV7BKFUYU, grafana:schedule/S3Z477AHDXTMF.',
  });
});

test('a list that ignores the name gives no other schedule', async () => {
  finds('Shop', [schedule(['UKIM'])]);
  expect(await asked('Shop')).toMatchObject({ reason: expect.stringContaining('Grafana OnCall has no schedule Shop') });
});

test('a missing id is said; a missing API names the address', async () => {
  finds(ID, []);
  api().get(`/schedules/${ID}/`).reply(404, { detail: 'Not found.' });
  expect(await asked(ID)).toMatchObject({
    kind: 'unknown',
    reason: expect.stringContaining(`Grafana OnCall has no schedule ${ID}, or GRAFANA_ONCALL_TOKEN may not see it`),
  });
  api().get('/schedules/').query(true).reply(404, { detail: 'Not found.' });
  expect(await asked('Payments')).toMatchObject({ reason: expect.stringContaining('Check GRAFANA_ONCALL_URL') });
});

test('the shifts go on over their pages', async () => {
  finds('Payments', [schedule(['UKIM'])]);
  shifts([shift('UANA')], { next: 'https://elsewhere.example/?page=2' });
  shifts([shift('UKIM')], { at: 2 });
  user('UKIM', []);
  expect(await asked('Payments')).toMatchObject({ people: [person('UKIM', '')] });
});

test('without the shifts the end is unknown, and people are still called', async () => {
  finds('Payments', [schedule(['UKIM'])]);
  api().get(`/schedules/${ID}/final_shifts`).query(true).reply(500);
  user('UKIM', [{ user_id: 'S0EVERYBODY' }, { user_id: 'U0KIM23' }]);
  expect(await asked('Payments')).toMatchObject({ people: [{ ...person('UKIM', 'U0KIM23'), untilUs: undefined }] });
});

test('without the right to read users, the shifts have the address', async () => {
  finds('Payments', [schedule(['UKIM'])]);
  shifts([shift('UKIM')]);
  api().get('/users/UKIM/').reply(403, { detail: 'No permission' });
  expect(await asked('Payments')).toMatchObject({ people: [person('UKIM', '')] });
});

test('without both, the refusal says what to check', async () => {
  finds('Payments', [schedule(['UKIM'])]);
  shifts([]);
  api().get('/users/UKIM/').reply(403, { detail: 'No permission' });
  expect(await asked('Payments')).toMatchObject({
    kind: 'unknown',
    reason: expect.stringContaining('GRAFANA_ONCALL_TOKEN'),
  });
});

test('an API key of Grafana OnCall needs no address of Grafana', async () => {
  const own = grafanaOnCall({ token: 'key', apiUrl: new URL('https://own.example.com'), grafanaUrl: undefined });
  nock('https://own.example.com', { badheaders: ['x-grafana-url'], reqheaders: { authorization: 'key' } })
    .get('/api/v1/schedules/')
    .query({ name: 'Payments' })
    .reply(200, page([schedule([])]));
  expect(await own.onCall('schedule/Payments', NOW_US, later())).toMatchObject({ kind: 'known' });
});
