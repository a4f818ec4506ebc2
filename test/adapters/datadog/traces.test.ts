import { describe, expect, test } from 'vitest';
import type { DatadogOptions } from '#adapters/datadog/api.ts';
import { datadog } from '#adapters/datadog/client.ts';
import type { BackendOptions } from '#adapters/http.ts';
import { traceBody } from '#decode/trace-body.ts';
import type { OpenBody } from '#gather/sources.ts';
import { textOf } from '#test/bytes.ts';
import { type Asked, answeringBodies, datadogAt, jsonAnswer, KEYS, TRACE_ID, withOneTrace } from '#test/datadog-api.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { recorded, refuse, replay, startRecordedServer } from '#test/recorded-server.ts';
import { testTraceSource } from '#test/trace-source-contract.ts';

testTraceSource('Datadog', {
  traceId: TRACE_ID,
  unknownId: '00000000000000000000000000000abc',
  spanCount: 5,
  async open() {
    const server = await startRecordedServer(answeringBodies([], withOneTrace));
    return { source: datadog(datadogAt(server.url)).traces, close: () => server[Symbol.asyncDispose]() };
  },
});

testHttpSource('Datadog', {
  answer: recorded('datadog/trace'),
  connect(options: BackendOptions) {
    const { traces } = datadog({ ...options, ...KEYS });
    return { ask: (signal) => traces.openTrace(TRACE_ID, signal), check: (signal) => traces.check(signal) };
  },
});

const event = (number: number, traceId = TRACE_ID) => ({
  id: `${number}`,
  type: 'spans',
  attributes: {
    trace_id: traceId,
    span_id: `${number + 1}`,
    parent_id: '0',
    service: 'cart',
    resource_name: 'GET /items',
    start_timestamp: '2026-11-20T06:25:44.217Z',
    custom: { duration: 1_000_000 },
  },
});

const page = (from: number, count: number, after?: string) =>
  jsonAnswer({
    data: Array.from({ length: count }, (_, at) => event(from + at)),
    meta: { status: 'done', ...(after && { page: { after } }) },
  });

async function spansIn({ chunks }: OpenBody): Promise<readonly number[]> {
  const body = traceBody('auto', 'datadog');
  for await (const chunk of chunks) body.push(chunk);
  return body.end().map(({ spans }) => spans.count());
}

describe('traces of Datadog', () => {
  async function against<T>(
    answer: Parameters<typeof answeringBodies>[1],
    use: (source: ReturnType<typeof datadog>['traces'], asked: readonly Asked[]) => Promise<T>,
    options: Partial<DatadogOptions> = {},
  ): Promise<T> {
    const asked: Asked[] = [];
    await using server = await startRecordedServer(answeringBodies(asked, answer));
    return await use(datadog({ ...datadogAt(server.url), ...options }).traces, asked);
  }
  const attributesOf = ({ body }: Asked) =>
    (body as { data: { type: string; attributes: Record<string, unknown> } }).data.attributes;

  test.each([
    ['128 bits', TRACE_ID, 'trace_id:(673f2a2800000000a3ce929d0e0e4736 OR 11803532876627986230)'],
    ['64 bits', 'a3ce929d0e0e4736', 'trace_id:(0000000000000000a3ce929d0e0e4736 OR 11803532876627986230)'],
    ['a decimal number', '11803532876627986230', 'trace_id:(0000000000000000a3ce929d0e0e4736 OR 11803532876627986230)'],
  ])('an id of %s is looked for in each form in which Datadog may keep it', (_, id, query) =>
    against(
      () => recorded('datadog/trace'),
      async (source, asked) => {
        const body = await source.openTrace(id, later());
        expect(await spansIn(body)).toEqual([5]);
        expect(asked.map(attributesOf)).toEqual([
          { filter: { query, from: 'now-30d', to: 'now' }, sort: 'timestamp', page: { limit: 1_000 } },
        ]);
        expect(body.query).toEqual({ text: query, url: `https://app.datadoghq.eu/apm/trace/${id}` });
      },
    ),
  );

  test('a trace of several pages is one body, and the last page is not asked for another', () =>
    against(
      ({ body }) => {
        const { cursor } = attributesOf({ path: '', body }).page as { cursor?: string };
        if (cursor === undefined) return page(0, 1_000, 'second');
        return cursor === 'second' ? page(1_000, 1_000, 'third') : page(2_000, 400, 'fourth');
      },
      async (source, asked) => {
        expect(await spansIn(await source.openTrace(TRACE_ID, later()))).toEqual([2_400]);
        expect(asked.map((one) => attributesOf(one).page)).toEqual([
          { limit: 1_000 },
          { limit: 1_000, cursor: 'second' },
          { limit: 1_000, cursor: 'third' },
        ]);
      },
    ));

  test('a trace without end is read to a limit, which is said', () => {
    let pages = 0;
    return against(
      () => {
        pages += 1;
        return page(0, 1_000, `page ${pages}`);
      },
      async (source, asked) => {
        const { chunks } = await source.openTrace(TRACE_ID, later());
        const reading = textOf(chunks);
        await expect(reading).rejects.toMatchObject({
          advice: 'The answer of datadog is not whole: there are more than 20,000 spans, and the rest was not read.',
        });
        expect(asked).toHaveLength(20);
      },
    );
  });

  test('a search asks for the spans of a service, and then for all spans of their traces', () =>
    against(
      ({ body }) => {
        const { query } = attributesOf({ path: '', body }).filter as { query: string };
        if (query.startsWith('trace_id:')) return recorded('datadog/trace');
        return jsonAnswer({ data: [event(1, '42'), event(2, '42'), event(3, TRACE_ID), event(4, '43')] });
      },
      async (source, asked) => {
        const search = {
          service: 'cart "eu"',
          operation: 'GET /items',
          fromUs: 1_795_155_000_000_500,
          toUs: 1_795_156_000_000_500,
          limit: 2,
          failing: true,
          minDurationUs: 5_000,
        };
        const [body, ...others] = (await source.search?.(search, later())) ?? [];
        expect(others).toEqual([]);
        expect(body && (await spansIn(body))).toEqual([5]);
        const query =
          'service:"cart \\"eu\\"" (resource_name:"GET /items" OR operation_name:"GET /items") status:error @duration:>=5000000';
        expect(asked.map(attributesOf)).toEqual([
          {
            filter: { query, from: '1795155000000', to: '1795156000002' },
            sort: '-timestamp',
            page: { limit: 20 },
          },
          {
            filter: { query: `trace_id:(42 OR ${TRACE_ID})`, from: '1795154100000', to: '1795156900002' },
            sort: 'timestamp',
            page: { limit: 1_000 },
          },
        ]);
        expect(body?.query.url).toMatch(
          /^https:\/\/app\.datadoghq\.eu\/apm\/traces\?query=service%3A.*&start=1795155000000&/,
        );
      },
    ));

  test('a search without a span asks no more', () =>
    against(
      () => recorded('datadog/trace-none'),
      async (source, asked) => {
        const found = await source.search?.({ service: 'cart', fromUs: 0, toUs: 1e6, limit: 8 }, later());
        expect(found).toEqual([]);
        expect(asked).toHaveLength(1);
      },
    ));

  test('an id that came from Datadog cannot change the query', () =>
    against(
      () => jsonAnswer({ data: [event(1, '42 OR *'), event(2, '')] }),
      async (source, asked) => {
        expect(await source.search?.({ service: 'cart', fromUs: 0, toUs: 1e6, limit: 8 }, later())).toEqual([]);
        expect(asked).toHaveLength(1);
      },
    ));

  test('another server’s JSON is not the API', () =>
    against(
      () => jsonAnswer({ status: 'success' }),
      async (source) => {
        const reading = source.openTrace(TRACE_ID, later()).then(({ chunks }) => textOf(chunks));
        await expect(reading).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
        const searching = source.search?.({ service: 'cart', fromUs: 0, toUs: 1e6, limit: 8 }, later());
        await expect(searching).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
      },
    ));

  test('names the services that received requests', () =>
    against(withOneTrace, async (source) => {
      expect(await source.services?.(later())).toEqual(['frontend', 'cart']);
      expect((await source.check(later())).detail).toContain('traces: 2 services: cart, frontend; logs: answers;');
    }));

  test.each([
    ['datadoghq.com', 'https://app.datadoghq.com/apm/trace/{traceId}'],
    ['us3.datadoghq.com', 'https://us3.datadoghq.com/apm/trace/{traceId}'],
    ['ddog-gov.com', 'https://app.ddog-gov.com/apm/trace/{traceId}'],
  ])('people open the traces of %s at %s', (site, trace) => {
    const { links } = datadog({ ...datadogAt(new URL('https://api.example')), site }).traces;
    expect(links).toEqual({ trace, span: '' });
  });

  test('people may open Datadog at an address of their own', () => {
    const uiUrl = new URL('https://acme.datadoghq.com/');
    const { links } = datadog({ ...datadogAt(new URL('https://api.example')), uiUrl }).traces;
    expect(links.trace).toBe('https://acme.datadoghq.com/apm/trace/{traceId}');
  });
});

describe('Datadog’s refusals', () => {
  const trace = (url: URL, options: Partial<DatadogOptions> = {}) =>
    datadog({ ...datadogAt(url), ...options }).traces.openTrace(TRACE_ID, later());

  test('sends both keys, and shows them nowhere', async () => {
    await using server = await startRecordedServer(() =>
      refuse(403, {}, '{"errors":["Forbidden","key-of-the-api and key-of-the-app may not"]}'),
    );
    const error = await trace(server.url).catch((thrown) => thrown);
    expect(server.requests[0]?.headers).toMatchObject({
      'dd-api-key': 'key-of-the-api',
      'dd-application-key': 'key-of-the-app',
    });
    expect(error.message).toContain('Forbidden: … and … may not');
    expect(`${error.message} ${error.advice}`).not.toContain('key-of-the');
  });

  test('an error names the settings and the scope that is needed', async () => {
    await using server = await startRecordedServer(() => refuse(403, {}, '{"errors":["Forbidden"]}'));
    const errors = { address: 'DATADOG_SITE', credentials: 'DATADOG_API_KEY and DATADOG_APP_KEY' };
    await expect(trace(server.url, { errors })).rejects.toMatchObject({
      advice:
        'datadog refused the request (HTTP 403). Check DATADOG_API_KEY and DATADOG_APP_KEY, and that the application key has the scope apm_read. It said: Forbidden',
    });
  });

  test('gives the reason of a refused search', async () => {
    const text =
      '{"errors":[{"title":"Generic Error","detail":"invalid_argument(Field \'filter.from,to\' is invalid)"}]}';
    await using server = await startRecordedServer(() => refuse(422, {}, text));
    await expect(trace(server.url)).rejects.toMatchObject({ status: 422, message: /filter\.from,to' is invalid/ });
  });

  const LIMITED = {
    'x-ratelimit-limit': '300',
    'x-ratelimit-period': '3600',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': '1260',
  };

  test('a spent limit says when it begins anew, and is not asked again before', async () => {
    await using server = await startRecordedServer(() =>
      refuse(429, LIMITED, '{"errors":["Rate limit of 300 requests"]}'),
    );
    const { traces } = datadog(datadogAt(server.url));
    await expect(traces.openTrace(TRACE_ID, later())).rejects.toMatchObject({
      status: 429,
      retryAfterMs: 1_260_000,
      advice: expect.stringContaining('takes no more requests now (HTTP 429). Try again in 21 minutes.'),
    });
    await expect(traces.openTrace(TRACE_ID, later())).rejects.toMatchObject({
      status: 429,
      message: expect.stringContaining('its limit of 300 in 3600 s is spent'),
    });
    expect(server.requests).toHaveLength(1);
  });

  test('a spent limit is asked again after a day, whatever its header says', async () => {
    const headers = { ...LIMITED, 'x-ratelimit-limit': '300 <!channel>', 'x-ratelimit-reset': '999999999' };
    await using server = await startRecordedServer(() => refuse(429, headers, ''));
    const { traces } = datadog(datadogAt(server.url));
    await expect(traces.openTrace(TRACE_ID, later())).rejects.toMatchObject({ retryAfterMs: 24 * 60 * 60 * 1_000 });
    await expect(traces.openTrace(TRACE_ID, later())).rejects.toThrow('its limit of requests in 3600 s is spent');
  });

  test('an answer that spends the limit is used, and the next one is not asked for', async () => {
    const last = recorded('datadog/trace');
    await using server = await startRecordedServer(() => replay({ ...last, headers: { ...last.headers, ...LIMITED } }));
    const { traces } = datadog(datadogAt(server.url));
    expect(await spansIn(await traces.openTrace(TRACE_ID, later()))).toEqual([5]);
    await expect(traces.openTrace(TRACE_ID, later())).rejects.toMatchObject({ status: 429 });
    expect(server.requests).toHaveLength(1);
  });
});
