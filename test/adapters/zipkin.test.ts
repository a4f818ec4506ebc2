import { describe, expect, test } from 'vitest';
import { type ZipkinOptions, zipkin } from '#adapters/zipkin/client.ts';
import { traceBody } from '#decode/trace-body.ts';
import { textOf } from '#test/bytes.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { type Reply, recorded, refuse, replay, type SeenRequest, startRecordedServer } from '#test/recorded-server.ts';
import { testTraceSource } from '#test/trace-source-contract.ts';

const TRACE_ID = '5af7183fb1d4cf5f4b1d3c2a19e8d701';
const SPANS = 5;

/** As a Zipkin 3.5.1 answered that has one trace. */
function zipkinWithOne({ path }: SeenRequest): Reply {
  if (path === '/api/v2/services') return replay(recorded('zipkin/services'));
  if (path === `/api/v2/trace/${TRACE_ID}`) return replay(recorded('zipkin/trace'));
  return replay(recorded(path.startsWith('/api/v2/trace/') ? 'zipkin/trace-404' : 'zipkin/unknown-route'));
}

testTraceSource('Zipkin', {
  traceId: TRACE_ID,
  unknownId: '00000000000000000000000000000abc',
  spanCount: SPANS,
  async open() {
    const server = await startRecordedServer(zipkinWithOne);
    return { source: zipkin({ url: server.url }), close: () => server[Symbol.asyncDispose]() };
  },
});

testHttpSource('Zipkin', {
  answer: recorded('zipkin/trace'),
  connect(options) {
    const source = zipkin(options);
    return { ask: (signal) => source.openTrace(TRACE_ID, signal), check: (signal) => source.check(signal) };
  },
});

describe('zipkin', () => {
  async function ask(reply: (request: SeenRequest) => Reply, traceId: string, options: Partial<ZipkinOptions> = {}) {
    await using server = await startRecordedServer(reply);
    const body = await zipkin({ url: server.url, ...options }).openTrace(traceId, later());
    return { body, text: await textOf(body.chunks), paths: server.requests.map(({ path }) => path) };
  }

  test('leaves it to the server to complete an id, in small letters as that wants it, and asks once', async () => {
    const { paths } = await ask(() => replay(recorded('zipkin/trace')), 'A0B0C0D0E0F0102');
    expect(paths).toEqual(['/api/v2/trace/a0b0c0d0e0f0102']);
  });

  test('a 404 that does not name the trace comes from somebody else', async () => {
    await expect(ask(() => replay(recorded('zipkin/unknown-route')), TRACE_ID)).rejects.toMatchObject({
      code: 'SH_NOT_A_BACKEND',
    });
    await expect(ask(() => refuse(404, {}, '404 page not found\n'), TRACE_ID)).rejects.toMatchObject({
      code: 'SH_NOT_A_BACKEND',
    });
  });

  test('links to the UI, which may have another address', async () => {
    const trace = 'https://ops.example/zipkin-lens/traces/{traceId}';
    expect(
      zipkin({ url: new URL('http://z:9411/'), uiUrl: new URL('https://ops.example/zipkin-lens/') }).links,
    ).toEqual({
      trace,
      span: '',
    });
    expect(zipkin({ url: new URL('http://z:9411/zipkin') }).links.trace).toBe('http://z:9411/zipkin/traces/{traceId}');
    const { body } = await ask(zipkinWithOne, TRACE_ID, { uiUrl: new URL('https://ops.example/zipkin') });
    expect(body.query).toEqual({
      text: `GET /api/v2/trace/${TRACE_ID}`,
      url: `https://ops.example/zipkin/traces/${TRACE_ID}`,
    });
  });

  const WINDOW = { service: 'frontend', fromUs: 1_795_155_000_000_500, toUs: 1_795_156_000_000_500, limit: 20 };

  test('searches the failed traces of a service in a window, in whole milliseconds around it', async () => {
    await using server = await startRecordedServer(() => replay(recorded('zipkin/traces')));
    const query = { ...WINDOW, operation: 'get /dispatch', failing: true, minDurationUs: 5_000 };
    const [body] = (await zipkin({ url: server.url }).search?.(query, later())) ?? [];
    expect(body?.query.url).toContain('/zipkin/?serviceName=frontend&spanName=get+%2Fdispatch&endTs=1795156000001');
    expect(Object.fromEntries(server.requests[0]?.search ?? [])).toEqual({
      serviceName: 'frontend',
      spanName: 'get /dispatch',
      endTs: '1795156000001',
      lookback: '1000001',
      limit: '20',
      annotationQuery: 'error',
      minDuration: '5000',
    });
  });

  test('finds nothing in an empty list, which is an answer', async () => {
    await using server = await startRecordedServer(() => replay(recorded('zipkin/traces-none')));
    const [body] = (await zipkin({ url: server.url }).search?.(WINDOW, later())) ?? [];
    const decoder = traceBody(body?.format ?? 'auto', 'zipkin');
    for await (const chunk of body?.chunks ?? []) decoder.push(chunk);
    expect(decoder.end()).toEqual([]);
  });

  test('gives the reason of a refused search', async () => {
    await using server = await startRecordedServer(() => replay(recorded('zipkin/traces-400')));
    const asked = zipkin({ url: server.url }).search?.({ ...WINDOW, minDurationUs: 5_000 }, later());
    await expect(asked).rejects.toMatchObject({ status: 400, message: expect.stringMatching(/\w+ .*\b0\b/) });
  });

  test('names services in its check', async () => {
    await using server = await startRecordedServer(zipkinWithOne);
    expect(await zipkin({ url: server.url }).check(later())).toEqual({
      ok: true,
      detail: '3 services: customer, frontend, mysql',
      remedy: '',
    });
  });

  test('another list of JSON is not the API', async () => {
    await using server = await startRecordedServer(() =>
      replay({ ...recorded('zipkin/services'), body: Buffer.from('{}') }),
    );
    expect(await zipkin({ url: server.url }).check(later())).toMatchObject({ ok: false });
  });
});
