/**
 * What incident.io is asked to do, as its documentation describes it, and what its answers mean. No real account has
 * answered these requests.
 */
import nock from 'nock';
import { describe, expect, test } from 'vitest';
import { checkIncidentIo, incidentIoPager } from '#adapters/incidentio/incidents.ts';
import type { PagerOrder } from '#model/incident/pager.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';
import { testPagerAnswers } from '#test/pager-answers-contract.ts';

const MARK = '0123456789abcdef';
const ID = '01FDAG4SAP5TYPT98WGR2N7W91';
const ESCALATION = '01G0J1EXE7AXZ2C93K61WBPYEH';
const CLOSED = '01HR85VFNXWH1H6976YCEJ5XJB';
const LINK = 'https://app.incident.io/acme/incidents/123';
const OPTIONS = {
  ...{ key: 's3cret', apiUrl: new URL('https://api.incident.io'), nowUs: () => Date.UTC(2026, 0, 6, 14, 30) * 1_000 },
  does: ['acknowledge', 'resolve', 'page'] as const,
};

useMockedApis();

const pager = incidentIoPager(OPTIONS);
const api = () => nock('https://api.incident.io', { reqheaders: { authorization: 'Bearer s3cret' } });
const apply = (order: PagerOrder) => pager.apply(order, later());

const INCIDENT = { id: ID, labels: { reference: 'INC-123' }, mark: '' };
const ALERT = { id: ID, labels: { deduplication_key: '4293868629', reference: 'x' }, mark: '' };
const OWN = { id: ESCALATION, labels: {}, mark: MARK };
const RESOLVE = { kind: 'resolve', remote: INCIDENT } as const;
const PAGE: Extract<PagerOrder, { kind: 'page' }> = {
  ...{ kind: 'page', place: 'schedule/Payments', title: 'INC-7 Checkout is slow', text: 'P1, identified.' },
  ...{ remotes: [], mark: MARK, isUncertain: false },
};
const done = (isChange: boolean, remoteId = ID, url = LINK) => ({ kind: 'done', value: { isChange, remoteId, url } });

/** As the API reference shows them, shortened. */
const incident = (category: string) => ({
  incident: { id: ID, reference: 'INC-123', permalink: LINK, incident_status: { name: category, category } },
});
const looks = (category: string) => api().get(`/v2/incidents/${ID}`).reply(200, incident(category));
const statuses = (...categories: readonly string[]) =>
  api()
    .get('/v1/incident_statuses')
    .reply(200, {
      incident_statuses: categories.map((category, at) => ({
        ...{ id: category === 'closed' ? CLOSED : ESCALATION, name: category, category, rank: at },
      })),
    });
const edits = () =>
  api().post(`/v2/incidents/${ID}/actions/edit`, {
    ...{ incident: { incident_status_id: CLOSED }, notify_incident_channel: true },
  });
/** Its errors have one form: https://docs.incident.io/introduction */
const refusal = (status: number, message: string) => ({
  ...{ type: 'validation_error', status, request_id: 'x', errors: [{ code: 'is_invalid', message }] },
});

describe('an incident', () => {
  test('is closed after a look, with the status of this organisation', async () => {
    looks('live');
    statuses('triage', 'live', 'learning', 'closed');
    edits().reply(200, incident('closed'));
    expect(await apply(RESOLVE)).toEqual(done(true));
  });

  test.each(['closed', 'learning', 'declined', 'merged', 'canceled'])('stays if it is %s', async (category) => {
    looks(category);
    expect(await apply(RESOLVE)).toEqual(done(false));
  });

  test('somebody closes it there while we do: the refusal is no trouble', async () => {
    looks('live');
    statuses('closed');
    edits().reply(422, refusal(422, 'cannot move a closed incident'));
    looks('closed');
    expect(await apply(RESOLVE)).toEqual(done(false));
  });

  test('a refusal says what incident.io says', async () => {
    looks('live');
    statuses('closed');
    edits().reply(422, refusal(422, 'a custom field is required'));
    looks('live');
    expect(await apply(RESOLVE)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('a custom field is required'),
    });
  });

  test('needs a status that closes', async () => {
    looks('live');
    statuses('live');
    looks('live');
    expect(await apply(RESOLVE)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('closed') });
  });
});

describe('an escalation of ours', () => {
  const shown = (status: string) => ({ escalation: { id: ESCALATION, status, title: PAGE.title } });
  const escalated = (status: string) => api().get(`/v2/escalations/${ESCALATION}`).reply(200, shown(status));
  const cancels = () => api().post(`/v2/escalations/${ESCALATION}/actions/cancel`);

  test.each(['acknowledge', 'resolve'] as const)('is cancelled to %s it, and looked at again', async (kind) => {
    escalated('triggered');
    cancels().reply(204);
    escalated('cancelled');
    expect(await apply({ kind, remote: OWN })).toEqual(done(true, ESCALATION, ''));
  });

  test('an answer that cancelled nothing is no success', async () => {
    escalated('snoozed');
    cancels().reply(200, '<html>Sign in</html>');
    escalated('snoozed');
    expect(await apply({ kind: 'acknowledge', remote: OWN })).toMatchObject({ kind: 'ambiguous' });
  });

  test.each(['acked', 'cancelled', 'expired', 'resolved'])('stays if it is %s', async (status) => {
    escalated(status);
    expect(await apply({ kind: 'acknowledge', remote: OWN })).toEqual(done(false, ESCALATION, ''));
  });
});

const SCHEDULE = '01GPVCGRTQHP8HWQ7Q7HW2G3V0';
const entry = (id: string) => ({
  ...{ start_at: '2026-01-05T18:00:00Z', end_at: '2026-01-06T18:00:00Z' },
  user: { id, name: id, email: `${id.toLowerCase()}@example.com` },
});
const onCall = (...ids: readonly string[]) => {
  api()
    .get('/v2/schedules')
    .query(true)
    .reply(200, { schedules: [{ id: SCHEDULE, name: 'Payments' }], pagination_meta: {} });
  api()
    .get('/v2/schedule_entries')
    .query(true)
    .reply(200, { schedule_entries: { final: ids.map(entry) }, pagination_meta: {} });
};

describe('a page', () => {
  const created = (more: object = {}) =>
    api().post('/v2/escalations', {
      ...{ idempotency_key: `spanhound-${MARK}`, title: PAGE.title, description: PAGE.text },
      ...{ user_ids: ['01KIM', '01ANA'], ...more },
    });
  const paged = done(true, ESCALATION, '');

  test('is an escalation to the people on call, each once; a second attempt has the same key', async () => {
    for (const isUncertain of [false, true]) {
      onCall('01KIM', '01ANA', '01KIM');
      created().reply(201, { escalation: { id: ESCALATION, status: 'triggered' } });
      expect(await apply({ ...PAGE, isUncertain })).toEqual(paged);
    }
  });

  test('is linked with the incident', async () => {
    onCall('01KIM', '01ANA');
    created({ incident_id: ID }).reply(201, { escalation: { id: ESCALATION, status: 'triggered' } });
    expect(await apply({ ...PAGE, remotes: [INCIDENT] })).toEqual(paged);
  });

  const KIM = {
    ...PAGE,
    place: 'person/U012KIM',
    person: { name: 'Kim', email: 'kim@example.com' },
    remotes: [INCIDENT],
  };
  const users = (email: string) =>
    api()
      .get('/v2/users')
      .query({ email: 'kim@example.com' })
      .reply(200, { users: [{ id: '01FCNDV6P870EA6S7TK1DSYDG0', email }] });

  test('of a person is an escalation to them, by their address', async () => {
    users('kim@example.com');
    const body = { idempotency_key: `spanhound-${MARK}`, title: PAGE.title, description: PAGE.text, incident_id: ID };
    api()
      .post('/v2/escalations', { ...body, user_ids: ['01FCNDV6P870EA6S7TK1DSYDG0'] })
      .reply(201, { escalation: { id: ESCALATION, status: 'triggered' } });
    expect(await apply(KIM)).toEqual(paged);
    users('another@example.com');
    expect(await apply(KIM)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('the address of Kim') });
  });

  test('needs somebody on call, and a key that may read it', async () => {
    onCall();
    expect(await apply(PAGE)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('Nobody') });
    api().get('/v2/schedules').query(true).reply(401, {});
    expect(await apply(PAGE)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('INCIDENT_IO_WRITE_KEY'),
    });
  });
});

testPagerAnswers({
  apply: () => apply(PAGE),
  change() {
    onCall('01KIM');
    return api().post('/v2/escalations');
  },
  question: () => api().get(`/v2/incidents/${ID}`),
  applyState: () => apply(RESOLVE),
  credentials: 'INCIDENT_IO_WRITE_KEY',
  cut: '{"escalation":{"id":"01G0',
});

test('doctor asks for statuses and escalations, and changes nothing', async () => {
  const escalations = (status: number) =>
    api().get('/v2/escalations').query({ page_size: '1' }).reply(status, { escalations: [] });
  statuses('closed');
  escalations(200);
  expect(await checkIncidentIo(OPTIONS, later())).toMatchObject({ ok: true });
  statuses('live');
  expect(await checkIncidentIo({ ...OPTIONS, does: ['resolve'] }, later())).toMatchObject({ ok: false });
  escalations(403);
  expect(await checkIncidentIo({ ...OPTIONS, does: ['page'] }, later())).toMatchObject({
    ok: false,
    remedy: expect.stringContaining('INCIDENT_IO_WRITE_KEY'),
  });
});

test('incidents are closed, escalations of ours are cancelled, and alerts are left alone', () => {
  const taken = (['acknowledge', 'notes', 'resolve', 'page'] as const).map((action) =>
    [INCIDENT, OWN, ALERT, { ...INCIDENT, id: '../users' }].map((remote) => pager.takes(action, remote)),
  );
  expect(taken).toEqual([
    [false, true, false, false],
    [false, false, false, false],
    [true, true, false, false],
    [true, false, false, false],
  ]);
});
