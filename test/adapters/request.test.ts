import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { isPublic, networkOf } from '#adapters/request/addresses.ts';
import { type RequestOptions, requestSender } from '#adapters/request/client.ts';
import { later } from '#test/later.ts';
import { hang, type Reply, refuse, type SeenRequest, startRecordedServer } from '#test/recorded-server.ts';
import { readCurl } from '#utilities/http-request.ts';

const LOOPBACK = ['127.0.0.0/8', '::1'];

function requested(curl: string) {
  const read = readCurl(curl);
  if ('problem' in read) throw new Error(read.problem);
  return read.request;
}

const send = (curl: string, rules: Partial<RequestOptions>) =>
  requestSender({ allow: [], methods: ['GET', 'HEAD'], networks: [], ...rules })(requested(curl), later());

const answering = (reply: (request: SeenRequest) => Reply) => startRecordedServer(reply);
const notAllowed = (setting: string) =>
  expect.objectContaining({ code: 'SH_NOT_ALLOWED', advice: expect.stringContaining(setting) });

describe('who may be asked', () => {
  test('nobody, where the configuration names nobody; the error names the line to add', async () => {
    await using server = await answering(() => refuse(200));
    await expect(send(server.url.href, { networks: LOOPBACK })).rejects.toMatchObject({
      code: 'SH_NOT_ALLOWED',
      advice: `The person who runs Spanhound can allow it in the configuration file: add ${server.url.origin} to http.allow.`,
    });
    expect(server.requests).toEqual([]);
  });

  test.each([
    ['another scheme', 'https://api.example.com', 'http://api.example.com/'],
    ['another port', 'https://api.example.com', 'https://api.example.com:8443/'],
    ['another host', 'https://api.example.com', 'https://api.example.com.evil.example/'],
    ['the name in the user', 'https://api.example.com', 'https://api.example.com@evil.example/'],
    ['the name of a wildcard itself', 'https://*.example.com', 'https://example.com/'],
    ['an end that is no part', 'https://*.example.com', 'https://badexample.com/'],
  ])('not %s', async (_what, allow, url) => {
    await expect(send(url, { allow: [allow] })).rejects.toEqual(notAllowed('http.allow'));
  });

  test('a host of a wildcard, whatever the case of its name', async () => {
    await using server = await answering(() => refuse(200, {}, 'ok'));
    const { port } = server.url;
    const rules = { allow: [`http://*.Shop.test:${port}`], networks: LOOPBACK, resolve: async () => ['127.0.0.1'] };
    expect(await send(`http://API.shop.test:${port}/`, rules)).toMatchObject({ status: 200, body: 'ok' });
  });

  test('with a method that is named', async () => {
    await using server = await answering(() => refuse(200));
    const rules = { allow: [server.url.origin] };
    await expect(send(`curl -X DELETE ${server.url}`, rules)).rejects.toEqual(
      notAllowed('add DELETE to http.methods.'),
    );
    expect(await send(`curl -X DELETE ${server.url}`, { ...rules, methods: ['DELETE'] })).toMatchObject({
      status: 200,
    });
  });
});

describe('everything that a request lacks is named at once', () => {
  const both = async () => ['127.0.0.1', '::1'];

  test('for this machine: the host and each of its addresses', async () => {
    await expect(send('http://localhost:8080/', { resolve: both })).rejects.toMatchObject({
      advice:
        'The person who runs Spanhound can allow it in the configuration file: add http://localhost:8080 to http.allow, and 127.0.0.1 and ::1 to http.networks.',
      missing: [
        { setting: 'http.allow', values: ['http://localhost:8080'] },
        { setting: 'http.networks', values: ['127.0.0.1', '::1'] },
      ],
    });
  });

  test('the method as well', async () => {
    const asked = send('curl -X POST http://localhost:8080/', { resolve: both });
    await expect(asked).rejects.toMatchObject({
      missing: [{ setting: 'http.methods' }, { setting: 'http.allow' }, { setting: 'http.networks' }],
    });
  });

  test('for an address one setting is enough, as the request afterwards shows', async () => {
    await using server = await answering(() => refuse(204));
    await expect(send(server.url.href, {})).rejects.toMatchObject({ missing: [{ setting: 'http.allow' }] });
    expect(await send(server.url.href, { allow: [server.url.origin] })).toMatchObject({ status: 204 });
  });

  test('what is allowed for this machine is enough', async () => {
    await using server = await answering(() => refuse(204));
    const origin = `http://localhost:${server.url.port}`;
    const rules = { allow: [origin], networks: ['127.0.0.1', '::1'], resolve: async () => ['127.0.0.1'] };
    expect(await send(origin, rules)).toMatchObject({ status: 204 });
  });

  test('a name that is not allowed is not looked up; its addresses are named as a condition', async () => {
    let lookups = 0;
    const resolve = async () => {
      lookups += 1;
      return ['10.0.0.1'];
    };
    await expect(send('http://api.shop.internal/', { resolve })).rejects.toMatchObject({
      advice: expect.stringContaining('If its name leads to a private address, add that address to http.networks.'),
    });
    expect(lookups).toBe(0);
  });
});

describe('addresses that are not public', () => {
  test.each([
    '127.0.0.1',
    '127.255.0.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '192.0.0.8',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:0:1::1',
    '2001:db8::1',
    '::127.0.0.1',
    'nonsense',
  ])('%s is none', (address) => {
    expect(isPublic(address)).toBe(false);
  });

  test.each(['8.8.8.8', '93.184.216.34', '172.15.0.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1'])(
    '%s is one',
    (address) => {
      expect(isPublic(address)).toBe(true);
    },
  );

  test('belong to networks that are named', () => {
    const isIn = networkOf(['10.0.0.0/8', '192.168.7.7', 'fd00::/8']);
    expect(['10.9.9.9', '192.168.7.7', 'fd12::1'].map(isIn)).toEqual([true, true, true]);
    expect(['11.0.0.1', '192.168.7.8', 'fe80::1'].map(isIn)).toEqual([false, false, false]);
  });

  test('are not reached through an allowed name, not even one of several', async () => {
    const allow = ['http://shop.test'];
    for (const addresses of [['127.0.0.1'], ['93.184.216.34', '169.254.169.254'], ['::ffff:10.0.0.1']]) {
      const asked = send('http://shop.test/', { allow, resolve: async () => addresses });
      await expect(asked).rejects.toEqual(notAllowed('http.networks'));
    }
  });

  test.each(['http://2130706433', 'http://0x7f.1', 'http://127.1', 'http://0177.0.0.1', 'http://[::ffff:127.0.0.1]'])(
    'are not reached in disguise: %s',
    async (host) => {
      await using server = await answering(() => refuse(200));
      const url = `${host}:${server.url.port}/`;
      await expect(send(url, { allow: [`http://localhost:${server.url.port}`] })).rejects.toEqual(
        notAllowed('http.allow'),
      );
      expect(server.requests).toEqual([]);
    },
  );

  test('are reached where the list names the address itself', async () => {
    await using server = await answering(() => refuse(204));
    expect(await send(server.url.href, { allow: [server.url.origin] })).toMatchObject({
      status: 204,
      address: '127.0.0.1',
    });
  });

  test('are not reached by a name that means another address a moment later: it is looked up once', async () => {
    await using server = await answering(() => refuse(200, {}, 'pinned'));
    const answers = [['127.0.0.1'], ['127.0.0.2'], ['169.254.169.254']];
    let lookups = 0;
    const resolve = async () => answers[lookups++] ?? [];
    const origin = `http://rebinding.test:${server.url.port}`;
    const answer = await send(origin, { allow: [origin], networks: ['127.0.0.1'], resolve });
    expect({ lookups, address: answer.address, body: answer.body }).toEqual({
      lookups: 1,
      address: '127.0.0.1',
      body: 'pinned',
    });
  });
});

describe('redirects', () => {
  test('to another host, port or scheme are shown and not followed, with no header sent there', async () => {
    await using other = await answering(() => refuse(200, {}, 'secret'));
    await using server = await answering(() => refuse(302, { location: `${other.url}meta` }));
    const rules = { allow: [server.url.origin, other.url.origin] };
    expect(await send(`curl -H 'x-key: k' ${server.url}`, rules)).toMatchObject({
      status: 302,
      leadsTo: `${other.url}meta`,
      followed: [],
    });
    expect(other.requests).toEqual([]);
  });

  test('on the same host are followed, three at most', async () => {
    await using server = await answering(({ path }) =>
      path === '/0' ? refuse(200, {}, 'there') : refuse(301, { location: `/${Number(path.slice(1)) - 1}` }),
    );
    const rules = { allow: [server.url.origin] };
    expect(await send(`${server.url}2`, rules)).toMatchObject({
      status: 200,
      body: 'there',
      followed: [`${server.url}1`, `${server.url}0`],
    });
    expect(await send(`${server.url}9`, rules)).toMatchObject({ status: 301, leadsTo: `${server.url}5` });
    expect(server.requests).toHaveLength(3 + 4);
  });

  test('of what changes something are not followed', async () => {
    await using server = await answering(() => refuse(307, { location: '/again' }));
    const answer = await send(`curl -d a=b ${server.url}`, { allow: [server.url.origin], methods: ['POST'] });
    expect(answer).toMatchObject({ status: 307, followed: [] });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a request', () => {
  test('is sent as it was typed', async () => {
    let body = '';
    await using server = await answering(() => (response, request) => {
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => response.writeHead(201, { 'x-answer': 'yes' }).end('{}'));
    });
    const curl = `curl ${server.url}orders?a=1 -H 'X-Way: 1' -H 'X-Way: 2' --data-raw '{"a":1}'`;
    const answer = await send(curl, { allow: [server.url.origin], methods: ['POST'] });
    expect(answer).toMatchObject({ status: 201, statusText: 'Created', truncated: false });
    expect(answer.headers).toContainEqual(['x-answer', 'yes']);
    expect(server.requests[0]).toMatchObject({
      path: '/orders',
      headers: { 'x-way': '1, 2', 'user-agent': 'spanhound' },
    });
    expect(body).toBe('{"a":1}');
    const { dnsMs, connectMs, tlsMs, firstByteMs, totalMs } = answer.timing;
    expect({ dnsMs, tlsMs }).toEqual({ dnsMs: 0, tlsMs: 0 });
    expect(connectMs).toBeLessThanOrEqual(firstByteMs);
    expect(firstByteMs).toBeLessThanOrEqual(totalMs);
  });

  test.each(['Host: evil', 'Transfer-Encoding: chunked', 'Content-Length: 5', 'Connection: keep-alive'])(
    'with %s is refused: another could be hidden in it',
    async (header) => {
      await expect(
        send(`curl http://127.0.0.1:1/ -H '${header}'`, { allow: ['http://127.0.0.1:1'] }),
      ).rejects.toMatchObject({
        code: 'SH_USAGE',
      });
    },
  );

  test('with a line break in a header is refused', async () => {
    const asked = send(`curl http://127.0.0.1:1/ -H $'x-a: b\\r\\nx-c: d'`, { allow: ['http://127.0.0.1:1'] });
    await expect(asked).rejects.toMatchObject({ code: 'SH_USAGE' });
  });

  test('reads no more of an answer than somebody would, unpacked or not', async () => {
    const large = Buffer.alloc(30_000_000, 'x');
    await using server = await answering(({ path }) => (response) => {
      response.on('error', () => undefined);
      if (path === '/packed') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(large));
      else response.writeHead(200).end(large);
    });
    for (const path of ['plain', 'packed']) {
      const { body, truncated } = await send(`${server.url}${path}`, { allow: [server.url.origin] });
      expect({ length: body.length, truncated }).toEqual({ length: 262_144, truncated: true });
    }
  });

  test('ends when nothing comes, and says so', async () => {
    await using server = await answering(() => hang());
    const asked = send(server.url.href, { allow: [server.url.origin], timeoutMs: 300 });
    await expect(asked).rejects.toMatchObject({ code: 'SH_UNREACHABLE' });
  });

  test('ends when a name is not looked up in time', async () => {
    const resolve = () => new Promise<readonly string[]>(() => {});
    const asked = send('http://slow.test/', { allow: ['http://slow.test'], resolve, timeoutMs: 200 });
    await expect(asked).rejects.toThrow('timed out');
  });

  test('to nobody says why', async () => {
    await expect(send('http://127.0.0.1:1/', { allow: ['http://127.0.0.1:1'] })).rejects.toThrow(
      'the connection was refused',
    );
    const resolve = async () => {
      throw new Error('ENOTFOUND');
    };
    await expect(send('http://no.test/', { allow: ['http://no.test'], resolve })).rejects.toThrow(
      'its host name is unknown',
    );
  });
});
