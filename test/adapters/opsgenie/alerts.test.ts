/**
 * What Opsgenie and Jira Service Management are asked to do, as their documentation describes it, and what their answers
 * mean. No real account has answered these requests.
 */
import nock from 'nock';
import { describe, expect, test } from 'vitest';
import { checkOpsgenie, opsgeniePager } from '#adapters/opsgenie/alerts.ts';
import { readOpsgenieWebhook } from '#adapters/opsgenie/webhook.ts';
import type { PagerOrder } from '#model/incident/pager.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';
import { testPagerAnswers } from '#test/pager-answers-contract.ts';

const MARK = '0123456789abcdef';
const ALIAS = `spanhound-${MARK}`;
const KEY = '9b251e07-73c9-4907-9996-8cb53a6a20d0';
const WHOLE = `${KEY}-1704440650350`;
const SCHEDULE = 'd875a1c4-9b4e-4219-a1b3-0c26936d18de';
const CLOUD = '0f5f6b40-7dca-44fc-8036-6d6d550e853f';
const REQUEST = '43a29c5c-3dbf-4fa4-9c26-f4f71023e120';

useMockedApis();

const OPTIONS = {
  ...{ key: 's3cret', apiUrl: new URL('https://api.opsgenie.com'), jira: undefined, pauseMs: 0 },
  does: ['acknowledge', 'notes', 'resolve', 'page'] as const,
};
const JIRA = {
  ...OPTIONS,
  jira: { url: new URL('https://api.atlassian.com'), cloudId: CLOUD, user: 'bot@example.com' },
};

/** The same alerts under two addresses. */
const SYSTEMS = [
  {
    title: 'Opsgenie',
    isJira: false,
    pager: opsgeniePager(OPTIONS),
    api: () => nock('https://api.opsgenie.com/v2/alerts', { reqheaders: { authorization: 'GenieKey s3cret' } }),
    held: (value: unknown) => ({ data: value, took: 0.2, requestId: REQUEST }),
    body: (more: object = {}) => ({ ...more, source: 'Spanhound' }),
    alias: `/${ALIAS}?identifierType=alias`,
    limit: 'limit',
  },
  {
    title: 'Jira Service Management',
    isJira: true,
    pager: opsgeniePager(JIRA),
    api: () =>
      nock(`https://api.atlassian.com/jsm/ops/api/${CLOUD}/v1/alerts`, {
        reqheaders: { authorization: `Basic ${Buffer.from('bot@example.com:s3cret').toString('base64')}` },
      }),
    held: (value: unknown) => (Array.isArray(value) ? { values: value } : value),
    body: (more?: object) => more,
    alias: `/alias?alias=${ALIAS}`,
    limit: 'size',
  },
] as const;

const REMOTE = { id: KEY, labels: { alert_id: WHOLE }, mark: '' };
const ACKNOWLEDGE = { kind: 'acknowledge', remote: REMOTE } as const;
const RESOLVE = { kind: 'resolve', remote: REMOTE } as const;
const NOTE: Extract<PagerOrder, { kind: 'notes' }> = {
  ...{ kind: 'notes', remote: REMOTE, text: 'INC-7 status: identified', mark: MARK, isUncertain: false },
};
const PAGE: Extract<PagerOrder, { kind: 'page' }> = {
  ...{ kind: 'page', place: `schedule/${SCHEDULE}`, title: 'INC-7 Checkout is slow', text: 'P1, identified.' },
  ...{ remotes: [REMOTE], mark: MARK, isUncertain: false },
};
const ACCEPTED = { result: 'Request will be processed', took: 0.302, requestId: REQUEST };
const done = (isChange: boolean) => ({ kind: 'done', value: { isChange, remoteId: KEY, url: '' } });

describe.each(SYSTEMS)('$title', ({ isJira, pager, api, held, body, alias, limit }) => {
  const apply = (order: PagerOrder) => pager.apply(order, later());
  const alert = (status: string, acknowledged = false) => held({ id: WHOLE, tinyId: '23', status, acknowledged });
  const looks = (status: string, acknowledged = false) =>
    api().get(`/${WHOLE}`).reply(200, alert(status, acknowledged));
  const accepts = (path: string, sent: object | undefined) =>
    api()
      .post(path, sent as never)
      .reply(202, ACCEPTED);
  const ends = (isSuccess: boolean, status: string) =>
    api()
      .get(`/requests/${REQUEST}`)
      .reply(200, held({ action: 'x', isSuccess, status, alertId: WHOLE }));

  test('a state is changed after a look, and its end is waited for', async () => {
    looks('open');
    accepts(`/${WHOLE}/acknowledge`, body());
    api().get(`/requests/${REQUEST}`).reply(404, { message: 'Request not found. It might not be processed, yet.' });
    ends(true, 'Acknowledged alert');
    expect(await apply(ACKNOWLEDGE)).toEqual(done(true));
    looks('open', true);
    accepts(`/${WHOLE}/close`, body());
    ends(true, 'Closed alert');
    expect(await apply(RESOLVE)).toEqual(done(true));
  });

  test.each([
    [ACKNOWLEDGE, 'open', true],
    [ACKNOWLEDGE, 'closed', false],
    [RESOLVE, 'closed', true],
  ])('%o is done already: %s', async (order, status, acknowledged) => {
    looks(status, acknowledged);
    expect(await apply(order)).toEqual(done(false));
  });

  test('somebody closes it there while we do: the refusal is no trouble', async () => {
    looks('open');
    accepts(`/${WHOLE}/close`, body());
    ends(false, 'Alert is already closed');
    looks('closed');
    expect(await apply(RESOLVE)).toEqual(done(false));
  });

  test('a request that fails says why, and one that takes long is looked at again', async () => {
    looks('open');
    accepts(`/${WHOLE}/acknowledge`, body());
    ends(false, 'Alert is locked');
    looks('open');
    expect(await apply(ACKNOWLEDGE)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('is locked') });
    looks('open');
    accepts(`/${WHOLE}/acknowledge`, body());
    api().get(`/requests/${REQUEST}`).times(5).reply(404, {});
    expect(await apply(ACKNOWLEDGE)).toMatchObject({ kind: 'ambiguous' });
  });

  describe('a note', () => {
    const note = `INC-7 status: identified\nspanhound:${MARK}`;
    const added = () => {
      if (isJira) return void api().post(`/${WHOLE}/notes`, { note }).reply(200, { id: 1_704_440_650, note });
      accepts(`/${WHOLE}/notes`, body({ note }));
      ends(true, 'Note added');
    };
    const holds = (...notes: readonly string[]) =>
      api()
        .get(`/${WHOLE}/notes?${limit}=100`)
        .reply(200, held(notes.map((one) => ({ note: one, owner: 'Ana' }))));

    test('carries a mark, by which a second attempt finds it', async () => {
      looks('open');
      added();
      expect(await apply(NOTE)).toEqual(done(true));
      looks('open');
      holds('by hand', note);
      expect(await apply({ ...NOTE, isUncertain: true })).toEqual(done(false));
    });

    test('is added by a second attempt if the first one did not', async () => {
      looks('closed');
      holds('by hand');
      added();
      expect(await apply({ ...NOTE, isUncertain: true })).toEqual(done(true));
    });
  });

  describe('a page', () => {
    const created = () =>
      accepts('', {
        ...{ message: PAGE.title, alias: ALIAS, description: PAGE.text, tags: [ALIAS], source: 'Spanhound' },
        ...{ responders: [{ type: 'schedule', id: SCHEDULE }], priority: 'P1' },
      });

    test('is an alert of its own, which the webhook names as it is named here', async () => {
      created();
      ends(true, 'Created alert');
      api().get(alias).reply(200, alert('open'));
      expect(await apply(PAGE)).toEqual(done(true));
    });

    test('that is there already is found, also if somebody has closed it', async () => {
      api().get(alias).reply(200, alert('open'));
      expect(await apply({ ...PAGE, isUncertain: true })).toEqual(done(true));
      api().get(alias).reply(404, {});
      api()
        .get('')
        .query({ query: `tag:"${ALIAS}"` })
        .reply(200, held([{ id: WHOLE }]));
      expect(await apply({ ...PAGE, isUncertain: true })).toEqual(done(true));
    });

    test('is made by a second attempt if the first one did not', async () => {
      api().get(alias).reply(404, {});
      api()
        .get('')
        .query({ query: `tag:"${ALIAS}"` })
        .reply(200, held([]));
      created();
      ends(true, 'Created alert');
      api().get(alias).reply(200, alert('open'));
      expect(await apply({ ...PAGE, isUncertain: true })).toEqual(done(true));
    });

    test('of ours is acknowledged and closed by its alias; without one it is closed', async () => {
      const remote = { id: KEY, labels: {}, mark: MARK };
      api().get(alias).reply(200, alert('open'));
      accepts(`/${WHOLE}/acknowledge`, body());
      ends(true, 'Acknowledged alert');
      expect(await apply({ kind: 'acknowledge', remote })).toEqual(done(true));
      api().get(alias).reply(404, {});
      expect(await apply({ kind: 'resolve', remote })).toEqual(done(false));
    });
  });

  testPagerAnswers({
    apply: () => apply(PAGE),
    change: () => api().post(''),
    question: () => api().get(`/${WHOLE}`),
    applyState: () => apply(ACKNOWLEDGE),
    credentials: 'OPSGENIE_WRITE_KEY',
    cut: '{"result":"Request will be pro',
  });
});

describe('a page of a person', () => {
  const [opsgenie, jira] = SYSTEMS;
  const KIM = { ...PAGE, place: 'person/U012KIM', person: { name: 'Kim', email: 'kim@example.com' } };
  const user = () => nock('https://api.opsgenie.com/v2/users').get('/kim%40example.com');

  test('is an alert whose responder has their address', async () => {
    user().reply(200, { data: { id: 'b5b92115-bfe7-43eb-8c2a-e467f2e5ddc4', username: 'kim@example.com' } });
    const responders = [{ type: 'user', id: 'b5b92115-bfe7-43eb-8c2a-e467f2e5ddc4' }];
    opsgenie
      .api()
      .post('', (sent) => JSON.stringify(sent.responders) === JSON.stringify(responders) && sent.alias === ALIAS)
      .reply(202, { requestId: REQUEST });
    opsgenie
      .api()
      .get(`/requests/${REQUEST}`)
      .reply(200, opsgenie.held({ isSuccess: true, status: 'Created alert' }));
    opsgenie.api().get(opsgenie.alias).reply(404, {});
    expect(await opsgenie.pager.apply(KIM, later())).toMatchObject({ kind: 'done', value: { isChange: true } });
  });

  test('is refused without an account there, and by Jira Service Management', async () => {
    user().reply(404, {});
    expect(await opsgenie.pager.apply(KIM, later())).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('the address of Kim'),
    });
    expect(await jira.pager.apply(KIM, later())).toMatchObject({ kind: 'refused' });
  });
});

test('Opsgenie pages a schedule by its name, Jira Service Management by its id alone', async () => {
  const [opsgenie, jira] = SYSTEMS;
  const named = { ...PAGE, place: 'schedule/Payments' };
  opsgenie
    .api()
    .post('', ({ responders }) => JSON.stringify(responders) === '[{"type":"schedule","name":"Payments"}]')
    .reply(422, { message: 'Schedule not found' });
  expect(await opsgenie.pager.apply(named, later())).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('Schedule not found'),
  });
  expect(await jira.pager.apply(named, later())).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('by its id'),
  });
});

test('doctor asks for one alert, and changes nothing', async () => {
  const [opsgenie, jira] = SYSTEMS;
  opsgenie.api().get('?limit=1').reply(200, { data: [] });
  expect(await checkOpsgenie(OPTIONS, later())).toMatchObject({ ok: true });
  jira
    .api()
    .get('?size=1')
    .reply(200, { values: [{ id: WHOLE }] });
  expect(await checkOpsgenie(JIRA, later())).toMatchObject({ ok: true, detail: expect.stringContaining('bot@') });
  jira.api().get('?size=1').reply(401, { message: 'Unauthorized; scope does not match' });
  expect(await checkOpsgenie(JIRA, later())).toMatchObject({
    ok: false,
    remedy: expect.stringContaining('OPSGENIE_JIRA_USER'),
  });
});

test('the webhook keeps the whole id, which the API needs, beside the key', () => {
  const body = { action: 'Create', alert: { alertId: WHOLE, message: 'Checkout is slow' } };
  expect(readOpsgenieWebhook(body, 0)).toMatchObject({
    delivery: { subject: { key: KEY, labels: { alert_id: WHOLE } } },
  });
});

test('only ids of alerts can be changed', () => {
  const [{ pager }] = SYSTEMS;
  const taken = (id: string) => pager.takes('resolve', { ...REMOTE, id });
  expect([KEY, WHOLE, '#8812', '', '../requests', KEY.toUpperCase()].map(taken)).toEqual([
    ...[true, true, false, false, false, false],
  ]);
  expect(pager.takes('page', REMOTE)).toBe(false);
});
