/** Who is on call in incident.io: what it is asked, as its documentation describes it, and what its answers mean. */
import nock from 'nock';
import { expect, test } from 'vitest';
import { incidentIoOnCall } from '#adapters/incidentio/on-call.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';

useMockedApis();

const source = incidentIoOnCall({ apiKey: 's3cret', apiUrl: new URL('https://api.incident.io') });
const api = () => nock('https://api.incident.io', { reqheaders: { authorization: 'Bearer s3cret' } });
const NOW = '2026-01-06T14:30:00.000Z';
const NOW_US = Date.parse(NOW) * 1_000;
const END = '2026-01-06T18:00:00Z';
const ID = '01G0J1EXE7AXZ2C93K61WBPYEH';
/** As the documentation shows them, shortened. */
const schedule = (id: string, name: string) => ({ id, name, timezone: 'Europe/London', team_ids: [] });
const user = (name: string, more: object = {}) => ({
  id: `01USER${name.toUpperCase()}`,
  name,
  email: `${name.toLowerCase()}@example.com`,
  role: 'viewer',
  slack_user_id: `U0${name.toUpperCase()}23`,
  ...more,
});
const entry = (of: object | undefined, more: object = {}) => ({
  entry_id: '01G0J1EXE7AXZ2C93K61WBPYEH',
  rotation_id: '01G0J1EXE7AXZ2C93K61WBPYEH',
  start_at: '2026-01-05T18:00:00Z',
  end_at: END,
  user: of,
  ...more,
});
const person = (name: string) => ({
  name,
  email: `${name.toLowerCase()}@example.com`,
  slackId: `U0${name.toUpperCase()}23`,
  untilUs: Date.parse(END) * 1_000,
});
const shows = (id = ID, name = 'Payments') =>
  api()
    .get(`/v2/schedules/${id}`)
    .reply(200, { schedule: schedule(id, name) });
const lists = (schedules: readonly object[], after?: string, before?: string) =>
  api()
    .get('/v2/schedules')
    .query({ page_size: '100', ...(before && { after: before }) })
    .reply(200, { schedules, ...(after && { pagination_meta: { after, page_size: 100 } }) });
const has = (final: readonly object[], { id = ID, after = '', start = NOW } = {}) =>
  api()
    .get('/v2/schedule_entries')
    .query({ schedule_id: id, entry_window_start: start, entry_window_end: '2026-01-06T14:31:00.000Z' })
    .reply(200, {
      schedule_entries: { final, overrides: [], scheduled: [entry(user('Eve'))] },
      ...(after && { pagination_meta: { after, after_url: 'https://elsewhere.example/next' } }),
    });
const asked = (target: string) => source.onCall(`schedule/${target}`, NOW_US, later());

test('an id: the people of the final entries, each once, and until when', async () => {
  shows();
  has([entry(user('Kim')), entry(user('Ana')), entry(user('Kim'), { end_at: '2026-01-07T18:00:00Z' })]);
  expect(await asked(ID)).toEqual({
    kind: 'known',
    place: 'incident.io’s schedule Payments',
    people: [person('Kim'), person('Ana')],
  });
});

test('a name stands on any page of the list', async () => {
  lists([schedule('01A', 'Shop')], 'next');
  lists([schedule('01B', 'payments')], '', 'next');
  has([entry(user('Kim'))], { id: '01B' });
  expect(await asked('Payments')).toMatchObject({ place: 'incident.io’s schedule payments', people: [person('Kim')] });
});

test('a name in the same case counts more, and an id of another form is found', async () => {
  const all = [schedule('01A', 'payments'), schedule('01B', 'Payments'), schedule('new-id', 'Shop')];
  lists(all);
  has([], { id: '01B' });
  expect(await asked('Payments')).toMatchObject({ kind: 'known' });
  lists(all);
  has([], { id: 'new-id' });
  expect(await asked('new-id')).toMatchObject({ place: 'incident.io’s schedule Shop' });
});

test('a name of two schedules is nobody’s: the answer has both ids', async () => {
  lists([schedule('01A', 'Payments'), schedule('01B', 'Payments')]);
  expect(await asked('Payments')).toEqual({
    kind: 'unknown',
    reason:
      'incident.io has 2 schedules with that name. Write the id of one: incidentio:schedule/01A, incidentio:schedule/01B.',
  });
});

test('a list without end: the id is asked for', async () => {
  const page = [schedule('01A', 'Shop')];
  lists(page, 'p1');
  for (const at of [1, 2, 3, 4]) lists(page, `p${at + 1}`, `p${at}`);
  expect(await asked('Payments')).toEqual({
    kind: 'unknown',
    reason: 'incident.io has more than 5 schedules: write the id instead of the name.',
  });
});

test.each([
  ['no entry', []],
  ['an entry without a user', [entry(undefined)]],
  ['the shift that begins within the minute', [entry(user('Ana'), { start_at: '2026-01-06T14:30:30Z' })]],
  ['the shift that has just ended', [entry(user('Ana'), { end_at: NOW })]],
])('%s: nobody is on call', async (_, final) => {
  shows();
  has(final);
  expect(await asked(ID)).toEqual({ kind: 'known', place: 'incident.io’s schedule Payments', people: [] });
});

test('all pages of the entries, with the cursor as the start', async () => {
  shows();
  has([entry(user('Kim'))], { after: 'cursor' });
  has([entry(user('Ana'))], { start: 'cursor' });
  expect(await asked(ID)).toMatchObject({ people: [person('Kim'), person('Ana')] });
});

test('a schedule that is not there, by id and by name', async () => {
  api().get(`/v2/schedules/${ID}`).reply(404, { type: 'not_found', status: 404, errors: [] });
  const missing = { kind: 'unknown', reason: expect.stringContaining(`incident.io has no schedule ${ID}`) };
  expect(await asked(ID)).toEqual(missing);
  lists([]);
  expect(await asked('Payments')).toMatchObject({
    reason: expect.stringContaining('incident.io has no schedule Payments, or INCIDENT_IO_API_KEY may not see it'),
  });
});

test('entries that fail are an unknown answer, and not an empty schedule', async () => {
  shows();
  api()
    .get('/v2/schedule_entries')
    .query(true)
    .reply(403, { errors: [{ message: 'missing scope' }] });
  expect(await asked(ID)).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('INCIDENT_IO_API_KEY') });
});

test('a group’s id, an address and a name that are none call nobody else', async () => {
  shows();
  has([entry({ id: '01X', name: 'Eve\u0007 <!channel>\r\nX: y', email: 'no address', slack_user_id: 'S0EVERYBODY' })]);
  expect(await asked(ID)).toMatchObject({ people: [{ name: 'Eve <!channel> X: y', email: '', slackId: '' }] });
});
