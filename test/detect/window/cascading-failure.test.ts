import { expect, test } from 'vitest';
import { cascadingFailure } from '#detect/window/cascading-failure.ts';
import { type DrawnRequest, requestAt, testWindowDetector, windowFindings } from '#test/requests.ts';
import { call, query, type SpanNode, server, times } from '#test/trace.ts';

type Way = Readonly<{
  users?: boolean;
  orders?: boolean;
  gateway?: boolean;
  silent?: boolean;
  put?: boolean;
  skewMs?: number;
}>;

/** Through gateway and orders to users and products; `users`, `orders`: where it fails. */
function request(
  at: number,
  { users = false, orders = false, gateway = false, silent = false, put = false, skewMs = 0 }: Way,
): DrawnRequest {
  const failed = users || orders;
  const products = call('orders', 'products', 'GET /products', { at: 12, ms: 20 }, [
    server('products', 'GET /products', { at: 14, ms: 15 }),
  ]);
  const asked = server('users', 'GET /users', {
    at: 44 + skewMs,
    ms: 30,
    failed: users && !silent,
    resource: { 'host.name': 'u' },
  });
  const ofUsers = call('orders', 'users', 'GET /users', { at: 40, ms: 40, failed: users }, [asked]);
  const work: SpanNode[] = [
    products,
    ofUsers,
    query('orders', 'INSERT INTO orders VALUES (1)', { at: 85, ms: 5, failed: orders }),
  ];
  const below = server(
    'orders',
    'POST /create',
    { at: 8, ms: 200, failed: failed && !put, resource: { 'host.name': 'o' } },
    work,
  );
  const calling = call('gateway', 'orders', 'POST /create', { at: 4, ms: 210, failed: failed && !put }, [below]);
  return requestAt(at, server('gateway', 'POST /orders', { ms: 220, failed: (failed && !put) || gateway }, [calling]));
}

const HEALTHY = times(60, (n) => request(n - 3600, {}));
const OUTAGE = times(120, (n) => request(n, { users: n >= 40 && n % 2 === 0 }));

testWindowDetector(cascadingFailure, {
  found: {
    'a service whose failure its callers pass on': {
      requests: OUTAGE,
      healthy: HEALTHY,
      sightings: [
        {
          service: 'users',
          operation: 'GET /users',
          title: '33 % of requests fail: users failed first, at 14:30:40 UTC, then orders and gateway',
          explanation: /40 of 120 requests fail\./,
          remedy: /Fix users first, and leave the others alone until it answers\./,
        },
      ],
    },
    'one that later makes its caller fail by itself': {
      requests: times(160, (n) => request(n, { users: n >= 40 && n % 3 === 0, orders: n >= 80 && n % 3 === 1 })),
      healthy: HEALTHY,
      sightings: [{ service: 'users', explanation: /66 of 160 requests fail\./ }],
    },
    'one that does not answer, and has no failed span': {
      requests: times(120, (n) => request(n, { users: n % 3 === 0, silent: true })),
      sightings: [
        {
          service: 'users',
          title: /^33 % of requests fail: users failed first, at 14:30:00 UTC, then orders and gateway$/,
        },
      ],
    },
    'one whose clock is behind': {
      requests: times(120, (n) => request(n, { users: n % 3 === 0, skewMs: -3000 })),
      sightings: [{ service: 'users', title: /then orders and gateway/ }],
    },
    'one of which a caller fails once before, of something else': {
      requests: times(120, (n) => request(n, n === 3 ? { orders: true } : { users: n >= 40 && n % 2 === 0 })),
      sightings: [{ service: 'users' }],
    },
  },
  clear: {
    'no failure': { requests: times(120, (n) => request(n, {})) },
    'failures that stay where they are': { requests: times(120, (n) => request(n, { gateway: n % 3 === 0 })) },
    'two services': { requests: times(120, (n) => request(n, { orders: n % 3 === 0 })) },
    'failures that a caller puts up with': {
      requests: times(120, (n) => request(n, { users: n % 3 === 0, put: true })),
    },
    'four requests': { requests: times(20, (n) => request(n, { users: n % 5 === 0 })) },
    'one request in twenty': { requests: times(200, (n) => request(n, { users: n % 20 === 0 })) },
    'as many as in health': { requests: OUTAGE, healthy: times(60, (n) => request(n - 3600, { users: n % 3 === 0 })) },
  },
});

test('cascading-failure says of each service what it did', () => {
  const [finding] = windowFindings(cascadingFailure, { requests: OUTAGE, healthy: HEALTHY });
  expect(finding?.evidence?.map(({ text }) => text)).toEqual([
    'users: GET /users itself fails in 40 requests since 14:30:40 UTC',
    'orders: passes on the failure of users in 40 requests, 130 ms later',
    'gateway: passes on the failure of users in 40 requests, 150 ms later',
  ]);
});

test('cascading-failure names the same first one of twice as many requests', () => {
  const twice = OUTAGE.flatMap((one) => [one, { ...one, at: one.at + 0.3 }]);
  expect(windowFindings(cascadingFailure, { requests: twice })).toMatchObject([
    { service: 'users', facts: { failing: 80 } },
  ]);
});
