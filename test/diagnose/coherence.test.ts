/** A report does not contradict itself: what it names it does not rule out, and nothing stands as a sign of what it is none of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Diagnosis, Judgement } from '#model/finding/diagnosis.ts';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import { incoherences, type Lines, misshapen, type Said, selfDenials } from '#test/coherence.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { guideExamples } from '#test/guide-report.ts';
import { logLine } from '#test/log-line.ts';
import { happening, logsJsonlOf, otlpOf } from '#test/otlp.ts';
import { problemTraces } from '#test/problem-traces.ts';
import '#test/property-runs.ts';
import { reportOf } from '#test/report-of.ts';
import { scenarios } from '#test/scenarios.ts';
import { spanSoup } from '#test/span-soup.ts';
import { call, query, type SpanNode, type SpanOptions, server, span, times, traceOf } from '#test/trace.ts';

type Told = Pick<Judgement, 'findings'>;

const failed = { failed: true };

describe('what a report names it does not rule out', () => {
  const samples: readonly Readonly<{ folder: string }>[] = JSON.parse(readFileSync('samples/index.json', 'utf8'));
  const drawn = [...scenarios, ...guideExamples, ...problemTraces].map(
    (scenario) => [scenario.name, scenario] as const,
  );

  test.each(samples)('in the sample $folder', async ({ folder }) => {
    const read = (name: string) => readFileSync(join('samples', folder, name));
    const traces: unknown = JSON.parse(read('traces.json').toString());
    const last =
      traces instanceof Object && 'data' in traces && Array.isArray(traces.data) ? traces.data.at(-1) : undefined;
    const one = last === undefined ? read('traces.json') : JSON.stringify({ data: [last] });
    const report = await reportOf(one, { logs: read('logs.jsonl') });
    expect(incoherences(report)).toEqual([]);
  });

  test.each(drawn)('in the drawn %s, with and without its log', async (_, scenario) => {
    const happened = happening(scenario);
    const trace = JSON.stringify(otlpOf(happened));
    for (const report of [await reportOf(trace, { logs: logsJsonlOf(happened) }), await reportOf(trace)])
      expect(incoherences(report)).toEqual([]);
  });

  const CLAIMS = [
    'Connection pool exhausted',
    'deadlock detected',
    'java.lang.OutOfMemoryError: Java heap space',
    'CUDA out of memory',
    'slow query: missing index on users.email',
    'GC overhead limit exceeded',
    'circuit breaker is open',
    "CircuitBreaker 'stock' is OPEN and does not permit further calls",
    'org.springframework.dao.DeadlockLoserDataAccessException',
    'ConnectionPoolTimeoutException: no free connection',
    'deadline exceeded',
    'no space left on device',
    'quota exceeded, retries exhausted',
    'schema mismatch',
  ];

  test.each(CLAIMS)('in a failure that says “%s”', (statusText) => {
    const told = diagnosed(
      traceOf(
        server('bff', 'GET /page', { ms: 900, ...failed }, [
          call('bff', 'core', 'GET /core', { at: 5, ms: 880, ...failed, statusText }),
        ]),
      ),
    );
    expect(told.diagnosis).toBeDefined();
    expect(incoherences(told)).toEqual([]);
  });

  const FORMS: Readonly<Record<string, (options: SpanOptions) => SpanNode[]>> = {
    query: (options) => [query('shop', 'SELECT * FROM carts WHERE id = $1', options)],
    write: (options) => [query('shop', 'UPDATE carts SET total = $1 WHERE id = $2', options)],
    call: (options) => [call('shop', 'stock', 'GET /stock', options)],
    pool: (options) => [span('shop', 'pool.acquire', options)],
    work: (options) => [span('shop', 'price', options)],
    many: (options) => times(8, () => call('shop', 'stock', 'GET /stock', options)),
  };
  const step = fc.record({
    ms: fc.integer({ min: 1, max: 900 }),
    pause: fc.integer({ min: 0, max: 700 }),
    failed: fc.boolean(),
    statusText: fc.constantFrom('', ...CLAIMS),
    form: fc.constantFrom(...Object.keys(FORMS)),
  });

  test('in any request of queries, calls, gaps, waits and failures', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), fc.boolean(), (steps, isRootFailed) => {
        let at = 3;
        const children = steps.flatMap(({ pause, form, ...options }) => {
          const begun = at + pause;
          at = begun + options.ms;
          return FORMS[form]?.({ ...options, at: begun }) ?? [];
        });
        const trace = traceOf(server('shop', 'POST /orders', { ms: at + 5, failed: isRootFailed }, children));
        const told = diagnosed(trace);
        expect(incoherences(told)).toEqual([]);
      }),
    );
  });

  test('in any soup of spans', () => {
    fc.assert(
      fc.property(spanSoup, (rows) => {
        const told = diagnosed(traceFrom(rows, 'soup'));
        expect(incoherences(told)).toEqual([]);
      }),
    );
  });
});

describe('that nobody could be reached is no sign of a full pool', () => {
  /** As runtimes, resolvers and pools that pass them on say it. */
  const UNREACHABLE = [
    'connect ECONNREFUSED 10.0.1.5:5432',
    'read ECONNRESET',
    'getaddrinfo ENOTFOUND db.internal',
    'getaddrinfo EAI_AGAIN db',
    'dial tcp 10.0.1.5:5432: connect: connection refused',
    'dial tcp: lookup db.internal on 10.0.0.2:53: no such host',
    'read tcp 10.0.0.7:41234->10.0.1.5:5432: read: connection reset by peer',
    'Could not get a resource from the pool: java.net.ConnectException: Connection refused',
    'HikariPool-1 - Connection is not available, request timed out after 3000ms: Connection refused',
    'java.net.UnknownHostException: db.internal',
    'could not obtain a database connection: could not translate host name "db" to address: Name or service not known',
    '[Errno 111] Connection refused while waiting for a free connection',
    'No connection is available to service this operation: UnableToConnect on redis:6379',
    'No connection could be made because the target machine actively refused it',
    'failed to acquire connection from pool: Temporary failure in name resolution',
  ];
  const quotes = ({ findings }: Told) =>
    findings
      .filter(({ detector }) => detector === 'pool-exhaustion')
      .flatMap(({ title, explanation, evidence = [] }) => [title, explanation, ...evidence.map(({ text }) => text)]);

  /** Where it stands, and in what kind of span. */
  const PLACES: readonly (readonly [string, (says: string) => SpanNode])[] = [
    ['of a query', (statusText) => query('shop', 'SELECT 1', { at: 5, ms: 2700, ...failed, statusText })],
    [
      'of the span in which the pool connects',
      (statusText) => span('shop', 'pg-pool.connect', { at: 5, ms: 2700, ...failed, statusText }),
    ],
    [
      'of an attempt below the pool',
      (statusText) =>
        span('shop', 'HikariPool.getConnection', { at: 5, ms: 2700, ...failed }, [
          span('shop', 'tcp.connect', { at: 6, ms: 2690, ...failed, statusText }),
        ]),
    ],
    [
      'in an exception',
      (says) =>
        span('shop', 'pool.acquire', {
          at: 5,
          ms: 2700,
          ...failed,
          events: [{ at: 2700, name: 'exception', attributes: { 'exception.message': says } }],
        }),
    ],
    [
      'in the cause of an exception that names the pool',
      (says) =>
        query('shop', 'SELECT 1', {
          at: 5,
          ms: 2700,
          ...failed,
          events: [
            {
              at: 2700,
              name: 'exception',
              attributes: {
                'exception.message': 'Could not get a resource from the pool',
                'exception.stacktrace': `JedisConnectionException: Could not get a resource\nCaused by: ${says}`,
              },
            },
          ],
        }),
    ],
  ];

  test.each(PLACES)('%s', (_, spanThat) => {
    for (const says of UNREACHABLE) {
      const told = diagnosed(traceOf(server('shop', 'GET /cart', { ms: 2720, ...failed }, [spanThat(says)])));
      expect(quotes(told), says).toEqual([]);
      expect(told.diagnosis?.kind, says).not.toBe('pool-exhaustion');
    }
  });

  test.each(UNREACHABLE)('beside a count of the pool, which is the sign: %s', (says) => {
    const line = JSON.stringify({ error: says, database_pool_size: 20, active_connections: 21 });
    const told = diagnosed(
      traceOf(
        server('shop', 'GET /cart', { ms: 2720, ...failed }, [
          query('shop', 'SELECT 1', { at: 5, ms: 2700, ...failed, statusText: says }),
        ]),
      ),
      [logLine('shop', 2700, line, { spanId: '0.0', level: 'error' })],
    );
    expect(quotes(told).join('\n')).toContain('active_connections = 21, database_pool_size = 20');
    expect(quotes(told).join('\n')).not.toContain(says);
  });
});

describe('a planted contradiction is found', () => {
  const told = diagnosed(
    traceOf(server('shop', 'GET /cart', { ms: 2400 }, [query('shop', 'SELECT * FROM carts', { at: 5, ms: 2380 })])),
  );
  const plant = (more: Partial<Diagnosis>): Judgement => {
    if (told.diagnosis === undefined) throw new Error('no verdict');
    return { ...told, diagnosis: { ...told.diagnosis, ...more } };
  };

  test('none without one', () => expect(incoherences(told)).toEqual([]));
  test.each<[string, Partial<Diagnosis>]>([
    ['a time that no finding has', { verdict: 'shop: one query holds 3.1 s' }],
    ['a share that is another', { statusReason: 'it explains 21 % of the time' }],
    ['a count that no finding has', { verdict: 'shop: 48 queries of one form' }],
    ['confirmed without words', { status: 'confirmed' }],
    ['the kind of another finding', { kind: 'gc-pause' }],
    ['ruled out and named', { ruledOut: [{ kind: 'slow-query', service: '', why: 'no query was slow' }] }],
  ])('%s', (_, more) => expect(incoherences(plant(more))).not.toEqual([]));
});

describe('a first message that denies itself is found', () => {
  const said: Said = {
    headline: 'Requests to `shop` take twice as long as before its 14:02 UTC deploy',
    reasons: ['shop: out of memory', 'Logged: “Killed process 4121”', 'Logged: “exit code 137”'],
    symptom: 'requests take 14 ms on average, 15 ms in the baseline, with 8 log lines',
    cited: [],
  };

  test('none without one', () => expect(selfDenials(said)).toEqual([]));
  test.each<[string, Partial<Said>]>([
    ['nothing is recorded, and a record is cited', { headline: 'It fails, and nothing records why', cited: ['boom'] }],
    ['worse, by numbers that are not', { headline: 'Requests have got worse since the 13:20 UTC deploy' }],
    ['a reason twice', { reasons: ['a is slow', 'a is slow'] }],
    [
      'a line twice',
      { reasons: ['The log says “Killed process 4121”, at 08:26', 'Logged, perhaps by another request: “Killed…”'] },
    ],
  ])('%s', (_, more) => expect(selfDenials({ ...said, ...more })).toHaveLength(1));

  test('worse is worse where requests fail or take longer', () => {
    const headline = 'Requests have got worse since the 13:20 UTC deploy';
    for (const symptom of ['requests take 2.1 s on average, 900 ms in the baseline', `${said.symptom}; 3 of 9 fail`])
      expect(selfDenials({ ...said, headline, symptom })).toEqual([]);
  });
});

describe('a first message that is hard to read is found', () => {
  const lines: Lines = {
    headline: 'POST /login fails: `user-service` has run out of database connections',
    status: 'Confirmed',
    scope: '3 of 12 requests failed',
    since: { word: 'since', text: '2026-01-06 11:08 UTC', atUs: 0 },
    reasons: ['All 20 connections are in use', 'Logged: “timed out after 3000 ms, 98 % in use”'],
    couldBe: [],
    toTellThemApart: [],
    wrongIf: 'the pool had free connections',
    doNow: 'add the index',
    notSeen: '',
    lookedAt: '',
    isOfMany: true,
  };

  test('none without a fault', () => expect(misshapen(lines)).toEqual([]));
  test.each<[string, Partial<Lines>]>([
    ['a headline of 121 characters', { headline: 'x'.repeat(121) }],
    ['a headline that is cut', { headline: 'POST /login fails because of the' }],
    ['a headline with brackets', { headline: 'POST /login (v2) fails' }],
    ['a headline that says not what is wrong', { headline: 'The failures begin in `user-service`' }],
    ['a fourth reason', { reasons: ['one', 'two', 'three', 'four'] }],
    ['a reason that is longer than a line', { reasons: ['x'.repeat(141)] }],
    ['milliseconds', { reasons: ['Each login waits 620 ms'] }],
    ['a share', { scope: '25 % of the requests failed' }],
    ['an id', { headline: 'Trace 4bf92f3577b34da6a3ce929d0e0e4736 fails' }],
    ['a reason without its beginning', { reasons: ['… shows it'] }],
    ['no time', { since: undefined }],
  ])('%s', (_, more) => expect(misshapen({ ...lines, ...more })).toHaveLength(1));
});
