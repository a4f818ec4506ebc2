/** Who is on call in ilert: what it is asked, as its documentation describes it, and what its answers mean. */
import nock from 'nock';
import { expect, test } from 'vitest';
import { ilertOnCall } from '#adapters/ilert/on-call.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';

useMockedApis();

const source = ilertOnCall({ apiKey: 's3cret', apiUrl: new URL('https://api.ilert.com') });
const api = () => nock('https://api.ilert.com', { reqheaders: { authorization: 'Bearer s3cret' } });
const END_US = Date.UTC(2026, 0, 6, 18, 0) * 1_000;
/** As the documentation shows it, shortened. */
const onCall = (id: number, more: object = {}) => ({
  user: { id, firstName: 'Kim', lastName: `No ${id}`, email: `kim${id}@example.com`, role: 'USER' },
  escalationPolicy: { id: 7, name: 'Shop' },
  schedule: { id: 12, name: 'Payments', type: 'STATIC' },
  start: '2026-01-05T18:00:00Z',
  end: '2026-01-06T18:00:00Z',
  escalationLevel: 1,
  ...more,
});
const person = (id: number) => ({
  name: `Kim No ${id}`,
  email: `kim${id}@example.com`,
  slackId: '',
  untilUs: END_US,
});
const asks = (parameter: string, id: string, start = '0') =>
  api()
    .get('/api/on-calls')
    .query({ [parameter]: id, expand: ['user', 'escalationPolicy'], 'start-index': start, 'max-results': '100' });

test('a schedule: who is on call, and until when', async () => {
  asks('schedules', '12').reply(200, [onCall(1)]);
  expect(await source.onCall('schedule/12', 0, later())).toEqual({
    kind: 'known',
    place: 'ilert’s schedule Payments',
    people: [person(1)],
  });
});

test('a policy: its levels in their order, a person once, all pages', async () => {
  const page = Array.from({ length: 100 }, () => onCall(2, { escalationLevel: 2 }));
  asks('policies', '7').reply(200, page);
  asks('policies', '7', '100').reply(200, [onCall(1), onCall(2)]);
  expect(await source.onCall('policy/7', 0, later())).toEqual({
    kind: 'known',
    place: 'ilert’s escalation policy Shop',
    people: [person(1), person(2)],
  });
});

test('an empty list: the schedule says whether it exists', async () => {
  asks('schedules', '12').reply(200, []);
  api().get('/api/schedules/12').reply(200, { id: 12, name: 'Payments' });
  expect(await source.onCall('schedule/12', 0, later())).toEqual({
    kind: 'known',
    place: 'ilert’s schedule Payments',
    people: [],
  });
  asks('policies', '9').reply(200, []);
  api().get('/api/escalation-policies/9').reply(404, { message: 'not found' });
  expect(await source.onCall('policy/9', 0, later())).toMatchObject({
    reason: expect.stringContaining('ilert has no escalation policy 9'),
  });
});
