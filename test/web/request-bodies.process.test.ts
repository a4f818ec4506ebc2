import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { slackBodies } from '#adapters/slack/request-headers.ts';
import { systemClock } from '#core/clock.ts';
import { type BodyRules, rawBodyOf, requestBodies } from '#web/request-bodies.ts';
import { listen, webApp } from '#web/server.ts';

const MEGABYTE = 1_000_000;

let closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  closing = [];
});

/** A server that answers `POST /in` with how many bytes came. */
async function opened(limits: Parameters<typeof requestBodies>[0] = {}, rules: Partial<BodyRules> = {}) {
  const bodies = requestBodies(limits);
  const admitted = { '/in': { maxBytes: MEGABYTE, refuse: () => undefined, ...rules } };
  const web = webApp(async () => [], { admitted, bodies });
  web.express.post('/in', (request, response) => void response.send(`${rawBodyOf(request).length}`));
  const server = await listen(web, 0, '127.0.0.1');
  closing.push(() => server.stop());
  return { bodies, port: server.port, url: `http://127.0.0.1:${server.port}` };
}

/** A sender that writes what it is given and goes on listening. */
function sender(port: number) {
  const socket: Socket = connect(port, '127.0.0.1');
  closing.push(() => void socket.destroy());
  let said = '';
  socket
    .on('error', () => undefined)
    .on('data', (data) => {
      said += data;
    });
  return {
    write: (text: string | Buffer) => socket.write(text),
    said: () => said,
    ended: new Promise<void>((resolve) => socket.once('close', () => resolve())),
  };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setImmediate();
}

const head = (...headers: string[]) => `${['POST /in HTTP/1.1', 'Host: x', ...headers].join('\r\n')}\r\n\r\n`;

test.each([
  ['the headers are not allowed', ['Content-Length: 4000000'], /^HTTP\/1.1 401 .*no\n$/s],
  [
    'it is announced as too large',
    ['X-Ok: 1', 'Content-Length: 4000000'],
    /^HTTP\/1.1 413 .*more than 1000000 bytes\n$/s,
  ],
  [
    'it is packed',
    ['X-Ok: 1', 'Content-Encoding: gzip', 'Content-Length: 10'],
    /^HTTP\/1.1 415 .*content encoding gzip/s,
  ],
  ['it has no length', ['X-Ok: 1'], /^HTTP\/1.1 411 .*Content-Length\n$/s],
])('a body is refused before a byte of it is sent where %s', async (_, headers, answer) => {
  const refuse: BodyRules['refuse'] = ({ header }) =>
    header('x-ok') === undefined ? { status: 401, text: 'no\n' } : undefined;
  const { port, bodies } = await opened({}, { refuse });
  const one = sender(port);
  one.write(head(...headers));
  await until(() => answer.test(one.said()));
  expect(bodies.heldBytes()).toBe(0);
});

test('unsigned requests that never end hold nothing, and a signed one beside them is answered', async () => {
  const bodies = requestBodies();
  const web = webApp(async () => [], { admitted: slackBodies(systemClock), bodies });
  web.express.post('/slack/events', (request, response) => void response.send(`${rawBodyOf(request).length}`));
  const server = await listen(web, 0, '127.0.0.1');
  closing.push(() => server.stop());

  let most = 0;
  const senders = Array.from({ length: 600 }, () => {
    const one = sender(server.port);
    one.write('POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n');
    one.write(Buffer.alloc(64_000, 'a'));
    most = Math.max(most, bodies.heldBytes());
    return one;
  });
  const headers = {
    'content-type': 'application/json',
    'x-slack-signature': `v0=${'a'.repeat(64)}`,
    'x-slack-request-timestamp': `${Math.floor(systemClock.nowUs() / 1_000_000)}`,
  };
  const url = `http://127.0.0.1:${server.port}`;
  const answer = await fetch(`${url}/slack/events`, { method: 'POST', headers, body: '{}' });
  expect(await answer.text()).toBe('2');
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  await Promise.all(senders.map(({ ended }) => ended));
  expect(Math.max(most, bodies.heldBytes())).toBeLessThan(100_000);
});

test('a body without a length is read as far as one may be large', async () => {
  const { port, bodies, url } = await opened();
  const one = sender(port);
  one.write(head('Transfer-Encoding: chunked'));
  const chunk = `${(100_000).toString(16)}\r\n${'a'.repeat(100_000)}\r\n`;
  for (let sent = 0; sent < 11; sent += 1) one.write(chunk);
  await until(() => one.said().startsWith('HTTP/1.1 413 '));
  expect(bodies.heldBytes()).toBe(0);
  const whole = new ReadableStream({
    start(controller) {
      for (let sent = 0; sent < 10; sent += 1) controller.enqueue(Buffer.alloc(100_000));
      controller.close();
    },
  });
  const answer = await fetch(`${url}/in`, { method: 'POST', body: whole, duplex: 'half' } as RequestInit);
  expect(await answer.text()).toBe('1000000');
});

test('all bodies together stay below the budget: the largest go, and small ones still come through', async () => {
  const budgetBytes = 2 * MEGABYTE;
  const { port, bodies, url } = await opened({ budgetBytes });
  const senders = Array.from({ length: 20 }, () => {
    const one = sender(port);
    one.write(head(`Content-Length: ${MEGABYTE}`));
    one.write(Buffer.alloc(900_000));
    return one;
  });
  const dropped = () => senders.filter((one) => one.said().includes(' 503 ')).length;
  const seen: number[] = [];
  await until(() => {
    seen.push(bodies.heldBytes());
    return dropped() >= 18;
  });
  expect(Math.max(...seen)).toBeLessThanOrEqual(budgetBytes);
  expect(bodies.heldBytes()).toBeGreaterThan(0);
  const small = await fetch(`${url}/in`, { method: 'POST', body: 'a'.repeat(60_000) });
  expect([small.status, await small.text()]).toEqual([200, '60000']);
  expect(senders.find((one) => one.said().includes(' 503 '))?.said()).toMatch(/retry-after: \d+.*send it again/is);
});

test('a body that does not come in time is refused, and what it held is free again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  closing.push(() => void vi.useRealTimers());
  const { port, bodies } = await opened({ deadlineMs: 100 });
  const one = sender(port);
  one.write(head('Content-Length: 20'));
  one.write('ten bytes.');
  await until(() => bodies.heldBytes() > 0);
  vi.advanceTimersByTime(99);
  expect(bodies.heldBytes()).toBeGreaterThan(0);
  vi.advanceTimersByTime(1);
  await until(() => /^HTTP\/1.1 408 .*did not arrive within 0.1 s\n$/s.test(one.said()));
  expect(bodies.heldBytes()).toBe(0);
  vi.runOnlyPendingTimers(); // the grace in which the sender may read the answer
  await one.ended;
});

test('a body whose sender goes away is free again', async () => {
  const { port, bodies } = await opened();
  const one = connect(port, '127.0.0.1');
  one.write(`${head('Content-Length: 20')}ten bytes.`);
  await until(() => bodies.heldBytes() > 0);
  one.destroy();
  await until(() => bodies.heldBytes() === 0);
});

test('the bytes of a body are kept until it is answered', async () => {
  const bodies = requestBodies();
  const web = webApp(async () => [], { admitted: { '/in': { maxBytes: MEGABYTE, refuse: () => undefined } }, bodies });
  const { promise, resolve } = Promise.withResolvers<void>();
  web.express.post('/in', async (request, response) => {
    await promise;
    response.send(Buffer.from(rawBodyOf(request)).toString());
  });
  const server = await listen(web, 0, '127.0.0.1');
  closing.push(() => server.stop());
  const body = 'äöü 字\n'.repeat(10_000);
  const answer = fetch(`http://127.0.0.1:${server.port}/in`, { method: 'POST', body });
  await until(() => bodies.heldBytes() >= Buffer.byteLength(body));
  resolve();
  expect(await (await answer).text()).toBe(body);
  await until(() => bodies.heldBytes() === 0);
});
