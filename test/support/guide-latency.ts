/**
 * What the two guides show of slow requests, drawn with their services, statements and numbers, and with the attributes
 * that OpenTelemetry's SDKs record. A callee's span has the guide's time, its caller's is a millisecond longer.
 */

import { called, guided, type Timed } from '#test/guide-calls.ts';
import { type Scenario, sql } from '#test/scenarios.ts';
import { type SpanNode, type SpanOptions, server, span, times } from '#test/trace.ts';

export const latencyOfGuides: readonly Scenario[] = [
  fiveSecondQuery(),
  queryBehindMiss(),
  joinWithoutIndex(),
  sequentialDashboard(),
  fiftyStockCalls(),
  ordersWithCustomers(),
  twentyProducts(),
  poolGap(),
  twoMisses(),
  attributedLatency(),
];

/** “User Service (120-5120ms) ← SLOW, Database Query (5000ms) ← BOTTLENECK.” */
function fiveSecondQuery(): Scenario {
  return guided('five-second-query', { kind: 'slow-query', service: 'user-service' }, [
    server('api-gateway', 'GET /api/users', { ms: 5200, attributes: { 'http.response.status_code': 200 } }, [
      called('api-gateway', 'auth-service', 'POST /validate', { at: 50, ms: 100 }, [
        redis('auth-service', 'GET session:8f2', { at: 70, ms: 50 }),
      ]),
      called('api-gateway', 'user-service', 'GET /users', { at: 120, ms: 5000 }, [
        sql('user-service', 'SELECT', 'users', 'SELECT * FROM users WHERE email = $1', { at: 120, ms: 5000 }),
      ]),
      called('api-gateway', 'product-service', 'GET /products', { at: 200, ms: 200 }),
      called('api-gateway', 'order-service', 'GET /orders', { at: 300, ms: 200 }),
    ]),
  ]);
}

/** “inventory-service consumed 890ms, and within it, a database query took 875ms following a cache miss.” */
function queryBehindMiss(): Scenario {
  const statement = 'SELECT sku, available FROM stock WHERE order_id = $1';
  return guided('query-behind-miss', { kind: 'slow-query', service: 'inventory-service' }, [
    server('api-gateway', 'GET /api/orders/12345', { ms: 1247, attributes: { 'http.response.status_code': 200 } }, [
      called('api-gateway', 'auth-service', 'POST /validate', { at: 2, ms: 23 }),
      called('api-gateway', 'order-service', 'GET /orders/12345', { at: 28, ms: 1180 }, [
        sql('order-service', 'SELECT', 'orders', 'SELECT * FROM orders WHERE id = $1', { at: 32, ms: 12 }),
        called('order-service', 'inventory-service', 'GET /stock', { at: 150, ms: 890 }, [
          redis('inventory-service', 'GET inventory:12345', { at: 153, ms: 2, hit: false }),
          sql('inventory-service', 'SELECT', 'stock', statement, { at: 158, ms: 875 }),
        ]),
        called('order-service', 'pricing-service', 'GET /calculate', { at: 1110, ms: 45 }),
      ]),
      called('api-gateway', 'notification-service', 'POST /email', { at: 1215, ms: 18 }),
    ]),
  ]);
}

/** “A single database query consuming 97% of the request time.” */
function joinWithoutIndex(): Scenario {
  const statement =
    'SELECT o.*, oi.* FROM orders o JOIN order_items oi ON o.id = oi.order_id WHERE o.customer_id = $1 ORDER BY o.created_at DESC';
  return guided('join-without-index', { kind: 'slow-query', service: 'order-service' }, [
    server('order-service', 'GET /orders', { ms: 2340, attributes: { 'http.response.status_code': 200 } }, [
      sql('order-service', 'SELECT', 'orders', statement, { at: 20, ms: 2280 }),
      redis('order-service', 'SET order-cache:customer:789', { at: 2310, ms: 3 }),
    ]),
  ]);
}

/** “Four independent service calls are executing sequentially … with parallelization, the trace collapses to ~620ms.” */
function sequentialDashboard(): Scenario {
  const read = (callee: string, path: string, timed: Timed) =>
    called('api-gateway', callee, `GET ${path}`, timed, [
      span(callee, 'render', { at: timed.at + 5, ms: timed.ms - 10 }),
    ]);
  return guided('sequential-dashboard', { kind: 'sequential-calls', service: 'api-gateway' }, [
    server('api-gateway', 'GET /dashboard', { ms: 1850, attributes: { 'http.response.status_code': 200 } }, [
      read('user-service', '/profile', { at: 10, ms: 320 }),
      read('order-service', '/recent', { at: 338, ms: 480 }),
      read('notification-svc', '/unread', { at: 826, ms: 410 }),
      read('recommendation-svc', '/for-you', { at: 1244, ms: 590 }),
    ]),
  ]);
}

/** “50 individual HTTP calls to the inventory service, one per product. Each call is fast (45–60ms).” */
function fiftyStockCalls(): Scenario {
  return guided('fifty-stock-calls', { kind: 'n-plus-one-calls', service: 'catalog-service' }, [
    server('catalog-service', 'GET /catalog', { ms: 3120, attributes: { 'http.response.status_code': 200 } }, [
      sql('catalog-service', 'SELECT', 'products', 'SELECT sku, name FROM products LIMIT 50', { at: 3, ms: 14 }),
      ...times(50, (i) =>
        called('catalog-service', 'inventory-service', `GET /stock/A${String(i + 1).padStart(3, '0')}`, {
          at: 25 + i * 61,
          ms: 45 + ((i * 7) % 16),
        }),
      ),
    ]),
  ]);
}

/** “1 query to fetch orders + 50 individual queries to fetch each order's customer.” */
function ordersWithCustomers(): Scenario {
  const list = "SELECT * FROM orders WHERE status = 'active' LIMIT 50";
  return guided('orders-with-customers', { kind: 'n-plus-one-queries', service: 'order-service' }, [
    server('order-service', 'GET /orders', { ms: 1890, attributes: { 'http.response.status_code': 200 } }, [
      sql('order-service', 'SELECT', 'orders', list, { at: 4, ms: 15 }),
      ...times(50, (i) =>
        sql('order-service', 'SELECT', 'customers', `SELECT * FROM customers WHERE id = ${101 + i}`, {
          at: 30 + i * 37,
          ms: 7 + ((i * 3) % 5),
        }),
      ),
    ]),
  ]);
}

/** “Fetches cart items, then calls the product service individually for each item.” */
function twentyProducts(): Scenario {
  return guided('twenty-products', { kind: 'n-plus-one-calls', service: 'checkout-service' }, [
    server('checkout-service', 'POST /checkout', { ms: 4100, attributes: { 'http.response.status_code': 200 } }, [
      called('checkout-service', 'cart-service', 'GET /cart/items', { at: 5, ms: 35 }),
      ...times(20, (i) =>
        called('checkout-service', 'product-service', `GET /products/P${i + 1}`, {
          at: 60 + i * 200,
          ms: 120 + ((i * 5) % 16),
        }),
      ),
    ]),
  ]);
}

/** “The 1,800ms gap between the first and second database query.” */
function poolGap(): Scenario {
  return guided('pool-gap', { kind: 'pool-exhaustion', service: 'order-service' }, [
    server('order-service', 'GET /orders', { ms: 2340, attributes: { 'http.response.status_code': 200 } }, [
      sql('order-service', 'SELECT', 'orders', 'SELECT id, total FROM orders WHERE customer_id = $1', {
        at: 5,
        ms: 15,
      }),
      sql('order-service', 'SELECT', 'order_items', 'SELECT sku FROM order_items WHERE order_id = $1', {
        at: 1820,
        ms: 12,
      }),
      span('order-service', 'render', { at: 1835, ms: 500 }),
    ]),
  ]);
}

/** “Both cache lookups missed … the review service's slow user join (830ms) is the real latency contributor.” */
function twoMisses(): Scenario {
  return guided('two-misses', { kind: 'cache-miss-cascade', service: 'product-service' }, [
    server('product-service', 'GET /product/456', { ms: 1250, attributes: { 'http.response.status_code': 200 } }, [
      redis('product-service', 'GET product:456', { at: 2, ms: 1, hit: false }),
      sql('product-service', 'SELECT', 'products', 'SELECT * FROM products WHERE id = $1', { at: 10, ms: 85 }),
      redis('product-service', 'GET product:456:reviews', { at: 200, ms: 1, hit: false }),
      called('product-service', 'review-service', 'GET /reviews', { at: 210, ms: 890 }, [
        sql('review-service', 'SELECT', 'reviews', 'SELECT * FROM reviews WHERE product_id = $1', { at: 213, ms: 45 }),
        sql(
          'review-service',
          'SELECT',
          'users',
          'SELECT u.* FROM users u JOIN reviews r ON r.user_id = u.id WHERE r.product_id = $1',
          { at: 262, ms: 830 },
        ),
      ]),
      redis('product-service', 'SET product:456', { at: 1230, ms: 2 }),
      redis('product-service', 'SET product:456:reviews', { at: 1240, ms: 1 }),
    ]),
  ]);
}

/** “authentication 50ms, upstream_wait 69ms, database_query 630ms, serialization 350ms.” */
function attributedLatency(): Scenario {
  return guided('attributed-latency', { kind: 'slow-query', service: 'user-service' }, [
    server('user-service', 'GET /users', { ms: 1100, attributes: { 'http.response.status_code': 200 } }, [
      span('user-service', 'authenticate', { at: 0, ms: 50 }),
      span('user-service', 'load user', { at: 51, ms: 699 }, [
        sql('user-service', 'SELECT', 'users', 'SELECT * FROM users WHERE email = $1', { at: 120, ms: 630 }),
      ]),
      span('user-service', 'serialize', { at: 750, ms: 350 }),
    ]),
  ]);
}

/** A command of Redis; `hit` as the guide's own look-up records it. */
function redis(caller: string, statement: string, { hit, ...timed }: Timed & { hit?: boolean }): SpanNode {
  const options: SpanOptions = {
    ...timed,
    kind: 'client',
    scope: 'opentelemetry.instrumentation.redis',
    attributes: {
      'db.system.name': 'redis',
      'db.operation.name': statement.split(' ', 1)[0] ?? '',
      'db.query.text': statement,
      'server.address': 'redis.shop.internal',
      'server.port': 6379,
      ...(hit === undefined ? {} : { 'cache.hit': hit }),
    },
  };
  return span(caller, statement.split(' ', 1)[0] ?? '', options);
}
