/**
 * What Grafana IRM is asked to do, as its documentation describes it, and what its answers mean. No real one has answered
 * these requests.
 */
import nock from 'nock';
import { describe, expect, test } from 'vitest';
import { checkGrafanaPager, grafanaPager } from '#adapters/grafana/alert-groups.ts';
import type { PagerOrder } from '#model/incident/pager.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';
import { testPagerAnswers } from '#test/pager-answers-contract.ts';

const MARK = '0123456789abcdef';
const ID = 'IZHCC4GTNPZ93';
const WEB = `https://acme.grafana.net/a/grafana-irm-app/alert-groups/${ID}`;
const GROUP_KEY = '{}/{team="shop"}:{alertname="Slow"}';
const OPTIONS = {
  ...{ token: 's3cret', apiUrl: new URL('https://oncall.example.com/oncall/') },
  grafanaUrl: new URL('https://acme.grafana.net/'),
  does: ['acknowledge', 'notes', 'resolve', 'page'] as const,
};

useMockedApis();

const pager = grafanaPager(OPTIONS);
const api = () =>
  nock('https://oncall.example.com/oncall/api/v1', {
    reqheaders: { authorization: 's3cret', 'x-grafana-url': 'https://acme.grafana.net' },
  });
const apply = (order: PagerOrder) => pager.apply(order, later());

/** As the API reference shows it, shortened. */
const shown = (state: string, more: object = {}) => ({
  ...{ id: ID, integration_id: 'CC3GZYZNIIEH5', state, title: 'Slow', permalinks: { slack: null, web: WEB } },
  last_alert: { id: 'AA74DN7T4JQB6', alert_group_id: ID, payload: { groupKey: GROUP_KEY, status: 'firing' } },
  ...more,
});
const other = (id: string) => shown('firing', { id, last_alert: { payload: { groupKey: '{}:{alertname="Full"}' } } });
const listed = (results: readonly object[], at = 1, next: string | null = null) =>
  api()
    .get('/alert_groups/')
    .query({ page: `${at}` })
    .reply(200, { count: 1, next, previous: null, results });
const looks = (state: string) => listed([shown(state)]);
const itself = (state: string) => api().get(`/alert_groups/${ID}`).reply(200, shown(state));

const REMOTE = { id: `${GROUP_KEY}/checkout`, labels: {}, mark: '' };
const OWN = { id: ID, labels: {}, mark: MARK };
const done = (isChange: boolean, remoteId = REMOTE.id, url = WEB) => ({
  kind: 'done',
  value: { isChange, remoteId, url },
});
const ACKNOWLEDGE = { kind: 'acknowledge', remote: REMOTE } as const;
const RESOLVE = { kind: 'resolve', remote: REMOTE } as const;
const NOTE: Extract<PagerOrder, { kind: 'notes' }> = {
  ...{ kind: 'notes', remote: OWN, text: 'INC-7 status: identified', mark: MARK, isUncertain: false },
};
const PAGE: Extract<PagerOrder, { kind: 'page' }> = {
  ...{ kind: 'page', place: 'schedule/Payments', title: 'INC-7 Checkout is slow', text: 'P1, identified.' },
  ...{ remotes: [], mark: MARK, isUncertain: false },
};

describe('the state of an alert group', () => {
  test('is changed after a look, and looked at again, because the answer is empty', async () => {
    looks('firing');
    api().post(`/alert_groups/${ID}/acknowledge`).reply(200);
    itself('acknowledged');
    expect(await apply(ACKNOWLEDGE)).toEqual(done(true));
    looks('acknowledged');
    api().post(`/alert_groups/${ID}/resolve`).reply(200);
    itself('resolved');
    expect(await apply(RESOLVE)).toEqual(done(true));
  });

  test('an answer that changed nothing is no success', async () => {
    looks('firing');
    api().post(`/alert_groups/${ID}/resolve`).reply(200, '<html>Sign in</html>');
    itself('firing');
    expect(await apply(RESOLVE)).toMatchObject({ kind: 'ambiguous' });
  });

  test.each([
    [ACKNOWLEDGE, 'acknowledged'],
    [ACKNOWLEDGE, 'resolved'],
    [RESOLVE, 'resolved'],
  ])('stays if %o is done already: %s', async (order, state) => {
    looks(state);
    expect(await apply(order)).toEqual(done(false));
  });

  test('somebody resolves it there while we do: the refusal is no trouble', async () => {
    looks('firing');
    api().post(`/alert_groups/${ID}/resolve`).reply(400, { detail: "Can't resolve a resolved alert group" });
    looks('resolved');
    expect(await apply(RESOLVE)).toEqual(done(false));
  });

  test('is found by the group key among the newest, page by page', async () => {
    listed([other('IOTHER1')], 1, 'https://oncall.example.com/oncall/api/v1/alert_groups/?page=2');
    listed([other('IOTHER2'), shown('resolved')], 2);
    expect(await apply(RESOLVE)).toEqual(done(false));
    listed([other('IOTHER1'), shown('firing', { id: 'IOLDVERSION', last_alert: undefined })]);
    expect(await apply(RESOLVE)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('contact point') });
  });

  test('of a page of ours is that of its id', async () => {
    itself('acknowledged');
    expect(await apply({ kind: 'acknowledge', remote: OWN })).toEqual(done(false, ID));
  });
});

describe('a note', () => {
  const text = `INC-7 status: identified\nspanhound:${MARK}`;
  const added = () =>
    api().post('/resolution_notes/', { alert_group_id: ID, text }).reply(201, { id: 'M4BTQUS3PRHYQ', text });
  const holds = (texts: readonly string[], at = 1, next: string | null = null) =>
    api()
      .get('/resolution_notes/')
      .query({ alert_group_id: ID, page: `${at}` })
      .reply(200, { results: texts.map((one) => ({ id: 'M', text: one })), next });

  test('carries a mark, by which a second attempt finds it', async () => {
    itself('firing');
    added();
    expect(await apply(NOTE)).toEqual(done(true, ID, ''));
    itself('firing');
    holds(['by hand'], 1, 'https://oncall.example.com/more');
    holds([text], 2);
    expect(await apply({ ...NOTE, isUncertain: true })).toEqual(done(false, ID, ''));
  });

  test('is added by a second attempt if the first one did not', async () => {
    itself('resolved');
    holds(['by hand']);
    added();
    expect(await apply({ ...NOTE, isUncertain: true })).toEqual(done(true, ID, ''));
  });
});

const schedule = (onCallNow: readonly string[], id = 'SBM7DV7BKFUYU') => ({
  ...{ id, name: 'Payments', on_call_now: onCallNow },
});
const onCall = (...schedules: readonly object[]) =>
  api().get('/schedules/').query({ name: 'Payments' }).reply(200, { results: schedules, next: null });

describe('a page', () => {
  const message = `${PAGE.text}\nspanhound:${MARK}`;
  const created = () =>
    api().post('/escalation/', {
      ...{ title: PAGE.title, message },
      users: ['U281SN24AVVJX', 'U5AKCVNDEDUE7'].map((id) => ({ id, important: true })),
    });
  const people = () => onCall(schedule(['U281SN24AVVJX', 'U5AKCVNDEDUE7', 'U281SN24AVVJX']));
  const paged = done(true, ID);

  test('notifies the people on call, each once, by an alert group of its own', async () => {
    people();
    created().reply(200, shown('firing'));
    expect(await apply(PAGE)).toEqual(paged);
  });

  test('that is there already is found by its mark, also if somebody has resolved it', async () => {
    people();
    listed([other('IOTHER1'), shown('resolved', { last_alert: { payload: { oncall: { message } } } })]);
    expect(await apply({ ...PAGE, isUncertain: true })).toEqual(paged);
    people();
    listed([shown('firing', { title: PAGE.title, last_alert: undefined })]);
    expect(await apply({ ...PAGE, isUncertain: true })).toEqual(paged);
  });

  test('is made by a second attempt if the first one did not', async () => {
    people();
    listed([other('IOTHER1')]);
    created().reply(200, shown('firing'));
    expect(await apply({ ...PAGE, isUncertain: true })).toEqual(paged);
  });

  test('needs one schedule with somebody on call', async () => {
    onCall(schedule([]));
    expect(await apply(PAGE)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('Nobody') });
    onCall(schedule(['U1SOMEBODY']), schedule(['U1SOMEBODY'], 'SOTHER1'));
    expect(await apply(PAGE)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('several') });
    onCall();
    expect(await apply(PAGE)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('no schedule') });
  });
});

testPagerAnswers({
  apply: () => apply(PAGE),
  change() {
    onCall(schedule(['U281SN24AVVJX']));
    return api().post('/escalation/');
  },
  question: () => api().get('/alert_groups/').query({ page: '1' }),
  applyState: () => apply(ACKNOWLEDGE),
  credentials: 'GRAFANA_ONCALL_WRITE_TOKEN',
  cut: '{"id":"IZHCC4GT',
});

test('doctor asks for alert groups, and changes nothing', async () => {
  listed([]);
  expect(await checkGrafanaPager(OPTIONS, later())).toMatchObject({ ok: true });
  api().get('/alert_groups/').query(true).reply(403, { detail: 'You do not have permission' });
  expect(await checkGrafanaPager(OPTIONS, later())).toMatchObject({
    ok: false,
    remedy: expect.stringContaining('GRAFANA_ONCALL_WRITE_TOKEN'),
  });
});

test('alerts and pages of ours can be changed; nobody joins an alert group', () => {
  expect(pager.takes('resolve', REMOTE)).toBe(true);
  expect(pager.takes('notes', OWN)).toBe(true);
  expect(pager.takes('notes', { ...OWN, id: '../users' })).toBe(false);
  expect(pager.takes('page', OWN)).toBe(false);
});
