import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  alsoKnownAs,
  linesOfRequest,
  linesOfTrace,
  rungCounts,
  silentServices,
  tiesOf,
} from '#model/logs/log-correlation.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import type { Trace } from '#model/trace/trace.ts';
import { logLine } from '#test/log-line.ts';
import { rowsOf, type SpanOptions, server, span, traceOf } from '#test/trace.ts';

const REQUEST = 'req-91';

function traceWith(attributes: SpanOptions['attributes'] = {}) {
  return traceOf(
    server('gateway', 'POST /orders', { ms: 900, attributes }, [
      server('cart', 'GET /cart', { at: 100, ms: 200 }),
      server('stock', 'GET /stock', { at: 400, ms: 300 }),
    ]),
  );
}

const trace = traceWith({
  'http.request.header.x-request-id': REQUEST,
  'user.id': 'u-4711',
  'client.address': '203.0.113.9',
});
const own = (service: string, at: number, line = 'done') => logLine(service, at, line, { traceId: trace.traceId });

function rungs(lines: readonly LogLine[], options = { several: false }) {
  return linesOfTrace(trace, lines, options).map(({ service, rung }) => `${service} ${rung}`);
}

describe('the ladder', () => {
  test('takes of each service the surest lines and no weaker ones beside them', () => {
    const lines = [
      own('gateway', 0),
      logLine('gateway', 5, 'something else'),
      logLine('cart', 110, `request_id=${REQUEST} read`),
      logLine('cart', 120, 'something else'),
      logLine('stock', 410, 'pool: 20 of 20 in use'),
    ];
    expect(rungs(lines)).toEqual(['gateway trace-id', 'cart request-id', 'stock time']);
  });

  test.each([
    (id: string) => `tid=${id} out of memory`,
    (id: string) => `[cart,${id},00000000000000b3] out of memory`,
    (id: string) => `{"trace":"${id}","msg":"out of memory"}`,
    (id: string) => `giving up on ${id.toUpperCase()}`,
  ])('a line with the whole id of the trace is of this trace, whatever names the id', (write) => {
    const id = '5af7183fb1d4cf5f6ca3a4d5b0c1e2f3';
    const long = traceFrom(rowsOf(server('cart', 'GET /cart', { ms: 200 })), id);
    const rungOf = (line: string) =>
      linesOfTrace(long, [logLine('cart', 110, line)], { several: false }).map(({ rung, traceId }) => [rung, traceId]);
    expect(rungOf(write(id))).toEqual([['trace-id', id]]);
    expect(rungOf(write(`${id}0`))).toEqual([['time', '']]);
  });

  test('a full pool is reported for all requests, beside the lines of the request', () => {
    const stats = (idle: number, waiting: number) =>
      logLine('cart', 200, `Shop - Pool stats (total=10, active=${10 - idle}, idle=${idle}, waiting=${waiting})`);
    expect(rungs([own('cart', 110), stats(0, 14)])).toEqual(['cart trace-id', 'cart time']);
    expect(rungs([own('cart', 110), stats(3, 0), stats(0, 0)])).toEqual(['cart trace-id']);
  });

  test('a maintenance lasts until a line ends it, for a day', () => {
    const HOUR = 3_600_000;
    const refused = traceOf(
      server('shop', 'GET /', { ms: 9, failed: true, attributes: { 'http.response.status_code': 503 } }),
    );
    const kept = (agoMs: number, ...later: readonly string[]) => {
      const lines = [
        logLine('shop', -agoMs, 'Application is now in maintenance mode.'),
        ...later.map((text) => logLine('shop', -HOUR, text)),
      ];
      return linesOfTrace(refused, lines, { several: false }).length;
    };
    expect([kept(2 * HOUR), kept(25 * HOUR)]).toEqual([1, 0]);
    expect(kept(2 * HOUR, 'Application is now live.')).toBe(0);
  });

  test('a line of another instance is no evidence by its time, unless a call may have reached that instance', () => {
    const on = (pod: string) => ({ resource: { 'k8s.pod.name': pod } });
    const pause = (pod: string) => ({ ...logLine('cart', 200, `GC pause in ${pod}`), labels: { pod } });
    const pods = (one: Trace) =>
      linesOfTrace(one, [pause('cart-1'), pause('cart-2')], { several: false }).map(({ labels }) => labels.pod);
    expect(pods(traceOf(server('cart', 'GET /cart', { ms: 900, ...on('cart-1') })))).toEqual(['cart-1']);
    expect(pods(traceOf(server('cart', 'GET /cart', { ms: 900 })))).toEqual(['cart-1', 'cart-2']);
    const both = server('cart', 'GET /cart', { ms: 900, ...on('cart-1') }, [span('cart', 'work', on('cart-2'))]);
    expect(pods(traceOf(both))).toEqual(['cart-1', 'cart-2']);
    const lost = server('shop', 'GET /', { ms: 900 }, [
      span('shop', 'GET', { kind: 'client', peer: 'cart', failed: true }),
      server('cart', 'GET /cart', { ms: 200, ...on('cart-1') }),
    ]);
    expect(pods(traceOf(lost))).toEqual(['cart-1', 'cart-2']);
  });

  test('a line of the request without a service belongs to the service that its head names, or to the only one', () => {
    const lines = ['WARN [stock] no room', '[info][service=cart] done', '[main] [com.Shop] done'].map((line, at) =>
      own('', at, line),
    );
    expect(linesOfTrace(trace, lines, { several: false }).map(({ service }) => service)).toEqual(['stock', 'cart', '']);
    const single = traceOf(server('gateway', 'POST /orders', { ms: 900 }));
    expect(linesOfTrace(single, lines.slice(2), { several: false }).map(({ service }) => service)).toEqual(['gateway']);
  });

  test('trace id and request id are one step: both are certain', () => {
    expect(rungs([own('cart', 110), logLine('cart', 120, `[${REQUEST}] retried`)])).toEqual([
      'cart trace-id',
      'cart request-id',
    ]);
  });

  test('a line that names another trace or another request is never this one’s', () => {
    const lines = [
      logLine('cart', 110, `mine: ${REQUEST}`, { traceId: 'feedfeedfeedfeed' }),
      logLine('cart', 120, 'request_id=req-92 read'),
    ];
    expect(rungs(lines)).toEqual([]);
  });

  test('finds a request id as a token, and not inside of another one', () => {
    expect(rungs([logLine('cart', 110, 'took req-910 from the queue'), logLine('cart', 9_000, 'req-91-b')])).toEqual([
      'cart time',
    ]);
  });

  test('finds ids in fields as well as in text', () => {
    const line = { ...logLine('cart', 110, 'read'), labels: { http_request_header_x_request_id: REQUEST } };
    expect(rungs([line])).toEqual(['cart request-id']);
  });

  test('by the user half a minute around, by time two seconds, by the address last', () => {
    const lines = [
      logLine('cart', -20_000, 'user_id=u-4711 logged in'),
      logLine('cart', -40_000, 'user_id=u-4711 logged in'),
      logLine('stock', -3_000, 'somebody asked'),
      logLine('stock', -1_000, 'somebody asked'),
      logLine('proxy', 10_000, '203.0.113.9 - - "POST /orders" 502'),
    ];
    expect(rungs(lines)).toEqual(['cart session', 'stock time', 'proxy address']);
  });

  test('of several traces, lines that share a time must share a service, too', () => {
    const lines = [logLine('billing', 100, 'hello'), logLine('stock', 100, 'hello')];
    expect(rungs(lines, { several: true })).toEqual(['stock time']);
    expect(rungs(lines)).toEqual(['billing time', 'stock time']);
  });

  test('each line once, in order of time, whatever the order in which they came', () => {
    const lines = [own('gateway', 0, 'a'), own('cart', 110, 'b'), own('stock', 420, 'c'), own('cart', 110, 'b')];
    fc.assert(
      fc.property(fc.shuffledSubarray(lines, { minLength: lines.length }), (shuffled) => {
        expect(linesOfTrace(trace, shuffled, { several: false }).map(({ line }) => line)).toEqual(['a', 'b', 'c']);
      }),
    );
  });

  test('says which services are silent but for unsure lines', () => {
    expect(silentServices(trace, [own('gateway', 0), logLine('stock', 410, 'hello')])).toEqual(['cart', 'stock']);
  });
});

describe('what a request is called', () => {
  test.each([
    ['http.request.header.x-request-id', '["req-91"]'],
    ['http.request.header.x-correlation-id', 'req-91'],
    ['request.id', 'req-91'],
    ['requestId', 'req-91'],
    ['aws.request_id', 'req-91'],
    ['guid:x-request-id', 'req-91'],
    ['faas.invocation_id', 'req-91'],
  ])('on a span as %s', (name, value) => {
    expect(tiesOf(traceWith({ [name]: value }), []).requestIds).toEqual(['req-91']);
  });

  test.each([
    'X-Request-ID: req-91',
    'x-correlation-id=req-91, next',
    '{"requestId":"req-91","msg":"x"}',
    '{"log":"{\\"request_id\\":\\"req-91\\"}"}',
    'reqId=req-91',
    "headers: {'X-Request-Id': ['req-91']}",
  ])('in a line that names the trace: %s', (line) => {
    expect(tiesOf(traceWith(), [own('cart', 110, line)]).requestIds).toEqual(['req-91']);
  });

  test.each([
    'request_id=-',
    'request id unknown',
    'request_id=null',
    'request_id=12',
    'requested_id=req-91',
    'request_id=00000000',
  ])('is not %s', (line) => {
    expect(tiesOf(traceWith(), [own('cart', 110, line)]).requestIds).toEqual([]);
  });

  test('only lines that name the trace teach its ids', () => {
    expect(tiesOf(traceWith(), [logLine('cart', 110, 'request_id=req-92')]).requestIds).toEqual([]);
  });

  test('the client is the first of those that proxies handed on, and no loopback', () => {
    const forwarded = {
      'http.request.header.x-forwarded-for': '["198.51.100.7, 10.0.0.2"]',
      'client.address': '10.0.0.2',
    };
    expect(tiesOf(traceWith(forwarded), []).addresses).toEqual(['198.51.100.7']);
    expect(tiesOf(traceWith({ 'client.address': '127.0.0.1' }), []).addresses).toEqual([]);
  });

  test('no more ids than a query has room for, and no more spans read than the first ones', () => {
    const many = traceOf(
      server('gateway', 'POST /', { ms: 900 }, [
        ...Array.from({ length: 300 }, (_, at) => span('cart', 'x', { at, attributes: { 'request.id': `req-${at}` } })),
      ]),
    );
    expect(tiesOf(many, []).requestIds).toHaveLength(8);
  });
});

test('counts the lines of each rung, surest first, with the ids by which they belong', () => {
  const lines = linesOfTrace(
    trace,
    [own('gateway', 0), own('gateway', 1, 'more'), logLine('cart', 110, REQUEST), logLine('stock', 410, 'hello')],
    { several: false },
  );
  expect(rungCounts(lines, tiesOf(trace, lines))).toEqual([
    { rung: 'trace-id', lines: 2, services: ['gateway'], ids: [] },
    { rung: 'request-id', lines: 1, services: ['cart'], ids: [REQUEST] },
    { rung: 'time', lines: 1, services: ['stock'], ids: [] },
  ]);
});

describe('a request without a trace', () => {
  const lines = [
    logLine('gateway', 0, 'X-Request-ID: req-91 correlation_id=c-7f3a received'),
    logLine('cart', 20, 'correlation_id=c-7f3a read'),
    logLine('stock', 30, 'counted', { traceId: 'feedfeedfeedfeed' }),
    logLine('cart', 40, 'request_id=req-91 charged', { traceId: 'feedfeedfeedfeed' }),
    logLine('batch', 50, 'done: request_id=req-90 request_id=req-91 request_id=req-92 request_id=req-93'),
    logLine('cart', 60, 'request_id=req-92 read'),
  ];

  test('has the lines that hold its id, and those that hold what these call it', () => {
    expect(linesOfRequest('req-91', lines).map(({ service, rung }) => `${service} ${rung}`)).toEqual([
      'gateway request-id',
      'cart request-id',
      'stock trace-id',
      'cart trace-id',
      'batch request-id',
    ]);
  });

  test('has those of its user or session where a service has none of its own, half a minute around', () => {
    const session = 'session_id=s-88f1';
    const found = linesOfRequest('req-91', [
      logLine('gateway', 0, `request_id=req-91 ${session} begins`),
      logLine('gateway', 500, `${session} something else of the same service`),
      logLine('mail', 700, `${session} mail was not sent`),
      logLine('mail', 900, `${session} request_id=req-92 of another request`),
      logLine('mail', 1_000, `${session} of another trace`, { traceId: 'abcdabcdabcdabcd' }),
      logLine('mail', 40_000, `${session} much later`),
      logLine('stock', 600, 'session_id=s-1234 of somebody else'),
    ]);
    expect(found.map(({ service, rung, line }) => `${service} ${rung} ${line}`)).toEqual([
      `gateway request-id request_id=req-91 ${session} begins`,
      `mail session ${session} mail was not sent`,
    ]);
  });

  test('is not called what a list of requests is called', () => {
    expect(alsoKnownAs('req-91', lines)).toEqual({ requestIds: ['req-91', 'c-7f3a'], traceIds: ['feedfeedfeedfeed'] });
  });

  test('may be asked about by a trace’s id of which no source has the trace', () => {
    expect(linesOfRequest('feedfeedfeedfeed', lines).map(({ rung }) => rung)).toContain('trace-id');
  });
});

test('Pino and Bunyan name the service in each line, also where nothing ties a line to the request', () => {
  const line = (text: string) => logLine('', 450, text);
  const ofStock = line('{"level":40,"time":1,"pid":18,"name":"stock","msg":"Mark-Compact 2040.1 (2082.3)"}');
  const ofOthers = line('{"level":40,"time":1,"pid":18,"name":"uvicorn","msg":"ready"}');
  const services = linesOfTrace(trace, [ofStock, ofOthers], { several: false }).map(({ service }) => service);
  expect(services).toEqual(['stock', '']);
});

describe('one of many failed logins', () => {
  const failed = (at: number, who: string, options = {}) =>
    logLine('gateway', at, `login failed for ${who} from 198.51.100.7: wrong password`, options);
  const mine = failed(10, 'anna', { traceId: trace.traceId });

  test('brings the others of its client', () => {
    const attack = Array.from({ length: 12 }, (_, i) =>
      failed(-60_000 + 4_000 * i, `user${i}`, { traceId: `${i}abc` }),
    );
    expect(rungs([mine, ...attack]).filter((rung) => rung === 'gateway address')).toHaveLength(12);
  });

  test('brings none where a person forgot a password, or another client is the attacker', () => {
    expect(rungs([mine, failed(-9_000, 'anna'), failed(-5_000, 'anna')])).toEqual(['gateway trace-id']);
    const others = Array.from({ length: 12 }, (_, i) =>
      logLine('gateway', -60_000 + i, 'login failed for root from 192.0.2.9'),
    );
    expect(rungs([mine, ...others])).toEqual(['gateway trace-id']);
  });
});
