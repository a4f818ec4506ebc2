import { unexplainedGap } from '#detect/trace/unexplained-gap.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, type SpanNode, server, span } from '#test/trace.ts';

const first = query('order-service', 'SELECT * FROM orders WHERE id = 1', { at: 5, ms: 95 });
const render = (at: number, ms = 50) => span('order-service', 'render', { at, ms });
const orders = (ms: number, ...children: SpanNode[]) => server('order-service', 'GET /orders', { ms }, children);

testDetector(unexplainedGap, {
  clear: {
    'a gap of a tenth of a second less a millisecond': drawn(orders(260, first, render(199))),
    'a gap that is less than a fifth of the request': drawn(orders(1500, first, render(399, 1090))),
    'many short gaps': drawn(orders(1000, first, render(290), render(530), render(730), render(930))),
    'a span without children, which says what it does': drawn(
      orders(1000, span('order-service', 'compute', { at: 5, ms: 990 })),
    ),
    'a gap beside the critical path': drawn(
      orders(
        1000,
        span('order-service', 'audit', { at: 10, ms: 700 }, [span('order-service', 'write', { at: 700, ms: 10 })]),
        call('order-service', 'stock', 'GET /stock', { at: 5, ms: 990 }),
      ),
    ),
    'a time in which a consumer works that the request waits for': drawn(
      orders(
        1000,
        span('order-service', 'orders publish', { at: 5, ms: 5, kind: 'producer' }, [
          span('worker', 'orders process', { at: 20, ms: 950, kind: 'consumer' }),
        ]),
        render(975, 20),
      ),
    ),
    'a poll that waits for messages': drawn(
      span('worker', 'poll', { ms: 5000, kind: 'consumer', attributes: { 'messaging.operation.type': 'receive' } }, [
        span('worker', 'process', { at: 4900, ms: 90 }),
      ]),
    ),
  },
  found: {
    'nothing between two spans': {
      ...drawn(orders(2340, first, render(1900, 430))),
      sightings: [
        {
          service: 'order-service',
          operation: 'GET /orders',
          spans: ['0'],
          wastedMs: 1800,
          title: 'GET /orders spends 1.8 s in order-service between SELECT orders and render, and no span shows why',
        },
      ],
    },
    'a gap of which the log tells that the CPU was throttled': {
      ...drawn(orders(2340, first, render(1900, 430)), {
        logs: [logLine('order-service', 1890, 'cgroup cpu throttled for 1702 ms in the last 2 s', { level: 'warn' })],
      }),
      sightings: [
        {
          wastedMs: 1800,
          title: /between SELECT orders and render, while its CPU was throttled$/,
          remedy: /^Raise the CPU limit of order-service /,
        },
      ],
    },
    'a gap of which an event tells that the event loop was blocked': {
      ...drawn(
        server(
          'order-service',
          'GET /orders',
          { ms: 2340, events: [{ at: 1895, name: 'event loop blocked for 1780 ms' }] },
          [first, render(1900, 430)],
        ),
      ),
      sightings: [{ title: /, while its event loop was blocked$/ }],
    },
    'a gap, whatever another service or another time says of its threads': {
      ...drawn(orders(2340, first, render(1900, 430)), {
        logs: [
          logLine('mail-service', 1500, 'thread pool exhausted'),
          logLine('order-service', 2300, 'thread pool exhausted'),
        ],
      }),
      sightings: [
        { title: 'GET /orders spends 1.8 s in order-service between SELECT orders and render, and no span shows why' },
      ],
    },
    'a gap at both limits, before the first span': {
      ...drawn(orders(500, render(100, 390))),
      sightings: [
        { wastedMs: 100, title: 'GET /orders spends 100 ms in order-service before render, and no span shows why' },
      ],
    },
    'a gap after the last span': {
      ...drawn(orders(1000, first)),
      sightings: [
        {
          wastedMs: 900,
          title: 'GET /orders spends 900 ms in order-service after SELECT orders, and no span shows why',
        },
      ],
    },
    'two gaps of one operation': {
      ...drawn(orders(1000, first, render(400, 200), render(950))),
      sightings: [
        {
          wastedMs: 650,
          title:
            'GET /orders spends 650 ms in 2 gaps, the longest in order-service between render and render, and no span shows why',
        },
      ],
    },
    'what is left of a gap beside asynchronous work': {
      ...drawn(
        orders(
          1000,
          span('order-service', 'orders publish', { at: 5, ms: 5, kind: 'producer' }, [
            span('worker', 'orders process', { at: 20, ms: 280, kind: 'consumer' }),
          ]),
          render(900, 90),
        ),
      ),
      sightings: [{ wastedMs: 600 }],
    },
    'a call that its callee begins late, and of which the callee warns': {
      ...drawn(
        orders(
          1000,
          call('order-service', 'stock', 'GET /stock', { at: 5, ms: 990 }, [
            server('stock', 'GET /stock', { at: 700, ms: 290 }),
          ]),
        ),
        { logs: [logLine('stock', 400, 'event 17 of the table reloads', { level: 'warn' })] },
      ),
      sightings: [{ service: 'stock', title: /between order-service and stock, before .* stock only says “event 17/ }],
    },
    'a call that its callee begins late': {
      ...drawn(
        orders(
          1000,
          call('order-service', 'stock', 'GET /stock', { at: 5, ms: 990 }, [
            server('stock', 'GET /stock', { at: 700, ms: 290 }),
          ]),
        ),
      ),
      sightings: [
        {
          service: 'order-service',
          operation: 'GET /stock',
          wastedMs: 695,
          title:
            'GET /orders spends 700 ms between order-service and stock, before stock starts GET /stock, and no span shows why',
        },
      ],
    },
  },
});
