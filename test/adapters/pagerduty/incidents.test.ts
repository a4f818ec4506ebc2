/**
 * What PagerDuty is asked to do, as its documentation describes it, and what its answers mean. No real account has
 * answered these requests.
 */
import nock from 'nock';
import { describe, expect, test } from 'vitest';
import { checkPagerDuty, pagerDutyPager } from '#adapters/pagerduty/incidents.ts';
import type { PagerOrder } from '#model/incident/pager.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';
import { testPagerAnswers } from '#test/pager-answers-contract.ts';

const MARK = '0123456789abcdef';
const FROM = 'spanhound@example.com';
const OPTIONS = {
  ...{ key: 's3cret', from: FROM, apiUrl: new URL('https://api.pagerduty.com') },
  does: ['acknowledge', 'notes', 'resolve', 'page'] as const,
};

useMockedApis();

const pager = pagerDutyPager(OPTIONS);
const api = () =>
  nock('https://api.pagerduty.com', {
    reqheaders: {
      ...{ authorization: 'Token token=s3cret', accept: 'application/vnd.pagerduty+json;version=2' },
      from: FROM,
    },
  });
const apply = (order: PagerOrder) => pager.apply(order, later());

/** As the API reference shows it. */
const shown = (status: string, more: object = {}) => ({
  incident: {
    ...{ id: 'PT4KHLK', type: 'incident', incident_number: 1234, title: 'Checkout is slow', status },
    ...{ html_url: 'https://acme.pagerduty.com/incidents/PT4KHLK', incidents_responders: [], responder_requests: [] },
    ...more,
  },
});
const refusal = (code: number, ...errors: readonly string[]) => ({
  error: { message: 'Invalid Input Provided', code, errors },
});
const done = (isChange: boolean, url = 'https://acme.pagerduty.com/incidents/PT4KHLK') => ({
  kind: 'done',
  value: { isChange, remoteId: 'PT4KHLK', url },
});
/** It is no page of ours. */
const joined = { kind: 'done', value: { isChange: true, remoteId: '', url: shown('triggered').incident.html_url } };
const looks = (status: string) => api().get('/incidents/PT4KHLK').reply(200, shown(status));
const changes = (status: string) => api().put('/incidents/PT4KHLK', { incident: { type: 'incident', status } });

const REMOTE = { id: 'PT4KHLK', labels: {}, mark: '' };
const ACKNOWLEDGE = { kind: 'acknowledge', remote: REMOTE } as const;
const RESOLVE = { kind: 'resolve', remote: REMOTE } as const;
const NOTE = {
  kind: 'notes',
  remote: REMOTE,
  text: 'INC-7 status: identified',
  mark: MARK,
  isUncertain: false,
} as const;
const PAGE: Extract<PagerOrder, { kind: 'page' }> = {
  ...{ kind: 'page', place: 'service/PSERV1', title: 'INC-7 Checkout is slow', text: 'P1, identified.' },
  ...{ remotes: [], mark: MARK, isUncertain: false },
};

describe('the state of an incident', () => {
  test('is changed only after a look', async () => {
    looks('triggered');
    changes('acknowledged').reply(200, shown('acknowledged'));
    expect(await apply(ACKNOWLEDGE)).toEqual(done(true));
    looks('acknowledged');
    changes('resolved').reply(200, shown('resolved'));
    expect(await apply(RESOLVE)).toEqual(done(true));
  });

  test.each([
    [ACKNOWLEDGE, 'acknowledged'],
    [ACKNOWLEDGE, 'resolved'],
    [RESOLVE, 'resolved'],
  ])('stays if %o is done already: %s', async (order, status) => {
    looks(status);
    expect(await apply(order)).toEqual(done(false));
  });

  test('somebody resolves it there while we do: the refusal is no trouble', async () => {
    looks('acknowledged');
    changes('resolved').reply(400, refusal(2001, 'Incident Already Resolved'));
    looks('resolved');
    expect(await apply(RESOLVE)).toEqual(done(false));
  });

  test('a refusal says what PagerDuty says', async () => {
    looks('triggered');
    changes('acknowledged').reply(400, refusal(2001, 'Requester User Not Found'));
    looks('triggered');
    expect(await apply(ACKNOWLEDGE)).toEqual({
      kind: 'refused',
      reason: 'PagerDuty does not accept the request (HTTP 400). It said: Requester User Not Found',
    });
  });
});

testPagerAnswers({
  apply: () => apply(NOTE),
  change: () => api().post('/incidents/PT4KHLK/notes'),
  question: () => api().get('/incidents/PT4KHLK'),
  applyState: () => apply(ACKNOWLEDGE),
  credentials: 'PAGERDUTY_WRITE_KEY',
  cut: '{"note":{"id":"PW',
});

describe('a note', () => {
  const added = () =>
    api()
      .post('/incidents/PT4KHLK/notes', { note: { content: `INC-7 status: identified\nspanhound:${MARK}` } })
      .reply(201, { note: { id: 'PWL7QXS', content: '…', created_at: '2026-01-06T14:30:00Z' } });
  const holds = (...contents: readonly string[]) =>
    api()
      .get('/incidents/PT4KHLK/notes')
      .reply(200, { notes: contents.map((content, at) => ({ id: `PN${at}`, content })) });

  test('carries a mark, by which a second attempt finds it', async () => {
    added();
    expect(await apply(NOTE)).toEqual(done(true, ''));
    holds('by hand', `INC-7 status: identified\nspanhound:${MARK}`);
    expect(await apply({ ...NOTE, isUncertain: true })).toEqual(done(false, ''));
  });

  test('is added by a second attempt if the first one did not', async () => {
    holds('by hand');
    added();
    expect(await apply({ ...NOTE, isUncertain: true })).toEqual(done(true, ''));
  });
});

describe('a page', () => {
  const created = () =>
    api().post('/incidents', {
      incident: {
        ...{ type: 'incident', title: PAGE.title, service: { id: 'PSERV1', type: 'service_reference' } },
        incident_key: `spanhound-${MARK}`,
        body: { type: 'incident_body', details: PAGE.text },
      },
    });
  const withKey = (...incidents: readonly object[]) =>
    api()
      .get('/incidents')
      .query({ date_range: 'all', incident_key: `spanhound-${MARK}` })
      .reply(200, { incidents });

  test('of a service is an incident there', async () => {
    created().reply(201, shown('triggered'));
    expect(await apply(PAGE)).toEqual(done(true));
  });

  test('that is there already is found by its key', async () => {
    withKey(shown('triggered').incident);
    expect(await apply({ ...PAGE, isUncertain: true })).toEqual(done(true));
    created().reply(400, refusal(2002, 'Open incident with matching dedup key already exists on this service'));
    withKey(shown('acknowledged').incident);
    expect(await apply(PAGE)).toEqual(done(true));
  });

  test('is made by a second attempt if the first one did not', async () => {
    withKey();
    created().reply(201, shown('triggered'));
    expect(await apply({ ...PAGE, isUncertain: true })).toEqual(done(true));
  });

  test('that PagerDuty refuses stays refused', async () => {
    created().reply(400, refusal(2001, 'Service cannot be found'));
    withKey();
    expect(await apply(PAGE)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('cannot be found') });
  });

  const user = (email = FROM) =>
    api()
      .get('/users')
      .query({ query: FROM })
      .reply(200, { users: [{ id: 'PUSER1', email }] });
  const requested = (target: Readonly<Record<string, string>>) =>
    api()
      .post('/incidents/PT4KHLK/responder_requests', {
        requester_id: 'PUSER1',
        message: `${PAGE.title}\n${PAGE.text}\nspanhound:${MARK}`,
        responder_request_targets: [{ responder_request_target: target }],
      })
      .reply(200, { responder_request: { incident: { id: 'PT4KHLK', type: 'incident_reference' } } });
  const POLICY = { ...PAGE, place: 'policy/PPOLICY', remotes: [REMOTE] };

  test('of a policy adds its people to the incident that is open there', async () => {
    looks('acknowledged');
    user();
    requested({ id: 'PPOLICY', type: 'escalation_policy_reference' });
    expect(await apply(POLICY)).toEqual(joined);
  });

  test('of a schedule adds who is on call now', async () => {
    api()
      .get('/oncalls')
      .query({ 'schedule_ids[]': 'PSCHED', earliest: 'true' })
      .reply(200, { oncalls: [{ user: { id: 'PKIM01', type: 'user_reference' } }] });
    looks('triggered');
    user();
    requested({ id: 'PKIM01', type: 'user_reference' });
    expect(await apply({ ...POLICY, place: 'schedule/PSCHED' })).toEqual(joined);
  });

  const KIM = {
    ...PAGE,
    place: 'person/U012KIM',
    person: { name: 'Kim', email: 'kim@example.com' },
    remotes: [REMOTE],
  };
  const kim = (email = 'Kim@example.com') =>
    api()
      .get('/users')
      .query({ query: 'kim@example.com' })
      .reply(200, {
        users: [
          { id: 'PKIM02', email: 'kim@example.community' },
          { id: 'PKIM01', email },
        ],
      });

  test('of a person adds them to the incident that is open there, by their address', async () => {
    kim();
    looks('acknowledged');
    user();
    requested({ id: 'PKIM01', type: 'user_reference' });
    expect(await apply(KIM)).toEqual(joined);
  });

  test('of a person without an account there is refused, and one without an incident there', async () => {
    kim('another@example.com');
    expect(await apply(KIM)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('the address of Kim') });
    kim();
    looks('resolved');
    expect(await apply(KIM)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('none of this one') });
  });

  test('of a person is not repeated if the request is there', async () => {
    kim();
    const responder_requests = [{ message: `…\nspanhound:${MARK}` }];
    api().get('/incidents/PT4KHLK').reply(200, shown('triggered', { responder_requests }));
    expect(await apply({ ...KIM, isUncertain: true })).toEqual(joined);
  });

  test('of a policy is not repeated if the request is there', async () => {
    const responder_requests = [{ message: `…\nspanhound:${MARK}` }];
    api().get('/incidents/PT4KHLK').reply(200, shown('triggered', { responder_requests }));
    expect(await apply({ ...POLICY, isUncertain: true })).toEqual(joined);
  });

  test('of a policy needs an incident there, and a known user', async () => {
    expect(await apply({ ...POLICY, remotes: [] })).toMatchObject({
      reason: expect.stringContaining('Page a service'),
    });
    looks('resolved');
    expect(await apply(POLICY)).toMatchObject({ kind: 'refused' });
    looks('triggered');
    user('other@example.com');
    expect(await apply(POLICY)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('PAGERDUTY_FROM') });
  });
});

test('doctor asks for the user, and changes nothing', async () => {
  const asked = (users: readonly object[], status = 200) =>
    api().get('/users').query({ query: FROM }).reply(status, { users });
  asked([{ id: 'PUSER1', email: 'Spanhound@example.com' }]);
  expect(await checkPagerDuty(OPTIONS, later())).toMatchObject({ ok: true });
  asked([]);
  expect(await checkPagerDuty(OPTIONS, later())).toMatchObject({
    ok: false,
    remedy: expect.stringContaining('PAGERDUTY_FROM'),
  });
  asked([], 401);
  expect(await checkPagerDuty(OPTIONS, later())).toMatchObject({
    ok: false,
    remedy: expect.stringContaining('PAGERDUTY_WRITE_KEY'),
  });
});

test('only ids of PagerDuty name incidents', () => {
  const taken = (id: string) => pager.takes('resolve', { ...REMOTE, id });
  expect(['PT4KHLK', 'Q1I8E2P0CJSIIB', '', 'pt4khlk', '../users', '1704550000.000100'].map(taken)).toEqual([
    ...[true, true, false, false, false, false],
  ]);
});
