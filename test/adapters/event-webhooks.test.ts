/** What a receiver of events gets, what its answers mean, and what `doctor` says about the settings. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventWebhooks } from '#adapters/event-webhooks/index.ts';
import { eventReceiver } from '#adapters/event-webhooks/receiver.ts';
import { incidentIoProof } from '#adapters/incidentio/webhook.ts';
import { loadConfig } from '#config/load.ts';
import { later } from '#test/later.ts';
import { openReceiver } from '#test/webhook-receiver.ts';

const NOW_S = 1_767_709_800;
const OLD = 'whsec_c2VjcmV0LW9mLXRoZS10ZXN0cw==';
const NEW = 'whsec_YW5vdGhlci1vbmUtb2YtdGhlbQ==';
const EVENT = { id: 'e-1', body: '{"type":"incident.declared"}' };

let server: Awaited<ReturnType<typeof openReceiver>>;
beforeEach(async () => {
  server = await openReceiver();
});
afterEach(() => server.close());
const take = async (secrets = [OLD]) =>
  await eventReceiver({
    name: 'data',
    url: new URL(server.url),
    secrets,
    takesPrivate: false,
    nowSeconds: () => NOW_S,
  }).take(EVENT, later());

/** The three headers and the body as the specification has them, with its example secret's form. */
test('the body is signed as a receiver of Standard Webhooks checks it', async () => {
  expect(await take()).toEqual({ kind: 'taken', said: '' });
  const [{ headers, body }] = server.raw as [(typeof server.raw)[number]];
  expect(body.toString()).toBe(EVENT.body);
  expect(headers).toMatchObject({ 'webhook-id': 'e-1', 'webhook-timestamp': `${NOW_S}` });
  const isSigned = (secret: string, bytes = body) =>
    incidentIoProof(secret, () => NOW_S + 10)?.isSigned?.({ body: bytes, header: (name) => `${headers[name]}` });
  expect([isSigned(OLD), isSigned(NEW), isSigned(OLD, Buffer.from('{}'))]).toEqual([true, false, false]);
});

test('two secrets both sign, while the team changes one', async () => {
  await take([NEW, OLD]);
  const [{ headers, body }] = server.raw as [(typeof server.raw)[number]];
  for (const secret of [OLD, NEW]) {
    const proof = incidentIoProof(secret, () => NOW_S);
    expect(proof?.isSigned?.({ body, header: (name) => `${headers[name]}` })).toBe(true);
  }
});

test.each([
  [{ status: 401 }, 'refused', 'Check EVENT_WEBHOOK_SECRETS on both sides.'],
  [{ status: 404 }, 'refused', 'Check EVENT_WEBHOOK_URLS.'],
  [{ status: 302, headers: { location: 'https://elsewhere.example/' } }, 'refused', 'redirects to another address'],
  [{ status: 500 }, 'ambiguous', 'has trouble (HTTP 500)'],
  [{ status: 0 }, 'ambiguous', 'did not answer'],
  [{ status: 429, headers: { 'retry-after': '7' } }, 'limited', '7000'],
])('after %o the result is %s', async (fault, kind, says) => {
  server.fail(fault);
  const result = await take();
  expect(result.kind).toBe(kind);
  expect(JSON.stringify(result)).toContain(says);
  // A redirect was not followed: the signed event reached one address.
  expect(server.raw).toHaveLength(1);
});

const check = async (env: Readonly<Record<string, string>>) =>
  await eventWebhooks.doctor?.check(loadConfig(env), later());

test('`doctor` names an address without a secret, and a secret without an address', async () => {
  const EVENT_WEBHOOK_URLS = 'data=https://me:hidden@data.example.com/in?key=k,ops=https://ops.example.com/in';
  expect(await check({})).toBeUndefined();
  expect(await check({ EVENT_WEBHOOK_URLS, EVENT_WEBHOOK_SECRETS: 'data=whsec_YQ==,ops=b' })).toEqual({
    ok: true,
    detail: 'set for data at https://data.example.com/in, ops at https://ops.example.com/in; the first event tries it',
    remedy: '',
  });
  expect(await check({ EVENT_WEBHOOK_URLS, EVENT_WEBHOOK_SECRETS: 'data=a' })).toMatchObject({
    ok: false,
    remedy: 'Set a secret for ops in EVENT_WEBHOOK_SECRETS.',
  });
  expect(await check({ EVENT_WEBHOOK_SECRETS: 'data=a' })).toMatchObject({
    ok: false,
    remedy: 'Set an address for data in EVENT_WEBHOOK_URLS.',
  });
});

test.each(['whsec_', 'whsec_a!b', ' ', 'whsec_YWJj whsec_'])(
  'a secret that signs with no key is a mistake at the start: %j',
  (secret) => {
    const env = { EVENT_WEBHOOK_URLS: 'data=https://data.example.com/', EVENT_WEBHOOK_SECRETS: `data=${secret}` };
    expect(() => loadConfig(env)).toThrow(/EVENT_WEBHOOK_SECRETS/);
  },
);

test('an address that a receiver repeats loses its key', async () => {
  server.fail({ status: 400, body: 'no hook at /status?key=k3y%2Fhidden, k3y/hidden' });
  const url = new URL(`${server.url}?v=1&key=k3y%2Fhidden`);
  const result = await eventReceiver({ name: 'data', url, secrets: [OLD], takesPrivate: false }).take(EVENT, later());
  expect(JSON.stringify(result)).toContain('no hook at');
  expect(JSON.stringify(result)).not.toContain('hidden');
});

test('an address without a secret gets nothing', async () => {
  const settings = loadConfig({ EVENT_WEBHOOK_URLS: `data=${server.url}` });
  expect(await eventWebhooks.eventReceivers?.open(settings)).toEqual([]);
});
