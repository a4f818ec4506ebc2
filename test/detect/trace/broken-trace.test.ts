import { brokenTrace } from '#detect/trace/broken-trace.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { call, query, type SpanNode, type SpanOptions, server, span, times } from '#test/trace.ts';

const stock = (options: SpanOptions = {}, children: readonly SpanNode[] = []) =>
  call('web', 'stock', 'GET /stock', { at: 10, ms: 40, ...options }, children);
const answered = (at: number) => stock({ at }, [server('stock', 'GET /stock', { at: at + 1, ms: 38 })]);
const web = (...children: readonly SpanNode[]) => server('web', 'GET /', { ms: 500 }, children);

testDetector(brokenTrace, {
  clear: {
    'a whole trace': drawn(web(answered(10), answered(100))),
    'a call of a service that records nothing here': drawn(
      web(answered(10), call('web', 'mail', 'POST /mail', { at: 100, ms: 40 })),
    ),
    'a call that failed and may never have arrived': drawn(web(answered(10), stock({ at: 100, failed: true }))),
    'a call too short to have reached anybody': drawn(web(answered(10), stock({ at: 100, ms: 0.9 }))),
    'a partner whose host begins like a service': drawn(
      web(
        answered(10),
        span('web', 'GET', { at: 100, ms: 40, kind: 'client', attributes: { 'server.address': 'stock.maps.example' } }),
      ),
    ),
    'a query, whose database records nothing': drawn(web(answered(10), query('web', 'SELECT 1', { at: 100, ms: 40 }))),
    'a later delivery of the message, whose sender left no span': {
      roots: [
        span('mailer', 'process mails', { ms: 40, kind: 'consumer' }),
        span('mailer', 'process mails', { at: 30_000, ms: 40, kind: 'consumer' }),
      ],
    },
    'a client of a client': drawn(
      web(stock({ at: 10 }, [stock({ at: 11, ms: 38 }, [server('stock', 'GET /stock', { at: 12, ms: 36 })])])),
    ),
  },
  found: {
    'a call of a service that is instrumented elsewhere': {
      ...drawn(web(answered(10), stock({ at: 100, ms: 300 }))),
      sightings: [
        {
          service: 'stock',
          operation: 'GET /stock',
          spans: ['0.1'],
          wastedMs: 0,
          title: 'stock left no span for GET /stock of web, which hides 300 ms',
        },
      ],
    },
    'the same where the host names it, once for all calls': {
      ...drawn(
        web(
          answered(10),
          ...times(3, (i) =>
            span('web', 'GET', {
              at: 100 + i * 50,
              ms: 40,
              kind: 'client',
              attributes: { 'server.address': 'stock.shop.svc' },
            }),
          ),
        ),
      ),
      sightings: [
        { service: 'stock', spans: ['0.1', '0.2', '0.3'], title: /no span for 3 calls of web, which hides 120 ms/ },
      ],
    },
    'the same where only the address names it': {
      ...drawn(
        web(
          answered(10),
          span('web', 'GET', {
            at: 100,
            ms: 40,
            kind: 'client',
            attributes: { 'http.url': 'http://stock:8080/stock/7' },
          }),
        ),
      ),
      sightings: [{ service: 'stock', spans: ['0.1'] }],
    },
    'work on a message while another one is handled': {
      roots: [
        span('mailer', 'process mails', { ms: 400, kind: 'consumer' }),
        span('mailer', 'process mails', { at: 30, ms: 40, kind: 'consumer' }),
      ],
      sightings: [{ service: 'mailer', spans: ['1'] }],
    },
    'a second root, with who may have called it': {
      roots: [
        web(answered(10), stock({ at: 100, ms: 300 })),
        span('stock', 'refill', { at: 110, ms: 280 }, [query('stock', 'SELECT 1', { at: 120, ms: 20 })]),
      ],
      sightings: [
        {
          service: 'stock',
          spans: ['1'],
          title: 'stock: refill is cut off from the request, with 2 spans of stock',
          explanation: /the first may belong below GET \/stock of web/,
        },
        { service: 'stock', spans: ['0.1'] },
      ],
    },
    'a request without a parent, below the call that fits': {
      roots: [
        web(answered(10), stock({ at: 100, ms: 300 })),
        server('stock', 'GET /stock', { at: 110, ms: 280 }, [query('stock', 'SELECT 1', { at: 120, ms: 20 })]),
      ],
      sightings: [
        {
          service: 'stock',
          spans: ['1'],
          title: 'stock lost the parent of GET /stock: time and service show where it belongs',
          explanation: /^No parent is named\./,
        },
      ],
    },
    'roots of two services': {
      roots: [
        web(answered(10)),
        server('mail', 'POST /mail', { at: 200, ms: 10 }),
        server('audit', 'POST /audit', { at: 300, ms: 10 }),
      ],
      sightings: [{ service: 'mail' }, { service: 'audit' }],
    },
  },
});
