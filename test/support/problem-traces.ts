/** A trace for each detector of which the guides have no example, drawn like theirs. */
import { called, guided } from '#test/guide-calls.ts';
import { answer, log, type Scenario, sql } from '#test/scenarios.ts';
import { server, span, times } from '#test/trace.ts';

const PICTURES = 'SELECT id, path FROM pictures WHERE album = $1';

export const problemTraces: readonly Scenario[] = [
  coldStart(),
  collectorPause(),
  skewedClock(),
  lostSpans(),
  unexplainedGap(),
  ownWork(),
  fanOut(),
];

function coldStart(): Scenario {
  return guided('cold-start', { kind: 'cold-start', service: 'thumbnail' }, [
    server('api', 'POST /image', { ms: 2000, attributes: answer('POST', '/image', 200) }, [
      called('api', 'thumbnail', 'POST /resize', { at: 10, ms: 1960 }, [
        span('thumbnail', 'init', { at: 12, ms: 1500, attributes: { 'faas.coldstart': true } }),
        span('thumbnail', 'resize', { at: 1515, ms: 440 }),
      ]),
    ]),
  ]);
}

function collectorPause(): Scenario {
  return guided(
    'collector-pause',
    { kind: 'gc-pause', service: 'report-service' },
    [
      server('report-service', 'GET /report', { ms: 1600, attributes: answer('GET', '/report', 200) }, [
        sql('report-service', 'SELECT', 'sales', 'SELECT * FROM sales WHERE month = $1', { at: 5, ms: 90 }),
        span('report-service', 'render', { at: 1450, ms: 140 }),
      ]),
    ],
    [log(1420, 'report-service', 'info', '[gc] GC(41) Pause Full (Allocation Failure) 3980M->3711M(4096M) 1312.045ms')],
  );
}

function skewedClock(): Scenario {
  const started = server('web', 'GET /', { ms: 900, attributes: answer('GET', '/', 200) }, [
    called('web', 'stock', 'GET /stock', { at: 50, ms: 800 }, [
      sql('stock', 'SELECT', 'stock', 'SELECT * FROM stock WHERE sku = $1', { at: 60, ms: 700 }),
    ]),
  ]);
  const [outgoing] = started.children;
  if (outgoing === undefined) throw new Error('the request calls somebody');
  const ahead = { ...outgoing, children: outgoing.children.map((each) => later(each, 4_000_000)) };
  return guided('skewed-clock', { kind: 'slow-query', service: 'stock' }, [{ ...started, children: [ahead] }]);
}

function later(node: ReturnType<typeof server>, byUs: number): ReturnType<typeof server> {
  return {
    span: { ...node.span, startUs: node.span.startUs + byUs },
    children: node.children.map((child) => later(child, byUs)),
  };
}

/** Of the second call the callee's spans were lost. */
function lostSpans(): Scenario {
  const second = called('web', 'stock', 'GET /stock', { at: 60, ms: 700 });
  return guided('lost-spans', { kind: 'bottleneck', service: 'web' }, [
    server('web', 'GET /', { ms: 780, attributes: answer('GET', '/', 200) }, [
      called('web', 'stock', 'GET /stock', { at: 10, ms: 40 }, [span('stock', 'read', { at: 11, ms: 38 })]),
      { ...second, children: [] },
    ]),
  ]);
}

function unexplainedGap(): Scenario {
  return guided('unexplained-gap', { kind: 'unexplained-gap', service: 'album-service' }, [
    server('album-service', 'GET /album', { ms: 2340, attributes: answer('GET', '/album', 200) }, [
      sql('album-service', 'SELECT', 'pictures', PICTURES, { at: 5, ms: 95 }),
      span('album-service', 'render', { at: 1900, ms: 430 }),
    ]),
  ]);
}

function ownWork(): Scenario {
  return guided('own-work', { kind: 'bottleneck', service: 'album-service' }, [
    server('album-service', 'GET /album', { ms: 2000, attributes: answer('GET', '/album', 200) }, [
      sql('album-service', 'SELECT', 'pictures', PICTURES, { at: 5, ms: 95 }),
      span('album-service', 'render', { at: 110, ms: 1880 }),
    ]),
  ]);
}

/** Thirty at once: each is as quick as one, and the page waits for the slowest. */
function fanOut(): Scenario {
  return guided('fan-out', { kind: 'fan-out', service: 'search' }, [
    server('search', 'GET /search', { ms: 1200, attributes: answer('GET', '/search', 200) }, [
      ...times(30, (i) => called('search', 'shard', 'POST /query', { at: 10 + i, ms: 900 + ((i * 13) % 90) })),
    ]),
  ]);
}
