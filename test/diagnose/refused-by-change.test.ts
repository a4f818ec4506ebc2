/** A refusal is no fault of the service, unless a change made the limit or the rule for it before. */
import { describe, expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { withRefusal } from '#diagnose/refused-by-change.ts';
import { changeBefore } from '#test/around.ts';
import { changed } from '#test/changes.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, server, span, traceOf } from '#test/trace.ts';

const ran = { ...knownDetectors(detectors), cleared: [] };

function judgedWith(
  status: number,
  {
    line,
    diff,
    service = 'gateway',
    bytes,
    ofRequest = false,
    method = '',
    path = '',
    atS = -420,
  }: Readonly<{
    line: string;
    diff: string;
    service?: string;
    bytes?: number;
    ofRequest?: boolean;
    method?: string;
    path?: string;
    /** In seconds before the request. */
    atS?: number;
  }>,
) {
  const trace = traceOf(
    server('gateway', 'GET /results', {
      ms: 3,
      attributes: {
        'http.response.status_code': status,
        ...(bytes !== undefined && { 'http.request.body.size': bytes }),
        ...(method !== '' && { 'http.request.method': method }),
        ...(path !== '' && { 'url.path': path }),
      },
    }),
  );
  const lines = [logLine('gateway', 2, line, { level: 'warn', ...(ofRequest && { traceId: trace.traceId }) })];
  const change = changeBefore(-atS, { id: 'ef-3', kind: 'config', service, diff });
  const alone = diagnosed(trace, lines);
  expect(alone.diagnosis).toBeUndefined();
  const { diagnosis, findings } = withRefusal(alone, { trace, lines, changes: [change] }, ran);
  return diagnosis && { ...diagnosis, evidence: findings[0]?.evidence };
}

describe('a rate that a change lowered', () => {
  const LOWERED = '-  max_tokens: 1000\n+  max_tokens: 10';
  const line = 'local_rate_limited, token bucket results max_tokens=10 fill_interval=60s';

  test('is named where the line of the refusal has the new number', () => {
    expect(judgedWith(429, { line, diff: LOWERED })).toMatchObject({
      kind: 'error-origin',
      service: 'gateway',
      status: 'likely',
      change: { id: 'ef-3', knownBy: 'evidence' },
    });
  });

  test.each([
    ['another limit refuses', { line: 'bucket results max_tokens=50', diff: LOWERED }],
    ['the limit was raised', { line, diff: '-  max_tokens: 5\n+  max_tokens: 10' }],
    ['it was tuned', { line, diff: '-  max_tokens: 12\n+  max_tokens: 10' }],
    ['the change is of another service', { line, diff: LOWERED, service: 'bff' }],
  ])('is not where %s', (_, options) => {
    expect(judgedWith(429, options)).toBeUndefined();
  });
});

describe('a size that a change lowered', () => {
  const LOWERED = '-  client_max_body_size 20m;\n+  client_max_body_size 1m;';
  const says = (bytes: number) => `*8812 client intended to send too large body: ${bytes} bytes`;

  test('is named where only the old limit had let the content through', () => {
    expect(judgedWith(413, { line: says(3_145_728), diff: LOWERED })?.change?.id).toBe('ef-3');
    expect(judgedWith(413, { line: 'too large', diff: LOWERED, bytes: 3_145_728 })?.change?.id).toBe('ef-3');
  });

  test('is not where both refuse it, or another limit is meant', () => {
    expect(judgedWith(413, { line: says(52_428_800), diff: LOWERED })).toBeUndefined();
    const workers = '-  worker_connections 2000;\n+  worker_connections 20;';
    expect(judgedWith(413, { line: says(3_145_728), diff: workers })).toBeUndefined();
  });
});

test('a size that a change limits for the first time is named by the line of the refusal', () => {
  const line = 'client intended to send too large body: 1310720 bytes';
  const diff = '+  - name: request-size-limiting\n+    config:\n+      allowed_payload_size: 1';
  expect(judgedWith(413, { line, diff, ofRequest: true })?.change?.id).toBe('ef-3');
  expect(judgedWith(413, { line, diff: '+  worker_connections 20;', ofRequest: true })).toBeUndefined();
});

test('the error line of the server for just this request names a limit that a change took back to its default', () => {
  const line = (request: string) =>
    `2026/11/13 14:30:00 [error] 22#22: *8 client intended to send too large body: 18811204 bytes, client: 203.0.113.5, server: x, request: "${request} HTTP/1.1", host: "x"`;
  const options = { diff: '-client_max_body_size 100m;\n+# defaults', method: 'GET', path: '/results' };
  expect(judgedWith(413, { ...options, line: line('GET /results') })?.change?.id).toBe('ef-3');
  expect(judgedWith(413, { ...options, line: line('GET /results?page=2') })?.change?.id).toBe('ef-3');
  expect(judgedWith(413, { ...options, line: line('GET /other') })).toBeUndefined();
  expect(judgedWith(413, { ...options, line: line('PUT /results') })).toBeUndefined();
});

describe('a rule that a change made', () => {
  const FIELD = '@@ src/check.rs @@\n-    charge_kg: f64,\n+    charge_g: u64,';
  const MISSING = 'rejecting body: missing field `charge_g` at line 1 column 61';
  const HOST = '@@ keycloak.conf @@\n-hostname=keycloak.mill.internal\n+hostname=login.mill.example';
  const ISSUER =
    "the claim 'iss' does not match: token iss=https://login.mill.example/realms, required=https://keycloak.mill.internal/realms";

  test('is named where the line of the refusal has the name that only the new code has', () => {
    expect(judgedWith(400, { line: MISSING, diff: FIELD, ofRequest: true })).toMatchObject({
      kind: 'error-origin',
      service: 'gateway',
      status: 'likely',
      change: { id: 'ef-3', knownBy: 'evidence' },
    });
  });

  test('is shown by the line of the refusal, the change and the line of its diff', () => {
    const [said, change, line] = judgedWith(400, { line: MISSING, diff: FIELD, ofRequest: true })?.evidence ?? [];
    expect(said).toMatchObject({ kind: 'log', text: MISSING });
    expect(change).toMatchObject({ kind: 'change', ref: 'ef-3' });
    expect(line).toMatchObject({ kind: 'change', ref: 'ef-3', text: 'the line “+ charge_g: u64,”' });
  });

  test('is named where a secret was replaced and a signature is refused', () => {
    const line = 'No signatures found matching the expected signature for payload';
    const options = { diff: '-WHSEC=v11\n+WHSEC=v12', ofRequest: true };
    expect(judgedWith(400, { ...options, line })?.change?.id).toBe('ef-3');
    expect(judgedWith(400, { ...options, line: 'field `name` is empty' })).toBeUndefined();
    expect(judgedWith(400, { ...options, line, service: 'other' })).toBeUndefined();
  });

  test('is named where the access line of its proxy has this refusal, with the reason and no id', () => {
    const options = { diff: '-principals: ["sa/rides", "sa/edge"]\n+principals: ["sa/edge"]', method: 'GET' };
    const line = (method: string, status: number) =>
      `[2026-08-05T09:30:40.044Z] "${method} /results/2 HTTP/1.1" ${status} - rbac_access_denied_matched_policy[none] - "-" 0 19 0`;
    expect(judgedWith(403, { ...options, line: line('GET', 403) })?.change?.id).toBe('ef-3');
    expect(judgedWith(403, { ...options, line: line('PUT', 403) })).toBeUndefined();
    expect(judgedWith(403, { ...options, line: line('GET', 401) })).toBeUndefined();
  });

  test('of another service needs the old and the new value in the line', () => {
    const options = { diff: HOST, service: 'keycloak', ofRequest: true };
    expect(judgedWith(401, { ...options, line: ISSUER })?.change?.id).toBe('ef-3');
    expect(judgedWith(401, { ...options, line: 'no key for https://login.mill.example/realms' })).toBeUndefined();
    expect(judgedWith(400, { line: MISSING, diff: FIELD, service: 'other', ofRequest: true })).toBeUndefined();
  });

  test.each([
    ['another field is missing', { line: 'rejecting body: missing field `weight_g`', diff: FIELD, ofRequest: true }],
    ['the line is of another request', { line: MISSING, diff: FIELD }],
    [
      'both versions have the name',
      { line: MISSING, diff: '-    note: f64,\n+    note: u64,\n     charge_g: u64,', ofRequest: true },
    ],
  ])('is not where %s', (_, options) => {
    expect(judgedWith(400, options)).toBeUndefined();
  });
});

test('copies with keys of their own are named however long they run, and a change of another service is not', () => {
  const line = 'AntiforgeryValidationException: The antiforgery token could not be decrypted.';
  const options = { line, diff: '-replicas: 1\n+replicas: 4', ofRequest: true, atS: -20_000 };
  expect(judgedWith(400, options)?.change?.id).toBe('ef-3');
  expect(judgedWith(400, { ...options, diff: '-replicas: 3\n+replicas: 4' })).toBeUndefined();
  expect(judgedWith(400, { ...options, service: 'mailer' })).toBeUndefined();
});

test('a page that misses a part of itself blames who answered, where that removed the files of before', () => {
  const attributes = { 'http.response.status_code': 404, 'url.full': 'https://mill.example/assets/88.js' };
  const answer = server('web', 'GET /assets/88.js', { ms: 2, attributes: { 'http.response.status_code': 404 } });
  const trace = traceOf(call('page', 'web', 'GET', { ms: 3, attributes }, [answer]));
  const lines = [
    logLine('page', 2, 'ChunkLoadError: Loading chunk 88 failed.', { level: 'error', traceId: trace.traceId }),
  ];
  const alone = diagnosed(trace, lines);
  const of = (diff: string) => {
    const change = changeBefore(900, { id: 'rel-8', kind: 'deploy', service: 'web', diff });
    return withRefusal({ ...alone, diagnosis: undefined }, { trace, lines, changes: [change] }, ran).diagnosis;
  };
  expect(of('+rm -rf assets && vite build')).toMatchObject({ service: 'web', change: { id: 'rel-8' } });
  expect(of('+rm -rf /var/tmp/thumbnails && vite build')).toBeUndefined();
});

describe('a route that a change took away', () => {
  const GONE = `@@ virtualservice.yaml @@
-  - match: [{uri: {prefix: /v2/hooves}}]
-    route: [{destination: {host: hoof-api}}]
   - match: [{uri: {prefix: /v1}}]`;
  const asked = (path: string, diff: string) => {
    const attributes = { 'http.response.status_code': 404, 'url.path': path };
    const trace = traceOf(server('gateway', 'ingress', { ms: 3, attributes }));
    const alone = diagnosed(trace, []);
    const change = changed(-420, { id: 'vs-1', kind: 'config', service: 'hoof-api', diff });
    return withRefusal({ ...alone, diagnosis: undefined }, { trace, lines: [], changes: [change] }, ran).diagnosis;
  };

  test('is named where the edge answers that it has no such path', () => {
    expect(asked('/v2/hooves', GONE)).toMatchObject({ service: 'gateway', change: { id: 'vs-1' } });
    expect(asked('/v2/hooves/7', GONE)?.change?.id).toBe('vs-1');
  });

  test('is not where the path was never routed, or still is', () => {
    expect(asked('/v3/hooves', GONE)).toBeUndefined();
    expect(asked('/v2/hooves', `${GONE}\n+  - match: [{uri: {prefix: /v2/hooves}}]`)).toBeUndefined();
  });
});

describe('a rule of the service itself, which a deploy brought', () => {
  const STRICT = '+  [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]';
  const line = "The JSON property 'berth' could not be mapped to any .NET member contained in type 'Trip'.";

  test('is named where the line of the refusal says what comes of it', () => {
    expect(judgedWith(422, { line, diff: STRICT, ofRequest: true })?.change?.id).toBe('ef-3');
  });

  test.each([
    ['another service brought it', { line, diff: STRICT, ofRequest: true, service: 'bff' }],
    ['the refusal is of another kind', { line: 'berth 7 is taken', diff: STRICT, ofRequest: true }],
    ['it was brought hours before', { line, diff: STRICT, ofRequest: true, atS: -7_000 }],
  ])('is not where %s', (_, options) => {
    expect(judgedWith(422, options)).toBeUndefined();
  });
});

describe('a hosted store without a span, which refuses a call', () => {
  const RULES = '-allow read: if true;\n+allow read: if request.auth.token.captain;';

  const judgedAt = (service: string) => {
    const trace = traceOf(
      span('tablet', 'load trips', {
        kind: 'client',
        ms: 90,
        failed: true,
        attributes: { 'http.response.status_code': 403, 'server.address': 'hosted-docs' },
      }),
    );
    const says = 'FirebaseError: Missing or insufficient permissions.';
    const lines = [logLine('tablet', 60, says, { level: 'error', traceId: trace.traceId })];
    const change = changeBefore(420, { id: 'ru-1', kind: 'config', service, diff: RULES });
    const alone = { ...diagnosed(trace, lines), diagnosis: undefined };
    return withRefusal(alone, { trace, lines, changes: [change] }, ran).diagnosis;
  };

  test('is named by its rules', () => {
    expect(judgedAt('hosted-docs')).toMatchObject({ service: 'hosted-docs', change: { id: 'ru-1' } });
  });

  test('is not named by the rules of another one', () => {
    expect(judgedAt('hosted-files')).toBeUndefined();
  });
});

describe('what a service no longer has', () => {
  const page = (line: string, level: string, diff: string) => {
    const status = { failed: true, attributes: { 'http.response.status_code': 404 } };
    const trace = traceOf(
      call('page', 'gateway', 'POST', { ms: 20, ...status }, [
        server('gateway', 'POST /book', { at: 4, ms: 9, ...status }),
      ]),
    );
    const lines = [logLine('gateway', 8, line, { level, traceId: trace.traceId })];
    const change = changeBefore(420, { id: 'ef-3', kind: 'deploy', service: 'gateway', diff });
    return withRefusal(diagnosed(trace, lines), { trace, lines, changes: [change] }, ran).diagnosis?.change?.id;
  };
  const GONE = '-NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: a7';
  const SKEW = 'Error: Failed to find Server Action "4f".';

  test('is named where the service reports it as an error', () => {
    expect(page(SKEW, 'error', GONE)).toBe('ef-3');
  });

  test('is an answer otherwise', () => {
    expect(page(SKEW, 'warn', GONE)).toBeUndefined();
    expect(page('no berth 4711', 'error', GONE)).toBeUndefined();
    expect(page(SKEW, 'error', '-color: red\n+color: blue')).toBeUndefined();
  });
});

test('a line of JSON quotes the field that its service no longer has', () => {
  const line = '{"level": "warn", "msg": "Cannot query field \\"berth\\" on type \\"Ferry\\"."}';
  const diff = '-  berth: String\n+# berth: see Pier';
  expect(judgedWith(400, { line, diff, ofRequest: true })).toMatchObject({ change: { id: 'ef-3' } });
  expect(judgedWith(400, { line, diff: diff.replaceAll('berth', 'deck'), ofRequest: true })).toBeUndefined();
});
