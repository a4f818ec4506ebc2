/** What the webhook of the team gets: the signature as Standard Webhooks describes it, and what each answer means. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { incidentIoProof } from '#adapters/incidentio/webhook.ts';
import { statusWebhookPage } from '#adapters/status-webhook/page.ts';
import { loadConfig } from '#config/load.ts';
import type { Publication } from '#model/incident/status-page.ts';
import { later } from '#test/later.ts';
import { openReceiver } from '#test/webhook-receiver.ts';

const NOW_S = 1_767_709_800;
const SECRET = 'whsec_c2VjcmV0LW9mLXRoZS10ZXN0cw==';
const UPDATE: Publication = {
  updateId: 'u-2',
  pageId: 'u-1',
  status: 'monitoring',
  title: 'Logins fail „überall“',
  text: 'They work again.',
  components: ['Login'],
  nextUs: (NOW_S + 1_800) * 1e6,
  approvedUs: NOW_S * 1e6,
  remoteId: 'u-1',
  corrects: undefined,
  isUncertain: false,
};

let receiver: Awaited<ReturnType<typeof openReceiver>>;
beforeEach(async () => {
  receiver = await openReceiver();
});
afterEach(() => receiver.close());
const pageWith = (more: object = {}) =>
  statusWebhookPage({ url: new URL(receiver.url), secret: SECRET, nowSeconds: () => NOW_S, ...more });

test('the body is signed as a receiver of Standard Webhooks checks it', async () => {
  expect(await pageWith().publish(UPDATE, later())).toEqual({
    kind: 'sent',
    remoteId: 'u-1',
    remoteUpdateId: 'u-2',
    url: '',
  });
  const [{ headers, body }] = receiver.raw as [(typeof receiver.raw)[number]];
  const request = { body, header: (name: string) => headers[name] as string | undefined };
  const isSigned = (secret: string) => incidentIoProof(secret, () => NOW_S + 10)?.isSigned?.(request);
  expect(isSigned(SECRET)).toBe(true);
  expect(isSigned('whsec_YW5vdGhlciBvbmU=')).toBe(false);
  expect(headers['webhook-id']).toBe('u-2');
  expect(JSON.parse(body.toString())).toEqual({
    type: 'status.update',
    incident: { id: 'u-1', title: 'Logins fail „überall“', status: 'monitoring' },
    update: {
      id: 'u-2',
      status: 'monitoring',
      text: 'They work again.',
      components: ['Login'],
      posted_at: '2026-01-06T14:30:00.000Z',
      next_update_at: '2026-01-06T15:00:00.000Z',
    },
  });
});

test('a correction names the update that it corrects', async () => {
  const corrects = { updateId: 'u-1', remoteUpdateId: 'u-1' };
  await pageWith().publish({ ...UPDATE, updateId: 'u-3', corrects, nextUs: undefined }, later());
  expect(receiver.bodies).toMatchObject([
    { type: 'status.correction', update: { id: 'u-3', corrects: 'u-1', next_update_at: null } },
  ]);
});

test('credentials in the address become a header, and stand in no error', async () => {
  const url = new URL(receiver.url);
  url.username = 'me';
  url.password = 'hidden-one';
  receiver.fail({ status: 401 });
  const result = await pageWith({ url }).publish(UPDATE, later());
  expect(JSON.stringify(result)).not.toContain('hidden-one');
  expect(receiver.raw[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:hidden-one').toString('base64')}`);
});

test.each([
  [{ status: 401 }, 'refused', 'Check STATUS_WEBHOOK_SECRET on both sides.'],
  [{ status: 404 }, 'refused', 'Check STATUS_WEBHOOK_URL.'],
  [{ status: 302, headers: { location: 'https://elsewhere.example' } }, 'refused', 'redirects to another address'],
  [{ status: 400 }, 'refused', 'does not accept the update (HTTP 400)'],
  [{ status: 500 }, 'ambiguous', 'has trouble (HTTP 500)'],
  [{ status: 503 }, 'ambiguous', 'has trouble (HTTP 503)'],
  [{ status: 0 }, 'ambiguous', 'did not answer'],
])('%j is %s', async (fault, kind, reason) => {
  receiver.fail(fault);
  expect(await pageWith().publish(UPDATE, later())).toEqual({ kind, reason: expect.stringContaining(reason) });
  expect(receiver.bodies).toHaveLength(1);
});

test.each([[429], [503]])('%d with Retry-After says how long to wait', async (status) => {
  receiver.fail({ status, headers: { 'retry-after': '7' } });
  expect(await pageWith().publish(UPDATE, later())).toEqual({ kind: 'limited', retryAfterMs: 7_000 });
});

test('a host that nobody listens at surely has not got it', async () => {
  await receiver.close();
  expect(await pageWith().publish(UPDATE, later())).toMatchObject({ kind: 'failed' });
  receiver = await openReceiver();
});

test('a receiver that hangs ends at the deadline', async () => {
  const url = new URL('http://127.0.0.1:9/');
  const { createServer } = await import('node:net');
  const server = createServer((socket) => socket.resume());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url.port = `${(server.address() as { port: number }).port}`;
  expect(await pageWith({ url, timeoutMs: 50 }).publish(UPDATE, later())).toMatchObject({ kind: 'ambiguous' });
  await new Promise((resolve) => server.close(resolve));
});

test.each(['whsec_', 'whsec_a', 'whsec_not base64!'])('the secret %s is a mistake at the start', (secret) => {
  const env = { STATUS_WEBHOOK_URL: 'https://status.example.com/in', STATUS_WEBHOOK_SECRET: secret };
  expect(() => loadConfig(env)).toThrow(
    /must have base64 after whsec_.* at statusWebhook\.secret \(STATUS_WEBHOOK_SECRET\)/,
  );
});

test.each([SECRET, 'any other text'])('the secret %s is taken', (secret) => {
  const { statusWebhook } = loadConfig({ STATUS_WEBHOOK_SECRET: secret });
  expect(statusWebhook.secret).toBe(secret);
});
