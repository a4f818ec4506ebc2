import { clockSkew } from '#detect/trace/clock-skew.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { logLine } from '#test/log-line.ts';
import { call, server, span, times } from '#test/trace.ts';

const on = (host: string) => ({ resource: { 'host.name': host } });
/** A call of 100 ms whose callee, 60 ms long, starts where its own clock says. */
const called = (calleeAt: number, ms = 60) =>
  drawn(
    server('web', 'GET /', { ms: 120, ...on('a') }, [
      call('web', 'stock', 'GET /stock', { at: 10, ms: 100, ...on('a') }, [
        server('stock', 'GET /stock', { at: calleeAt, ms, ...on('b') }),
      ]),
    ]),
  );

testDetector(clockSkew, {
  clear: {
    'a callee inside its caller': called(30),
    'a callee that sticks out by less than clocks differ': called(54),
    'a callee that ran longer than its caller waited': called(11, 5000),
    'a message that is processed later': drawn(
      span('web', 'publish', { ms: 5, kind: 'producer', ...on('a') }, [
        span('stock', 'process', { at: 45_000, ms: 120, kind: 'consumer', ...on('b') }),
      ]),
    ),
    'work on the same host after the answer': drawn(
      server('web', 'GET /', { ms: 50, ...on('a') }, [span('web', 'audit', { at: 80, ms: 10, ...on('a') })]),
    ),
  },
  found: {
    'a caller that says in a line of its own work that the token is not valid yet': {
      ...called(1050),
      logs: [logLine('web', 110, 'token used before issued: iat is in the future', { spanId: '0', level: 'error' })],
      sightings: [{ service: 'stock', explanation: /A call between them was refused: “token used before issued/ }],
    },
    'a callee whose host says that its clock is wrong by about as much': {
      ...called(1050),
      logs: [logLine('stock', 60, 'chronyd[71]: System clock wrong by -1.031884 seconds', { level: 'warn' })],
      sightings: [{ service: 'stock', explanation: /The log of stock says: “chronyd\[71\]: System clock wrong/ }],
    },
    'a callee whose host was wrong by another amount, or another host': {
      ...called(1050),
      logs: [
        logLine('stock', 60, 'System clock wrong by 3600.000211 seconds', { level: 'warn' }),
        logLine('web', 60, 'System clock wrong by 1.031884 seconds', { level: 'warn' }),
      ],
      sightings: [{ service: 'stock', explanation: /before it judged the trace\.$/ }],
    },
    'a callee that begins before it was called': {
      ...called(-25),
      sightings: [
        {
          service: 'stock',
          operation: 'GET /stock',
          spans: ['0.0.0'],
          wastedMs: 0,
          title: 'The clock of stock is at least 35 ms behind the clock of web',
        },
      ],
    },
    'a callee that ends after its caller had the answer': {
      ...called(1050),
      sightings: [{ service: 'stock', title: 'The clock of stock is at least 1 s ahead of the clock of web' }],
    },
    'a host and what lies below it there as one, by its furthest call': {
      ...drawn(
        server(
          'web',
          'GET /',
          { ms: 900, ...on('a') },
          times(3, (i) =>
            call('web', 'stock', 'GET /stock', { at: i * 200, ms: 100, ...on('a') }, [
              server('stock', 'GET /stock', { at: i * 200 + 200, ms: 60 + i, ...on('b') }, [
                span('stock', 'read', { at: i * 200 + 210, ms: 20, ...on('b') }),
              ]),
            ]),
          ),
        ),
      ),
      sightings: [{ service: 'stock', spans: ['0.2.0', '0.1.0', '0.0.0'], title: /at least 160 ms ahead/ }],
    },
  },
});
