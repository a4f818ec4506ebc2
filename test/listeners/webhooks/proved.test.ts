import { expect, test } from 'vitest';
import type { Proof } from '#core/webhook.ts';
import { type OversizedBody, provedWebhook } from '#listeners/webhooks/proved.ts';

const webhook = (proof: Proof | undefined, tooLarge?: (body: OversizedBody) => void) =>
  provedWebhook({
    proof,
    notSetUp: 'set X_SECRET\n',
    notProved: 'invalid signature\n',
    ...(tooLarge && { tooLarge }),
    take: async ({ body }) => ({ status: 202, text: `${body.length}` }),
  });

const headers = (type?: string) => ({ header: (name: string) => (name === 'content-type' ? type : undefined) });
const may = { mayBe: () => true };

test('the headers alone refuse who cannot be the source, so that no body of theirs is read', () => {
  expect(webhook(undefined).refuse(headers())).toEqual({ status: 503, text: 'set X_SECRET\n' });
  expect(webhook({ mayBe: () => false }).refuse(headers())).toEqual({ status: 401, text: 'invalid signature\n' });
  expect(webhook(may).refuse(headers())).toBeUndefined();
});

test.each([undefined, 'application/json', 'application/cloudevents+json; v=1', 'text/plain', 'Application/JSON'])(
  'a body of type %s may be JSON',
  (type) => expect(webhook(may).refuse(headers(type))).toBeUndefined(),
);

test.each(['multipart/form-data; boundary=x', 'image/png', 'application/xml'])('a body of type %s is refused', (type) =>
  expect(webhook(may).refuse(headers(type))).toEqual({
    status: 415,
    text: expect.stringContaining('application/json'),
  }),
);

test('what has the form of a signature is not yet one', async () => {
  const request = { ...headers(), body: Buffer.from('{}') };
  expect((await webhook({ ...may, isSigned: () => false }).answer(request)).status).toBe(401);
  expect(await webhook({ ...may, isSigned: () => true }).answer(request)).toEqual({ status: 202, text: '2' });
  expect((await webhook(may).answer(request)).status).toBe(202);
});

test.each<[string, Proof, boolean]>([
  ['whose token is in the headers', may, true],
  ['whose signature would cover the body', { ...may, isSigned: () => true }, false],
  ['who may sign, and gave a token', { ...may, isSigned: () => true, isProvedBy: () => true }, true],
])('a body that is too large comes from a sender %s', (_, proof, isProved) => {
  const heard: OversizedBody[] = [];
  webhook(proof, (body) => heard.push(body)).tooLarge?.({ ...headers(), bytes: 2_000_000 });
  expect(heard).toEqual([{ bytes: 2_000_000, maxBytes: 1_000_000, isProved }]);
});
