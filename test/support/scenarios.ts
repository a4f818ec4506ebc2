/**
 * Six situations that an on-call engineer meets, drawn as a real shop would record them: client and server spans in
 * pairs, current OpenTelemetry names, resources, a little noise, and the lines that the services logged meanwhile.
 * The samples, the tests against real backends and the demo are all made of these.
 */
import { call, type SpanNode, type SpanOptions, server, span, times } from '#test/trace.ts';

/** How a line can be tied to its trace: fields beside the line, the id inside its text, or not at all. */
export type Tie = 'fields' | 'text' | 'none';

export type ScenarioLog = Readonly<{
  /** Milliseconds from the trace's start. */
  at: number;
  service: string;
  level: 'debug' | 'info' | 'warn' | 'error';
  text: string;
  tie: Tie;
}>;

export type Scenario = Readonly<{
  /** The sample's folder. */
  name: string;
  title: string;
  /** One line for whoever chooses a sample. */
  what: string;
  roots: readonly SpanNode[];
  logs: readonly ScenarioLog[];
  /** Undefined where nothing is wrong. */
  expected: Readonly<{ kind: string; service: string }> | undefined;
}>;

/** What the network takes each way; the callee's span is that much shorter on both sides. */
const HOP_MS = 1.5;

const VERSIONS: Readonly<Record<string, string>> = {
  'api-gateway': '3.14.0',
  'checkout-service': '2.8.1',
  'order-service': '5.1.3',
  'inventory-service': '1.19.0',
  'ml-model': '7.0.2',
};

export const scenarios: readonly Scenario[] = [
  modelServerOom(),
  slowOrderQuery(),
  nPlusOneOrders(),
  sequentialDashboard(),
  stockLockWait(),
  healthyCheckout(),
];

/** An error that crosses four services: only the lowest says what happened. */
function modelServerOom(): Scenario {
  const reason = 'Model server OOM: cannot allocate 2GB for inference batch';
  const failed = { failed: true };
  const predict = request(
    'fraud-service',
    'ml-model',
    'POST',
    '/v1/predict',
    { at: 118, ms: 214, status: 503, ...failed },
    [
      span('ml-model', 'load_features', { at: 122, ms: 31 }),
      span('ml-model', 'run_inference', {
        at: 154,
        ms: 171,
        ...failed,
        statusText: reason,
        attributes: { 'batch.size': 512, 'model.name': 'fraud-gbdt-7' },
        events: [
          {
            at: 324,
            name: 'exception',
            attributes: {
              'exception.type': 'MemoryError',
              'exception.message': reason,
              'exception.stacktrace': `Traceback (most recent call last):\n  File "/app/serve.py", line 88, in run_inference\n    buffer = allocate(batch)\nMemoryError: ${reason}`,
            },
          },
        ],
      }),
    ],
  );
  const evaluate = request(
    'payment-service',
    'fraud-service',
    'POST',
    '/evaluate',
    { at: 102, ms: 238, status: 500, ...failed },
    [cache('fraud-service', 'GET', 'rules:eu', { at: 108, ms: 1.4 }), predict],
  );
  const charge = request(
    'checkout-service',
    'payment-service',
    'POST',
    '/charge',
    { at: 84, ms: 266, status: 500, ...failed },
    [
      sql(
        'payment-service',
        'SELECT',
        'payment_methods',
        'SELECT id, token, brand FROM payment_methods WHERE customer_id = $1 AND active',
        {
          at: 90,
          ms: 6.2,
        },
      ),
      evaluate,
    ],
  );
  const cart = request('checkout-service', 'cart-service', 'GET', '/carts/{id}', { at: 22, ms: 45 }, [
    cache('cart-service', 'HGETALL', 'cart:c-20418', { at: 27, ms: 2.1 }),
    sql('cart-service', 'SELECT', 'cart_items', 'SELECT sku, quantity, unit_price FROM cart_items WHERE cart_id = $1', {
      at: 32,
      ms: 11,
    }),
  ]);
  return {
    name: 'model-server-oom',
    title: 'Checkout fails with 500',
    what: 'Five services in a row answer 5xx; the cause sits in the lowest one, out of sight of the gateway.',
    roots: [
      dressed(
        server('api-gateway', 'POST /checkout', { ms: 372, ...failed, attributes: answer('POST', '/checkout', 500) }, [
          request('api-gateway', 'checkout-service', 'POST', '/process', { at: 9, ms: 356, status: 500, ...failed }, [
            cart,
            charge,
          ]),
        ]),
      ),
    ],
    logs: [
      log(3, 'api-gateway', 'info', 'POST /checkout accepted for customer c-20418'),
      log(46, 'cart-service', 'debug', 'cart c-20418 has 3 items'),
      log(160, 'ml-model', 'warn', 'resident memory 7.6 GiB of 8 GiB, batch of 512 queued'),
      log(325, 'ml-model', 'error', reason),
      log(331, 'fraud-service', 'error', 'POST ml-model/v1/predict answered 503 Service Unavailable'),
      log(341, 'payment-service', 'error', 'fraud check failed: upstream answered 500'),
      log(351, 'checkout-service', 'error', 'could not charge cart c-20418: payment-service answered 500', 'text'),
      log(368, 'api-gateway', 'error', 'POST /checkout 500 372ms'),
      log(200, 'cart-service', 'info', 'swept 14 expired carts', 'none'),
    ],
    expected: { kind: 'error-origin', service: 'ml-model' },
  };
}

/** One join that no index helps holds the whole request. */
function slowOrderQuery(): Scenario {
  const statement =
    'SELECT ord.id, ord.placed_at, ord.total, line.sku, line.quantity FROM orders AS ord JOIN order_lines AS line ON line.order_id = ord.id WHERE ord.customer_id = $1 ORDER BY ord.placed_at DESC';
  return {
    name: 'slow-order-query',
    title: 'The order list takes 2.3 seconds',
    what: 'One join without an index holds 97 % of the request.',
    roots: [
      dressed(
        server('order-service', 'GET /orders', { ms: 2340, attributes: answer('GET', '/orders', 200) }, [
          span('order-service', 'authorize', { at: 2, ms: 4 }),
          cache('order-service', 'GET', 'orders:customer:7731', { at: 8, ms: 1.2 }),
          sql('order-service', 'SELECT', 'orders', statement, {
            at: 14,
            ms: 2280,
            attributes: { 'db.response.returned_rows': 1184 },
          }),
          span('order-service', 'serialize', { at: 2297, ms: 31 }),
          cache('order-service', 'SET', 'orders:customer:7731', { at: 2331, ms: 3 }),
        ]),
      ),
    ],
    logs: [
      log(1, 'order-service', 'info', 'GET /orders customer=7731'),
      log(10, 'order-service', 'debug', 'cache miss for orders:customer:7731'),
      log(
        2295,
        'order-service',
        'warn',
        'slow query: 2280 ms, Seq Scan on order_lines (rows=4812206), no index on order_id',
        'text',
      ),
      log(2339, 'order-service', 'info', 'GET /orders 200 2340ms'),
      log(900, 'order-service', 'info', 'connection pool: 4 of 20 in use', 'none'),
    ],
    expected: { kind: 'slow-query', service: 'order-service' },
  };
}

/** An object mapper asks for each order's customer by itself. */
function nPlusOneOrders(): Scenario {
  const customers = 50;
  const firstCustomer = 4101;
  const everyMs = 36.8;
  const lookups = times(customers, (index) =>
    sql(
      'order-service',
      'SELECT',
      'customers',
      `SELECT id, name, tier FROM customers WHERE id = ${firstCustomer + index}`,
      {
        at: 26 + index * everyMs,
        ms: 33 + ((index * 7) % 4),
      },
    ),
  );
  return {
    name: 'n-plus-one-orders',
    title: 'The open orders page takes 1.9 seconds',
    what: 'One query for 50 orders, then 50 more, one for each customer.',
    roots: [
      dressed(
        server('order-service', 'GET /orders', { ms: 1890, attributes: answer('GET', '/orders', 200) }, [
          span('order-service', 'authorize', { at: 1, ms: 3 }),
          sql(
            'order-service',
            'SELECT',
            'orders',
            "SELECT id, customer_id, total FROM orders WHERE state = 'open' LIMIT 50",
            {
              at: 7,
              ms: 15,
            },
          ),
          ...lookups,
          span('order-service', 'render', { at: 1869, ms: 18 }),
        ]),
      ),
    ],
    logs: [
      log(1, 'order-service', 'info', 'GET /orders state=open'),
      log(23, 'order-service', 'debug', 'loaded 50 orders'),
      log(1889, 'order-service', 'info', 'GET /orders 200 1890ms'),
    ],
    expected: { kind: 'n-plus-one-queries', service: 'order-service' },
  };
}

/** Four calls that need nothing of each other wait for each other. */
function sequentialDashboard(): Scenario {
  return {
    name: 'sequential-dashboard',
    title: 'The dashboard takes 1.85 seconds',
    what: 'Four independent calls one after another; side by side the page would take a third of the time.',
    roots: [
      dressed(
        server('api-gateway', 'GET /dashboard', { ms: 1850, attributes: answer('GET', '/dashboard', 200) }, [
          span('api-gateway', 'check_session', { at: 2, ms: 6 }),
          request('api-gateway', 'user-service', 'GET', '/profile', { at: 12, ms: 320 }, [
            cache('user-service', 'GET', 'profile:u-88', { at: 20, ms: 2 }),
            sql('user-service', 'SELECT', 'users', 'SELECT id, display_name, locale FROM users WHERE id = $1', {
              at: 40,
              ms: 48,
            }),
            span('user-service', 'resize_avatar', { at: 96, ms: 205 }),
          ]),
          request('api-gateway', 'order-service', 'GET', '/recent', { at: 336, ms: 480 }, [
            sql(
              'order-service',
              'SELECT',
              'orders',
              'SELECT id, placed_at, total FROM orders WHERE customer_id = $1 LIMIT 10',
              {
                at: 350,
                ms: 62,
              },
            ),
            span('order-service', 'price_history', { at: 420, ms: 350 }),
          ]),
          request('api-gateway', 'notification-service', 'GET', '/unread', { at: 820, ms: 410 }, [
            cache('notification-service', 'LRANGE', 'unread:u-88', { at: 830, ms: 3 }),
            span('notification-service', 'render_previews', { at: 860, ms: 330 }),
          ]),
          request('api-gateway', 'recommendation-service', 'GET', '/for-you', { at: 1234, ms: 590 }, [
            span('recommendation-service', 'rank', { at: 1250, ms: 540, attributes: { 'candidates.count': 400 } }),
          ]),
          span('api-gateway', 'compose_page', { at: 1828, ms: 18 }),
        ]),
      ),
    ],
    logs: [
      log(1, 'api-gateway', 'info', 'GET /dashboard user=u-88'),
      log(318, 'user-service', 'info', 'GET /profile 200 312ms'),
      log(1849, 'api-gateway', 'info', 'GET /dashboard 200 1850ms'),
    ],
    expected: { kind: 'sequential-calls', service: 'api-gateway' },
  };
}

/** A row is held by another transaction; the UPDATE does nothing but wait. */
function stockLockWait(): Scenario {
  return {
    name: 'stock-lock-wait',
    title: 'Placing an order takes 3.2 seconds',
    what: 'An UPDATE waits three seconds for a row that another transaction holds.',
    roots: [
      dressed(
        server('order-service', 'POST /orders', { ms: 3180, attributes: answer('POST', '/orders', 201) }, [
          sql(
            'order-service',
            'INSERT',
            'orders',
            'INSERT INTO orders (customer_id, total) VALUES ($1, $2) RETURNING id',
            { at: 6, ms: 9 },
          ),
          request('order-service', 'inventory-service', 'POST', '/reserve', { at: 20, ms: 3090 }, [
            sql('inventory-service', 'SELECT', 'stock', 'SELECT sku, available FROM stock WHERE sku = $1', {
              at: 30,
              ms: 5,
            }),
            sql('inventory-service', 'UPDATE', 'stock', 'UPDATE stock SET reserved = reserved + $1 WHERE sku = $2', {
              at: 40,
              ms: 3020,
              events: [
                {
                  at: 44,
                  name: 'Lock wait',
                  attributes: {
                    'lock.mode': 'ExclusiveLock',
                    'lock.relation': 'stock',
                    'lock.blocker_pid': 20117,
                    'lock.wait_ms': 3012,
                  },
                },
              ],
            }),
          ]),
          span('order-service', 'send_confirmation', { at: 3122, ms: 40 }),
        ]),
      ),
    ],
    logs: [
      log(2, 'order-service', 'info', 'POST /orders customer=5120'),
      log(
        1045,
        'inventory-service',
        'warn',
        'still waiting for lock on stock row sku=KX-4471 after 1000 ms, held by pid 20117',
      ),
      log(3058, 'inventory-service', 'warn', 'lock on stock row sku=KX-4471 acquired after 3012 ms', 'text'),
      log(3179, 'order-service', 'info', 'POST /orders 201 3180ms'),
      log(1500, 'inventory-service', 'info', 'nightly stock import: batch 7 of 12', 'none'),
    ],
    expected: { kind: 'lock-contention', service: 'inventory-service' },
  };
}

/** The same checkout on a good day: nothing to find. */
function healthyCheckout(): Scenario {
  return {
    name: 'healthy-checkout',
    title: 'A checkout on a good day',
    what: 'Nothing is wrong here: what a healthy trace looks like.',
    roots: [
      dressed(
        server('api-gateway', 'POST /checkout', { ms: 148, attributes: answer('POST', '/checkout', 200) }, [
          request('api-gateway', 'checkout-service', 'POST', '/process', { at: 5, ms: 138 }, [
            request('checkout-service', 'cart-service', 'GET', '/carts/{id}', { at: 12, ms: 24 }, [
              cache('cart-service', 'HGETALL', 'cart:c-31007', { at: 16, ms: 1.8 }),
              sql(
                'cart-service',
                'SELECT',
                'cart_items',
                'SELECT sku, quantity, unit_price FROM cart_items WHERE cart_id = $1',
                {
                  at: 20,
                  ms: 7,
                },
              ),
            ]),
            request('checkout-service', 'payment-service', 'POST', '/charge', { at: 40, ms: 70 }, [
              request('payment-service', 'fraud-service', 'POST', '/evaluate', { at: 46, ms: 28 }, [
                request('fraud-service', 'ml-model', 'POST', '/v1/predict', { at: 51, ms: 17 }, [
                  span('ml-model', 'run_inference', { at: 54, ms: 11 }),
                ]),
              ]),
              sql('payment-service', 'INSERT', 'payments', 'INSERT INTO payments (cart_id, amount) VALUES ($1, $2)', {
                at: 80,
                ms: 12,
              }),
            ]),
            sql('checkout-service', 'UPDATE', 'carts', "UPDATE carts SET state = 'paid' WHERE id = $1", {
              at: 116,
              ms: 9,
            }),
          ]),
        ]),
      ),
    ],
    logs: [
      log(2, 'api-gateway', 'info', 'POST /checkout accepted for customer c-31007'),
      log(66, 'fraud-service', 'info', 'score 0.03, accepted'),
      log(147, 'api-gateway', 'info', 'POST /checkout 200 148ms'),
    ],
    expected: undefined,
  };
}

type Timed = Readonly<{ at: number; ms: number }>;

/** An HTTP call as both sides record it: the caller's client span, and in it the callee's server span. */
export function request(
  caller: string,
  callee: string,
  method: string,
  route: string,
  { at, ms, status = 200, failed }: Timed & { status?: number; failed?: boolean },
  children: readonly SpanNode[] = [],
): SpanNode {
  const outcome = failed === undefined ? {} : { failed };
  const path = route.replace('{id}', 'c-20418');
  return call(
    caller,
    callee,
    `${method} ${route}`,
    {
      at,
      ms,
      ...outcome,
      attributes: {
        'http.request.method': method,
        'http.response.status_code': status,
        'url.template': route,
        'url.full': `http://${callee}:8080${path}`,
        'server.address': callee,
        'server.port': 8080,
        ...(failed ? { 'error.type': String(status) } : {}),
      },
    },
    [
      server(
        callee,
        `${method} ${route}`,
        {
          at: at + HOP_MS,
          ms: ms - 2 * HOP_MS,
          ...outcome,
          attributes: { ...answer(method, route, status), 'url.path': path },
        },
        children,
      ),
    ],
  );
}

export function answer(method: string, route: string, status: number) {
  return {
    'http.request.method': method,
    'http.route': route,
    'http.response.status_code': status,
    'url.path': route,
    'url.scheme': 'http',
    'network.protocol.version': '1.1',
    'user_agent.original': 'shop-web/5.2',
  };
}

export function sql(
  caller: string,
  verb: string,
  table: string,
  statement: string,
  options: SpanOptions & Timed,
): SpanNode {
  const attributes = {
    'db.system.name': 'postgresql',
    'db.namespace': 'shop',
    'db.operation.name': verb,
    'db.collection.name': table,
    'db.query.text': statement,
    'server.address': 'pg-main.shop.internal',
    'server.port': 5432,
    ...options.attributes,
  };
  return span(caller, `${verb} ${table}`, {
    ...options,
    kind: 'client',
    scope: 'opentelemetry.instrumentation.pg',
    attributes,
  });
}

function cache(caller: string, command: string, key: string, timed: Timed): SpanNode {
  const attributes = {
    'db.system.name': 'redis',
    'db.operation.name': command,
    'db.query.text': `${command} ${key}`,
    'server.address': 'redis.shop.internal',
    'server.port': 6379,
  };
  return span(caller, command, { ...timed, kind: 'client', scope: 'opentelemetry.instrumentation.redis', attributes });
}

export function log(
  at: number,
  service: string,
  level: ScenarioLog['level'],
  text: string,
  tie: Tie = 'fields',
): ScenarioLog {
  return { at, service, level, text, tie };
}

/** Adds what an SDK says of the process, and the library that made the span. */
export function dressed({ span: bare, children }: SpanNode): SpanNode {
  const scope = bare.kind === 'internal' ? `shop/${bare.service}` : 'opentelemetry.instrumentation.http';
  return { span: { scope, ...bare, resource: processOf(bare.service) }, children: children.map(dressed) };
}

/** One pod and one node a service. */
function processOf(service: string): Readonly<Record<string, string>> {
  return {
    'service.namespace': 'shop',
    'service.version': VERSIONS[service] ?? '1.0.0',
    'service.instance.id': `${service}-6d4f9-x7k2p`,
    'deployment.environment.name': 'production',
    'host.name': `${service}-6d4f9-x7k2p`,
    'k8s.namespace.name': 'shop',
    'k8s.pod.name': `${service}-6d4f9-x7k2p`,
    'telemetry.sdk.language': service === 'ml-model' ? 'python' : 'nodejs',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.version': '2.2.0',
  };
}
