/** A report does not contradict itself: what it names it does not rule out, and nothing stands as a sign of what it is none of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Judgement } from '#model/finding/diagnosis.ts';
import { traceFrom } from '#model/trace/build/span-rows.ts';
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

type Told = Pick<Judgement, 'findings' | 'diagnosis'> | Awaited<ReturnType<typeof reportOf>>;

/** What a reader takes a sentence to speak of. */
const SPOKEN_OF: Readonly<Record<string, RegExp>> = {
  'slow-query': /slow query|missing index|holds one for/i,
  'lock-contention': /\bdeadlock|\block\b/i,
  'pool-exhaustion': /\bpool\b|for a connection/i,
  'gc-pause': /garbage collection/i,
  'resource-exhausted': /out of memory|\bOOM\b|too many open files|no space left|exhausted/i,
  'retry-storm': /\bretries\b|\d+ attempts/i,
  'timeout-cascade': /timed out|time-?out|deadline exceeded/i,
  'circuit-open': /circuit breaker/i,
};

/** Kinds that a report names, in a finding or in words, and rules out all the same. */
function contradictions({ diagnosis, findings }: Told): string[] {
  const said = [diagnosis?.verdict, ...findings.flatMap(({ title, explanation }) => [title, explanation])];
  const couldBe = (diagnosis?.couldBe ?? []).map(({ what }) => what);
  const words = [...said, ...couldBe].join('\n');
  const found = findings.map(({ detector, service }) => `${detector} ${service}`);
  const kinds = [diagnosis?.kind, ...findings.map(({ detector }) => detector)];
  const isNamed = (kind: string) => kinds.includes(kind) || SPOKEN_OF[kind]?.test(words) === true;
  return (diagnosis?.ruledOut ?? [])
    .filter(({ kind, service }) => (service === '' ? isNamed(kind) : found.includes(`${kind} ${service}`)))
    .map(({ kind, service, why }) => `${kind} ${service}: ${why}`);
}

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
    expect(contradictions(await reportOf(one, { logs: read('logs.jsonl') }))).toEqual([]);
  });

  test.each(drawn)('in the drawn %s, with and without its log', async (_, scenario) => {
    const happened = happening(scenario);
    const trace = JSON.stringify(otlpOf(happened));
    expect(contradictions(await reportOf(trace, { logs: logsJsonlOf(happened) }))).toEqual([]);
    expect(contradictions(await reportOf(trace))).toEqual([]);
  });

  const CLAIMS = [
    'Connection pool exhausted',
    'deadlock detected',
    'java.lang.OutOfMemoryError: Java heap space',
    'CUDA out of memory',
    'slow query: missing index on users.email',
    'GC overhead limit exceeded',
    'circuit breaker is open',
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
    expect(contradictions(told)).toEqual([]);
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
        expect(contradictions(diagnosed(trace))).toEqual([]);
      }),
    );
  });

  test('in any soup of spans', () => {
    fc.assert(
      fc.property(spanSoup, (rows) => {
        expect(contradictions(diagnosed(traceFrom(rows, 'soup')))).toEqual([]);
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
