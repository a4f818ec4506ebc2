import { gcPause } from '#detect/trace/gc-pause.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, type SpanNode, server, span } from '#test/trace.ts';

const FULL = (ms: number) => `[12.3s][info][gc] GC(7) Pause Full (G1 Compaction Pause) 1980M->1610M(2048M) ${ms}ms`;
const first = query('report-service', 'SELECT * FROM a WHERE id = 1', { at: 5, ms: 95 });
const second = (at: number) => query('report-service', 'SELECT * FROM b WHERE id = 1', { at, ms: 80 });
const report = (options: Parameters<typeof server>[2], ...children: SpanNode[]) =>
  server('report-service', 'GET /report', { ms: 1000, ...options }, children);

const OVERHEAD = '[search-2] [gc][5120] overhead, spent [1.4s] collecting in the last [1.9s]';
/** One query of a search engine, whose nodes send no spans. */
const searched = (options: Parameters<typeof server>[2]) =>
  server('catalog', 'GET /find', { ms: 1900 }, [
    span('catalog', 'search', {
      at: 10,
      ms: 1880,
      kind: 'client',
      attributes: { 'db.system.name': 'elasticsearch', 'server.address': 'search-2' },
      ...options,
    }),
  ]);

testDetector(gcPause, {
  clear: {
    'a collection of another node of the search engine': drawn(searched({}), {
      logs: [logLine('search-9', 1700, OVERHEAD)],
    }),
    'a collection of the node while it answered with a failure': drawn(searched({ failed: true }), {
      logs: [logLine('search-2', 1700, OVERHEAD)],
    }),
    'a collection of the node after its answer': drawn(searched({}), { logs: [logLine('search-2', 3900, OVERHEAD)] }),
    'a machine that stood still without a collection': drawn(searched({}), {
      logs: [logLine('search-2', 1700, 'Detected VM stop-the-world pause: {pauseTime=1400, gcTime=0, gcCount=0}')],
    }),
    'a request whose collections took little': drawn(report({ ms: 1600 }, first, second(1450)), {
      logs: [logLine('report-service', 1598, 'Completed 200 OK in 1597ms (Views: 90.2ms | GC: 12.4ms)')],
    }),
    'the count of another request': drawn(report({ ms: 1600 }, first, second(1450)), {
      logs: [{ ...logLine('report-service', 1598, 'method=GET path=/other status=200 gc_time=1290.1'), rung: 'time' }],
    }),
    'a line as JSON of a pause that is too short': drawn(report({ ms: 400 }, first, second(300)), {
      logs: [logLine('report-service', 220, `{"msg":"${FULL(99)}","took":1312}`)],
    }),
    'a pause of a tenth of a second less a millisecond': drawn(report({ ms: 400 }, first, second(300)), {
      logs: [logLine('report-service', 220, FULL(99))],
    }),
    'a pause that is less than a tenth of the request': drawn(report({ ms: 2000 }, first, second(1700)), {
      logs: [logLine('report-service', 400, FULL(199))],
    }),
    'a pause of another service': drawn(report({}, first, second(900)), {
      logs: [logLine('mail-service', 800, FULL(700))],
    }),
    'a pause while the request waited for another service': drawn(
      report(
        {},
        call('report-service', 'render', 'POST /render', { at: 10, ms: 980 }, [
          server('render', 'POST /render', { at: 12, ms: 976 }),
        ]),
      ),
      { logs: [logLine('report-service', 900, FULL(700))] },
    ),
    'a pause while the request waited for a service without spans': drawn(
      report({}, call('report-service', 'render', 'POST /render', { at: 10, ms: 980 })),
      { logs: [logLine('report-service', 800, FULL(700))] },
    ),
    'a pause long before the request': drawn(report({}, first, second(900)), {
      logs: [logLine('report-service', -500, FULL(700))],
    }),
    'a collection that ran beside the work': drawn(
      report(
        { events: [{ at: 800, name: 'gc concurrent mark', attributes: { duration_ms: 700 } }] },
        first,
        second(900),
      ),
    ),
    'a request that asks for a collection': drawn(
      server('admin', 'POST /gc', { ms: 1000 }, [call('admin', 'jvm', 'gc', { at: 10, ms: 900 })]),
    ),
  },
  found: {
    'the line of a node without spans that a query waited for': {
      ...drawn(searched({}), { logs: [logLine('search-2', 1700, OVERHEAD)] }),
      sightings: [{ service: 'search-2', operation: 'search', spans: ['0.0'], wastedMs: 1400 }],
    },
    'the time of all collections in the line of the request': {
      ...drawn(report({ ms: 1600 }, first, second(1450)), {
        logs: [logLine('report-service', 1598, 'Completed 200 OK in 1597ms (Views: 90.2ms | GC: 1250.0ms)')],
      }),
      sightings: [{ service: 'report-service', operation: 'GET /report', wastedMs: 1250 }],
    },
    'the line as JSON, with more behind the pause': {
      ...drawn(report({ ms: 1600 }, first, second(1450)), {
        logs: [logLine('report-service', 1420, `{"level":"warn","msg":"${FULL(1312)}","span_id":"0"}`)],
      }),
      sightings: [{ wastedMs: 1312 }],
    },
    'a pause that ends long before the answer of a service that another one called': {
      ...drawn(
        server('shop', 'GET /', { ms: 2000 }, [
          call('shop', 'report-service', 'GET /report', { at: 5, ms: 1990 }, [
            server('report-service', 'GET /report', { at: 10, ms: 1980 }, [
              query('report-service', 'SELECT * FROM a WHERE id = 1', { at: 1800, ms: 20 }),
            ]),
          ]),
        ]),
        { logs: [logLine('report-service', 1500, FULL(1312))] },
      ),
      sightings: [{ service: 'report-service', wastedMs: 1312 }],
    },
    'a gap with the line that tells of it': {
      ...drawn(report({ ms: 1600 }, first, second(1450)), { logs: [logLine('report-service', 1420, FULL(1312))] }),
      sightings: [
        {
          service: 'report-service',
          operation: 'GET /report',
          spans: ['0'],
          wastedMs: 1312,
          title: 'Garbage collection stops report-service for 1.3 s of the 1.6 s of GET /report',
        },
      ],
    },
    'a pause at both limits': {
      ...drawn(report({}, first, second(900)), { logs: [logLine('report-service', 500, FULL(100))] }),
      sightings: [{ wastedMs: 100 }],
    },
    'only the part of a pause that lies over the service’s own time': {
      ...drawn(
        report(
          {},
          call('report-service', 'render', 'POST /render', { at: 0, ms: 500 }, [
            server('render', 'POST /render', { at: 0, ms: 500 }),
          ]),
        ),
        { logs: [logLine('report-service', 800, FULL(700))] },
      ),
      sightings: [{ wastedMs: 300 }],
    },
    'a span that is the pause': {
      ...drawn(report({}, first, span('report-service', 'jvm.gc.pause', { at: 110, ms: 700 }), second(900))),
      sightings: [{ spans: ['0.1'], wastedMs: 700 }],
    },
    'a span beside the gap that it explains': {
      ...drawn(
        server('report-service', 'GET /report', { ms: 1000 }, [
          span('report-service', 'render', { at: 0, ms: 1000 }),
          span('report-service', 'GC pause', { at: 100, ms: 700 }),
        ]),
      ),
      sightings: [{ spans: ['0.0'], wastedMs: 700 }],
    },
    'an event in the span, at its begin or at its end': {
      ...drawn(
        report(
          {
            events: [
              { at: 110, name: 'gc', attributes: { 'gc.pause_ms': 300 } },
              { at: 880, name: 'gc', attributes: { 'gc.pause_ms': 400 } },
            ],
          },
          first,
          second(900),
        ),
      ),
      sightings: [{ wastedMs: 700, title: /2 garbage collections stop report-service for 700 ms/ }],
    },
    'an event of the span above the one that lost the time': {
      ...drawn(
        report(
          {
            events: [
              { at: 200, name: 'gc_start' },
              { at: 900, name: 'gc_end' },
            ],
          },
          span('report-service', 'render', { at: 20, ms: 950 }),
        ),
      ),
      sightings: [{ operation: 'render', spans: ['0.0'], wastedMs: 700 }],
    },
    'an attribute of the span, without a time': {
      ...drawn(report({ attributes: { 'jvm.gc.pause_time_ms': 650 } }, first, second(900))),
      sightings: [{ wastedMs: 650 }],
    },
    'one pause told twice': {
      ...drawn(report({ events: [{ at: 880, name: 'gc', attributes: { 'gc.pause_ms': 700 } }] }, first, second(900)), {
        logs: [logLine('report-service', 880, FULL(700))],
      }),
      sightings: [{ wastedMs: 700 }],
    },
  },
});
