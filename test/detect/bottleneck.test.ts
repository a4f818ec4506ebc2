import { bottleneck } from '#detect/bottleneck.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { call, server, span, times } from '#test/trace.ts';

testDetector(bottleneck, {
  clear: {
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
