import { describe, expect, test } from 'vitest';
import { type TempoOptions, tempo } from '#adapters/tempo/client.ts';
import { spansOf } from '#adapters/tempo/traceql.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import type { TraceSearch } from '#gather/sources.ts';
import { requestRates } from '#model/metrics/request-rates.ts';
import { textOf } from '#test/bytes.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import {
  type Reply,
  recorded,
  recordedBody,
  refuse,
  replay,
  type SeenRequest,
  startRecordedServer,
} from '#test/recorded-server.ts';
import { testTraceSource } from '#test/trace-source-contract.ts';

const TRACE_ID = '53487d888710d4b691823512a181a115';
const SPANS = 39;

/** The time of the recordings. */
const SEARCH: TraceSearch = {
  service: 'mysql',
  fromUs: 1_795_152_464_000_000,
  toUs: 1_795_156_064_000_000,
  limit: 20,
};

/** A Tempo that has one trace, by the API that it has. */
function tempoWith({ v1, v2 }: { v1: boolean; v2: boolean }): (request: SeenRequest) => Reply {
  const known: Record<string, string> = {
    '/api/search': 'search-traceql-svc',
    '/api/search/tag/service.name/values': 'tag-values-v1',
    '/api/metrics/query_range': 'metrics-query-range',
    ...(v2 && { '/api/v2/search/tag/resource.service.name/values': 'tag-values-v2' }),
    ...(v2 && { [`/api/v2/traces/${TRACE_ID}`]: 'trace-v2' }),
    ...(v1 && { [`/api/traces/${TRACE_ID}`]: 'trace-v1' }),
  };
  return ({ path }) => {
    const name = known[path];
    if (name !== undefined) return replay(recorded(`tempo/${name}`));
    if (v2 && path.startsWith('/api/v2/traces/')) return replay(recorded('tempo/trace-v2-404'));
    if (path.startsWith('/api/traces/')) return replay(recorded('tempo/trace-v1-404'));
    return replay(recorded('tempo/unknown-route'));
  };
}

for (const [name, served] of [
  ['Tempo', { v1: true, v2: true }],
  ['Tempo before v2', { v1: true, v2: false }],
] as const) {
  testTraceSource(name, {
    traceId: TRACE_ID,
    unknownId: '00000000000000000000000000000abc',
    spanCount: SPANS,
    async open() {
      const server = await startRecordedServer(tempoWith(served));
      return { source: tempo({ url: server.url }), close: () => server[Symbol.asyncDispose]() };
    },
  });
}

testHttpSource('Tempo', {
  answer: recorded('tempo/trace-v2'),
  tenantHeader: 'x-scope-orgid',
  connect(options) {
    const source = tempo(options);
    return { ask: (signal) => source.openTrace(TRACE_ID, signal), check: (signal) => source.check(signal) };
  },
});

describe('tempo', () => {
  async function ask(reply: (request: SeenRequest) => Reply, traceId: string, options: Partial<TempoOptions> = {}) {
    await using server = await startRecordedServer(reply);
    const source = tempo({ url: server.url, ...options });
    const body = await source.openTrace(traceId, later());
    return { body, text: await textOf(body.chunks), paths: server.requests.map(({ path }) => path) };
  }

  async function searched(reply: (request: SeenRequest) => Reply, search: TraceSearch = SEARCH) {
    await using server = await startRecordedServer(reply);
    const source = tempo({ url: server.url });
    const bodies = (await source.search?.(search, later())) ?? [];
    const before = server.requests.length;
    const texts: string[] = [];
    for (const { chunks } of bodies) texts.push(await textOf(chunks).catch((error) => `${error.code}`));
    return { bodies, texts, before, requests: server.requests };
  }

  test('asks v2 alone where it has the trace', async () => {
    const { paths, text } = await ask(tempoWith({ v1: true, v2: true }), TRACE_ID);
    expect(paths).toEqual([`/api/v2/traces/${TRACE_ID}`]);
    expect(JSON.parse(text).trace.resourceSpans.length).toBeGreaterThan(0);
  });

  test('asks v1 where v2 is not served, and does not ask v2 again', async () => {
    await using server = await startRecordedServer(tempoWith({ v1: true, v2: false }));
    const source = tempo({ url: server.url });
    for (const _ of [1, 2]) await textOf((await source.openTrace(TRACE_ID, later())).chunks);
    expect(server.requests.map(({ path }) => path)).toEqual([
      `/api/v2/traces/${TRACE_ID}`,
      `/api/traces/${TRACE_ID}`,
      `/api/traces/${TRACE_ID}`,
    ]);
  });

  test('a trace that v2 has nothing of for a moment is asked of v1, and of v2 again the next time', async () => {
    let asked = 0;
    const { text, paths } = await ask(({ path }) => {
      asked += 1;
      if (path.includes('/v2/')) return replay(recorded('tempo/trace-v2-404'));
      return replay(recorded('tempo/trace-v1'));
    }, TRACE_ID);
    expect([asked, paths.length]).toEqual([2, 2]);
    expect(JSON.parse(text).batches.length).toBeGreaterThan(0);
  });

  test.each(['{}', '{"trace":null}', '{"batches":[]}', ' {"trace": {}, "metrics": {}}', ''])(
    'takes %j for a trace that is not there',
    async (answer) => {
      const asking = ask(() => refuse(200, { 'content-type': 'application/json' }, answer), TRACE_ID);
      await expect(asking).rejects.toMatchObject({ code: 'SH_TRACE_NOT_FOUND' });
    },
  );

  test('an address that is none of Tempo’s is called so', async () => {
    const asking = ask(() => replay(recorded('tempo/unknown-route')), TRACE_ID);
    await expect(asking).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
  });

  test('says why it was refused, in Tempo’s own words', async () => {
    const asking = ask(() => replay(recorded('tempo/mt-no-orgid')), TRACE_ID);
    await expect(asking).rejects.toMatchObject({ status: 401, advice: expect.stringContaining('no org id') });
  });

  test('asks for a trace with all digits, whichever were pasted', async () => {
    const { paths } = await ask(tempoWith({ v1: true, v2: true }), TRACE_ID.toUpperCase());
    expect(paths).toEqual([`/api/v2/traces/${TRACE_ID}`]);
  });

  describe('searches', () => {
    test('by one question, and opens each trace when it is read', async () => {
      const named = JSON.parse(recorded('tempo/search-traceql-svc').body.toString()).traces.length;
      const { bodies, before, requests } = await searched(tempoWith({ v1: true, v2: true }));
      expect(before).toBe(1);
      expect(bodies).toHaveLength(named);
      expect(Object.fromEntries(requests[0]?.search ?? [])).toEqual({
        q: '{ resource.service.name = "mysql" }',
        limit: '20',
        spss: '1',
        start: '1795152464',
        end: '1795156064',
      });
      for (const { path } of requests.slice(1)) expect(path).toMatch(/^\/api\/(?:v2\/)?traces\/[0-9a-f]{32}$/);
    });

    test('what another search read a moment ago is not asked for again, and is whole', async () => {
      const found = { traces: [{ traceID: TRACE_ID }] };
      const serve = tempoWith({ v1: true, v2: true });
      await using server = await startRecordedServer((request) =>
        request.path === '/api/search' ? refuse(200, {}, JSON.stringify(found)) : serve(request),
      );
      const source = tempo({ url: server.url });
      const texts: string[] = [];
      for (const _ of [1, 2]) {
        for (const { chunks } of (await source.search?.(SEARCH, later())) ?? []) texts.push(await textOf(chunks));
      }
      expect(texts).toEqual([recorded('tempo/trace-v2').body.toString(), texts[0]]);
      expect(server.requests.filter(({ path }) => path.includes('/traces/'))).toHaveLength(1);
      // By its id it is asked for as it is now.
      await textOf((await source.openTrace(TRACE_ID, later())).chunks);
      expect(server.requests.filter(({ path }) => path.includes('/traces/'))).toHaveLength(2);
    });

    test('what is gone until it is read is not found', async () => {
      const { texts } = await searched(({ path }) =>
        path === '/api/search'
          ? refuse(
              200,
              {},
              JSON.stringify({ traces: [{ traceID: 'abc' }, { traceID: TRACE_ID.replace(/^5/, '') }, null, {}] }),
            )
          : replay(recorded('tempo/trace-v2-404')),
      );
      expect(texts).toEqual(['SH_TRACE_NOT_FOUND', 'SH_TRACE_NOT_FOUND']);
    });

    test.each([
      [{ failing: true }, '{ resource.service.name = "mysql" && status = error }'],
      [{ minDurationUs: 1_500_000 }, '{ resource.service.name = "mysql" && duration >= 1500000us }'],
      [{ operation: 'SQL "x"' }, '{ resource.service.name = "mysql" && name = "SQL \\"x\\"" }'],
      [{ service: 'a" } || { true }' }, '{ resource.service.name = "a\\" } || { true }" }'],
    ])('%j in TraceQL', (more, text) => {
      expect(spansOf({ ...SEARCH, ...more })).toBe(text);
    });

    test('a time within one second has a length', async () => {
      const { requests } = await searched(tempoWith({ v1: true, v2: true }), {
        ...SEARCH,
        fromUs: 1_795_152_464_100_000,
        toUs: 1_795_152_464_000_000,
      });
      expect([requests[0]?.search.get('start'), requests[0]?.search.get('end')]).toEqual(['1795152464', '1795152465']);
    });

    test.each([
      ['search-range-big', 'range specified by start and end exceeds 168h'],
      ['search-parse-error', 'invalid TraceQL query'],
    ])('hands on what Tempo says (%s)', async (recording, said) => {
      const asking = searched(() => replay(recorded(`tempo/${recording}`)));
      await expect(asking).rejects.toMatchObject({ status: 400, advice: expect.stringContaining(said) });
    });

    test('nothing found is no failure, and what is no answer is one', async () => {
      expect((await searched(() => replay(recorded('tempo/search-empty')))).bodies).toEqual([]);
      await expect(searched(() => refuse(200, {}, '{"data":[]}'))).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
    });
  });

  test('knows its services by either API', async () => {
    for (const v2 of [true, false]) {
      await using server = await startRecordedServer(tempoWith({ v1: true, v2 }));
      const services = await tempo({ url: server.url }).services?.(later());
      expect(services).toContain('mysql');
      expect(services?.every((name) => typeof name === 'string')).toBe(true);
    }
  });

  test.each([
    ['metrics-query-range', 'counts requests'],
    ['search-empty', 'counted none of the last 5 min'],
    ['unknown-route', 'does not count requests'],
  ])('says in its check whether it counts (%s)', async (recording, said) => {
    const serve = tempoWith({ v1: true, v2: true });
    await using server = await startRecordedServer((request) =>
      request.path === '/api/metrics/query_range' ? replay(recorded(`tempo/${recording}`)) : serve(request),
    );
    const { ok, detail } = await tempo({ url: server.url }).check(later());
    expect([ok, detail]).toEqual([true, expect.stringMatching(new RegExp(`^\\d+ services: .+; ${said}$`))]);
  });

  test('links to traces and queries in Grafana where there is one', () => {
    const { trace, span } = tempo({ url: new URL('http://tempo'), grafanaUrl: new URL('https://g.example/') }).links;
    const panes = (link: string) => JSON.parse(new URL(link).searchParams.get('panes') ?? '').traces;
    expect(panes(trace.replace('{traceId}', TRACE_ID)).queries[0]).toMatchObject({
      query: TRACE_ID,
      queryType: 'traceql',
    });
    expect(panes(span.replace('{spanId}', 'aa')).panelsState.trace.spanId).toBe('aa');
  });
});

describe('what Tempo counts over all requests', () => {
  const AN_HOUR = { services: ['frontend', 'my"sql'], fromUs: 1_795_152_471e6, toUs: 1_795_156_071e6 };

  async function counted(recording: string, which = 0) {
    await using server = await startRecordedServer(() => replay(recorded(`tempo/${recording}`)));
    const { statistics } = tempo({ url: server.url });
    const { queries = [] } = (await statistics?.findMetrics(AN_HOUR, later())) ?? {};
    const query = queries[which];
    if (statistics === undefined || query === undefined) throw new Error('nothing is asked');
    const body = await statistics.openMetrics(query, later());
    const decoder = metricsBody('tempo');
    decoder.push(Buffer.from(await textOf(body.chunks)));
    return { body, series: decoder.end(), asked: Object.fromEntries(server.requests[0]?.search ?? []) };
  }

  test('is asked on whole minutes, by names that cannot change the question', async () => {
    const { asked, body } = await counted('metrics-query-range');
    expect(asked).toEqual({
      q: '{ (resource.service.name = "frontend" || resource.service.name = "my\\"sql") && (kind = server || kind = consumer) } | rate() by (resource.service.name, status)',
      step: '60s',
      start: '1795152420',
      end: '1795156020',
    });
    expect(body.query.text).toBe(asked.q);
  });

  test('are rates of requests, with those that failed among them', async () => {
    const { series } = await counted('metrics-query-range');
    expect(new Set(series.map(({ name, labels }) => `${name} ${labels.metric}`))).toEqual(
      new Set(['service:requests requests in Tempo']),
    );
    const customer = requestRates(series).find(({ service }) => service === 'customer');
    expect(Math.max(...Array.from(customer?.all.values ?? []))).toBeCloseTo(1 / 60);
    expect(customer?.all.values.length).toBeGreaterThan(5); // a zero is a rate, too
  });

  test('are durations in seconds, at times at which there were some', async () => {
    const { series } = await counted('metrics-query-range-p95', 1);
    const [first] = series.filter(({ labels }) => labels.service === 'customer');
    expect(first).toMatchObject({ name: 'service:latency', labels: { metric: 'p95 of requests in Tempo' } });
    expect(Array.from(first?.values ?? [])).toEqual([3.7389861988712316]);
  });

  test('attributes of those in question are compared, in the time and before it', async () => {
    const { statistics } = tempo({ url: new URL('http://tempo') });
    const sinceUs = AN_HOUR.toUs - 1_200e6;
    const services = ['frontend', 'my"sql', 'route'];
    const found = await statistics?.findMetrics({ ...AN_HOUR, services, sinceUs }, later());
    const compared = found?.queries.filter(({ text }) => text.includes('compare(')) ?? [];
    expect(compared.map(({ text, fromUs, toUs }) => [text, fromUs, toUs])).toEqual(
      ['"frontend"', '"my\\"sql"'].flatMap((service) => {
        const text = `{ (resource.service.name = ${service}) && (kind = server || kind = consumer) } | compare({ status = error }, 20)`;
        return [
          [text, sinceUs, AN_HOUR.toUs],
          [text, AN_HOUR.fromUs, sinceUs],
        ];
      }),
    );
  });

  test('are counts of what attributes say of those that fail and of the others, at one time', async () => {
    const reply = { ...recorded('tempo/metrics-query-range'), body: recordedBody('tempo/metrics-compare') };
    await using server = await startRecordedServer(() => replay(reply));
    const { statistics } = tempo({ url: server.url });
    const search = { ...AN_HOUR, services: ['fr"ontend'], sinceUs: AN_HOUR.toUs - 1_200e6 };
    const query = (await statistics?.findMetrics(search, later()))?.queries.find(({ text }) =>
      text.includes('compare('),
    );
    if (statistics === undefined || query === undefined) throw new Error('nothing is asked');
    const decoder = metricsBody('tempo');
    decoder.push(Buffer.from(await textOf((await statistics.openMetrics(query, later())).chunks)));
    const series = decoder.end();
    const asked = server.requests[0]?.search;
    expect(Number(asked?.get('end')) - Number(asked?.get('start'))).toBe(Number.parseInt(asked?.get('step') ?? '', 10));
    const of = (attribute: string, failed: string) =>
      series
        .filter(({ labels }) => labels.attribute === attribute && labels.failed === failed)
        .map(({ labels, values }) => [labels.value, ...values]);
    expect(of('span.http.response.status_code', 'true')).toEqual([
      ['500', 13],
      [undefined, 13],
    ]);
    expect(of('span.http.response.status_code', 'false')).toEqual([
      ['200', 86],
      [undefined, 86],
    ]);
    const times = new Set(series.flatMap(({ atUs }) => [...atUs]));
    expect([...times].map((us) => us > query.fromUs && us < query.toUs)).toEqual([true]);
    expect(new Set(series.map(({ name, labels }) => `${name} of ${labels.service}`))).toEqual(
      new Set(['service:spans of fr"ontend']),
    );
  });

  test('not more than three hours are asked for at once, and that is said', async () => {
    const { statistics } = tempo({ url: new URL('http://tempo') });
    const found = await statistics?.findMetrics({ ...AN_HOUR, fromUs: AN_HOUR.toUs - 86_400e6 }, later());
    expect(found?.queries.every(({ fromUs, toUs }) => toUs - fromUs === 3 * 3_600e6)).toBe(true);
    expect(found?.warnings).toEqual([expect.stringContaining('3 h')]);
  });

  test('a part is called a part', () => {
    const decoder = metricsBody('tempo');
    const answer = { series: [], status: 'PARTIAL', message: 'Response exceeds maximum series limit of 1000' };
    decoder.push(Buffer.from(JSON.stringify({ counted: { name: 'service:latency', metric: 'p95' }, answer })));
    expect(decoder.end()).toEqual([]);
    expect(decoder.warnings()).toEqual(['counted only a part: Response exceeds maximum series limit of 1000']);
  });

  test.each([
    ['metrics-query-range-bad', 400, 'not a metrics query'],
    ['unknown-route', 404, '404 page not found'],
  ])('a Tempo that does not count says so (%s)', async (recording, status, said) => {
    await expect(counted(recording)).rejects.toMatchObject({ status, advice: expect.stringContaining(said) });
  });

  test('counts the spans of an operation that take longer than a limit, in parts of 3 h', async () => {
    const answer = (samples: readonly object[]) => ({
      ...{ status: 200, headers: { 'content-type': 'application/json' } },
      body: Buffer.from(JSON.stringify(samples.length === 0 ? {} : { series: [{ samples }] })),
    });
    await using server = await startRecordedServer(({ search }) => {
      const isSlow = search.get('q')?.includes('duration') === true;
      return replay(answer(isSlow ? [] : [{ timestampMs: '1', value: 7 }, { timestampMs: '2' }, { value: 3 }]));
    });
    const { statistics } = tempo({ url: server.url });
    const asked = { service: 'cart', operation: 'GET "x"', belowUs: 500_000 };
    const day = { fromUs: SEARCH.fromUs, toUs: SEARCH.fromUs + 86_400e6 };
    expect(await statistics?.percentile?.({ ...asked, ...day }, later())).toEqual({ requests: 80, slower: 0 });
    const spans = String.raw`{ resource.service.name = "cart" && name = "GET \"x\"" }`;
    const seen = server.requests.map(({ search }) => search.get('q'));
    expect(new Set(seen)).toEqual(
      new Set([
        `${spans} | count_over_time()`,
        `${spans.replace(' }', ' && duration >= 500000us }')} | count_over_time()`,
      ]),
    );
    const parts = server.requests.filter(({ search }) => search.get('q') === seen[0]);
    expect(parts.map(({ search }) => Number(search.get('end')) - Number(search.get('start')))).toEqual(
      Array.from({ length: 8 }, () => 10_800),
    );
  });
});
