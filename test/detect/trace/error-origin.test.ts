import { expect, test } from 'vitest';
import { type Outcome, runDetector } from '#detect/run.ts';
import { errorOrigin } from '#detect/trace/error-origin.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, server, span, times, traceOf } from '#test/trace.ts';

const status = (code: number) => ({ 'http.response.status_code': code });
const DUPLICATE = 'duplicate key value violates unique constraint "event_pkey"';
const exception = (text: string) => ({
  events: [{ at: 80, name: 'exception', attributes: { 'exception.message': text } }],
});
const OOM = 'Model server OOM: cannot allocate 2GB for inference batch';
const UNREGISTERED =
  "Received unregistered task of type 'shop.mails.send'. The message has been ignored and discarded.";
/** A request that sends one job, or two. */
const sentJob = (...others: readonly string[]) =>
  server(
    'shop',
    'POST /orders',
    { ms: 40, attributes: status(202) },
    ['apply_async/shop.mails.send', ...others].map((name, n) =>
      span('shop', name, { at: 5 + 10 * n, ms: 8, kind: 'producer' }),
    ),
  );
/** gRPC's CANCELLED at both ends of a call, and a caller that failed with it. */
const CANCELLED = { failed: true, attributes: { 'rpc.system': 'grpc', 'rpc.grpc.status_code': 1 } };
const scored = () =>
  server('edge', 'GET /*', { ms: 14, failed: true, attributes: status(500) }, [
    call('edge', 'rates', 'rates.v1.Table/Get', { at: 3, ms: 8, ...CANCELLED }, [
      server('rates', 'rates.v1.Table/Get', { at: 5, ms: 5, ...CANCELLED }),
    ]),
  ]);
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

/** A page that went on for 700 ms after its teaser failed, and then threw. */
function afterTeaser(type: string, message: string) {
  const attributes = { 'exception.type': type, 'exception.message': message };
  return drawn(
    server(
      'web',
      'GET /start',
      { ms: 800, attributes: status(500), events: [{ at: 790, name: 'exception', attributes }] },
      [
        call('web', 'teaser', 'GET /teaser', { at: 10, ms: 90, failed: true, statusText: 'no teaser today' }),
        call('web', 'basket', 'GET /basket', { at: 120, ms: 600 }),
      ],
    ),
  );
}

/** A call that got no answer, below a request that failed with it. */
function unanswered(peer: string, statusText: string) {
  return drawn(
    server('web', 'GET /orders', { ms: 90, failed: true }, [
      call('web', peer, 'GET', { at: 10, ms: 50, failed: true, statusText }),
    ]),
  );
}

const fieldFailed = (failed: boolean) =>
  server('site', 'GET /trips', { ms: 100, failed: true, attributes: { 'http.response.status_code': 500 } }, [
    call('site', 'fares', 'POST /graphql', { at: 5, ms: 90, attributes: { 'http.response.status_code': 200 } }, [
      server('fares', 'POST /graphql', { at: 6, ms: 88, attributes: { 'http.response.status_code': 200 } }, [
        span('fares', 'graphql.resolve Trip.fare', {
          at: 8,
          ms: 84,
          failed,
          events: [{ at: 91, name: 'exception', attributes: { 'exception.message': 'no fare for zone 9' } }],
        }),
      ]),
    ]),
  ]);

testDetector(errorOrigin, {
  clear: {
    'a row that the first request wrote, by the code of its database': drawn(
      server('shop', 'POST /orders', { ms: 80, attributes: status(200) }, [
        query('shop', 'INSERT INTO orders (request_key) VALUES (?)', {
          at: 10,
          ms: 20,
          failed: true,
          attributes: { 'db.system.name': 'mysql', 'db.response.status_code': '1062' },
        }),
      ]),
      {
        logs: [
          {
            ...logLine('shop', 32, 'same request as 4 s ago, stored answer returned', { level: 'info' }),
            rung: 'trace-id' as const,
          },
        ],
      },
    ),
    'a job that another worker did after the first had lost its process': drawn(sentJob(), {
      logs: [
        logLine('mailer', 30, "raised error: WorkerLostError('Worker exited prematurely: exitcode 155 Job: 3.')"),
        logLine('mailer', 900, 'Task shop.mails.send[a3] succeeded in 0.41s: None'),
      ],
    }),
    'a job that its worker begins again': drawn(sentJob(), {
      logs: [logLine('mailer', 30, 'Task shop.mails.send[a3] retry: Retry in 3s: ConnectionError()')],
    }),
    'a given-up job that this request did not send': drawn(sentJob(), {
      logs: [{ ...logLine('mailer', 30, UNREGISTERED.replace('send', 'count')), rung: 'time' }],
    }),
    'a given-up job that this request sent only afterwards': drawn(sentJob(), {
      logs: [{ ...logLine('mailer', 2, UNREGISTERED), rung: 'time' }],
    }),
    'a job that its worker drops as meant': drawn(sentJob(), {
      logs: [logLine('mailer', 30, 'Discarding revoked task: shop.mails.send[a3]')],
    }),
    'a row that was there already, and was read then': drawn(
      server('hooks', 'POST /hook', { ms: 22, attributes: status(200) }, [
        query('hooks', 'INSERT INTO event (id) VALUES ($1)', { at: 4, ms: 5, failed: true, statusText: DUPLICATE }),
        query('hooks', 'SELECT handled_at FROM event WHERE id = $1', { at: 10, ms: 4 }),
      ]),
    ),
    'a repeated request that was recognised': drawn(
      server('hooks', 'POST /hook', { ms: 22, attributes: { ...status(200), 'idempotency.replayed': true } }, [
        query('hooks', 'INSERT INTO event (id) VALUES ($1)', { at: 4, ms: 5, failed: true, statusText: DUPLICATE }),
      ]),
    ),
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
    'what an extension of the browser throws in a page': drawn(
      span('page', 'click', { ms: 60 }, [call('page', 'tides', 'GET', { at: 10, ms: 20 })]),
      {
        logs: [
          logLine('page', 50, 'Uncaught TypeError: x is null at chrome-extension://kb/content.js:3:1', {
            spanId: '0',
            level: 'error',
          }),
        ],
      },
    ),
    'a message that its worker skips because it was done before': drawn(sentJob(), {
      logs: [logLine('mailer', 900, 'dropping message 18 for good: already sent', { level: 'warn' })],
    }),
    'an error tag that says false': drawn(server('web', 'GET /', { ms: 20, attributes: { error: 'false' } })),
  },
  found: {
    'a job that its worker does not know': {
      ...drawn(sentJob(), { logs: [logLine('mailer', 30, UNREGISTERED, { level: 'error' })] }),
      sightings: [
        {
          service: 'mailer',
          operation: 'shop.mails.send',
          spans: ['0.0'],
          title: /^mailer gave up shop\.mails\.send of shop: “Received unregistered task/,
        },
      ],
    },
    'a job that its worker gave up in words of its own': {
      ...drawn(sentJob(), {
        logs: [logLine('mailer', 900, 'gave up on mail 18 after 5 tries: no subject', { level: 'error' })],
      }),
      sightings: [{ service: 'mailer', operation: 'shop.mails.send', title: /^mailer gave up shop\.mails\.send/ }],
    },
    'a job that its worker does not know, in a line without any id': {
      ...drawn(sentJob(), { logs: [{ ...logLine('mailer', 30, UNREGISTERED, { level: 'error' }), rung: 'time' }] }),
      sightings: [{ service: 'mailer', operation: 'shop.mails.send', spans: ['0.0'] }],
    },
    'a job by the name that its sender recorded, in a line without any id': {
      ...drawn(
        server('shop', 'POST /orders', { ms: 40, attributes: status(202) }, [
          span('shop', 'mails send', {
            at: 5,
            ms: 8,
            kind: 'producer',
            attributes: { 'messaging.message.type': 'Shop.SendMail' },
          }),
        ]),
        {
          logs: [
            {
              ...logLine(
                'mailer',
                400,
                'R-FAULT rabbitmq://mq/mails 6f2a Shop.SendMail Shop.MailConsumer(00:00:00.02)',
              ),
              rung: 'time',
            },
          ],
        },
      ),
      sightings: [{ service: 'mailer', spans: ['0.0'] }],
    },
    'a consumer whose channel the broker closed, with the name of a condition': {
      ...drawn(
        server('shop', 'POST /import', { ms: 40, attributes: status(202) }, [
          span('shop', 'rows publish', { at: 5, ms: 8, kind: 'producer' }, [
            span('loader', 'rows process', {
              at: 20,
              ms: 900_000,
              kind: 'consumer',
              failed: true,
              statusText:
                "Channel closed by server: 406 (PRECONDITION-FAILED) with message 'PRECONDITION_FAILED - unknown delivery tag 7'",
            }),
          ]),
        ]),
      ),
      sightings: [{ service: 'loader', operation: 'rows process' }],
    },
    'a job whose worker was ended at its hard limit, next to another job': {
      ...drawn(sentJob('apply_async/shop.mails.count'), {
        logs: [logLine('mailer', 120_000, 'Hard time limit (120s) exceeded for shop.mails.send[a3]')],
      }),
      sightings: [{ service: 'mailer', spans: ['0.0'] }],
    },
    'the panic of a callee whose span ended without a status, where its caller only lost the stream': {
      ...drawn(
        server('edge', 'GET /tides', { ms: 40, failed: true }, [
          call('edge', 'tides', 'tides.v1/Get', { at: 2, ms: 30, failed: true }, [
            server('tides', 'tides.v1/Get', { at: 4, ms: 20 }),
          ]),
        ]),
        {
          logs: [
            logLine('tides', 22, "thread 'tokio-runtime-worker' panicked at src/moon.rs:9:4: index out of bounds"),
            logLine('edge', 39, 'h2 protocol error: stream error received: unexpected end of stream', {
              spanId: '0',
              level: 'error',
            }),
          ],
        },
      ),
      sightings: [{ service: 'tides', title: /panicked at src\/moon\.rs/ }],
    },
    'the crash of an app whose requests all succeeded': {
      ...drawn(span('phone', 'screen Tides', { ms: 600 }, [call('phone', 'tides', 'GET', { at: 10, ms: 100 })]), {
        logs: [
          logLine('phone', 190, 'FATAL EXCEPTION: main java.lang.NullPointerException', {
            spanId: '0',
            level: 'error',
          }),
        ],
      }),
      sightings: [{ service: 'phone', title: /EXCEPTION: main/ }],
    },
    'the same with the exception below its heading': {
      ...drawn(span('phone', 'screen Tides', { ms: 600 }, [call('phone', 'tides', 'GET', { at: 10, ms: 100 })]), {
        logs: [
          logLine(
            'phone',
            190,
            'FATAL EXCEPTION: main\nProcess: example.tides, PID: 71\njava.lang.ArithmeticException: / by zero',
            {
              spanId: '0',
              level: 'error',
            },
          ),
        ],
      }),
      sightings: [{ service: 'phone', title: /“java\.lang\.ArithmeticException: \/ by zero”/ }],
    },
    'the same in lines of its own': {
      ...drawn(span('phone', 'screen Tides', { ms: 600 }, [call('phone', 'tides', 'GET', { at: 10, ms: 100 })]), {
        logs: [
          logLine('phone', 190, 'FATAL EXCEPTION: DefaultDispatcher-worker-1', { spanId: '0', level: 'error' }),
          logLine('phone', 190, 'Process: example.tides, PID: 71', { spanId: '0', level: 'error' }),
          logLine('phone', 190, 'java.lang.ArithmeticException: / by zero', { spanId: '0', level: 'error' }),
        ],
      }),
      sightings: [{ service: 'phone', title: /“java\.lang\.ArithmeticException: \/ by zero”/ }],
    },
    'an error in the body of an answer that counts as successful': {
      ...drawn(fieldFailed(true)),
      sightings: [
        { service: 'fares', title: /because graphql\.resolve Trip\.fare of fares failed: “no fare for zone 9”/ },
      ],
    },
    'the same where the service that threw marked nothing as failed': {
      ...drawn(fieldFailed(false)),
      sightings: [{ service: 'site' }],
    },
    'the panic of a callee, where the call counts as cancelled': {
      ...drawn(scored(), {
        logs: [
          logLine('rates', 9, "thread 'main' panicked at src/table.rs:40:17: index out of bounds", {
            spanId: '0.0.0',
            level: 'error',
          }),
        ],
      }),
      sightings: [{ service: 'rates', spans: ['0.0.0'], title: /panicked at src\/table\.rs/ }],
    },
    'an error without a panic in a call that was cancelled': {
      ...drawn(scored(), {
        logs: [logLine('rates', 9, 'context canceled', { spanId: '0.0.0', level: 'error' })],
      }),
      sightings: [{ service: 'edge', spans: ['0'] }],
    },
    'a gateway that names no upstream, unsure': {
      ...drawn(server('gw', 'GET /*', { ms: 30_004, failed: true, attributes: status(504) })),
      sightings: [{ service: 'gw' }],
    },
    'a proxy whose line names the upstream that it waited for': {
      ...drawn(server('gw', '/pages', { ms: 30_004, failed: true, attributes: status(504) }), {
        logs: [
          logLine(
            'gw',
            30_002,
            '[error] 7#7: *41 upstream timed out (110: Connection timed out) while reading response header from upstream, client: 203.0.113.9, server: _, request: "GET /pages HTTP/1.1", upstream: "http://pages-v2:8080/pages", host: "shop.example"',
            { spanId: '0', level: 'error' },
          ),
        ],
      }),
      sightings: [{ service: 'pages-v2', title: /from gw to pages-v2 failed with 504/ }],
    },
    'a callee that only the address of the broken call names': {
      ...drawn(
        server('web', 'POST /photo', { ms: 4000, attributes: status(500) }, [
          span('web', 'POST', {
            at: 10,
            ms: 3980,
            kind: 'client',
            failed: true,
            statusText: 'Remote end closed connection without response',
            attributes: { 'http.url': 'http://thumbs.shop.svc.cluster.local:8000/render' },
          }),
        ]),
      ),
      sightings: [{ service: 'thumbs' }],
    },
    'the upstream that a proxy could not reach, as its line about the call says': {
      ...drawn(
        server('web', 'GET /', { ms: 40, attributes: status(502) }, [
          call('web', 'edge', 'GET', { at: 10, ms: 20, attributes: status(502) }),
        ]),
        {
          logs: [
            logLine(
              'edge',
              25,
              'connect() failed (111: Connection refused) while connecting to upstream, request: "GET /prices/8 HTTP/1.1", upstream: "http://prices:8080/prices/8"',
              { spanId: '0.0', level: 'error' },
            ),
          ],
        },
      ),
      sightings: [
        { service: 'prices', title: /The call GET from web to edge failed with 502|failed because the call GET/ },
      ],
    },
    'a row that was there already, and made the request fail': {
      ...drawn(
        server('hooks', 'POST /hook', { ms: 22, attributes: status(500) }, [
          query('hooks', 'INSERT INTO event (id) VALUES ($1)', { at: 4, ms: 5, failed: true, statusText: DUPLICATE }),
          query('hooks', 'SELECT handled_at FROM event WHERE id = $1', { at: 10, ms: 4 }),
        ]),
      ),
      sightings: [{ service: 'hooks', title: /duplicate key value/ }],
    },
    'a query without a message, by the exception of the code that made it': {
      ...drawn(
        server('reviews', 'GET /reviews', { ms: 90, attributes: status(500), ...exception("Unknown column 'votes'") }, [
          query('reviews', 'SELECT votes FROM review', { at: 5, ms: 28, failed: true }),
        ]),
      ),
      sightings: [{ service: 'reviews', title: /SELECT .*failed: “Unknown column 'votes'”$/ }],
    },
    'what New Relic recorded on a span without a status': {
      ...drawn(
        span('tax', 'WebTransaction/tax.views:rates', { ms: 90 }, [
          span('tax', 'Function/tax.rules:match', {
            at: 5,
            ms: 80,
            attributes: {
              'error.class': 'builtins:KeyError',
              'error.message': "KeyError: 'GB'",
              'error.expected': false,
            },
          }),
        ]),
      ),
      sightings: [{ service: 'tax', title: /tax.rules:match of tax failed: “KeyError: 'GB'”/ }],
    },
    'a fault in the body of an answer': {
      ...drawn(
        server('cases', 'POST /cases', { ms: 900, attributes: status(200) }, [
          call('cases', 'registry', 'POST', {
            at: 5,
            ms: 880,
            attributes: {
              ...status(200),
              'soap.fault.code': 'soap:Server',
              'soap.fault.string': 'Internal error 8812',
            },
          }),
        ]),
      ),
      sightings: [{ service: 'cases', title: /POST from cases to registry failed: “Internal error 8812”/ }],
    },
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
      sightings: [{ service: 'orders', spans: ['0.0'], title: /“broken pipe”/ }],
    },
    'a service that refuses connections, and not its caller': {
      ...unanswered('orders', 'connect ECONNREFUSED 10.0.0.9:80'),
      sightings: [{ service: 'orders', spans: ['0.0'], title: /The call GET from web to orders failed: “connect/ }],
    },
    'a partner that refuses connections, and not its caller': {
      ...unanswered('api.partner.example', 'connect ECONNREFUSED'),
      sightings: [{ service: 'api.partner.example', spans: ['0.0'] }],
    },
    'the caller of a partner that does not accept its credentials': {
      ...unanswered('api.partner.example', 'invalid signature'),
      sightings: [{ service: 'web', spans: ['0.0'] }],
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
          title: 'frontend rejected GET /dispatch with 400 Bad Request, and does not say why',
        },
      ],
    },
    'the exception of the last work, which has no status of its own': {
      ...drawn(
        server('rates', 'GET /rate', { ms: 100, attributes: status(500) }, [
          call('rates', 'store', 'GET /base', { at: 5, ms: 20, attributes: status(200) }),
          span('rates', 'Rates.round', {
            at: 30,
            ms: 65,
            events: [
              {
                at: 94,
                name: 'exception',
                attributes: { 'exception.type': 'RangeError', 'exception.message': 'precision 101' },
              },
            ],
          }),
        ]),
      ),
      sightings: [{ service: 'rates', operation: 'GET /rate', title: /“precision 101”/ }],
    },
    'no exception before which other work ended well': {
      ...drawn(
        server('rates', 'GET /rate', { ms: 100, attributes: status(500) }, [
          span('rates', 'Rates.cached', {
            at: 5,
            ms: 5,
            events: [
              {
                at: 10,
                name: 'exception',
                attributes: { 'exception.type': 'CacheMiss', 'exception.message': 'no entry' },
              },
            ],
          }),
          call('rates', 'store', 'GET /base', { at: 20, ms: 20, attributes: status(200) }),
        ]),
      ),
      sightings: [{ service: 'rates', operation: 'GET /rate', title: /500 Internal Server Error$/ }],
    },
    'the caller’s own exception beside the failed call after which it went on': {
      ...afterTeaser('KeyError', 'no currency'),
      sightings: [
        { service: 'web', operation: 'GET /start', title: /“no currency”/ },
        { service: 'web', operation: 'GET /teaser', title: /“no teaser today”/ },
      ],
    },
    'the failed call alone where the caller’s exception follows at once, or names it': {
      ...afterTeaser('PageError', 'page failed: no teaser today'),
      sightings: [{ service: 'web', operation: 'GET /teaser' }],
    },
    'a message from the log, where the span has none': {
      ...drawn(server('customer', 'GET /customer', { ms: 30, attributes: status(500) }), {
        logs: [logLine('customer', 20, 'cannot parse customer id', { spanId: '0', level: 'error' })],
      }),
      sightings: [{ service: 'customer', title: /“cannot parse customer id”/ }],
    },
  },
});

const findingsIn = (outcome: Outcome) => (outcome.kind === 'found' ? outcome.findings : []);

const haproxy = (state: string) => {
  const failed = { ms: 3000, failed: true };
  const attributes = {
    'http.response.status_code': 503,
    'haproxy.termination_state': state,
    'haproxy.backend': 'invoices',
  };
  return findingsIn(
    runDetector(errorOrigin, { trace: traceOf(server('lb', 'GET /invoices', { ...failed, attributes })) }),
  )[0];
};

test('a state of HAProxy names the side that failed', () => {
  expect(haproxy('SC--')?.service).toBe('invoices');
  expect(haproxy('SC--')?.title).toContain('invoices accepts no connection');
  expect(haproxy('RC--')?.service).toBe('lb');
  expect(haproxy('----')?.service).toBe('lb');
});

/** A call whose server gave up with this status, which marks no span of the server as failed. */
const gaveUp = (status: string, children: Parameters<typeof server>[3] = []) =>
  findingsIn(
    runDetector(errorOrigin, {
      trace: traceOf(
        server('bank', 'POST /pay', { ms: 90, failed: true, attributes: { 'http.response.status_code': 500 } }, [
          call(
            'bank',
            'purse',
            'Purse/Move',
            { ms: 80, failed: true, attributes: { 'rpc.grpc.status_code': status } },
            [
              server(
                'purse',
                'Purse/Move',
                { at: 1, ms: 78, failed: false, attributes: { 'rpc.system': 'grpc', 'rpc.grpc.status_code': status } },
                children,
              ),
            ],
          ),
        ]),
      ),
    }),
  )[0];

test('a call that its server aborted began to fail in that server', () => {
  expect(gaveUp('10')?.service).toBe('purse');
  const update = query('purse', 'UPDATE purses SET n = 1', {
    at: 5,
    ms: 60,
    failed: true,
    statusText: 'ERROR: deadlock detected (SQLSTATE 40P01)',
  });
  const found = gaveUp('10', [update]);
  expect(found?.service).toBe('purse');
  expect(found?.title).toContain('deadlock detected');
});

test('a call that its server refused for what it asked stays with the caller', () => {
  expect(gaveUp('3')?.service).toBe('bank');
});

/** A SOAP service that answers 200 with this fault, and its caller that answers 422. */
const faulty = (fault: string) =>
  findingsIn(
    runDetector(errorOrigin, {
      trace: traceOf(
        server('desk', 'POST /permit', { ms: 30, attributes: { 'http.response.status_code': 422 } }, [
          call('desk', 'registry', 'POST', { at: 1, ms: 25, attributes: { 'http.response.status_code': 200 } }, [
            server('registry', 'POST /soap', { at: 2, ms: 20, failed: true, attributes: { 'soap.fault': fault } }, [
              span('registry', 'Permits.add', { at: 3, ms: 9, failed: true, statusText: 'no such permit kind' }),
            ]),
          ]),
        ]),
      ),
    }),
  ).map(({ service, facts }) => [service, facts.refused === true]);

test('a fault of a SOAP service in a 200 is what its caller answers for', () => {
  expect(faulty('env:Receiver')).toEqual([['registry', false]]);
  expect(faulty('soap:Client')[0]).toEqual(['desk', true]);
});

test('a gateway without a record of its upstream is one of several causes, and a line of it is a record', () => {
  const trace = traceOf(server('gw', 'GET /*', { ms: 30_004, failed: true, attributes: status(504) }));
  const inferred = (logs: Parameters<typeof runDetector>[1]['logs']) => {
    const outcome = runDetector(errorOrigin, { trace, ...(logs && { logs }) });
    return outcome.kind === 'found' ? outcome.findings.map((finding) => finding.inferred === true) : [];
  };
  expect(inferred(undefined)).toEqual([true]);
  expect(inferred([logLine('gw', 30_000, 'no more patience', { spanId: '0', level: 'error' })])).toEqual([false]);
});

test('a service in maintenance refuses on purpose, or somebody forgot it', () => {
  const trace = traceOf(server('museum', 'GET /', { ms: 5, failed: true, attributes: status(503) }));
  const inferred = (...lines: readonly string[]) => {
    const logs = lines.map((line, at) => logLine('museum', at - 40_000, line));
    const outcome = runDetector(errorOrigin, { trace, logs });
    return outcome.kind === 'found' ? outcome.findings.map((finding) => finding.inferred === true) : [];
  };
  expect(inferred('Application is now in maintenance mode.')).toEqual([true]);
  expect(inferred('Application is now in maintenance mode.', 'maintenance mode is off')).toEqual([false]);
  expect(inferred('maintenance mode: 503 with Retry-After 60 until the release is done')).toEqual([true]);
  expect(inferred('The shop is down for scheduled maintenance')).toEqual([true]);
  expect(inferred('maintenance job got 503 from the store')).toEqual([false]);
  expect(inferred('maintenance of the index took 3 s')).toEqual([false]);
});

test('an announced maintenance refuses on purpose, also behind a gateway that passes the answer on', () => {
  const inferred = (line: string, code = 503) => {
    const trace = traceOf(
      server('gate', 'GET /*', { ms: 9, failed: true, attributes: status(code) }, [
        server('museum', 'GET /', { at: 2, ms: 5, failed: true, attributes: status(503) }),
      ]),
    );
    const outcome = runDetector(errorOrigin, { trace, logs: [logLine('museum', 6, line)] });
    return outcome.kind === 'found' ? outcome.findings.map((finding) => finding.inferred === true) : [];
  };
  const ANNOUNCED = 'maintenance window 02:00 to 03:00 (announced), answering 503 with Retry-After';
  expect(inferred(ANNOUNCED)).toEqual([true]);
  expect(inferred('Scheduled maintenance until 06:00 UTC')).toEqual([true]);
  expect(inferred('scheduled maintenance starts tomorrow')).toEqual([false]);
  // Whoever needed the answer failed for it.
  expect(inferred(ANNOUNCED, 500)).toEqual([false]);
});

test('a fault that a proxy injects is a drill only where a line or the request says so', () => {
  const inferred = (line: string, attributes: Record<string, string> = {}, flags = 'FI', by = 'edge') => {
    const flagged = { ...status(503), component: 'proxy', response_flags: flags, ...attributes };
    const trace = traceOf(server('edge', 'GET /*', { ms: 3, failed: true, attributes: flagged }));
    const outcome = runDetector(errorOrigin, { trace, logs: [logLine(by, 2, line)] });
    return outcome.kind === 'found' ? outcome.findings.map((finding) => finding.inferred === true) : [];
  };
  expect(inferred('fault_filter_abort: injected 503 (drill, planned)')).toEqual([true]);
  expect(inferred('abort injected for the game day')).toEqual([true]);
  // The mesh, or the service behind the proxy, tells of the test.
  expect(inferred('fault injection abort 503 for header x-chaos (game day)', {}, 'FI', 'orders')).toEqual([true]);
  expect(inferred('the game day begins at 16:00', {}, 'FI', 'orders')).toEqual([false]);
  expect(inferred('', { 'http.request.header.x-envoy-fault-abort-request': '503' })).toEqual([true]);
  expect(inferred('fault_filter_abort')).toEqual([false]);
  expect(inferred('the planned route is loaded')).toEqual([false]);
  expect(inferred('fault_filter_abort: injected 503 (drill, planned)', {}, 'UH')).toEqual([false]);
});

test('a client that left before the end of its answer is no failure of the server', () => {
  const failures = (line: string, { code = 206, type = 'BrokenPipeError', level = 'info' } = {}) => {
    const attributes = { ...status(code), 'error.type': type };
    const trace = traceOf(server('player', 'GET /audio/{id}', { ms: 5200, failed: true, attributes }));
    const outcome = runDetector(errorOrigin, { trace, logs: [logLine('player', 5190, line, { level })] });
    return outcome.kind === 'found' ? outcome.findings.length : 0;
  };
  const LEFT = 'client closed the connection after 410 kB';
  expect(failures(LEFT)).toBe(0);
  expect(failures(LEFT, { type: 'ClientAbortException' })).toBe(0);
  // The pipe of another process, an answer that is an error, another error, and a line that reports one.
  expect(failures('encoder ended')).toBe(1);
  expect(failures(LEFT, { code: 500 })).toBe(1);
  expect(failures(LEFT, { type: 'ValueError' })).toBe(1);
  expect(failures(LEFT, { level: 'error' })).toBe(1);
});

test('a gateway that only says that any upstream was late leaves several causes', () => {
  const inferred = (text: string) => {
    const trace = traceOf(server('gw', 'GET /*', { ms: 29_008, failed: true, attributes: status(504) }));
    const logs = [logLine('gw', 29_006, text, { spanId: '0', level: 'error' })];
    const outcome = runDetector(errorOrigin, { trace, logs });
    return outcome.kind === 'found' ? outcome.findings.map((finding) => finding.inferred === true) : [];
  };
  expect(inferred('(ab-12) Execution failed due to a timeout error')).toEqual([true]);
  expect(inferred('Endpoint request timed out')).toEqual([true]);
  expect(inferred('upstream stock:8080 timed out')).toEqual([false]);
});

test('a browser that only knows that it got no answer leaves several causes', () => {
  const inferred = (statusText: string, ...lines: readonly string[]) => {
    const trace = traceOf(
      span('page', 'submit', { ms: 240, failed: true }, [
        call('page', 'api.shop.example', 'HTTP POST', { at: 6, ms: 220, failed: true, statusText }),
      ]),
    );
    const logs = lines.map((line) => logLine('page', 227, line, { spanId: '0.0', level: 'error' }));
    const outcome = runDetector(errorOrigin, { trace, logs });
    return outcome.kind === 'found' ? outcome.findings.map((finding) => finding.inferred === true) : [];
  };
  expect(inferred('Failed to fetch')).toEqual([true]);
  expect(inferred('Failed to fetch', 'POST /pay net::ERR_NAME_NOT_RESOLVED')).toEqual([false]);
  expect(inferred('socket hang up')).toEqual([false]);
});

test('a name of the cluster that nobody knows is the address of its caller; another name stays with its host', () => {
  const told = (host: string, said: string) => {
    const trace = traceOf(
      server('bills', 'POST /print', { ms: 90, failed: true }, [
        span('bills', 'POST', {
          at: 10,
          ms: 50,
          failed: true,
          kind: 'client',
          statusText: said,
          attributes: { 'url.full': `http://${host}:8080/jobs` },
        }),
      ]),
    );
    const [found] = findingsIn(runDetector(errorOrigin, { trace }));
    return [found?.service, found?.explanation];
  };
  expect(told('printer.water.svc', 'getaddrinfo ENOTFOUND printer.water.svc')).toEqual([
    'bills',
    expect.stringMatching(/^The name printer\S* has no address/),
  ]);
  expect(told('api.printer.example', 'getaddrinfo ENOTFOUND api.printer.example')[0]).toBe('api.printer.example');
  // Somebody is there, and takes no connection.
  expect(told('printer.water.svc', 'connect ECONNREFUSED 10.0.0.9:8080')[0]).toMatch(/^printer/);
});

const STACKS: readonly (readonly [runtime: string, stack: string, place: string])[] = [
  [
    'Java, of the exception that caused the others',
    'shop.PriceError: no price\n\tat shop.Cart.total(Cart.java:10)\nCaused by: java.lang.ArithmeticException: / by zero\n\tat java.base/java.lang.Math.floorDiv(Math.java:1)\n\tat shop.Discount.apply(Discount.java:42)',
    'java.lang.ArithmeticException was thrown at shop.Discount.apply(Discount.java:42).',
  ],
  [
    'Python, of the innermost call',
    'Traceback (most recent call last):\n  File "/app/cart.py", line 7, in total\n  File "/app/discount.py", line 42, in apply\n  File "/usr/lib/python3/site-packages/x.py", line 1, in y\nKeyError: \'price\'',
    'KeyError was thrown at /app/discount.py, line 42, in apply.',
  ],
  [
    'Node.js',
    'TypeError: total is not a function\n    at node:internal/x:1:1\n    at apply (/app/src/discount.js:42:13)',
    'TypeError was thrown at apply (/app/src/discount.js:42:13).',
  ],
];

test.each(STACKS)('it shows the place in the code from the stack trace: %s', (_, stack, place) => {
  const attributes = { 'exception.message': 'no price', 'exception.stacktrace': stack };
  const trace = traceOf(
    server('pricing', 'POST /price', {
      ms: 20,
      failed: true,
      attributes: status(500),
      events: [{ at: 19, name: 'exception', attributes }],
    }),
  );
  const [finding] = findingsIn(runDetector(errorOrigin, { trace }));
  expect(finding?.explanation).toContain(place);
});

test('a stack trace of libraries alone shows no place', () => {
  const attributes = {
    'exception.message': 'no price',
    'exception.stacktrace':
      'java.lang.NullPointerException\n\tat org.springframework.web.Dispatcher.run(Dispatcher.java:9)',
  };
  const trace = traceOf(
    server('pricing', 'POST /price', {
      ms: 20,
      failed: true,
      attributes: status(500),
      events: [{ at: 19, name: 'exception', attributes }],
    }),
  );
  const [finding] = findingsIn(runDetector(errorOrigin, { trace }));
  expect(finding?.explanation).not.toContain('was thrown');
});

test('what listens at an address without a name is to be checked there', () => {
  const trace = traceOf(
    server('web', 'GET /', { ms: 50, failed: true, attributes: status(500) }, [
      call('web', '', 'reserve', { at: 1, ms: 40, failed: true, statusText: 'connect ECONNREFUSED 10.0.0.9:8080' }),
    ]),
  );
  const [finding] = findingsIn(runDetector(errorOrigin, { trace }));
  expect(finding?.remedy).toBe('Check whether anything listens on 10.0.0.9:8080, where web calls it.');
  expect(finding?.check).toBe('Something accepted connections on 10.0.0.9:8080 at that time.');
});

test.each([
  ['loan 7 is not found on the standby (replay lag 12 s)', true],
  ['no loan 7 yet: Seconds_Behind_Source: 12', true],
  ['loan 7 is missing, AuroraReplicaLag=12000', true],
  ['loan 7 not found: 12 secs (0 hrs) behind the primary', true],
  ['loan 7 not found, the replica is 12 s behind', true],
  ['loan 7 is not found (replay lag 0 s)', false],
  ['there is no loan 7', false],
])('a 404 of a replica that is behind is a fault: %s', (line, isFault) => {
  const trace = traceOf(server('loans', 'GET /loans/:id', { ms: 40, failed: true, attributes: status(404) }));
  const logs = [logLine('loans', 30, line, { spanId: '0', level: 'error' })];
  const outcome = runDetector(errorOrigin, { trace, logs });
  const findings = outcome.kind === 'found' ? outcome.findings : [];
  expect(findings.some(({ facts }) => facts.isFault === true && facts.reachedRoot === true)).toBe(isFault);
});

/** A check of gRPC's health service, at both ends. */
const checked = (code: number, said: string) => {
  const failed = {
    failed: true,
    attributes: { 'rpc.system': 'grpc', 'rpc.service': 'grpc.health.v1.Health', 'rpc.grpc.status_code': code },
  };
  return traceOf(
    call('prober', 'rows', 'grpc.health.v1.Health/Check', { ms: 5, ...failed, statusText: said }, [
      server('rows', 'grpc.health.v1.Health/Check', { at: 1, ms: 3, ...failed }),
    ]),
  );
};

test('a server without a health service shows no outage, and one that says that it does not serve does', () => {
  const inferred = (code: number, said: string) => {
    const outcome = runDetector(errorOrigin, { trace: checked(code, said) });
    return outcome.kind === 'found' ? outcome.findings.map((one) => one.inferred === true) : [];
  };
  expect(inferred(12, 'unknown service grpc.health.v1.Health')).toEqual([true]);
  expect(inferred(14, 'connection refused')).toEqual([false]);
});
