import { Agent, createServer, get } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { limitConnections, oneRequestAtATime } from '#web/connections.ts';

let closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.toReversed()) close();
  closing = [];
});

/** At most three connections; a request is answered once `go` was called. */
async function opened() {
  const server = createServer();
  limitConnections(server, 3);
  const { promise, resolve: go } = Promise.withResolvers<void>();
  server.on('request', async (request, response) => {
    request.resume();
    await promise;
    response.end('answered');
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closing.push(() => void server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return { port, go, connections: () => new Promise<number>((resolve) => server.getConnections((_, n) => resolve(n))) };
}

async function connected(port: number, text = ''): Promise<Socket & { said: string }> {
  const socket = Object.assign(connect(port, '127.0.0.1'), { said: '' });
  closing.push(() => void socket.destroy());
  socket
    .on('error', () => undefined)
    .on('data', (data) => {
      socket.said += data;
    });
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write(text);
  // The server learns of a connection a turn after its other end does.
  await new Promise((resolve) => setTimeout(resolve, 20));
  return socket;
}

const gone = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));

test('with too many connections the one goes that has kept us waiting longest', async () => {
  const { port, go, connections } = await opened();
  const [first, second] = [await connected(port, 'GET / HT'), await connected(port)];
  const [firstGone, secondGone] = [gone(first), gone(second)];
  await connected(port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf');
  for (const [, oldest] of [firstGone, secondGone].entries()) {
    await connected(port, 'GET / HT');
    await oldest;
    expect(await connections()).toBe(3);
  }
  go();
  const answered = await fetch(`http://127.0.0.1:${port}/`);
  expect(await answered.text()).toBe('answered');
});

test('a request that came whole is never cut off; where all are being answered the new connection goes', async () => {
  const { port, go } = await opened();
  const asking: Awaited<ReturnType<typeof connected>>[] = [];
  for (let asked = 0; asked < 3; asked += 1) asking.push(await connected(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
  const late = await connected(port);
  if (!late.destroyed && !late.readableEnded) await gone(late);
  go();
  await expect.poll(() => asking.map(({ said }) => said.includes('answered'))).toEqual([true, true, true]);
  // They wait for their next request now, so that a new connection is taken again.
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('answered');
});

describe('one request at a time', () => {
  async function strict() {
    let handled = 0;
    const server = createServer();
    oneRequestAtATime(server);
    server.on('request', (request, response) => {
      if (request.socket.destroyed) return;
      handled += 1;
      setImmediate(() => response.end('x'.repeat(100)));
    });
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    closing.push(() => void server.close().closeAllConnections());
    return { port: (server.address() as AddressInfo).port, handled: () => handled };
  }

  test('a connection that sends many at once and reads nothing is ended with its first', async () => {
    const { port, handled } = await strict();
    const socket = connect(port, '127.0.0.1');
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(5_000));
    await ended;
    expect(handled()).toBe(1);
  });

  test('a connection that waits for each answer may send as many as it likes', async () => {
    const { port, handled } = await strict();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const sockets = new Set<Socket>();
    for (let n = 0; n < 50; n++) {
      await new Promise<void>((resolve, reject) => {
        get({ port, host: '127.0.0.1', agent }, (response) => {
          sockets.add(response.socket);
          response.resume().once('end', resolve);
        }).once('error', reject);
      });
    }
    agent.destroy();
    expect([handled(), sockets.size]).toEqual([50, 1]);
  });
});
