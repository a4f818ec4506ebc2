import { expect, onTestFinished, test } from 'vitest';
import type { WebhookReply } from '#core/webhook.ts';
import type { RefusedLimit } from '#web/rate-limit.ts';
import { listen, serveWebhooks, webApp } from '#web/server.ts';

const MOST = 5;

async function started(limit: Partial<RefusedLimit> = {}) {
  const web = webApp(async () => [], { refused: { proxies: 0, most: MOST, ...limit } });
  const read = { bodies: 0 };
  const replies: Record<string, WebhookReply> = {
    good: { status: 202, text: 'accepted\n' },
    bad: { status: 401, text: 'the signature is wrong\n' },
    broken: { status: 503, text: 'the store cannot be written\n' },
  };
  serveWebhooks(web, {
    '/in': {
      maxBytes: 1_000,
      refuse: () => undefined,
      answer: async ({ body }) => {
        read.bodies += 1;
        return replies[Buffer.from(body).toString()] ?? { status: 400, text: 'unknown\n' };
      },
    },
  });
  const server = await listen(web, 0, '127.0.0.1');
  onTestFinished(() => server.stop());
  const send = async (body: string, headers: Record<string, string> = {}) =>
    await fetch(`http://127.0.0.1:${server.port}/in`, { method: 'POST', body, headers });
  const statuses = async (count: number, body: string, headers: Record<string, string> = {}) => {
    const seen: number[] = [];
    for (let at = 0; at < count; at++) seen.push((await send(body, headers)).status);
    return seen;
  };
  return { send, statuses, read };
}

test('refuses an address after too many refused requests, before it reads the body', async () => {
  const { send, statuses, read } = await started();
  expect(await statuses(MOST, 'bad')).toEqual(Array(MOST).fill(401));
  const answer = await send('good');
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '60']);
  expect(await answer.text()).toBe('more than 5 refused requests from this address in a minute: wait a minute\n');
  expect(read.bodies).toBe(MOST);
});

test('counts neither answered requests nor the bot’s own trouble', async () => {
  const { statuses } = await started();
  expect(await statuses(3 * MOST, 'good')).toEqual(Array(3 * MOST).fill(202));
  expect(await statuses(3 * MOST, 'broken')).toEqual(Array(3 * MOST).fill(503));
  expect(await statuses(1, 'good')).toEqual([202]);
});

test('tells the senders behind a known proxy apart', async () => {
  const { statuses } = await started({ proxies: 1 });
  await statuses(MOST, 'bad', { 'x-forwarded-for': '203.0.113.7' });
  expect(await statuses(1, 'good', { 'x-forwarded-for': '203.0.113.7' })).toEqual([429]);
  expect(await statuses(1, 'good', { 'x-forwarded-for': '198.51.100.2' })).toEqual([202]);
  // The proxy adds the last address; what a sender claims before it does not count.
  expect(await statuses(1, 'good', { 'x-forwarded-for': '198.51.100.9, 203.0.113.7' })).toEqual([429]);
});

test('says whether it lives without a limit', async () => {
  const { send, statuses } = await started();
  await statuses(2 * MOST, 'bad');
  expect((await fetch((await send('bad')).url.replace('/in', '/healthz'))).status).toBe(200);
});
