/** The client of the REST API against the API itself: right calls, refusals, silence, and what does not compile. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Spanhound, SpanhoundError, spanhoundClient } from '#client/client.ts';
import { LOGIN, openApi, type TestApi } from '#test/api-at-work.ts';

let api: TestApi;
let address: string;
let spanhound: Spanhound;

beforeAll(async () => {
  api = await openApi();
  await api.declared();
  address = `http://127.0.0.1:${api.port}`;
  spanhound = spanhoundClient({ address, token: (await api.made(['read', 'diagnose'])).token });
});
afterAll(() => api.stop());

/** What the call fails with. */
async function refused(call: Promise<unknown>): Promise<SpanhoundError> {
  const error = await call.catch((error: unknown) => error);
  if (error instanceof SpanhoundError) return error;
  throw new Error(`no SpanhoundError: ${error}`);
}

type OtherAnswer = Readonly<{ status: number; body: string; isCut?: boolean }>;

/** The address of a server that answers so, or never; a cut answer never ends. */
async function other(answer?: OtherAnswer): Promise<string> {
  const server = createServer((_, response) => {
    if (answer === undefined) return;
    response.writeHead(answer.status).write(answer.body);
    if (!answer.isCut) response.end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a call', () => {
  test('returns the answer, with arguments in the body, the query and the path', async () => {
    const { headline } = await spanhound.POST('/diagnose', { body: { id: LOGIN } });
    expect(headline).toContain('user-service');
    const { incidents } = await spanhound.GET('/incidents', { params: { query: { status: 'all' } } });
    expect(incidents.map(({ incident }) => incident)).toEqual(['INC-2', 'INC-1']);
    expect((await spanhound.GET('/incidents')).incidents).toHaveLength(incidents.length);
    const { entries } = await spanhound.GET('/incidents/{incident}/timeline', {
      params: { path: { incident: 'INC-1' } },
    });
    expect(entries.length).toBeGreaterThan(0);
  });

  test('fails with what the API said', async () => {
    const token = 'spanhound_000000000000_wrong';
    const wrong = await refused(spanhoundClient({ address, token }).GET('/incidents'));
    expect(wrong).toMatchObject({ status: 401, problem: { title: 'No valid token' } });
    expect(wrong.message).toBe(`${wrong.problem?.detail} ${wrong.problem?.advice}`);
    // @ts-expect-error There is no such status.
    const argument = await refused(spanhound.GET('/incidents', { params: { query: { status: 'closed' } } }));
    expect(argument.problem?.errors).toEqual([{ pointer: '#/status', detail: 'must be open or all' }]);
  });

  test('does not compile with a wrong path or argument, or without a needed one', async () => {
    // @ts-expect-error There is no such path.
    expect(await refused(spanhound.GET('/no-such-path'))).toMatchObject({ status: 404 });
    // @ts-expect-error A window is investigated with POST.
    expect(await refused(spanhound.GET('/investigate'))).toMatchObject({ status: 405 });
    // @ts-expect-error There is no such argument.
    expect(await refused(spanhound.POST('/diagnose', { body: { trace_id: LOGIN } }))).toMatchObject({ status: 400 });
    // @ts-expect-error An incident has a number.
    expect(await refused(spanhound.GET('/incidents/{incident}'))).toMatchObject({ status: 400 });
  });

  test('says which address did not answer, and why', async () => {
    const silent = await other();
    const late = await refused(spanhoundClient({ address: silent, token: 't', timeoutMs: 50 }).GET('/incidents'));
    expect(late.message).toBe(`${silent} did not answer within 0.05 s`);
    expect(late.status).toBeUndefined();
    const cut = await other({ status: 200, body: '{ "incidents": [', isCut: true });
    const half = await refused(spanhoundClient({ address: cut, token: 't', timeoutMs: 200 }).GET('/incidents'));
    expect(half.message).toBe(`${cut} did not answer within 0.2 s`);
    const closed = spanhoundClient({ address: 'http://127.0.0.1:9', token: 't' });
    expect((await refused(closed.GET('/incidents'))).message).toMatch(/^http:\/\/127.0.0.1:9 does not answer: \w/);
  });

  test('says so if something else answers', async () => {
    const proxy = await other({ status: 502, body: `<h1>Bad gateway</h1>${' '.repeat(1_000)}` });
    const { message, status, problem } = await refused(
      spanhoundClient({ address: proxy, token: 't' }).GET('/incidents'),
    );
    expect(message).toContain(
      `${proxy} answers 502 Bad Gateway, and not as the API of Spanhound: <h1>Bad gateway</h1>`,
    );
    expect(message.length).toBeLessThan(400);
    expect({ status, problem }).toEqual({ status: 502, problem: undefined });
    const login = await other({ status: 200, body: '<form>' });
    const page = await refused(spanhoundClient({ address: login, token: 't' }).GET('/incidents'));
    expect(page.message).toBe(`${login} answers without JSON: this is not the API of Spanhound`);
    const empty = await other({ status: 200, body: '' });
    expect((await refused(spanhoundClient({ address: empty, token: 't' }).GET('/incidents'))).status).toBe(200);
  });

  test('ends with the signal of its caller', async () => {
    const silent = spanhoundClient({ address: await other(), token: 't' });
    const { message } = await refused(silent.GET('/incidents', { signal: AbortSignal.abort(new Error('shutdown')) }));
    expect(message).toContain('shutdown');
  });
});

test('an address and a token that cannot be ones fail at once, and the token is not quoted', () => {
  expect(() => spanhoundClient({ address: 'localhost:3000', token: 't' })).toThrow('"localhost:3000"');
  expect(() => spanhoundClient({ address, token: 'spanhound_1\nx' })).toThrow(/^token is empty, or has a blank/);
});
