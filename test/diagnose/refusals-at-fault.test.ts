/** A refusal of a token or a signature is a fault where the service reports that it refuses all, or got no keys. */
import { expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, server, span, traceOf } from '#test/trace.ts';

const answer = (status: number) => ({ failed: true, attributes: { 'http.response.status_code': status } });

/** A webhook that the shop passes on to its checkout. */
function webhook(text: string, { status = 400, level = 'error', service = 'checkout' } = {}) {
  const trace = traceOf(
    server('shop', 'POST /pay', { ms: 60, ...answer(status) }, [
      call('shop', 'checkout', 'POST', { at: 8, ms: 46, ...answer(status) }, [
        server('checkout', 'POST /webhook', { at: 4, ms: 36, ...answer(status) }),
      ]),
    ]),
  );
  return diagnosed(trace, [{ ...logLine(service, 44, text, { level }), rung: 'trace-id' as const }]).diagnosis;
}

test.each([
  'StripeSignatureVerificationError: No signatures found matching the expected signature for payload (all webhooks since restart)',
  'signature does not match event payload and secret, as for 212 deliveries before',
  'WebhookVerificationError: No matching signature found, every webhook since 14:02',
])('a service that takes no signature any more: %s', (text) => {
  expect(webhook(text)).toMatchObject({ kind: 'error-origin', service: 'checkout' });
  expect(webhook(text, { status: 401 })).toMatchObject({ kind: 'error-origin', service: 'checkout' });
});

test.each<[string, string, Parameters<typeof webhook>[1]]>([
  ['one signature is wrong', 'No signatures found matching the expected signature for payload', {}],
  ['a warning tells of it', 'invalid signature, all webhooks since restart', { level: 'warn' }],
  ['another service tells of it', 'invalid signature, all webhooks since restart', { service: 'mails' }],
  ['the request was wrong otherwise', 'all webhooks need a body since version 2', {}],
])('no fault where %s', (_, text, options) => {
  expect(webhook(text, options)).toBeUndefined();
});

test.each([
  ['save(): failed to keep session of player 9: no memory, client: 10.1.1.9', 'error', 'error-origin'],
  ['save(): failed to keep session of player 9: no memory, client: 10.1.1.9', 'info', undefined],
])('a service that lacks what it needs to know people: “%s” at level %s', (text, level, kind) => {
  const trace = traceOf(server('edge', 'GET /games', { ms: 8, ...answer(401) }));
  const raw = `2026/11/13 14:30:00 [${level}] 17#17: *8 [lua] session.lua:71: ${text}`;
  const line = { ...logLine('edge', 2, raw, { level, traceId: '', spanId: '' }), rung: 'time' as const };
  expect(diagnosed(trace, [line]).diagnosis?.kind).toBe(kind);
});

test.each([
  ['Jwks remote fetch failed: https://id.example/.well-known/jwks.json, retry in 300 s', 'error', 'error-origin'],
  ['Jwks remote fetch failed: https://id.example/.well-known/jwks.json, retry in 300 s', 'info', undefined],
  ['token expired', 'error', undefined],
])('a refused token beside the line “%s” at level %s', (text, level, kind) => {
  const trace = traceOf(
    server('edge', 'GET /orders', { ms: 8, ...answer(401) }, [
      span('edge', 'jwt_authn', { at: 1, ms: 6, ...answer(401) }),
    ]),
  );
  const line = { ...logLine('edge', 2, text, { level, traceId: '', spanId: '' }), rung: 'time' as const };
  expect(diagnosed(trace, [line]).diagnosis?.kind).toBe(kind);
});

test.each([
  ['Cannot deserialize value of type `int` from String "four": field beds', 'client', 'error-origin'],
  ['invalid type: string "4", expected integer at line 1', 'client', 'error-origin'],
  ['field beds: at most 9', 'client', undefined],
  // A person may have sent it with a tool.
  ['invalid type: string "4", expected integer at line 1', 'server', undefined],
])('a value of another type: “%s” to a %s', (text, kind, expected) => {
  const inner = server('rates', 'POST /rates', { at: 6, ms: 30, ...answer(400) });
  const trace = traceOf(
    kind === 'client'
      ? call('hotel-app', 'rates', 'POST /rates', { ms: 40, ...answer(400) }, [inner])
      : server('edge', 'POST /rates', { ms: 46, ...answer(400) }, [
          call('edge', 'rates', 'POST', { at: 3, ms: 40, ...answer(400) }, [inner]),
        ]),
  );
  const line = { ...logLine('rates', 20, text, { level: 'error' }), rung: 'trace-id' as const };
  expect(diagnosed(trace, [line]).diagnosis?.kind).toBe(expected);
});

/** A gate passes a request on to a service that asks the issuer of tokens. */
function introspected(text: string, { level = 'error', status = 401 } = {}) {
  const quiet = { attributes: { 'http.response.status_code': status } };
  const trace = traceOf(
    server('gate', 'GET /me', { ms: 60, ...quiet }, [
      call('gate', 'members', 'GET', { at: 4, ms: 50, ...quiet }, [
        server('members', 'GET /me', { at: 2, ms: 40, ...quiet }, [
          call('members', 'keycloak', 'POST', { at: 4, ms: 26, ...answer(401) }),
        ]),
      ]),
    ]),
  );
  return diagnosed(trace, [{ ...logLine('members', 44, text, { level }), rung: 'trace-id' as const }]).diagnosis;
}

test.each([
  'Token introspection failed: 401 {"error":"invalid_client"}',
  'OAuth2IntrospectionException: Introspection endpoint responded with HTTP status code 401',
  'AADSTS7000215: Invalid client secret provided.',
  'oauth2: "unauthorized_client" "Invalid client secret"',
])('a service that the issuer of tokens refuses lets nobody in: %s', (text) => {
  expect(introspected(text)).toMatchObject({ kind: 'error-origin', service: 'members' });
});

test.each<[string, string, Parameters<typeof introspected>[1]]>([
  ['a token is bad', 'invalid_grant: token expired', {}],
  ['a warning reports it', 'invalid_client', { level: 'warn' }],
])('no fault where %s', (_, text, options) => {
  expect(introspected(text, options)).toBeUndefined();
});

test.each([
  ['1204 of 1204 tokens refused since 06:00', 'error-origin'],
  ['1204 of 1204 tokens accepted', undefined],
  ['3 of 1204 tokens refused', undefined],
])('a key that nobody knows, beside the warning “%s”', (counted, kind) => {
  const trace = traceOf(server('berths', 'GET /me', { ms: 8, ...answer(401) }));
  const text = 'UnresolvableKeyException: Unable to find a suitable verification key for JWS w/ header {"kid":"k-7"}';
  const rung = 'trace-id' as const;
  const lines = [
    { ...logLine('berths', 3, text, { level: 'error' }), rung },
    { ...logLine('berths', 4, counted, { level: 'warn' }), rung },
  ];
  expect(diagnosed(trace, lines).diagnosis?.kind).toBe(kind);
});
