/** What the two guides show of failures, drawn like their slow requests in `guide-latency.ts`. */
import { called, exception, gaveUp, guided, type Timed } from '#test/guide-calls.ts';
import { answer, log, type Scenario, sql } from '#test/scenarios.ts';
import { type SpanNode, type SpanOptions, server, span, times } from '#test/trace.ts';

const failed = { failed: true } as const;

const ORDERS_TOPIC = { 'messaging.system.name': 'kafka', 'messaging.destination.name': 'orders-topic' };
const published = { ...ORDERS_TOPIC, 'messaging.operation.type': 'send' };
const consumed = {
  ...ORDERS_TOPIC,
  'messaging.operation.type': 'process',
  'messaging.consumer.group.name': 'fulfillment',
};

export const failuresOfGuides: readonly Scenario[] = [
  timeoutCascade(),
  retryStorm(),
  retriesOfTwoLayers(),
  modelServerOom(),
  swallowedTimeouts(),
  consumerLag(),
  poisonMessage(),
  circuitBreaker(),
  breakerOverPool(),
  refusedConnection(),
];

/** “A database lock timeout in inventory … payment-service: POST /charge (NOT REACHED).” */
function timeoutCascade(): Scenario {
  const gone = { ...failed, status: 504 };
  return guided('timeout-cascade', { kind: 'lock-contention', service: 'inventory-svc' }, [
    server('api-gateway', 'POST /orders', { ms: 30_012, ...failed, attributes: answer('POST', '/orders', 504) }, [
      called('api-gateway', 'order-service', 'POST /create', { at: 3, ms: 30_005, ...gone }, [
        called('order-service', 'inventory-svc', 'POST /reserve', { at: 5, ms: 30_001, ...gone }, [
          sql('inventory-svc', 'UPDATE', 'inventory', 'UPDATE inventory SET reserved = reserved + $1 WHERE sku = $2', {
            at: 5.5,
            ms: 30_000,
            ...failed,
            statusText: 'Lock wait timeout exceeded',
            events: [exception(30_005, 'Lock wait timeout exceeded; try restarting transaction', 'OperationalError')],
          }),
        ]),
      ]),
    ]),
  ]);
}

/** The same order on a good day: here the payment was reached. */
export function orderOnAGoodDay(): Scenario {
  return guided('order-on-a-good-day', { kind: '', service: '' }, [
    server('api-gateway', 'POST /orders', { ms: 120, attributes: answer('POST', '/orders', 201) }, [
      called('api-gateway', 'order-service', 'POST /create', { at: 3, ms: 112 }, [
        called('order-service', 'inventory-svc', 'POST /reserve', { at: 5, ms: 30 }, [
          sql('inventory-svc', 'UPDATE', 'inventory', 'UPDATE inventory SET reserved = reserved + $1 WHERE sku = $2', {
            at: 10,
            ms: 8,
          }),
        ]),
        called('order-service', 'payment-service', 'POST /charge', { at: 40, ms: 60 }),
      ]),
    ]),
  ]);
}

/** “100 concurrent requests … 300 requests instead of 100. The connection pool exhaustion on retry 2 confirms the storm.” */
function retryStorm(): Scenario {
  const reserve = (at: number, ms: number, attempt: number, events: SpanOptions['events'] = []) => {
    const node = gaveUp('order-service', 'inventory-svc', 'POST /reserve', { at, ms, statusText: 'TIMEOUT', events });
    const resent = attempt === 0 ? {} : { 'http.request.resend_count': attempt };
    return { ...node, span: { ...node.span, attributes: { ...node.span.attributes, ...resent } } };
  };
  return guided('retry-storm', { kind: 'retry-storm', service: 'order-service' }, [
    server(
      'order-service',
      'POST /create',
      {
        ms: 12_450,
        ...failed,
        statusText: 'Failed after 3 retries',
        attributes: answer('POST', '/create', 500),
      },
      [
        reserve(6, 5001, 0),
        reserve(5015, 5002, 1),
        reserve(10_025, 2410, 2, [exception(12_434, 'Connection pool exhausted')]),
      ],
    ),
  ]);
}

/** “Gateway (3 retries) → Order Service (3 retries) → Inventory = 3 × 3 = 9 requests to inventory per user request.” */
function retriesOfTwoLayers(): Scenario {
  const refused = { ...failed, status: 503 };
  return guided('retries-of-two-layers', { kind: 'retry-storm', service: 'order-service' }, [
    server(
      'gateway',
      'POST /orders',
      { ms: 3000, ...failed, attributes: answer('POST', '/orders', 503) },
      times(3, (i) =>
        called('gateway', 'order-service', 'POST /create', { at: 5 + i * 990, ms: 960, ...refused }, [
          ...times(3, (j) =>
            called('order-service', 'inventory', 'POST /reserve', { at: 10 + i * 990 + j * 315, ms: 300, ...refused }),
          ),
        ]),
      ),
    ),
  ]);
}

/** “The trace cuts through four levels of error wrapping: the ML model server ran out of memory.” */
function modelServerOom(): Scenario {
  const reason = 'Model server OOM: cannot allocate 2GB for inference batch';
  const oom = { failed: true, events: [exception(200, reason, 'MemoryError')] };
  return guided('model-server-oom', { kind: 'error-origin', service: 'ml-model' }, [
    server('api-gateway', 'POST /checkout', { ms: 260, ...failed, attributes: answer('POST', '/checkout', 500) }, [
      called('api-gateway', 'checkout-service', 'POST /process', { at: 3, ms: 250, ...failed }, [
        called('checkout-service', 'cart-service', 'GET /cart', { at: 6, ms: 45 }),
        called('checkout-service', 'payment-service', 'POST /charge', { at: 55, ms: 190, ...failed }, [
          called('payment-service', 'fraud-service', 'POST /evaluate', { at: 60, ms: 175, ...failed }, [
            called('fraud-service', 'ml-model', 'POST /predict', { at: 65, ms: 160, status: 503, ...oom }),
          ]),
        ]),
      ]),
    ]),
  ]);
}

/** “The product page returns 200 OK, but the trace reveals two child services timed out”: nobody waits for them to the end. */
function swallowedTimeouts(): Scenario {
  return guided('swallowed-timeouts', { kind: 'swallowed-error', service: 'product-service' }, [
    server('product-service', 'GET /product/123', { ms: 890, attributes: answer('GET', '/product/{id}', 200) }, [
      sql('product-service', 'SELECT', 'products', 'SELECT * FROM products WHERE id = $1', { at: 3, ms: 12 }),
      gaveUp('product-service', 'review-service', 'GET /reviews', { at: 20, ms: 5001, statusText: 'TIMEOUT' }),
      gaveUp('product-service', 'recommendation-svc', 'GET /similar', { at: 21, ms: 5002, statusText: 'TIMEOUT' }),
      span('product-service', 'SET', {
        at: 880,
        ms: 3,
        kind: 'client',
        attributes: { 'db.system.name': 'redis', 'db.query.text': 'SET product-cache:123' },
      }),
    ]),
  ]);
}

/** “The 45-second gap between produce and consume timestamps reveals consumer lag. The consumer itself processes quickly.” */
function consumerLag(): Scenario {
  const place = { 'messaging.destination.partition.id': '3', 'kafka.offset': 1_847_293 };
  return guided('consumer-lag', { kind: 'consumer-lag', service: 'fulfillment-svc' }, [
    server('order-service', 'POST /orders', { ms: 40, attributes: answer('POST', '/orders', 202) }, [
      span(
        'order-service',
        'send orders-topic',
        { at: 20, ms: 5, kind: 'producer', attributes: { ...published, ...place } },
        [
          span(
            'fulfillment-svc',
            'process orders-topic',
            { at: 45_025, ms: 120, kind: 'consumer', attributes: { ...consumed, ...place } },
            [
              sql(
                'fulfillment-svc',
                'INSERT',
                'fulfillment_queue',
                'INSERT INTO fulfillment_queue (order_id) VALUES ($1)',
                {
                  at: 45_060,
                  ms: 8,
                },
              ),
            ],
          ),
        ],
      ),
    ]),
  ]);
}

/** “A message being consumed, failing, retried twice, and finally sent to the dead letter queue.” */
function poisonMessage(): Scenario {
  const reason = 'Invalid product SKU format: null';
  const attempt = (at: number, ms: number): SpanNode =>
    span('fulfillment-svc', 'process orders-topic', {
      at,
      ms,
      kind: 'consumer',
      ...failed,
      events: [exception(at + ms - 1, reason, 'ValueError')],
      attributes: consumed,
    });
  const dead = { 'messaging.system.name': 'kafka', 'messaging.destination.name': 'orders-dlq' };
  return guided('poison-message', { kind: 'poison-message', service: 'fulfillment-svc' }, [
    span('order-service', 'send orders-topic', { ms: 3, kind: 'producer', attributes: published }, [
      attempt(20, 15),
      attempt(60, 12),
      attempt(100, 14),
      span('fulfillment-svc', 'send orders-dlq', {
        at: 120,
        ms: 4,
        kind: 'producer',
        attributes: { ...dead, 'messaging.operation.type': 'send' },
      }),
    ]),
  ]);
}

/** “t=150 User Service ✗, t=200 retry ✗, t=300 the circuit breaker opens, t=350 subsequent calls rejected immediately.” */
function circuitBreaker(): Scenario {
  return guided('circuit-breaker', { kind: 'circuit-open', service: 'order-service' }, [breakerOver(() => [])]);
}

/** “ROOT CAUSE: User Service database connection exhaustion (not visible until you trace to the end service).” */
function breakerOverPool(): Scenario {
  const reason = 'unable to acquire connection from pool';
  return guided('breaker-over-pool', { kind: 'pool-exhaustion', service: 'user-service' }, [
    breakerOver(({ at, ms }) => [
      sql('user-service', 'SELECT', 'users', 'SELECT * FROM users WHERE id = $1', {
        at: at + 2,
        ms: ms - 4,
        ...failed,
        statusText: reason,
        events: [exception(at + ms - 3, reason, 'PoolTimeoutError')],
      }),
    ]),
  ]);
}

/** `below`: what lies in each call that user-service did get. */
function breakerOver(below: (attempt: Timed) => readonly SpanNode[]): SpanNode {
  const open = "CircuitBreaker 'user-service' is OPEN and does not permit further calls";
  const unavailable = { ...failed, status: 503 };
  const asked = (attempt: Timed): SpanNode =>
    called('order-service', 'user-service', 'GET /users', { ...attempt, ...unavailable }, below(attempt));
  const refused = (at: number): SpanNode =>
    span('order-service', 'GET /users', {
      at,
      ms: 0.2,
      kind: 'client',
      ...failed,
      statusText: open,
      events: [exception(at, open, 'CallNotPermittedException')],
      attributes: { 'http.request.method': 'GET', 'server.address': 'user-service', 'server.port': 8080 },
    });
  return server('api-gateway', 'POST /orders', { ms: 500, ...failed, attributes: answer('POST', '/orders', 504) }, [
    called('api-gateway', 'order-service', 'POST /orders', { at: 2, ms: 495, ...unavailable }, [
      called('order-service', 'product-service', 'GET /products', { at: 100, ms: 40 }),
      asked({ at: 150, ms: 40 }),
      asked({ at: 200, ms: 90 }),
      ...times(3, (i) => refused(350 + i * 20)),
    ]),
  ]);
}

/** “active_connections: 21 exceeding database_pool_size: 20 reveals connection pool exhaustion.” */
function refusedConnection(): Scenario {
  const reason = 'connect ECONNREFUSED 10.0.1.5:5432';
  const error = {
    type: 'DatabaseError',
    code: 'ECONNREFUSED',
    message: reason,
    context: { service: 'user-service', retries: 3, database_pool_size: 20, active_connections: 21 },
  };
  return guided(
    'refused-connection',
    { kind: 'pool-exhaustion', service: 'user-service' },
    [
      server(
        'api-gateway',
        'GET /api/users/42',
        { ms: 80, ...failed, attributes: answer('GET', '/api/users/{id}', 500) },
        [
          called('api-gateway', 'user-service', 'GET /users/42', { at: 5, ms: 70, ...failed }, [
            sql('user-service', 'SELECT', 'users', 'SELECT * FROM users WHERE id = $1', {
              at: 12,
              ms: 55,
              ...failed,
              statusText: reason,
              events: [exception(66, reason, 'DatabaseError')],
            }),
          ]),
        ],
      ),
    ],
    [log(66, 'user-service', 'error', JSON.stringify({ error }))],
  );
}
