import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '#core/errors.ts';
import { listen, webApp } from '#web/server.ts';

test('says that it lives although it is not ready, and why it is not', async () => {
  const reasons = new Set(['starting']);
  const server = await listen(
    webApp(async () => [...reasons]),
    0,
    '127.0.0.1',
  );
  const at = `http://127.0.0.1:${server.port}`;
  expect((await fetch(`${at}/healthz`)).status).toBe(200);
  const starting = await fetch(`${at}/readyz`);
  expect([starting.status, await starting.text()]).toEqual([503, 'not ready: starting\n']);
  reasons.clear();
  expect((await fetch(`${at}/readyz`)).status).toBe(200);
  await server.stop();
});

test('a warning stands below the first line, and changes no status', async () => {
  const app = webApp(async () => [], { warnings: () => ['Slack: the token is rejected.'] });
  const server = await listen(app, 0, '127.0.0.1');
  const ready = await fetch(`http://127.0.0.1:${server.port}/readyz`);
  expect([ready.status, await ready.text()]).toEqual([200, 'ready\nSlack: the token is rejected.\n']);
  await server.stop();
});

test('a connection that becomes idle while the server stops is closed before its keep-alive time', async () => {
  const keepAliveMs = 3_600_000;
  const server = await listen(
    webApp(async () => []),
    0,
    '127.0.0.1',
    { keepAliveMs },
  );
  const socket = connect(server.port, '127.0.0.1');
  let answer = '';
  socket.on('data', (data) => {
    answer += data;
  });
  const closed = new Promise((resolve) => socket.once('close', () => resolve('closed')));
  // The answer comes before the body has ended, so that the connection is not idle yet.
  socket.write('POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n1');
  await expect.poll(() => answer).toContain('not found');
  const stopped = server.stop();
  socket.write('2');
  expect(await closed).toBe('closed');
  await stopped;
});

test('names the setting to change when the port is taken', async () => {
  const first = await listen(
    webApp(async () => []),
    0,
    '127.0.0.1',
  );
  const second = listen(
    webApp(async () => []),
    first.port,
    '127.0.0.1',
  );
  await expect(second).rejects.toThrow(ConfigError);
  await expect(second).rejects.toThrow(/in use: set PORT/);
  await first.stop();
});

describe('what is no request that is known gets a sentence', () => {
  const said = async (text: string): Promise<string> => {
    const server = await listen(
      webApp(async () => []),
      0,
      '127.0.0.1',
    );
    const socket = connect(server.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (data) => {
      answer += data;
    });
    socket.write(text);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await expect.poll(() => answer.endsWith('\n')).toBe(true);
    socket.end();
    await closed;
    await server.stop();
    return answer;
  };

  test.each([
    ['nonsense', 'hello\r\n\r\n', /^HTTP\/1.1 400 .*not an HTTP request\n$/s],
    [
      'endless headers',
      `GET / HTTP/1.1\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
      /^HTTP\/1.1 431 .*more than 16384 bytes\n$/s,
    ],
    ['an unknown path', 'GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n', /^HTTP\/1.1 404 .*not found/s],
    [
      'a body for an unknown path, before it is sent',
      'POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n',
      /^HTTP\/1.1 404 .*not found/s,
    ],
    ['a method that a path does not know', 'PUT /healthz HTTP/1.1\r\nHost: x\r\n\r\n', /^HTTP\/1.1 404 /],
  ])('%s', async (_, text, answer) => {
    expect(await said(text)).toMatch(answer);
  });

  test('headers that never end', async () => {
    expect(await said('GET / HTTP/1.1\r\nHost: x\r\nX: ')).toMatch(/^HTTP\/1.1 408 .*headers within 5 s/s);
  });
});
