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
    [403, 'payouts refused for all drivers since the policy was applied'],
    [400, 'every webhook of GitHub is rejected since the secret was rotated, none verified'],
    [401, 'none of them accepted since 09:00: the signature does not match'],
    [403, 'all calls of the ferry are denied since the AuthorizationPolicy was merged'],
    [400, 'the schema is stricter since the gateway became its own release'],
    [401, '100 % of 318 requests since 06:00 rejected: no key of the issuer fits'],
    [403, '64 tokens since 06:10 were refused'],
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
    [401, '100 % of 41 logins since 06:00 rejected'],
    [404, '2 % of 318 requests since 06:00 rejected'],
    [400, 'version 1 is retired since 2030-01-01'],
    [413, 'the picture has 24 MB, limit 10 MB'],
    [400, 'too many fields'],
    [403, 'every second request is refused to guests, as intended'],
    [401, 'every probe of the scanner is refused since noon'],
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

describe('A server that does not find its own program', () => {
  const page = (route: string, status = 404) =>
    traceOf(
      server('edge', `GET ${route}`, {
        ms: 9,
        failed: true,
        attributes: { 'http.response.status_code': status, 'http.route': route },
      }),
    );
  const line = (path: string, words = 'FastCGI sent in stderr: "Primary script unknown"') =>
    said(`*8 ${words} while reading response header from upstream, request: "GET ${path} HTTP/1.1"`, {
      level: 'error',
      rung: 'time',
    });

  test('It is at fault for a page without an ending', () => {
    expect(refusalOfMany(page('/tours'), line('/tours'))).toBeDefined();
    expect(refusalOfMany(page('/tours'), line('/tours?day=2'))).toBeDefined();
  });

  test('It is not at fault for another page, for a script by its name, or for another failure', () => {
    expect(refusalOfMany(page('/tours'), line('/boats'))).toBeUndefined();
    expect(refusalOfMany(page('/wp-login.php'), line('/wp-login.php'))).toBeUndefined();
    expect(
      refusalOfMany(page('/tours'), line('/tours', 'open() "/srv/tours" failed (2: No such file)')),
    ).toBeUndefined();
    expect(refusalOfMany(page('/tours', 403), line('/tours'))).toBeUndefined();
  });
});

describe('a form of the product passes the limit of fields of its own service', () => {
  test.each([
    'The number of GET/POST parameters exceeded settings.DATA_UPLOAD_MAX_NUMBER_FIELDS.',
    'PHP Warning: Input variables exceeded 1000. To increase the limit change max_input_vars in php.ini.',
    'System.IO.InvalidDataException: Form value count limit 1024 exceeded.',
    'MultiPartException: Too many fields. Maximum number of fields is 1000.',
    'PayloadTooLargeError: too many parameters',
    'More than the maximum number of request parameters (GET plus POST) for a single request ([10,000]) were detected.',
    'Rack::QueryParser::QueryLimitError: total number of query parameters (5000) exceeds limit (4096)',
  ])('%s', (limit) => {
    const lost = said('the plan of the harbour cannot be saved', { level: 'error' });
    const warned = said('the plan of the harbour cannot be saved', { level: 'info' });
    const trace = refusedBy(400);
    expect(diagnosed(trace, [...said(limit), ...lost]).diagnosis).toMatchObject({ kind: 'error-origin' });
    expect(refusalOfMany(trace, said(limit))).toBeUndefined();
    expect(refusalOfMany(trace, [...said(limit), ...warned])).toBeUndefined();
    expect(refusalOfMany(trace, [...said('the name is empty'), ...lost])).toBeUndefined();
  });
});
