/** What a request does by design is no verdict; its twin with a fault is. */
import { describe, expect, test } from 'vitest';
import type { LogLine } from '#model/logs/log-line.ts';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, DRAWN_AT_US, query, type SpanNode, server, span, times, traceOf } from '#test/trace.ts';

const verdictOf = (root: SpanNode, logs?: readonly LogLine[]) => diagnosed(traceOf(root), logs).diagnosis?.kind;

describe('a job that asks for the traits of objects, one after another', () => {
  const job = (method: string, ms = 90, count = 60) =>
    verdictOf(
      span(
        'archive',
        'nightly job',
        { ms: count * (ms + 5) },
        times(count, (i) =>
          call('archive', 's3', `S3.${method}`, {
            at: 2 + i * (ms + 4),
            ms,
            attributes: { 'rpc.system.name': 'aws-api', 'rpc.service': 'S3', 'rpc.method': method },
          }),
        ),
      ),
    );

  test('could list them at once', () => {
    expect(job('HeadObject')).toBe('n-plus-one-calls');
    expect(job('GetObjectAttributes', 120)).toBe('n-plus-one-calls');
  });

  test('while it has to move each object by itself, and a few or slow answers show nothing', () => {
    expect(job('PutObject')).toBeUndefined();
    expect(job('GetObject')).toBeUndefined();
    expect(job('HeadObject', 90, 15)).toBeUndefined();
    expect(job('HeadObject', 400)).toBeUndefined();
  });
});

describe('an upload', () => {
  const upload = server(
    'intake',
    'POST /files',
    { ms: 2200, attributes: { 'http.response.status_code': 202, 'http.request.body.size': 60_000_000 } },
    [query('intake', 'INSERT INTO files VALUES ($1)', { at: 2150, ms: 30 })],
  );
  const says = (line: string) => [logLine('intake', 2140, line, { spanId: '0', level: 'warn' })];

  test('takes as long as its bytes', () => {
    expect(verdictOf(upload)).toBeUndefined();
    expect(verdictOf(upload, says('event loop lag of 12 ms'))).toBeUndefined();
  });

  test('but bytes do not stop the event loop', () => {
    expect(verdictOf(upload, says('event loop blocked for 1980 ms'))).toBe('unexplained-gap');
  });
});

describe('a workflow', () => {
  const machine = (operation: string) =>
    span('media', operation, { ms: 200_000, kind: 'internal' }, [
      call('media', 'transcode', 'Transcode', { ms: 190_000 }, [server('transcode', 'transcode', { ms: 189_000 })]),
    ]);

  test('takes as long as its steps', () => {
    expect(verdictOf(machine('AWS::StepFunctions::StateMachine media'))).toBeUndefined();
  });

  test('as another job does, while what makes its request slow is said', () => {
    expect(verdictOf(machine('nightly job'))).toBeUndefined();
    const reads = (statement: string) =>
      verdictOf(
        span('media', 'nightly job', { ms: 40_000 }, [
          call('media', 'stock', 'GET /stock', { ms: 39_000 }, [
            server('stock', 'GET /stock', { ms: 38_900 }, [query('stock', statement, { ms: 38_800 })]),
          ]),
        ]),
      );
    expect(reads('SELECT sku FROM stock WHERE wh = 7')).toBe('slow-query');
  });
});

describe('a job that shares its machines with others', () => {
  const build = (waitMs: number, wait = 'Waiting for an available executor on linux') =>
    span('ci', 'job release', { ms: waitMs + 240_000 }, [
      span('ci', wait, { ms: waitMs }),
      span('ci', 'compile', { at: waitMs, ms: 240_000 }),
    ]);

  test('waits its turn for less time than its work takes', () => {
    expect(verdictOf(build(200_000))).toBeUndefined();
  });

  test('while a longer wait is a lack of machines', () => {
    expect(verdictOf(build(900_000))).toBe('pool-exhaustion');
  });

  test('and machines that wait for work lack nothing', () => {
    expect(verdictOf(build(900_000, 'Waiting for the next job'))).toBeUndefined();
  });
});

describe('a job that reads a whole table', () => {
  const sync = (operation: string, statement: string) =>
    span('stock', operation, { ms: 7600 }, [
      call('stock', 'bridge', 'get /export', { ms: 7000 }, [
        server('bridge', 'get /export', { ms: 6950 }, [query('bridge', statement, { ms: 6900 })]),
      ]),
    ]);

  test('copies it, whatever the time', () => {
    expect(verdictOf(sync('stock-sync job', 'SELECT sku, qty FROM stock'))).toBeUndefined();
  });

  test('while a condition, or a person who waits, makes it a slow query', () => {
    expect(verdictOf(sync('stock-sync job', 'SELECT sku FROM stock WHERE wh = 7'))).toBe('slow-query');
    expect(
      verdictOf(server('stock', 'GET /stock', { ms: 7000 }, [query('stock', 'SELECT sku FROM stock', { ms: 6900 })])),
    ).toBe('slow-query');
  });

  test('while a function that takes a lock reads no table', () => {
    for (const taken of ['pg_advisory_lock(7)', "GET_LOCK('jobs', 30)"])
      expect(verdictOf(sync('stock-sync job', `SELECT ${taken}`))).toBe('lock-contention');
  });
});

describe('a job whose steps are large', () => {
  const load = (statement: string, ms: number, operation = 'load mart') =>
    verdictOf(
      span('etl', operation, { ms: 8 * ms + 100 }, [
        ...times(8, (at) => query('etl', statement, { at: at * ms + 10, ms: ms - 10 })),
      ]),
    );

  test('builds a table', () => {
    expect(load('create table mart.orders as select * from raw.orders where day > 7', 6000)).toBeUndefined();
    expect(load('OPTIMIZE TABLE hits FINAL', 6000)).toBeUndefined();
  });

  test('repeats what takes seconds by itself', () => {
    expect(load('MERGE INTO rates USING stage ON (1 = 1)', 24_000)).toBeUndefined();
    expect(load('UPDATE rates SET c = 1 WHERE day = 7', 24_000)).not.toBe('n-plus-one-queries');
  });

  test('while many short statements are a loop', () => {
    expect(load('UPDATE rates SET c = 1 WHERE day = $1', 300)).toBe('n-plus-one-queries');
  });
});

describe('the own time of a service', () => {
  const parse = (line: string): [SpanNode, LogLine[]] => [
    server('importer', 'POST /import', { ms: 3500 }, [span('importer', 'Csv.parse', { at: 20, ms: 3400 })]),
    [
      {
        timeNs: `${DRAWN_AT_US + 3_425_000}000`,
        labels: {},
        line,
        service: 'importer',
        level: 'info',
        traceId: 'drawn',
        spanId: '0',
      },
    ],
  ];

  test('is accounted for where its line says what it worked on', () => {
    expect(verdictOf(...parse('parsed 1,240,000 rows in 3398 ms'))).toBeUndefined();
  });

  test('but not by a line about a part of it, nor about a wait', () => {
    expect(verdictOf(...parse('parsed 1,240,000 rows in 398 ms'))).toBe('bottleneck');
    expect(verdictOf(...parse('waited 3398 ms for a slot'))).toBe('bottleneck');
  });
});

describe('calls of one name to third parties', () => {
  const third = (host: string, at: number, ms: number) => call('shop', host, 'POST', { at, ms });
  const page = (...calls: SpanNode[]) => server('shop', 'POST /checkout', { ms: 4000 }, calls);

  test('are not one operation', () => {
    const calls = [third('tax.example', 10, 1200), third('pay.example', 1280, 1320), third('chat.example', 2660, 1280)];
    expect(verdictOf(page(...calls))).toBeUndefined();
  });

  test('while one of them may take most of the time', () => {
    expect(verdictOf(page(third('tax.example', 10, 100), third('pay.example', 120, 3800)))).toBe('bottleneck');
  });
});

describe('a message that is delivered again', () => {
  const attempt = (at: number, failed: boolean) =>
    span('hooks', 'default process', { at, ms: 3050, kind: 'consumer' }, [
      call('hooks', 'partner.example', 'HTTP POST', { at: at + 20, ms: 3000, failed, statusText: 'timed out' }),
    ]);
  const sent = (...attempts: SpanNode[]) => span('shop', 'default publish', { ms: 3, kind: 'producer' }, attempts);

  test('is handled where a later attempt succeeds', () => {
    expect(verdictOf(sent(attempt(60, true), attempt(33_000, false)))).toBeUndefined();
  });

  test('but not where the last attempt fails as well, or none follows', () => {
    expect(verdictOf(sent(attempt(60, true), attempt(33_000, true)))).toBe('error-origin');
    expect(verdictOf(sent(attempt(60, true)))).toBeDefined();
  });
});

describe('an upload', () => {
  const parts = (attributes: Readonly<Record<string, string>>) =>
    span('photos', 'doWork', { ms: 42_000 }, [
      ...times(8, (at) =>
        call('photos', 'upload', 'PATCH', { at: at * 5000, ms: 4900, attributes }, [
          server('upload', 'PATCH /files/{id}', { at: at * 5000 + 5, ms: 4890 }),
        ]),
      ),
    ]);

  test('in parts takes as long as its bytes', () => {
    expect(verdictOf(parts({ 'http.request.header.upload_offset': '1048576' }))).toBeUndefined();
  });

  test('while equal calls that send no part of a file are a fault', () => {
    expect(verdictOf(parts({}))).toBeDefined();
  });
});

describe('a part that nobody notices', () => {
  test('is one quick query in a longer request', () => {
    const page = (...rest: SpanNode[]) =>
      verdictOf(
        server('bank', 'GET /accounts', { ms: 700 }, [query('bank', 'SELECT 1', { at: 20, ms: 120 }), ...rest]),
      );
    expect(
      page(span('bank', 'map', { at: 145, ms: 250 }), span('bank', 'render', { at: 400, ms: 290 })),
    ).toBeUndefined();
    expect(page(query('bank', 'SELECT 2', { at: 200, ms: 460 }))).toBe('slow-query');
  });

  test('is a row of calls that may need each other, in a request of up to a second', () => {
    const saga = (ms: number, method = 'POST') =>
      verdictOf(
        server('trip', 'POST /trip', { ms: 4 * ms + 40 }, [
          ...times(4, (i) => call('trip', 'booking', method, { at: 10 + i * (ms + 5), ms })),
        ]),
      );
    expect(saga(160)).toBeUndefined();
    expect(saga(160, 'GET')).toBe('sequential-calls');
    expect(saga(600)).toBeDefined();
  });

  test('is a parent that was lost in a quick request', () => {
    const sent = traceFrom([
      row('root', undefined, 'server', 0, 300),
      row('call', 'root', 'client', 10, 250),
      row('lost', 'gone', 'server', 20, 200, 'mailer'),
    ]);
    expect(diagnosed(sent).diagnosis).toBeUndefined();
  });
});

function row(id: string, parentId: string | undefined, kind: 'server' | 'client', at: number, ms: number, of = 'web') {
  const times = { startUs: DRAWN_AT_US + at * 1000, durationUs: ms * 1000 };
  return { id, parentId, service: of, operation: id, kind, failed: undefined, attributes: {}, ...times };
}

describe('a message', () => {
  const late = (lagMs: number, workMs: number) =>
    verdictOf(
      server('web', 'POST /import', { ms: 60 }, [
        span('web', 'imports publish', { at: 10, ms: 3, kind: 'producer' }, [
          span('worker', 'imports process', { at: 13 + lagMs, ms: workMs, kind: 'consumer' }),
        ]),
      ]),
    );

  test('that waits for a moment behind others of its kind is not late', () => {
    expect(late(1400, 1200)).toBeUndefined();
  });

  test('while a longer wait, or one for quick work, is', () => {
    expect(late(40_000, 1200)).toBe('consumer-lag');
    expect(late(5000, 20)).toBe('consumer-lag');
  });
});

describe('another model', () => {
  const chat = (model: string, at: number, failed: boolean, task = 'chat') =>
    call('gateway', `${model}.example`, `${task} ${model}`, {
      at,
      ms: 600,
      failed,
      attributes: { 'gen_ai.operation.name': task, 'gen_ai.request.model': model },
    });
  const answer = (...calls: SpanNode[]) => verdictOf(server('gateway', 'POST /chat', { ms: 1300 }, calls));

  test('may answer in place of one that failed', () => {
    expect(answer(chat('opus', 10, true), chat('mini', 640, false))).toBeUndefined();
  });

  test('but not with something else', () => {
    expect(answer(chat('opus', 10, true), chat('mini', 640, false, 'embeddings'))).toBeDefined();
  });
});

describe('the parts of one query', () => {
  const parts = (kind: 'internal' | 'server', attributes: Attributes = {}) =>
    verdictOf(
      server('engine', 'POST /sql', { ms: 400 }, [
        ...times(24, () => span('worker', 'task', { at: 20, ms: 350, kind, attributes })),
      ]),
    );

  test('run at once by design', () => {
    expect(parts('internal')).toBeUndefined();
    expect(parts('server', { shard: '3_of_24' })).toBeUndefined();
  });

  test('while requests at once are a fan-out', () => {
    expect(parts('server')).toBe('fan-out');
  });
});

test('a scheduled function is a job, whatever the kind of its root', () => {
  const cleanup = (trigger: string) =>
    verdictOf(
      server('thumbs', 'cleanup', { ms: 8200, attributes: { 'faas.trigger': trigger } }, [
        call('thumbs', 'store', 'DeleteObjects', { at: 60, ms: 8100 }),
      ]),
    );
  expect(cleanup('timer')).toBeUndefined();
  expect(cleanup('http')).toBe('bottleneck');
});

describe('a proxy whose client reads slowly', () => {
  const line = (bytes: number, behind: number): LogLine => ({
    timeNs: `${DRAWN_AT_US + 12_300_000}000`,
    labels: {},
    line: `GET /book 200 bytes_sent=${bytes} request_time=12.251 upstream_response_time=${behind}`,
    service: 'www',
    level: 'info',
    traceId: 'drawn',
    spanId: '0',
  });
  const sent = (bytes: number, behind: number) =>
    verdictOf(server('www', 'GET /book', { ms: 12_400 }, [server('cms', 'GET /book', { at: 1, ms: 40 })]), [
      line(bytes, behind),
    ]);

  test('is busy with sending a file', () => {
    expect(sent(4_211_880, 0.041)).toBeUndefined();
  });

  test('while a small answer, or a slow server behind it, is a question', () => {
    expect(sent(4211, 0.041)).toBe('unexplained-gap');
    expect(sent(4_211_880, 12.2)).toBe('unexplained-gap');
  });
});

describe('below the span of an engine', () => {
  const plan = (spans: readonly SpanNode[], attributes: Attributes = { 'db.query.text': 'SELECT 1' }, ms = 2100) =>
    verdictOf(
      server('bi', 'POST /chart', { ms }, [
        call('bi', 'trino', 'POST', { at: 10, ms: ms - 20 }, [
          server('trino', 'query', { at: 12, ms: ms - 30, attributes }, [
            span('trino', 'stage', { at: 20, ms: ms - 60 }, spans),
          ]),
        ]),
      ]),
    );
  const atOnce = times(24, () => server('worker', 'task', { at: 30, ms: 1900 }));
  const inTurn = times(24, (at) => server('worker', 'task', { at: 30 + at * 80, ms: 78 }));

  test('parts that run at once are its plan', () => {
    expect(plan(atOnce)).toBeUndefined();
    expect(plan([span('trino', 'split', { at: 30, ms: 1900 })])).toBeUndefined();
  });

  test('while parts one after another, a long query, and another server are not', () => {
    expect(plan(inTurn)).toBeDefined();
    expect(
      plan([span('trino', 'split', { at: 30, ms: 19_000 })], { 'db.query.text': 'SELECT 1' }, 20_000),
    ).toBeDefined();
    expect(plan(atOnce, {})).toBe('fan-out');
  });
});

describe('a probe', () => {
  const probe = (route: string, ms: number) =>
    verdictOf(
      server('shop', `GET ${route}`, { ms: 5 * ms + 10, attributes: { 'http.route': route } }, [
        ...['tax', 'mail', 'stock', 'bank', 'files'].map((name, i) =>
          call('shop', name, 'GET /healthz', { at: 5 + i * ms, ms: ms - 2 }),
        ),
      ]),
    );

  test('may ask one dependency after another, in a second', () => {
    expect(probe('/health/deep', 150)).toBeUndefined();
    expect(probe('/overview', 150)).toBe('sequential-calls');
    expect(probe('/health/deep', 600)).toBe('sequential-calls');
  });
});

describe('a probe of a process that has just started', () => {
  const started = (route: string, ms: number) =>
    verdictOf(server('shop', `GET ${route}`, { ms, attributes: { 'http.route': route, 'faas.coldstart': true } }, []));

  test('waits so that no user has to', () => {
    expect(started('/readyz', 820)).toBeUndefined();
    expect(started('/health', 2100)).toBeUndefined();
  });

  test('while a user waits, and a start that holds up a rollout is worth a look', () => {
    expect(started('/basket', 2100)).toBe('cold-start');
    expect(started('/health', 14_000)).toBe('cold-start');
  });
});

describe('an export that reads a table page by page', () => {
  const pages = (method: string, trigger: string) =>
    verdictOf(
      span(
        'export',
        'export',
        { ms: 18_200, kind: 'server', attributes: { 'faas.trigger': trigger } },
        times(18, (i) =>
          span('export', `DynamoDB.${method}`, {
            at: 40 + i * 1000,
            ms: 900,
            kind: 'client',
            attributes: {
              'rpc.system': 'aws-api',
              'rpc.service': 'DynamoDB',
              'rpc.method': method,
              'db.system': 'dynamodb',
              'db.operation': method,
            },
          }),
        ),
      ),
    );

  test('needs the last key of each page', () => {
    expect(pages('Scan', 'timer')).toBeUndefined();
  });

  test('while single rows could be read together, and a user waits for each page', () => {
    expect(pages('GetItem', 'timer')).toBe('n-plus-one-queries');
    expect(pages('Scan', 'http')).toBeDefined();
  });
});

describe('a process that starts', () => {
  const started = (trigger: string, ms: number) =>
    verdictOf(
      span('tidy', 'handler', {
        ms: ms + 40,
        kind: 'server',
        attributes: { 'faas.coldstart': true, 'faas.trigger': trigger },
      }),
    );
  const withInit = (trigger: string, ms: number) =>
    verdictOf(
      span(
        'tidy',
        'handler',
        { ms: ms + 40, kind: 'server', attributes: { 'faas.coldstart': true, 'faas.trigger': trigger } },
        [span('tidy', 'init', { ms })],
      ),
    );

  test('lets nobody wait for a timer, while a person waits', () => {
    expect(started('timer', 300)).toBeUndefined();
    expect(withInit('timer', 1400)).toBeUndefined();
    expect(withInit('http', 900)).toBeUndefined();
    expect(withInit('http', 1400)).toBe('cold-start');
    expect(withInit('timer', 14_000)).toBe('cold-start');
  });
});

test('work that nobody asked for as far as spans show may take a second', () => {
  const push = (ms: number) =>
    verdictOf(
      span('builder', 'push parts', { ms: 2 * ms + 10 }, [
        ...times(2, (i) =>
          call('builder', 'parts', 'PUT', { at: 5 + i * ms, ms: ms - 2 }, [
            server('parts', 'PUT /parts', { at: 6 + i * ms, ms: ms - 4 }),
          ]),
        ),
      ]),
    );
  expect(push(320)).toBeUndefined();
  expect(push(900)).toBe('bottleneck');
});

test('a client that waits for mail idles', () => {
  const idle = (operation: string) =>
    verdictOf(
      span('mail', operation, { ms: 600_000, kind: 'client', attributes: { 'server.address': 'imap.example' } }),
    );
  expect(idle('IDLE')).toBeUndefined();
  expect(idle('FETCH')).toBe('bottleneck');
});

test('many texts are read at once', () => {
  const read = (tokens: number) =>
    verdictOf(
      server('library', 'POST /books', { ms: 2700 }, [
        call('library', 'models', 'embeddings', {
          at: 20,
          ms: 2600,
          attributes: { 'gen_ai.operation.name': 'embeddings', 'gen_ai.usage.input_tokens': tokens },
        }),
      ]),
    );
  expect(read(40_000)).toBeUndefined();
  expect(read(90)).toBe('bottleneck');
});

describe('work of which the service says how long it took', () => {
  const said = (line: string) => {
    const at = { timeNs: String(BigInt(DRAWN_AT_US + 2_990_000) * 1000n), spanId: '', traceId: '', labels: {} };
    return verdictOf(server('ledger', 'POST /match', { ms: 3000 }), [
      { ...at, service: 'ledger', level: 'info', line },
    ]);
  };

  test('as the last item of a list', () => {
    expect(said('matched 84000 bookings, 12 open, 2950 ms')).toBeUndefined();
    expect(said('matched 84000 bookings (2950 ms)')).toBeUndefined();
    expect(said('matched 84000 bookings, limit 2950 msgs')).toBe('bottleneck');
    expect(said('waited for the lock, 2950 ms')).toBe('bottleneck');
  });
});

describe('lines that count up', () => {
  const counted = (line: (i: number) => string, level = 'info') =>
    verdictOf(
      server('atlas', 'POST /relief', { ms: 4000 }),
      times(5, (i) => ({
        timeNs: String(BigInt(DRAWN_AT_US + (i + 1) * 700_000) * 1000n),
        spanId: '',
        traceId: '',
        labels: {},
        service: 'atlas',
        level,
        line: line(i),
      })),
    );

  test('account for work', () => {
    expect(counted((i) => `relief ${20 * (i + 1)} % done`)).toBeUndefined();
    expect(counted((i) => `sheet ${i + 1} of 5`)).toBeUndefined();
  });

  test('while levels, warnings and numbers that do not grow do not', () => {
    expect(counted((i) => `cpu usage ${20 * (i + 1)} %`)).toBe('bottleneck');
    expect(counted((i) => `relief ${20 * (i + 1)} % done`, 'warn')).toBe('bottleneck');
    expect(counted(() => 'relief 20 % done')).toBe('bottleneck');
  });
});

test('events that count up account for work without calls', () => {
  const counted = (value: (i: number) => number) =>
    verdictOf(
      server('atlas', 'POST /relief', { ms: 3020 }, [
        span('atlas', 'relief', {
          at: 10,
          ms: 3000,
          events: times(8, (i) => ({ at: 300 + i * 330, name: 'info depth', attributes: { depth: value(i) } })),
        }),
      ]),
    );
  expect(counted((i) => i)).toBeUndefined();
  expect(counted(() => 3)).toBe('bottleneck');
});

test('lines of a pod are followed for as long as somebody reads', () => {
  const log = (query: string) =>
    verdictOf(server('api', 'GET /log', { ms: 900_000, attributes: { 'url.query': query } }));
  expect(log('follow=true')).toBeUndefined();
  expect(log('tail=100')).toBeDefined();
});

describe('the start of an instance', () => {
  const started = (startMs: number, workMs: number, failed = false) =>
    verdictOf(
      server('fn', 'handler', { ms: startMs + workMs, failed, attributes: { 'faas.coldstart': true } }, [
        query('fn', 'SELECT name FROM users WHERE id = $1', { at: startMs, ms: 40 }),
      ]),
    );

  test('of which nobody notices much is no verdict', () => {
    expect(started(200, 100)).toBeUndefined();
    expect(started(299, 100)).toBeUndefined();
  });

  test('while a longer one, or one in a request that people find slow, is', () => {
    expect(started(310, 100)).toBe('cold-start');
    expect(started(290, 215)).toBe('cold-start');
  });
});

describe('a machine without spans that works for minutes', () => {
  const wash = (line: string) =>
    verdictOf(
      server('tunnel', 'POST /washes', { ms: 420_300 }, [call('tunnel', 'plc', 'Run', { at: 10, ms: 420_270 })]),
      [{ ...logLine('tunnel', 12, line, { level: 'info' }), rung: 'trace-id' }],
    );

  test('takes as long as its caller says before', () => {
    expect(wash('programme started, nominal duration 420 s')).toBeUndefined();
    expect(wash('programme started, nominal duration 7 min')).toBeUndefined();
  });

  test('while nobody announced this time', () => {
    expect(wash('programme started, nominal duration 90 s')).toBe('bottleneck');
    expect(wash('programme started, timeout 420 s')).toBeDefined();
  });
});

test.each([
  ['is what workers look like at noon', 210, 'info', undefined],
  ['is a full pool where the request is slow', 2100, 'info', 'pool-exhaustion'],
])('a turn behind a few others %s', (_, ms, level, kind) => {
  const line = logLine(
    'staves',
    ms - 58,
    `request waited ${(ms - 90) / 1000} s in Passenger's queue, 6 of 6 processes busy`,
    {
      level,
      spanId: '0.0.0',
    },
  );
  const root = server('barrels', 'GET /barrels', { ms }, [
    call('barrels', 'staves', 'GET', { at: 24, ms: ms - 34 }, [
      server('staves', 'GET /staves', { at: ms - 84, ms: 44 }),
    ]),
  ]);
  expect(verdictOf(root, [{ ...line, rung: 'trace-id' }])).toBe(kind);
});

test('a request that is refused on purpose after a long wait for a lock is unsure, and no fault without the wait', () => {
  const refused = (ms: number) =>
    diagnosed(
      traceOf(
        server('ledger', 'POST /entries', { ms, failed: true, attributes: { 'http.response.status_code': 409 } }, [
          query('ledger', 'UPDATE streams SET at = 2 WHERE id = 7', { at: 6, ms: ms - 20 }),
        ]),
      ),
      [{ ...logLine('ledger', ms - 10, `waited ${ms - 20} ms for a row lock`, { spanId: '0.0' }), rung: 'trace-id' }],
    ).diagnosis;
  expect(refused(3200)).toMatchObject({ kind: 'lock-contention', status: 'inconclusive' });
  expect(refused(90)).toBeUndefined();
});

test('a failed message leads over the second that it waited', () => {
  const root = server('farm', 'POST /feathers', { ms: 44, attributes: { 'http.response.status_code': 202 } }, [
    span('farm', 'feathers send', { at: 16, ms: 10, kind: 'producer' }, [
      span('feathers', 'feathers process', {
        at: 1060,
        ms: 20,
        kind: 'consumer',
        failed: true,
        statusText: 'RangeError: Invalid time value',
      }),
    ]),
  ]);
  expect(verdictOf(root)).toBe('error-origin');
});

test('an exception in work that nobody waits for is an origin, though its span has no mark', () => {
  const root = server('roots', 'POST /dry', { ms: 60 }, [
    call('roots', 'temporal', 'StartWorkflow', { at: 30, ms: 20 }, [
      span('drying', 'RunWorkflow', { at: 80, ms: 1100 }),
    ]),
  ]);
  const line = {
    ...logLine('drying', 1170, 'panic: workflow did not yield', { level: 'error', spanId: '0.0.0' }),
    rung: 'trace-id' as const,
  };
  expect(diagnosed(traceOf(root), [line]).diagnosis).toMatchObject({ kind: 'error-origin', service: 'drying' });
});

test('a limit of computing is no wait', () => {
  const root = server(
    'farm',
    'POST /photos',
    { ms: 10_060, failed: true, attributes: { 'http.response.status_code': 503 } },
    [span('farm', 'resize', { at: 20, ms: 10_030 })],
  );
  const line = {
    ...logLine('farm', 10_052, 'Error: Worker exceeded CPU time limit.', { level: 'error', spanId: '0' }),
    rung: 'trace-id' as const,
  };
  expect(diagnosed(traceOf(root), [line]).diagnosis?.kind).toBe('error-origin');
});
