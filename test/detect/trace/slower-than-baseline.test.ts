import { slowerThanBaseline } from '#detect/trace/slower-than-baseline.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { call, query, type SpanNode, server, span, times } from '#test/trace.ts';

/** A request in which stock computes for `own`, as long as a query of another `quick` ms runs beside it. */
function orders({ stock = 40, select = 20, root = 10, failed = false } = {}): SpanNode {
  const answered = 5 + stock + select;
  return server('web', 'GET /orders/17', { ms: answered + root, failed }, [
    call('web', 'stock', 'GET /stock/A1', { at: 5, ms: stock + select }, [
      server('stock', 'GET /stock/{sku}', { at: 5, ms: stock + select }, [
        query('stock', 'SELECT * FROM stock WHERE sku = 1', { at: 5 + stock, ms: select }),
      ]),
    ]),
  ]);
}

/** Healthy requests that differ by a tenth from one another. */
/** Services in turn, each with steps of its own: every step takes `ms`. */
const steps = (services: readonly string[], ms: number) =>
  server('web', 'GET /page', { ms: 20 + services.length * 6 * (ms + 1) }, [
    ...services.flatMap((service, at) =>
      times(6, (i) => span(service, `step ${i}`, { at: 5 + (at * 6 + i) * (ms + 1), ms })),
    ),
  ]);

const healthy = (count: number, options: Parameters<typeof orders>[0] = {}) =>
  times(count, (i) => orders({ ...options, stock: (options.stock ?? 40) * (0.9 + (i % 3) / 10) }));

testDetector(slowerThanBaseline, {
  clear: {
    'a request as slow as ever': drawn(orders({ stock: 2000 }), { baseline: healthy(20, { stock: 2000 }) }),
    'a request that is slower by a tenth of a second less a millisecond': drawn(orders({ stock: 139 }), {
      baseline: healthy(20),
    }),
    'an operation that takes not quite twice as long': drawn(orders({ stock: 1990 }), {
      baseline: healthy(20, { stock: 1000 }),
    }),
    'an operation that is slower while the request is not': drawn(orders({ stock: 400, root: 10 }), {
      baseline: healthy(20, { root: 900 }),
    }),
    'three times the time, where one trace is all that is known': drawn(orders({ stock: 600 }), {
      baseline: healthy(1, { stock: 200 }),
    }),
    'three times the time, where healthy traces differ as much': drawn(orders({ stock: 600 }), {
      baseline: times(20, (i) => orders({ stock: 50 * 2 ** (i % 5) })),
    }),
    'what one of five healthy traces takes, too': drawn(orders({ stock: 2000 }), {
      baseline: times(20, (i) => orders({ stock: i % 5 === 0 ? 2000 : 40 })),
    }),
    'a slow span beside the critical path': drawn(
      server('web', 'GET /orders/17', { ms: 1000 }, [
        span('web', 'render', { at: 5, ms: 990 }),
        span('web', 'audit', { at: 10, ms: 900 }, []),
      ]),
      {
        baseline: times(20, () =>
          server('web', 'GET /orders/17', { ms: 800 }, [
            span('web', 'render', { at: 5, ms: 790 }),
            span('web', 'audit', { at: 10, ms: 20 }),
          ]),
        ),
      },
    ),
    'a call that failed': drawn(
      server('web', 'GET /orders/17', { ms: 2000 }, [
        call('web', 'stock', 'GET /stock/A1', { at: 5, ms: 1990, failed: true }),
      ]),
      {
        baseline: times(20, () =>
          server('web', 'GET /orders/17', { ms: 50 }, [call('web', 'stock', 'GET /stock/A1', { at: 5, ms: 40 })]),
        ),
      },
    ),
    'many more spans that are each as quick as ever': drawn(
      server('web', 'GET /orders/17', { ms: 2010 }, [
        ...times(100, (i) => query('web', 'SELECT * FROM a WHERE id = 1', { at: 5 + i * 20, ms: 20 })),
      ]),
      {
        baseline: times(20, () =>
          server('web', 'GET /orders/17', { ms: 50 }, [
            query('web', 'SELECT * FROM a WHERE id = 1', { at: 5, ms: 20 }),
          ]),
        ),
      },
    ),
    'a growth that is spread over six services': drawn(steps(['a', 'b', 'c', 'd', 'e', 'f'], 40), {
      baseline: times(20, () => steps(['a', 'b', 'c', 'd', 'e', 'f'], 4)),
    }),
    'an operation that none of four healthy traces has': drawn(
      server('web', 'GET /orders/17', { ms: 900 }, [span('web', 'reindex', { at: 5, ms: 890 })]),
      { baseline: times(4, () => server('web', 'GET /orders/17', { ms: 50 })) },
    ),
  },
  found: {
    'the span whose own time grew, and not the ones above it': {
      ...drawn(orders({ stock: 2000 }), { baseline: healthy(20) }),
      sightings: [
        {
          service: 'stock',
          operation: 'GET /stock/{sku}',
          spans: ['0.0.0'],
          wastedMs: 1960,
          title:
            'stock: GET /stock/{sku} takes by itself 2 s, usually 40 ms: 100 % of the 2 s by which GET /orders/17 is slower',
        },
      ],
    },
    'a query by its own time': {
      ...drawn(orders({ select: 1020 }), { baseline: healthy(20) }),
      sightings: [
        { service: 'stock', spans: ['0.0.0.0'], wastedMs: 1000, title: /^stock: SELECT stock takes by itself 1 s/ },
      ],
    },
    'a growth at every limit': {
      ...drawn(orders({ stock: 200 }), { baseline: times(20, () => orders({ stock: 100 })) }),
      sightings: [{ spans: ['0.0.0'], wastedMs: 100 }],
    },
    'twelve times the time, though one trace is all that is known': {
      ...drawn(orders({ stock: 2400 }), { baseline: healthy(1, { stock: 200 }) }),
      sightings: [{ spans: ['0.0.0'], title: /usually 180 ms/ }],
    },
    'a baseline of which every twelfth trace has the trouble, too': {
      ...drawn(orders({ stock: 2000 }), {
        baseline: times(24, (i) => orders({ stock: i % 12 === 0 ? 2000 : 40 })),
      }),
      sightings: [{ service: 'stock', spans: ['0.0.0'] }],
    },
    'failed baseline traces, which do not count': {
      ...drawn(orders({ stock: 2000 }), {
        baseline: [...healthy(10), ...times(30, () => orders({ stock: 3000, failed: true }))],
      }),
      sightings: [{ wastedMs: 1960 }],
    },
    'two operations, the one that grew more first': {
      ...drawn(orders({ stock: 600, select: 1020 }), { baseline: healthy(20) }),
      sightings: [{ spans: ['0.0.0.0'] }, { spans: ['0.0.0'], wastedMs: 560 }],
    },
    'a call that waits for its callee to begin': {
      ...drawn(
        server('web', 'GET /orders/17', { ms: 1060 }, [
          call('web', 'stock', 'GET /stock/A1', { at: 5, ms: 1050 }, [
            server('stock', 'GET /stock/{sku}', { at: 1003, ms: 50 }),
          ]),
        ]),
        {
          baseline: times(20, () =>
            server('web', 'GET /orders/17', { ms: 62 }, [
              call('web', 'stock', 'GET /stock/A1', { at: 5, ms: 54 }, [
                server('stock', 'GET /stock/{sku}', { at: 7, ms: 50 }),
              ]),
            ]),
          ),
        },
      ),
      sightings: [
        {
          service: 'stock',
          operation: 'GET /stock/A1',
          spans: ['0.0'],
          title: /^stock: the call GET \/stock\/A1 of web takes 1 s before the work begins there, usually 4 ms/,
        },
      ],
    },
    'spans that are each a little slower, together': {
      ...drawn(
        server('web', 'GET /orders/17', { ms: 1260 }, [
          ...times(50, (i) => query('web', 'SELECT * FROM a WHERE id = 1', { at: 5 + i * 25, ms: 25 })),
        ]),
        {
          baseline: times(20, () =>
            server('web', 'GET /orders/17', { ms: 520 }, [
              // Each run takes 2, 6, 10, 14 or 18 ms: 25 ms alone prove nothing.
              ...times(50, (i) =>
                query('web', 'SELECT * FROM a WHERE id = 1', { at: 5 + i * 10, ms: 2 + (i % 5) * 4 }),
              ),
            ]),
          ),
        },
      ),
      sightings: [
        { service: 'web', wastedMs: 750, title: /^web: SELECT a takes by itself 25 ms on average in 50 spans/ },
      ],
    },
    'several slow spans of one operation, by the worst of them': {
      ...drawn(
        server('web', 'GET /orders/17', { ms: 1010 }, [
          query('web', 'SELECT * FROM a WHERE id = 1', { at: 5, ms: 600 }),
          query('web', 'SELECT * FROM a WHERE id = 2', { at: 605, ms: 400 }),
          ...times(20, (i) => span('web', 'render', { at: 1005, ms: 5 - i / 10 })),
        ]),
        {
          baseline: times(20, () =>
            server('web', 'GET /orders/17', { ms: 30 }, [
              query('web', 'SELECT * FROM a WHERE id = 1', { at: 5, ms: 10 }),
              query('web', 'SELECT * FROM a WHERE id = 2', { at: 15, ms: 10 }),
            ]),
          ),
        },
      ),
      sightings: [
        {
          spans: ['0.0', '0.1'],
          wastedMs: 980,
          title: /^web: SELECT a takes by itself up to 600 ms in 2 spans, usually 10 ms/,
        },
      ],
    },
    'a service of which every operation is slower, and none by much': {
      ...drawn(steps(['stock'], 40), { baseline: times(20, () => steps(['stock'], 4)) }),
      sightings: [
        {
          service: 'stock',
          spans: ['0.0', '0.1', '0.2', '0.3', '0.4', '0.5'],
          wastedMs: 216,
          title:
            'stock: step 0 takes by itself 40 ms, usually 4 ms; with 5 other operations of the service that became slower: 100 % of the 220 ms by which GET /page is slower',
        },
      ],
    },
    'an operation that no healthy trace has': {
      ...drawn(server('web', 'GET /orders/17', { ms: 900 }, [span('web', 'reindex', { at: 5, ms: 890 })]), {
        baseline: times(5, () => server('web', 'GET /orders/17', { ms: 50 })),
      }),
      sightings: [{ operation: 'reindex', spans: ['0.0'], wastedMs: 890, title: /is in none of the healthy traces/ }],
    },
  },
});
