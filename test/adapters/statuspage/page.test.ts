/** What Statuspage is asked, as its documentation describes it, and what its answers mean. */
import nock from 'nock';
import { describe, expect, test } from 'vitest';
import { checkStatuspage, statuspagePage } from '#adapters/statuspage/page.ts';
import type { Publication } from '#model/incident/status-page.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';

useMockedApis();

const OPTIONS = {
  pageId: 'kctbh9vrtdwd',
  apiKey: 'k3y',
  apiUrl: new URL('https://api.statuspage.io'),
  components: [
    { name: 'Login', id: '8kbf7d35c070' },
    { name: 'Login', id: 'vtnh60py4yd7' },
    { name: 'Payments', id: 'aaaaaaaaaaaa' },
  ],
};
const UPDATE: Publication = {
  updateId: 'u-2',
  pageId: 'u-1',
  status: 'identified',
  title: 'Logins fail',
  text: 'We know why.',
  components: ['Login', 'Unknown'],
  nextUs: undefined,
  approvedUs: 1,
  remoteId: undefined,
  corrects: undefined,
  isUncertain: false,
};
const MARK = { spanhound: { incident: 'u-1', update: 'u-2' } };
const page = statuspagePage(OPTIONS);
const api = () =>
  nock('https://api.statuspage.io/v1/pages/kctbh9vrtdwd', { reqheaders: { authorization: 'OAuth k3y' } });
/** As the documentation shows it, shortened. */
const incident = (more: object = {}) => ({
  id: 'tks5n8x7w24h',
  name: 'Logins fail',
  status: 'identified',
  impact: 'none',
  shortlink: 'https://stspg.io/803310a12',
  metadata: MARK,
  incident_updates: [
    { id: 'kb4fpktpqm0l', body: 'We know why.', status: 'identified' },
    { id: 'older0000000', body: 'We look.', status: 'investigating' },
  ],
  ...more,
});
const SENT = {
  kind: 'sent',
  remoteId: 'tks5n8x7w24h',
  remoteUpdateId: 'kb4fpktpqm0l',
  url: 'https://stspg.io/803310a12',
};

test('the first update creates an incident with the mark and the components', async () => {
  api()
    .post('/incidents', {
      incident: {
        name: 'Logins fail',
        status: 'identified',
        body: 'We know why.',
        metadata: MARK,
        component_ids: ['8kbf7d35c070', 'vtnh60py4yd7'],
      },
    })
    .reply(201, incident());
  expect(await page.publish(UPDATE, later())).toEqual(SENT);
});

test.each([
  ['investigating', 'partial_outage'],
  ['identified', 'partial_outage'],
  ['monitoring', 'degraded_performance'],
  ['resolved', 'operational'],
] as const)('%s makes the components %s, if the settings say so', async (status, state) => {
  const sent: unknown[] = [];
  api()
    .post('/incidents', (body) => sent.push(body) > 0)
    .times(2)
    .reply(201, incident());
  const withStates = statuspagePage({ ...OPTIONS, componentState: 'partial_outage' });
  await withStates.publish({ ...UPDATE, status }, later());
  await withStates.publish({ ...UPDATE, status, components: ['Unknown'] }, later());
  expect(sent).toMatchObject([
    { incident: { components: { '8kbf7d35c070': state, vtnh60py4yd7: state } } },
    { incident: { status } },
  ]);
  expect(JSON.stringify(sent[1])).not.toContain('components');
});

test('a later one changes it', async () => {
  api()
    .patch(
      '/incidents/tks5n8x7w24h',
      ({ incident: sent }) => sent.body === 'We know why.' && sent.metadata.spanhound.update === 'u-2',
    )
    .reply(200, incident());
  expect(await page.publish({ ...UPDATE, remoteId: 'tks5n8x7w24h' }, later())).toEqual(SENT);
});

test('a correction changes the text of that update alone', async () => {
  api()
    .patch('/incidents/tks5n8x7w24h/incident_updates/kb4fpktpqm0l', { incident_update: { body: 'We know why.' } })
    .reply(200, { id: 'kb4fpktpqm0l' });
  const corrects = { updateId: 'u-1', remoteUpdateId: 'kb4fpktpqm0l' };
  expect(await page.publish({ ...UPDATE, remoteId: 'tks5n8x7w24h', corrects }, later())).toEqual({ ...SENT, url: '' });
});

describe('after an attempt without an answer', () => {
  const uncertain = { ...UPDATE, isUncertain: true };

  test('it is looked for, and not sent again where it is', async () => {
    api()
      .get('/incidents?limit=100')
      .reply(200, [incident({ id: 'other', metadata: {} }), incident()]);
    expect(await page.publish(uncertain, later())).toEqual(SENT);
  });

  test('an incident that an earlier update began is changed', async () => {
    api()
      .get('/incidents?limit=100')
      .reply(200, [incident({ metadata: { spanhound: { incident: 'u-1', update: 'u-1' } } })]);
    api().patch('/incidents/tks5n8x7w24h').reply(200, incident());
    expect(await page.publish(uncertain, later())).toEqual(SENT);
  });

  test('it is created where it is not', async () => {
    api()
      .get('/incidents?limit=100')
      .reply(200, [incident({ metadata: 'none of ours' }), 'nonsense']);
    api().post('/incidents').reply(201, incident());
    expect(await page.publish(uncertain, later())).toEqual(SENT);
  });

  test.each([[500], [502]])('and %d to the search: nothing is sent, and it stays uncertain', async (status) => {
    api().get('/incidents?limit=100').reply(status, 'trouble');
    expect(await page.publish(uncertain, later())).toEqual({
      kind: 'ambiguous',
      reason: 'Statuspage did not say whether it has the update.',
    });
  });
});

test.each([
  [
    401,
    { error: 'Could not authenticate' },
    'Check STATUSPAGE_API_KEY, and that its user may manage incidents of this page. It said: Could not authenticate',
  ],
  [404, { error: 'Resource not found' }, 'Check STATUSPAGE_PAGE_ID.'],
  [422, { error: ["Name can't be blank"] }, "It said: Name can't be blank"],
])('%d is refused, with what to do', async (status, body, reason) => {
  api().post('/incidents').reply(status, body);
  expect(await page.publish(UPDATE, later())).toEqual({ kind: 'refused', reason: expect.stringContaining(reason) });
});

test.each([[420], [429]])('%d is a limit', async (status) => {
  api().post('/incidents').reply(status, { error: 'too many' }, { 'retry-after': '12' });
  expect(await page.publish(UPDATE, later())).toEqual({ kind: 'limited', retryAfterMs: 12_000 });
});

test('a page of HTML is no proof that it was sent', async () => {
  api().post('/incidents').reply(200, '<html>log in</html>');
  expect(await page.publish(UPDATE, later())).toMatchObject({ kind: 'ambiguous' });
});

describe('doctor', () => {
  const check = () => checkStatuspage(OPTIONS, later());
  const components = ['8kbf7d35c070', 'vtnh60py4yd7', 'aaaaaaaaaaaa'].map((id) => ({ id }));

  test('reads the page and its components, and changes nothing', async () => {
    api().get('').reply(200, { id: 'kctbh9vrtdwd', name: 'Acme' }).get('/components').reply(200, components);
    expect(await check()).toEqual({ ok: true, detail: 'sends approved updates to the page Acme', remedy: '' });
  });

  test('names a component that the page does not have', async () => {
    api().get('').reply(200, { name: 'Acme' }).get('/components').reply(200, components.slice(1));
    expect(await check()).toEqual({
      ok: false,
      detail: 'the page has no component Login=8kbf7d35c070',
      remedy: 'Correct the ids in STATUSPAGE_COMPONENTS.',
    });
  });

  test('says what to check after a refusal', async () => {
    api().get('').reply(401, {}).get('/components').reply(401, {});
    expect(await check()).toMatchObject({ ok: false, remedy: expect.stringContaining('Check STATUSPAGE_API_KEY') });
  });
});
