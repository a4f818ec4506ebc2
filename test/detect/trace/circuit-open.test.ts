import { circuitOpen } from '#detect/trace/circuit-open.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { logLine } from '#test/log-line.ts';
import { call, type SpanNode, type SpanOptions, server, span, times } from '#test/trace.ts';

const cart = (options: SpanOptions = {}, children: readonly SpanNode[] = []) =>
  call('checkout', 'cart-service', 'GET /cart', { ms: 900, failed: true, ...options }, children);
const OPEN = "CircuitBreaker 'cart' is OPEN and does not permit further calls";
const OVERFLOW = 'upstream connect error or disconnect/reset before headers. reset reason: overflow';
const refused = (at: number, options: SpanOptions = {}) => cart({ at, ms: 0.2, statusText: OPEN, ...options });
const checkout = (children: readonly SpanNode[], options: SpanOptions = {}, logs: readonly LogLine[] = []) =>
  drawn(server('checkout', 'POST /checkout', { ms: 3000, failed: true, ...options }, children), { logs });
/** A line of the work below the request, which is not marked as failed. */
const warned = (line: string, options: SpanOptions = {}, others: readonly SpanNode[] = []) =>
  checkout([span('checkout', 'CheckoutController.pay', { at: 1, ms: 40 }), ...others], options, [
    logLine('checkout', 15, line, { spanId: '0.0', level: 'warn' }),
  ]);

testDetector(circuitOpen, {
  clear: {
    'a line of the caller about a breaker, where two calls failed': checkout(
      [cart({ at: 4, ms: 5 }), call('checkout', 'price', 'GET /price', { at: 20, ms: 5, failed: true })],
      {},
      [logLine('checkout', 26, OPEN, { spanId: '0', level: 'error' })],
    ),
    'a request that a breaker did not hinder': warned(OPEN, { failed: false }),
    'a request that failed for a reason of its own': warned(OPEN, { statusText: 'no such order' }),
    'a line that tells how a breaker is set up': warned('circuit breaker opens after 5 failures'),
    'a line about the call that opened a breaker': warned("CircuitBreaker 'cart' changed state from CLOSED to OPEN"),
    'a request in which another call failed': warned(OPEN, {}, [
      call('checkout', 'price', 'GET /price', { at: 20, ms: 300, failed: true }),
    ]),
    'calls that fail at once for another reason': checkout(
      times(5, (i) => refused(i * 10, { statusText: 'connect ECONNREFUSED 10.0.0.7:8080' })),
    ),
    'calls that fail at once after slow failures, and say why': checkout([
      cart({ at: 0 }),
      cart({ at: 1000 }),
      ...times(5, (i) => refused(2000 + i * 10, { statusText: 'connection refused' })),
    ]),
    'two calls that fail at once after slow failures, without a word': checkout([
      cart({ at: 0 }),
      cart({ at: 1000 }),
      ...times(2, (i) => refused(2000 + i * 10, { statusText: '' })),
    ]),
    'three calls that fail at once after one slow failure, without a word': checkout([
      cart({ at: 0 }),
      ...times(3, (i) => refused(2000 + i * 10, { statusText: '' })),
    ]),
    'a breaker that is closed': checkout([
      cart({ at: 0, attributes: { 'circuit_breaker.state': 'closed' } }),
      cart({ at: 1000, failed: false, attributes: { 'circuit_breaker.state': 'closed' } }),
    ]),
    'words about a breaker on a call that went somewhere': checkout([cart({ ms: 21, statusText: OPEN })]),
    'a proxy’s overflow that took long, where the answer was another one': checkout([
      cart({ ms: 34, statusText: OVERFLOW, attributes: { 'http.response.status_code': 500 } }),
    ]),
    'a fuse that somebody reset': checkout([
      span('checkout', 'ask fuse', { ms: 1, failed: true, statusText: 'fuse :cart was reset, no such order' }),
    ]),
    'a bulkhead that is full, in the same words': checkout([
      refused(10, { statusText: "Bulkhead 'cart' is full and does not permit further calls" }),
    ]),
    'a limit of the rate, in the same words': checkout([
      refused(10, { statusText: "RateLimiter 'cart' does not permit further calls" }),
    ]),
    'a file that is open': checkout([
      span('checkout', 'read config', { ms: 1, failed: true, statusText: 'cannot open file' }),
    ]),
    'a fuse of another kind': checkout([
      span('checkout', 'check', { ms: 1, failed: true, statusText: 'short circuit evaluation is off' }),
    ]),
  },
  found: {
    'a call that a sidecar refused, as its caller logs': {
      ...checkout([cart({ at: 4, ms: 5 })], {}, [
        logLine('checkout', 10, 'invoke cart-service: circuit breaker is open', { spanId: '0', level: 'error' }),
      ]),
      sightings: [{ service: 'checkout', operation: 'GET /cart', spans: ['0.0'] }],
    },
    'an access log whose upstream was cut': {
      ...checkout([span('checkout', 'cart.shop.svc:80/*', { ms: 5, kind: 'client', failed: true })], {}, [
        logLine(
          'checkout',
          5,
          `"GET /cart HTTP/1.1" 503 UO upstream_reset_before_response_started{overflow} - "-" 0 81 "${'agent '.repeat(90)}"`,
          { spanId: '0.0', level: 'error' },
        ),
      ]),
      sightings: [{ service: 'checkout', title: /refused 1 call of cart\.shop/ }],
    },
    'a request without words of its own whose work below logs that a breaker is open': {
      ...warned(OPEN),
      sightings: [
        { service: 'checkout', operation: 'POST /checkout', spans: ['0'], title: /breaker for cart is open/ },
      ],
    },
    'the overflow of a proxy, in its line about the call': {
      ...checkout([refused(10, { statusText: '' })], {}, [
        logLine(
          'edge',
          10,
          '"GET /cart HTTP/1.1" 503 UO upstream_reset_before_response_started{overflow} - "-" 0 91 0',
          {
            spanId: '0.0',
            level: 'error',
          },
        ),
      ]),
      sightings: [{ service: 'checkout', spans: ['0.0'] }],
    },
    'the overflow of a proxy that is far away': {
      ...checkout([cart({ ms: 34, statusText: OVERFLOW, attributes: { 'http.response.status_code': 503 } })]),
      sightings: [{ service: 'checkout', operation: 'GET /cart', spans: ['0.0'] }],
    },
    'a fuse of Erlang that is blown': {
      ...checkout([span('checkout', 'ask fuse', { at: 5, ms: 0.1, failed: true, statusText: 'fuse :cart is blown' })]),
      sightings: [{ service: 'checkout', spans: ['0.0'] }],
    },
    'the same, as its caller logs': {
      ...warned('fuse :cart_fuse is blown, not calling cart-service'),
      sightings: [{ service: 'checkout', operation: 'POST /checkout', spans: ['0'] }],
    },
    'the same without details of the response': {
      ...checkout([refused(10, { statusText: '' })], {}, [
        logLine('edge', 10, '"GET /cart HTTP/1.1" 503 UO 0 91 0 -', { spanId: '0.0', level: 'error' }),
      ]),
      sightings: [{ service: 'checkout', spans: ['0.0'] }],
    },
    'a breaker that opens after two failures and refuses the rest': {
      ...checkout([
        cart({ at: 0, statusText: 'timeout of 900 ms exceeded' }),
        cart({ at: 1000, statusText: 'timeout of 900 ms exceeded' }),
        ...times(3, (i) => refused(2000 + i * 10)),
      ]),
      sightings: [
        {
          service: 'checkout',
          operation: 'GET /cart',
          spans: ['0.2', '0.3', '0.4', '0.0', '0.1'],
          title:
            'checkout: the circuit breaker for cart-service is open; it refused 3 calls of GET /cart, after 2 had failed (“timeout of 900 ms exceeded”)',
        },
      ],
    },
    'one refused call in a trace that began later': {
      ...checkout([refused(10, { attributes: { 'server.service.name': '' } })]),
      sightings: [{ title: /the circuit breaker for cart is open; it refused 1 call of GET \/cart$/ }],
    },
    'the same by the name of the error, as Polly and Resilience4j give it': {
      ...checkout([refused(10, { statusText: '', attributes: { 'error.type': 'CallNotPermittedException' } })]),
      sightings: [{ spans: ['0.0'] }],
    },
    'the same by the class of an exception alone': {
      ...checkout([
        refused(10, {
          statusText: '',
          events: [
            {
              at: 10,
              name: 'exception',
              attributes: { 'exception.type': 'Circuitbox::OpenCircuitError', 'exception.message': 'cart' },
            },
          ],
        }),
      ]),
      sightings: [{ spans: ['0.0'] }],
    },
    'the same by an event of the span': {
      ...checkout([refused(10, { statusText: '', events: [{ at: 10, name: 'circuit breaker open' }] })]),
      sightings: [{ spans: ['0.0'] }],
    },
    'a breaker inside the service whose caller had something else to give': {
      ...checkout(
        [span('checkout', 'cart breaker', { at: 5, ms: 0.1, attributes: { 'circuit_breaker.state': 'open' } })],
        { failed: false },
      ),
      sightings: [{ service: 'checkout', operation: 'cart breaker', spans: ['0.0'] }],
    },
    'a half-open breaker that lets one call through at a time': {
      ...checkout([
        cart({ at: 0, failed: false }),
        refused(1000, { statusText: "CircuitBreaker 'cart' is HALF_OPEN and does not permit further calls" }),
      ]),
      sightings: [{ title: /is half-open and lets single calls through/ }],
    },
    'a breaker that lets one call through and opens again': {
      ...checkout([cart({ at: 0 }), refused(1000), cart({ at: 1500, ms: 800 }), refused(2400)]),
      sightings: [{ title: /opened again after a trial call had failed; it refused 2 calls/ }],
    },
    'a breaker that closes again': {
      ...checkout([cart({ at: 0 }), refused(1000), cart({ at: 1500, ms: 30, failed: false })], { failed: false }),
      sightings: [{ title: /was open and closed again; it refused 1 call/ }],
    },
    'what one breaker says, and beside it a row of another call about which nobody says anything': {
      ...checkout([
        refused(10),
        ...[0, 1].map((i) => call('checkout', 'price', 'GET /price', { at: 100 + i * 500, ms: 400, failed: true })),
        ...times(3, (i) => call('checkout', 'price', 'GET /price', { at: 2000 + i * 10, ms: 0.2, failed: true })),
      ]),
      sightings: [
        { title: /3 calls of GET \/price failed at once and reached nobody, after 2 had failed$/ },
        { title: /is open; it refused 1 call of GET \/cart/ },
      ],
    },
    'a breaker whose second message says that it is half-open': {
      ...checkout([
        refused(10, {
          events: [
            { at: 10, name: 'exception', attributes: { 'exception.message': OPEN } },
            { at: 10, name: 'circuit breaker is half-open' },
          ],
        }),
      ]),
      sightings: [{ title: /is half-open and lets single calls through/ }],
    },
    'a row of calls that fail at once, without a word, after two that had reached the callee': {
      ...checkout([
        cart({ at: 0 }, [server('cart-service', 'GET /cart', { at: 1, ms: 890, failed: true })]),
        cart({ at: 1000 }, [server('cart-service', 'GET /cart', { at: 1001, ms: 890, failed: true })]),
        ...times(3, (i) => refused(2000 + i * 10, { statusText: '' })),
      ]),
      sightings: [{ spans: ['0.2', '0.3', '0.4', '0.0', '0.1'] }],
    },
    'many refused calls as one': {
      ...checkout(times(150, (i) => refused(i * 10))),
      sightings: [{ title: /it refused 150 calls of GET \/cart/ }],
    },
  },
});
