/** The REST API over real connections: what a token may do and see, and what is refused before anything is read. */
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { openApiDocument } from '#api/openapi.ts';
import { apiOperations } from '#api/routes.ts';
import {
  type ApiOptions,
  BREACH,
  LOGIN,
  OTHER_SECRET,
  openApi,
  SEAL,
  SECRET,
  type TestApi,
} from '#test/api-at-work.ts';
import { endToken } from '#workflows/rights/api-tokens.ts';

const ALL = ['read', 'cases', 'diagnose'];

let api: TestApi;
let everything: string;
let readOnly: string;
let withSecret: string;
let withOther: string;

beforeAll(async () => {
  api = await openApi({ env: { API_REQUESTS_PER_MINUTE: '100000' } });
  await api.declared();
  everything = (await api.made(ALL)).token;
  readOnly = (await api.made(['read'])).token;
  withSecret = (await api.made(ALL, [SECRET])).token;
  withOther = (await api.made(ALL, [OTHER_SECRET])).token;
});
afterAll(() => api.stop());

type Asked = Readonly<{
  token?: string;
  method?: string;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  at?: TestApi;
}>;

type Answer = Readonly<{ status: number; headers: Headers; bytes: string; body: Readonly<Record<string, unknown>> }>;

/** Every answer of every test is checked against the document. */
async function ask(path: string, { token = everything, method, body, headers = {}, at = api }: Asked = {}) {
  const answer = await fetch(`${at.url}${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token !== '' && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const bytes = await answer.text();
  const found: Answer = { status: answer.status, headers: answer.headers, bytes, body: JSON.parse(bytes) };
  checkAgainstDocument(method ?? (body === undefined ? 'GET' : 'POST'), path, found);
  return found;
}

type Documented = Readonly<{ content: Readonly<Record<string, Readonly<{ schema: { $ref: string } }>>> }>;

const DOCUMENT = JSON.parse(JSON.stringify(openApiDocument()));
const SCHEMAS = new Map(
  Object.entries(DOCUMENT.components.schemas as Record<string, object>).map(([name, schema]) => [
    `#/components/schemas/${name}`,
    z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]),
  ]),
);

function checkAgainstDocument(method: string, path: string, { status, headers, body }: Answer): void {
  const [plain = ''] = path.split('?');
  const route = Object.keys(DOCUMENT.paths).find((one) =>
    new RegExp(`^${one.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(plain),
  );
  const operation = route === undefined ? undefined : DOCUMENT.paths[route][method.toLowerCase()];
  const said = operation?.responses[status] ?? { $ref: `#/components/responses/Problem${status}` };
  const response: Documented = said.$ref ? DOCUMENT.components.responses[`Problem${status}`] : said;
  expect(response, `${method} ${path} may not answer ${status}`).toBeDefined();
  const type = headers.get('content-type')?.split(';')[0] ?? '';
  const schema = SCHEMAS.get(response.content[type]?.schema.$ref ?? '');
  expect(schema, `${method} ${path} may not answer ${type}`).toBeDefined();
  expect(schema?.safeParse(body).error, `${method} ${path}`).toBeUndefined();
}

describe('a call', () => {
  test('diagnoses a trace by its id, and says the same bytes again', async () => {
    const first = await ask('/diagnose', { body: { id: LOGIN } });
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ status: 'confirmed', headline: expect.stringContaining('user-service') });
    expect((await ask('/diagnose', { body: { id: LOGIN } })).bytes).toBe(first.bytes);
  });

  test('investigates a time window', async () => {
    const body = { service: 'user-service', from: '2025-01-06T14:15:00Z', to: '2025-01-06T14:35:00Z' };
    const { body: answer } = await ask('/investigate', { body });
    expect(answer).toMatchObject({ subject: { kind: 'window' }, status: 'confirmed' });
  });

  test('takes relative times, as the command line does', async () => {
    const ago = (iso: string) => Math.round((Date.now() - Date.parse(iso)) / 60_000);
    const from = `-${ago('2025-01-06T14:15:00Z')}m`;
    const to = `now-${ago('2025-01-06T14:35:00Z')}m`;
    const { body: answer } = await ask('/investigate', { body: { service: 'user-service', from, to } });
    expect(answer).toMatchObject({ subject: { kind: 'window' }, status: 'confirmed' });
    expect((await ask('/release', { body: { service: 'user-service', from, to } })).status).toBe(200);
  });

  test('investigates an alert that is sent', async () => {
    const alert = JSON.stringify({
      version: '4',
      status: 'firing',
      receiver: 'x',
      groupLabels: {},
      commonLabels: {},
      commonAnnotations: {},
      externalURL: '',
      groupKey: 'k',
      truncatedAlerts: 0,
      alerts: [
        {
          status: 'firing',
          labels: { alertname: 'LoginsFail', service: 'user-service' },
          annotations: {},
          startsAt: '2025-01-06T14:30:00Z',
          endsAt: '0001-01-01T00:00:00Z',
          generatorURL: '',
          fingerprint: 'f',
        },
      ],
    });
    expect((await ask('/investigate', { body: { alert } })).body).toMatchObject({ status: 'confirmed' });
  });

  test('compares a trace with healthy ones, and judges a release', async () => {
    expect((await ask('/compare', { body: { failing: LOGIN } })).status).toBe(200);
    const body = { service: 'user-service', from: '2025-01-06T10:00:00Z', to: '2025-01-06T14:35:00Z' };
    expect((await ask('/release', { body })).body).toMatchObject({ verdict: 'no rollout' });
  });

  test('lists the services', async () => {
    expect((await ask('/services')).body).toMatchObject({ services: expect.any(Array) });
  });

  test('reads an incident, its timeline, similar ones and its case with the seal', async () => {
    expect((await ask('/incidents/INC-1')).body).toMatchObject({ cases: [{ number: 1, seal: SEAL }] });
    const { body: timeline } = await ask('/incidents/inc-1/timeline');
    expect(timeline).toMatchObject({ incident: 'INC-1', status: 'resolved' });
    const { body: similar } = await ask('/incidents/INC-2/similar');
    expect(similar).toMatchObject({ similar: [{ incident: 'INC-1' }] });
    const { body: kept } = await ask('/incidents/INC-1/case?number=1');
    expect(kept).toMatchObject({ seal: SEAL, unchanged: false, text: expect.stringContaining(SEAL) });
  });

  test('is bounded, and goes on with a cursor', async () => {
    const first = await ask('/diagnose', { body: { id: LOGIN, maxCharacters: 4_000 } });
    expect(first.bytes.length).toBeLessThan(6_000);
    const cursor = `${first.body.nextCursor}`;
    const next = await ask('/diagnose', { body: { id: LOGIN, maxCharacters: 4_000, cursor } });
    expect(next.status).toBe(200);
    expect(next.body.text).not.toBe(first.body.text);
    const elsewhere = await ask('/diagnose', { token: withSecret, body: { id: 'f'.repeat(32), cursor } });
    expect(elsewhere.status).toBe(404);
  });

  test('quotes what people wrote', async () => {
    const { body } = await ask('/incidents/INC-1/timeline');
    const line = `${body.text}`.split('\n').find((one) => one.includes('ignore all'));
    expect(line).toMatch(/^> /);
  });
});

describe('a token', () => {
  test.each([
    ['none', ''],
    ['another word', 'secret'],
    ['one with a wrong secret', ''],
    ['one that does not exist', `spanhound_${'0'.repeat(12)}_${'A'.repeat(43)}`],
  ])('%s is no way in', async (which, given) => {
    const token = which.startsWith('one with')
      ? `${everything.slice(0, -1)}${everything.endsWith('A') ? 'B' : 'A'}`
      : given;
    const { status, headers, body } = await ask('/incidents', { token });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(body).toMatchObject({
      type: 'urn:spanhound:problem:no-token',
      advice: expect.stringContaining('token create'),
    });
  });

  test('in the address or by another scheme is no way in', async () => {
    expect((await ask(`/incidents?token=${everything}&access_token=${everything}`, { token: '' })).status).toBe(401);
    const basic = Buffer.from(`:${everything}`).toString('base64');
    expect((await ask('/incidents', { token: '', headers: { authorization: `Basic ${basic}` } })).status).toBe(401);
  });

  test('does what its scopes allow, and nothing else', async () => {
    for (const { name, route, scope } of apiOperations) {
      const path = route.path.replace('{incident}', 'INC-1');
      const asked = { token: readOnly, ...(route.method === 'POST' && { body: {} }) };
      const { status, headers } = await ask(path, asked);
      if (scope === 'read') expect([name, status]).toEqual([name, 200]);
      else {
        expect([name, status]).toEqual([name, 403]);
        expect(headers.get('www-authenticate')).toContain(`scope="${scope}"`);
      }
    }
  });

  test('ends when it is revoked or expires', async () => {
    const { token, id } = await api.made(['read']);
    expect((await ask('/incidents', { token })).status).toBe(200);
    await endToken(api.store, id, 'test');
    api.later();
    expect((await ask('/incidents', { token })).status).toBe(401);
    const old = await api.made(['read']);
    await api.store.db.updateTable('api_tokens').set({ expires_us: 1 }).where('id', '=', old.id).execute();
    api.later();
    expect((await ask('/incidents', { token: old.token })).status).toBe(401);
  });

  test('is stored as a digest, and its use is in the audit log once an hour', async () => {
    const { token, id } = await api.made(['read']);
    for (let at = 0; at < 3; at++) await ask('/incidents', { token });
    api.later();
    await ask('/services', { token });
    const rows = await api.store.db.selectFrom('audit').selectAll().where('subject', '=', id).execute();
    expect(rows.map(({ action, actor }) => [action, actor])).toEqual([
      ['token.created', 'test'],
      ['token.used', `token:${id}`],
    ]);
    const stored = JSON.stringify(await api.store.db.selectFrom('api_tokens').selectAll().execute());
    // The secret is Base64 for URLs, which may hold `_` itself.
    const secret = /^[^_]+_[^_]+_(.{20,})$/.exec(token)?.[1];
    expect(secret).toBeDefined();
    expect(stored).not.toContain(secret);
  });

  test('that reads a case is named in the audit log', async () => {
    const { token, id } = await api.made(['cases']);
    await ask('/incidents/INC-2/case', { token });
    const rows = await api.store.db.selectFrom('audit').selectAll().where('action', '=', 'evidence.read').execute();
    expect(rows.map(({ actor }) => actor)).toContain(`token:${id}`);
  });

  test('that reads an incident, and those like it, is named there with what it was shown', async () => {
    const { token, id } = await api.made(['read']);
    await ask('/incidents/INC-1', { token });
    await ask('/incidents/INC-1/similar', { token });
    await ask('/incidents/INC-9', { token });
    const rows = await api.store.db.selectFrom('audit').selectAll().where('actor', '=', `token:${id}`).execute();
    const shown = rows.filter(({ action }) => action === 'incident.shown');
    expect(shown.map(({ subject, detail }) => [subject, JSON.parse(detail).what])).toEqual([
      ['INC-1', 'incident'],
      ['INC-1', 'similar'],
    ]);
  });
});

describe('an incident of a private channel', () => {
  /** Each route to an incident. */
  const WAYS = apiOperations.filter(({ route }) => route.path.includes('{incident}')).map(({ route }) => route.path);

  test.each(WAYS)('is not there for a token without the channel: %s', async (way) => {
    const hidden = await ask(way.replace('{incident}', 'INC-3'));
    const missing = await ask(way.replace('{incident}', 'INC-9'));
    expect(hidden.status).toBe(404);
    expect(hidden.bytes.replaceAll('INC-3', 'INC-9')).toBe(missing.bytes);
  });

  test.each(WAYS)('is there for a token with it: %s', async (way) => {
    expect((await ask(way.replace('{incident}', 'INC-3'), { token: withSecret })).status).toBe(200);
    expect((await ask(way.replace('{incident}', 'INC-4'), { token: withSecret })).status).toBe(404);
  });

  test('is neither listed nor counted', async () => {
    const { body, bytes } = await ask('/incidents');
    expect(body).toMatchObject({ total: 2, headline: '2 incidents, 1 of them open.' });
    expect(bytes).not.toContain(BREACH);
    expect((await ask('/incidents', { token: withSecret })).body).toMatchObject({ total: 3 });
  });

  test('is no similar one', async () => {
    const { bytes } = await ask('/incidents/INC-1/similar');
    expect(bytes).not.toContain(BREACH);
    expect(bytes).not.toContain('INC-3');
    expect((await ask('/incidents/INC-1/similar', { token: withSecret })).bytes).toContain(BREACH);
  });

  test('shows nothing in the one that took it in', async () => {
    for (const way of WAYS) expect((await ask(way.replace('{incident}', 'INC-2'))).bytes).not.toContain(BREACH);
    const { bytes } = await ask('/incidents/INC-2/timeline', { token: withOther });
    expect(bytes).toContain(BREACH);
  });

  test('stays hidden when Slack does not say who reads the channel', async () => {
    const silent = await opened({ isForAll: async () => undefined });
    await silent.declared();
    const { token } = await silent.made(ALL);
    for (const path of ['/incidents', ...WAYS.map((way) => way.replace('{incident}', 'INC-3'))]) {
      const { status, bytes, headers } = await ask(path, { token, at: silent });
      expect(status).toBe(503);
      expect(headers.get('retry-after')).toBe('5');
      expect(bytes).not.toContain(BREACH);
    }
  });
});

async function opened(options: ApiOptions): Promise<TestApi> {
  const one = await openApi(options);
  onTestFinished(() => one.stop());
  return one;
}

describe('a wrong call', () => {
  test.each([
    ['an unknown argument', '/incidents?nope=1', undefined, '#'],
    ['a wrong value', '/incidents?status=closed', undefined, '#/status'],
    ['an argument that is given twice', '/incidents?status=open&status=all', undefined, '#/status'],
    ['a number that is none', '/incidents?maxCharacters=4e3', undefined, '#/maxCharacters'],
    ['a number out of range', '/incidents?maxCharacters=1', undefined, '#/maxCharacters'],
    ['no name of an incident', '/incidents/INC-0', undefined, '#/incident'],
    ['an incident in the query', '/incidents/INC-1?incident=INC-2', undefined, '#/incident'],
    ['a folder of the operator', '/incidents/INC-1/case?case=login-outage', undefined, '#'],
    ['a wrong type', '/investigate', { service: 1 }, '#/service'],
    ['an inner mistake', '/compare', { failing: 'x', healthy: [1] }, '#/healthy/0'],
    ['no JSON', '/diagnose', '{', '#'],
    ['a list', '/diagnose', [], '#'],
    ['a query beside a body', '/diagnose?id=1', {}, '#'],
    ['a million brackets', '/diagnose', `{"id":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`, '#'],
    [
      'a hundred thousand members',
      '/diagnose',
      `{${Array.from({ length: 100_000 }, (_, at) => `"k${at}":1`).join()}}`,
      '#',
    ],
    ['a prototype', '/diagnose', '{"__proto__":{"id":"x"},"nope":1}', '#'],
  ])('with %s says where, and what to do', async (_what, path, body, pointer) => {
    const { status, body: said } = await ask(path, body === undefined ? {} : { body });
    expect(status).toBe(400);
    expect(said).toMatchObject({ type: 'urn:spanhound:problem:wrong-arguments', errors: [{ pointer }] });
  });

  test.each([
    [422, '/diagnose', {}],
    [422, '/diagnose', { id: 'no trace at all' }],
    [422, '/diagnose', { trace: '{}' }],
    [422, '/investigate', { service: 'x', from: 'yesterday', to: 'now' }],
    [422, '/investigate', { alert: '{}' }],
    [404, '/diagnose', { id: 'f'.repeat(32) }],
    [404, '/investigate', { service: 'nobody', from: '-1h', to: 'now' }],
  ])('gets %i: %s %j', async (status, path, body) => {
    const answer = await ask(path, { body });
    expect([answer.status, answer.bytes]).toEqual([status, expect.stringContaining('advice')]);
  });

  test.each([
    ['/nope', 404],
    ['/', 404],
    ['', 404],
    ['/incidents/', 404],
    ['//incidents', 404],
    ['/incidents/INC-1/../INC-3', 404],
    ['/incidents/INC-1%2F..%2FINC-3', 400],
    ['/incidents/..%2f..%2fetc%2fpasswd', 400],
    ['/incidents/%00', 400],
    ['/incidents/%ff', 404],
    ['/incidents/%E2%80%AE', 400],
    ['/incidents/INC-1/timeline/more', 404],
    ['/incidents/__proto__', 400],
    ['/incidents/INC-1%20', 400],
  ])('for the path %s gets %i', async (path, status) => {
    expect(await raw('GET', `/api/v1${path}`)).toBe(status);
  });

  test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'POST'])('by %s gets 405', async (method) => {
    const { status, headers } = await ask('/incidents', { method });
    expect([status, headers.get('allow')]).toEqual([405, 'GET']);
  });

  test('without its content type gets 415, compressed, too', async () => {
    const plain = await ask('/diagnose', { body: '{}', headers: { 'content-type': 'text/plain' } });
    expect(plain.status).toBe(415);
    expect((await ask('/diagnose', { body: '{}', headers: { 'content-encoding': 'gzip' } })).status).toBe(415);
  });

  test('with a body above the limit gets 413, before it is kept', async () => {
    const headers = { authorization: `Bearer ${everything}`, 'content-type': 'application/json' };
    expect(await raw('POST', '/api/v1/diagnose', { ...headers, 'content-length': '99000000' })).toBe(413);
    expect((await ask('/diagnose', { body: `"${'x'.repeat(12_100_000)}"` })).status).toBe(413);
  });

  test('with a large body and no token gets 401, before it is read', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': '11000000' };
    expect(await raw('POST', '/api/v1/diagnose', { authorization: '', ...headers })).toBe(401);
  });
});

/** Not by fetch, which resolves `..`. The body of a POST never comes. */
function raw(method: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const all = { authorization: `Bearer ${everything}`, ...headers };
    const sent = httpRequest({ port: api.port, host: '127.0.0.1', path, method, headers: all }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
      if (method === 'POST') sent.destroy();
    });
    sent.on('error', reject);
    if (method === 'POST') sent.flushHeaders();
    else sent.end();
  });
}

describe('too many requests', () => {
  test('of strangers are refused, and shut out no token', async () => {
    const one = await opened({ env: { API_REQUESTS_PER_MINUTE: '5' } });
    const { token } = await one.made(['read']);
    const seen: number[] = [];
    for (let at = 0; at < 70; at++) {
      const guess = `spanhound_${`${at}`.padStart(12, '0')}_${'A'.repeat(43)}`;
      seen.push((await ask('/incidents', { token: guess, at: one })).status);
    }
    expect(seen).toEqual([...Array(60).fill(401), ...Array(10).fill(429)]);
    const own: number[] = [];
    for (let at = 0; at < 7; at++) own.push((await ask('/incidents', { token, at: one })).status);
    expect(own).toEqual([...Array(5).fill(200), 429, 429]);
  });
});

test('a call that takes too long ends with 504', async () => {
  const slow = await opened({
    env: { API_DEADLINE_SECONDS: '0.05' },
    isForAll: () => new Promise(() => undefined),
  });
  await slow.declared();
  const { token } = await slow.made(['read']);
  expect((await ask('/incidents', { token, at: slow })).status).toBe(504);
});

test('the document is served to everybody, as it is kept', async () => {
  const answer = await fetch(`${api.url}/openapi.json`);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual(DOCUMENT);
});

test('a client that leaves is no bug', async () => {
  const socket = connect(api.port, '127.0.0.1');
  const body = JSON.stringify({ id: LOGIN });
  const head = `POST /api/v1/diagnose HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${everything}\r\nContent-Type: application/json\r\n`;
  socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`, () => socket.destroy());
  await new Promise((resolve) => socket.once('close', resolve));
  expect((await ask('/diagnose', { body: { id: LOGIN } })).status).toBe(200);
  expect(api.bugs).toEqual([]);
});

test('an error advises routes of the API, and names no tool of the MCP server', async () => {
  const missing = await ask('/incidents/INC-9', { token: everything });
  expect(missing.bytes).toContain('GET /api/v1/incidents names the declared incidents.');
  const wrong = await ask('/diagnose', { method: 'POST', token: everything, body: JSON.stringify({ trce: 1 }) });
  expect(wrong.bytes).toContain('POST /api/v1/diagnose takes ');
});
