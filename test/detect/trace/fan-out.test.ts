import { fanOut } from '#detect/trace/fan-out.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, type SpanNode, server, span, times } from '#test/trace.ts';

const stock = (i: number, ms = 52, at = 20 + i * 60): SpanNode =>
  call('catalog-service', 'inventory-service', `GET /stock/A${i + 1}`, { at, ms });

/** So many calls of one service to another, by several steps of a request, of several operations in turn. */
const chat = (calls: number, { callers = 4, operations = 5, ms = 40 } = {}): SpanNode => {
  const each = calls / callers;
  const step = each * (ms + 5);
  return server(
    'shop',
    'POST /checkout',
    { ms: callers * step + 20 },
    times(callers, (n) =>
      span(
        'shop',
        `step ${n}`,
        { at: 5 + n * step, ms: step - 2 },
        times(each, (i) =>
          call('shop', 'catalog', `GET /${'abcdefgh'[(n + i) % operations]}`, { at: 6 + n * step + i * (ms + 5), ms }, [
            server('catalog', `GET /${'abcdefgh'[(n + i) % operations]}`, {
              at: 7 + n * step + i * (ms + 5),
              ms: ms - 2,
            }),
          ]),
        ),
      ),
    ),
  );
};

/** https://wiki.openstreetmap.org/wiki/Slippy_map_tilenames */
const pictures = (address: (i: number) => string): SpanNode =>
  span(
    'atlas-web',
    'draw',
    { ms: 900 },
    times(24, (i) =>
      call('atlas-web', 'a.tile.example', 'GET', {
        at: 10 + i * 20,
        ms: 300,
        attributes: { 'url.full': `https://a.tile.example${address(i)}` },
      }),
    ),
  );

/** One thing is read again and again. */
const readings = (line: string) =>
  drawn(
    server(
      'scale',
      'POST /weigh',
      { ms: 6100 },
      times(30, (i) =>
        call('scale', 'cell-4', 'GET /load', {
          at: 10 + i * 200,
          ms: 150,
          attributes: { 'url.full': 'http://cell-4:8080/load' },
        }),
      ),
    ),
    { logs: [{ ...logLine('scale', 6000, line, { spanId: '0' }), rung: 'trace-id' as const }] },
  );

testDetector(fanOut, {
  clear: {
    'quick messages, which the client of the broker gathers': drawn(
      server(
        'import-service',
        'POST /import',
        { ms: 130 },
        times(40, (i) =>
          span('import-service', 'items publish', {
            at: 2 + i * 3,
            ms: 2,
            kind: 'producer',
            attributes: { 'messaging.system.name': 'kafka', 'messaging.destination.name': 'items' },
          }),
        ),
      ),
    ),
    'one thing that is sampled at the rate that its line gives': readings('steady after 30 samples at 5 Hz'),
    'thirty calls that keep to a rate': drawn(
      span(
        'tides',
        'refresh.run',
        { ms: 15_100 },
        times(30, (i) => call('tides', 'harbour', `GET /stations/${i + 1}`, { at: 10 + i * 490, ms: 430 })),
      ),
      { logs: [{ ...logLine('tides', 15_000, 'refreshed 30 stations, rate limit 2/s'), rung: 'trace-id' as const }] },
    ),
    'the tiles of a map, which are made to be loaded side by side': drawn(
      pictures((i) => `/14/${8500 + i}/5512@2x.png`),
    ),
    'bulk inserts one after another': drawn(
      span('etl', 'load_events', { ms: 9000 }, [
        ...times(25, (i) =>
          query('etl', 'INSERT INTO events (id, ts) VALUES ($1,$2),($3,$4)', {
            at: 10 + i * 220,
            ms: 215,
            attributes: { 'db.operation.batch.size': 1000, 'db.response.affected_rows': 1000 },
          }),
        ),
      ]),
    ),
    'batches of messages that another service gets one after another': drawn(
      span('replay', 'replay', { ms: 2000 }, [
        ...times(20, (i) =>
          call('replay', 'parser', 'POST /batch', { at: 10 + i * 95, ms: 90, attributes: { 'batch.size': 10 } }),
        ),
      ]),
    ),
    'one caller of several operations, nineteen times': drawn(chat(19, { callers: 1 })),
    'two that talk sixteen times, from several callers': drawn(chat(16)),
    'two operations alone, from several callers': drawn(chat(28, { operations: 2 })),
    'twenty-four calls of several callers that cost little together': drawn(
      server('shop', 'POST /checkout', { ms: 3000 }, [chat(24, { ms: 1 })]),
    ),
    'calls of which one is as long as all the others': drawn(
      server('shop', 'GET /page', { ms: 2000 }, [
        chat(24, { ms: 10 }),
        span('shop', 'late', { at: 500, ms: 1400 }, [call('shop', 'catalog', 'GET /all', { at: 501, ms: 1390 })]),
      ]),
    ),
    'ten messages to each of two topics': drawn(
      server(
        'import-service',
        'POST /import',
        { ms: 300 },
        times(20, (i) =>
          span('import-service', 'publish', {
            at: i * 12,
            ms: 10,
            kind: 'producer',
            attributes: { 'messaging.system.name': 'kafka', 'messaging.destination.name': i % 2 === 0 ? 'a' : 'b' },
          }),
        ),
      ),
    ),
    'the parts of one upload': drawn(
      server(
        'backup',
        'POST /snapshots',
        { ms: 1300 },
        times(40, (i) => call('backup', 's3', 'S3.UploadPart', { at: 20 + i * 30, ms: 90 })),
      ),
    ),
    'nineteen calls': drawn(
      server(
        'catalog-service',
        'GET /catalog',
        { ms: 1300 },
        times(19, (i) => stock(i)),
      ),
    ),
    'twenty calls, one of which failed': drawn(
      server(
        'catalog-service',
        'GET /catalog',
        { ms: 1300 },
        times(20, (i) =>
          call('catalog-service', 'inventory-service', 'GET /stock', { at: i * 60, ms: 52, failed: i === 4 }),
        ),
      ),
    ),
    'twenty calls to four services': drawn(
      server(
        'catalog-service',
        'GET /catalog',
        { ms: 1300 },
        times(20, (i) => call('catalog-service', `shard-${'abcd'[i % 4]}`, 'GET /stock', { at: i * 60, ms: 52 })),
      ),
    ),
    'fifty calls that nobody waits for long': drawn(
      server(
        'catalog-service',
        'GET /catalog',
        { ms: 900 },
        times(50, (i) => stock(i, 45, 20)),
      ),
    ),
    'fifty calls in a long job': drawn(
      server(
        'catalog-service',
        'rebuild',
        { ms: 60_000 },
        times(50, (i) => stock(i)),
      ),
    ),
    'forty calls of two callers': drawn(
      server(
        'catalog-service',
        'GET /catalog',
        { ms: 1300 },
        times(2, (half) =>
          span(
            'catalog-service',
            'load half',
            { at: half * 650, ms: 640 },
            times(19, (i) => stock(i, 25, half * 650 + i * 30)),
          ),
        ),
      ),
    ),
    'calls of which nobody knows whom they ask, and which ask for different things': drawn(
      server(
        'web',
        'GET /page',
        { ms: 1300 },
        times(24, (i) => span('web', `GET /${'abcdefghijklmnopqrstuvwx'[i]}`, { at: i * 50, ms: 45, kind: 'client' })),
      ),
    ),
    'twenty steps that call nobody': drawn(
      server(
        'catalog-service',
        'GET /catalog',
        { ms: 1300 },
        times(20, (i) => span('catalog-service', 'price', { at: i * 60, ms: 52 })),
      ),
    ),
  },
  found: {
    'one thing that is read without a line about its rate': {
      ...readings('weighed 12 t'),
      sightings: [{ service: 'scale' }],
    },
    'two services that talk often, over several operations and from several callers': {
      ...drawn(chat(24)),
      sightings: [
        {
          service: 'shop',
          operation: '',
          wastedMs: 920,
          title: 'shop calls catalog 24 times in one request: POST /checkout waits 960 ms for them',
          remedy: /one coarser operation/,
        },
      ],
    },
    'twenty of them, over three operations and from two callers': {
      ...drawn(chat(20, { callers: 2, operations: 3 })),
      sightings: [
        { service: 'shop', title: 'shop calls catalog 20 times in one request: POST /checkout waits 800 ms for them' },
      ],
    },
    'fifty stock calls, one for each product, as in the guide': {
      ...drawn(
        server(
          'catalog-service',
          'GET /catalog',
          { ms: 3100 },
          times(50, (i) => stock(i)),
        ),
      ),
      sightings: [
        {
          service: 'catalog-service',
          operation: 'GET /catalog',
          spans: times(50, (i) => `0.${i}`),
          wastedMs: 2548,
          title:
            'One GET /catalog of catalog-service calls inventory-service 50 times (GET /stock/{}): GET /catalog waits 2.6 s for them',
        },
      ],
    },
    'forty calls at once, which cost the callee more than the caller': {
      ...drawn(
        server(
          'catalog-service',
          'GET /catalog',
          { ms: 300 },
          times(40, (i) => stock(i, 200, 20)),
        ),
      ),
      sightings: [
        {
          wastedMs: 0,
          title:
            'One GET /catalog of catalog-service calls inventory-service 40 times (GET /stock/{}): GET /catalog waits 200 ms for them',
        },
      ],
    },
    'twenty calls at both limits': {
      ...drawn(
        server(
          'catalog-service',
          'GET /catalog',
          { ms: 1000 },
          times(20, (i) => stock(i, 2.5, i * 10)),
        ),
      ),
      sightings: [{ wastedMs: 48 }],
    },
    'a message for each item, to one topic': {
      ...drawn(
        server(
          'import-service',
          'POST /import',
          { ms: 900 },
          times(60, (i) =>
            span('import-service', 'items publish', {
              at: i * 12,
              ms: 10,
              kind: 'producer',
              attributes: { 'messaging.system.name': 'kafka', 'messaging.destination.name': 'items' },
            }),
          ),
        ),
      ),
      sightings: [
        {
          wastedMs: 590,
          title:
            'One POST /import of import-service publishes 60 messages to items: POST /import waits 600 ms for them',
        },
      ],
    },
    'messages to one topic, which their spans name in two ways': {
      ...drawn(
        server(
          'import-service',
          'POST /import',
          { ms: 300 },
          times(20, (i) =>
            span('import-service', i % 2 === 0 ? 'items publish' : 'send items', {
              at: i * 12,
              ms: 10,
              kind: 'producer',
              attributes: { 'messaging.system.name': 'kafka', 'messaging.destination.name': 'items' },
            }),
          ),
        ),
      ),
      sightings: [{ title: /publishes 20 messages to items/ }],
    },
    'several operations of a service, of which only its own side has spans': {
      ...drawn(
        server(
          'catalog-service',
          'GET /catalog',
          { ms: 1300 },
          times(21, (i) =>
            server('inventory-service', `GET /${['stock', 'price', 'label'][i % 3]}`, { at: i * 60, ms: 52 }),
          ),
        ),
      ),
      sightings: [
        {
          service: 'catalog-service',
          title:
            'One GET /catalog of catalog-service calls inventory-service 21 times (3 operations): GET /catalog waits 1.1 s for them',
        },
      ],
    },
    'different queries of one database': {
      ...drawn(
        server(
          'report',
          'GET /report',
          { ms: 900 },
          times(24, (i) =>
            query('report', `SELECT * FROM part_${'abcdefghijklmnopqrstuvwx'[i]}`, { at: i * 30, ms: 25 }),
          ),
        ),
      ),
      sightings: [
        {
          service: 'report',
          title:
            'One GET /report of report calls postgresql 24 times (24 operations): GET /report waits 600 ms for them',
        },
      ],
    },
    'the same fan in three runs of its caller, as one': {
      ...drawn(
        server(
          'catalog-service',
          'GET /home',
          { ms: 3000 },
          times(3, (run) =>
            span(
              'catalog-service',
              'load shelf',
              { at: run * 1000, ms: 990 },
              times(30, (i) => stock(i, 25, run * 1000 + i * 30)),
            ),
          ),
        ),
      ),
      sightings: [
        {
          operation: 'load shelf',
          title:
            'One load shelf of catalog-service calls inventory-service 30 times (GET /stock/{}): GET /home waits 2.3 s for them',
        },
      ],
    },
  },
});
