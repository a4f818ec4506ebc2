import { describe, expect, test } from 'vitest';
import type { LogLine } from '#model/logs/log-line.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, type SpanNode, server, span, times, traceOf } from '#test/trace.ts';

const judged = (root: SpanNode) => diagnosed(traceOf(root));
const UPDATE = 'UPDATE inventory SET reserved = 1 WHERE sku = $1';

describe('a gap', () => {
  const before = query('order-service', 'SELECT * FROM orders WHERE id = 1', { at: 5, ms: 95 });
  const gapped = (last: SpanNode, options: Parameters<typeof server>[2] = {}) =>
    server('order-service', 'GET /orders', { ms: 2340, ...options }, [before, last]);
  const kinds = ({ findings }: ReturnType<typeof judged>) => findings.map(({ detector }) => detector);

  test('is said to be one where nothing else explains it, and says more than that the time is the service’s', () => {
    const judgement = judged(gapped(span('order-service', 'render', { at: 1900, ms: 430 })));
    expect(kinds(judgement)).toEqual(['unexplained-gap']);
    expect(judgement.diagnosis).toMatchObject({ kind: 'unexplained-gap', status: 'inconclusive' });
  });

  const quick = (attributes: Readonly<Record<string, number>> = {}) =>
    query('order-service', 'SELECT * FROM items WHERE id = 1', { at: 1900, ms: 12, attributes });

  test('before a quick query may be the wait for a connection, and much else: it stays unsure and names it all', () => {
    const judgement = judged(server('order-service', 'GET /orders', { ms: 1915 }, [before, quick()]));
    expect(kinds(judgement)).toEqual(['pool-exhaustion']);
    const { diagnosis } = judgement;
    expect(diagnosis).toMatchObject({
      status: 'inconclusive',
      statusReason: 'nothing recorded shows which of several causes it is',
      verdict: 'GET /orders spends 1.8 s in order-service before SELECT items, and no span shows why',
    });
    expect(diagnosis?.confidence).toBeLessThan(0.5);
    expect(diagnosis?.couldBe?.map(({ what }) => what)).toEqual([
      'a wait for a connection of a full pool',
      'computing',
      'a lock, or no free thread',
      'a call without a span',
      'garbage collection',
    ]);
    expect(diagnosis?.remedy).not.toContain('this guess');
  });

  test('before a quick query that counts a full pool is likely the wait for a connection', () => {
    const full = quick({ 'db.client.connections.used': 20, 'db.client.connections.max': 20 });
    const { diagnosis } = judged(server('order-service', 'GET /orders', { ms: 1915 }, [before, full]));
    expect(diagnosis).toMatchObject({ kind: 'pool-exhaustion', status: 'likely' });
    expect(diagnosis?.couldBe).toBeUndefined();
  });

  test('in which a span is the wait for a connection is confirmed to be that', () => {
    const wait = span('order-service', 'pool.acquire', { at: 105, ms: 1790 });
    const { diagnosis } = judged(server('order-service', 'GET /orders', { ms: 1915 }, [before, wait, quick()]));
    expect(diagnosis).toMatchObject({ kind: 'pool-exhaustion', status: 'confirmed' });
  });

  test('before a quick write is computing as likely as anything else', () => {
    const write = query('order-service', 'INSERT INTO totals VALUES ($1)', { at: 1900, ms: 12 });
    const { diagnosis } = judged(server('order-service', 'GET /orders', { ms: 1915 }, [before, write]));
    expect(diagnosis).toMatchObject({ kind: 'unexplained-gap', status: 'inconclusive' });
    expect(diagnosis?.couldBe?.slice(0, 2).map(({ what }) => what)).toEqual([
      'computing',
      'a wait for a connection of a full pool',
    ]);
  });

  test('in which the collector ran is the collector’s', () => {
    const events = [{ at: 110, name: 'gc', attributes: { 'gc.pause_ms': 1780 } }];
    expect(kinds(judged(gapped(span('order-service', 'render', { at: 1900, ms: 430 }), { events })))).toEqual([
      'gc-pause',
    ]);
  });

  test('before a quick query, in which the collector ran, is the collector’s as well', () => {
    const events = [{ at: 150, name: 'gc', attributes: { 'gc.pause_ms': 1700 } }];
    expect(kinds(judged(server('order-service', 'GET /orders', { ms: 1915, events }, [before, quick()])))).toEqual([
      'gc-pause',
    ]);
  });

  test('in which the span says that it waited for a lock is the lock’s', () => {
    const events = [
      { at: 110, name: 'waiting for lock' },
      { at: 1890, name: 'acquired lock' },
    ];
    expect(kinds(judged(gapped(span('order-service', 'render', { at: 1900, ms: 430 }), { events })))).toEqual([
      'lock-contention',
    ]);
  });

  test('of which a short pause explains the smaller part stays', () => {
    const events = [{ at: 110, name: 'gc', attributes: { 'gc.pause_ms': 600 } }];
    expect(kinds(judged(gapped(span('order-service', 'render', { at: 1900, ms: 430 }), { events })))).toEqual([
      'unexplained-gap',
      'gc-pause',
    ]);
  });
});

test('what is processed too late is what is wrong, although the request was quick', () => {
  const { diagnosis, symptom, findings } = judged(
    server('order-service', 'POST /orders', { ms: 60 }, [
      span('order-service', 'orders publish', { at: 20, ms: 5, kind: 'producer' }, [
        span('fulfillment', 'orders process', { at: 45_025, ms: 120, kind: 'consumer' }),
      ]),
    ]),
  );
  expect(diagnosis).toMatchObject({ kind: 'consumer-lag', service: 'fulfillment', status: 'likely' });
  expect(findings[0]?.severity).toBe('high');
  expect(symptom.text).toBe('POST /orders on order-service took 60 ms, and the work that it started waited 45 s');
});

test('a refusal after a long wait in vain for a lock comes from the lock', () => {
  const { diagnosis } = judged(
    server('tickets', 'POST /holds', { ms: 2960, attributes: { 'http.response.status_code': 409 } }, [
      span('tickets', 'Redlock.lock', { at: 10, ms: 2920, failed: true, statusText: 'failed to acquire lock on seat' }),
    ]),
  );
  expect(diagnosis).toMatchObject({ kind: 'lock-contention', service: 'tickets', status: 'confirmed' });
});

test('a client that names the limit that its call reached says who did not answer', () => {
  const failing = (statusText: string) =>
    judged(
      server('kyc', 'POST /checks', { ms: 5030, failed: true }, [
        call('kyc', 'id.example', 'POST', { at: 12, ms: 5004, failed: true, statusText }),
      ]),
    ).diagnosis;
  const kind = 'timeout-cascade';
  expect(failing('The configured timeout of 5 seconds elapsed')).toMatchObject({ kind, status: 'likely' });
  expect(failing('request timed out')).toMatchObject({ kind, status: 'inconclusive' });
});

test('what two attempts at one call took is no verdict as long as people tolerate it', () => {
  const paying = (secondMs: number) =>
    judged(
      server('till', 'POST /pay', { ms: 320 + secondMs }, [
        call('till', 'bank.example', 'POST', { at: 5, ms: 300, failed: true, statusText: 'read ECONNRESET' }),
        call('till', 'bank.example', 'POST', { at: 310, ms: secondMs }),
      ]),
    ).diagnosis;
  expect(paying(400)).toBeUndefined();
  expect(paying(1600)).toBeUndefined();
  expect(paying(2900)).toBeDefined();
});

test('a quota that a job waited out is no verdict, and one that nobody tried again is', () => {
  const status = (code: number) => ({ 'rpc.system': 'grpc', 'rpc.grpc.status_code': code });
  const read = (at: number, code: number) =>
    call('loader', 'ads.example', 'SearchStream', { at, ms: 900, failed: code > 0, attributes: status(code) });
  const line = 'RESOURCE_EXHAUSTED "Too many requests. Retry in 60 seconds.", waiting as told';
  const told = (...calls: readonly SpanNode[]) => {
    const trace = traceOf(span('loader', 'loads process', { ms: 70_000, kind: 'consumer' }, calls));
    return diagnosed(trace, [
      { ...logLine('loader', 1000, line, { level: 'warn', spanId: '0' }), rung: 'trace-id' as const },
    ]).diagnosis?.kind;
  };
  expect(told(read(50, 8), read(62_000, 0))).toBeUndefined();
  expect(told(read(50, 8), read(62_000, 8))).toBeDefined();
});

test('attempts of a job that all fail are no length', () => {
  const attempt = (at: number) => call('sync', 'miles.example', 'POST', { at, ms: 400, failed: true });
  const { diagnosis } = judged(
    span('sync', 'transfers process', { ms: 9000, kind: 'consumer', failed: true }, [
      attempt(10),
      attempt(1500),
      attempt(3500),
      attempt(7600),
    ]),
  );
  expect(diagnosis?.statusReason).not.toMatch(/nobody waits/);
});

test('where the time of a message went is no news within ten seconds', () => {
  const handled = (ms: number) =>
    judged(
      span('domains', 'renewals process', { ms: ms + 40, kind: 'consumer' }, [
        call('domains', 'registry-link', 'POST', { at: 10, ms: ms + 20 }, [
          server('registry-link', 'POST /renew', { at: 15, ms: ms + 10 }, [
            call('registry-link', 'epp.example', 'POST', { at: 20, ms }),
          ]),
        ]),
      ]),
    ).diagnosis;
  expect(handled(2300)).toBeUndefined();
  expect(handled(23_000)).toBeDefined();
});

test('a query is no longer than usual because its request was refused', () => {
  const refused = (code: number) => {
    const status = { 'http.response.status_code': code };
    return judged(
      call('phone', 'slots', 'POST', { ms: 340, failed: true, attributes: status }, [
        server('slots', 'POST /book', { at: 10, ms: 300, attributes: status, failed: code >= 500 }, [
          query('slots', UPDATE, { at: 20, ms: 220 }),
        ]),
      ]),
    ).diagnosis;
  };
  expect(refused(409)).toBeUndefined();
  expect(refused(500)).toBeDefined();
});

test('a loop of queries in a job is said where it is long, or where it splits a batch of messages', () => {
  const job = (inserts: number, ms: number, messages?: number) =>
    judged(
      span(
        'audit',
        'events process',
        {
          ms: inserts * ms,
          kind: 'consumer',
          attributes: messages === undefined ? {} : { 'messaging.batch.message_count': messages },
        },
        times(inserts, (i) =>
          query('audit', `INSERT INTO events (id, n) VALUES (${i}, 1)`, { at: i * ms, ms: ms - 2 }),
        ),
      ),
    ).diagnosis;
  expect(job(40, 20)).toBeUndefined();
  expect(job(40, 400)).toMatchObject({ kind: 'n-plus-one-queries', status: 'inconclusive' });
  // One write for each message, all within a second: nothing shows that one statement could do it.
  expect(job(40, 20, 40)).toBeUndefined();
  expect(job(40, 20, 20)).toMatchObject({ kind: 'n-plus-one-queries', status: 'likely' });
  expect(job(40, 60, 40)).toMatchObject({ kind: 'n-plus-one-queries', status: 'likely' });
  expect(job(40, 20, 400)).toBeUndefined();
});

test('a gap that the service’s own line accounts for is no verdict', () => {
  const gapped = (line: string) =>
    diagnosed(
      traceOf(
        server('docs', 'GET /pdf', { ms: 2300 }, [
          query('docs', 'SELECT * FROM contracts WHERE id = 1', { at: 5, ms: 95 }),
          query('docs', 'INSERT INTO renders (id) VALUES (1)', { at: 2200, ms: 60 }),
        ]),
      ),
      [logLine('docs', 2190, line)],
    ).diagnosis;
  expect(gapped('Rendered contract 7: 214 pages in 2051 ms')).toBeUndefined();
  expect(gapped('Rendered the cover in 40 ms')).toMatchObject({ kind: 'unexplained-gap' });
  expect(gapped('got the printer after waiting for it, in 2051 ms')).toMatchObject({ kind: 'unexplained-gap' });
});

test('a query in a request of half a second is at most an unsure cause by its shape alone', () => {
  const dashboard = (ms: number, queryMs = ms - 10) =>
    judged(
      server('shop', 'GET /dashboard', { ms }, [
        query('shop', 'SELECT * FROM bills WHERE id = 1', { at: 5, ms: queryMs }),
      ]),
    ).diagnosis;
  expect(dashboard(250)).toBeUndefined();
  expect(dashboard(490, 200)).toBeUndefined();
  expect(dashboard(300)).toMatchObject({ kind: 'slow-query', status: 'inconclusive' });
  expect(dashboard(501)).toMatchObject({ kind: 'slow-query', status: 'likely' });
  expect(dashboard(3000)).toMatchObject({ kind: 'slow-query', status: 'likely' });
});

test('a row that notes a repeat was meant to be refused', () => {
  const hook = (table: string, line?: LogLine) =>
    diagnosed(
      traceOf(
        server('hooks', 'POST /hook', { ms: 14, attributes: { 'http.response.status_code': 200 } }, [
          query('hooks', `INSERT INTO ${table} (id) VALUES ($1)`, {
            ms: 4,
            failed: true,
            statusText: 'duplicate key value violates unique constraint "pkey"',
          }),
        ]),
      ),
      line === undefined ? [] : [line],
    ).diagnosis;
  const line = logLine('hooks', 9, 'duplicate delivery of evt_1, already processed');
  expect(hook('processed_events')).toBeUndefined();
  expect(hook('charges', { ...line, rung: 'trace-id' })).toBeUndefined();
  const noop = logLine('hooks', 9, 'charge exists already, the unique constraint makes the second one a no-op');
  expect(hook('charges', { ...noop, rung: 'trace-id' })).toBeUndefined();
  expect(hook('charges', { ...line, rung: 'time' })).toMatchObject({ kind: 'swallowed-error', status: 'inconclusive' });
  expect(hook('charges')).toMatchObject({ kind: 'swallowed-error', status: 'inconclusive' });
});

test('a message that waited for minutes before quick work is late, although nobody waits for the job', () => {
  const late = (minutes: number) =>
    judged(
      span('worker', 'receipts process', {
        ms: 200,
        kind: 'consumer',
        events: [{ at: -60_000 * minutes, name: 'enqueued_at', attributes: {} }],
      }),
    ).diagnosis;
  expect(late(7)).toMatchObject({ kind: 'consumer-lag', status: 'likely' });
  expect(late(0.5)).toMatchObject({ kind: 'consumer-lag', status: 'inconclusive' });
});

describe('the time to be won', () => {
  const slow = (at: number, ms: number) =>
    call('web', 'stock', 'GET /stock', { at, ms }, [
      server('stock', 'GET /stock', { at: at + 1, ms: ms - 2 }, [
        query('stock', 'SELECT * FROM stock WHERE sku = $1', { at: at + 2, ms: ms - 4 }),
      ]),
    ]);
  const beside = (ms: number) =>
    call('web', 'price', 'GET /prices', { at: 0, ms }, [server('price', 'GET /prices', { at: 1, ms: ms - 2 })]);
  const locked = query('web', UPDATE, {
    at: 1010,
    ms: 500,
    events: [
      { at: 1012, name: 'waiting for lock' },
      { at: 1505, name: 'acquired lock' },
    ],
  });

  test('decides which of two problems comes first, and not how long they take', () => {
    const { findings, diagnosis } = judged(server('web', 'GET /', { ms: 1520 }, [slow(0, 1000), beside(950), locked]));
    expect(findings.slice(0, 2).map(({ detector, service }) => [detector, service])).toEqual([
      ['lock-contention', 'web'],
      ['slow-query', 'stock'],
    ]);
    expect(findings[1]).toMatchObject({ wastedUs: 996_000, wonUs: 50_000, severity: 'high' });
    expect(diagnosis?.remedy).not.toContain('That alone');
  });

  test('is as long as the call takes where nothing runs beside it', () => {
    const { findings } = judged(server('web', 'GET /', { ms: 1520 }, [slow(0, 1000), beside(20), locked]));
    expect(findings[0]).toMatchObject({ detector: 'slow-query', wastedUs: 996_000, wonUs: 996_000, severity: 'high' });
  });

  test('is told with what the request waits for next, where the remedy alone wins much less', () => {
    const { diagnosis } = judged(server('web', 'GET /', { ms: 1010 }, [slow(0, 1000), beside(400)]));
    expect(diagnosis).toMatchObject({ kind: 'slow-query', service: 'stock', status: 'likely' });
    expect(diagnosis?.remedy).toContain(
      'That alone saves 600 ms: GET /prices of price runs in parallel for 400 ms, and the request then waits for that.',
    );
  });

  test('of a loop of hundreds of queries is not measured by the few that are listed', () => {
    const loop = Array.from({ length: 600 }, (_, at) =>
      query('web', `SELECT * FROM items WHERE id = ${at}`, { at: 10 + at * 2, ms: 1.9 }),
    );
    const { findings, diagnosis } = judged(server('web', 'GET /', { ms: 1220 }, [beside(400), ...loop]));
    const [first] = findings;
    expect(first).toMatchObject({ detector: 'n-plus-one-queries', unlisted: 100 });
    expect(first?.spans).toHaveLength(500);
    expect(first?.wonUs).toBeGreaterThanOrEqual(first?.wastedUs ?? Number.NaN);
    expect(diagnosis?.remedy).not.toContain('That alone');
  });
});

describe('the chain', () => {
  test('a lock wait explains the slow query on the same span, and is the verdict', () => {
    const { diagnosis, findings } = judged(
      server('inventory', 'POST /reserve', { ms: 3100 }, [
        query('inventory', UPDATE, {
          at: 50,
          ms: 3000,
          events: [
            { at: 60, name: 'Waiting for lock behind 2 transactions' },
            { at: 2900, name: 'Acquired lock' },
          ],
        }),
      ]),
    );
    expect(findings.map(({ detector }) => detector)).toEqual(['lock-contention', 'slow-query']);
    expect(diagnosis).toMatchObject({
      kind: 'lock-contention',
      service: 'inventory',
      status: 'confirmed',
      chain: [{ finding: 1, because: 0 }],
    });
    // What the chain names is not ruled out.
    expect(diagnosis?.ruledOut.filter(({ service }) => service === 'inventory')).toEqual([]);
  });

  test('a slow query below a row of calls explains the row when it holds most of what the row lost', () => {
    const { diagnosis } = judged(
      server(
        'web',
        'GET /list',
        { ms: 2000 },
        times(4, (i) =>
          call('web', 'stock', 'GET', { at: i * 480, ms: 470, attributes: { 'http.request.method': 'GET' } }, [
            server('stock', 'GET /stock', { at: i * 480 + 5, ms: 460 }, [
              query('stock', 'SELECT * FROM stock WHERE id = 1', { at: i * 480 + 10, ms: 440 }),
            ]),
          ]),
        ),
      ),
    );
    expect(diagnosis).toMatchObject({ kind: 'slow-query', service: 'stock' });
  });

  test.each([
    [
      'is an N+1 after the list whose elements they are',
      [call('web', 'cart', 'GET /cart', { at: 5, ms: 20 })],
      'n-plus-one-calls',
    ],
    ['is an N+1 where no list is known, because the calls come one after another', [], 'n-plus-one-calls'],
  ])('a long row of calls to one operation %s, and that explains the row', (_, list, kind) => {
    const { diagnosis, findings } = judged(
      server('web', 'GET /page', { ms: 1400 }, [
        ...list,
        ...times(20, (i) => call('web', 'stock', `GET /stock/A${i}`, { at: 50 + i * 60, ms: 52 })),
      ]),
    );
    expect(findings.map(({ detector }) => detector).toSorted()).toEqual([
      'fan-out',
      'n-plus-one-calls',
      'sequential-calls',
    ]);
    expect(diagnosis).toMatchObject({ kind, service: 'web' });
    expect(diagnosis?.chain).toHaveLength(3);
  });

  test('two loops of queries explain together the many calls that they are', () => {
    const { diagnosis, findings } = judged(
      server('order-service', 'GET /orders', { ms: 1320 }, [
        query('order-service', 'SELECT * FROM orders LIMIT 20', { at: 0, ms: 15 }),
        ...times(20, (i) =>
          query('order-service', `SELECT * FROM customers WHERE id = ${i}`, { at: 20 + i * 30, ms: 25 }),
        ),
        ...times(20, (i) =>
          query('order-service', `SELECT * FROM lines WHERE id = ${i}`, { at: 700 + i * 30, ms: 25 }),
        ),
      ]),
    );
    expect(findings.map(({ detector }) => detector)).toEqual(['n-plus-one-queries', 'n-plus-one-queries', 'fan-out']);
    expect(diagnosis?.chain).toEqual([
      { finding: 2, because: 0 },
      { finding: 2, because: 1 },
    ]);
  });

  test('one query for each of fifty customers is an N+1, and the many calls follow from it', () => {
    const { diagnosis, findings } = judged(
      server('order-service', 'GET /orders', { ms: 1890 }, [
        query('order-service', "SELECT * FROM orders WHERE status = 'active' LIMIT 50", { at: 5, ms: 15 }),
        ...times(50, (i) =>
          query('order-service', `SELECT * FROM customers WHERE id = ${i}`, { at: 30 + i * 37, ms: 30 }),
        ),
      ]),
    );
    expect(findings.map(({ detector }) => detector)).toEqual(['n-plus-one-queries', 'fan-out']);
    expect(diagnosis?.chain).toEqual([{ finding: 1, because: 0 }]);
  });

  test('what a cache did not have explains the slow join that was asked instead, two services further down', () => {
    const redis = (command: string, at: number) =>
      span('product', 'GET', {
        at,
        kind: 'client',
        attributes: { 'db.system.name': 'redis', 'db.query.text': command, 'cache.hit': false },
      });
    const { diagnosis, findings } = judged(
      server('product', 'GET /product', { ms: 1000 }, [
        redis('GET product:456', 5),
        query('product', 'SELECT * FROM products WHERE id = $1', { at: 10, ms: 85 }),
        redis('GET product:456:reviews', 100),
        call('product', 'review', 'GET /reviews', { at: 105, ms: 890 }, [
          server('review', 'GET /reviews', { at: 106, ms: 888 }, [
            query('review', 'SELECT * FROM users u JOIN reviews r ON r.user = u.id', { at: 150, ms: 830 }),
          ]),
        ]),
      ]),
    );
    expect(findings.map(({ detector }) => detector)).toEqual(['cache-miss-cascade', 'slow-query']);
    expect(diagnosis).toMatchObject({ kind: 'cache-miss-cascade', chain: [{ finding: 1, because: 0 }] });
  });

  test('one miss is no cascade: the slow query behind it is what is wrong', () => {
    const { diagnosis } = judged(
      server('stock', 'GET /stock', { ms: 890 }, [
        span('stock', 'GET', {
          at: 2,
          ms: 2,
          kind: 'client',
          attributes: { 'db.system.name': 'redis', 'db.query.text': 'GET inventory:12345', 'cache.hit': false },
        }),
        query('stock', 'SELECT * FROM stock WHERE sku = $1', { at: 8, ms: 875 }),
      ]),
    );
    expect(diagnosis).toMatchObject({ kind: 'slow-query', service: 'stock' });
  });

  test('a slow query explains no error, and a time-out on record says more than its length', () => {
    const failing = (statusText: string) =>
      judged(
        server('web', 'GET /', { ms: 1000, failed: true }, [
          call('web', 'stock', 'GET /stock', { at: 5, ms: 900, failed: true, statusText }, [
            server('stock', 'GET /stock', { at: 6, ms: 895 }, [
              query('stock', 'SELECT * FROM s WHERE id = 1', { at: 10, ms: 880 }),
            ]),
          ]),
        ]),
      ).diagnosis?.kind;
    expect(failing('invalid customer')).toBe('error-origin');
    expect(failing('context deadline exceeded')).toBe('timeout-cascade');
  });
});

describe('the verdict', () => {
  test('of a failed request is the failure, however slow something else was', () => {
    const { diagnosis, symptom, findings } = judged(
      server('web', 'POST /checkout', { ms: 2000, attributes: { 'http.response.status_code': 500 } }, [
        query('web', 'SELECT * FROM carts WHERE id = 1', { at: 0, ms: 1500 }),
        call('web', 'payment', 'POST /charge', { at: 1600, ms: 100, attributes: { 'http.response.status_code': 503 } }),
      ]),
    );
    expect(symptom.text).toBe('POST /checkout on web failed with 500 after 2 s');
    expect(diagnosis).toMatchObject({ kind: 'error-origin', operation: 'POST /charge', share: 1 });
    expect(findings).toContainEqual(
      expect.objectContaining({
        detector: 'slow-query',
        service: 'web',
        whyNotFirst: 'it made the request slower, but nothing recorded shows that it made the request fail',
      }),
    );
  });

  test('rules out the services that only passed the failure on', () => {
    const status = { attributes: { 'http.response.status_code': 500 } };
    const { diagnosis } = judged(
      server('gateway', 'POST /', { ms: 100, ...status }, [
        server('checkout', 'POST /', { ms: 90, ...status }, [server('fraud', 'POST /evaluate', { ms: 80, ...status })]),
      ]),
    );
    expect(diagnosis?.service).toBe('fraud');
    expect(diagnosis?.ruledOut.filter(({ why }) => why.includes('passed on')).map(({ service }) => service)).toEqual([
      'checkout',
      'gateway',
    ]);
  });

  test('is inconclusive where most of the problem lies elsewhere, and says where to look', () => {
    const of = (ms: number) =>
      judged(
        server('web', 'GET /', { ms: 1000 }, [
          query('web', 'SELECT * FROM t WHERE id = 1', { ms }),
          span('web', 'render', { at: ms + 1, ms: 999 - ms }),
        ]),
      ).diagnosis;
    expect(of(900)).toMatchObject({ status: 'likely', share: 0.9 });
    expect(of(300)).toMatchObject({ status: 'inconclusive', statusReason: 'most of the problem lies elsewhere' });
    expect(of(300)?.remedy).toMatch(
      /^Look first at render of web, which takes 700 ms of 1 s by itself\. Then: Look at the plan/,
    );
    expect(of(900)?.remedy).not.toContain('Look first');
  });

  test('that rests on weak evidence is called a guess', () => {
    const { diagnosis } = diagnosed(
      traceOf(
        server('web', 'GET /', { ms: 1000, failed: true }, [
          call('web', 'stock', 'GET /stock', { at: 10, ms: 200, failed: true }),
        ]),
        server('stock', 'work', { at: 400, ms: 60 }),
      ),
    );
    expect(diagnosis).toMatchObject({ kind: 'error-origin', status: 'inconclusive' });
    expect(diagnosis?.remedy).toMatch(
      /^Look for what would prove this guess wrong before you change anything in web\./,
    );
  });

  test('is confirmed only where the evidence says it', () => {
    const slow = (statement: string, events: NonNullable<Parameters<typeof query>[2]>['events']) =>
      judged(server('web', 'GET /', { ms: 1000 }, [query('web', statement, { ms: 900, ...(events && { events }) })]))
        .diagnosis;
    const planned = slow('SELECT * FROM t WHERE id = 1', [{ at: 5, name: 'plan: Seq Scan on t' }]);
    const silent = slow('SELECT * FROM t WHERE id = 1', undefined);
    expect([planned?.status, silent?.status]).toEqual(['confirmed', 'likely']);
    expect(planned?.confidence).toBeGreaterThan(silent?.confidence ?? 1);
    expect(slow('SELECT * FROM t WHERE id = 1 FOR UPDATE', undefined)).toMatchObject({
      kind: 'lock-contention',
      status: 'likely',
    });
  });

  test('is confirmed of a cold start only where somebody says that it was one', () => {
    const loading = (attributes: Readonly<Record<string, boolean>>) =>
      judged(
        server('model', 'POST /predict', { ms: 1000, attributes }, [
          span('model', 'load_model', { at: 5, ms: 800 }),
          span('model', 'predict', { at: 810, ms: 180 }),
        ]),
      ).diagnosis;
    expect(loading({})).toMatchObject({ kind: 'cold-start', status: 'likely' });
    expect(loading({ 'faas.coldstart': true })).toMatchObject({ kind: 'cold-start', status: 'confirmed' });
  });

  test('quotes all that is said of why a query is slow', () => {
    const { findings } = judged(
      server('web', 'GET /', { ms: 1000 }, [
        query('web', 'SELECT * FROM t WHERE id = 1', {
          ms: 900,
          events: [
            { at: 5, name: 'plan: Seq Scan on t' },
            { at: 6, name: 'no index used' },
          ],
        }),
      ]),
    );
    expect(findings[0]?.title).toMatch(/a missing index$/);
    expect(findings[0]?.evidence?.map(({ text }) => text.trim())).toEqual(['no index used', 'plan: Seq Scan on t']);
  });

  test('is less sure where the trace has holes', () => {
    const slow = (missing: readonly SpanNode[]) =>
      diagnosed(
        traceOf(
          server('web', 'GET /', { ms: 1000 }, [query('web', 'SELECT * FROM t WHERE id = 1', { ms: 900 })]),
          ...missing,
        ),
      ).diagnosis;
    const whole = slow([]);
    const holed = slow([server('stock', 'GET /stock', { at: 20, ms: 60 })]);
    expect(holed?.kind).toBe('slow-query');
    expect(holed?.confidence).toBeLessThan(whole?.confidence ?? 0);
  });

  test('leaves to the other findings what it is not sure of, by what each would explain', () => {
    const { findings } = judged(
      server('web', 'GET /', { ms: 2000 }, [
        query('web', 'SELECT * FROM t WHERE id = 1', { ms: 1200 }),
        query('web', 'SELECT * FROM u WHERE id = 1', { at: 1201, ms: 600 }),
      ]),
    );
    const [first = 0, second = 1] = findings.map(({ confidence }) => confidence);
    expect(findings.map(({ wastedUs }) => wastedUs)).toEqual([1_200_000, 600_000]);
    expect(second).toBeLessThan(1 - first);
    expect(second).toBeGreaterThan(0);
  });

  test('is a bottleneck only where nothing names a mechanism', () => {
    const own = judged(server('web', 'GET /', { ms: 2000 }));
    expect(own.diagnosis).toMatchObject({ kind: 'bottleneck', status: 'inconclusive' });
    const both = judged(
      server('web', 'GET /', { ms: 2000 }, [
        query('web', 'SELECT * FROM t WHERE id = 1', { ms: 300 }),
        span('web', 'render', { at: 301, ms: 1699 }),
      ]),
    );
    expect(both.findings.map(({ detector }) => detector)).toEqual(['slow-query', 'bottleneck']);
    const covered = judged(
      server('web', 'GET /', { ms: 2000 }, [query('web', 'SELECT * FROM t WHERE id = 1', { ms: 1900 })]),
    );
    expect(covered.findings.map(({ detector }) => detector)).toEqual(['slow-query']);
  });

  test('says why each of the others is not it', () => {
    const { diagnosis, findings } = judged(
      server('web', 'GET /', { ms: 3000 }, [
        query('web', 'SELECT * FROM t WHERE id = 1', { ms: 800 }),
        query('web', 'SELECT * FROM u WHERE id = 1', { at: 801, ms: 400 }),
        query('stock', 'SELECT * FROM u WHERE id = 1', { at: 1210, ms: 400 }),
        span('web', 'render', { at: 1612, ms: 1388 }),
      ]),
    );
    // Another slow query of the service that the verdict names needs no excuse.
    expect(findings.map(({ detector, service, whyNotFirst }) => [detector, service, whyNotFirst])).toEqual([
      ['slow-query', 'web', undefined],
      ['slow-query', 'stock', 'it explains only 400 ms'],
      ['slow-query', 'web', undefined],
      ['bottleneck', 'web', 'it says where the time goes, but not why'],
    ]);
    // They are listed as found, and not as ruled out as well.
    expect(diagnosis?.ruledOut.map(({ kind }) => kind)).not.toContain('slow-query');
    expect(diagnosis?.ruledOut.map(({ kind }) => kind)).not.toContain('bottleneck');
  });

  test('of a healthy trace is none, and says what was looked at', () => {
    const { diagnosis, symptom, findings } = judged(
      server('web', 'GET /', { ms: 40 }, [query('web', 'SELECT * FROM t WHERE id = 1', { ms: 9 })]),
    );
    expect([diagnosis, findings, symptom.kind]).toEqual([undefined, [], 'none']);
  });

  test('ranks every service, those without a finding by their share of the path and below every finding', () => {
    const { diagnosis } = judged(
      server('web', 'GET /', { ms: 1000 }, [
        query('web', 'SELECT * FROM t WHERE id = 1', { at: 0, ms: 500 }),
        ...['a', 'b', 'c', 'd'].map((name, i) => span(name, 'work', { at: 510 + i * 100, ms: 20 * (i + 1) })),
      ]),
    );
    expect(diagnosis?.ranking.map(({ service }) => service)).toEqual(['web', 'd', 'c', 'b', 'a']);
  });
});

describe('what is meant to be is no headline', () => {
  const login = (hashMs: number) =>
    judged(
      server('login', 'POST /session', { ms: hashMs + 40 }, [span('login', 'argon2id.verify', { at: 10, ms: hashMs })]),
    ).diagnosis;

  test('a password’s hash of up to a second', () => {
    expect(login(900)).toBeUndefined();
    expect(login(3000)).toMatchObject({ kind: 'bottleneck' });
  });

  const search = (callee: string, callMs: number) =>
    judged(
      server('broker', 'GET /search', { ms: callMs + 40 }, [
        ...times(30, (i) => call('broker', callee, 'Query', { at: 5 + i * 0.1, ms: callMs - (i % 7) })),
      ]),
    ).diagnosis?.kind;

  test('one quick question to each shard at once', () => {
    expect(search('search-shard', 50)).toBeUndefined();
    expect(search('prices', 50)).toBe('fan-out');
    expect(search('search-shard', 900)).toBe('fan-out');
  });
});

describe('an error with words', () => {
  const gap = (statusText: string | undefined) =>
    judged(
      server('page', 'GET /page', { ms: 640, attributes: { 'http.response.status_code': 200 } }, [
        call(
          'page',
          'reviews',
          'GET /reviews',
          { at: 100, ms: 500, failed: true, statusText: 'rendering an empty list' },
          [
            server('reviews', 'GET /reviews', { at: 103, ms: 492, failed: true }, [
              query('reviews', 'SELECT votes FROM review', {
                at: 560,
                ms: 28,
                failed: true,
                ...(statusText && { statusText }),
              }),
            ]),
          ],
        ),
      ]),
    ).diagnosis?.kind;

  test('comes before time for which nothing is recorded', () => {
    expect(gap("Unknown column 'votes'")).toBe('error-origin');
  });
});

test.each([
  ['LDAP: error code 49', 401, false],
  ['LDAPException: resultCode=49 (invalid credentials)', 401, false],
  ['KDC_ERR_PREAUTH_FAILED', 401, false],
  ['radius: Access-Reject', 401, false],
  ['NotAuthorizedException: Incorrect username or password.', 401, false],
  ['LDAP: error code 49', 500, true],
])('a wrong password at a directory, %s, answered with %i', (statusText, code, isFault) => {
  const { diagnosis } = diagnosed(
    traceOf(
      server(
        'door',
        'POST /enter',
        { ms: 60, failed: code >= 500, attributes: { 'http.response.status_code': code } },
        [call('door', 'directory', 'bind', { at: 5, ms: 40, failed: true, statusText })],
      ),
    ),
    [logLine('door', 52, `Authentication failed for user 7: ${statusText}`, { spanId: '0', level: 'warn' })],
  );
  expect(diagnosis !== undefined).toBe(isFault);
});

test.each([
  ['Incorrect result size: expected 1, actual 0; nested EmptyResultDataAccessException', 404, false],
  ['sql: no rows in result set', 404, false],
  ['DoesNotExist: Buoy matching query does not exist.', 404, false],
  ['relation "buoys" does not exist', 404, true],
  ['sql: no rows in result set', 500, true],
])('a row that is not there, %s, answered with %i', (statusText, code, isFault) => {
  const { diagnosis } = diagnosed(
    traceOf(
      server(
        'buoys',
        'GET /buoys/{id}',
        { ms: 60, failed: code >= 500, attributes: { 'http.response.status_code': code } },
        [query('buoys', 'SELECT place FROM buoys WHERE id = ?', { at: 5, ms: 40, failed: true, statusText })],
      ),
    ),
    [logLine('buoys', 52, `buoy 7: ${code}`, { spanId: '0' })],
  );
  expect(diagnosis !== undefined).toBe(isFault);
});
