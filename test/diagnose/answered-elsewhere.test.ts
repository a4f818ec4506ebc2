import { describe, expect, test } from 'vitest';
import type { Attributes } from '#model/trace/columns.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { type SpanNode, type SpanOptions, server, span, traceOf } from '#test/trace.ts';

const OK = { attributes: { 'http.response.status_code': 200 } };
const [BAD, UNAVAILABLE] = [502, 503];

/** A call of `web`: its name, when it began, and how it ended. */
const asked = (
  operation: string,
  [at, ms]: readonly [at: number, ms: number],
  { error, host, status, ...more }: Attributes & { error?: string; host?: string; status?: number } = {},
  options: SpanOptions = {},
): SpanNode =>
  span('web', operation, {
    kind: 'client',
    at,
    ms,
    attributes: {
      ...(host !== undefined && { 'server.address': host }),
      ...(status !== undefined && { 'http.response.status_code': status }),
      ...more,
    },
    ...((error !== undefined || Number(status) >= 500) && { failed: true }),
    ...(error !== undefined && { statusText: error }),
    ...options,
  });
const inside = (operation: string, [at, ms]: readonly [number, number], children: readonly SpanNode[] = []) =>
  span('web', operation, { at, ms }, children);
const path = (host: string, of: string) => ({ host, 'url.full': `http://${host}${of}` });
const sql = (host: string, text: string) => ({ host, 'db.system.name': 'postgresql', 'db.query.text': text });
const REFUSED = 'connect ECONNREFUSED';

/** What was tried, and how the last attempt ends where nothing gives the answer. */
type Case = readonly [name: string, tried: readonly SpanNode[], last: (isGood: boolean) => SpanNode];
const ending = (error: string) => (isGood: boolean) => (isGood ? {} : { error });

const CASES: readonly Case[] = [
  [
    'a balancer’s first target is gone (Kong)',
    [asked('kong.balancer', [2, 1], { host: '10.2.0.4', error: REFUSED })],
    (good) => asked('kong.balancer', [4, 30], { host: '10.2.0.5', ...ending(REFUSED)(good) }),
  ],
  [
    'tries are numbered in their names',
    [asked('balancer try 1', [2, 1], { host: '10.2.0.4', error: REFUSED })],
    (good) => asked('balancer try 2', [4, 30], { host: '10.2.0.5', ...ending(REFUSED)(good) }),
  ],
  [
    'the next upstream after a 502 (nginx)',
    [asked('upstream', [2, 3], { host: '10.2.0.4', status: BAD })],
    (good) => asked('upstream', [6, 30], { host: '10.2.0.5', status: good ? 200 : BAD }),
  ],
  [
    'upstreams by name',
    [asked('GET', [2, 3], { ...path('app-1', '/x'), error: REFUSED })],
    (good) => asked('GET', [6, 30], { ...path('app-2', '/x'), ...ending(REFUSED)(good) }),
  ],
  [
    'Envoy’s next host',
    [asked('router cart egress', [2, 3], { host: '10.1.1.4', status: UNAVAILABLE, response_flags: 'UF' })],
    (good) => asked('router cart egress', [12, 30], { host: '10.1.1.9', status: good ? 200 : UNAVAILABLE }),
  ],
  [
    'a redispatch (HAProxy)',
    [asked('be_app/srv1', [2, 3], { host: 'srv1', error: 'Connection refused' })],
    (good) => asked('be_app/srv2', [12, 30], { host: 'srv2', ...ending('Connection refused')(good) }),
  ],
  [
    'each attempt has a span around it (Traefik)',
    [inside('Attempt 1', [2, 4], [asked('GET', [3, 2], { ...path('10.0.3.3', '/a'), error: REFUSED })])],
    (good) =>
      inside('Attempt 2', [10, 40], [asked('GET', [11, 38], { ...path('10.0.3.7', '/a'), ...ending(REFUSED)(good) })]),
  ],
  [
    'a kept connection was reset and the call was sent again',
    [asked('GET', [3, 3], { ...path('stock', '/stock/4411'), error: 'read ECONNRESET' })],
    (good) =>
      asked('GET', [40, 20], {
        ...path('stock', '/stock/4411'),
        'http.request.resend_count': 1,
        ...ending('read ECONNRESET')(good),
      }),
  ],
  [
    'the attempt after it says that it is the second',
    [asked('HTTP PUT', [2, 20], { status: UNAVAILABLE, 'aws.retry.attempt': 1 })],
    (good) => asked('HTTP PUT', [60, 30], { status: good ? 200 : UNAVAILABLE, 'aws.retry.attempt': 2 }),
  ],
  [
    'a driver’s second host',
    [asked('SELECT', [2, 2], { ...sql('pg-a', 'SELECT * FROM o WHERE id = 1'), error: REFUSED })],
    (good) => asked('SELECT', [6, 6], { ...sql('pg-b', 'SELECT * FROM o WHERE id = 1'), ...ending(REFUSED)(good) }),
  ],
  [
    'another replica after a timeout',
    [asked('SELECT', [2, 10], { ...sql('10.3.0.1', 'SELECT * FROM t WHERE k = 1'), error: 'OperationTimedOut' })],
    (good) =>
      asked('SELECT', [13, 6], {
        ...sql('10.3.0.2', 'SELECT * FROM t WHERE k = 1'),
        ...ending('OperationTimedOut')(good),
      }),
  ],
  [
    'a deadlock’s victim ran again',
    [asked('UPDATE', [4, 20], { ...sql('pg', 'UPDATE acc SET b = 1 WHERE id = 2'), error: 'deadlock detected' })],
    (good) =>
      asked('UPDATE', [40, 6], {
        ...sql('pg', 'UPDATE acc SET b = 1 WHERE id = 2'),
        ...ending('deadlock detected')(good),
      }),
  ],
  [
    'the first address of a connection',
    [asked('tcp.connect', [2, 2], { host: '2001:db8::1', error: 'connect ENETUNREACH' })],
    (good) => asked('tcp.connect', [5, 5], { host: '203.0.113.8', ...ending('connect ENETUNREACH')(good) }),
  ],
  [
    'the first resolver',
    [asked('dns.lookup', [2, 2], { host: '10.0.0.2', error: 'SERVFAIL' })],
    (good) => asked('dns.lookup', [5, 2], { host: '10.0.0.3', ...ending('SERVFAIL')(good) }),
  ],
  [
    'a leader moved (etcd)',
    [asked('etcdserverpb.KV/Txn', [2, 10], { host: 'etcd-0', error: 'etcdserver: leader changed' })],
    (good) => asked('etcdserverpb.KV/Txn', [20, 30], { host: 'etcd-2', ...ending('etcdserver: leader changed')(good) }),
  ],
  [
    'another region',
    [asked('GET', [2, 10], { ...path('profile.eu-west-1.internal', '/me'), status: UNAVAILABLE })],
    (good) =>
      asked('GET', [20, 90], {
        ...path('profile.eu-central-1.internal', '/me'),
        status: good ? 200 : UNAVAILABLE,
      }),
  ],
  [
    'another region offers the same model',
    [asked('talk sybil-2', [2, 10], { host: 'north.oracle', 'gen_ai.request.model': 'sybil-2', status: UNAVAILABLE })],
    (good) =>
      asked('talk sybil-2', [20, 90], {
        host: 'models-south.example',
        'gen_ai.request.model': 'sybil-2',
        status: good ? 200 : UNAVAILABLE,
      }),
  ],
  [
    'another host for the same thing',
    [asked('GET', [2, 10], { ...path('cdn.example', '/img/77'), status: UNAVAILABLE })],
    (good) => asked('GET', [20, 90], { ...path('origin.example', '/img/77'), status: good ? 200 : UNAVAILABLE }),
  ],
  [
    'a hedged call whose first copy was reset',
    [asked('GET', [2, 45], { ...path('idx-a', '/d/77'), error: 'socket hang up' })],
    (good) =>
      asked('GET', [20, 30], { ...path('idx-b', '/d/77'), 'hedge.attempt': 2, ...ending('socket hang up')(good) }),
  ],
  [
    'another provider after a switch',
    [
      asked('POST', [5, 20], { ...path('psp-a.example', '/v1/charge'), status: UNAVAILABLE }),
      inside('failover to secondary', [30, 1]),
    ],
    (good) => asked('POST', [35, 90], { ...path('psp-b.example', '/payments'), status: good ? 200 : UNAVAILABLE }),
  ],
  [
    'a breaker is open for one instance',
    [span('web', 'stock-a execute', { at: 3, ms: 1, failed: true, statusText: 'The circuit is now open' })],
    (good) => asked('GET', [5, 30], { ...path('stock-b', '/s/7'), ...ending('The circuit is now open')(good) }),
  ],
  [
    'a call timed out soon, and the next one worked',
    [asked('GET', [2, 50], { ...path('px', '/p/9'), error: 'ETIMEDOUT' })],
    (good) => asked('GET', [60, 40], { ...path('px', '/p/9'), ...ending('ETIMEDOUT')(good) }),
  ],
  [
    'two targets are gone and the third answers',
    [
      asked('u.U/Get', [2, 2], { host: '10.4.0.1', error: 'connections to all backends failing' }),
      asked('u.U/Get', [6, 2], { host: '10.4.0.2', error: 'connections to all backends failing' }),
    ],
    (good) => asked('u.U/Get', [10, 30], { host: '10.4.0.3', ...ending('connections to all backends failing')(good) }),
  ],
  [
    'a broker that is no longer the leader (Kafka)',
    [asked('orders publish', [3, 5], { host: 'broker-1', error: 'NOT_LEADER_OR_FOLLOWER' }, { kind: 'producer' })],
    (good) =>
      asked(
        'orders publish',
        [20, 8],
        { host: 'broker-2', ...ending('NOT_LEADER_OR_FOLLOWER')(good) },
        { kind: 'producer' },
      ),
  ],
  [
    'the first node of a cluster (Elasticsearch)',
    [asked('search', [2, 2], { host: 'es-1', 'db.system.name': 'elasticsearch', error: REFUSED })],
    (good) => asked('search', [6, 60], { host: 'es-2', 'db.system.name': 'elasticsearch', ...ending(REFUSED)(good) }),
  ],
  [
    'a primary that stepped down (MongoDB)',
    [asked('insert shop.c', [3, 4], { host: 'mongo-0', 'db.system.name': 'mongodb', error: 'NotWritablePrimary' })],
    (good) =>
      asked('insert shop.c', [20, 8], {
        host: 'mongo-1',
        'db.system.name': 'mongodb',
        ...ending('NotWritablePrimary')(good),
      }),
  ],
];

describe.each(CASES)('%s', (_name, tried, last) => {
  test('is no fault where the last attempt worked', () => {
    const { diagnosis } = diagnosed(traceOf(server('web', 'GET /a', { ms: 130, ...OK }, [...tried, last(true)])));
    expect(diagnosis).toBeUndefined();
  });

  test('is the fault where the last attempt failed, too', () => {
    const failed = { failed: true, attributes: { 'http.response.status_code': BAD } };
    const { diagnosis } = diagnosed(traceOf(server('web', 'GET /a', { ms: 130, ...failed }, [...tried, last(false)])));
    expect(diagnosis?.kind).toMatch(/error-origin|circuit-open|retry-storm|lock-contention|timeout-cascade/);
  });
});

describe('what looks like another attempt, and is none', () => {
  const bad = asked('POST', [2, 10], { ...path('app-1', '/flush'), status: UNAVAILABLE });
  const judged = (...calls: readonly SpanNode[]) =>
    diagnosed(traceOf(server('web', 'POST /flush', { ms: 200, ...OK }, [bad, ...calls]))).diagnosis;

  test('the same message to each instance', () => {
    const others = [2, 3, 4].map((number) =>
      asked('POST', [number * 20, 10], { ...path(`app-${number}`, '/flush'), status: 200 }),
    );
    expect(judged(...others)).toBeDefined();
  });

  test('a part of the data on each shard', () => {
    const shard = (number: number, status: number) =>
      asked('search', [number * 20, 10], { host: `shard-${number}`, status });
    const root = server('web', 'GET /q', { ms: 200, ...OK }, [shard(1, UNAVAILABLE), shard(2, 200)]);
    expect(diagnosed(traceOf(root)).diagnosis).toBeDefined();
  });

  test('another path on the next instance', () => {
    expect(judged(asked('POST', [20, 10], { ...path('app-2', '/reload'), status: 200 }))).toBeDefined();
  });

  test('a call to an unrelated host', () => {
    expect(judged(asked('POST', [20, 10], { ...path('mail', '/send'), status: 200 }))).toBeDefined();
  });
});

describe('an attempt that took most of the request', () => {
  test('is reported for its time', () => {
    const root = server('web', 'GET /e', { ms: 5100, ...OK }, [
      asked('GET', [2, 5000], { ...path('pxa', '/p/9'), error: 'connect ETIMEDOUT' }),
      asked('GET', [5010, 50], { ...path('pxb', '/p/9') }),
    ]);
    const { diagnosis } = diagnosed(traceOf(root));
    expect(diagnosis).toMatchObject({ service: 'pxa' });
    expect(diagnosis?.kind).not.toBe('error-origin');
  });
});

const NOTHING_SAYS_WHY = 'it is recorded that it failed, and nothing recorded says why';

describe('a fallback that answered', () => {
  const refused = asked('GET', [3, 3], { host: 'recs', error: 'Connection refused' });
  const verdictOf = (root: SpanOptions, ...calls: readonly SpanNode[]) =>
    diagnosed(traceOf(server('web', 'GET /p', { ms: 50, ...OK, ...root }, [refused, ...calls]))).diagnosis;
  const saying = (name: string, value: boolean | string) => ({ attributes: { ...OK.attributes, [name]: value } });

  test.each([
    ['the span of a fallback', {}, [inside('recs.topFallback', [7, 1])]],
    ['an attribute', saying('recs.fallback', true), []],
    ['an event', { events: [{ at: 7, name: 'fallback' }] }, []],
    ['a stale copy', saying('cache.status', 'stale'), []],
    ['a flag’s default', {}, [span('web', 'flag', { at: 7, attributes: { 'feature_flag.result.reason': 'default' } })]],
  ] as const)('leaves it unsure: %s', (_name, root, calls) => {
    const verdict = verdictOf(root, ...calls);
    expect(verdict?.status).toBe('inconclusive');
    expect(verdict?.statusReason).not.toBe(NOTHING_SAYS_WHY);
  });

  test('without it the hidden failure is as unsure, for nothing says whether it is put up with', () => {
    expect(verdictOf({})).toMatchObject({ status: 'inconclusive', statusReason: NOTHING_SAYS_WHY });
  });

  test('without it two hidden failures are likely', () => {
    const other = asked('GET', [7, 3], { host: 'prices', error: 'Connection refused' });
    expect(verdictOf({}, other)?.status).toBe('likely');
  });

  test('an open breaker with a fallback is unsure, and confirmed where the request fails', () => {
    const open = span('web', 'recs', { at: 3, failed: true, statusText: 'CircuitBreaker recs is open' });
    const judged = (root: SpanOptions, ...more: readonly SpanNode[]) =>
      diagnosed(traceOf(server('web', 'GET /p', { ms: 50, ...root }, [open, ...more]))).diagnosis;
    expect(judged(OK, inside('recs.fallback', [5, 1]))).toMatchObject({
      kind: 'circuit-open',
      status: 'inconclusive',
    });
    expect(judged({ failed: true })).toMatchObject({ kind: 'circuit-open', status: 'confirmed' });
  });

  test('a database that answers for its cache leaves it unsure', () => {
    const cache = asked('GET', [2, 2], { host: 'redis', 'db.system.name': 'redis', error: REFUSED });
    const row = asked('SELECT', [6, 9], sql('pg', 'SELECT * FROM p WHERE id = 1'));
    const { diagnosis } = diagnosed(traceOf(server('web', 'GET /p', { ms: 40, ...OK }, [cache, row])));
    expect(diagnosis?.status).toBe('inconclusive');
  });
});
