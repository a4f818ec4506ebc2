import { describe, expect, test } from 'vitest';
import { type JaegerOptions, jaeger } from '#adapters/jaeger/client.ts';
import { textOf } from '#test/bytes.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { type Reply, recorded, refuse, replay, type SeenRequest, startRecordedServer } from '#test/recorded-server.ts';
import { testTraceSource } from '#test/trace-source-contract.ts';

const TRACE_ID = '53487d888710d4b691823512a181a115';
const SPANS = 39;

/** A Jaeger that has one trace; unknown paths get the page of its UI, as the real one does. */
function jaegerWith({ v1, v3 }: { v1: boolean; v3: boolean }): (request: SeenRequest) => Reply {
  const known: Record<string, string> = {
    ...(v1 && { '/api/services': 'jaeger/services', [`/api/traces/${TRACE_ID}`]: 'jaeger/trace' }),
    ...(v3 && { '/api/v3/services': 'jaeger/v3-services', [`/api/v3/traces/${TRACE_ID}`]: 'jaeger/v3-trace' }),
  };
  return ({ path }) => {
    const name = known[path];
    if (name) return replay(recorded(name));
    if (v1 && path.startsWith('/api/traces/')) return replay(recorded('jaeger/trace-404'));
    if (v3 && path.startsWith('/api/v3/traces/')) return replay(recorded('jaeger/v3-trace-404'));
    return replay(recorded('jaeger/unknown-route'));
  };
}

for (const [name, served, options] of [
  ['Jaeger with v1', { v1: true, v3: true }, {}],
  ['Jaeger with v3 alone', { v1: false, v3: true }, {}],
  ['Jaeger when told to use v3', { v1: true, v3: true }, { api: 'v3' }],
] as const) {
  testTraceSource(name, {
    traceId: TRACE_ID,
    unknownId: '00000000000000000000000000000abc',
    spanCount: SPANS,
    async open() {
      const server = await startRecordedServer(jaegerWith(served));
      return { source: jaeger({ url: server.url, ...options }), close: () => server[Symbol.asyncDispose]() };
    },
  });
}

for (const [api, answer] of [
  ['v1', 'jaeger/trace'],
  ['v3', 'jaeger/v3-trace'],
] as const) {
  testHttpSource(`Jaeger ${api}`, {
    answer: recorded(answer),
    tenantHeader: 'x-tenant',
    connect(options) {
      const source = jaeger({ ...options, api });
      return { ask: (signal) => source.openTrace(TRACE_ID, signal), check: (signal) => source.check(signal) };
    },
  });
}

describe('jaeger', () => {
  async function ask(reply: (request: SeenRequest) => Reply, traceId: string, options: Partial<JaegerOptions> = {}) {
    await using server = await startRecordedServer(reply);
    const source = jaeger({ url: server.url, ...options });
    const body = await source.openTrace(traceId, later());
    return { body, text: await textOf(body.chunks), paths: server.requests.map(({ path }) => path) };
  }

  test('asks v1 first, and v3 never where v1 answers', async () => {
    const { body, paths } = await ask(jaegerWith({ v1: true, v3: true }), TRACE_ID);
    expect(body.format).toBe('jaeger-json');
    expect(paths).toEqual([`/api/traces/${TRACE_ID}`]);
  });

  test('reads v3’s JSON although it comes as text/plain', async () => {
    const { body, text, paths } = await ask(jaegerWith({ v1: false, v3: true }), TRACE_ID);
    expect(recorded('jaeger/v3-trace').headers['content-type']).toContain('text/plain');
    expect(body.format).toBe('otlp-json');
    expect(JSON.parse(text).result.resourceSpans.length).toBeGreaterThan(0);
    expect(paths).toEqual([`/api/traces/${TRACE_ID}`, `/api/v3/traces/${TRACE_ID}`]);
  });

  test.each([404, 405, 501])('takes a bare %i for an API that is not served, and asks v3', async (status) => {
    const v3 = jaegerWith({ v1: false, v3: true });
    const reply = (request: SeenRequest) =>
      request.path.startsWith('/api/traces') ? refuse(status, {}, '404 page not found\n') : v3(request);
    expect((await ask(reply, TRACE_ID)).body.format).toBe('otlp-json');
  });

  test('remembers which API is served, so that the next trace costs one request', async () => {
    await using server = await startRecordedServer(jaegerWith({ v1: false, v3: true }));
    const source = jaeger({ url: server.url });
    for (let time = 0; time < 2; time += 1) await textOf((await source.openTrace(TRACE_ID, later())).chunks);
    expect(server.requests.map(({ path }) => path.slice(0, 8))).toEqual(['/api/tra', '/api/v3/', '/api/v3/']);
  });

  test('a bare 404 on both APIs is a wrong address and not a missing trace', async () => {
    await expect(ask(() => refuse(404, {}, '404 page not found\n'), TRACE_ID)).rejects.toMatchObject({
      code: 'SH_NOT_A_BACKEND',
    });
  });

  test('asks for a 64-bit id in each form under which a storage may keep it', async () => {
    await using server = await startRecordedServer(() => replay(recorded('jaeger/trace-404')));
    const source = jaeger({ url: server.url, api: 'v1' });
    await expect(source.openTrace('a0b0c0d0e0f0102', later())).rejects.toMatchObject({ code: 'SH_TRACE_NOT_FOUND' });
    expect(server.requests.map(({ path }) => path)).toEqual([
      '/api/traces/a0b0c0d0e0f0102',
      '/api/traces/00000000000000000a0b0c0d0e0f0102',
      '/api/traces/0a0b0c0d0e0f0102',
    ]);
  });

  test.each([
    ['as 32 digits', 'edge-z64', '0000000000000000a1b2c3d4e5f60718'],
    ['as 16 digits', 'edge-z64-short', 'a1b2c3d4e5f60718'],
    ['without its leading zero', 'edge-z64b-15', 'a0b0c0d0e0f0102'],
    ['of 128 bits with leading zeros', 'edge-zero', '0000abcdef0123456789abcdef012345'],
    ['of 128 bits without them', 'edge-zero-stripped', 'abcdef0123456789abcdef012345'],
  ])('finds an id given %s', async (_, recording, traceId) => {
    const known = `/api/traces/${traceId}`;
    const reply = ({ path }: SeenRequest) =>
      replay(recorded(path === known ? `jaeger/${recording}` : 'jaeger/trace-404'));
    expect(JSON.parse((await ask(reply, traceId)).text).data).toHaveLength(1);
  });

  test.each([
    ['mt-no-header', 'missing tenant header'],
    ['mt-bad-tenant', 'unknown tenant'],
    ['mt-v3-no-header', 'missing tenant header'],
  ])('hands on what Jaeger says of a tenant, which is not its JSON envelope (%s)', async (recording, said) => {
    await expect(ask(() => replay(recorded(`jaeger/${recording}`)), TRACE_ID)).rejects.toMatchObject({
      status: 401,
      retryable: false,
      advice: expect.stringContaining(said),
    });
  });

  test('gives the reason inside Jaeger’s envelope, which comes as text/plain', async () => {
    await expect(ask(() => replay(recorded('jaeger/trace-400-malformed')), TRACE_ID)).rejects.toThrow(
      'jaeger answered 400 to api/traces/53487d888710d4b691823512a181a115: strconv.ParseUint: parsing "not-hex": invalid syntax',
    );
  });

  test('links to the UI, which may have another address', async () => {
    const source = jaeger({ url: new URL('http://query:16686/jaeger'), uiUrl: new URL('https://ops.example/jaeger/') });
    expect(source.links).toEqual({
      trace: 'https://ops.example/jaeger/trace/{traceId}',
      span: 'https://ops.example/jaeger/trace/{traceId}?uiFind={spanId}',
    });
    const { body } = await ask(jaegerWith({ v1: true, v3: true }), TRACE_ID, { uiUrl: new URL('https://ops.example') });
    expect(body.query).toEqual({
      text: `GET /api/traces/${TRACE_ID}`,
      url: `https://ops.example/trace/${TRACE_ID}`,
    });
  });

  test('says in its check when no service has reported yet, as a tenant without data looks the same', async () => {
    await using server = await startRecordedServer(() => replay(recorded('jaeger/mt-ok')));
    expect(await jaeger({ url: server.url }).check(later())).toEqual({
      ok: true,
      detail: 'answers, but knows no service yet',
      remedy: expect.stringContaining('tenant'),
    });
  });

  test('names services in its check', async () => {
    await using server = await startRecordedServer(jaegerWith({ v1: true, v3: true }));
    expect(await jaeger({ url: server.url }).check(later())).toEqual({
      ok: true,
      detail: '7 services: customer, driver, frontend, jaeger, mysql, …',
      remedy: '',
    });
  });

  const WINDOW = { service: 'frontend', fromUs: 1_795_155_000_000_000, toUs: 1_795_156_000_000_000, limit: 20 };

  test('searches the traces of a service in a window, in the microseconds of v1', async () => {
    await using server = await startRecordedServer(() => replay(recorded('jaeger/trace')));
    const [body] = (await jaeger({ url: server.url }).search?.({ ...WINDOW, failing: true }, later())) ?? [];
    expect(body?.format).toBe('jaeger-json');
    expect(body?.query.url).toContain('/search?service=frontend&start=1795155000000000');
    expect(Object.fromEntries(server.requests[0]?.search ?? [])).toEqual({
      service: 'frontend',
      start: '1795155000000000',
      end: '1795156000000000',
      limit: '20',
      tags: '{"error":"true"}',
    });
  });

  test('searches in v3’s own words where v1 is not served, whose empty result is a 404', async () => {
    await using server = await startRecordedServer(({ path }) =>
      replay(recorded(path.startsWith('/api/v3/') ? 'jaeger/v3-trace-404' : 'jaeger/unknown-route')),
    );
    expect(await jaeger({ url: server.url }).search?.({ ...WINDOW, minDurationUs: 5_000 }, later())).toEqual([]);
    expect(Object.fromEntries(server.requests[1]?.search ?? [])).toEqual({
      'query.service_name': 'frontend',
      'query.start_time_min': '2026-11-20T06:10:00.000Z',
      'query.start_time_max': '2026-11-20T06:26:40.000Z',
      'query.num_traces': '20',
      'query.duration_min': '5000us',
    });
  });

  test('names the services that send traces', async () => {
    await using server = await startRecordedServer(jaegerWith({ v1: true, v3: false }));
    expect(await jaeger({ url: server.url }).services?.(later())).toContain('redis-manual');
  });
});
