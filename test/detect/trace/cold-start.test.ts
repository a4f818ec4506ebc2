import { coldStart } from '#detect/trace/cold-start.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, type SpanNode, server, span, times } from '#test/trace.ts';

const COLD = { 'faas.coldstart': true };
const thumbnail = (at: number, ms: number, children: SpanNode[] = [], attributes: Attributes = COLD): SpanNode =>
  server('thumbnail', 'resize', { at, ms, attributes }, children);
const invoke = (ms: number, ...children: SpanNode[]): SpanNode =>
  server('api', 'POST /image', { ms: ms + 20 }, [call('api', 'thumbnail', 'POST resize', { at: 10, ms }, children)]);

const FIRST_CONNECTION = server('reports', 'GET /reports', { ms: 1900 }, [
  span('reports', 'HikariDataSource.getConnection', { at: 10, ms: 1800 }),
  query('reports', 'SELECT * FROM reports WHERE id = 1', { at: 1820, ms: 6 }),
]);
const POOL_STARTS_AT = (at: number, service = 'reports') => ({
  logs: [logLine(service, at, 'INFO com.zaxxer.hikari.HikariDataSource : HikariPool-1 - Starting...')],
});

/** The request that builds the model says what it is. */
const firstSays = (line: string, service = 'loans', rung: 'trace-id' | 'time' = 'trace-id') =>
  drawn(
    server('loans', 'GET /loans', { ms: 2400 }, [
      span('loans', 'EF Core model building', { at: 20, ms: 2200 }),
      query('loans', 'SELECT id FROM loans', { at: 2300, ms: 20 }),
    ]),
    { logs: [{ ...logLine(service, 2390, line), rung }] },
  );

/** The first request loads Spring's servlet, which says how long that took. */
const firstOfServlet = (ms: number) =>
  drawn(
    server('seats', 'GET /rows', { ms: ms + 400 }, [
      span('seats', 'DispatcherServlet.initServletBean', { at: 2, ms }),
      query('seats', 'SELECT id FROM rows', { at: ms + 20, ms: 40 }),
    ]),
    { logs: [logLine('seats', ms + 2, `o.s.web.servlet.DispatcherServlet : Completed initialization in ${ms} ms`)] },
  );

testDetector(coldStart, {
  clear: {
    'a servlet that is ready at once': firstOfServlet(3),
    'a process that listens long before its first work': drawn(invoke(6500, thumbnail(6000, 480, [], {})), {
      logs: [logLine('thumbnail', 2000, 'Now listening on: :8080')],
    }),
    ...Object.fromEntries(
      [
        'warm-up probe of the new version answered',
        'prewarm request done, 41 classes',
        'warming up call of slot B',
        'smoke test after the deploy of version 41, no traffic shifted yet',
      ].map((line) => [`a request that warms up: ${line}`, firstSays(line)]),
    ),
    'a wait for a connection of a pool that started long before': drawn(FIRST_CONNECTION, POOL_STARTS_AT(-5000)),
    'a wait for a connection while another service starts its pool': drawn(
      FIRST_CONNECTION,
      POOL_STARTS_AT(12, 'other'),
    ),
    'a single such step after other work': drawn(
      server('api', 'GET /report', { ms: 900 }, [
        query('api', 'SELECT * FROM reports WHERE id = 1', { at: 5, ms: 290 }),
        span('api', 'load templates', { at: 300, ms: 390 }),
        query('api', 'SELECT * FROM totals WHERE id = 1', { at: 700, ms: 190 }),
      ]),
    ),
    'such steps with work between': drawn(
      server('api', 'GET /report', { ms: 900 }, [
        query('api', 'SELECT * FROM reports WHERE id = 1', { at: 5, ms: 190 }),
        span('api', 'load templates', { at: 200, ms: 200 }),
        query('api', 'SELECT * FROM totals WHERE id = 1', { at: 410, ms: 190 }),
        span('api', 'init clients', { at: 602, ms: 90 }),
        query('api', 'SELECT * FROM totals WHERE id = 1', { at: 700, ms: 190 }),
      ]),
    ),
    'a start of a tenth of a second less a millisecond': drawn(
      invoke(800, thumbnail(59, 740, [span('thumbnail', 'work', { at: 109, ms: 680 })])),
    ),
    'a start that is less than a tenth of the request': drawn(
      invoke(3000, thumbnail(200, 2800, [span('thumbnail', 'work', { at: 250, ms: 2700 })])),
    ),
    'a warm start with the same wait before it': drawn(
      invoke(
        1500,
        thumbnail(900, 600, [span('thumbnail', 'work', { at: 1000, ms: 480 })], { 'faas.coldstart': false }),
      ),
    ),
    'a cold start whose time is in a slow query': drawn(
      invoke(2000, thumbnail(30, 1970, [query('thumbnail', 'SELECT 1', { at: 40, ms: 1950 })])),
    ),
    'initialisation in the middle of the work': drawn(
      server('api', 'POST /image', { ms: 2000 }, [
        span('api', 'read image', { at: 10, ms: 300 }),
        span('api', 'init', { at: 320, ms: 1500 }),
        span('api', 'resize', { at: 1830, ms: 150 }),
      ]),
    ),
    'a client span with such a name': drawn(
      server('api', 'POST /image', { ms: 2000 }, [
        call('api', 'lab', 'bootstrap', { at: 10, ms: 1500 }),
        span('api', 'resize', { at: 1830, ms: 150 }),
      ]),
    ),
    'a cold start beside the critical path': drawn(
      server('api', 'POST /image', { ms: 2000 }, [
        call('api', 'thumbnail', 'POST resize', { at: 10, ms: 900 }, [thumbnail(800, 100)]),
        call('api', 'store', 'PUT /image', { at: 10, ms: 1980 }),
      ]),
    ),
    'a payment that is initialised': drawn(
      server('api', 'POST /image', { ms: 2000 }, [
        span('api', 'initialize payment process', { at: 10, ms: 1500 }),
        span('api', 'resize', { at: 1830, ms: 150 }),
      ]),
    ),
    'modules that are loaded one by one for the request': drawn(
      server('api', 'POST /image', { ms: 2000 }, [
        ...times(5, (i) => span('api', 'load module', { at: 5 + i * 300, ms: 290 })),
        span('api', 'resize', { at: 1830, ms: 150 }),
      ]),
    ),
    'names that only begin so': drawn(
      server('api', 'POST /image', { ms: 2000 }, [
        span('api', 'initiate payment', { at: 10, ms: 1500 }),
        span('api', 'resize', { at: 1830, ms: 150 }),
      ]),
    ),
  },
  found: {
    'a database that slept, as its caller says': {
      ...drawn(
        server('tours', 'GET /tours', { ms: 6300 }, [
          query('tours', 'SELECT id FROM tours', {
            at: 30,
            ms: 6200,
            attributes: { 'server.address': 'ep-fog.example' },
          }),
        ]),
        {
          logs: [
            logLine('tours', 6232, 'compute ep-fog was suspended (idle for 5 min), started in 6102 ms, query 9 ms'),
          ],
        },
      ),
      sightings: [{ service: 'ep-fog.example', wastedMs: 6200 }],
    },
    'a model that is loaded right before its first work': {
      ...drawn(invoke(6500, thumbnail(6000, 480, [], {})), {
        logs: [logLine('thumbnail', 5990, 'graph of 212 MB loaded from /models/a.onnx in 5.6s; serving on :8080')],
      }),
      sightings: [{ service: 'thumbnail' }],
    },
    'a process that says only that it listens, right before its first work': {
      ...drawn(invoke(6500, thumbnail(6000, 480, [], {})), {
        logs: [logLine('thumbnail', 5990, 'Now listening on: :8080')],
      }),
      sightings: [{ service: 'thumbnail' }],
    },
    'a servlet that the first request loads': {
      ...firstOfServlet(2600),
      sightings: [{ service: 'seats', title: /a cold start \(DispatcherServlet\.initServletBean\)/ }],
    },
    ...Object.fromEntries(
      Object.entries({
        'a user without a warm-up': firstSays('no warm-up request came before this one'),
        'the first user after the warm-up': firstSays('first user after the warm-up request'),
        'a warm-up of another service': firstSays('warm-up request answered', 'rates'),
        'a warm-up at the same time': firstSays('warm-up request answered', 'loans', 'time'),
      }).map(([what, input]) => [
        `a start beside the line of ${what}`,
        { ...input, sightings: [{ service: 'loans' }] },
      ]),
    ),
    'a mapper that builds its model for the first request': {
      ...drawn(
        server('loans', 'GET /loans', { ms: 2400 }, [
          span('loans', 'EF Core model building', { at: 20, ms: 2200 }),
          query('loans', 'SELECT id FROM loans', { at: 2300, ms: 20 }),
        ]),
      ),
      sightings: [{ service: 'loans', wastedMs: 2200 }],
    },
    'a request that Knative held until an instance was ready': {
      ...drawn(
        server('activator', 'probe', { ms: 8000 }, [
          span('activator', 'throttler_try', { at: 2, ms: 7600 }),
          call('activator', 'ocr', 'activator_proxy', { at: 7610, ms: 380 }),
        ]),
      ),
      sightings: [{ service: 'ocr', wastedMs: 7600 }],
    },
    'a hold of the proxy, which is no start of the proxy or of its sidecar': {
      ...drawn(
        server('mesh', 'activator_proxy', { ms: 8000 }, [
          span('mesh', 'throttler_try', { at: 2, ms: 7600 }),
          server('queue-proxy', 'queue_proxy', { at: 7610, ms: 380 }, [
            server('payments', 'POST /payments', { at: 7612, ms: 370 }),
          ]),
        ]),
      ),
      sightings: [{ service: 'payments', wastedMs: 7600 }],
    },
    'a hold whose request goes nowhere on record': {
      ...drawn(server('mesh', 'activator_proxy', { ms: 8000 }, [span('mesh', 'throttler_try', { at: 2, ms: 7600 })])),
      sightings: [{ service: 'mesh', wastedMs: 7600 }],
    },
    'a proxy that asks as soon as the service says that it has started': {
      ...drawn(
        server('gate', 'GET /quote', { ms: 5400 }, [
          call('gate', 'quotes', 'GET /quote', { at: 5100, ms: 250 }, [
            server('quotes', 'GET /quote', { at: 5102, ms: 240 }),
          ]),
        ]),
        { logs: [logLine('quotes', 5000, 'Started QuotesApplication in 4.8 seconds')] },
      ),
      sightings: [{ service: 'quotes', wastedMs: 4800 }],
    },
    'the first connection of a pool, which the request opens': {
      ...drawn(FIRST_CONNECTION, POOL_STARTS_AT(12)),
      sightings: [{ service: 'reports', wastedMs: 1800, title: /a cold start \(HikariDataSource.getConnection\)/ }],
    },
    'steps in a row after other work: what a process loads when it first needs it': {
      ...drawn(
        server('api', 'GET /report', { ms: 900 }, [
          query('api', 'SELECT * FROM reports WHERE id = 1', { at: 5, ms: 290 }),
          span('api', 'load templates', { at: 300, ms: 300 }),
          span('api', 'init clients', { at: 602, ms: 90 }),
          query('api', 'SELECT * FROM totals WHERE id = 1', { at: 700, ms: 190 }),
        ]),
      ),
      sightings: [{ service: 'api', spans: ['0', '0.1', '0.2'], wastedMs: 390 }],
    },
    'the sandbox before the function, and what it loads before its work': {
      ...drawn(
        invoke(
          1500,
          thumbnail(710, 800, [
            span('thumbnail', 'Initialization', { at: 712, ms: 400 }),
            span('thumbnail', 'work', { at: 1120, ms: 380 }),
          ]),
        ),
      ),
      sightings: [
        {
          service: 'thumbnail',
          operation: 'resize',
          spans: ['0.0.0', '0.0.0.0'],
          wastedMs: 1110,
          title:
            'thumbnail: a cold start (Initialization) takes 1.1 s of the 1.5 s of POST /image before resize starts its work',
        },
      ],
    },
    'a start at both limits, by its newer name, as text': {
      ...drawn(
        invoke(
          980,
          thumbnail(60, 900, [span('thumbnail', 'work', { at: 110, ms: 800 })], { 'faas.cold_start': 'true' }),
        ),
      ),
      sightings: [{ wastedMs: 100 }],
    },
    'a function of which nothing more is known': {
      ...drawn(invoke(1200, thumbnail(10, 1190))),
      sightings: [{ wastedMs: 1190 }],
    },
    'a function that says how long its start took': {
      ...drawn(invoke(1200, thumbnail(10, 1190, [], { ...COLD, 'faas.init_duration_ms': 812.4 }))),
      sightings: [{ wastedMs: 812 }],
    },
    'the flag on every span of the invocation': {
      ...drawn(invoke(1500, thumbnail(710, 800, [span('thumbnail', 'work', { at: 800, ms: 600, attributes: COLD })]))),
      sightings: [{ spans: ['0.0.0'], wastedMs: 790 }],
    },
    'initialisation before the work, without a flag': {
      ...drawn(
        server('ranker', 'POST /rank', { ms: 2000 }, [
          span('ranker', 'load_model', { at: 5, ms: 1400 }, [span('ranker', 'read file', { at: 10, ms: 1000 })]),
          span('ranker', 'rank', { at: 1410, ms: 500 }),
        ]),
      ),
      sightings: [
        {
          service: 'ranker',
          spans: ['0', '0.0'],
          wastedMs: 1400,
          title: /ranker: a cold start \(load_model\) takes 1\.4 s of the 2 s/,
        },
      ],
    },
    'a framework that starts in steps, once the request was taken': {
      ...drawn(
        server('shop', 'GET /', { ms: 1000 }, [
          span('shop', 'middleware', { at: 1, ms: 4 }),
          span('shop', 'Initialize Spring ApplicationContext', { at: 20, ms: 400 }),
          span('shop', 'Initializing Servlet dispatcherServlet', { at: 420, ms: 100 }),
          span('shop', 'init connection pool', { at: 520, ms: 80 }),
          span('shop', 'render', { at: 610, ms: 380 }),
        ]),
      ),
      sightings: [{ service: 'shop', spans: ['0', '0.1', '0.2', '0.3'], wastedMs: 580 }],
    },
    'what the platform logged is shown with it': {
      ...drawn(invoke(1200, thumbnail(710, 490, [span('thumbnail', 'work', { at: 720, ms: 400 })])), {
        logs: [logLine('thumbnail', 1210, 'REPORT RequestId: 1 Duration: 490 ms Init Duration: 690.11 ms')],
      }),
      sightings: [{ wastedMs: 710 }],
    },
  },
});
