import { spanCountAnomaly } from '#detect/trace/span-count-anomaly.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { call, query, type SpanNode, server, span, times } from '#test/trace.ts';

const select = (i: number) =>
  query('order-service', `SELECT * FROM customers WHERE id = ${i}`, { at: 5 + i * 4, ms: 3 });
const orders = (queries: number) =>
  server('order-service', 'GET /orders', { ms: 20 + queries * 4 }, [
    ...times(queries, select),
    span('order-service', 'render', { at: 8 + queries * 4, ms: 10 }),
  ]);
const healthy = (count: number, queries = 3) => times(count, (i) => orders(queries + (i % 3) - 1));

/** Each item has its own call and the callee's span below it. */
const items = (count: number, perItem: number): SpanNode =>
  server('web', 'GET /items', { ms: 10 + count * 20 }, [
    ...times(count, (i) =>
      call('web', 'stock', `GET /stock/A${i}`, { at: 5 + i * 20, ms: 18 }, [
        server('stock', 'GET /stock/{sku}', { at: 6 + i * 20, ms: 16 }, [
          ...times(perItem, (j) => query('stock', `SELECT * FROM stock WHERE id = ${j}`, { at: 7 + i * 20, ms: 1 })),
        ]),
      ]),
    ),
  ]);

testDetector(spanCountAnomaly, {
  clear: {
    'as many as ever': drawn(orders(300), { baseline: healthy(20, 300) }),
    'nine more than usual': drawn(orders(12), { baseline: healthy(20) }),
    'less than three times as many': drawn(orders(299), { baseline: times(20, () => orders(100)) }),
    'as many as every fifth healthy request': drawn(orders(40), {
      baseline: times(20, (i) => orders(i % 5 === 0 ? 40 : 4)),
    }),
    'lists that differ as much in health': drawn(orders(64), {
      baseline: times(20, (i) => orders(2 ** (1 + (i % 5)))),
    }),
    'five times as many, where one trace is all that is known': drawn(orders(15), { baseline: [orders(3)] }),
    'an operation that no healthy trace has': drawn(
      server('order-service', 'GET /orders', { ms: 500 }, [
        ...times(100, (i) => call('order-service', 'mail', 'POST /mail', { at: i * 4, ms: 3 })),
      ]),
      { baseline: healthy(20) },
    ),
    'far fewer': drawn(orders(3), { baseline: healthy(20, 300) }),
  },
  found: {
    'three hundred calls for three': {
      ...drawn(orders(300), { baseline: healthy(20) }),
      sightings: [
        {
          service: 'order-service',
          operation: 'SELECT',
          wastedMs: 891,
          title:
            'order-service: SELECT customers runs 300 times in one request below GET /orders, usually 3: 100 times as many; they take 900 ms of the 1.2 s of GET /orders',
        },
      ],
    },
    'ten times that': {
      ...drawn(orders(3000), { baseline: healthy(20) }),
      sightings: [{ title: /runs 3000 times in one request below GET \/orders, usually 3: 1000 times as many/ }],
    },
    'a number at every limit': {
      ...drawn(orders(15), { baseline: times(40, () => orders(5)) }),
      sightings: [{ title: /runs 15 times .* usually 5: 3 times as many/ }],
    },
    'a hundred times as many as in the one healthy trace': {
      ...drawn(orders(300), { baseline: [orders(3)] }),
      sightings: [{ title: /usually 3: 100 times/ }],
    },
    'the topmost of what runs more often for one reason': {
      ...drawn(items(60, 2), { baseline: times(20, () => items(3, 2)) }),
      sightings: [{ service: 'web', operation: 'GET /stock/A0', title: /runs 60 times .* usually 3: 20 times/ }],
    },
    'what runs more often for a reason of its own below that': {
      ...drawn(items(60, 20), { baseline: times(20, () => items(3, 2)) }),
      sightings: [{ service: 'web' }, { service: 'stock', title: /SELECT stock runs 1200 times .* usually 6/ }],
    },
    'calls that nobody waits for': {
      ...drawn(
        server('web', 'POST /orders', { ms: 50 }, [
          ...times(90, (i) => span('web', 'notify publish', { at: 60 + i, ms: 1, kind: 'producer' })),
        ]),
        {
          baseline: times(20, () =>
            server('web', 'POST /orders', { ms: 50 }, [
              span('web', 'notify publish', { at: 60, ms: 1, kind: 'producer' }),
            ]),
          ),
        },
      ),
      sightings: [{ wastedMs: 0, title: /usually 1: 90 times as many; POST \/orders does not wait for them/ }],
    },
  },
});
