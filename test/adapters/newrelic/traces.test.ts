import { describe, expect, test } from 'vitest';
import type { BackendOptions } from '#adapters/http.ts';
import { newRelic } from '#adapters/newrelic/client.ts';
import type { NewRelicOptions } from '#adapters/newrelic/nerdgraph.ts';
import { traceBody } from '#decode/trace-body.ts';
import type { OpenBody, TraceSource } from '#gather/sources.ts';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import { textOf } from '#test/bytes.ts';
import { decodedRows } from '#test/decoded-rows.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import {
  ACCOUNT,
  type AskedNrql,
  answeringNrql,
  nerdGraphAnswer,
  newRelicAt,
  rowsAnswer,
  TRACE_ID,
  withOneTrace,
} from '#test/newrelic-api.ts';
import { recorded, refuse, replay, startRecordedServer } from '#test/recorded-server.ts';
import { testTraceSource } from '#test/trace-source-contract.ts';

testTraceSource('New Relic', {
  traceId: TRACE_ID,
  unknownId: '00000000000000000000000000000abc',
  spanCount: 5,
  async open() {
    const server = await startRecordedServer(answeringNrql([], withOneTrace));
    return { source: newRelic(newRelicAt(server.url)).traces, close: () => server[Symbol.asyncDispose]() };
  },
});

testHttpSource('New Relic', {
  answer: recorded('newrelic/trace'),
  readsWhole: true,
  connect(options: BackendOptions) {
    const { traces } = newRelic({ ...options, ...ACCOUNT });
    return { ask: (signal) => traces.openTrace(TRACE_ID, signal), check: (signal) => traces.check(signal) };
  },
});

async function against<T>(
  answer: Parameters<typeof answeringNrql>[1],
  use: (source: TraceSource, asked: readonly AskedNrql[]) => Promise<T>,
  options: Partial<NewRelicOptions> = {},
): Promise<T> {
  const asked: AskedNrql[] = [];
  await using server = await startRecordedServer(answeringNrql(asked, answer));
  return await use(newRelic({ ...newRelicAt(server.url), ...options }).traces, asked);
}

async function traceIn({ chunks }: OpenBody) {
  const [first] = decodedRows(await textOf(chunks));
  return traceFrom(first?.rows ?? [], first?.traceId);
}

async function spanCountOf({ chunks }: OpenBody): Promise<number> {
  const body = traceBody('otlp-json', 'newrelic');
  for await (const chunk of chunks) body.push(chunk);
  return body.end().reduce((sum, { spans }) => sum + spans.count(), 0);
}

const BASE = {
  timestamp: 1_795_155_944_217,
  'trace.id': TRACE_ID,
  id: 'a000000000000001',
  name: 'GET /',
  'duration.ms': 4.25,
};
const oneSpan = (row: object) => rowsAnswer({ spans: [{ ...BASE, ...row }], events: [] });

describe('a trace of New Relic', () => {
  test('has its services, calls, times, texts and errors', () =>
    against(withOneTrace, async (source) => {
      const trace = await traceIn(await source.openTrace(TRACE_ID, later()));
      const spans = Array.from({ length: trace.spanCount }, (_, span) => span);
      const byName = new Map(
        spans.map((span) => [`${trace.service(span)} ${trace.operation(span)} ${trace.kind(span)}`, span]),
      );
      expect([...byName.keys()].toSorted()).toEqual([
        'cart GET /items server',
        'cart GET client',
        'cart SELECT items client',
        'frontend GET /cart server',
        'frontend GET client',
      ]);
      const query = byName.get('cart SELECT items client') ?? -1;
      expect(trace.parent(query)).toBe(byName.get('cart GET /items server'));
      expect(trace.durationOfUs(query)).toBe(1_150_750);
      expect(trace.text(query, 'db.query.text')).toContain('FOR UPDATE');
      expect([trace.failed(query), trace.statusText(query)]).toEqual([true, 'canceling statement due to lock timeout']);
      expect(trace.events(query)).toMatchObject([
        { name: 'exception', attributes: { 'exception.type': 'psycopg2.errors.LockNotAvailable' } },
      ]);
      expect(trace.resource(query)).toMatchObject({
        'k8s.pod.name': 'cart-7d9f8b6c5-x2kqz',
        'service.version': '1.4.2',
      });
      expect(Object.keys(trace.attributes(query)).filter((name) => /^(?:nr|newrelic|entity)/.test(name))).toEqual([]);
    }));

  test.each([
    ['OpenTelemetry', { 'span.kind': 'consumer', 'service.name': 'mail' }, 'consumer', 'mail'],
    ['an agent: a call', { category: 'http', appName: 'cart' }, 'client', 'cart'],
    ['an agent: a query', { category: 'datastore', appName: 'cart', component: 'Postgres' }, 'client', 'cart'],
    ['an agent: a request', { category: 'generic', 'nr.entryPoint': true, appName: 'cart' }, 'server', 'cart'],
    ['an agent: work inside', { category: 'generic', 'entity.name': 'cart' }, 'unspecified', 'cart'],
  ])('a span of %s has its kind and its service', (_, row, kind, service) =>
    against(
      () => oneSpan(row),
      async (source) => {
        const trace = await traceIn(await source.openTrace(TRACE_ID, later()));
        expect([trace.kind(0), trace.service(0), trace.durationOfUs(0)]).toEqual([kind, service, 4_250]);
      },
    ),
  );

  test('a span of an agent fails by its error, and has the names that an agent gives', () =>
    against(
      () =>
        oneSpan({
          'duration.ms': undefined,
          duration: 0.0042,
          guid: 'a000000000000001',
          id: undefined,
          category: 'datastore',
          component: 'Postgres',
          'error.class': 'LockError',
          'http.statusCode': 500,
          host: 'web-1',
        }),
      async (source) => {
        const trace = await traceIn(await source.openTrace(TRACE_ID, later()));
        expect([trace.failed(0), trace.httpStatus(0), trace.durationOfUs(0)]).toEqual([true, 500, 4_200]);
        expect([trace.text(0, 'db.system.name'), trace.text(0, 'exception.type')]).toEqual(['postgresql', 'LockError']);
        expect(trace.resource(0)).toMatchObject({ 'host.name': 'web-1' });
      },
    ));

  test('values of other types than the documented ones break nothing', () =>
    against(
      () => oneSpan({ timestamp: 'soon', 'duration.ms': -5, 'span.kind': 7, name: null, tag: { a: [1] } }),
      async (source) => {
        expect((await traceIn(await source.openTrace(TRACE_ID, later()))).spanCount).toBe(1);
      },
    ));
});

describe('what is asked for', () => {
  test('spans and their events, by both forms of an id, in one request', () =>
    against(withOneTrace, async (source, asked) => {
      await source.openTrace('a3ce929d0e0e4736', later()).catch(() => {});
      const where =
        "WHERE trace.id IN ('a3ce929d0e0e4736', '0000000000000000a3ce929d0e0e4736') SINCE 8 days ago ORDER BY timestamp ASC LIMIT MAX";
      expect(asked).toEqual([{ spans: `SELECT * FROM Span ${where}`, events: `SELECT * FROM SpanEvent ${where}` }]);
    }));

  test('a query opens in New Relic’s query builder', () =>
    against(withOneTrace, async (source) => {
      const { query } = await source.openTrace(TRACE_ID, later());
      const url = new URL(query.url);
      expect(`${url.origin}${url.pathname}`).toBe(
        'https://one.eu.newrelic.com/launcher/data-exploration.query-builder',
      );
      expect(JSON.parse(Buffer.from(url.searchParams.get('pane') ?? '', 'base64').toString())).toMatchObject({
        initialAccountId: 1_234_567,
        initialNrqlValue: query.text,
      });
    }));

  const SEARCH = {
    service: "cart's \\ \n%",
    operation: 'GET /items',
    fromUs: 1_795_155_000_000_500,
    toUs: 1_795_156_000_000_500,
    limit: 2,
    failing: true,
    minDurationUs: 5_500,
  };

  test('a search asks for the spans of a service, and then for all spans of their traces', () =>
    against(
      ({ asked }) =>
        asked === undefined
          ? recorded('newrelic/trace')
          : rowsAnswer({ asked: ['42', '42', TRACE_ID, '43'].map((id) => ({ timestamp: 1, 'trace.id': id })) }),
      async (source, asked) => {
        const [body, ...others] = (await source.search?.(SEARCH, later())) ?? [];
        expect(others).toEqual([]);
        expect(body && (await spanCountOf(body))).toBe(5);
        const named = ['service.name', 'appName', 'entity.name'].map((field) => `${field} LIKE 'cart%s % %%'`);
        expect(asked[0]).toEqual({
          asked: `SELECT trace.id FROM Span WHERE (${named.join(' OR ')}) AND name = 'GET /items' AND (otel.status_code = 'ERROR' OR error.message IS NOT NULL OR error.class IS NOT NULL) AND duration.ms >= 5.5 SINCE 1795155000000 UNTIL 1795156000002 LIMIT 20`,
        });
        expect(asked[1]?.spans).toBe(
          `SELECT * FROM Span WHERE trace.id IN ('42', '${TRACE_ID}') SINCE 1795154100000 UNTIL 1795156900002 ORDER BY timestamp ASC LIMIT MAX`,
        );
        expect(body?.query.text).toBe(asked[0]?.asked);
      },
    ));

  test('an id that came from New Relic cannot change the query, and a search without a span asks no more', () =>
    against(
      () => rowsAnswer({ asked: [{ 'trace.id': "42' OR true" }, {}] }),
      async (source, asked) => {
        expect(await source.search?.(SEARCH, later())).toEqual([]);
        expect(asked).toHaveLength(1);
      },
    ));

  test('many traces are asked for in several queries', () =>
    against(
      ({ asked }) => {
        if (asked === undefined) return oneSpan({});
        return rowsAnswer({ asked: Array.from({ length: 100 }, (_, at) => ({ 'trace.id': `${1_000 + at}` })) });
      },
      async (source, asked) => {
        expect(await source.search?.({ ...SEARCH, limit: 100 }, later())).toHaveLength(2);
        expect(asked.slice(1).every(({ spans = '' }) => spans.length < 4_096)).toBe(true);
      },
    ));

  test('names the services that received requests', () =>
    against(withOneTrace, async (source, asked) => {
      expect(await source.services?.(later())).toEqual(['frontend', 'cart']);
      expect(asked[0]?.asked).toContain("span.kind IN ('server', 'consumer')");
      expect((await source.check(later())).detail).toBe(
        'traces: 2 services: cart, frontend; logs: answers; the newest line is of 2026-11-20T06:25:44.202Z; metrics: answers; knows 3 pods',
      );
    }));
});

describe('pages of spans', () => {
  const row = (number: number, ms = number) => ({
    ...BASE,
    id: (number + 1).toString(16).padStart(16, '0'),
    timestamp: BASE.timestamp + ms,
  });
  const rows = (from: number, count: number) => Array.from({ length: count }, (_, at) => row(from + at));

  test('a page begins at the last time of the one before, and a span that both have counts once', () =>
    against(
      ({ spans, asked = '' }) =>
        spans === undefined
          ? rowsAnswer({ asked: asked.includes(`SINCE ${BASE.timestamp + 4_999} `) ? rows(4_999, 401) : [] })
          : rowsAnswer({ spans: rows(0, 5_000), events: [] }),
      async (source, asked) => {
        expect(await spanCountOf(await source.openTrace(TRACE_ID, later()))).toBe(5_400);
        expect(asked).toHaveLength(2);
      },
    ));

  test.each([
    ['without end', (number: number) => rows(number * 4_999, 5_000), 4],
    ['of one instant', () => Array.from({ length: 5_000 }, (_, at) => row(at, 0)), 2],
  ])('a trace %s is read to a limit, which is said', (_, pageOf, requests) => {
    let number = 0;
    return against(
      ({ spans }) => {
        const page = pageOf(number++);
        return rowsAnswer(spans === undefined ? { asked: page } : { spans: page, events: [] });
      },
      async (source, asked) => {
        const reading = source.openTrace(TRACE_ID, later()).then(({ chunks }) => textOf(chunks));
        await expect(reading).rejects.toMatchObject({ advice: expect.stringContaining('more than 20,000 spans') });
        expect(asked).toHaveLength(requests);
      },
    );
  });

  test('spans whose events failed are used, and the failure is said', () =>
    against(
      () => rowsAnswer({ spans: [BASE] }, [{ message: 'slow', extensions: { errorClass: 'TIMEOUT' } }]),
      async (source) => {
        const parts: string[] = [];
        const read = async () => {
          for await (const chunk of (await source.openTrace(TRACE_ID, later())).chunks)
            parts.push(Buffer.from(chunk).toString());
        };
        await expect(read()).rejects.toMatchObject({ status: 504, retryable: true });
        expect(parts.join('')).toContain('a000000000000001');
      },
    ));
});

describe('errors inside an answer with status 200', () => {
  const failing = (error: object, data: unknown = null) =>
    against(
      () => nerdGraphAnswer({ data, errors: [error] }),
      (source) =>
        source.openTrace(TRACE_ID, later()).then(
          () => undefined,
          (error: unknown) => error,
        ),
      { errors: { address: 'NEW_RELIC_REGION', credentials: 'NEW_RELIC_API_KEY and NEW_RELIC_ACCOUNT_ID' } },
    );

  test.each([
    [{ message: 'NRDB query duration exceeded the set timeout', extensions: { errorClass: 'TIMEOUT' } }, 504, true],
    [{ message: 'boom', extensions: { errorClass: 'INTERNAL_SERVER_ERROR' } }, 500, true],
    [{ message: 'Invalid key', extensions: { error_code: 'BAD_API_KEY' } }, 401, false],
    [{ message: 'Access denied.' }, 403, false],
    [{ message: 'no', extensions: { errorClass: 'rateLimitExceeded' } }, 429, true],
    [{ message: 'You have exceeded your rate limit' }, 429, true],
    [{ message: "NRQL Syntax Error: Error at line 1 position 15, unexpected 'FROM'" }, 400, false],
    [{}, 400, false],
    [{ message: 7, extensions: 'none' }, 400, false],
  ])('%j is %i', async (error, status, retryable) => {
    expect(await failing(error)).toMatchObject({ code: 'SH_BACKEND', status, retryable });
  });

  test('a limit that is spent is not asked again in vain', async () => {
    const error = await failing({ message: 'Too many requests', extensions: { errorClass: 'TOO_MANY_REQUESTS' } });
    expect(error).toMatchObject({ retryAfterMs: 60_000, advice: expect.stringContaining('Try again in a minute') });
  });

  test('gives New Relic’s words, names the settings, and shows no key', async () => {
    const error = await failing({ message: 'NRAK-of-the-user may not', extensions: { errorClass: 'FORBIDDEN' } });
    expect(error).toMatchObject({
      advice:
        'newrelic refused the request (HTTP 403). Check NEW_RELIC_API_KEY and NEW_RELIC_ACCOUNT_ID. It said: … may not',
    });
  });

  test.each([
    ['an account without an answer', { data: { actor: { account: null } } }, 'SH_BACKEND'],
    ['an answer without the query', { data: { actor: { account: {} } } }, 'SH_NOT_A_BACKEND'],
    ['another server’s JSON', { status: 'success' }, 'SH_NOT_A_BACKEND'],
    ['no object', [], 'SH_NOT_A_BACKEND'],
  ])('%s', (_, body, code) =>
    against(
      () => nerdGraphAnswer(body),
      async (source) => {
        await expect(source.openTrace(TRACE_ID, later())).rejects.toMatchObject({ code });
      },
    ),
  );

  test('sends the key and nothing else that is secret, and the account and a time limit with each query', async () => {
    await using server = await startRecordedServer(() => replay(recorded('newrelic/trace')));
    await newRelic(newRelicAt(server.url)).traces.openTrace(TRACE_ID, later());
    expect(server.requests[0]).toMatchObject({ path: '/graphql', headers: { 'api-key': 'NRAK-of-the-user' } });
  });

  test('a refusal over HTTP gives the words of its list of errors', async () => {
    await using server = await startRecordedServer(() =>
      refuse(401, { 'content-type': 'application/json' }, recorded('newrelic/bad-key').body.toString()),
    );
    await expect(newRelic(newRelicAt(server.url)).traces.openTrace(TRACE_ID, later())).rejects.toMatchObject({
      status: 401,
      message: expect.stringMatching(/: The API key provided is invalid\.$/),
    });
  });
});
