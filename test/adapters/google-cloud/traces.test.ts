/** What Cloud Trace is asked, as its documentation describes it, and what its answers mean. No real project has answered. */
import { describe, expect, test } from 'vitest';
import { googleTokens } from '#adapters/google-access.ts';
import { READS } from '#adapters/google-cloud/client.ts';
import { type CloudTraceOptions, cloudTraces } from '#adapters/google-cloud/traces.ts';
import { composeInvestigation } from '#compose/investigation.ts';
import { loadConfig } from '#config/load.ts';
import { traceBody } from '#decode/trace-body.ts';
import type { OpenBody, TraceSource } from '#gather/sources.ts';
import { readTraceId } from '#model/trace/trace-id.ts';
import { textOf } from '#test/bytes.ts';
import {
  type AnsweringCloud,
  type AskedCloud,
  answeringCloud,
  googleError,
  jsonAnswer,
  withCloud,
} from '#test/cloud-apis.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { refuse, startRecordedServer } from '#test/recorded-server.ts';
import { testTraceSource } from '#test/trace-source-contract.ts';

const PROJECT = 'shop-prod-123';
const TRACE_ID = '382d4f4c6b7bb2f4a972559d9085001d';
const FROM_US = Date.UTC(2026, 10, 20, 6, 25) * 1_000;
const SEARCH = { service: 'cart', fromUs: FROM_US, toUs: FROM_US + 60_000_000, limit: 7 };
const ACCESS = { accessToken: async () => 'ya29.t0ken', clock: { nowUs: () => FROM_US } };

/** In the form of the reference: ids are decimal numbers of 64 bits, and labels are texts. */
const SPANS = [
  {
    spanId: '18446744073709551615',
    parentSpanId: '0',
    kind: 'RPC_SERVER',
    name: '/items',
    startTime: '2026-11-20T06:25:44.488123456Z',
    endTime: '2026-11-20T06:25:44.588123456Z',
    labels: {
      'service.name': 'cart',
      'g.co/agent': 'opentelemetry-go 1.2.3; google-cloud-trace-exporter 1.2.3',
      'g.co/r/k8s_container/namespace_name': 'shop',
      'g.co/r/k8s_container/pod_name': 'cart-7f',
      'g.co/status/code': '13',
      'g.co/status/description': 'could not lock the items',
      '/http/method': 'POST',
      '/http/status_code': '500',
      '/error/name': 'LockError',
      '/error/message': 'could not lock the items',
      '/stacktrace': '{"stack_frame":[]}',
      tenant: 'acme',
    },
  },
  {
    spanId: '7',
    parentSpanId: '18446744073709551615',
    kind: 'RPC_CLIENT',
    name: 'Sent.pay.Pay/Charge',
    startTime: '2026-11-20T06:25:44.5Z',
    endTime: '2026-11-20T06:25:44.55Z',
    labels: { 'service.name': 'cart', 'g.co/status/code': '5' },
  },
  {
    spanId: '8',
    parentSpanId: '7',
    kind: 'RPC_SERVER',
    name: '/pay.Pay/Charge',
    startTime: '2026-11-20T06:25:44.51Z',
    endTime: '2026-11-20T06:25:44.54Z',
    labels: { 'g.co/r/cloud_run_revision/service_name': 'pay', 'g.co/status/code': '5' },
  },
];
const traceOf = (spans: readonly object[], traceId = TRACE_ID) => ({ projectId: PROJECT, traceId, spans });
const NOT_FOUND = googleError(404, 'NOT_FOUND', 'Resource not found: trace');

const withTrace: AnsweringCloud = ({ path }) => {
  if (path.endsWith(TRACE_ID)) return jsonAnswer(traceOf(SPANS));
  return path.endsWith('/traces') ? jsonAnswer({ traces: [traceOf(SPANS)] }) : NOT_FOUND;
};

const against = <T>(
  answer: AnsweringCloud,
  use: (source: TraceSource, asked: readonly AskedCloud[]) => Promise<T>,
  options: Partial<CloudTraceOptions> = {},
) => withCloud(answer, (url, asked) => use(cloudTraces({ url, project: PROJECT, ...ACCESS, ...options }), asked));

testTraceSource('Google Cloud Trace', {
  traceId: TRACE_ID,
  unknownId: '00000000000000000000000000000abc',
  spanCount: 3,
  async open() {
    const server = await startRecordedServer(answeringCloud([], withTrace));
    const source = cloudTraces({ url: server.url, project: PROJECT, ...ACCESS });
    return { source, close: () => server[Symbol.asyncDispose]() };
  },
});

testHttpSource('Google Cloud Trace', {
  answer: jsonAnswer(traceOf(SPANS)),
  readsWhole: true,
  connect(options) {
    const source = cloudTraces({ ...options, project: PROJECT });
    return { ask: (signal) => source.openTrace(TRACE_ID, signal), check: (signal) => source.check(signal) };
  },
});

type Written = Readonly<{ key: string; value: object }>;
const valuesOf = (attributes: readonly Written[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

async function spansFrom({ chunks }: OpenBody) {
  const lines = (await textOf(chunks)).split('\n').filter((line) => line !== '');
  return lines
    .flatMap((line) => JSON.parse(line).resourceSpans)
    .flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ spans }: { spans: { attributes: Written[] }[] }) =>
        spans.map((span) => ({ ...span, attributes: valuesOf(span.attributes), of: valuesOf(resource.attributes) })),
      ),
    );
}

describe('a trace of Cloud Trace', () => {
  test('has its spans under OpenTelemetry’s names, with ids in hex', () =>
    against(withTrace, async (source) => {
      const [cart, charge, pay] = await spansFrom(await source.openTrace(TRACE_ID, later()));
      expect(cart).toMatchObject({
        ...{ traceId: TRACE_ID, spanId: 'ffffffffffffffff', name: '/items', kind: 'server' },
        startTimeUnixNano: '1795155944488123456',
        endTimeUnixNano: '1795155944588123456',
        status: { code: 2, message: 'could not lock the items' },
        attributes: { 'http.method': 'POST', 'http.status_code': '500', tenant: 'acme' },
        of: { 'service.name': 'cart', 'k8s.namespace.name': 'shop', 'k8s.pod.name': 'cart-7f' },
      });
      expect(cart).not.toHaveProperty('parentSpanId');
      expect(Object.keys(cart.attributes)).toHaveLength(3);
      expect(valuesOf(cart.events[0].attributes)).toEqual({
        'exception.type': 'LockError',
        'exception.message': 'could not lock the items',
      });
      expect(charge).toMatchObject({ kind: 'client', parentSpanId: 'ffffffffffffffff', status: { code: 2 } });
      // It refused a wrong request: that is no failure of a server.
      expect(pay).toMatchObject({ of: { 'service.name': 'pay' }, status: {} });
    }));

  test('is read by the decoder', () =>
    against(withTrace, async (source) => {
      const { chunks, format } = await source.openTrace(TRACE_ID, later());
      const body = traceBody(format, 'google-cloud');
      for await (const chunk of chunks) body.push(chunk);
      expect(body.end().reduce((sum, { spans }) => sum + spans.count(), 0)).toBe(3);
    }));

  test('is asked for with a token, and opens in the console', () =>
    against(withTrace, async (source, asked) => {
      const { query } = await source.openTrace(TRACE_ID.toUpperCase(), later());
      expect(asked[0]).toMatchObject({
        path: `/v1/projects/${PROJECT}/traces/${TRACE_ID}`,
        headers: { authorization: 'Bearer ya29.t0ken' },
      });
      const page = `https://console.cloud.google.com/traces/explorer;traceId=${TRACE_ID}`;
      expect(query.url).toBe(`${page}?project=${PROJECT}`);
      expect(source.links.span).toContain(';traceId={traceId};spanId={spanId}?project=');
      expect(readTraceId(`${page};spanId=ffffffffffffffff?project=${PROJECT}`)).toEqual({
        kind: 'trace',
        id: TRACE_ID,
      });
    }));

  test.each([
    ['without spans', { projectId: PROJECT, traceId: TRACE_ID }],
    ['with an empty list', traceOf([])],
  ])('%s is not found', (_, body) =>
    against(
      () => jsonAnswer(body),
      (source) => expect(source.openTrace(TRACE_ID, later())).rejects.toMatchObject({ code: 'SH_TRACE_NOT_FOUND' }),
    ),
  );

  test('of 64 bits is asked for with 32 digits', () =>
    against(withTrace, async (source, asked) => {
      await expect(source.openTrace('A3CE929D0E0E4736', later())).rejects.toMatchObject({ code: 'SH_TRACE_NOT_FOUND' });
      expect(asked[0]?.path).toMatch(/\/0{16}a3ce929d0e0e4736$/);
    }));

  test('that has as many spans as an answer may have says so, after what came', () => {
    const [first] = SPANS;
    const many = Array.from({ length: 1_000 }, (_, at) => ({ ...first, spanId: `${at + 1}` }));
    return against(
      () => jsonAnswer(traceOf(many)),
      async (source) => {
        const { chunks } = await source.openTrace(TRACE_ID, later());
        const parts: string[] = [];
        const read = async () => {
          for await (const chunk of chunks) parts.push(Buffer.from(chunk).toString());
        };
        await expect(read()).rejects.toThrow('at most 1,000 spans');
        expect(parts.join('').match(/startTimeUnixNano/g)).toHaveLength(1_000);
      },
    );
  });

  test('has no span of what is none', () => {
    const [first] = SPANS;
    const odd = [null, 7, {}, { ...first, spanId: 'x' }, { ...first, startTime: 'now' }, { ...first, startTime: 7 }];
    const loose = { ...first, endTime: 7, parentSpanId: 'x', kind: 7, name: null, labels: { a: 1 } };
    return against(
      () => jsonAnswer({ traceId: TRACE_ID, spans: [...odd, loose] }),
      async (source) => {
        const spans = await spansFrom(await source.openTrace(TRACE_ID, later()));
        expect(spans).toMatchObject([{ spanId: 'ffffffffffffffff', name: '' }]);
      },
    );
  });
});

describe('a search', () => {
  test.each([
    [{}, '+service.name:"cart"'],
    [{ operation: 'GET /a:b' }, '+service.name:"cart" +span:"GET /a:b"'],
    [{ minDurationUs: 1_500 }, '+service.name:"cart" latency:1500000ns'],
    [{ failing: true }, '+service.name:"cart"'],
    [{ service: 'a" +span:"b\\' }, '+service.name:"a\\" +span:\\"b\\\\"'],
    [{ service: 'two\nlines\u2028' }, '+service.name:"two lines "'],
  ])('filters by %j, from whose quotes no value breaks out', (more, filter) =>
    against(
      () => jsonAnswer({}),
      async ({ search }, asked) => {
        expect(await search?.({ ...SEARCH, ...more }, later())).toEqual([]);
        expect(Object.fromEntries(asked[0]?.search ?? [])).toEqual({
          filter,
          pageSize: '7',
          startTime: '2026-11-20T06:25:00.000Z',
          endTime: '2026-11-20T06:26:00.000Z',
          view: 'COMPLETE',
        });
      },
    ),
  );

  const idAt = (at: number) => `${TRACE_ID.slice(0, -1)}${at}`;

  test('reads pages until it has enough; a page may be empty', () =>
    against(
      ({ search }) => {
        const at = Number(search.get('pageToken') ?? 0);
        const traces = at === 1 ? undefined : [traceOf(SPANS, idAt(at)), traceOf(SPANS, idAt(at + 5))];
        return jsonAnswer({ traces, nextPageToken: `${at + 1}` });
      },
      async ({ search }, asked) => {
        const [body] = (await search?.({ ...SEARCH, limit: 3 }, later())) ?? [];
        const spans = body === undefined ? [] : await spansFrom(body);
        expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([0, 5, 2].map(idAt)));
        expect(asked.map(({ search }) => search.get('pageToken'))).toEqual([null, '1', '2']);
      },
    ));

  test('reads three pages at most, and finds the service by the label that is set', () => {
    let page = 0;
    return against(
      () => {
        page += 1;
        return jsonAnswer({ traces: [traceOf(SPANS)], nextPageToken: `page ${page}` });
      },
      async ({ search }, asked) => {
        const [body] = (await search?.({ ...SEARCH, limit: 500 }, later())) ?? [];
        if (body !== undefined) await textOf(body.chunks);
        expect(asked).toHaveLength(3);
        expect(asked[0]?.search.get('filter')).toBe('+g.co/gae/app/module:"cart"');
        expect(asked[0]?.search.get('pageSize')).toBe('100');
      },
      { serviceLabel: 'g.co/gae/app/module' },
    );
  });
});

describe('an answer of Cloud Trace that is no trace', () => {
  test.each<[string, AnsweringCloud, object]>([
    ['401', () => googleError(401, 'UNAUTHENTICATED', 'invalid credentials'), { status: 401, retryable: false }],
    ['403', () => googleError(403, 'PERMISSION_DENIED', 'The caller does not have permission'), { status: 403 }],
    ['a 404 of another server', () => refuse(404, {}, 'no such route'), { status: 404, code: 'SH_BACKEND' }],
    ['429', () => googleError(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded'), { status: 429, retryable: true }],
    ['500', () => googleError(500, 'INTERNAL', 'Internal error'), { status: 500, retryable: true }],
    ['other JSON', () => jsonAnswer({ traceId: 7 }), { code: 'SH_NOT_A_BACKEND' }],
    ['cut JSON', () => refuse(200, {}, '{"traceId":"38'), { code: 'SH_NOT_A_BACKEND' }],
  ])('%s', (_, answer, error) =>
    against(answer, (source) => expect(source.openTrace(TRACE_ID, later())).rejects.toMatchObject(error)),
  );
});

describe('the check', () => {
  test('names the services of the newest traces', () =>
    against(withTrace, async (source, asked) => {
      expect(await source.check(later())).toEqual({ ok: true, detail: '2 services: cart, pay', remedy: '' });
      expect(Object.fromEntries(asked[0]?.search ?? [])).toMatchObject({
        ...{ pageSize: '100', orderBy: 'start desc', view: 'COMPLETE' },
        startTime: '2026-11-20T05:25:00.000Z',
      });
    }));

  test.each<[string, AnsweringCloud, RegExp]>([
    [
      'no role',
      () => googleError(403, 'PERMISSION_DENIED', 'The caller does not have permission'),
      /^Check GOOGLE_CLOUD_TRACE_PROJECT, and .* roles\/cloudtrace\.user/,
    ],
    [
      'no scope',
      () => googleError(403, 'PERMISSION_DENIED', 'Request had insufficient authentication scopes.'),
      /access scope cloud-platform/,
    ],
    [
      'an API that is off',
      () =>
        googleError(
          403,
          'PERMISSION_DENIED',
          `Cloud Trace API has not been used in project ${PROJECT} before or it is disabled.`,
        ),
      /^Enable .* gcloud services enable cloudtrace\.googleapis\.com$/,
    ],
    ['a wrong project', () => NOT_FOUND, /^Check GOOGLE_CLOUD_TRACE_PROJECT: .* no such project/],
    ['a wrong token', () => googleError(401, 'UNAUTHENTICATED', 'invalid credentials'), /token and tenant/],
  ])('%s has a remedy', (_, answer, remedy) =>
    against(answer, async (source) => {
      expect(await source.check(later())).toMatchObject({ ok: false, remedy: expect.stringMatching(remedy) });
    }),
  );
});

describe('the settings', () => {
  test('a key that is none is named', async () => {
    const config = loadConfig({ GOOGLE_CLOUD_TRACE_PROJECT: PROJECT, GOOGLE_CLOUD_KEY: '{}' });
    const { traceSources } = await composeInvestigation(config, { systems: config });
    const source = traceSources.find(({ name }) => name === 'google-cloud');
    await expect(source?.openTrace(TRACE_ID, later())).rejects.toThrow('GOOGLE_CLOUD_KEY is no key');
  });

  test.each(['Shop', 'shop/../x', 'a', `${'a'.repeat(31)}`])('%s is no project', (id) => {
    expect(() => loadConfig({ GOOGLE_CLOUD_TRACE_PROJECT: id })).toThrow('GOOGLE_CLOUD_TRACE_PROJECT');
  });

  test('without a key and outside of Google Cloud, the remedy names the key', async () => {
    await using server = await startRecordedServer(() => refuse(404));
    const accessToken = googleTokens({ use: READS, metadataUrl: new URL('http://127.0.0.1:9') });
    const source = cloudTraces({ url: server.url, project: PROJECT, accessToken });
    expect(await source.check(later())).toMatchObject({
      ok: false,
      remedy: expect.stringContaining('GOOGLE_CLOUD_KEY, or the service account of the machine'),
    });
    expect(server.requests).toEqual([]);
  });
});
