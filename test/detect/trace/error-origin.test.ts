import { errorOrigin } from '#detect/trace/error-origin.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, server, span, times } from '#test/trace.ts';

const status = (code: number) => ({ 'http.response.status_code': code });
const OOM = 'Model server OOM: cannot allocate 2GB for inference batch';
const hop = (
  from: string,
  to: string,
  operation: string,
  code: number,
  children: Parameters<typeof server>[3] = [],
  events = {},
) =>
  call(from, to, operation, { ms: 80, attributes: status(code) }, [
    server(to, operation, { ms: 79, attributes: status(code), ...events }, children),
  ]);

testDetector(errorOrigin, {
  clear: {
    'a request in which nothing failed': drawn(server('web', 'GET /', { ms: 20, attributes: status(200) })),
    'a look-up that found nothing': drawn(
      server('web', 'GET /profile', { ms: 20, attributes: status(200) }, [
        call('web', 'users', 'GET /users/7', { ms: 10, attributes: status(404) }),
      ]),
    ),
    'a 404 at the door': drawn(server('web', 'GET /favicon.ico', { ms: 2, attributes: status(404) })),
    'a call that failed and then succeeded': drawn(
      server('web', 'GET /', { ms: 100, attributes: status(200) }, [
        call('web', 'stock', 'GET /stock', { at: 0, ms: 30, attributes: status(503) }),
        call('web', 'stock', 'GET /stock', { at: 40, ms: 30, attributes: status(200) }),
      ]),
    ),
    'a hedge that its caller cancelled': drawn(
      server('web', 'GET /', { ms: 100, attributes: status(200) }, [
        call('web', 'search', 'Search', { ms: 90, failed: true, attributes: { 'rpc.grpc.status_code': 1 } }),
      ]),
    ),
    'a retry that succeeded on another host': drawn(
      server('web', 'GET /', { ms: 100, attributes: status(200) }, [
        call('web', 'stock', 'GET', {
          at: 0,
          ms: 30,
          failed: true,
          attributes: { 'url.full': 'http://10.0.0.1/stock/7' },
        }),
        call('web', 'stock', 'GET', { at: 40, ms: 30, attributes: { 'url.full': 'http://10.0.0.2/stock/7?again' } }),
      ]),
    ),
    'a retry that reached the service which the first attempt only names by its host': drawn(
      server('bff', 'GET /', { ms: 100, attributes: status(200) }, [
        call('bff', 'Seat.API', 'HTTP GET', {
          ms: 2,
          attributes: {
            ...status(503),
            'server.service.name': '',
            'server.address': 'seat-api.shop.svc.cluster.local:8080',
          },
        }),
        call('bff', 'Seat.API', 'HTTP GET', { at: 6, ms: 8, attributes: status(200) }, [
          server('Seat.API', 'GET /seats', { at: 7, ms: 6, attributes: status(200) }),
        ]),
      ]),
    ),
    'a retry to the same address, although only the first attempt shows who answers there': drawn(
      server('bff', 'GET /', { ms: 100, attributes: status(200) }, [
        call(
          'bff',
          'seats',
          'HTTP GET',
          { ms: 8, attributes: { ...status(503), 'url.full': 'http://edge:80/seats/7' } },
          [server('seats', 'GET /seats', { at: 1, ms: 6, attributes: status(503) })],
        ),
        call('bff', 'edge', 'HTTP GET', {
          at: 20,
          ms: 8,
          attributes: { ...status(200), 'url.full': 'http://edge:80/seats/7' },
        }),
      ]),
    ),
    'a hedge that its caller cancelled, in words': drawn(
      server('web', 'GET /', { ms: 100, attributes: status(200) }, [
        call('web', 'search', 'GET /search', { ms: 90, failed: true, statusText: 'context canceled' }),
        call('web', 'search', 'GET /search', { at: 40, ms: 40 }),
      ]),
    ),
    'a wrong password, which the gateway passes on': drawn(
      span('browser', 'login', { ms: 120 }, [
        server('web', 'POST /login', { ms: 100, attributes: status(401) }, [
          call('web', 'auth', 'POST', { ms: 90, attributes: status(401) }),
        ]),
      ]),
    ),
    'a client error that the callee answered by way of a proxy': drawn(
      server('web', 'POST /login', { ms: 100, attributes: status(200) }, [
        call('web', 'auth', 'POST', { ms: 90, attributes: status(401) }, [
          call('web', 'auth', 'auth:8080', { at: 1, ms: 88, attributes: status(401) }, [
            server('auth', 'POST /login', { at: 2, ms: 80, attributes: status(401) }),
          ]),
        ]),
      ]),
    ),
    'something that is there already, of which only the callee says so': drawn(
      server('web', 'POST /users', { ms: 100, attributes: status(200) }, [
        call('web', 'users', 'users.v1/Create', { ms: 90, failed: true }, [
          server('users', 'users.v1/Create', { at: 2, ms: 80, attributes: { 'rpc.grpc.status_code': 6 } }),
        ]),
      ]),
    ),
    'an error tag that says false': drawn(server('web', 'GET /', { ms: 20, attributes: { error: 'false' } })),
  },
  found: {
    'the model server under four layers of 500': {
      ...drawn(
        server('api-gateway', 'POST /checkout', { ms: 420, attributes: status(500) }, [
          hop('api-gateway', 'checkout-service', 'POST /process', 500, [
            hop('checkout-service', 'cart-service', 'GET /cart', 200),
            hop('checkout-service', 'payment-service', 'POST /charge', 500, [
              hop('payment-service', 'fraud-service', 'POST /evaluate', 500, [
                hop('fraud-service', 'ml-model', 'POST /predict', 503, [], {
                  events: [{ at: 10, name: 'exception', attributes: { 'exception.message': OOM } }],
                }),
              ]),
            ]),
          ]),
        ]),
      ),
      sightings: [
        {
          service: 'ml-model',
          operation: 'POST /predict',
          spans: ['0.0.0.1.0.0.0.0.0'],
          title: `POST /checkout of api-gateway failed because POST /predict of ml-model failed with 503 Service Unavailable: “${OOM}”`,
        },
      ],
    },
    'the last of the attempts first, and not the recovered call beside them': {
      ...drawn(
        server('driver', 'FindNearest', { ms: 200, failed: true }, [
          call('driver', 'redis', 'GetProfile', { at: 0, ms: 20, failed: true }),
          call('driver', 'redis', 'GetProfile', { at: 21, ms: 10 }),
          ...times(3, (i) =>
            call('driver', 'redis', 'GetDriver', {
              at: 40 + i * 40,
              ms: 35,
              failed: true,
              statusText: 'redis timeout',
            }),
          ),
        ]),
      ),
      sightings: [
        {
          service: 'driver',
          operation: 'GetDriver',
          spans: ['0.4', '0.2', '0.3'],
          title: /failed 3 times: “redis timeout”/,
        },
      ],
    },
    'the message of an error that OpenTracing logged': {
      ...drawn(
        server('web', 'GET /orders', { ms: 90, failed: true }, [
          call('web', 'orders', 'GET', {
            at: 10,
            ms: 50,
            failed: true,
            events: [
              { at: 20, name: 'log', attributes: { message: 'asking orders' } },
              { at: 55, name: 'error', attributes: { 'error.kind': 'IOException', 'error.object': 'broken pipe' } },
            ],
          }),
        ]),
      ),
      sightings: [{ service: 'web', spans: ['0.0'], title: /“broken pipe”/ }],
    },
    'a failure that its caller hid behind 200': {
      ...drawn(
        server('product', 'GET /product', { ms: 900, attributes: status(200) }, [
          call('product', 'reviews', 'GET /reviews', {
            at: 20,
            ms: 500,
            failed: true,
            statusText: 'timeout after 500 ms',
          }),
        ]),
      ),
      sightings: [{ service: 'product', operation: 'GET /reviews', spans: ['0.0'] }],
    },
    'a call for one thing, although another call for another thing succeeded': {
      ...drawn(
        server('web', 'GET /', { ms: 100, attributes: status(200) }, [
          call('web', 'stock', 'GET', { at: 0, ms: 30, failed: true, attributes: { 'url.path': '/stock/7' } }),
          call('web', 'stock', 'GET', { at: 40, ms: 30, attributes: { 'url.path': '/stock/8' } }),
        ]),
      ),
      sightings: [{ service: 'web', spans: ['0.0'], title: 'The call GET from web to stock failed' }],
    },
    'a query, although another one below a span of the same name succeeded': {
      ...drawn(
        server('web', 'GET /', { ms: 100, attributes: status(200) }, [
          span('web', 'prisma:client:operation', { at: 1, ms: 20, failed: true }, [
            query('web', 'SELECT * FROM banners_v2', { at: 2, ms: 15, failed: true, statusText: 'no such relation' }),
          ]),
          span('web', 'prisma:client:operation', { at: 30, ms: 20 }, [
            query('web', 'SELECT * FROM products', { at: 31, ms: 15 }),
          ]),
        ]),
      ),
      sightings: [{ service: 'web', spans: ['0.0.0'], title: /“no such relation”/ }],
    },
    'what went through work that nobody marked as failed': {
      ...drawn(
        server('web', 'POST /pay', { ms: 100, attributes: status(500) }, [
          span('web', 'validate', { at: 1, ms: 5 }),
          span('web', 'charge the card', { at: 10, ms: 80 }, [
            span('web', 'with limits', { at: 11, ms: 70 }, [
              call('web', 'bank', 'POST /charge', { at: 12, ms: 60, failed: true, statusText: 'card server is down' }),
            ]),
          ]),
        ]),
      ),
      sightings: [
        {
          service: 'web',
          operation: 'POST /charge',
          spans: ['0.1.0.0'],
          title: 'The call POST /charge from web to bank failed: “card server is down”',
        },
      ],
    },
    'a time-out that .NET calls a cancelled request': {
      ...drawn(
        server('web', 'GET /', { ms: 2100, attributes: status(500) }, [
          call('web', 'stock', 'GET /stock', {
            ms: 2000,
            failed: true,
            statusText: 'The request was canceled due to the configured HttpClient.Timeout of 2 seconds elapsing.',
            attributes: { 'error.type': 'System.Threading.Tasks.TaskCanceledException' },
          }),
        ]),
      ),
      sightings: [{ operation: 'GET /stock' }],
    },
    'too many requests, although the callee answered so': {
      ...drawn(
        server('web', 'GET /', { ms: 100, attributes: status(200) }, [
          call('web', 'stock', 'GET /stock', { ms: 20, attributes: status(429) }, [
            server('stock', 'GET /stock', { at: 1, ms: 18, attributes: status(429) }),
          ]),
        ]),
      ),
      sightings: [{ operation: 'GET /stock', title: /429 Too Many Requests/ }],
    },
    'a caller that failed after an answer of 404 to its first call': {
      ...drawn(
        server('web', 'POST /', { ms: 100, attributes: status(500) }, [
          call('web', 'stock', 'GET /stock', { ms: 20, attributes: status(404) }, [
            server('stock', 'GET /stock', { at: 1, ms: 18, attributes: status(404) }),
          ]),
          call('web', 'price', 'GET /price', { at: 30, ms: 20, attributes: status(503) }),
        ]),
      ),
      sightings: [{ operation: 'GET /price', spans: ['0.1'] }],
    },
    'who failed although its call had answered well': {
      ...drawn(
        server('web', 'POST /pay', { ms: 100, attributes: status(500) }, [
          call('web', 'bank', 'POST /charge', { at: 12, ms: 60, attributes: status(200) }, [
            span('bank', 'notify', { at: 20, ms: 5, failed: true }),
          ]),
        ]),
      ),
      sightings: [
        { service: 'web', operation: 'POST /pay' },
        { service: 'bank', operation: 'notify' },
      ],
    },
    'the call that failed, and not those that a breaker refused after it': {
      ...drawn(
        server('web', 'GET /', { ms: 2000, failed: true }, [
          call('web', 'stock', 'GET /stock', { at: 0, ms: 900, failed: true }, [
            server('stock', 'GET /stock', { at: 1, ms: 890, failed: true, statusText: 'disk is full' }),
          ]),
          ...times(3, (i) => call('web', 'stock', 'GET /stock', { at: 1000 + i * 10, ms: 0.2, failed: true })),
        ]),
      ),
      sightings: [
        {
          service: 'stock',
          spans: ['0.0.0'],
          title: 'GET / of web failed because GET /stock of stock failed: “disk is full”',
        },
      ],
    },
    'a caller that fails on a 404 by himself': {
      ...drawn(
        server('web', 'GET /profile', { ms: 20, attributes: status(500) }, [
          call('web', 'users', 'GET /users/7', { ms: 10, attributes: status(404) }),
        ]),
      ),
      sightings: [{ service: 'web', operation: 'GET /profile', spans: ['0'] }],
    },
    'a bad request of the client, which is nobody’s fault here': {
      ...drawn(server('frontend', 'GET /dispatch', { ms: 0.1, attributes: status(400) })),
      sightings: [
        {
          service: 'frontend',
          spans: ['0'],
          wastedMs: 0,
          title: 'frontend rejected GET /dispatch with 400 Bad Request: the request was wrong, not the service',
        },
      ],
    },
    'a message from the log, where the span has none': {
      ...drawn(server('customer', 'GET /customer', { ms: 30, attributes: status(500) }), {
        logs: [logLine('customer', 20, 'cannot parse customer id', { spanId: '0', level: 'error' })],
      }),
      sightings: [{ service: 'customer', title: /“cannot parse customer id”/ }],
    },
  },
});
