/** Bodies above the limit, over HTTP and with the proofs of the real senders: who is heard of, and what is kept. */
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { composeWebhooks } from '#compose/webhooks.ts';
import { loadConfig } from '#config/load.ts';
import { systemClock } from '#core/clock.ts';
import { silentLog } from '#core/log.ts';
import { type Listening, listen, serveWebhooks, webApp } from '#web/server.ts';
import type { Oversized } from '#workflows/alerts/tell-too-large.ts';

const ENV = {
  ALERTMANAGER_TOKEN: 't0ken',
  GRAFANA_WEBHOOK_SECRET: 't0ken',
  DATADOG_WEBHOOK_TOKEN: 't0ken',
  PAGERDUTY_WEBHOOK_SECRET: 't0ken',
  CHANGES_TOKEN: 't0ken',
};
const LARGE = `{"a":"${'x'.repeat(1_499_992)}"}`;
const SIGNED = createHmac('sha256', 't0ken').update(LARGE).digest('hex');
const BEARER = { authorization: 'Bearer t0ken' };

let heard: (Oversized & Readonly<{ isProved: boolean }>)[];
let taken: unknown[];
let web: ReturnType<typeof webApp>;
let server: Listening;

beforeEach(async () => {
  [heard, taken] = [[], []];
  const take = async (one: unknown) => void taken.push(one);
  web = webApp(async () => []);
  const hearTooLarge = (one: (typeof heard)[number]) => void heard.push(one);
  const parts = { take, takeNote: take, note: take, hearIssue: take, hearTooLarge, log: silentLog, clock: systemClock };
  serveWebhooks(web, await composeWebhooks(loadConfig(ENV), parts));
  server = await listen(web, 0, '127.0.0.1');
});
afterEach(() => server.stop());

async function send(path: string, headers: Readonly<Record<string, string>>, body: string | ReadableStream = LARGE) {
  const url = `http://127.0.0.1:${server.port}${path}`;
  const request = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body, duplex: 'half' };
  return (await fetch(url, request as RequestInit)).status;
}

test.each([
  ['/webhooks/alertmanager', BEARER, 'Alertmanager'],
  ['/webhooks/datadog', BEARER, 'Datadog'],
  ['/webhooks/grafana', BEARER, 'Grafana'],
  ['/changes', BEARER, 'POST /changes'],
])('%s hears of a sender whose headers prove it', async (path, headers, title) => {
  expect(await send(path, headers)).toBe(413);
  expect(heard).toMatchObject([{ path, title, bytes: 1_500_000, maxBytes: 1_000_000, isProved: true }]);
});

test.each([
  ['/webhooks/pagerduty', { 'x-pagerduty-signature': `v1=${SIGNED}` }],
  ['/webhooks/pagerduty', { 'x-pagerduty-signature': `v1=${'0'.repeat(64)}` }],
  ['/webhooks/grafana', { 'x-grafana-alerting-signature': SIGNED }],
  // A signature that is there has to be checked, whatever else is there.
  ['/webhooks/grafana', { ...BEARER, 'x-grafana-alerting-signature': '0'.repeat(64) }],
])('%s does not believe a signature over a body that it does not read', async (path, headers) => {
  expect(await send(path, headers)).toBe(413);
  expect(heard).toMatchObject([{ path, isProved: false }]);
});

test.each([
  ['/webhooks/alertmanager', {}],
  ['/webhooks/alertmanager', { authorization: 'Bearer guess' }],
  ['/webhooks/alertmanager?token=t0ken', {}],
  ['/webhooks/pagerduty', {}],
  ['/webhooks/opsgenie', BEARER], // it is not set up
])('%s refuses strangers before their size counts', async (path, headers) => {
  expect([401, 503]).toContain(await send(path, headers));
  expect(heard).toEqual([]);
});

test('a body without a length is heard of once, when it has passed the limit, and none of it is kept', async () => {
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(Buffer.alloc(100_000, 'a')) });
  const status = await send('/webhooks/alertmanager', BEARER, endless).catch(() => 413);
  expect(status).toBe(413);
  expect(heard).toMatchObject([{ bytes: undefined, maxBytes: 1_000_000, isProved: true }]);
  expect(web.bodies.heldBytes()).toBe(0);
  expect(taken).toEqual([]);
});
