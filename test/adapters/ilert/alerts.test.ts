/**
 * What ilert is asked to do, as its documentation describes it, and what its answers mean. No real account has answered
 * these requests.
 */
import nock from 'nock';
import { describe, expect, test } from 'vitest';
import { checkIlert, ilertPager } from '#adapters/ilert/alerts.ts';
import type { PagerOrder } from '#model/incident/pager.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';
import { testPagerAnswers } from '#test/pager-answers-contract.ts';

const MARK = '0123456789abcdef';
const OPTIONS = {
  ...{ key: 's3cret', apiUrl: new URL('https://api.ilert.com'), source: '1243' },
  does: ['acknowledge', 'resolve', 'page'] as const,
};

useMockedApis();

const pager = ilertPager(OPTIONS);
const api = () => nock('https://api.ilert.com/api', { reqheaders: { authorization: 'Bearer s3cret' } });
const apply = (order: PagerOrder) => pager.apply(order, later());

/** As the API reference shows it, without what is not read. */
const shown = (status: string, more: object = {}) => ({ id: 4125, summary: 'Checkout is slow', status, ...more });
const done = (isChange: boolean) => ({ kind: 'done', value: { isChange, remoteId: '4125', url: '' } });
const looks = (status: string) => api().get('/alerts/4125').reply(200, shown(status));

const REMOTE = { id: '4125', labels: {}, mark: '' };
const ACKNOWLEDGE = { kind: 'acknowledge', remote: REMOTE } as const;
const RESOLVE = { kind: 'resolve', remote: REMOTE } as const;
const PAGE: Extract<PagerOrder, { kind: 'page' }> = {
  ...{ kind: 'page', place: 'policy/77', title: 'INC-7 Checkout is slow', text: 'P1, identified.' },
  ...{ remotes: [], mark: MARK, isUncertain: false },
};

describe('the state of an alert', () => {
  test('is changed only after a look', async () => {
    looks('PENDING');
    api().put('/alerts/4125/accept').reply(200, shown('ACCEPTED'));
    expect(await apply(ACKNOWLEDGE)).toEqual(done(true));
    looks('ACCEPTED');
    api().put('/alerts/4125/resolve').reply(200, shown('RESOLVED'));
    expect(await apply(RESOLVE)).toEqual(done(true));
  });

  test.each([
    [ACKNOWLEDGE, 'ACCEPTED'],
    [ACKNOWLEDGE, 'RESOLVED'],
    [RESOLVE, 'RESOLVED'],
  ])('stays if %o is done already: %s', async (order, status) => {
    looks(status);
    expect(await apply(order)).toEqual(done(false));
  });

  test('somebody resolves it there while we do: the refusal is no trouble', async () => {
    looks('ACCEPTED');
    api().put('/alerts/4125/resolve').reply(400, { status: 400, message: 'Alert is already resolved', code: 'X' });
    looks('RESOLVED');
    expect(await apply(RESOLVE)).toEqual(done(false));
  });
});

describe('a page', () => {
  const details = `${PAGE.text}\nspanhound:${MARK}`;
  const created = (target: object) =>
    api().post('/alerts', {
      ...{ summary: PAGE.title, details, alertSource: { id: 1243 }, priority: 'HIGH' },
      ...target,
    });
  const holds = (...alerts: readonly object[]) =>
    api().get('/alerts').query({ sources: '1243', 'max-results': '100' }).reply(200, alerts);

  test('of a policy is an alert that it escalates', async () => {
    created({ escalationPolicy: { id: 77 } }).reply(201, shown('PENDING'));
    expect(await apply(PAGE)).toEqual(done(true));
  });

  test('of a schedule is an alert for the people on call now, each once', async () => {
    const user = (id: number) => ({ user: { id } });
    api()
      .get('/on-calls')
      .query({ schedules: '99' })
      .reply(200, [user(1), user(2), user(1)]);
    created({ responders: [user(1), user(2)] }).reply(201, shown('PENDING'));
    expect(await apply({ ...PAGE, place: 'schedule/99' })).toEqual(done(true));
    api().get('/on-calls').query({ schedules: '99' }).reply(200, []);
    expect(await apply({ ...PAGE, place: 'schedule/99' })).toMatchObject({ kind: 'refused' });
  });

  test('that is there already is found by its mark, also if somebody has resolved it', async () => {
    holds({ id: 1, status: 'PENDING', details: 'by hand' }, shown('RESOLVED', { details }));
    expect(await apply({ ...PAGE, isUncertain: true })).toEqual(done(true));
  });

  test('is made by a second attempt if the first one did not', async () => {
    holds(shown('PENDING', { details: 'another page spanhound:fedcba9876543210' }));
    created({ escalationPolicy: { id: 77 } }).reply(201, shown('PENDING'));
    expect(await apply({ ...PAGE, isUncertain: true })).toEqual(done(true));
  });

  test('is not repeated if ilert does not say what it has', async () => {
    api().get('/alerts').query(true).reply(500, {});
    expect(await apply({ ...PAGE, isUncertain: true })).toMatchObject({ kind: 'ambiguous' });
  });

  test('needs an alert source', async () => {
    const without = ilertPager({ ...OPTIONS, source: undefined });
    expect(await without.apply(PAGE, later())).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('ILERT_ALERT_SOURCE'),
    });
  });
});

testPagerAnswers({
  apply: () => apply(PAGE),
  change: () => api().post('/alerts'),
  question: () => api().get('/alerts/4125'),
  applyState: () => apply(ACKNOWLEDGE),
  credentials: 'ILERT_WRITE_KEY',
  cut: '{"id":4125,"sta',
});

test('doctor asks for the alert source, and changes nothing', async () => {
  api().get('/alert-sources/1243').reply(200, { id: 1243, name: 'Spanhound', integrationKey: 'il1api' });
  expect(await checkIlert(OPTIONS, later())).toMatchObject({ ok: true });
  api().get('/alert-sources/1243').reply(404, {});
  expect(await checkIlert(OPTIONS, later())).toMatchObject({ ok: false });
  expect(await checkIlert({ ...OPTIONS, source: undefined }, later())).toMatchObject({
    ok: false,
    remedy: expect.stringContaining('ILERT_ALERT_SOURCE'),
  });
  api().get('/alerts').query({ 'max-results': '1' }).reply(401, {});
  expect(await checkIlert({ ...OPTIONS, does: ['resolve'], source: undefined }, later())).toMatchObject({
    remedy: expect.stringContaining('ILERT_WRITE_KEY'),
  });
});

test('only ids of alerts can be changed; no alert takes a note or a responder', () => {
  const taken = (id: string) => pager.takes('resolve', { ...REMOTE, id });
  expect(['4125', '', '0', '4125/x', '-1', '../users'].map(taken)).toEqual([true, false, false, false, false, false]);
  expect([pager.takes('notes', REMOTE), pager.takes('page', REMOTE)]).toEqual([false, false]);
});
