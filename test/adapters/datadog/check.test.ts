/** What `doctor` says of Datadog, whose refusals are all alike: its two checks of keys tell which one is wrong. */
import nock from 'nock';
import { describe, expect, test } from 'vitest';
import { datadog } from '#adapters/datadog/client.ts';
import { datadogLogs } from '#adapters/datadog/logs.ts';
import { datadogMetrics } from '#adapters/datadog/metrics.ts';
import { datadogTraces } from '#adapters/datadog/traces.ts';
import { datadogAt } from '#test/datadog-api.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';

useMockedApis();

const API = 'https://api.datadoghq.eu';
const FORBIDDEN = { errors: ['Forbidden'] };

const options = datadogAt(new URL(API));
const sources = () => ({
  traces: datadogTraces(options, new Map()),
  logs: datadogLogs(options, new Map()),
  metrics: datadogMetrics(options, new Map()),
});

test('a key of another site', async () => {
  nock(API).post('/api/v2/spans/analytics/aggregate').reply(403, FORBIDDEN);
  nock(API, { reqheaders: { 'dd-api-key': 'key-of-the-api' } })
    .get('/api/v1/validate')
    .reply(403, FORBIDDEN);
  expect(await sources().traces.check(later())).toEqual({
    ok: false,
    detail: 'datadoghq.eu does not know the API key',
    remedy: 'Check DATADOG_API_KEY, and DATADOG_SITE (now datadoghq.eu): a key works on one site alone.',
  });
});

test('a wrong application key', async () => {
  nock(API)
    .post('/api/v2/logs/events/search')
    .reply(401, { errors: ['Unauthorized'] });
  nock(API).get('/api/v1/validate').reply(200, { valid: true });
  nock(API, { reqheaders: { 'dd-application-key': 'key-of-the-app' } })
    .get('/api/v2/validate_keys')
    .reply(403, FORBIDDEN);
  expect(await sources().logs.check(later())).toMatchObject({
    ok: false,
    detail: 'refuses the application key; the API key is right',
    remedy: expect.stringContaining('DATADOG_APP_KEY'),
  });
});

test.each([
  ['traces', '/api/v2/spans/analytics/aggregate', 'apm_read'],
  ['logs', '/api/v2/logs/events/search', 'logs_read_data'],
  ['metrics', /^\/api\/v1\/query\?/, 'timeseries_query'],
] as const)('a missing right to read %s', async (kind, path, right) => {
  nock(API)
    .intercept(path, kind === 'metrics' ? 'GET' : 'POST')
    .reply(403, FORBIDDEN);
  nock(API).get('/api/v1/validate').reply(200, { valid: true });
  nock(API).get('/api/v2/validate_keys').reply(200, { status: 'ok' });
  expect(await sources()[kind].check(later())).toEqual({
    ok: false,
    detail: `both keys are right, but the application key may not read this (${right})`,
    remedy: `Add the scope ${right} to the application key, and the permission to a role of its owner.`,
  });
});

test('a site without the check of keys says what Datadog said', async () => {
  nock(API).post('/api/v2/logs/events/search').reply(403, FORBIDDEN);
  nock(API).get('/api/v1/validate').reply(200, { valid: true });
  nock(API)
    .get('/api/v2/validate_keys')
    .reply(404, { errors: ['Not found'] });
  expect(await sources().logs.check(later())).toMatchObject({
    ok: false,
    detail: expect.stringContaining('Forbidden'),
  });
});

test.each([
  [404, { errors: ['Not found'] }, /HTTP 404.*Check its address/],
  [500, { errors: ['Internal'] }, /having trouble \(HTTP 500\)/],
])('an answer %i is no matter of keys', async (status, body, remedy) => {
  nock(API).post('/api/v2/logs/events/search').reply(status, body);
  expect(await sources().logs.check(later())).toMatchObject({ ok: false, remedy: expect.stringMatching(remedy) });
});

test('a site where nothing is logged', async () => {
  nock(API)
    .post('/api/v2/logs/events/search')
    .reply(200, { data: [], meta: { status: 'done' } });
  expect(await sources().logs.check(later())).toMatchObject({ ok: true, remedy: expect.stringContaining('indexes') });
});

test('how new the lines are', async () => {
  const line = { id: '1', type: 'log', attributes: { timestamp: '2026-11-20T06:25:44.488Z', message: 'hello' } };
  nock(API)
    .post('/api/v2/logs/events/search', {
      filter: { query: '*', from: 'now-1d', to: 'now' },
      sort: '-timestamp',
      page: { limit: 1 },
    })
    .reply(200, { data: [line] });
  expect(await sources().logs.check(later())).toEqual({
    ok: true,
    detail: 'answers; the newest line is of 2026-11-20T06:25:44.488Z',
    remedy: '',
  });
});

describe('one check reports on all that is read', () => {
  const search = () => nock(API).post('/api/v2/logs/events/search');
  const count = () => nock(API).post('/api/v2/spans/analytics/aggregate');
  const metrics = () => nock(API).get('/api/v1/query').query(true);

  test('what answers, and which right is missing', async () => {
    count().reply(200, { data: [{ attributes: { by: { service: 'cart' } } }] });
    search().reply(403, FORBIDDEN);
    metrics().reply(200, { status: 'ok', series: [] });
    nock(API).get('/api/v1/validate').reply(200, { valid: true });
    nock(API).get('/api/v2/validate_keys').reply(200, { status: 'ok' });
    expect(await datadog(options).logs.check(later())).toEqual({
      ok: false,
      detail:
        'traces: 1 service: cart; logs: both keys are right, but the application key may not read this (logs_read_data); metrics: answers',
      remedy: 'Add the scope logs_read_data to the application key, and the permission to a role of its owner.',
    });
  });

  test('a wrong key once', async () => {
    count().reply(403, FORBIDDEN);
    search().reply(403, FORBIDDEN);
    metrics().reply(403, FORBIDDEN);
    nock(API).get('/api/v1/validate').times(3).reply(403, FORBIDDEN);
    expect(await datadog(options).traces.check(later())).toMatchObject({
      ok: false,
      detail: 'datadoghq.eu does not know the API key',
    });
  });
});
