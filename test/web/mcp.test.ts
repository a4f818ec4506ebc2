import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAllowedByToken } from '#adapters/bearer-token.ts';
import { serveMcp } from '#web/mcp.ts';
import { type Listening, listen, webApp } from '#web/server.ts';

const MOST = 5_000;
/** More than a call has, and short enough. */
const MANY = 1_200;
const TOKEN = 'Bearer secret';
const JSON_TYPE = { 'content-type': 'application/json' };

let server: Listening;
let handled: unknown[];
const hosts = new Set<string>();

beforeEach(async () => {
  handled = [];
  const web = webApp(async () => []);
  serveMcp(web, {
    isAllowed: (authorization) => isAllowedByToken('secret', authorization),
    hosts,
    maxBytes: MOST,
    handle: async (_request, response, body) => {
      handled.push(body);
      response.end('handled');
    },
  });
  server = await listen(web, 0, '127.0.0.1');
  hosts.clear();
  for (const name of [`127.0.0.1:${server.port}`, 'mcp.example.com']) hosts.add(name);
});
afterEach(() => server.stop());

type Sent = Readonly<{ method?: string; headers?: Readonly<Record<string, string>>; body?: string }>;

/** Not by fetch, which sets Host itself. */
function send({ method = 'POST', headers = {}, body = '{"id":1}' }: Sent) {
  return new Promise<{ status: number | undefined; text: string; challenge: string | undefined }>((resolve, reject) => {
    const all = { ...JSON_TYPE, authorization: TOKEN, ...headers };
    const asked = request({ port: server.port, host: '127.0.0.1', path: '/mcp', method, headers: all }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      const challenge = answer.headers['www-authenticate'];
      answer.on('end', () => resolve({ status: answer.statusCode, text, challenge }));
    });
    asked.on('error', reject);
    asked.end(method === 'POST' ? body : undefined);
  });
}

describe('a request to /mcp', () => {
  test('with the token is handled, with its parsed body', async () => {
    expect(await send({})).toMatchObject({ status: 200, text: 'handled' });
    expect(handled).toEqual([{ id: 1 }]);
  });

  test.each([
    ['none', ''],
    ['another one', 'Bearer secrets'],
    ['one by another scheme', 'Basic secret'],
  ])('with %s for a token gets 401, before its body is read', async (_which, authorization) => {
    const answer = await send({ headers: { authorization }, body: 'x'.repeat(10 * MOST) });
    expect(answer).toMatchObject({ status: 401, challenge: 'Bearer' });
    expect(handled).toEqual([]);
  });

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1', '127.0.0.1:1', 'mcp.example.com.evil'])(
    'with the Host %s gets 403, although the token is right',
    async (host) => {
      expect(await send({ headers: { host } })).toMatchObject({
        status: 403,
        text: expect.stringContaining('MCP_HOSTS'),
      });
      expect(handled).toEqual([]);
    },
  );

  test.each(['mcp.example.com', 'MCP.example.com:8443'])('with the configured Host %s is handled', async (host) => {
    expect(await send({ headers: { host } })).toMatchObject({ status: 200 });
  });

  test.each(['http://evil.example', 'null', 'http://127.0.0.1:1', 'https://mcp.example.com.evil', 'mcp.example.com'])(
    'with the Origin %s gets 403',
    async (origin) => {
      expect(await send({ headers: { origin } })).toMatchObject({ status: 403 });
      expect(handled).toEqual([]);
    },
  );

  test('with the Origin of the server itself is handled', async () => {
    expect(await send({ headers: { origin: 'https://mcp.example.com' } })).toMatchObject({ status: 200 });
    expect(await send({ headers: { origin: `http://127.0.0.1:${server.port}` } })).toMatchObject({ status: 200 });
  });

  test('with a body above the limit gets 413', async () => {
    expect(await send({ body: `"${'x'.repeat(MOST)}"` })).toMatchObject({ status: 413 });
    expect(handled).toEqual([]);
  });

  test('with a body that is not JSON gets a JSON-RPC parse error', async () => {
    const { status, text } = await send({ body: '{' });
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: -32_700 } });
  });

  test('with more members than any call needs is refused before it is parsed', async () => {
    const { status, text } = await send({ body: `{"id":1,"x":[${'[],'.repeat(MANY)}0]}` });
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ id: null, error: { code: -32_600 } });
    expect(handled).toEqual([]);
  });

  test('by GET gets 405: the server sends nothing of its own accord', async () => {
    expect(await send({ method: 'GET' })).toMatchObject({ status: 405 });
    expect(await send({ method: 'GET', headers: { authorization: '' } })).toMatchObject({ status: 401 });
  });

  test('by DELETE ends a session', async () => {
    expect(await send({ method: 'DELETE' })).toMatchObject({ status: 200 });
    expect(handled).toEqual([undefined]);
  });
});
