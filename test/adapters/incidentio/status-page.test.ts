/** What incident.io is asked about a status page, as its documentation describes it, and what its answers mean. */
import nock from 'nock';
import { describe, expect, test } from 'vitest';
import { checkIncidentIoStatusPage, incidentIoStatusPage } from '#adapters/incidentio/status-page.ts';
import type { Publication } from '#model/incident/status-page.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';

useMockedApis();

const PAGE = '01FCNDV6P870EA6S7TK1DSYDG0';
const INCIDENT = '01FCNDV6P870EA6S7TK1DSYDG1';
const LOGIN = '01FCNDV6P870EA6S7TK1DSYDG2';
const PAYMENTS = '01FCNDV6P870EA6S7TK1DSYDG3';
const OPTIONS = {
  pageId: PAGE,
  key: 'k3y',
  apiUrl: new URL('https://api.incident.io'),
  components: [
    { name: 'Login', id: LOGIN },
    { name: 'Payments', id: PAYMENTS },
  ],
  componentState: 'none' as const,
  notify: true,
};
const APPROVED = '2026-01-06T14:30:00.000Z';
const UPDATE: Publication = {
  updateId: 'u-2',
  pageId: 'u-1',
  status: 'identified',
  title: 'Logins fail',
  text: 'We know why.',
  components: ['Login', 'Unknown'],
  nextUs: undefined,
  approvedUs: Date.parse(APPROVED) * 1_000,
  remoteId: undefined,
  corrects: undefined,
  isUncertain: false,
};
const page = incidentIoStatusPage(OPTIONS);
const api = () => nock('https://api.incident.io/v2', { reqheaders: { authorization: 'Bearer k3y' } });
/** As the documentation shows it, shortened. */
const update = (more: object = {}) => ({
  id: 'up-1',
  incident_status: 'identified',
  message: 'We know why.',
  published_at: APPROVED,
  status_page_incident_id: INCIDENT,
  component_statuses: [],
  ...more,
});
const incident = (updates: readonly object[] = [update()]) => ({
  status_page_incident: {
    id: INCIDENT,
    incident_status: 'identified',
    name: 'Logins fail',
    published_at: APPROVED,
    status_page_id: PAGE,
    component_impacts: [],
    updates,
  },
});
const SENT = { kind: 'sent', remoteId: INCIDENT, remoteUpdateId: 'up-1', url: '' };
const LATER = { ...UPDATE, remoteId: INCIDENT };

test('the first update creates an incident, with a key of ours against a second one', async () => {
  api()
    .post('/status_page_incidents', {
      idempotency_key: 'spanhound-u-1',
      status_page_id: PAGE,
      name: 'Logins fail',
      message: 'We know why.',
      incident_status: 'identified',
      notify_subscribers: true,
    })
    .reply(201, incident());
  expect(await page.publish(UPDATE, later())).toEqual(SENT);
});

test('a later one is an update of it', async () => {
  api()
    .post('/status_page_incident_updates', {
      status_page_incident_id: INCIDENT,
      message: 'We know why.',
      incident_status: 'identified',
      notify_subscribers: false,
    })
    .reply(201, { status_page_incident_update: update({ id: 'up-2' }) });
  const silent = incidentIoStatusPage({ ...OPTIONS, notify: false });
  expect(await silent.publish(LATER, later())).toEqual({ ...SENT, remoteUpdateId: 'up-2' });
});

test.each([
  ['investigating', [{ component_id: LOGIN, component_status: 'full_outage' }]],
  ['identified', [{ component_id: LOGIN, component_status: 'full_outage' }]],
  ['monitoring', [{ component_id: LOGIN, component_status: 'degraded_performance' }]],
  ['resolved', undefined],
] as const)('%s gives the named components their state, if the settings say so', async (status, states) => {
  const bodies: { component_statuses?: unknown }[] = [];
  api()
    .post('/status_page_incident_updates', (body) => bodies.push(body) > 0)
    .times(2)
    .reply(201, { status_page_incident_update: update() });
  const withStates = incidentIoStatusPage({ ...OPTIONS, componentState: 'full_outage' });
  await withStates.publish({ ...LATER, status }, later());
  await withStates.publish({ ...LATER, status, components: ['Unknown'] }, later());
  expect(bodies.map((body) => body.component_statuses)).toEqual([states, undefined]);
});

describe('a correction', () => {
  const corrects = { updateId: 'u-1', remoteUpdateId: 'up-1' };

  test('is an update of its own, and changes no status', async () => {
    api()
      .post('/status_page_incident_updates', {
        status_page_incident_id: INCIDENT,
        message: 'Correction of an earlier update: We know why.',
        notify_subscribers: true,
      })
      .reply(201, { status_page_incident_update: update({ id: 'up-3' }) });
    expect(await page.publish({ ...LATER, corrects }, later())).toEqual({ ...SENT, remoteUpdateId: 'up-3' });
  });

  test('of what the page does not have is refused', async () => {
    expect(await page.publish({ ...UPDATE, corrects }, later())).toMatchObject({ kind: 'refused' });
  });
});

describe('after an attempt without an answer', () => {
  const uncertain = { ...UPDATE, isUncertain: true };
  const uncertainLater = { ...LATER, isUncertain: true };

  test('the same key finds the incident that it made', async () => {
    api().post('/status_page_incidents').reply(201, incident());
    expect(await page.publish(uncertain, later())).toEqual(SENT);
  });

  test('an incident that an earlier update began gets this one', async () => {
    api()
      .post('/status_page_incidents')
      .reply(201, incident([update({ message: 'We look.' })]))
      .post('/status_page_incident_updates', ({ message }) => message === 'We know why.')
      .reply(201, { status_page_incident_update: update({ id: 'up-2' }) });
    expect(await page.publish(uncertain, later())).toEqual({ ...SENT, remoteUpdateId: 'up-2' });
  });

  test('an update is looked for, and not sent again where it is', async () => {
    api()
      .get(`/status_page_incidents/${INCIDENT}`)
      .reply(200, incident([update({ id: 'up-2', message: '**We know why.**\n' }), update({ message: 'We look.' })]));
    expect(await page.publish(uncertainLater, later())).toEqual({ ...SENT, remoteUpdateId: 'up-2' });
  });

  test('the same words of an hour before are another update', async () => {
    api()
      .get(`/status_page_incidents/${INCIDENT}`)
      .reply(200, incident([update({ published_at: '2026-01-06T13:30:00Z' })]))
      .post('/status_page_incident_updates')
      .reply(201, { status_page_incident_update: update({ id: 'up-2' }) });
    expect(await page.publish(uncertainLater, later())).toEqual({ ...SENT, remoteUpdateId: 'up-2' });
  });

  test('a correction is looked for by its own words', async () => {
    const corrects = { updateId: 'u-1', remoteUpdateId: 'up-1' };
    api()
      .get(`/status_page_incidents/${INCIDENT}`)
      .reply(
        200,
        incident([update(), update({ id: 'up-3', message: 'Correction of an earlier update: We know why.' })]),
      );
    expect(await page.publish({ ...uncertainLater, corrects }, later())).toEqual({ ...SENT, remoteUpdateId: 'up-3' });
  });

  test.each([
    [500, 'trouble'],
    [200, '<html>log in</html>'],
  ])('%d without the incident: nothing is sent, and it stays uncertain', async (status, body) => {
    api().get(`/status_page_incidents/${INCIDENT}`).reply(status, body);
    expect(await page.publish(uncertainLater, later())).toEqual({
      kind: 'ambiguous',
      reason: 'incident.io did not say whether it has the update.',
    });
  });

  test('a deleted incident is refused, with what to do', async () => {
    api().get(`/status_page_incidents/${INCIDENT}`).reply(404, {});
    expect(await page.publish(uncertainLater, later())).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('post the rest by hand'),
    });
  });
});

test.each([
  [401, 'Check INCIDENT_IO_STATUS_PAGE_KEY'],
  [403, 'Check INCIDENT_IO_STATUS_PAGE_KEY'],
  [404, 'Check INCIDENT_IO_STATUS_PAGE_ID.'],
  [422, 'It said: name is too long'],
])('%d is refused, with what to do', async (status, reason) => {
  const errors = [{ code: 'invalid_value', message: 'name is too long' }];
  api().post('/status_page_incidents').reply(status, { type: 'validation_error', status, errors });
  expect(await page.publish(UPDATE, later())).toEqual({ kind: 'refused', reason: expect.stringContaining(reason) });
});

test('429 is a limit, 500 and a page of HTML are no proof that it was sent or not', async () => {
  api().post('/status_page_incidents').reply(429, {}, { 'retry-after': '12' });
  expect(await page.publish(UPDATE, later())).toEqual({ kind: 'limited', retryAfterMs: 12_000 });
  api().post('/status_page_incidents').reply(500, {});
  expect(await page.publish(UPDATE, later())).toMatchObject({ kind: 'ambiguous' });
  api().post('/status_page_incidents').reply(200, '<html>log in</html>');
  expect(await page.publish(UPDATE, later())).toMatchObject({ kind: 'ambiguous' });
});

describe('doctor', () => {
  const check = () => checkIncidentIoStatusPage(OPTIONS, later());
  const structure = (...ids: readonly string[]) => ({
    current_structure: {
      items: [
        { component: { component_id: ids[0], name: 'Login' } },
        {
          sub_page: {
            items: [{ group: { components: ids.slice(1).map((id) => ({ component_id: id, name: 'Payments' })) } }],
          },
        },
      ],
    },
  });

  test('reads the components, also those of groups and sub-pages, and changes nothing', async () => {
    api().get(`/status_page_structures/${PAGE}`).reply(200, structure(LOGIN, PAYMENTS));
    expect(await check()).toEqual({ ok: true, detail: `sends approved updates to the page ${PAGE}`, remedy: '' });
  });

  test('names a component that the page does not have', async () => {
    api().get(`/status_page_structures/${PAGE}`).reply(200, structure(LOGIN));
    expect(await check()).toEqual({
      ok: false,
      detail: `the page has no component Payments=${PAYMENTS}`,
      remedy: 'Correct the ids in INCIDENT_IO_STATUS_PAGE_COMPONENTS.',
    });
  });

  test('says what to check after a refusal', async () => {
    api().get(`/status_page_structures/${PAGE}`).reply(401, {});
    expect(await check()).toMatchObject({
      ok: false,
      remedy: expect.stringContaining('Check INCIDENT_IO_STATUS_PAGE_KEY'),
    });
  });
});
