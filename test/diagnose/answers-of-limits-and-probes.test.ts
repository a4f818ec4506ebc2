import { describe, expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { call, query, type SpanNode, server, span, traceOf } from '#test/trace.ts';

const judged = (root: SpanNode) => diagnosed(traceOf(root)).diagnosis;
const status = (code: number) => ({ attributes: { 'http.response.status_code': code } });

describe('a service that refuses a request by its own limit', () => {
  test.each([
    ['too many requests', 429, 'Limit Exceeded'],
    ['a client that sends too slowly', 408, 'request body read timeout'],
  ])('works as meant: %s', (_name, code, said) => {
    expect(
      judged(server('api', 'POST /q', { ms: 30, failed: true, ...status(code), statusText: said })),
    ).toBeUndefined();
  });

  test('has a fault where a call of it failed', () => {
    const limiter = call('api', 'redis', 'EVALSHA', { at: 1, ms: 20, failed: true, statusText: 'ECONNREFUSED' });
    expect(judged(server('api', 'POST /q', { ms: 30, failed: true, ...status(429) }, [limiter]))).toBeDefined();
  });
});

describe('one probe that fails', () => {
  test('is unsure, and says what else it can be', () => {
    const probe = server('api', 'GET /readyz', {
      ms: 3,
      failed: true,
      ...status(503),
      statusText: 'migrations running',
    });
    const diagnosis = judged(probe);
    expect(diagnosis?.status).toBe('inconclusive');
    expect(diagnosis?.couldBe).toHaveLength(2);
  });

  test('names the dependency that made it fail', () => {
    const refused = query('api', 'SELECT 1', { at: 1, ms: 1, failed: true, attributes: {} });
    const diagnosis = judged(
      server('api', 'GET /readyz', { ms: 3, failed: true, ...status(503) }, [
        { ...refused, span: { ...refused.span, statusText: 'connection refused' } },
      ]),
    );
    expect(diagnosis).toMatchObject({ kind: 'error-origin', status: expect.not.stringMatching('inconclusive') });
  });
});

describe('an answer that the caller counts on', () => {
  const below = (child: SpanNode, ...others: readonly SpanNode[]) =>
    judged(server('web', 'GET /', { ms: 90, ...status(200) }, [child, ...others]));

  test.each(['ConditionalCheckFailedException: The conditional request failed', 'nats: wrong last sequence: 7'])(
    'a condition that did not hold: %s',
    (statusText) => {
      expect(below(call('web', 'store', 'PutItem', { at: 3, ms: 9, failed: true, statusText }))).toBeUndefined();
    },
  );

  test('what was fetched ahead of need', () => {
    expect(below(call('web', 'next', 'prefetch GET /next', { at: 3, ms: 9, failed: true }))).toBeUndefined();
    expect(below(call('web', 'next', 'GET /next', { at: 3, ms: 9, failed: true }))).toBeDefined();
  });

  test('a connection that the pool tested and replaced', () => {
    const tested = span('web', 'isValid', { at: 3, ms: 2, failed: true });
    const pool = (...more: readonly SpanNode[]) => span('web', 'getConnection', { at: 2, ms: 18 }, [tested, ...more]);
    expect(below(pool(span('web', 'connect', { at: 6, ms: 9 })))).toBeUndefined();
    expect(below(pool())).toBeDefined();
  });
});

test('a consumer to which no message came waits', () => {
  const fetch = (statusText: string) =>
    span('w', 'ORDERS fetch', {
      kind: 'client',
      ms: 5000,
      failed: true,
      statusText,
      attributes: { 'messaging.system': 'nats', 'messaging.operation.type': 'receive' },
    });
  expect(judged(fetch('nats: timeout'))).toBeUndefined();
  expect(judged(fetch('nats: authorization violation'))).toBeDefined();
});

test.each([
  ['etcdserverpb.Lease/LeaseKeepAlive', { 'rpc.system.name': 'grpc', 'rpc.method': 'LeaseKeepAlive' }],
  ['GET', { 'http.request.method': 'GET', 'server.address': 'stream.flags.example' }],
])('a stream stays open: %s', (operation, attributes) => {
  expect(judged(span('w', operation, { kind: 'client', ms: 300_000, attributes }))).toBeUndefined();
});
