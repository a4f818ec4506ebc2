import { sequentialCalls } from '#detect/trace/sequential-calls.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { pacedCalls } from '#test/paced-calls.ts';
import { call, query, server, span, times } from '#test/trace.ts';

const read = (peer: string, at: number, ms: number) =>
  call('api-gateway', peer, 'GET', { at, ms, attributes: { 'http.request.method': 'GET' } }, [
    server(peer, `GET /${peer}`, { at: at + 1, ms: ms - 2 }),
  ]);

/** A request and the reads that it makes in a row, by their addresses; without one it was not recorded. */
const row = (request: string, addresses: readonly string[], method = 'GET') =>
  drawn(
    server(
      'api-gateway',
      'GET /dashboard',
      { ms: 1000, attributes: { 'url.path': request } },
      addresses.map((address, i) =>
        call('api-gateway', address.split('/')[1] ?? '', `${method} ${address.split(/[/?]/)[1]}`, {
          at: 20 + i * 310,
          ms: 300,
          attributes: { 'http.request.method': method, ...(address !== '' && { 'url.full': `http://host${address}` }) },
        }),
      ),
    ),
  );
/** Three calls of unknown kind, at the same time or one after another. */
const three = (isRow: boolean, { one = 200, jitter = 0 } = {}) =>
  server('api', 'GET /profile', { ms: (isRow ? 3 * one : one) + 20 }, [
    ...['items', 'wallet', 'matches'].map((peer, i) =>
      call('api', peer, `v1.${peer}/History`, { at: isRow ? 5 + i * (one + 1) : 5, ms: one + jitter * (i % 2) }),
    ),
  ]);
/** Two calls that time out one after another, and then the three at the same time. */
const threeAfterLost = server('api', 'GET /profile', { ms: 2_025 }, [
  ...[0, 1_000].map((at) => call('api', 'ads', 'v1.ads/List', { at, ms: 1_000, failed: true })),
  ...['items', 'wallet', 'matches'].map((peer) => call('api', peer, `v1.${peer}/History`, { at: 2_003, ms: 20 })),
]);
/** The three at the same time, and then a loop that healthy requests lack. */
const threeBeforeLoop = server('api', 'GET /profile', { ms: 420 }, [
  ...['items', 'wallet', 'matches'].map((peer) => call('api', peer, `v1.${peer}/History`, { at: 0, ms: 10 })),
  ...times(2, (i) => call('api', 'ads', 'v1.ads/Show', { at: 12 + i * 201, ms: 200 })),
]);
/** Calls of gRPC whose names do not say whether they read. */
const asked = (
  methods: readonly string[],
  { verb = 'GET', last = 200, peers = ['harbor', 'tide', 'crane', 'customs'] } = {},
) =>
  drawn(
    server(
      'berths',
      `${verb} /board`,
      { ms: 1000, attributes: { 'http.request.method': verb } },
      methods.map((method, i) =>
        call('berths', peers[i] ?? '', `pier.v1.${method}`, {
          at: 10 + i * 205,
          ms: i === methods.length - 1 ? last : 200,
          attributes: { 'rpc.system.name': 'grpc', 'rpc.method': method },
        }),
      ),
    ),
  );
const QUESTIONS = ['Berth', 'Level', 'State', 'Duty'];
const UNSURE = /one after another; if they are independent, GET \/dashboard would take about/;
const SHOWN = /one after another; in parallel, GET \/dashboard would take about/;

testDetector(sequentialCalls, {
  clear: {
    'four calls without a verb below a request that writes': asked(QUESTIONS, { verb: 'POST' }),
    'three calls without a verb below a request that reads': asked(QUESTIONS.slice(1)),
    'a call that writes between others without a verb': asked(['Berth', 'ReserveCrane', 'State', 'Duty']),
    'a call without a verb that is much shorter': asked(QUESTIONS, { last: 40 }),
    'two calls without a verb of one service': asked(QUESTIONS, { peers: ['harbor', 'harbor', 'crane', 'customs'] }),
    'calls that keep to a rate': pacedCalls('refreshed 8 stations, rate limit 2/s'),
    'calls that healthy requests make one after another as well': drawn(three(true), {
      baseline: times(20, (n) => three(true, { jitter: n % 3 })),
    }),
    'calls that still run at the same time': drawn(three(false, { one: 900 }), {
      baseline: times(20, (n) => three(false, { jitter: n % 3 })),
    }),
    'calls that still run at the same time, after others that timed out one by one': drawn(threeAfterLost, {
      baseline: times(20, (n) => three(false, { one: 20, jitter: n % 3 })),
    }),
    'calls that still run at the same time, before others that are new': drawn(threeBeforeLoop, {
      baseline: times(20, (n) => three(false, { one: 10, jitter: n % 3 })),
    }),
    'reads that only their callees recorded, further apart than clocks are': drawn(
      server('api-gateway', 'GET /dashboard', { ms: 905 }, [
        server('user', 'GET /user', { at: 0, ms: 303 }),
        server('order', 'GET /order', { at: 300, ms: 303 }),
        server('mail', 'GET /mail', { at: 600, ms: 300 }),
      ]),
    ),
    'two calls, of which the second very often needs the first': drawn(
      server('api-gateway', 'GET /dashboard', { ms: 800 }, [read('user', 0, 320), read('order', 330, 440)]),
    ),
    'calls that run side by side': drawn(
      server('api-gateway', 'GET /dashboard', { ms: 600 }, [
        read('user', 0, 320),
        read('order', 1, 480),
        read('mail', 2, 410),
      ]),
    ),
    'two calls in a row and a third beside them': drawn(
      server('api-gateway', 'GET /dashboard', { ms: 800 }, [
        read('user', 0, 320),
        read('order', 330, 440),
        read('mail', 340, 410),
      ]),
    ),
    'a row with a write in it, whose order may matter': drawn(
      server('api-gateway', 'POST /order', { ms: 1200 }, [
        read('cart', 0, 300),
        call('api-gateway', 'payment', 'POST', { at: 310, ms: 400, attributes: { 'http.request.method': 'POST' } }),
        read('mail', 720, 300),
      ]),
    ),
    'attempts, each of which waits for the failure before it': drawn(
      server(
        'api-gateway',
        'GET /stock',
        { ms: 1000 },
        times(4, (i) => call('api-gateway', 'stock', 'GET /stock', { at: i * 240, ms: 230, failed: i < 3 })),
      ),
    ),
    'database queries, which are another pattern': drawn(
      server(
        'orders',
        'GET /orders',
        { ms: 900 },
        times(4, (i) => query('orders', `SELECT * FROM t${i}`, { at: i * 210, ms: 200 })),
      ),
    ),
    'little to save': drawn(
      server('api-gateway', 'GET /dashboard', { ms: 900 }, [
        read('user', 0, 800),
        read('order', 801, 45),
        read('mail', 850, 45),
      ]),
    ),
    'long work of its own between the calls': drawn(
      server('api-gateway', 'GET /dashboard', { ms: 2600 }, [
        read('user', 0, 320),
        read('order', 900, 480),
        read('mail', 2000, 410),
      ]),
    ),
  },
  found: {
    'four calls without a verb that ask alike, below a request that reads': {
      ...asked(QUESTIONS),
      sightings: [{ service: 'berths', title: /^berths makes 4 calls .* one after another; if they are independent/ }],
    },
    'calls beside a rate that would allow more': {
      ...pacedCalls('refreshed 8 stations, rate limit 20/s'),
      sightings: [{ operation: 'refresh.run', title: /one after another/ }],
    },
    'calls that run at the same time in healthy requests': {
      ...drawn(three(true), { baseline: times(20, (n) => three(false, { jitter: n % 3 })) }),
      sightings: [
        {
          service: 'api',
          title:
            /^api makes 3 calls \(items, wallet, matches\) one after another; in parallel, GET \/profile would take/,
          explanation: /In healthy requests they run at the same time\.$/,
        },
      ],
    },
    'reads that only their callees recorded, whose clocks are a little apart': {
      ...drawn(
        server('api-gateway', 'GET /dashboard', { ms: 905 }, [
          server('user', 'GET /user', { at: 0, ms: 302 }),
          server('order', 'GET /order', { at: 300, ms: 302 }),
          server('mail', 'GET /mail', { at: 600, ms: 300 }),
        ]),
      ),
      sightings: [{ service: 'api-gateway', spans: ['0.0', '0.1', '0.2'] }],
    },
    'four independent reads, 1,850 ms that could be about 620': {
      ...drawn(
        server('api-gateway', 'GET /dashboard', { ms: 1850 }, [
          read('user-service', 10, 320),
          read('order-service', 340, 480),
          read('notification-svc', 830, 410),
          read('recommendation-svc', 1250, 590),
        ]),
      ),
      sightings: [
        {
          service: 'api-gateway',
          operation: 'GET /dashboard',
          spans: ['0.0', '0.1', '0.2', '0.3'],
          wastedMs: 1210,
          title:
            'api-gateway makes 4 calls (user-service, order-service, notification-svc, recommendation-svc) one after another; if they are independent, GET /dashboard would take about 610 ms in parallel',
        },
      ],
    },
    'as shown to need nothing of each other, reads whose addresses hold no value': {
      ...row('/dashboard', ['/profile', '/api/v2/orders?limit=20', '/unread']),
      sightings: [{ title: SHOWN }],
    },
    'as shown to need nothing of each other, reads whose values the request brought': {
      ...row('/users/4711/dashboard', ['/profile/4711', '/orders?user=4711', '/unread/4711']),
      sightings: [{ title: SHOWN }],
    },
    'as unsure, a read with a value that may have come with an answer': {
      ...row('/users/4711/dashboard', ['/profile/4711', '/accounts/88', '/rates/88']),
      sightings: [{ title: UNSURE }],
    },
    'as unsure, reads of which one has no recorded address': {
      ...row('/dashboard', ['/profile', '', '/unread']),
      sightings: [{ title: UNSURE }],
    },
    'a loop over different things': {
      ...row('/dashboard', ['/stock/A1', '/stock/A2', '/stock/A3']),
      sightings: [{ title: SHOWN }],
    },
    'as unsure, the same thing asked again and again': {
      ...row('/dashboard', ['/job/7', '/job/7', '/job/7']),
      sightings: [{ title: UNSURE }],
    },
    'as unsure, the pages of one list': {
      ...row('/dashboard', ['/items?cursor=a1', '/items?cursor=b7', '/items?cursor=c9']),
      sightings: [{ title: UNSURE }],
    },
    'as unsure, calls of one name to several resources, whose ids came with an answer': {
      ...drawn(
        server(
          'api-gateway',
          'GET /dashboard',
          { ms: 1000, attributes: { 'url.path': '/dashboard' } },
          ['/carts', '/carts/5512/coupons', '/coupons/88/use/log'].map((path, i) =>
            call('api-gateway', 'shop.partner.example', 'HTTP GET', {
              at: 20 + i * 310,
              ms: 300,
              attributes: { 'http.request.method': 'GET', 'url.full': `https://shop.partner.example${path}` },
            }),
          ),
        ),
      ),
      sightings: [{ title: UNSURE }],
    },
    'as unsure, a loop of writes, whose bodies nobody sees': {
      ...row('/dashboard', ['/stock/A1', '/stock/A2', '/stock/A3'], 'POST'),
      sightings: [{ title: UNSURE }],
    },
    'a loop of calls to one operation, whatever its method': {
      ...drawn(
        server(
          'catalog',
          'GET /products',
          { ms: 2700 },
          times(50, (i) => call('catalog', 'inventory', 'POST /stock', { at: i * 53, ms: 52 })),
        ),
      ),
      sightings: [
        {
          service: 'catalog',
          spans: times(50, (i) => `0.${i}`),
          wastedMs: 49 * 52,
          title:
            'catalog makes 50 calls to inventory POST /stock one after another; if they are independent, GET /products would take about 100 ms in parallel',
        },
      ],
    },
    'reads in a row, beside which something is reported that nobody waits for': {
      ...drawn(
        server('api-gateway', 'GET /dashboard', { ms: 1300 }, [
          read('user', 0, 400),
          call('api-gateway', 'views', 'POST /views', { at: 450, ms: 100 }),
          read('order', 410, 400),
          read('mail', 820, 400),
        ]),
      ),
      sightings: [{ spans: ['0.0', '0.2', '0.3'], wastedMs: 800 }],
    },
    'reads after the caller was checked by a short write': {
      ...drawn(
        server('api-gateway', 'GET /dashboard', { ms: 1000 }, [
          call('api-gateway', 'auth', 'POST /validate', { at: 5, ms: 9 }),
          read('user', 20, 300),
          read('order', 330, 300),
          read('mail', 640, 300),
        ]),
      ),
      sightings: [{ spans: ['0.1', '0.2', '0.3'], wastedMs: 600 }],
    },
    'reads of different things from one service': {
      ...drawn(
        server('api-gateway', 'GET /dashboard', { ms: 1000 }, [
          ...['profile', 'friends', 'badges'].map((what, i) =>
            call('api-gateway', 'user', `GET /users/{id}/${what}`, { at: 20 + i * 310, ms: 300 }),
          ),
        ]),
      ),
      sightings: [
        {
          title:
            /3 calls \(user: GET \/users\/\{id\}\/profile, GET \/users\/\{id\}\/friends, GET \/users\/\{id\}\/badges\)/,
        },
      ],
    },
    'reads each inside a method of a client': {
      ...drawn(
        server('api-gateway', 'GET /dashboard', { ms: 1000 }, [
          ...['user', 'order', 'mail'].map((whom, i) =>
            span('api-gateway', `${whom}Client.get`, { at: 20 + i * 310, ms: 305 }, [read(whom, 22 + i * 310, 300)]),
          ),
        ]),
      ),
      sightings: [{ spans: ['0.0.0', '0.1.0', '0.2.0'], wastedMs: 600 }],
    },
    'calls that touch, for touching is not overlapping': {
      ...drawn(
        server('api-gateway', 'GET /dashboard', { ms: 900 }, [
          read('user', 0, 300),
          read('order', 300, 300),
          read('mail', 600, 300),
        ]),
      ),
      sightings: [{ wastedMs: 600 }],
    },
    'the loop alone, not the calls that lead to it': {
      ...drawn(
        server('frontend', 'GET /dispatch', { ms: 1400 }, [
          read('customer', 0, 250),
          read('driver', 260, 200),
          ...times(10, (i) => read('route', 470 + i * 70, 60)),
        ]),
      ),
      sightings: [{ service: 'frontend', spans: times(10, (i) => `0.${i + 2}`), wastedMs: 540 }],
    },
  },
});
