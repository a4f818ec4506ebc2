/** How a token is asked for, with a key and on a machine of Google, and how long it is kept. */
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type GoogleAccess, googleTokens } from '#adapters/google-access.ts';
import { READS } from '#adapters/google-cloud/client.ts';
import { type AnsweringCloud, type AskedCloud, jsonAnswer, withCloud } from '#test/cloud-apis.ts';
import { later } from '#test/later.ts';
import { hang, refuse } from '#test/recorded-server.ts';

const NOW_MS = Date.UTC(2026, 10, 20, 6, 30);
const pem = { format: 'pem', type: 'pkcs8' } as const;
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const KEY = JSON.stringify({
  type: 'service_account',
  project_id: 'shop-prod-123',
  private_key_id: 'f00d',
  private_key: privateKey.export(pem),
  client_email: 'spanhound@shop-prod-123.iam.gserviceaccount.com',
  token_uri: 'https://elsewhere.example/token',
});
const granted: AnsweringCloud = () =>
  jsonAnswer({ access_token: 'ya29.t0ken', expires_in: 3599, token_type: 'Bearer' });

const against = <T>(
  answer: AnsweringCloud,
  use: (token: () => Promise<string>, asked: readonly AskedCloud[]) => Promise<T>,
  options: Omit<GoogleAccess, 'use'> = { key: KEY },
) =>
  withCloud(answer, (url, asked) => {
    const accessToken = googleTokens({ use: READS, nowMs: () => NOW_MS, tokenUrl: url, metadataUrl: url, ...options });
    return use(() => accessToken(later()), asked);
  });

test('the service account asks for itself, with a signed token of an hour for two rights', () =>
  against(granted, async (token, asked) => {
    expect(await token()).toBe('ya29.t0ken');
    const form = new URLSearchParams(asked[0]?.body);
    expect([asked[0]?.path, form.get('grant_type')]).toEqual(['/token', 'urn:ietf:params:oauth:grant-type:jwt-bearer']);
    const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(header)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'f00d' });
    expect(read(claims)).toEqual({
      iss: 'spanhound@shop-prod-123.iam.gserviceaccount.com',
      scope: 'https://www.googleapis.com/auth/trace.readonly https://www.googleapis.com/auth/logging.read',
      aud: 'https://oauth2.googleapis.com/token',
      iat: NOW_MS / 1_000,
      exp: NOW_MS / 1_000 + 3_600,
    });
    const signed = Buffer.from(`${header}.${claims}`);
    expect(
      verify(
        'RSA-SHA256',
        signed,
        createPublicKey(publicKey.export({ format: 'pem', type: 'spki' })),
        Buffer.from(signature, 'base64url'),
      ),
    ).toBe(true);
  }));

test('without a key, the metadata server of the machine is asked', () =>
  against(
    granted,
    async (token, asked) => {
      expect(await token()).toBe('ya29.t0ken');
      expect(asked[0]).toMatchObject({
        method: 'GET',
        path: '/computeMetadata/v1/instance/service-accounts/default/token',
        headers: { 'metadata-flavor': 'Google' },
      });
    },
    {},
  ));

test('a token is kept until a minute before it expires', () => {
  let nowMs = NOW_MS;
  return against(
    granted,
    async (token, asked) => {
      await token();
      nowMs += 3_538_000;
      await token();
      expect(asked).toHaveLength(1);
      nowMs += 1_000;
      await token();
      expect(asked).toHaveLength(2);
    },
    { key: KEY, nowMs: () => nowMs },
  );
});

describe('no token', () => {
  test.each<[string, AnsweringCloud, object]>([
    [
      'for a key that is gone',
      () => jsonAnswer({ error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }, 400),
      { status: 401, message: expect.stringMatching(/token: invalid_grant: Invalid JWT Signature\.$/) },
    ],
    ['at a limit', () => refuse(429, { 'retry-after': '2' }), { status: 429, retryAfterMs: 2_000 }],
    ['of a server in trouble', () => refuse(503), { status: 503, retryable: true }],
    ['behind a redirect', () => refuse(302, { location: 'https://login.example' }), { status: 302 }],
    ['on a page', () => refuse(200, { 'content-type': 'text/html' }, '<p>'), { code: 'SH_NOT_A_BACKEND' }],
    ['in other JSON', () => jsonAnswer({ access_token: 7 }), { code: 'SH_NOT_A_BACKEND' }],
    [
      'that breaks its header',
      () => jsonAnswer({ access_token: 'a\r\nb', expires_in: 1 }),
      { code: 'SH_NOT_A_BACKEND' },
    ],
    ['in a huge answer', () => jsonAnswer({ access_token: 'a'.repeat(200_000) }), { code: 'SH_TOO_LARGE' }],
  ])('%s', (_, answer, error) => against(answer, (token) => expect(token()).rejects.toMatchObject(error)));

  test('after the caller stopped waiting', () =>
    withCloud(hang, async (tokenUrl) => {
      await expect(googleTokens({ key: KEY, use: READS, tokenUrl })(AbortSignal.timeout(30))).rejects.toThrow(
        /timed out$/,
      );
    }));

  test.each([
    ['no JSON', '-----BEGIN PRIVATE KEY-----'],
    ['the settings of a person', JSON.stringify({ ...JSON.parse(KEY), type: 'authorized_user' })],
    ['a broken key', JSON.stringify({ ...JSON.parse(KEY), private_key: 'MIIE-s3cret' })],
    [
      'a key of another kind',
      JSON.stringify({ ...JSON.parse(KEY), private_key: generateKeyPairSync('ed25519').privateKey.export(pem) }),
    ],
  ])('for %s: the setting is named, and the key is not repeated', (_, key) => {
    expect(() => googleTokens({ key, use: READS })).toThrow(
      /^GOOGLE_CLOUD_KEY is no key of a service account(?!.*(?:s3cret|BEGIN))/,
    );
  });
});
