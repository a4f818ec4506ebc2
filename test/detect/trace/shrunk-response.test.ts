import { shrunkResponse } from '#detect/trace/shrunk-response.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { query, type SpanNode, server, times } from '#test/trace.ts';

type Drawing = Readonly<{ bytes?: number; rows?: number; status?: number; encoding?: string; failed?: boolean }>;

function orders({ bytes, rows, status = 200, encoding, failed = false }: Drawing): SpanNode {
  const attributes = {
    'http.response.status_code': status,
    ...(bytes !== undefined && { 'http.response.body.size': bytes }),
    ...(encoding !== undefined && { 'http.response.header.content-encoding': encoding }),
  };
  return server('order-service', 'GET /orders', { ms: 50, failed, attributes }, [
    query('order-service', 'SELECT * FROM orders WHERE customer = 1', {
      at: 5,
      ms: 20,
      attributes: rows === undefined ? {} : { 'db.response.returned_rows': rows },
    }),
  ]);
}

/** Sizes that differ by a tenth. */
const healthy = (count: number, { bytes, rows, ...rest }: Drawing) =>
  times(count, (i) => {
    const factor = 0.9 + (i % 3) / 10;
    return orders({
      ...rest,
      ...(bytes !== undefined && { bytes: bytes * factor }),
      ...(rows !== undefined && { rows: Math.round(rows * factor) }),
    });
  });

testDetector(shrunkResponse, {
  clear: {
    'an answer as large as ever': drawn(orders({ bytes: 41_000 }), { baseline: healthy(20, { bytes: 41_000 }) }),
    'an answer of a little more than a fifth': drawn(orders({ bytes: 8300 }), {
      baseline: times(20, () => orders({ bytes: 41_000 })),
    }),
    'an answer that is 999 bytes shorter': drawn(orders({ bytes: 1 }), {
      baseline: times(20, () => orders({ bytes: 1000 })),
    }),
    'nine rows less': drawn(orders({ rows: 0 }), { baseline: times(20, () => orders({ rows: 9 })) }),
    'no row, where healthy requests often find none': drawn(orders({ rows: 0 }), {
      baseline: times(20, (i) => orders({ rows: i % 4 === 0 ? 0 : 60 })),
    }),
    'a fifth, where one trace is all that is known': drawn(orders({ bytes: 8000 }), {
      baseline: [orders({ bytes: 41_000 })],
    }),
    'an answer that is compressed where the healthy ones are not': drawn(orders({ bytes: 4000, encoding: 'gzip' }), {
      baseline: healthy(20, { bytes: 41_000 }),
    }),
    'the text of an error': drawn(orders({ bytes: 30, status: 500, failed: true }), {
      baseline: healthy(20, { bytes: 41_000 }),
    }),
    'an answer that nothing has changed': drawn(orders({ bytes: 0, status: 304 }), {
      baseline: healthy(20, { bytes: 41_000 }),
    }),
    'fewer rows, while the answer is as large as ever': drawn(orders({ bytes: 41_000, rows: 0 }), {
      baseline: healthy(20, { bytes: 41_000, rows: 50 }),
    }),
    'no rows, while the page lost only a third': drawn(orders({ bytes: 27_000, rows: 0 }), {
      baseline: healthy(20, { bytes: 41_000, rows: 50 }),
    }),
    'a size that no healthy trace tells': drawn(orders({ bytes: 10 }), { baseline: healthy(20, {}) }),
  },
  found: {
    'a page of several parts that lost one of them': {
      ...drawn(orders({ bytes: 14_000, rows: 0 }), { baseline: healthy(20, { bytes: 41_000, rows: 50 }) }),
      sightings: [
        { service: 'order-service', title: /returns 0 rows, usually \d+ rows; GET \/orders answers with 14 kB/ },
      ],
    },
    'an answer without its content': {
      ...drawn(orders({ bytes: 210 }), { baseline: healthy(20, { bytes: 41_000 }) }),
      sightings: [
        {
          service: 'order-service',
          operation: 'GET /orders',
          spans: ['0'],
          wastedMs: 0,
          title: 'order-service: GET /orders returns 210 bytes, usually 41 kB',
        },
      ],
    },
    'where it began': {
      ...drawn(orders({ bytes: 210, rows: 0 }), { baseline: healthy(20, { bytes: 41_000, rows: 50 }) }),
      sightings: [
        {
          operation: 'SELECT',
          spans: ['0.0'],
          title:
            'order-service: SELECT orders returns 0 rows, usually 50 rows; GET /orders answers with 210 bytes, usually 41 kB',
        },
      ],
    },
    'rows alone, where nobody records the size of the answer': {
      ...drawn(orders({ rows: 0 }), { baseline: healthy(20, { rows: 50 }) }),
      sightings: [{ spans: ['0.0'], title: 'order-service: SELECT orders returns 0 rows, usually 50 rows' }],
    },
    'a size at every limit': {
      ...drawn(orders({ bytes: 250 }), { baseline: times(20, () => orders({ bytes: 1250 })) }),
      sightings: [{ spans: ['0'] }],
    },
    'a hundredth of the one healthy answer': {
      ...drawn(orders({ bytes: 410 }), { baseline: [orders({ bytes: 41_000 })] }),
      sightings: [{ spans: ['0'] }],
    },
  },
});
