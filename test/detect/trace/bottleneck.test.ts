import { bottleneck } from '#detect/trace/bottleneck.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { call, server, span, times } from '#test/trace.ts';

testDetector(bottleneck, {
  clear: {
    'calls of one name to several callees, none of which took most of it': drawn(
      server('web', 'GET /', { ms: 2000 }, [
        call('web', 'stock', 'GET', { at: 10, ms: 700 }),
        call('web', 'price', 'GET', { at: 720, ms: 600 }),
        call('web', 'tax', 'GET', { at: 1330, ms: 600 }),
      ]),
    ),
    'half a second less a millisecond': drawn(server('render', 'GET /', { ms: 499 })),
    'time that is spread over many operations': drawn(
      server(
        'web',
        'GET /',
        { ms: 3000 },
        times(6, (i) => span('web', `step ${i}`, { at: i * 490, ms: 485 })),
      ),
    ),
    'long work beside the critical path': drawn(
      server('web', 'GET /', { ms: 2000 }, [
        span('web', 'audit', { at: 0, ms: 1500 }),
        ...times(5, (i) => call('web', `peer-${i}`, `GET /${i}`, { at: i * 400, ms: 399 })),
      ]),
    ),
  },
  found: {
    'the operation that holds the larger part by itself': {
      ...drawn(
        server('web', 'GET /report', { ms: 2000 }, [
          call('web', 'render', 'POST /render', { at: 100, ms: 1700 }, [
            server('render', 'POST /render', { at: 110, ms: 1680 }),
          ]),
        ]),
      ),
      sightings: [{ service: 'render', operation: 'POST /render', spans: ['0.0.0'], wastedMs: 1680 }],
    },
    'a call of a service that left no span': {
      ...drawn(server('web', 'GET /', { ms: 780 }, [call('web', 'stock', 'GET /stock', { at: 60, ms: 700 })])),
      sightings: [
        {
          service: 'stock',
          operation: 'GET /stock',
          spans: ['0.0'],
          title: 'GET / waits 700 ms for stock, which sent no spans that show why',
          remedy: /^Look at the log and the metrics of stock/,
        },
      ],
    },
    'a host of a service of this trace that left no span of this call': {
      ...drawn(
        server('web', 'GET /', { ms: 1780 }, [
          call('web', 'stock', 'GET /stock', { at: 10, ms: 30 }, [server('stock', 'GET /stock', { at: 11, ms: 28 })]),
          span('web', 'GET', {
            at: 60,
            ms: 1700,
            kind: 'client',
            attributes: { 'http.request.method': 'GET', 'server.address': 'stock.shop.svc.cluster.local' },
          }),
        ]),
      ),
      sightings: [{ service: 'stock', operation: 'GET' }],
    },
    'a partner’s answer': {
      ...drawn(
        server('shop', 'POST /orders', { ms: 1780 }, [
          span('shop', 'POST', {
            at: 60,
            ms: 1700,
            kind: 'client',
            attributes: { 'server.address': 'api.partner.com' },
          }),
        ]),
      ),
      sightings: [{ service: 'api.partner.com', remedy: /^Look at the status page of api\.partner\.com/ }],
    },
    'the work of a service whose CPU was throttled, as its span says': {
      ...drawn(server('web', 'GET /', { ms: 2000, attributes: { 'container.cpu.throttled_time_ms': 1400 } })),
      sightings: [
        {
          service: 'web',
          title: 'GET / spends 2 s in web itself, while its CPU was throttled',
          remedy: /^Raise the CPU limit of web /,
        },
      ],
    },
    'a stream of gRPC messages, of which each is small': {
      ...drawn(
        server('web', 'GET /export', { ms: 2000 }, [
          call(
            'web',
            'catalog',
            'catalog.Catalog/List',
            {
              at: 5,
              ms: 1950,
              events: times(40, (i) => ({
                at: 10 + i * 40,
                name: 'message',
                attributes: { 'message.type': 'RECEIVED', 'message.id': i, 'message.uncompressed_size': 500_000 },
              })),
            },
            [server('catalog', 'catalog.Catalog/List', { at: 6, ms: 1948 })],
          ),
        ]),
      ),
      sightings: [
        {
          service: 'catalog',
          title:
            'GET /export spends 1.9 s in catalog.Catalog/List of catalog, and no span shows why; it handles an answer in 40 messages of 20 MB',
          remedy: /^Let .* of catalog handle less data: pages, fewer fields or compression\./,
        },
      ],
    },
    'a gRPC message that its receiver recorded, a byte below what is large': {
      ...drawn(
        server('catalog', 'catalog.Catalog/Put', {
          ms: 2000,
          events: [
            {
              at: 5,
              name: 'rpc.message',
              attributes: { 'rpc.message.type': 'RECEIVED', 'rpc.message.compressed_size': 999_999 },
            },
          ],
        }),
      ),
      sightings: [{ title: 'catalog.Catalog/Put spends 2 s in catalog itself, and no span shows why' }],
    },
    'and of that size': {
      ...drawn(
        server('catalog', 'catalog.Catalog/Put', {
          ms: 2000,
          events: [
            {
              at: 5,
              name: 'rpc.message',
              attributes: { 'rpc.message.type': 'RECEIVED', 'rpc.message.compressed_size': 1_000_000 },
            },
          ],
        }),
      ),
      sightings: [
        {
          title:
            'catalog.Catalog/Put spends 2 s in catalog itself, and no span shows why; it handles a request of 1 MB',
        },
      ],
    },
    'a mail that is sent while somebody waits for his order': {
      ...drawn(
        server('shop', 'POST /orders', { ms: 1300 }, [
          call('shop', 'mail-service', 'POST /confirmation-email', { at: 50, ms: 1200 }, [
            server('mail-service', 'POST /confirmation-email', { at: 51, ms: 1198 }, [
              span('mail-service', 'smtp send', { at: 60, ms: 1180 }),
            ]),
          ]),
        ]),
      ),
      sightings: [
        {
          operation: 'smtp send',
          remedy: /^Answer POST \/orders first and do POST \/confirmation-email afterwards/,
          check: /Callers of POST \/orders need to know whether POST \/confirmation-email succeeded\./,
        },
      ],
    },
    'a list of notifications, which is what was asked for': {
      ...drawn(
        server('web', 'GET /page', { ms: 1300 }, [
          call('web', 'notification-service', 'GET /unread', { at: 50, ms: 1200 }, [
            server('notification-service', 'GET /unread', { at: 51, ms: 1198 }),
          ]),
        ]),
      ),
      sightings: [{ operation: 'GET /unread', remedy: /^Profile/ }],
    },
    'a large answer, whose size the caller recorded': {
      ...drawn(
        server('web', 'GET /export', { ms: 2000 }, [
          call(
            'web',
            'catalog',
            'GET /all',
            { at: 5, ms: 1950, attributes: { 'http.response.body.size': 48_300_000 } },
            [server('catalog', 'GET /all', { at: 6, ms: 1948 })],
          ),
        ]),
      ),
      sightings: [
        {
          service: 'catalog',
          title:
            'GET /export spends 1.9 s in GET /all of catalog, and no span shows why; it handles an answer of 48 MB',
          remedy: /^Let .* of catalog handle less data: pages, fewer fields or compression\./,
        },
      ],
    },
    'an answer of ordinary size': {
      ...drawn(server('web', 'GET /export', { ms: 2000, attributes: { 'http.response.body.size': 999_999 } })),
      sightings: [{ title: 'GET /export spends 2 s in web itself, and no span shows why', remedy: /^Profile/ }],
    },
    'many spans of one operation together': {
      ...drawn(
        server(
          'web',
          'GET /report',
          { ms: 2000 },
          times(10, (i) => span('web', 'row', { at: i * 190, ms: 180 })),
        ),
      ),
      sightings: [{ service: 'web', operation: 'row', wastedMs: 1800, title: /in 10 spans of row/ }],
    },
  },
});
