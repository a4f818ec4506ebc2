/** Who is on call in Opsgenie: what it is asked, as its documentation describes it, and what its answers mean. */
import nock from 'nock';
import { expect, test } from 'vitest';
import { opsgenieOnCall } from '#adapters/opsgenie/on-call.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';

useMockedApis();

const source = opsgenieOnCall({ apiKey: 's3cret', apiUrl: new URL('https://api.opsgenie.com') });
const api = () => nock('https://api.opsgenie.com', { reqheaders: { authorization: 'GenieKey s3cret' } });
/** As the documentation shows it, with `flat`. */
const answer = (...users: readonly string[]) => ({
  data: {
    _parent: { id: 'd875alp4-9b4e-4219-alp3-0c26936d18de', name: 'Payments', enabled: true },
    onCallRecipients: users,
  },
  took: 0.101,
  requestId: '1a',
});
const person = (email: string) => ({ name: email, email, slackId: '', untilUs: undefined });

test.each([
  ['a name', 'Payments & Shop/EU', 'name'],
  ['an id', 'd875a1c4-9b4e-4219-a1b3-0c26936d18de', 'id'],
])('%s of a schedule: the users on call, each once', async (_, schedule, scheduleIdentifierType) => {
  api()
    .get(`/v2/schedules/${encodeURIComponent(schedule)}/on-calls`)
    .query({ scheduleIdentifierType, flat: 'true' })
    .reply(200, answer('kim@example.com', 'ana@example.com', 'kim@example.com'));
  expect(await source.onCall(`schedule/${schedule}`, 0, later())).toEqual({
    kind: 'known',
    place: 'Opsgenie’s schedule Payments',
    people: [person('kim@example.com'), person('ana@example.com')],
  });
});

test('an empty schedule has nobody, and a missing one is said', async () => {
  api().get('/v2/schedules/Payments/on-calls').query(true).reply(200, answer());
  expect(await source.onCall('schedule/Payments', 0, later())).toMatchObject({ kind: 'known', people: [] });
  api().get('/v2/schedules/Shop/on-calls').query(true).reply(404, { message: 'Schedule not found' });
  expect(await source.onCall('schedule/Shop', 0, later())).toMatchObject({
    reason: expect.stringContaining('Opsgenie has no schedule Shop'),
  });
});

test('a user whose name is no address is named, without an address', async () => {
  api().get('/v2/schedules/Payments/on-calls').query(true).reply(200, answer('Eve\u0007 <b>\r\nX: y'));
  expect(await source.onCall('schedule/Payments', 0, later())).toMatchObject({
    people: [{ name: 'Eve <b> X: y', email: '' }],
  });
});
