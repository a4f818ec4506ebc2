/** Which of several failures is the cause: the examples of the guides, and what must not be blamed. */
import { describe, expect, test } from 'vitest';
import type { JudgedFinding } from '#model/finding/finding.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, type SpanNode, type SpanOptions, server, span, times, traceOf } from '#test/trace.ts';

const failed = { failed: true };
const status = (code: number) => ({ attributes: { 'http.response.status_code': code } });
const exception = (at: number, message: string) => ({
  events: [{ at, name: 'exception', attributes: { 'exception.message': message } }],
});
/** Both sides of a call that failed. */
const hop = (
  from: string,
  to: string,
  operation: string,
  { at, ms }: { at: number; ms: number },
  children: readonly SpanNode[] = [],
  options: SpanOptions = {},
) =>
  call(from, to, operation, { at, ms, ...failed }, [
    server(to, operation, { at: at + 1, ms: ms - 2, ...failed, ...options }, children),
  ]);

/** The findings from the cause on, and what of them follows from what. */
function judged(...roots: readonly SpanNode[]) {
  const { findings, diagnosis, symptom } = diagnosed(traceOf(...roots));
  const name = (i: number) => findings[i]?.detector ?? '';
  return {
    verdict: diagnosis && `${diagnosis.kind} in ${diagnosis.service}`,
    title: diagnosis?.verdict ?? '',
    status: diagnosis?.status,
    symptom: symptom.kind,
    found: findings.map(({ detector }) => detector).sort(),
    because: (diagnosis?.chain ?? []).map(({ finding, because }) => `${name(finding)} ← ${name(because)}`),
    severities: findings.map(({ severity }) => severity),
  };
}

describe('the thirty seconds', () => {
  test('come from a lock that the lowest of the services waited for', () => {
    const { verdict, because, found, title } = judged(
      server('api-gateway', 'POST /orders', { ms: 30_012, ...failed }, [
        hop('api-gateway', 'order-service', 'POST /create', { at: 3, ms: 30_005 }, [
          hop('order-service', 'inventory-svc', 'POST /reserve', { at: 6, ms: 30_001.5 }, [
            query('inventory-svc', 'UPDATE inventory SET reserved = 1 WHERE sku = $1', {
              at: 7.1,
              ms: 29_999.3,
              ...failed,
              ...exception(30_000, 'Lock wait timeout exceeded; try restarting transaction'),
            }),
          ]),
        ]),
      ]),
    );
    expect(verdict).toBe('lock-contention in inventory-svc');
    expect(title).toContain('UPDATE inventory of inventory-svc failed after waiting 30 s for a lock');
    expect(found).toEqual(['error-origin', 'lock-contention', 'slow-query', 'timeout-cascade']);
    expect(because).toContain('timeout-cascade ← lock-contention');
  });

  test('of a callee that says nothing are a time-out cascade, and its caller is not blamed', () => {
    const { verdict, because } = judged(
      server('api-gateway', 'POST /orders', { ms: 5030, ...failed }, [
        hop('api-gateway', 'order-service', 'POST /create', { at: 5, ms: 5020 }, [
          call('order-service', 'inventory-svc', 'POST /reserve', {
            at: 10,
            ms: 5001,
            ...failed,
            statusText: 'timeout of 5000 ms exceeded',
          }),
        ]),
      ]),
    );
    expect(verdict).toBe('timeout-cascade in inventory-svc');
    expect(because).toEqual(['error-origin ← timeout-cascade']);
  });

  test('are a timeout that names the query below the call that was given up', () => {
    expect(
      judged(
        server('web', 'GET /list', { ms: 3010, ...failed }, [
          call('web', 'stock', 'GET /stock', { at: 5, ms: 3000, ...failed, statusText: 'deadline exceeded' }, [
            server('stock', 'GET /stock', { at: 6, ms: 6000 }, [
              query('stock', 'SELECT * FROM stock', { at: 10, ms: 5900 }),
            ]),
          ]),
        ]),
      ),
    ).toMatchObject({ verdict: 'timeout-cascade in stock' });
  });
});

describe('a retry storm', () => {
  const reserve = (at: number, ms: number, options: SpanOptions) =>
    call('order-service', 'inventory-svc', 'POST /reserve', { at, ms, ...failed, ...options });

  test('is the cause of the pool that it exhausted', () => {
    const { verdict, because } = judged(
      server('order-service', 'POST /create', { ms: 12_450, ...failed, statusText: 'Failed after 3 retries' }, [
        reserve(5, 5001, { statusText: 'TIMEOUT' }),
        reserve(5010, 5002, { statusText: 'TIMEOUT' }),
        reserve(10_020, 2410, { statusText: 'TIMEOUT', ...exception(12_400, 'Connection pool exhausted') }),
      ]),
    );
    expect(verdict).toBe('retry-storm in order-service');
    expect(because).toContain('pool-exhaustion ← retry-storm');
    expect(because).toContain('error-origin ← retry-storm');
  });

  test('follows from the pool where the first attempt found it exhausted', () => {
    expect(
      judged(
        server('order-service', 'POST /create', { ms: 3000, ...failed }, [
          ...times(3, (i) =>
            hop('order-service', 'inventory-svc', 'POST /reserve', { at: i * 900, ms: 800 }, [
              query('inventory-svc', 'SELECT 1 FROM stock WHERE sku = 1', {
                at: i * 900 + 5,
                ms: 700,
                ...failed,
                statusText: 'unable to acquire connection from pool',
              }),
            ]),
          ),
        ]),
      ),
    ).toMatchObject({ verdict: 'pool-exhaustion in inventory-svc' });
  });

  test('of three attempts follows from what the callee itself says', () => {
    expect(
      judged(
        server('order-service', 'POST /create', { ms: 400, ...failed }, [
          ...times(3, (i) =>
            hop('order-service', 'inventory-svc', 'POST /reserve', { at: i * 110, ms: 100 }, [], {
              statusText: 'stock table is read-only',
            }),
          ),
        ]),
      ),
    ).toMatchObject({ verdict: 'error-origin in inventory-svc', because: ['retry-storm ← error-origin'] });
  });

  test('that multiplies is the cause where the callee has only no room', () => {
    const layers = (statusText: string) =>
      judged(
        server('gateway', 'POST /orders', { ms: 3000, ...failed }, [
          ...times(3, (i) =>
            hop('gateway', 'order-service', 'POST /create', { at: i * 900, ms: 800 }, [
              ...times(3, (j) =>
                hop('order-service', 'inventory-svc', 'POST /reserve', { at: i * 900 + 10 + j * 200, ms: 150 }, [], {
                  ...status(503),
                  statusText,
                }),
              ),
            ]),
          ),
        ]),
      );
    expect(layers('overloaded')).toMatchObject({ verdict: 'retry-storm in order-service' });
    expect(layers('').title).toContain('inventory-svc gets 9 requests for one');
  });
});

describe('an answer that hides a failure', () => {
  const page = (children: readonly SpanNode[]) =>
    server('product-service', 'GET /product/123', { ms: 5100, ...status(200) }, children);

  test('is the verdict where the calls tell no more than that they timed out, and the request was degraded', () => {
    const {
      verdict,
      symptom,
      found,
      status: certainty,
    } = judged(
      page([
        query('product-service', 'SELECT * FROM products WHERE id = $1', { at: 1, ms: 12 }),
        call('product-service', 'review-service', 'GET /reviews', {
          at: 15,
          ms: 5001,
          ...failed,
          statusText: 'TIMEOUT',
        }),
        call('product-service', 'recommendation-svc', 'GET /similar', {
          at: 16,
          ms: 5002,
          ...failed,
          statusText: 'TIMEOUT',
        }),
      ]),
    );
    expect([verdict, symptom, certainty]).toEqual(['swallowed-error in product-service', 'degraded', 'likely']);
    expect(found).toEqual(['swallowed-error']);
  });

  test('follows from the origin where that lies deeper', () => {
    expect(
      judged(
        page([
          hop('product-service', 'review-service', 'GET /reviews', { at: 15, ms: 50 }, [
            query('review-service', 'SELECT * FROM reviews', {
              at: 18,
              ms: 40,
              ...failed,
              statusText: 'relation does not exist',
            }),
          ]),
        ]),
      ),
    ).toMatchObject({
      verdict: 'error-origin in review-service',
      because: ['swallowed-error ← error-origin'],
    });
  });

  test('is less than a query that makes people wait', () => {
    expect(
      judged(
        page([
          query('product-service', 'SELECT * FROM products', { at: 1, ms: 4800 }),
          call('product-service', 'review-service', 'GET /reviews', {
            at: 4900,
            ms: 20,
            ...failed,
            statusText: 'reset',
          }),
        ]),
      ),
    ).toMatchObject({ verdict: 'slow-query in product-service', symptom: 'degraded' });
  });
});

describe('a circuit breaker that opens after two failures and refuses the rest', () => {
  const OPEN = 'circuit breaker is open';
  const calls = (failure: (at: number) => SpanNode) =>
    server('checkout', 'POST /checkout', { ms: 2100, ...failed }, [
      failure(0),
      failure(1000),
      ...times(3, (i) =>
        call('checkout', 'cart', 'GET /cart', { at: 2000 + i * 10, ms: 0.1, ...failed, statusText: OPEN }),
      ),
    ]);

  test('is the verdict where the failures give no reason of the callee’s own', () => {
    expect(judged(calls((at) => call('checkout', 'cart', 'GET /cart', { at, ms: 900, ...failed })))).toMatchObject({
      verdict: 'circuit-open in checkout',
      because: ['error-origin ← circuit-open'],
    });
  });

  test('is as severe as the failure of the request, which follows from it', () => {
    const { verdict, severities } = judged(
      calls((at) => call('checkout', 'cart', 'GET /cart', { at, ms: 990, ...failed })),
    );
    expect([verdict, severities]).toEqual(['circuit-open in checkout', ['high', 'high']]);
  });

  test('follows from what the callee said before', () => {
    const { verdict, title } = judged(
      calls((at) => hop('checkout', 'cart', 'GET /cart', { at, ms: 900 }, [], { statusText: 'disk is full' })),
    );
    expect(verdict).toBe('error-origin in cart');
    expect(title).toContain('“disk is full”');
  });
});

describe('a message that fails three times', () => {
  const delivered = (attempt: (at: number) => SpanNode) =>
    server('order-service', 'POST /orders', { ms: 20, ...status(201) }, [
      span('order-service', 'orders-topic publish', { at: 5, ms: 3, kind: 'producer' }, [
        ...times(3, (i) => attempt(20 + i * 30)),
        span('dead-letter-queue', 'produce to orders-dlq', { at: 130, ms: 4, kind: 'producer' }),
      ]),
    ]);
  const consume = (at: number, options: SpanOptions, children: readonly SpanNode[] = []) =>
    span('fulfillment-svc', 'orders-topic process', { at, ms: 15, kind: 'consumer', ...failed, ...options }, children);

  test('is poison where its content is wrong', () => {
    const { verdict, symptom, title } = judged(
      delivered((at) => consume(at, exception(at + 10, 'Invalid product SKU format: null'))),
    );
    expect([verdict, symptom]).toEqual(['poison-message in fulfillment-svc', 'degraded']);
    expect(title).toMatch(/failed 3 times .* and went to orders-dlq: “Invalid product SKU format: null”/);
  });

  test('is poison where a statement below refuses its content', () => {
    expect(
      judged(
        delivered((at) =>
          consume(at, {}, [
            query('fulfillment-svc', 'INSERT INTO queue VALUES ($1)', {
              at: at + 2,
              ms: 8,
              ...failed,
              statusText: 'null value in column "sku" violates not-null constraint',
            }),
          ]),
        ),
      ),
    ).toMatchObject({ verdict: 'poison-message in fulfillment-svc' });
  });

  test('is well where what the consumer calls was down', () => {
    expect(
      judged(
        delivered((at) =>
          consume(at, {}, [
            hop('fulfillment-svc', 'warehouse', 'POST /pick', { at: at + 2, ms: 10 }, [], {
              statusText: 'server busy',
            }),
          ]),
        ),
      ),
    ).toMatchObject({ verdict: 'error-origin in warehouse', because: ['poison-message ← error-origin'] });
  });
});

describe('what is wrong with the trace itself', () => {
  const skewed = (ms: number) =>
    server('web', 'GET /', { ms: 120, resource: { 'host.name': 'a' } }, [
      call('web', 'stock', 'GET /stock', { at: 10, ms: 100, resource: { 'host.name': 'a' } }, [
        server('stock', 'GET /stock', { at: 10 - ms, ms: 60, resource: { 'host.name': 'b' } }),
      ]),
    ]);

  test('is low, and no symptom of the request', () => {
    expect(judged(skewed(5735))).toMatchObject({
      verdict: 'clock-skew in stock',
      symptom: 'none',
      status: 'inconclusive',
      severities: ['low'],
    });
  });

  test('is no headline where clocks differ by less than five seconds', () => {
    expect(judged(skewed(35))).toMatchObject({ verdict: undefined, found: ['clock-skew'] });
    expect(judged(skewed(4735))).toMatchObject({ verdict: undefined, found: ['clock-skew'] });
  });

  test('is never before what is wrong with the request', () => {
    const { verdict, found } = judged(
      server('web', 'GET /', { ms: 3000, ...failed }, [
        call('web', 'stock', 'GET /stock', { at: 10, ms: 100, ...failed, statusText: 'boom' }),
      ]),
      server('stock', 'GET /stock', { at: 20, ms: 60 }),
    );
    expect([verdict, found]).toEqual(['error-origin in web', ['broken-trace', 'error-origin', 'unexplained-gap']]);
  });
});

describe('several failures below one caller', () => {
  type Side = Readonly<{ name: string; at: number; ms: number; says: string; type?: string; code?: number }>;
  const callee = ({ name, at, ms, says, type = 'Error', code = 500 }: Side) =>
    call('bff', name, `GET /${name}`, { at, ms, ...failed, ...status(code) }, [
      server(name, `GET /${name}`, {
        at: at + 1,
        ms: ms - 2,
        ...failed,
        ...status(code),
        events: said(at + ms - 2, says, type),
      }),
    ]);
  const said = (at: number, message: string, type = 'Error') =>
    message === ''
      ? []
      : [{ at, name: 'exception', attributes: { 'exception.message': message, 'exception.type': type } }];
  const page = (sides: readonly Side[], root: { says?: string; type?: string; code?: number } = {}) =>
    server(
      'bff',
      'GET /page',
      { ms: 700, ...failed, ...status(root.code ?? 500), events: said(690, root.says ?? '', root.type) },
      sides.map(callee),
    );
  const CORE: Side = { name: 'core', at: 3, ms: 100, says: 'schema mismatch in orders' };
  const ADS: Side = { name: 'ads', at: 3, ms: 300, says: 'no campaign for region 7' };
  const later = (side: Side): Side => ({ ...side, at: 320 });
  const servicesThatFailed = (findings: readonly JudgedFinding[]) =>
    findings.filter(({ detector }) => detector === 'error-origin').map(({ service }) => service);
  const orders: readonly (readonly [how: string, sides: readonly Side[]])[] = [
    ['at once, the other one for longer', [CORE, ADS]],
    ['at once, the other one shorter', [{ ...CORE, ms: 500 }, ADS]],
    ['one after the other, this one first', [CORE, later(ADS)]],
    ['one after the other, this one last', [ADS, later(CORE)]],
  ];

  describe.each(orders)('%s: the caller failed on the one', (_, sides) => {
    const core = sides.map((side) =>
      side.name === 'core' ? { ...side, type: 'shop.SchemaMismatch', code: 503 } : side,
    );
    test.each([
      ['that it quotes', { says: 'schema mismatch in orders' }],
      ['that it quotes in a sentence of its own', { says: 'page not built: core said "schema mismatch in orders"' }],
      ['whose message it was cut in', { says: 'schema mismatch in …' }],
      ['that it names', { says: 'upstream core did not answer well' }],
      ['whose exception it is', { says: 'page not built', type: 'web.SchemaMismatch' }],
      ['whose status it passes on', { code: 503 }],
      ['whose status it speaks of', { says: 'upstream returned 503' }],
    ])('%s', (__, root) => {
      const { findings, diagnosis } = diagnosed(traceOf(page(core, root)));
      expect(diagnosis).toMatchObject({ kind: 'error-origin', service: 'core', status: 'confirmed', share: 1 });
      const origins = findings.filter(({ detector }) => detector === 'error-origin');
      expect(origins.map(({ service, facts }) => [service, facts.reachedRoot])).toEqual([
        ['core', true],
        ['ads', false],
      ]);
      expect(origins[1]?.explanation).toMatch(/Its caller failed, too, but names another cause\.$/);
    });

    test('that a line of its log speaks of', () => {
      const trace = traceOf(page(sides));
      const lines = [logLine('bff', 690, 'page failed: schema mismatch in orders', { spanId: '0', level: 'error' })];
      const { findings, diagnosis } = diagnosed(trace, lines);
      expect(diagnosis).toMatchObject({ service: 'core', status: 'confirmed' });
      expect(servicesThatFailed(findings)).toEqual(['core', 'ads']);
    });

    test.each([
      ['nothing is said', {}],
      ['it only says what anybody says', { says: 'Internal Server Error' }],
      ['it says what tells none of them', { says: 'page could not be built' }],
    ])('or nobody knows on which, where %s', (__, root) => {
      const { findings, diagnosis } = diagnosed(traceOf(page(sides, root)));
      expect(servicesThatFailed(findings).toSorted()).toEqual(['ads', 'core']);
      expect(diagnosis?.status).toBe('inconclusive');
      expect(diagnosis?.confidence).toBeLessThan(0.5);
      expect(diagnosis?.verdict).toMatch(
        /^(?:GET \/ads of ads .* GET \/core of core|GET \/core of core .* GET \/ads of ads) failed too, and nothing recorded shows which of them made GET \/page of bff fail$/,
      );
      expect(diagnosis?.couldBe?.map(({ what }) => what).toSorted()).toEqual([
        'the failure of GET /ads in ads (“no campaign for region 7”)',
        'the failure of GET /core in core (“schema mismatch in orders”)',
      ]);
      expect(
        diagnosis?.ranking
          .slice(0, 2)
          .map(({ service }) => service)
          .toSorted(),
      ).toEqual(['ads', 'core']);
      expect(diagnosis?.ruledOut.map(({ service }) => service)).not.toContain('core');
      expect(diagnosis?.ruledOut.map(({ service }) => service)).not.toContain('ads');
    });
  });

  test('explain no more than their part, also where one of them was tried again', () => {
    const tries = [5, 60, 115].map((at) =>
      call('bff', 'ads', 'GET /ads', { at, ms: 50, ...failed, statusText: 'no campaign for region 7' }),
    );
    const core = call('bff', 'core', 'GET /core', { at: 170, ms: 90, ...failed, statusText: 'schema mismatch' });
    const { findings, diagnosis } = diagnosed(
      traceOf(server('bff', 'GET /page', { ms: 300, ...failed }, [...tries, core])),
    );
    expect(findings.map(({ detector }) => detector)).toContain('retry-storm');
    expect(diagnosis).toMatchObject({ status: 'inconclusive', share: 0.5 });
  });

  test('are told apart deeper down by what the caller of both says, whoever is above it', () => {
    const { diagnosis } = diagnosed(
      traceOf(
        server('gateway', 'GET /', { ms: 800, ...failed }, [
          call('gateway', 'bff', 'GET /page', { at: 1, ms: 790, ...failed }, [
            page([CORE, ADS], { says: 'schema mismatch in orders' }),
          ]),
        ]),
      ),
    );
    expect(diagnosis).toMatchObject({ service: 'core', status: 'confirmed' });
  });

  test('are one where they are of one service and for one reason', () => {
    const { diagnosis } = diagnosed(
      traceOf(
        server('bff', 'GET /page', { ms: 300, ...failed }, [
          query('bff', 'SELECT * FROM a', { at: 1, ms: 90, ...failed, statusText: 'database is read-only' }),
          query('bff', 'SELECT * FROM b', { at: 100, ms: 90, ...failed, statusText: 'database is read-only' }),
        ]),
      ),
    );
    expect(diagnosis).toMatchObject({ kind: 'error-origin', service: 'bff', status: 'confirmed' });
  });

  test.each([
    ['of RPC, which the caller passes on', { 'rpc.grpc.status_code': 14 }],
    ['of HTTP, as gateways translate it', { 'http.response.status_code': 503 }],
  ])('are told apart by a code %s', (_, attributes) => {
    const rpc = (name: string, at: number, code: number) =>
      call('bff', name, `shop.${name}/Get`, { at, ms: 90, ...failed, attributes: { 'rpc.grpc.status_code': code } });
    const { findings, diagnosis } = diagnosed(
      traceOf(server('bff', 'GET /page', { ms: 300, ...failed, attributes }, [rpc('ads', 5, 9), rpc('core', 100, 14)])),
    );
    expect(diagnosis?.verdict).toContain('shop.core/Get from bff to core');
    expect(findings.map(({ facts }) => [facts.callee, facts.rivals])).toContainEqual(['core', 0]);
  });

  test('are told apart by the type behind the exception in its stack trace', () => {
    const thrown = (at: number, type: string, stack: string) => [
      { at, name: 'exception', attributes: { 'exception.type': type, 'exception.stacktrace': stack } },
    ];
    const stack =
      'jakarta.servlet.ServletException: Request processing failed\nCaused by: shop.SchemaMismatch\n\tat shop.A';
    const { diagnosis } = diagnosed(
      traceOf(
        server(
          'bff',
          'GET /page',
          { ms: 300, ...failed, events: thrown(290, 'jakarta.servlet.ServletException', stack) },
          [
            call('bff', 'ads', 'GET', { at: 5, ms: 90, ...failed, events: thrown(90, 'shop.NoCampaign', '') }),
            call('bff', 'core', 'GET', { at: 100, ms: 90, ...failed, events: thrown(180, 'shop.SchemaMismatch', '') }),
          ],
        ),
      ),
    );
    expect(diagnosis?.verdict).toContain('from bff to core');
    expect(diagnosis?.couldBe).toBeUndefined();
  });

  test('are named by whom they called where all calls have one name', () => {
    const { diagnosis } = diagnosed(
      traceOf(
        server('feed', 'GET /feed', { ms: 500, ...failed, ...status(500) }, [
          call('feed', 'users', 'GET', { at: 5, ms: 120, ...status(503) }),
          call('feed', 'posts', 'GET', { at: 6, ms: 300, ...status(500) }),
        ]),
      ),
    );
    expect(diagnosis?.verdict).toMatch(
      /^The call GET from feed to posts failed .*; GET of users failed too, and nothing/,
    );
    expect(diagnosis?.couldBe?.map(({ what }) => what)).toEqual([
      'the failure of the call of posts GET',
      'the failure of the call of users GET',
    ]);
    expect(diagnosis?.check).toMatch(/^The log of posts shows that it answered this call without an error/);
  });

  test('stay unsure where one of them is a time-out cascade, which explains only its own', () => {
    const { diagnosis, findings } = diagnosed(
      traceOf(
        server('bff', 'GET /page', { ms: 5030, ...failed }, [
          call('bff', 'core', 'GET /core', { at: 3, ms: 100, ...failed, statusText: 'schema mismatch in orders' }),
          call('bff', 'ads', 'GET /ads', { at: 5, ms: 5001, ...failed, statusText: 'timeout of 5000 ms exceeded' }),
        ]),
      ),
    );
    expect(findings.map(({ detector }) => detector)).toContain('timeout-cascade');
    expect(diagnosis?.status).toBe('inconclusive');
    expect(diagnosis?.verdict).toMatch(/GET \/core of core failed too, and nothing recorded shows/);
  });
});

describe('a failure that was put up with is not why a request was refused', () => {
  const ads = call('api', 'ads', 'GET /ads', { at: 3, ms: 300, ...failed, ...status(500), statusText: 'no campaign' });
  const refusing = (message: string, options: SpanOptions = {}) =>
    server(
      'api',
      'POST /orders',
      {
        ms: 400,
        ...status(422),
        events: message === '' ? [] : [{ at: 390, name: 'exception', attributes: { 'exception.message': message } }],
        ...options,
      },
      [ads],
    );

  test.each([
    ['of a span that counts as well', {}],
    ['of a span that counts as failed', failed],
  ])('%s, which says in its own words what was wrong', (_, options) => {
    const { diagnosis, findings } = diagnosed(traceOf(refusing('quantity must be positive', options)));
    expect(diagnosis).toBeUndefined();
    expect(findings.map(({ service, operation }) => `${service} ${operation}`)).toContain('api GET /ads');
  });

  test('unless the refusal says that it was for this', () => {
    const { diagnosis } = diagnosed(traceOf(refusing('cannot price the order: no campaign')));
    expect(diagnosis).toMatchObject({ operation: 'GET /ads' });
  });

  test('and where it says nothing, nobody knows', () => {
    const { diagnosis } = diagnosed(traceOf(refusing('')));
    expect(diagnosis).toMatchObject({
      status: 'inconclusive',
      verdict: 'api answered POST /orders with 422 Unprocessable Content, while GET /ads of ads failed',
    });
    expect(diagnosis?.couldBe?.map(({ what }) => what)).toEqual(['a wrong request', 'the failure of GET /ads of ads']);
  });
});

test('a token that nobody could check, because its keys could not be fetched, is a failure of who checks it', () => {
  const LOST = "RemoteKeySourceException: Couldn't retrieve remote JWK set: Connection refused";
  const told = (line: string, spanId: string) => {
    const trace = traceOf(
      server('gate', 'GET /lamps', { ms: 230, ...failed, ...status(401) }, [
        span('gate', 'JwtDecoder.decode', { at: 6, ms: 214, ...failed }),
      ]),
    );
    const { diagnosis } = diagnosed(trace, [{ ...logLine('gate', 222, line, { spanId, level: 'error' }) }]);
    return diagnosis && `${diagnosis.status} ${diagnosis.kind} of ${diagnosis.service}`;
  };
  expect(told(LOST, '0.0')).toBe('confirmed error-origin of gate');
  expect(told(LOST, '0')).toMatch(/error-origin of gate$/);
  // The token was checked, and it is wrong.
  expect(told('BadJWSException: Signed JWT rejected: Invalid signature', '0.0')).toBeUndefined();
});

test('a key that is unknown is a failure of who checks the tokens where all of them are refused', () => {
  const UNKNOWN = 'JWKSNoMatchingKey: no applicable key found in the JSON Web Key Set';
  const told = (line: string, level = 'error') => {
    const refused = server('gate', 'GET /lamps', { ms: 9, ...failed, ...status(401), statusText: UNKNOWN });
    const { diagnosis } = diagnosed(traceOf(refused), [logLine('gate', 5, line, { spanId: '0', level })]);
    return diagnosis && `${diagnosis.kind} of ${diagnosis.service}`;
  };
  expect(told(`all tokens are refused since 08:10: ${UNKNOWN}`)).toBe('error-origin of gate');
  // Somebody may have forged the one token.
  expect(told(`token refused: ${UNKNOWN}`)).toBeUndefined();
  expect(told(`all tokens are refused since 08:10: ${UNKNOWN}`, 'info')).toBeUndefined();
  // Whatever the reason: nobody gets in since then.
  expect(told('all tokens are refused since 08:10: signature is wrong')).toBe('error-origin of gate');
  expect(told('token refused: signature is wrong')).toBeUndefined();
});

test('a line beside that of the key says that all tokens are refused, where a device got the refusal', () => {
  const told = (beside: string) => {
    const asked = call('phone', 'gate', 'GET', { ms: 20, ...failed, ...status(401) }, [
      server('gate', 'GET /lamps', { at: 4, ms: 9, ...status(401) }),
    ]);
    const said = (line: string) => logLine('gate', 7, line, { spanId: '0.0', level: 'error' });
    const key = 'Signed JWT rejected: Another algorithm expected, or no matching key(s) found';
    const { diagnosis } = diagnosed(traceOf(asked), [said(key), said(beside)]);
    return diagnosis && `${diagnosis.kind} of ${diagnosis.service}`;
  };
  expect(told('all tokens are rejected since 08:10')).toBe('error-origin of gate');
  expect(told('the lamps are dimmed since 08:10')).toBeUndefined();
  expect(told('this token is rejected')).toBeUndefined();
});

test('a short wait in a queue does not hide the failure that reached the request', () => {
  const { verdict, found } = judged(
    server('desk', 'StartWorkflow:Seal', { ms: 4200, ...failed }, [
      span('sealer', 'RunActivity:Seal', {
        at: 1500,
        ms: 400,
        ...failed,
        statusText: 'PdfException: xref table corrupt',
        kind: 'consumer',
      }),
    ]),
  );
  expect(found).not.toContain('consumer-lag');
  expect(verdict).toBe('error-origin in sealer');
});

describe('attempts that the callee answered too late', () => {
  const attempts = (count: number) =>
    judged(
      server('shop', 'POST /pay', { ms: count * 2050, ...failed }, [
        ...Array.from({ length: count }, (_, i) =>
          call(
            'shop',
            'bank',
            'POST /authorize',
            { at: i * 2050, ms: 2000, ...failed, statusText: 'deadline exceeded' },
            [
              server('bank', 'POST /authorize', { at: i * 2050 + 1, ms: 4900 }, [
                query('bank', 'SELECT * FROM limits WHERE card = $1', { at: i * 2050 + 5, ms: 4880 }),
              ]),
            ],
          ),
        ),
      ]),
    );

  test.each([1, 2, 3, 4])('follow from the time limit of their caller: %i', (count) => {
    const { verdict, title, status, because } = attempts(count);
    expect(verdict).toBe('timeout-cascade in bank');
    expect(title).toContain('SELECT limits of bank was still working');
    expect(status).toBe('likely');
    expect(because).not.toContain('timeout-cascade ← retry-storm');
  });

  test('are a storm where they are more than clients make by default', () => {
    expect(attempts(7).verdict).toBe('retry-storm in shop');
  });
});
