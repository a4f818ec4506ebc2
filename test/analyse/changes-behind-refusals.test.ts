/** One request that was refused or not served, and the change behind it: of the callee, of its mesh, of a store's address. */
import { describe, expect, test } from 'vitest';
import { changeBefore, judgedAround } from '#test/around.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, server, span, traceOf } from '#test/trace.ts';

const status = (code: number) => ({ 'http.response.status_code': code });

describe('a service that no longer trusts the tokens in use', () => {
  const trace = traceOf(
    server('desk', 'GET /lines', { ms: 50, failed: true, attributes: status(500) }, [
      call('desk', 'lines', 'GET', { at: 20, ms: 24, failed: true, attributes: status(401) }, [
        server('lines', 'GET /lines/{id}', { at: 24, ms: 14, attributes: status(401) }),
      ]),
    ]),
  );
  const said = (text: string) => [
    logLine('lines', 30, text, { traceId: trace.traceId, spanId: '0.0.0' }),
    logLine('desk', 45, 'response status 401 (Unauthorized)', { traceId: trace.traceId, spanId: '0', level: 'error' }),
  ];
  const UNKNOWN_KEY = "IDX10501: Signature validation failed. Unable to match key: kid: 'k-7'.";
  const issuer = changeBefore(600, {
    kind: 'config',
    service: 'lines',
    id: 'cfg-1',
    diff: '-Authority: https://id.pier.example/a\n+Authority: https://id.pier.example/b',
  });
  const color = changeBefore(600, { kind: 'config', service: 'lines', id: 'cfg-1', diff: '-color: red\n+color: blue' });

  test('is to look at, with the change of whom it trusts', () => {
    const { diagnosis } = judgedAround(trace, { changes: [issuer], logs: said(UNKNOWN_KEY) }).judgement;
    expect(diagnosis).toMatchObject({ service: 'lines', change: { id: 'cfg-1', knownBy: 'evidence' } });
  });

  test.each([
    ['another change', color, UNKNOWN_KEY],
    ['another reason', issuer, 'guest 7 has no card, request denied'],
  ])('no change is named for %s', (_, change, text) => {
    const { diagnosis } = judgedAround(trace, { changes: [change], logs: said(text) }).judgement;
    expect(diagnosis?.change).toBeUndefined();
  });
});

describe('a policy of the mesh that shuts a caller out', () => {
  const asked = { 'http.request.method': 'GET', 'url.full': 'http://ledger:8080/of/7', 'server.address': 'ledger' };
  const trace = traceOf(
    server('accounts', 'GET /balance', { ms: 40, failed: true, attributes: status(500) }, [
      call('accounts', '', 'GET', { at: 20, ms: 16, failed: true, attributes: { ...asked, ...status(403) } }, [
        server('mesh', 'ledger:8080/*', {
          at: 23,
          ms: 10,
          attributes: { ...status(403), response_code_details: 'rbac_access_denied_matched_policy[none]' },
        }),
      ]),
    ]),
  );
  const policy = changeBefore(500, {
    kind: 'config',
    service: 'ledger',
    id: 'ap-1',
    diff: '-principals: ["sa/accounts", "sa/batch"]\n+principals: ["sa/batch"]',
  });

  test('is named with the service that it guards', () => {
    const { diagnosis } = judgedAround(trace, { changes: [policy] }).judgement;
    expect(diagnosis).toMatchObject({ service: 'ledger', change: { id: 'ap-1', knownBy: 'evidence' } });
  });

  test('is not named where another part of the service changed', () => {
    const change = { ...policy, diff: '-color: red\n+color: blue' };
    expect(judgedAround(trace, { changes: [change] }).judgement.diagnosis?.change).toBeUndefined();
  });
});

describe('a store that became a cluster', () => {
  const trace = (statusText: string) =>
    traceOf(
      server('drivers', 'POST /assign', { ms: 24, failed: true, attributes: status(500) }, [
        query('drivers', 'SUNION free:north free:south', {
          at: 6,
          ms: 4,
          failed: true,
          statusText,
          attributes: { 'db.system.name': 'redis', 'server.address': 'redis' },
        }),
      ]),
    );
  const moved = changeBefore(2400, {
    kind: 'config',
    service: 'drivers',
    id: 'ops-1',
    diff: '-REDIS_URL: redis://redis:6379\n+REDIS_URL: rediss://clustercfg.pier.example:6379',
  });
  const named = (statusText: string, change = moved) =>
    judgedAround(trace(statusText), { changes: [change] }).judgement.diagnosis?.change;

  test('takes no commands over many slots since its address changed', () => {
    expect(named("CROSSSLOT Keys in request don't hash to the same slot")).toMatchObject({ id: 'ops-1' });
  });

  test('is not behind another failure, and another change is not behind this one', () => {
    expect(named('WRONGTYPE Operation against a key holding the wrong kind of value')).toBeUndefined();
    const other = { ...moved, diff: '-color: red\n+color: blue' };
    expect(named("CROSSSLOT Keys in request don't hash to the same slot", other)).toBeUndefined();
  });
});

describe('an origin that a page lost', () => {
  const trace = traceOf(
    span('page', 'documentLoad', { ms: 400, failed: true }, [
      call('page', 'api', 'GET', { at: 20, ms: 70, failed: true, statusText: 'Failed to fetch' }, [
        server('api', 'OPTIONS /b', { at: 40, ms: 20, attributes: status(204) }),
      ]),
    ]),
  );
  const blocked = logLine(
    'page',
    95,
    "Access to fetch at 'https://api.pier.example/b' from origin 'https://my.pier.example' has been blocked by CORS policy",
    { level: '' },
  );
  const change = (left: string) =>
    changeBefore(300, {
      kind: 'config',
      service: 'api',
      id: 'cfg-2',
      diff: `-origins: [https://my.pier.example, https://old.pier.example]\n+origins: [${left}]`,
    });

  test('shows in the console of the browser', () => {
    const { diagnosis } = judgedAround(trace, {
      changes: [change('https://shop.pier.example')],
      logs: [blocked],
    }).judgement;
    expect(diagnosis?.change).toMatchObject({ id: 'cfg-2', knownBy: 'evidence' });
  });

  test('is not named where the list keeps it, or where no console speaks', () => {
    const kept = judgedAround(trace, { changes: [change('https://my.pier.example')], logs: [blocked] }).judgement;
    expect(kept.diagnosis?.verdict).not.toContain('out of the allowed origins');
    const silent = judgedAround(trace, { changes: [change('https://shop.pier.example')] }).judgement;
    expect(silent.diagnosis?.change).toBeUndefined();
  });
});

describe('a new certificate of a host that no span shows', () => {
  const trace = traceOf(
    span('app', 'open basket', { ms: 900, failed: true }, [
      call('app', '', 'GET', {
        at: 10,
        ms: 290,
        failed: true,
        attributes: { 'url.full': 'https://api.pier.example/basket', 'server.address': 'api.pier.example' },
      }),
    ]),
  );
  const pinned = logLine(
    'app',
    310,
    'SSLPeerUnverifiedException: Certificate pinning failure! Pinned certificates for api.pier.example: sha256/7',
    { level: '' },
  );
  const certificate = changeBefore(1200, {
    kind: 'config',
    service: 'edge',
    id: 'crt-1',
    text: 'certificate of api.pier.example with a new key',
    diff: '-pier-1\n+pier-2',
    files: ['certs.tf'],
  });
  const named = (change = certificate) =>
    judgedAround(trace, { changes: [change], logs: [pinned] }).judgement.diagnosis?.change;

  test('is named', () => {
    expect(named()).toMatchObject({ id: 'crt-1', knownBy: 'evidence' });
  });

  test.each([
    ['the certificate of another host', { text: 'certificate of shop.pier.example with a new key' }],
    ['another change of this host', { text: 'colors of api.pier.example', files: ['colors.tf'] }],
  ])('not %s', (_, more) => {
    expect(named({ ...certificate, ...more })).toBeUndefined();
  });
});
