/** What Log Analytics is asked, as its documentation describes it, and what its answers mean. No real workspace has answered. */
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { azureTokens } from '#adapters/azure/access.ts';
import type { LogAnalyticsOptions } from '#adapters/azure/api.ts';
import { azure } from '#adapters/azure/client.ts';
import { conditionsOf } from '#adapters/azure/kusto.ts';
import { composeInvestigation } from '#compose/investigation.ts';
import { loadConfig } from '#config/load.ts';
import { logBody } from '#decode/log-body.ts';
import { traceBody } from '#decode/trace-body.ts';
import { pagedLogSource } from '#gather/log-pages.ts';
import type { LogQuery, LogSource, OpenBody, TraceSource } from '#gather/sources.ts';
import { textOf } from '#test/bytes.ts';
import { type AnsweringCloud, type AskedCloud, answeringCloud, jsonAnswer, withCloud } from '#test/cloud-apis.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { refuse, startRecordedServer } from '#test/recorded-server.ts';
import { testTraceSource } from '#test/trace-source-contract.ts';

const GUID = '1234abcd-0000-4000-8000-9abcdef12345';
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const FROM_US = Date.UTC(2026, 10, 20, 6, 25) * 1_000;
const WINDOW = { services: [], fromUs: FROM_US, toUs: FROM_US + 60_000_000, limit: 100 };
const OF_TRACE: LogQuery = { by: 'trace-field', traceId: TRACE_ID, ...WINDOW };
const SEARCH = { service: 'cart', fromUs: FROM_US, toUs: FROM_US + 60_000_000, limit: 7 };
const RESOURCE = '/subscriptions/s-1/resourceGroups/shop/providers/Microsoft.OperationalInsights/workspaces/shop';

type Row = Readonly<Record<string, unknown>>;

/** Rows in the form of an answer: columns and values apart. */
function tableOf(rows: readonly Row[], more: object = {}) {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = names.map((name) => ({ name, type: 'string' }));
  return {
    tables: [{ name: 'PrimaryResult', columns, rows: rows.map((row) => names.map((name) => row[name] ?? null)) }],
    ...more,
  };
}
const problem = (code: string, message: string, status: number) => jsonAnswer({ error: { code, message } }, status);
const PARTIAL = {
  error: {
    code: 'PartialError',
    message: 'There were some errors.',
    details: [{ code: 'X', message: 'a shard timed out' }],
  },
};

const ROWS: readonly Row[] = [
  {
    ...{ Type: 'AppRequests', OperationId: TRACE_ID, Id: '00f067aa0ba902b7', ParentId: TRACE_ID },
    ...{ TimeGenerated: '2026-11-20T06:25:44.4881234Z', DurationMs: 100.25, Name: 'POST /items', ResultCode: '500' },
    ...{ Success: false, Url: 'https://shop.example/items', AppRoleName: 'cart', AppRoleInstance: 'cart-7f' },
    Properties: '{"tenant":"acme","service.version":"4.2","_MS.ProcessedByMetricExtractors":"x"}',
  },
  {
    ...{ Type: 'AppDependencies', OperationId: TRACE_ID, Id: '1f2e3d4c5b6a7988', ParentId: '00f067aa0ba902b7' },
    ...{ TimeGenerated: '2026-11-20T06:25:44.5Z', DurationMs: 50, Name: 'SQL: db | items', DependencyType: 'SQL' },
    ...{ Success: false, Target: 'db.example | items', Data: 'SELECT * FROM items', AppRoleName: 'cart' },
  },
  {
    ...{ Type: 'AppExceptions', OperationId: TRACE_ID, ParentId: '00f067aa0ba902b7', AppRoleName: 'cart' },
    ...{ TimeGenerated: '2026-11-20T06:25:44.58Z', ExceptionType: 'LockError', OuterMessage: 'could not lock' },
  },
  {
    ...{
      Type: 'AppRequests',
      OperationId: TRACE_ID,
      Id: '|4bf9.7a.',
      ParentId: '1f2e3d4c5b6a7988',
      AppRoleName: 'pay',
    },
    ...{ TimeGenerated: '2026-11-20T06:25:44.51Z', DurationMs: 3, Name: 'GET /pay', ResultCode: '404', Success: false },
  },
  { Type: 'AppRequests', OperationId: TRACE_ID, Id: '', TimeGenerated: '2026-11-20T06:25:44Z' },
];
const LINES: readonly Row[] = [
  {
    ...{ TimeGenerated: '2026-11-20T06:25:44.4881234Z', Line: 'could not lock the items', Service: 'cart', Level: '3' },
    ...{ OperationId: TRACE_ID, ParentId: '00f067aa0ba902b7', Properties: '{}', Namespace: '', Pod: '' },
  },
  {
    ...{
      TimeGenerated: '2026-11-20T06:25:45Z',
      Line: '{"msg":"charged"}',
      Service: 'pay',
      Level: 'INFO',
      OperationId: '',
    },
    ...{ Namespace: 'shop', Pod: 'pay-7f', Container: 'pay' },
  },
  { Line: 'without a time' },
];

const kustoOf = (asked: readonly AskedCloud[]): readonly string[] => asked.map(({ body }) => JSON.parse(body).query);

/** Answers by what the query wants. */
const withAll: AnsweringCloud = ({ body }) => {
  const { query } = JSON.parse(body);
  if (query.includes('distinct Service')) return jsonAnswer(tableOf([{ Service: 'cart' }, { Service: 'pay' }]));
  if (query.includes('AppTraces'))
    return jsonAnswer(tableOf(query.includes('summarize Newest') ? [{ Newest: '2026-11-20T06:25:45Z' }] : LINES));
  return jsonAnswer(tableOf(query.includes(TRACE_ID) || query.includes('let found') ? ROWS : []));
};

type Sources = Readonly<{ traces: TraceSource; logs: LogSource }>;
type Attribute = Readonly<{ key: string; value: Readonly<{ stringValue?: string }> }>;

const against = <T>(
  answer: AnsweringCloud,
  use: (sources: Sources, asked: readonly AskedCloud[]) => Promise<T>,
  options: Partial<LogAnalyticsOptions> = {},
) =>
  withCloud(answer, (url, asked) =>
    use(azure({ url, workspace: GUID, accessToken: async () => 'eyJ.t0ken', ...options }), asked),
  );

testTraceSource('Azure Application Insights', {
  traceId: TRACE_ID,
  unknownId: '00000000000000000000000000000abc',
  spanCount: 3,
  async open() {
    const server = await startRecordedServer(answeringCloud([], withAll));
    const { traces } = azure({ url: server.url, workspace: GUID });
    return { source: traces, close: () => server[Symbol.asyncDispose]() };
  },
});

testHttpSource('Azure Application Insights', {
  answer: jsonAnswer(tableOf(ROWS)),
  readsWhole: true,
  connect(options) {
    const { traces } = azure({ ...options, workspace: GUID });
    return { ask: (signal) => traces.openTrace(TRACE_ID, signal), check: (signal) => traces.check(signal) };
  },
});

testHttpSource('Azure Monitor Logs', {
  answer: jsonAnswer(tableOf(LINES)),
  readsWhole: true,
  connect(options) {
    const { logs } = azure({ ...options, workspace: GUID });
    return { ask: (signal) => logs.openLogs(OF_TRACE, signal), check: (signal) => logs.check(signal) };
  },
});

type Written = Readonly<{ key: string; value: object }>;
const valuesOf = (attributes: readonly Written[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

async function spansFrom({ chunks }: OpenBody) {
  return JSON.parse(await textOf(chunks)).resourceSpans.flatMap(
    ({
      resource,
      scopeSpans,
    }: {
      resource: { attributes: Written[] };
      scopeSpans: { spans: { attributes: Written[] }[] }[];
    }) =>
      scopeSpans.flatMap(({ spans }) =>
        spans.map((span) => ({ ...span, attributes: valuesOf(span.attributes), of: valuesOf(resource.attributes) })),
      ),
  );
}

describe('a trace of Application Insights', () => {
  test('has its requests, calls and exceptions under OpenTelemetry’s names', () =>
    against(withAll, async ({ traces }) => {
      const spans = await spansFrom(await traces.openTrace(TRACE_ID, later()));
      const [items, call, pay] = ['POST /items', 'SQL: db | items', 'GET /pay'].map((name) =>
        spans.find((span: { name: string }) => span.name === name),
      );
      expect(items).toMatchObject({
        ...{ traceId: TRACE_ID, spanId: '00f067aa0ba902b7', kind: 'server', status: { code: 2 } },
        startTimeUnixNano: '1795155944488123400',
        endTimeUnixNano: '1795155944588373400',
        attributes: { 'url.full': 'https://shop.example/items', 'http.response.status_code': 500, tenant: 'acme' },
        of: { 'service.name': 'cart', 'service.version': '4.2', 'service.instance.id': 'cart-7f' },
      });
      expect(items).not.toHaveProperty('parentSpanId');
      expect(valuesOf(items.events[0].attributes)).toEqual({
        'exception.type': 'LockError',
        'exception.message': 'could not lock',
      });
      expect(call).toMatchObject({
        ...{ kind: 'client', parentSpanId: '00f067aa0ba902b7', status: { code: 2 } },
        attributes: { 'db.system': 'mssql', 'db.statement': 'SELECT * FROM items', 'server.address': 'db.example' },
      });
      // An older SDK's id; and a request that was refused is no failure of the server.
      expect(pay).toMatchObject({ spanId: expect.stringMatching(/^[0-9a-f]{16}$/), status: {} });
    }));

  test('is read by the decoder', () =>
    against(withAll, async ({ traces }) => {
      const { chunks, format } = await traces.openTrace(TRACE_ID, later());
      const body = traceBody(format, 'azure');
      for await (const chunk of chunks) body.push(chunk);
      expect(body.end().reduce((sum, { spans }) => sum + spans.count(), 0)).toBe(3);
    }));

  test('is asked for with a token, and opens in the portal', () =>
    against(
      withAll,
      async ({ traces }, asked) => {
        const { query } = await traces.openTrace(TRACE_ID, later());
        expect(asked[0]).toMatchObject({
          path: `/v1/workspaces/${GUID}/query`,
          headers: { authorization: 'Bearer eyJ.t0ken', prefer: 'wait=14' },
        });
        expect(kustoOf(asked)).toEqual([query.text]);
        expect(query.text).toContain(`OperationId in ("${TRACE_ID}")`);
        const [, resource = '', packed = ''] = /\/resourceId\/([^/]+)\/.*\/q\/([^/]+)$/.exec(query.url) ?? [];
        expect(decodeURIComponent(resource)).toBe(RESOURCE);
        expect(gunzipSync(Buffer.from(decodeURIComponent(packed), 'base64')).toString()).toBe(query.text);
      },
      { resource: RESOURCE },
    ));

  const many = Array.from({ length: 10_000 }, (_, at) => ({ ...ROWS[0], Id: at.toString(16).padStart(16, '0') }));
  test.each([
    ['a partial error', tableOf(ROWS, PARTIAL), /PartialError: a shard timed out/],
    ['as many rows as an answer may have', tableOf(many), /more than 10,000 rows/],
  ])('with %s says so, after what came', (_, body, why) =>
    against(
      () => jsonAnswer(body),
      async ({ traces }) => {
        const { chunks } = await traces.openTrace(TRACE_ID, later());
        const parts: string[] = [];
        const read = async () => {
          for await (const chunk of chunks) parts.push(Buffer.from(chunk).toString());
        };
        await expect(read()).rejects.toThrow(why);
        expect(parts.join('')).toContain('POST /items');
      },
    ),
  );

  test('that a partial error hides is not “not found”', () =>
    against(
      () => jsonAnswer(tableOf([], PARTIAL)),
      async ({ traces, logs }) => {
        await expect(traces.openTrace(TRACE_ID, later())).rejects.toThrow('PartialError');
        await expect(traces.search?.(SEARCH, later())).rejects.toThrow('PartialError');
        await expect(logs.openLogs(OF_TRACE, later())).rejects.toThrow('PartialError');
      },
    ));
});

/** https://github.com/open-telemetry/opentelemetry-collector-contrib/issues/31884 */
test.each([
  ['[shop]/cart', {}, { 'service.namespace': 'shop', 'service.name': 'cart' }],
  ['shop.cart', { 'service.namespace': 'shop', 'service.name': 'cart' }, { 'service.name': 'cart' }],
  ['com.acme.cart', {}, { 'service.name': 'com.acme.cart' }],
  ['[]/cart', {}, { 'service.name': 'cart' }],
  ['[shop]/', {}, { 'service.name': '[shop]/' }],
])('the role %s is the service, with its namespace where an exporter put that before it', (role, properties, own) =>
  against(
    () => jsonAnswer(tableOf([{ ...ROWS[0], AppRoleName: role, Properties: JSON.stringify(properties) }])),
    async ({ traces }, asked) => {
      const { chunks } = await traces.openTrace(TRACE_ID, later());
      const { attributes } = JSON.parse(await textOf(chunks)).resourceSpans[0].resource;
      expect(Object.fromEntries(attributes.map(({ key, value }: Attribute) => [key, value.stringValue]))).toMatchObject(
        own,
      );
      await traces.search?.(SEARCH, later());
      expect(kustoOf(asked)[1]).toContain(
        String.raw`extend Service = coalesce(tostring(parse_json(tostring(column_ifexists("Properties", "")))["service.name"]), extract("^\\[[^\\]]*\\]/(.+)$", 1, `,
      );
    },
  ),
);

describe('a search', () => {
  test.each([
    [{}, 'where Service in ("cart") | summarize'],
    [{ operation: 'GET "x"' }, 'where Service in ("cart") | where Name in ("GET \\"x\\"") | summarize'],
    [{ failing: true, minDurationUs: 1_500 }, '| where Success == false | where DurationMs >= 1.5 | summarize'],
    [{ service: 'a") | project x; //\\' }, 'where Service in ("a\\") | project x; //\\\\") | summarize'],
    [{ service: 'two\nlines' }, 'where Service in ("two lines")'],
  ])('filters by %j, from whose quotes no value breaks out', (more, kusto) =>
    against(withAll, async ({ traces }, asked) => {
      expect(await traces.search?.({ ...SEARCH, ...more }, later())).toHaveLength(1);
      const [text = ''] = kustoOf(asked);
      expect(text).toContain(kusto);
      expect(text).toContain(
        'TimeGenerated >= datetime(2026-11-20T06:25:00.0000000Z) and TimeGenerated < datetime(2026-11-20T06:26:00.0000010Z)',
      );
      expect(text).toContain('| top 7 by Newest desc | project OperationId; union');
    }),
  );
});

describe('lines of Log Analytics', () => {
  test('have text, service, level, ids and place', () =>
    against(withAll, async ({ logs }) => {
      const decoder = logBody('loki-json', 'azure');
      for await (const chunk of (await logs.openLogs(OF_TRACE, later())).chunks) decoder.push(chunk);
      expect(decoder.end()).toMatchObject([
        {
          timeNs: '1795155944488123400',
          service: 'cart',
          level: 'error',
          traceId: TRACE_ID,
          line: 'could not lock the items',
        },
        { service: 'pay', level: 'info', traceId: '', labels: { namespace: 'shop', pod: 'pay-7f', container: 'pay' } },
      ]);
    }));

  const says = (text: string) => `(Line contains "${text}" or Properties contains "${text}")`;
  test.each<[LogQuery, readonly string[]]>([
    [{ by: 'service', ...WINDOW }, []],
    [{ by: 'service', ...WINDOW, services: ['cart', ''] }, ['where Service in ("cart")']],
    [{ by: 'text', text: 'x" or true //', ...WINDOW }, [`where ${says('x\\" or true //')}`]],
    [{ by: 'text', text: 'two\nlines', ...WINDOW }, [`where (${says('two')} and ${says('lines')})`]],
    [{ by: 'any-text', texts: ['a', 'b'], ...WINDOW }, [`where (${says('a')} or ${says('b')})`]],
    [{ by: 'words', words: ['a', 'b'], ...WINDOW }, [`where ${says('a')}`, `where ${says('b')}`]],
    [
      { by: 'field', names: ['x"]'], values: ['7', '8'], ...WINDOW },
      [
        'where (tostring(parse_json(Properties)["x\\"]"]) in ("7", "8") or tostring(parse_json(Line)["x\\"]"]) in ("7", "8"))',
      ],
    ],
    [OF_TRACE, [`where (OperationId in ("${TRACE_ID}") or ${says(TRACE_ID)})`]],
  ])('are asked for in Kusto, from whose quotes no value breaks out: %#', (query, conditions) => {
    expect(conditionsOf(query)).toEqual(conditions);
  });

  test('any text stays in its quotes', () => {
    for (const text of ['"', '\\', '\\"', '\\\\"', '"\\', 'a\\', '\u0000"', '\ud800"']) {
      const [condition = ''] = conditionsOf({ by: 'text', text, ...WINDOW });
      const literal = String.raw`"(?:[^"\\]|\\["\\])*"`;
      expect(condition).toMatch(new RegExp(`^where \\(Line contains ${literal} or Properties contains ${literal}\\)$`));
    }
  });

  test('come in pages, each from the last instant of the one before, to 100 ns', async () => {
    const timeAt = (at: number) => `2026-11-20T06:25:00.${`${at}`.padStart(7, '0')}Z`;
    const many = Array.from({ length: 3_000 }, (_, at) => ({ TimeGenerated: timeAt(at), Line: `line ${at}` }));
    await against(
      ({ body }) => {
        const from = /TimeGenerated >= datetime\(([^)]+)\)/.exec(JSON.parse(body).query)?.[1] ?? '';
        return jsonAnswer(tableOf(many.filter(({ TimeGenerated }) => TimeGenerated >= from).slice(0, 2_000)));
      },
      async ({ logs }, asked) => {
        const { chunks } = await pagedLogSource(logs).openLogs({ ...OF_TRACE, limit: 5_000 }, later());
        expect(new Set((await textOf(chunks)).match(/line \d+/g)).size).toBe(3_000);
        expect(asked).toHaveLength(2);
        expect(kustoOf(asked)[1]).toContain(`TimeGenerated >= datetime(${timeAt(1_999)})`);
      },
    );
  });
});

describe('an answer that is none', () => {
  test.each<[string, AnsweringCloud, object]>([
    [
      '401',
      () => problem('InvalidTokenError', 'The provided token is invalid', 401),
      { status: 401, retryable: false },
    ],
    ['403', () => problem('InsufficientAccessError', 'not authorized', 403), { status: 403 }],
    ['404', () => problem('WorkspaceNotFoundError', 'The workspace could not be found', 404), { status: 404 }],
    [
      'a wrong query',
      () => problem('BadArgumentError', 'The request had some invalid properties', 400),
      { status: 400 },
    ],
    ['429', () => refuse(429, { 'retry-after': '2' }), { status: 429, retryAfterMs: 2_000 }],
    ['504', () => problem('GatewayTimeout', 'timed out', 504), { status: 504, retryable: true }],
    ['other JSON', () => jsonAnswer({ tables: 7 }), { code: 'SH_NOT_A_BACKEND' }],
    ['cut JSON', () => refuse(200, {}, '{"tables":[{'), { code: 'SH_NOT_A_BACKEND' }],
  ])('%s', (_, answer, error) =>
    against(answer, async ({ traces, logs }) => {
      await expect(traces.openTrace(TRACE_ID, later())).rejects.toMatchObject(error);
      await expect(logs.openLogs(OF_TRACE, later())).rejects.toMatchObject(error);
    }),
  );
});

describe('the check', () => {
  test('names the services and the newest line', () =>
    against(withAll, async ({ traces }) => {
      expect(await traces.check(later())).toEqual({
        ok: true,
        detail: 'traces: 2 services: cart, pay; logs: answers; the newest line is of 2026-11-20T06:25:45Z',
        remedy: '',
      });
    }));

  test.each<[string, AnsweringCloud, RegExp]>([
    ['no role', () => problem('InsufficientAccessError', 'not authorized', 403), /^Give .* Log Analytics Reader/],
    ['no such workspace', () => problem('WorkspaceNotFoundError', 'none', 404), /^Check AZURE_LOG_ANALYTICS_WORKSPACE/],
  ])('%s has a remedy', (_, answer, remedy) =>
    against(answer, async ({ logs }) => {
      expect(await logs.check(later())).toMatchObject({ ok: false, remedy: expect.stringMatching(remedy) });
    }),
  );

  test.each([
    ['AADSTS7000215: Invalid client secret provided.', /^Check AZURE_CLIENT_SECRET: it must be the value/],
    ['AADSTS7000222: The provided client secret keys are expired.', /^The client secret has expired/],
    ['AADSTS700016: Application was not found in the directory.', /^Check AZURE_TENANT_ID and AZURE_CLIENT_ID/],
  ])('a token that is refused has a remedy: %s', (description, remedy) =>
    withCloud(
      () => jsonAnswer({ error: 'invalid_client', error_description: description }, 401),
      async (loginUrl, asked) => {
        const accessToken = azureTokens({ tenant: GUID, clientId: GUID, clientSecret: 's3cr&t', loginUrl });
        const { traces } = azure({ url: loginUrl, workspace: GUID, accessToken });
        expect(await traces.check(later())).toMatchObject({ ok: false, remedy: expect.stringMatching(remedy) });
        expect(asked[0]?.path).toBe(`/${GUID}/oauth2/v2.0/token`);
        expect(Object.fromEntries(new URLSearchParams(asked[0]?.body))).toEqual({
          ...{ grant_type: 'client_credentials', client_id: GUID, client_secret: 's3cr&t' },
          scope: 'https://api.loganalytics.io/.default',
        });
      },
    ),
  );

  test('without a secret, the settings are named', async () => {
    const config = loadConfig({ AZURE_LOG_ANALYTICS_WORKSPACE: GUID, AZURE_TENANT_ID: GUID });
    const { traceSources } = await composeInvestigation(config, { systems: config });
    const source = traceSources.find(({ name }) => name === 'azure');
    await expect(source?.openTrace(TRACE_ID, later())).rejects.toThrow('AZURE_CLIENT_SECRET are needed');
  });
});
