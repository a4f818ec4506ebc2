/** A refusal is a fault where the service says that it refuses many or a program, and a person's own matter otherwise. */
import { describe, expect, test } from 'vitest';
import { refusalOfMany } from '#detect/signs/failures/refused-many.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, server, traceOf } from '#test/trace.ts';

const answer = (status: number) => ({ failed: true, attributes: { 'http.response.status_code': status } });
const refusedBy = (status: number) => traceOf(server('edge', 'ingress', { ms: 9, ...answer(status) }));
const said = (text: string, { level = 'warn', service = 'edge', rung = 'trace-id' as 'trace-id' | 'time' } = {}) => [
  { ...logLine(service, 5, text, { level }), rung },
];

describe('a refusal is a fault of the service', () => {
  test.each([
    [403, 'RBAC: access denied for spiffe://cluster.local/ns/pier/sa/ferry'],
    [403, 'no policy names the service account of the ferry'],
    [401, 'peer certificate of ferry is not trusted'],
    [404, '312 crossings lost in 9 minutes, old pages ask for what is gone'],
    [422, '88 uploads of X-rays failed in the last ten minutes'],
    [413, 'limit 2 MB, cameras with firmware 3 send 5 MB since Tuesday'],
    [400, 'the schema is stricter since the gateway became its own release'],
  ])('%i: %s', (status, text) => {
    expect(diagnosed(refusedBy(status), said(text)).diagnosis).toMatchObject({ kind: 'error-origin', service: 'edge' });
  });

  test('which stands behind the page that was refused', () => {
    const trace = traceOf(
      call('page', 'edge', 'POST', { ms: 20, ...answer(404) }, [
        server('edge', 'POST /book', { at: 4, ms: 9, ...answer(404) }),
      ]),
    );
    const line = said('312 crossings lost in 9 minutes', { level: 'error' });
    expect(diagnosed(trace, line).diagnosis).toMatchObject({ kind: 'error-origin', service: 'edge' });
  });
});

describe('a refusal is the matter of who asks', () => {
  test.each([
    [403, 'user 12 is blocked by policy since Monday'],
    [403, 'account 7 was suspended since the release of May'],
    [401, '41 logins failed in 5 minutes'],
    [403, '90 requests refused in 1 minute, all from 203.0.113.9'],
    [403, 'service account reports is not allowed to write, as agreed'],
    [404, 'no berth 4711'],
    [400, 'version 1 is retired since 2030-01-01'],
    [413, 'the picture has 24 MB, limit 10 MB'],
    // A rate, a conflict and a payment.
    [429, '312 requests refused in 9 minutes'],
    [409, '312 requests refused in 9 minutes'],
  ])('%i: %s', (status, text) => {
    expect(refusalOfMany(refusedBy(status), said(text))).toBeUndefined();
  });

  test('where another service, another request or a harmless line says so', () => {
    const text = '312 crossings lost in 9 minutes';
    const trace = refusedBy(404);
    expect(refusalOfMany(trace, said(text))).toBeDefined();
    expect(refusalOfMany(trace, said(text, { level: 'info' }))).toBeUndefined();
    expect(refusalOfMany(trace, said(text, { service: 'mails' }))).toBeUndefined();
    expect(refusalOfMany(trace, said(text, { rung: 'time' }))).toBeUndefined();
  });
});
