import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checklyProof } from '#adapters/checkly/webhook.ts';
import { grafanaProof } from '#adapters/grafana/webhook.ts';
import { incidentIoProof } from '#adapters/incidentio/webhook.ts';
import { sentryProof } from '#adapters/sentry/webhook.ts';
import { tokenProof } from '#adapters/shared-secret.ts';
import type { Proof } from '#core/webhook.ts';
import { sample } from '#test/alert-samples.ts';

const BODY = '{"a": 1}';

function request(headers: Readonly<Record<string, string>>, body = BODY, query: Readonly<Record<string, string>> = {}) {
  return {
    header: (name: string) => headers[name],
    query: (name: string) => query[name],
    body: Buffer.from(body),
  };
}

async function accepts(proof: Proof | undefined, given: ReturnType<typeof request>): Promise<boolean> {
  return proof?.mayBe(given) === true && (await proof.isSigned?.(given)) !== false;
}

const hex = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex');

describe('a token', () => {
  test.each([
    [{ authorization: 'Bearer t0ken' }, {}],
    [{ authorization: 'bearer old' }, {}],
    [{ authorization: `Basic ${Buffer.from('me:t0ken').toString('base64')}` }, {}],
    [{}, { token: 't0ken' }],
  ])('is accepted in %j %j, while two are in use', async (headers, query) => {
    expect(await accepts(tokenProof('t0ken,old'), request(headers, BODY, query))).toBe(true);
  });

  test.each([
    [{}, {}],
    [{ authorization: 'Bearer ' }, {}],
    [{ authorization: 'Bearer t0ken,old' }, {}],
    [{ authorization: 'Bearer wrong' }, { token: '' }],
    [{ authorization: `Basic ${Buffer.from('t0ken:x').toString('base64')}` }, {}],
  ])('is refused in %j %j', async (headers, query) => {
    expect(await accepts(tokenProof('t0ken,old'), request(headers, BODY, query))).toBe(false);
  });

  test('is needed', () => {
    expect(tokenProof(undefined)).toBeUndefined();
    expect(tokenProof(' , ')).toBeUndefined();
  });
});

describe.each([
  ['Sentry', sentryProof, 'sentry-hook-signature'],
  ['Checkly', checklyProof, 'x-checkly-signature'],
] as const)('a signature of %s', (_, proof, header) => {
  test('covers the bytes, with either of two secrets', async () => {
    for (const secret of ['new', 'old']) {
      expect(await accepts(proof('new,old'), request({ [header]: hex(secret, BODY) }))).toBe(true);
    }
    expect(await accepts(proof('new,old'), request({ [header]: hex('other', BODY) }))).toBe(false);
    expect(await accepts(proof('new'), request({ [header]: hex('new', BODY) }, `${BODY} `))).toBe(false);
    expect(await accepts(proof('new'), request({}))).toBe(false);
    expect(await accepts(proof('new'), request({ [header]: 'v1=zz' }))).toBe(false);
  });
});

describe('a request of incident.io', () => {
  function vector() {
    const { headers, secret, raw_body } = sample('incidentio/signature_vector_computed') as {
      headers: Record<string, string>;
      secret: string;
      raw_body: string;
    };
    return { headers, secret, raw_body, at: Number(headers['webhook-timestamp']) };
  }

  test('is proved by its signature, for five minutes', async () => {
    const { headers, secret, raw_body, at } = vector();
    expect(
      await accepts(
        incidentIoProof(secret, () => at + 10),
        request(headers, raw_body),
      ),
    ).toBe(true);
    expect(
      await accepts(
        incidentIoProof(`whsec_AAAA,${secret}`, () => at),
        request(headers, raw_body),
      ),
    ).toBe(true);
    expect(
      await accepts(
        incidentIoProof(secret, () => at + 301),
        request(headers, raw_body),
      ),
    ).toBe(false);
    expect(
      await accepts(
        incidentIoProof(secret, () => at - 301),
        request(headers, raw_body),
      ),
    ).toBe(false);
  });

  test('is refused with another id, another time or another body', async () => {
    const { headers, secret, raw_body, at } = vector();
    const proof = incidentIoProof(secret, () => at);
    expect(await accepts(proof, request({ ...headers, 'webhook-id': 'msg_2' }, raw_body))).toBe(false);
    expect(await accepts(proof, request({ ...headers, 'webhook-timestamp': `${at + 1}` }, raw_body))).toBe(false);
    expect(await accepts(proof, request(headers, raw_body.replace('INC', 'INX')))).toBe(false);
    const { 'webhook-timestamp': _, ...timeless } = headers;
    expect(await accepts(proof, request(timeless, raw_body))).toBe(false);
  });
});

describe('a request of Grafana', () => {
  const at = 1_767_709_800;
  const proof = grafanaProof('secret', () => at);

  test('is proved by a signature of the body, or of time and body, or by the token', async () => {
    const signature = 'x-grafana-alerting-signature';
    const time = 'x-grafana-alerting-timestamp';
    expect(await accepts(proof, request({ [signature]: hex('secret', BODY) }))).toBe(true);
    expect(await accepts(proof, request({ [signature]: hex('secret', `${at}:${BODY}`), [time]: `${at}` }))).toBe(true);
    expect(await accepts(proof, request({ authorization: 'Bearer secret' }))).toBe(true);
    expect(await accepts(proof, request({ [signature]: hex('secret', `1:${BODY}`), [time]: '1' }))).toBe(false);
    expect(await accepts(proof, request({ [signature]: hex('secret', BODY), [time]: `${at}` }))).toBe(false);
    expect(await accepts(proof, request({ [signature]: hex('no', BODY), authorization: 'Bearer secret' }))).toBe(false);
    expect(await accepts(proof, request({}))).toBe(false);
  });
});
