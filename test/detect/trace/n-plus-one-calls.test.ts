import { nPlusOneCalls } from '#detect/trace/n-plus-one-calls.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { logLine } from '#test/log-line.ts';
import { pacedCalls, repeatedCommands } from '#test/paced-calls.ts';
import { call, query, type SpanNode, server, span, times } from '#test/trace.ts';

const cart = call('checkout-service', 'cart-service', 'GET /cart/items', { at: 10, ms: 35 });
const product = (i: number, ms = 120, at = 60 + i * 130): SpanNode =>
  call('checkout-service', 'product-service', `GET /products/P${i + 1}`, {
    at,
    ms,
    attributes: { 'http.request.method': 'GET', 'url.full': `http://product-service/products/P${i + 1}` },
  });
const status = (i: number, ms: number, every: number): SpanNode =>
  call('web', 'export', 'GET', {
    at: i * every,
    ms,
    attributes: { 'http.request.method': 'GET', 'url.full': 'http://export/jobs/7' },
  });

/** Nine times the same question with pauses; `line` is the caller's own. */
const asksAgain = (line: string) =>
  drawn(
    server(
      'web',
      'GET /export',
      { ms: 2000 },
      times(9, (i) => status(i, 40, 220)),
    ),
    { logs: [{ ...logLine('web', 1_990, line), rung: 'trace-id' as const }] },
  );

/** A call that a proxy on each side records once more, in its service's name. */
const proxied = (caller: string, callee: string, operation: string, at: number): SpanNode =>
  call(caller, callee, 'POST', { at, ms: 100 }, [
    call(caller, callee, `${callee}:8080/*`, { at: at + 1, ms: 98 }, [
      server(callee, `${callee}:8080/*`, { at: at + 2, ms: 96 }, [server(callee, operation, { at: at + 3, ms: 94 })]),
    ]),
  ]);

testDetector(nPlusOneCalls, {
  clear: {
    ...Object.fromEntries(
      [
        'valve check: 8 cycles of 490 ms, no leak',
        'flushed with 8 short pulses',
        'steady after 8 samples at 2 Hz',
        'read the pressure 2 times a second until it was steady',
        'sampled every 500 ms, steady',
      ].map((line) => [`one thing that is moved or measured again and again: ${line}`, repeatedCommands(line)]),
    ),
    ...Object.fromEntries(
      [
        'refreshed 8 stations, rate limit 2/s',
        'throttled to 2 requests per second',
        'max 120 calls/min, 8 done',
        'quota of 2 rps kept',
      ].map((line) => [`calls that keep to a rate: ${line}`, pacedCalls(line)]),
    ),
    'six operations behind a proxy, which calls all of them the same': drawn(
      server(
        'web',
        'GET /page',
        { ms: 700 },
        times(6, (i) => proxied('web', 'license', `POST /${'abcdef'[i]}`, 10 + i * 110)),
      ),
    ),
    'two calls whose addresses differ': drawn(
      server('web', 'GET /page', { ms: 1000 }, [
        ...times(2, (i) =>
          call('web', 'rates', 'GET /rates', {
            at: 10 + i * 410,
            ms: 400,
            attributes: { 'http.request.method': 'GET', 'url.full': `http://rates/rates?day=${i}` },
          }),
        ),
      ]),
    ),
    'ranges of one download': drawn(
      span(
        'edge',
        'ota.download',
        { ms: 9_000 },
        times(12, (i) =>
          call('edge', 'ota', 'GET', { at: 10 + i * 700, ms: 650, attributes: { 'http.response.status_code': 206 } }),
        ),
      ),
    ),
    'four calls': drawn(
      server('checkout-service', 'POST /checkout', { ms: 700 }, [cart, ...times(4, (i) => product(i))]),
    ),
    'five calls that take less than 50 ms together': drawn(
      server('checkout-service', 'POST /checkout', { ms: 800 }, [cart, ...times(5, (i) => product(i, 9))]),
    ),
    'five calls that are less than a twentieth of a long job': drawn(
      server('checkout-service', 'nightly export', { ms: 20_000 }, [cart, ...times(7, (i) => product(i))]),
    ),
    'twenty calls at once, which take as long as one': drawn(
      server('checkout-service', 'POST /checkout', { ms: 300 }, [cart, ...times(20, (i) => product(i, 120 + i, 60))]),
    ),
    'twenty calls at once, in four waves': drawn(
      server('checkout-service', 'POST /checkout', { ms: 900 }, [
        cart,
        ...times(20, (i) => product(i, 120 + (i % 5), 60 + Math.floor(i / 5) * 130)),
      ]),
    ),
    'five calls to five operations of one service': drawn(
      server(
        'checkout-service',
        'POST /checkout',
        { ms: 800 },
        times(5, (i) => call('checkout-service', 'product-service', `GET /${'abcde'[i]}`, { at: i * 130, ms: 120 })),
      ),
    ),
    'attempts of which one succeeds': drawn(
      server(
        'checkout-service',
        'POST /checkout',
        { ms: 1200 },
        times(8, (i) => call('checkout-service', 'stock', 'POST /reserve', { at: i * 130, ms: 120, failed: i < 7 })),
      ),
    ),
    'waiting until an export is ready': asksAgain('export 7 is ready'),
    'an agent that waits for a result, below its limit': asksAgain('export 7 is ready, recursion limit 25'),
    'an order, and the same question until it is ready': drawn(
      server(
        'web',
        'POST /export',
        { ms: 9000 },
        times(8, (i) =>
          call('web', 'labels', 'HTTP POST', {
            at: i * 1000,
            ms: 120,
            attributes: {
              'http.request.method': 'POST',
              'url.full': `http://labels/batches${['', '/7/print'][i === 0 ? 0 : i === 7 ? 1 : 2] ?? '/7'}`,
            },
          }),
        ),
      ),
    ),
    'page after page of one list': drawn(
      server(
        'web',
        'GET /export',
        { ms: 900 },
        times(6, (i) =>
          call('web', 'users', 'GET', {
            at: i * 130,
            ms: 120,
            attributes: { 'http.request.method': 'GET', 'url.full': `http://users/users?page=${i + 1}` },
          }),
        ),
      ),
    ),
    'the scripts of a page': drawn(
      server(
        'web',
        'GET /page',
        { ms: 800 },
        times(6, (i) => call('web', 'cdn', `GET /static/chunk-${i}.js`, { at: i * 120, ms: 110 })),
      ),
    ),
    'messages, of which each is an event of its own': drawn(
      server(
        'web',
        'POST /import',
        { ms: 800 },
        times(8, (i) => span('web', 'items publish', { at: i * 90, ms: 80, kind: 'producer' })),
      ),
    ),
    'queries, which another detector looks at': drawn(
      server(
        'order-service',
        'GET /orders',
        { ms: 800 },
        times(8, (i) => query('order-service', `SELECT * FROM customers WHERE id = ${i}`, { at: i * 90, ms: 80 })),
      ),
    ),
  },
  found: {
    'the call by which clients of Firestore read one document': {
      ...drawn(
        server(
          'web',
          'GET /page',
          { ms: 700 },
          times(6, (i) => call('web', 'firestore', 'Firestore.BatchGetDocuments', { at: 10 + i * 110, ms: 100 })),
        ),
      ),
      sightings: [{ title: /^web loads 6 elements from firestore one by one/ }],
    },
    'one address for everything, which names no elements': {
      ...drawn(
        server(
          'web',
          'GET /page',
          { ms: 700 },
          times(6, (i) => call('web', 'seller', 'POST /graphql', { at: 10 + i * 110, ms: 100 })),
        ),
      ),
      sightings: [
        { title: 'web loads 6 elements from seller one by one with 6 calls (N+1): GET /page spends 600 ms on it' },
      ],
    },
    'one operation behind proxies on both sides': {
      ...drawn(
        server(
          'web',
          'GET /page',
          { ms: 700 },
          times(6, (i) => proxied('web', 'license', `GET /licenses/${i}`, 10 + i * 110)),
        ),
      ),
      sightings: [
        {
          service: 'web',
          title: 'web loads 6 licenses from license one by one with 6 calls (N+1): GET /page spends 600 ms on it',
        },
      ],
    },
    'the same call made twice, at a price': {
      ...drawn(
        server('web', 'GET /page', { ms: 1000 }, [
          ...times(2, (i) =>
            call('web', 'rates', 'GET /rates', {
              at: 10 + i * 410,
              ms: 400,
              attributes: { 'http.request.method': 'GET', 'url.full': 'http://rates/rates?day=6' },
            }),
          ),
        ]),
      ),
      sightings: [
        {
          service: 'web',
          wastedMs: 400,
          title: 'web makes the same call 2 times in one request (GET /rates of rates): GET /page spends 800 ms on it',
        },
      ],
    },
    'twenty products of a cart, as in the guide': {
      ...drawn(
        server('checkout-service', 'POST /checkout', { ms: 4100 }, [cart, ...times(20, (i) => product(i, 128))]),
      ),
      sightings: [
        {
          service: 'checkout-service',
          operation: 'POST /checkout',
          spans: times(20, (i) => `0.${i + 1}`),
          wastedMs: 2560,
          title:
            'checkout-service loads 20 products from product-service one by one with 21 calls (N+1): POST /checkout spends 2.6 s on it',
        },
      ],
    },
    'five calls at both limits': {
      ...drawn(
        server(
          'checkout-service',
          'POST /checkout',
          { ms: 1000 },
          times(5, (i) => product(i, 10)),
        ),
      ),
      sightings: [
        {
          wastedMs: 50,
          title:
            'checkout-service loads 5 products from product-service one by one with 5 calls (N+1): POST /checkout spends 50 ms on it',
        },
      ],
    },
    'client spans that are called GET, told by the callee’s route': {
      ...drawn(
        server(
          'web',
          'GET /page',
          { ms: 900 },
          times(6, (i) =>
            call('web', 'stock', 'GET', { at: i * 130, ms: 120 }, [
              server('stock', 'GET /stock/{sku}', { at: i * 130 + 5, ms: 110 }),
            ]),
          ),
        ),
      ),
      sightings: [
        {
          service: 'web',
          title: 'web loads 6 elements from stock one by one with 6 calls (N+1): GET /page spends 720 ms on it',
        },
      ],
    },
    'calls each inside a method of a client': {
      ...drawn(
        server('checkout-service', 'POST /checkout', { ms: 1200 }, [
          cart,
          ...times(6, (i) =>
            span('checkout-service', 'ProductClient.get', { at: 60 + i * 130, ms: 125 }, [product(i)]),
          ),
        ]),
      ),
      sightings: [{ operation: 'POST /checkout', spans: times(6, (i) => `0.${i + 1}.0`), wastedMs: 720 }],
    },
    'calls without spans of the client': {
      ...drawn(
        server(
          'web',
          'GET /page',
          { ms: 900 },
          times(6, (i) => server('stock', 'GET /stock/{sku}', { at: i * 130, ms: 120 })),
        ),
      ),
      sightings: [{ service: 'web', wastedMs: 720 }],
    },
    'an agent that asked the same until its limit stopped it': {
      ...asksAgain('Recursion limit of 25 reached without hitting a stop condition.'),
      sightings: [
        {
          title:
            'web calls GET from export 9 times until its agent was stopped at its limit: GET /export spends 360 ms on it',
        },
      ],
    },
    'the same question again and again, told apart from N+1': {
      ...drawn(
        server(
          'web',
          'GET /export',
          { ms: 500 },
          times(9, (i) => status(i, 40, 50)),
        ),
      ),
      sightings: [
        { title: 'web makes the same call 9 times in one request (GET of export): GET /export spends 360 ms on it' },
      ],
    },
    'a product and its price for each element, as one': {
      ...drawn(
        server('checkout-service', 'POST /checkout', { ms: 4100 }, [
          cart,
          ...times(8, (i) => [
            product(i, 100, 60 + i * 250),
            call('checkout-service', 'price-service', `GET /prices/P${i}`, { at: 165 + i * 250, ms: 100 }),
          ]).flat(),
        ]),
      ),
      sightings: [
        {
          wastedMs: 1600,
          title:
            'checkout-service loads 8 products and prices from product-service and price-service one by one with 17 calls (N+1): POST /checkout spends 1.6 s on it',
        },
      ],
    },
    ...Object.fromEntries(
      Object.entries({
        'another number of cycles': repeatedCommands('valve check: 3 cycles done'),
        'cycles that are records': repeatedCommands('loaded 8 billing cycles'),
        'a rate that would allow many more': repeatedCommands('sensor runs at 50 Hz'),
        'cycles of another service': repeatedCommands('8 cycles done', 'field-bus'),
      }).map(([what, input]) => [
        `identical commands beside ${what}`,
        { ...input, sightings: [{ operation: 'valve.check', title: /with 8 calls/ }] },
      ]),
    ),
    'cycles of eight different things': {
      ...repeatedCommands('8 cycles done', 'greenhouse', (i) => `/valves?no=${i + 1}`),
      sightings: [{ operation: 'valve.check', title: /with 8 calls/ }],
    },
    ...Object.fromEntries(
      Object.entries({
        'a rate that is only counted': pacedCalls('served 2 requests per second'),
        'a rate that would allow more': pacedCalls('rate limit 20/s'),
        'the rate of another service': pacedCalls('rate limit 2/s', 'harbour'),
      }).map(([what, input]) => [
        `calls beside ${what}`,
        { ...input, sightings: [{ operation: 'refresh.run', title: /one by one/ }] },
      ]),
    ),
    'the products of each of three carts, as one': {
      ...drawn(
        server(
          'web',
          'GET /carts',
          { ms: 3000 },
          times(3, (run) =>
            span(
              'web',
              'load cart',
              { at: run * 1000, ms: 990 },
              times(7, (i) =>
                call('web', 'product-service', `GET /products/${run}${i}`, { at: run * 1000 + i * 130, ms: 120 }),
              ),
            ),
          ),
        ),
      ),
      sightings: [
        {
          operation: 'load cart',
          wastedMs: 2520,
          title:
            'web loads 21 products from product-service one by one with 21 calls (N+1): GET /carts spends 2.5 s on it',
        },
      ],
    },
  },
});
